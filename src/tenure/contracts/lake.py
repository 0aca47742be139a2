"""The lake's tables: what a core-banking system delivers, in the order in which it must load.

Conventions. Amounts are whole numbers of the currency's minor unit (1 yuan = 100 fen). A balance is
positive: on a deposit or investment what the bank owes the customer, on a loan what the customer owes
the bank; an overdraft is a negative deposit. A transaction is signed from the account's side: credit
positive, debit negative. Times are the bank's local time.
"""

from __future__ import annotations

from tenure.contracts import codes
from tenure.contracts.columns import (
    DataClass,
    Load,
    Mask,
    Table,
    boolean,
    date,
    integer,
    money,
    rate,
    text,
    timestamp,
)

C2, C3 = DataClass.C2, DataClass.C3


def _allowed(names: dict[str, codes.Name]) -> tuple[str, ...]:
    return tuple(names)


ORGANISATION = Table(
    "organisation",
    "机构",
    "Organisation: the branch tree",
    ("org_id",),
    (
        text("org_id", "机构号", "Branch number", nullable=False, max_length=40),
        text("name", "机构名称", "Name", nullable=False),
        text("name_en", "英文名称", "Name in English"),
        text("parent_id", "上级机构", "Parent branch", references="organisation.org_id", max_length=40),
        text("kind", "机构类型", "Kind of branch", nullable=False, allowed=_allowed(codes.ORGANISATION_KINDS)),
        text("city", "城市", "City"),
        date("opened_on", "成立日期", "Opened on"),
        date("closed_on", "撤并日期", "Closed on"),
    ),
)

STAFF = Table(
    "staff",
    "员工",
    "Staff",
    ("staff_id",),
    (
        text("staff_id", "工号", "Employee number", nullable=False, max_length=40),
        text("name", "姓名", "Name", nullable=False),
        text("org_id", "所在机构", "Branch", nullable=False, references="organisation.org_id", max_length=40),
        text("role", "岗位", "Post", nullable=False, allowed=_allowed(codes.ROLES)),
        integer("daily_capacity", "每日可联系客户数", "Customers they can contact a day", minimum=0, maximum=200),
        date("joined_on", "入职日期", "Joined on"),
        date("left_on", "离职日期", "Left on"),
    ),
)

PARTY = Table(
    "party",
    "客户",
    "Party: a person or a company",
    ("party_id",),
    (
        text("party_id", "客户号", "Customer number", nullable=False, max_length=40),
        text("kind", "客户类型", "Person or company", nullable=False, allowed=_allowed(codes.PARTY_KINDS)),
        text("name", "姓名/名称", "Name", data_class=C2, mask=Mask.NAME),
        text("sex", "性别", "Sex", allowed=_allowed(codes.SEXES)),
        date("birth_date", "出生日期/成立日期", "Born or founded on", data_class=C2),
        text("certificate_kind", "证件类型", "Kind of certificate", allowed=_allowed(codes.CERTIFICATE_KINDS)),
        text("certificate_no", "证件号码", "Certificate number", data_class=C3, mask=Mask.CERTIFICATE, max_length=40),
        text("phone", "手机号", "Phone", data_class=C2, mask=Mask.PHONE, max_length=40),
        text("email", "电子邮箱", "E-mail", data_class=C2, mask=Mask.EMAIL),
        text("address", "地址", "Address", data_class=C2, mask=Mask.ADDRESS),
        text("occupation", "职业/行业", "Occupation or industry"),
        text("employer_id", "任职单位客户号", "Employer's customer number", references="party.party_id", max_length=40),
        text("education", "学历", "Education"),
        money("annual_income", "年收入/年营业额", "Yearly income or turnover", minimum=0),
        text("risk_rating", "风险承受能力", "Attitude to risk", allowed=_allowed(codes.RISK_RATINGS)),
        date("risk_rated_on", "风险测评日期", "Attitude to risk tested on"),
        text("org_id", "归属机构", "Home branch", nullable=False, references="organisation.org_id", max_length=40),
        text("lead_staff_id", "主办客户经理", "Lead relationship manager", references="staff.staff_id", max_length=40),
        date("since", "建立客户关系日期", "Customer since"),
        date("left_on", "销户日期", "Relationship ended on"),
        boolean("consent_marketing", "同意营销", "Agrees to marketing"),
        boolean("consent_experience", "同意体验改进", "Agrees to improvement of service"),
        boolean("consent_research", "同意调研", "Agrees to research"),
    ),
)

