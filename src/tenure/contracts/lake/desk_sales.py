"""What the desk writes of selling: solutions put before customers, companies and what they are buying, introductions.

As coarse as the lake needs it: whom somebody named, on whom money was spent, what a company judges by and what was
thought of its trust in words stay at the desk. Rows are dated and taken back as those of ``desk_work``.
"""

from __future__ import annotations

from tenure.contracts import codes
from tenure.contracts.columns import (
    Column,
    DataClass,
    Load,
    Table,
    allowed,
    boolean,
    date,
    integer,
    money,
    text,
    timestamp,
)
from tenure.contracts.lake.desk_columns import key_column, org_column, party_column, staff_column

C2 = DataClass.C2
#: That a solution's validity has run out is told by its last day; the desk stores no such state, and the lake neither.
SOLUTION_STATES = tuple(code for code in codes.SOLUTION_STATES if code != "expired")
ITEM_STATES = ("open", "agreed", "declined")
#: How trust is judged: in tenths, 10 to 100 stand for 1.0 to 10.0.
LEAST_TRUST, MOST_TRUST = 10, 100


def _customer(name: str, zh: str, en: str) -> Column:
    return text(name, zh, en, references="party.party_id", max_length=40)


SOLUTION = Table(
    "solution",
    "综合方案",
    "What a customer needs in order, and at which of the three levels it was offered and agreed to (S9)",
    ("solution_id",),
    (
        key_column("solution_id", "方案编号", "Number of the solution"),
        party_column(),
        timestamp("begun_at", "开始时间", "Begun at", nullable=False),
        org_column(),
        text("needs", "需求", "Needs in the customer's order (separated by blanks)", max_length=400),
        text("heard", "客户自述的需求", "Those the customer told (separated by blanks)", max_length=400),
        text("state", "状态", "State", nullable=False, allowed=SOLUTION_STATES),
        text("level_shown", "出示的层次", "Level shown", allowed=allowed(codes.SALE_LEVELS)),
        text("level_agreed", "同意的层次", "Level agreed to", allowed=allowed(codes.SALE_LEVELS)),
        date("shown_on", "出示日", "Shown on; empty: a draft, or given up"),
        date("valid_until", "有效期至", "Last day on which it may be agreed to"),
        date("settled_on", "答复日", "Answered on"),
        text("declined_reason", "未采纳原因", "Why nothing was agreed to", allowed=allowed(codes.LOST_REASONS)),
        text("words", "客户原话", "What the customer said", max_length=500, data_class=C2),
        staff_column("staff_id", "客户经理工号", "Employee who shows it"),
    ),
    Load.EVENT,
    "begun_at",
)

SOLUTION_ITEM = Table(
    "solution_item",
    "方案内容",
    "One thing offered in a solution for one need, and what the customer said to it",
    ("item_id",),
    (
        key_column("item_id", "内容编号", "Number of the item"),
        key_column("solution_id", "方案编号", "Number of the solution"),
        party_column(),
        timestamp("begun_at", "方案开始时间", "When the solution was begun", nullable=False),
        integer("place", "次序", "Place in the solution", nullable=False, minimum=1),
        text("need", "需求", "Need it answers", nullable=False, max_length=40),
        text("product_id", "产品号", "Product; of a bundle the one it is sold for", nullable=False, max_length=40),
        text("category", "产品类别", "Kind of product", nullable=False, allowed=allowed(codes.PRODUCT_CATEGORIES)),
        text("bundle", "套餐", "Bundle, by its code; empty: a product alone", max_length=40),
        integer("bundle_version", "套餐版本", "Version of the bundle", minimum=1),
        money("amount", "金额", "Amount offered", nullable=False),
        text("currency", "币种", "Currency", nullable=False, max_length=3),
        text("state", "客户答复", "What the customer said", nullable=False, allowed=ITEM_STATES),
        text("opportunity_id", "商机编号", "Opportunity it became", max_length=60),
    ),
    Load.EVENT,
    "begun_at",
)

DEMAND_NOTE = Table(
    "demand_note",
    "企业需求了解",
    "What a company answered when asked about one of its five demands, or what was heard of it (S7)",
    ("note_id",),
    (
        key_column("note_id", "记录编号", "Number of the note"),
        party_column(),
        timestamp("at", "时间", "At", nullable=False),
        text("demand", "需求", "Demand", nullable=False, allowed=allowed(codes.DEMANDS)),
        text("state", "情况", "Asked or heard of", nullable=False, allowed=allowed(codes.DEMAND_STATES)),
        text("words", "内容", "In words", max_length=500, data_class=C2),
        staff_column(),
    ),
    Load.EVENT,
    "at",
)

