"""What customers hold and what moves on it: products, accounts, balances, transactions."""

from __future__ import annotations

from tenure.contracts import codes
from tenure.contracts.columns import (
    DataClass,
    Load,
    Mask,
    Table,
    allowed,
    boolean,
    date,
    integer,
    money,
    rate,
    text,
    timestamp,
)

C2, C3 = DataClass.C2, DataClass.C3

PRODUCT = Table(
    "product",
    "产品",
    "Product",
    ("product_id",),
    (
        text("product_id", "产品号", "Product number", nullable=False, max_length=40),
        text("name", "产品名称", "Name", nullable=False),
        text("name_en", "英文名称", "Name in English"),
        text("category", "产品类别", "Category", nullable=False, allowed=allowed(codes.PRODUCT_CATEGORIES)),
        text("risk_level", "风险等级", "Risk level", allowed=allowed(codes.RISK_RATINGS)),
        rate("spread", "内部转移利差", "Transfer-price spread a year", unit="percent", minimum=-100, maximum=100),
        integer("term_days", "期限", "Term", unit="days", minimum=0),
        date("launched_on", "上线日期", "Launched on"),
        date("withdrawn_on", "下架日期", "Withdrawn on"),
        text(
            "sold_to",
            "适用对象",
            "Whom it is for; empty: both, or as its category says",
            allowed=allowed(codes.PARTY_KINDS),
        ),
    ),
)

ACCOUNT = Table(
    "account",
    "账户",
    "Account: one holding of one product",
    ("account_id",),
    (
        text("account_id", "账号", "Account number", nullable=False, data_class=C3, mask=Mask.ACCOUNT, max_length=40),
        text("party_id", "客户号", "Primary owner", nullable=False, references="party.party_id", max_length=40),
        text("product_id", "产品号", "Product", nullable=False, references="product.product_id", max_length=40),
        text("org_id", "开户机构", "Opening branch", references="organisation.org_id", max_length=40),
        date("opened_on", "开户日期", "Opened on", nullable=False),
        date("closed_on", "销户日期", "Closed on"),
        text("currency", "币种", "Currency (ISO 4217)", nullable=False, max_length=3),
        date("matures_on", "到期日", "Matures on"),
        rate("annual_rate", "年利率", "Yearly rate", unit="percent", minimum=-100, maximum=1000),
        money("principal", "本金/额度", "Principal or limit", minimum=0),
        text("status", "状态", "State as the bank's system names it"),
    ),
)

ACCOUNT_HOLDER = Table(
    "account_holder",
    "账户持有人",
    "Account holder",
    ("account_id", "party_id"),
    (
        text(
            "account_id",
            "账号",
            "Account number",
            nullable=False,
            references="account.account_id",
            data_class=C3,
            mask=Mask.ACCOUNT,
            max_length=40,
        ),
        text("party_id", "客户号", "Customer number", nullable=False, references="party.party_id", max_length=40),
        text("role", "持有角色", "Role", nullable=False, allowed=allowed(codes.HOLDER_ROLES)),
        date("since", "起始日期", "Since"),
        date("until", "终止日期", "Until"),
    ),
)

STANDING_ORDER = Table(
    "standing_order",
    "定期转账协议",
    "Standing order",
    ("order_id",),
    (
        text("order_id", "协议号", "Order number", nullable=False, max_length=40),
        text(
            "account_id",
            "账号",
            "Account number",
            nullable=False,
            references="account.account_id",
            data_class=C3,
            mask=Mask.ACCOUNT,
            max_length=40,
        ),
        text("counterparty_bank", "收款行", "Receiving bank"),
        text("counterparty_account", "收款账号", "Receiving account", data_class=C3, mask=Mask.ACCOUNT, max_length=40),
        money("amount", "金额", "Amount", nullable=False, minimum=0),
        text("kind", "用途", "Purpose", nullable=False, allowed=allowed(codes.TRANSACTION_KINDS)),
    ),
)

BALANCE = Table(
    "balance",
    "日终余额",
    "End-of-day balance; it holds until the account's next row",
    ("account_id", "day"),
    (
        text(
            "account_id",
            "账号",
            "Account number",
            nullable=False,
            references="account.account_id",
            data_class=C3,
            mask=Mask.ACCOUNT,
            max_length=40,
        ),
        date("day", "日期", "Day", nullable=False),
        money("balance", "日终余额", "Balance at the end of the day", nullable=False),
    ),
    Load.EVENT,
    "day",
)

TRANSACTION = Table(
    "transaction",
    "交易流水",
    "Transaction",
    ("transaction_id",),
    (
        text("transaction_id", "流水号", "Transaction number", nullable=False, max_length=60),
        text(
            "account_id",
            "账号",
            "Account number",
            nullable=False,
            references="account.account_id",
            data_class=C3,
            mask=Mask.ACCOUNT,
            max_length=40,
        ),
        timestamp("booked_at", "记账时间", "Booked at", nullable=False),
        money("amount", "金额", "Amount, credit positive", nullable=False),
        text("channel", "渠道", "Channel", nullable=False, allowed=allowed(codes.CHANNELS)),
        text("kind", "交易类型", "Kind", nullable=False, allowed=allowed(codes.TRANSACTION_KINDS)),
        text("counterparty_name", "对方户名", "Counterparty's name", data_class=C2, mask=Mask.NAME),
        text(
            "counterparty_account",
            "对方账号",
            "Counterparty's account",
            data_class=C3,
            mask=Mask.ACCOUNT,
            max_length=40,
        ),
        text("counterparty_bank", "对方行", "Counterparty's bank"),
        boolean("same_name", "同名", "The counterparty is the customer, at another bank"),
        text("memo", "摘要", "Memo"),
    ),
    Load.EVENT,
    "booked_at",
)