RELATION = Table(
    "relation",
    "客户关系",
    "Relation between two parties",
    ("party_id", "other_id", "kind"),
    (
        text("party_id", "客户号", "Customer number", nullable=False, references="party.party_id", max_length=40),
        text(
            "other_id",
            "对方客户号",
            "The other's customer number",
            nullable=False,
            references="party.party_id",
            max_length=40,
        ),
        text(
            "kind", "关系", "What the other is to the customer", nullable=False, allowed=_allowed(codes.RELATION_KINDS)
        ),
        date("since", "起始日期", "Since"),
        date("until", "终止日期", "Until"),
        rate("share", "持股比例", "Share held", unit="percent", minimum=0, maximum=100),
    ),
)

COVERAGE = Table(
    "coverage",
    "管户关系",
    "Coverage: which staff look after which customer",
    ("party_id", "staff_id", "role"),
    (
        text("party_id", "客户号", "Customer number", nullable=False, references="party.party_id", max_length=40),
        text("staff_id", "工号", "Employee number", nullable=False, references="staff.staff_id", max_length=40),
        text("role", "管户角色", "Role on the customer", nullable=False, allowed=_allowed(codes.COVERAGE_ROLES)),
        date("since", "起始日期", "Since"),
        date("until", "终止日期", "Until"),
    ),
)