PURCHASE = Table(
    "purchase",
    "企业采购事项",
    "Something a company is buying from some bank, and where its own decision stands (S7)",
    ("purchase_id",),
    (
        key_column("purchase_id", "事项编号", "Number of the purchase"),
        party_column(),
        timestamp("opened_at", "登记时间", "Noted at", nullable=False),
        text("about", "采购什么", "What about", nullable=False, max_length=120, data_class=C2),
        text("demand", "需求", "Demand it serves", nullable=False, allowed=allowed(codes.DEMANDS)),
        text("stage", "决策阶段", "Stage of the decision", nullable=False, allowed=allowed(codes.BUYING_STAGES)),
        text("state", "结果", "How it was decided", nullable=False, allowed=allowed(codes.PURCHASE_STATES)),
        date("decides_on", "决策日", "When the company decides next"),
        timestamp("closed_at", "了结时间", "Closed at; empty: under way"),
        staff_column("staff_id", "登记人工号", "Employee who noted it"),
    ),
    Load.EVENT,
    "opened_at",
)

PURCHASE_STEP = Table(
    "purchase_step",
    "采购进展",
    "One thing that happened to a purchase: where the company's decision stood after it",
    ("step_id",),
    (
        key_column("step_id", "进展编号", "Number of the step"),
        key_column("purchase_id", "事项编号", "Number of the purchase"),
        party_column(),
        timestamp("at", "时间", "At", nullable=False),
        text("stage", "决策阶段", "Stage after", nullable=False, allowed=allowed(codes.BUYING_STAGES)),
        text("state", "结果", "State after", nullable=False, allowed=allowed(codes.PURCHASE_STATES)),
        date("decides_on", "决策日", "When the company decides next"),
        text("words", "说明", "What was said about it", max_length=2000, data_class=C2),
        staff_column(),
    ),
    Load.EVENT,
    "at",
)

COMPANY_VISIT = Table(
    "company_visit",
    "企业拜访",
    "A visit to a company, planned and reported; what was learned is the contact it logged (S7)",
    ("visit_id",),
    (
        key_column("visit_id", "拜访编号", "Number of the visit"),
        party_column(),
        timestamp("planned_at", "计划时间", "Planned at", nullable=False),
        date("on", "拜访日", "Day of the visit", nullable=False),
        text("purchase_id", "采购事项", "Purchase it is about", max_length=60),
        text("aim", "目的", "What it is to bring about", nullable=False, max_length=200, data_class=C2),
        integer("people", "我行人数", "How many of the bank's people go", nullable=False, minimum=1),
        text("state", "状态", "State", nullable=False, allowed=allowed(codes.VISIT_STATES)),
        text("outcome", "结果", "Outcome", allowed=allowed(codes.OUTCOMES)),
        date("next_step_on", "下一步日期", "Next step on"),
        text("interaction_id", "联系编号", "Contact its report logged", max_length=60),
        staff_column("staff_id", "计划人工号", "Employee who planned it"),
    ),
    Load.EVENT,
    "planned_at",
)

VISIT_PROMISE = Table(
    "visit_promise",
    "拜访中的承诺",
    "Something one side promised the other at a visit, and whether it was kept",
    ("promise_id",),
    (
        key_column("promise_id", "承诺编号", "Number of the promise"),
        key_column("visit_id", "拜访编号", "Number of the visit"),
        party_column(),
        timestamp("made_at", "作出时间", "Made at", nullable=False),
        text("side", "承诺方", "Whose", nullable=False, allowed=allowed(codes.PROMISE_SIDES)),
        text("words", "内容", "What was promised", nullable=False, max_length=200, data_class=C2),
        date("due_on", "到期日", "Due on", nullable=False),
        text("state", "状态", "Whether it was kept", nullable=False, allowed=allowed(codes.PROMISE_STATES)),
        date("settled_on", "了结日", "Settled on"),
    ),
    Load.EVENT,
    "made_at",
)

