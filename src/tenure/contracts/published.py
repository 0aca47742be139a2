"""The publication: the tables a night hands to the desk, whole or not at all.

The desk builds its tables from these contracts, so a figure has one definition from the night's
arithmetic to the label on the screen.
"""

from __future__ import annotations

from dataclasses import replace

from tenure.contracts import codes
from tenure.contracts import lake as source
from tenure.contracts.causes import CAUSES
from tenure.contracts.columns import (
    Column,
    DataClass,
    Mask,
    Table,
    boolean,
    date,
    integer,
    json,
    money,
    rate,
    text,
    timestamp,
)
from tenure.contracts.customer_figures import FIGURES
from tenure.contracts.findings import FINDING, LOST, NEED, OUTLOOK

C2, C3 = DataClass.C2, DataClass.C3


def _without_references(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(replace(c, references="") for c in columns)


_ORG_PATH = text("org_path", "机构路径", "Branch path", nullable=False, max_length=200)

ORGANISATION = Table(
    "organisation",
    "机构",
    "Branch tree with its paths",
    ("org_id",),
    (
        *_without_references(source.ORGANISATION.columns),
        _ORG_PATH,
        integer("depth", "层数", "Depth in the tree", nullable=False, minimum=0),
    ),
)
STAFF = Table("staff", "员工", "Staff", ("staff_id",), (*_without_references(source.STAFF.columns), _ORG_PATH))
PRODUCT = Table("product", "产品", "Products", ("product_id",), source.PRODUCT.columns)

CUSTOMER = Table(
    "customer",
    "客户",
    "Customer: facts and figures of the night",
    ("party_id",),
    (
        *_without_references(source.PARTY.columns),
        _ORG_PATH,
        text("employer_name", "任职单位", "Employer", data_class=C2),
        text("name_key", "检索名", "Name for search (lower case, no spaces)", data_class=C2),
        text("phone_tail", "手机尾号", "Last four digits of the phone", data_class=C2, max_length=4),
        text("currency", "统计币种", "Reporting currency", nullable=False, max_length=3),
        *FIGURES,
    ),
)
#: Months a curve has before the open one, whose figures stand on the customer.
CLOSED_MONTHS = 23
CUSTOMER_CURVE = Table(
    "customer_curve",
    "客户月度曲线",
    "A customer's closed months, one row a customer",
    ("party_id",),
    (
        text("party_id", "客户号", "Customer number", nullable=False, max_length=40),
        text("last_month", "末月", "The last closed month of the lists (YYYY-MM)", nullable=False, max_length=7),
        json("aum", "AUM 月日均", "AUM, monthly averages, oldest first", nullable=False),
        json("deposit", "存款月日均", "Deposits, monthly averages", nullable=False),
        json("loan", "贷款月日均", "Loans, monthly averages", nullable=False),
        json("inflow", "流入", "Inflow by month", nullable=False),
        json("outflow", "流出", "Outflow by month", nullable=False),
        json("transactions", "主动交易笔数", "Customer-made transactions by month", nullable=False),
        json("tier", "层级", "Tier at each month end (empty before the first)", nullable=False),
    ),
)
HOLDING = Table(
    "holding",
    "持有",
    "A holding: one account of one customer, or their part in another's",
    ("party_id", "account_id"),
    (
        text("party_id", "客户号", "Customer number", nullable=False, max_length=40),
        text("account_id", "账号", "Account number", nullable=False, data_class=C3, mask=Mask.ACCOUNT, max_length=40),
        text("role", "持有角色", "Role", nullable=False, allowed=tuple(codes.HOLDER_ROLES)),
        text("product_id", "产品号", "Product", nullable=False, max_length=40),
        text("product_name", "产品名称", "Product", nullable=False),
        text("product_name_en", "产品英文名称", "Product in English"),
        text("category", "产品类别", "Category", nullable=False, allowed=tuple(codes.PRODUCT_CATEGORIES)),
        money("balance", "余额", "Balance in the account's currency"),
        text("currency", "币种", "Currency", nullable=False, max_length=3),
        date("opened_on", "开户日期", "Opened on", nullable=False),
        date("closed_on", "销户日期", "Closed on"),
        date("matures_on", "到期日", "Matures on"),
        rate("annual_rate", "年利率", "Yearly rate", unit="percent"),
        money("principal", "本金/额度", "Principal or limit"),
    ),
)
RELATION = Table(
    "relation",
    "客户关系",
    "Relation, with the other's name and tier for the page",
    ("party_id", "other_id", "kind"),
    (
        *_without_references(source.RELATION.columns),
        boolean("other_is_customer", "对方为本行客户", "The other is a customer", nullable=False),
    ),
)
COVERAGE = Table(
    "coverage",
    "管户关系",
    "Coverage in force, the lead included",
    ("party_id", "staff_id"),
    (
        text("party_id", "客户号", "Customer number", nullable=False, max_length=40),
        text("staff_id", "工号", "Employee number", nullable=False, max_length=40),
        text("role", "管户角色", "Role on the customer", nullable=False, allowed=tuple(codes.COVERAGE_ROLES)),
    ),
)
TIMELINE = Table(
    "timeline",
    "时间线",
    "Recent and notable events of a customer on every channel",
    ("party_id", "at", "event_id"),
    (
        text("party_id", "客户号", "Customer number", nullable=False, max_length=40),
        timestamp("at", "时间", "At", nullable=False),
        text("event_id", "事件编号", "Event", nullable=False, max_length=120),
        text(
            "kind",
            "事件类型",
            "Kind of event",
            nullable=False,
            allowed=(
                "transaction",
                "interaction",
                "complaint",
                "survey",
                "ticket",
                "campaign",
                "redemption",
                "opened",
                "closed",
                "maturity",
                "tier",
            ),
        ),
        text("detail", "细类", "The event's own kind (a code of its table)", max_length=60),
        text("channel", "渠道", "Channel", max_length=20),
        money("amount", "金额", "Amount"),
        text("currency", "币种", "Currency", max_length=3),
        text("staff_id", "工号", "By whom", max_length=40),
        text("org_id", "机构", "Where", max_length=40),
        text("words", "记录", "Words", max_length=4000, data_class=C2),
        integer("score", "评分", "Score given", unit="0–10"),
    ),
)
PROPOSAL = Table(
    "proposal",
    "任务",
    "Work-list entry: whom to contact, why, worth what, by when",
    ("proposal_key",),
    (
        text(
            "proposal_key",
            "任务编号",
            "Entry: rule, customer and occasion; the same entry keeps its key from night to night",
            nullable=False,
            max_length=120,
        ),
        text("party_id", "客户号", "Customer number", nullable=False, max_length=40),
        text("rule", "规则", "Rule", nullable=False, max_length=40),
        json("facts", "依据", "The facts the reason is worded from", nullable=False),
        money("value_at_stake", "涉及价值", "Value at stake in the reporting currency", nullable=False),
        date("due_on", "截止日", "Due on", nullable=False),
        integer("rank", "名次", "Rank within the person's list, 1 first", nullable=False, minimum=1),
        boolean("within_capacity", "在产能内", "Within what the person can do today", nullable=False),
        text("staff_id", "工号", "Whose list; empty for the branch's pool", max_length=40),
        _ORG_PATH,
    ),
)
BRANCH_MONTH = Table(
    "branch_month",
    "机构月度",
    "A branch and all below it, month by month, by tier",
    ("org_id", "month", "tier"),
    (
        text("org_id", "机构号", "Branch", nullable=False, max_length=40),
        text("month", "月份", "Month (YYYY-MM)", nullable=False, max_length=7),
        text("tier", "层级", "Tier", nullable=False, allowed=codes.TIER_ORDER),
        integer("customers", "客户数", "Customers", nullable=False, unit="customers"),
        money("aum", "AUM 月日均合计", "Sum of monthly average AUM", nullable=False),
    ),
)
TIER_MIGRATION = Table(
    "tier_migration",
    "层级迁徙",
    "Customers by tier a month ago and now, a branch and all below it",
    ("org_id", "tier_before", "tier"),
    (
        text("org_id", "机构号", "Branch", nullable=False, max_length=40),
        text(
            "tier_before",
            "上月层级",
            "Tier a month ago (new: no customer then)",
            nullable=False,
            allowed=("new", *codes.TIER_ORDER),
        ),
        text("tier", "本月层级", "Tier now", nullable=False, allowed=codes.TIER_ORDER),
        integer("customers", "客户数", "Customers", nullable=False, unit="customers"),
        money("aum", "AUM", "AUM", nullable=False),
    ),
)
CONCENTRATION = Table(
    "concentration",
    "集中度",
    "How concentrated value is in a branch and all below it (S5)",
    ("org_id",),
    (
        text("org_id", "机构号", "Branch", nullable=False, max_length=40),
        integer("customers", "客户数", "Customers with any AUM", nullable=False, unit="customers"),
        money("aum", "AUM 月日均合计", "Sum of monthly average AUM", nullable=False),
        rate("gini", "基尼系数", "Gini coefficient", unit="0–1"),
        rate("top_fifth_share", "前 20% 客户占比", "Share held by the top 20 %", unit="share"),
        json(
            "lorenz",
            "洛伦兹曲线",
            "Lorenz curve: 21 points (share of customers from the poorest, share of AUM)",
            nullable=False,
        ),
    ),
)
NIGHT_STEP = Table(
    "night_step",
    "夜间批步骤",
    "The steps of the last nights",
    ("run_id", "position"),
    (
        text("run_id", "批次", "Run", nullable=False, max_length=60),
        integer("position", "序号", "Position", nullable=False),
        text("step", "步骤", "Step", nullable=False, max_length=60),
        timestamp("began_at", "开始", "Began", nullable=False),
        rate("seconds", "用时", "Took", unit="seconds", nullable=False),
        integer("rows_read", "读取行数", "Rows read"),
        integer("rows_written", "写出行数", "Rows written"),
        text("note", "说明", "Note", max_length=500),
    ),
)
BATCH = Table(
    "batch",
    "数据批次",
    "The last deliveries",
    ("batch_id", "table_name"),
    (
        text("batch_id", "批次号", "Batch", nullable=False, max_length=80),
        text("source", "来源", "Source", nullable=False),
        date("business_date", "业务日期", "Business date", nullable=False),
        timestamp("landed_at", "入湖或拒收时间", "Landed or refused at", nullable=False),
        text("state", "状态", "Landed, or refused whole", nullable=False, allowed=("landed", "refused"), max_length=10),
        text("table_name", "表", "Table", nullable=False, max_length=40),
        integer("rows", "行数", "Rows", nullable=False),
        integer("quarantined", "隔离行数", "Rows in quarantine", nullable=False),
        text("corrects", "更正批次", "Corrects batch", max_length=80),
    ),
)
QUARANTINE = Table(
    "quarantine",
    "隔离区",
    "Rows refused by the last deliveries (the first 200 of each table)",
    ("batch_id", "table_name", "position"),
    (
        text("batch_id", "批次号", "Batch", nullable=False, max_length=80),
        text("table_name", "表", "Table", nullable=False, max_length=40),
        integer("position", "序号", "Position", nullable=False),
        text("file", "文件", "File", nullable=False),
        integer("row", "行", "Row", nullable=False),
        text("column", "列", "Column", max_length=60),
        text("value", "值", "Value", max_length=400, data_class=C3, mask=Mask.HIDDEN),
        text("rule", "规则", "Rule", nullable=False, max_length=60),
        text("expected", "应为", "Expected", max_length=400),
    ),
)

DUPLICATE = Table(
    "duplicate",
    "疑似重复客户",
    "Two entries that may be one customer",
    ("party_id", "other_id"),
    (
        text("party_id", "客户号", "Customer number, the smaller of the two", nullable=False, max_length=40),
        text("other_id", "另一客户号", "The other's customer number", nullable=False, max_length=40),
        text("grade", "把握", "How sure", nullable=False, allowed=tuple(codes.DUPLICATE_GRADES), max_length=20),
        json("agrees", "相同项", "What agrees: certificate, phone, name, birth_date", nullable=False),
    ),
)

PUBLICATION: tuple[Table, ...] = (
    ORGANISATION,
    STAFF,
    PRODUCT,
    CUSTOMER,
    CUSTOMER_CURVE,
    HOLDING,
    RELATION,
    COVERAGE,
    DUPLICATE,
    TIMELINE,
    PROPOSAL,
    BRANCH_MONTH,
    TIER_MIGRATION,
    CONCENTRATION,
    FINDING,
    OUTLOOK,
    NEED,
    LOST,
    *CAUSES,
    NIGHT_STEP,
    BATCH,
    QUARANTINE,
)
PUBLISHED: dict[str, Table] = {t.name: t for t in PUBLICATION}
PUBLISHED_TABLES = tuple(PUBLISHED)