PRODUCT = Table(
    "product",
    "产品",
    "Product",
    ("product_id",),
    (
        text("product_id", "产品号", "Product number", nullable=False, max_length=40),
        text("name", "产品名称", "Name", nullable=False),
        text("name_en", "英文名称", "Name in English"),
        text("category", "产品类别", "Category", nullable=False, allowed=_allowed(codes.PRODUCT_CATEGORIES)),
        text("risk_level", "风险等级", "Risk level", allowed=_allowed(codes.RISK_RATINGS)),
        rate("spread", "内部转移利差", "Transfer-price spread a year", unit="percent", minimum=-100, maximum=100),
        integer("term_days", "期限", "Term", unit="days", minimum=0),
        date("launched_on", "上线日期", "Launched on"),
        date("withdrawn_on", "下架日期", "Withdrawn on"),
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
        text("role", "持有角色", "Role", nullable=False, allowed=_allowed(codes.HOLDER_ROLES)),
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
        text("kind", "用途", "Purpose", nullable=False, allowed=_allowed(codes.TRANSACTION_KINDS)),
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
        text("channel", "渠道", "Channel", nullable=False, allowed=_allowed(codes.CHANNELS)),
        text("kind", "交易类型", "Kind", nullable=False, allowed=_allowed(codes.TRANSACTION_KINDS)),
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

INTERACTION = Table(
    "interaction",
    "客户接触",
    "Interaction with a customer",
    ("interaction_id",),
    (
        text("interaction_id", "接触编号", "Interaction number", nullable=False, max_length=60),
        text("party_id", "客户号", "Customer number", nullable=False, references="party.party_id", max_length=40),
        timestamp("at", "时间", "At", nullable=False),
        text("kind", "方式", "Kind", nullable=False, allowed=_allowed(codes.INTERACTION_KINDS)),
        text("staff_id", "工号", "By whom", references="staff.staff_id", max_length=40),
        text("purpose", "目的", "Purpose"),
        text("outcome", "结果", "Outcome", allowed=_allowed(codes.OUTCOMES)),
        text("words", "记录", "What was said", max_length=2000, data_class=C2),
        date("next_step_on", "下次跟进", "Next step on"),
        text("proposal_key", "任务编号", "Work-list entry that led to it", max_length=120),
    ),
    Load.EVENT,
    "at",
)

SIGNAL = Table(
    "signal",
    "商机信号",
    "Signal: something seen about a customer, who acted, what came of it",
    ("signal_id",),
    (
        text("signal_id", "信号编号", "Signal number", nullable=False, max_length=60),
        text("party_id", "客户号", "Customer number", nullable=False, references="party.party_id", max_length=40),
        timestamp("at", "时间", "Raised at", nullable=False),
        text("rule", "规则", "Rule that saw it, or “hand”", nullable=False, max_length=40),
        integer("rule_version", "规则版本", "Version of the rules", nullable=False, minimum=0),
        text("seen_by", "发现人", "Employee who saw it; empty for a rule", references="staff.staff_id", max_length=40),
        text("traits", "特征", "What was noticed (codes, separated by blanks)", max_length=400),
        text("words", "记录", "What was noticed, in words", max_length=500, data_class=C2),
        text("state", "状态", "State", nullable=False, allowed=_allowed(codes.SIGNAL_STATES)),
        text("staff_id", "工号", "Who claimed it", references="staff.staff_id", max_length=40),
        timestamp("claimed_at", "认领时间", "Claimed at"),
        text("outcome", "结果", "Outcome", allowed=_allowed(codes.SIGNAL_OUTCOMES)),
        timestamp("closed_at", "了结时间", "Closed at"),
    ),
    Load.EVENT,
    "at",
)

COMPLAINT = Table(
    "complaint",
    "投诉",
    "Complaint",
    ("complaint_id",),
    (
        text("complaint_id", "投诉编号", "Complaint number", nullable=False, max_length=60),
        text("party_id", "客户号", "Customer number", references="party.party_id", max_length=40),
        timestamp("received_at", "受理时间", "Received at", nullable=False),
        text("org_id", "被投诉机构", "Branch complained of", references="organisation.org_id", max_length=40),
        text("channel_code", "投诉渠道码", "Channel (JR/T 0169)", max_length=20),
        text("business_code", "业务类别码", "Kind of business (JR/T 0169)", max_length=20),
        text("cause_code", "投诉原因码", "Cause (JR/T 0169)", max_length=20),
        text("words", "投诉内容", "What was said", max_length=4000, data_class=C2),
        text("state", "状态", "State", nullable=False, allowed=_allowed(codes.COMPLAINT_STATES)),
        timestamp("closed_at", "办结时间", "Closed at"),
        money("concession", "让利金额", "Concession", minimum=0),
    ),
)

SURVEY_RESPONSE = Table(
    "survey_response",
    "调查回复",
    "Survey response",
    ("response_id",),
    (
        text("response_id", "回复编号", "Response number", nullable=False, max_length=60),
        text("party_id", "客户号", "Customer number", references="party.party_id", max_length=40),
        timestamp("asked_at", "发送时间", "Asked at"),
        timestamp("answered_at", "回复时间", "Answered at", nullable=False),
        text("moment", "真实时刻", "Moment of truth", nullable=False, allowed=_allowed(codes.MOMENTS)),
        text("channel", "渠道", "Channel", allowed=_allowed(codes.CHANNELS)),
        text("org_id", "机构", "Branch", references="organisation.org_id", max_length=40),
        text("staff_id", "工号", "Served by", references="staff.staff_id", max_length=40),
        integer("recommend", "推荐意愿", "How likely to recommend us", unit="0–10", minimum=0, maximum=10),
        integer("satisfaction", "满意度", "Satisfaction", unit="1–5", minimum=1, maximum=5),
        integer("effort", "费力度", "Effort", unit="1–7", minimum=1, maximum=7),
        text("words", "原话", "Their words", max_length=4000, data_class=C2),
    ),
    Load.EVENT,
    "answered_at",
)

QUEUE_TICKET = Table(
    "queue_ticket",
    "排队叫号",
    "Queue ticket",
    ("ticket_id",),
    (
        text("ticket_id", "票号", "Ticket number", nullable=False, max_length=60),
        text("org_id", "网点", "Branch", nullable=False, references="organisation.org_id", max_length=40),
        text("party_id", "客户号", "Customer number", references="party.party_id", max_length=40),
        timestamp("taken_at", "取号时间", "Taken at", nullable=False),
        timestamp("called_at", "叫号时间", "Called at"),
        timestamp("ended_at", "办结时间", "Service ended at"),
        boolean("abandoned", "弃号", "Left before being served"),
        text("service", "业务类型", "Service wanted", allowed=_allowed(codes.TICKET_SERVICES)),
        text("counter_no", "窗口", "Counter"),
        text("staff_id", "工号", "Served by", references="staff.staff_id", max_length=40),
    ),
    Load.EVENT,
    "taken_at",
)

CAMPAIGN_CONTACT = Table(
    "campaign_contact",
    "营销触达",
    "Campaign contact",
    ("contact_id",),
    (
        text("contact_id", "触达编号", "Contact number", nullable=False, max_length=60),
        text("campaign_id", "活动编号", "Campaign", nullable=False, max_length=60),
        text("party_id", "客户号", "Customer number", nullable=False, references="party.party_id", max_length=40),
        timestamp("at", "时间", "At", nullable=False),
        text("channel", "渠道", "Channel", allowed=_allowed(codes.CHANNELS)),
        text("arm", "组别", "Arm of the test", nullable=False, allowed=_allowed(codes.ARMS)),
        text("product_id", "推荐产品", "Product offered", references="product.product_id", max_length=40),
        text("outcome", "结果", "Outcome", allowed=_allowed(codes.OUTCOMES)),
        money("cost", "成本", "Cost of the contact", minimum=0),
    ),
    Load.EVENT,
    "at",
)

REDEMPTION = Table(
    "redemption",
    "积分兑换",
    "Redemption of points",
    ("redemption_id",),
    (
        text("redemption_id", "兑换编号", "Redemption number", nullable=False, max_length=60),
        text("party_id", "客户号", "Customer number", nullable=False, references="party.party_id", max_length=40),
        timestamp("at", "时间", "At", nullable=False),
        text("kind", "兑换类型", "Kind", nullable=False, allowed=_allowed(codes.REDEMPTION_KINDS)),
        integer("points", "积分", "Points", nullable=False, minimum=0),
        money("cost", "成本", "Cost to the bank", minimum=0),
        text("item", "兑换物", "What was chosen"),
    ),
    Load.EVENT,
    "at",
)

#: Written by the desk and by nobody else; the night reads every other table through it.
PARTY_MERGE = Table(
    "party_merge",
    "客户合并",
    "Two entries of one customer, made one by people at the desk (source: the desk)",
    ("merge_id",),
    (
        text("merge_id", "合并编号", "Merge", nullable=False, max_length=60),
        text(
            "kept_id",
            "保留的客户号",
            "Customer number kept",
            nullable=False,
            references="party.party_id",
            max_length=40,
        ),
        text(
            "merged_id",
            "并入的客户号",
            "Customer number merged into it",
            nullable=False,
            references="party.party_id",
            max_length=40,
        ),
        date("since", "合并日期", "Merged on", nullable=False),
        date("until", "撤销日期", "Undone on"),
    ),
)

#: Load order: a table comes after every table it refers to.
LOAD_ORDER: tuple[Table, ...] = (
    ORGANISATION,
    STAFF,
    PARTY,
    RELATION,
    COVERAGE,
    PRODUCT,
    ACCOUNT,
    ACCOUNT_HOLDER,
    STANDING_ORDER,
    BALANCE,
    TRANSACTION,
    INTERACTION,
    SIGNAL,
    COMPLAINT,
    SURVEY_RESPONSE,
    QUEUE_TICKET,
    CAMPAIGN_CONTACT,
    REDEMPTION,
    PARTY_MERGE,
)
#: The source under which the desk's own deliveries (contacts people logged, signals) come back to the lake.
DESK_SOURCE = "desk"
#: The source of merges: one of its own, since a source's delivery of a day replaces the one before it.
DESK_MERGES = f"{DESK_SOURCE}-merges"
DESK_SOURCES = (DESK_SOURCE, DESK_MERGES)
#: Tables that no bank delivers: the desk writes them.
DESK_TABLES = (PARTY_MERGE.name,)
LAKE: dict[str, Table] = {t.name: t for t in LOAD_ORDER}
LAKE_TABLES = tuple(LAKE)