TRUST_CHECK = Table(
    "trust_check",
    "信任自评",
    "How an employee judges a company's trust in them: the four parts of the equation, in tenths (S7)",
    ("check_id",),
    (
        key_column("check_id", "自评编号", "Number of the judgement"),
        party_column(),
        timestamp("at", "时间", "At", nullable=False),
        *(
            integer(part, name.zh, name.en, unit="tenths", nullable=False, minimum=LEAST_TRUST, maximum=MOST_TRUST)
            for part, name in codes.TRUST_PARTS.items()
        ),
        staff_column(),
    ),
    Load.EVENT,
    "at",
)

BATCH_SIZING = Table(
    "batch_sizing",
    "批量业务测算",
    "What an opportunity with all of a company's people or payers was sized at, from one night's figures (S6)",
    ("sizing_id",),
    (
        key_column("sizing_id", "测算编号", "Number of the sizing"),
        party_column(),
        timestamp("at", "时间", "At", nullable=False),
        text("kind", "类型", "Kind of business", nullable=False, allowed=allowed(codes.BATCHES)),
        date("as_of", "数据日期", "Day of the figures", nullable=False),
        key_column("opportunity_id", "商机编号", "Number of the opportunity"),
        money("amount", "测算金额", "Amount worked out; empty: it could not be told"),
        money("low", "下限", "Its lower bound"),
        money("high", "上限", "Its upper bound"),
        staff_column(),
    ),
    Load.EVENT,
    "at",
)

INTRODUCTION = Table(
    "introduction",
    "转介绍",
    "A customer asked to introduce somebody, or who did so unasked, and what came of it (S8)",
    ("introduction_id",),
    (
        key_column("introduction_id", "转介绍编号", "Number of the introduction"),
        text("party_id", "介绍人客户号", "Customer who introduces", nullable=False, references="party.party_id",
             max_length=40),
        timestamp("made_at", "登记时间", "Noted at", nullable=False),
        org_column(),
        _customer("target_id", "想认识的客户", "Whom the bank would like to meet, where it knows them"),
        _customer("given_id", "引荐的客户", "Whom they named, where the bank knows them"),
        _customer("converted_id", "成为的客户", "The customer they became"),
        text("state", "状态", "Where it stands", nullable=False, allowed=allowed(codes.INTRODUCTION_STATES)),
        date("asked_on", "请托日", "Asked on; empty: unasked"),
        date("given_on", "引荐日", "Somebody was named on"),
        date("contacted_on", "联系日", "Whoever was named was reached on"),
        date("closed_on", "了结日", "Over since"),
        text("reason", "未成原因", "Why nothing came of it", allowed=allowed(codes.INTRODUCTION_REASONS)),
        text("opportunity_id", "商机编号", "Opportunity that came of it; its credit is shared there", max_length=60),
        date("thanked_on", "致谢日", "Thanked on"),
        text("thanked_how", "致谢方式", "How they were thanked", allowed=allowed(codes.THANKS)),
        staff_column("staff_id", "负责人工号", "Employee who works on it"),
    ),
    Load.EVENT,
    "made_at",
)  # fmt: skip

UPKEEP = Table(
    "upkeep",
    "客户维护支出",
    "Money spent on one of a customer's people, by the part they play in its decisions (S8)",
    ("upkeep_id",),
    (
        key_column("upkeep_id", "支出编号", "Number of the expense"),
        party_column(),
        timestamp("made_at", "登记时间", "Noted at", nullable=False),
        org_column(),
        text("part", "对象角色", "Part played by whom it was spent on", nullable=False,
             allowed=allowed(codes.BUYING_ROLES)),
        text("kind", "类型", "On what", nullable=False, allowed=allowed(codes.UPKEEP_KINDS)),
        money("amount", "金额", "Amount", nullable=False),
        text("currency", "币种", "Currency", nullable=False, max_length=3),
        date("spent_on", "支出日", "Spent on", nullable=False),
        boolean("official", "公职人员", "Whether on a public official", nullable=False),
        text("state", "状态", "Noted, waiting or refused", nullable=False, allowed=allowed(codes.UPKEEP_STATES)),
        staff_column(),
    ),
    Load.EVENT,
    "made_at",
)  # fmt: skip

#: In load order.
DESK_SALES: tuple[Table, ...] = (
    SOLUTION,
    SOLUTION_ITEM,
    DEMAND_NOTE,
    PURCHASE,
    PURCHASE_STEP,
    COMPANY_VISIT,
    VISIT_PROMISE,
    TRUST_CHECK,
    BATCH_SIZING,
    INTRODUCTION,
    UPKEEP,
)
