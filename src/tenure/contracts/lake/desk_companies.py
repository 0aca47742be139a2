"""What the desk writes of companies: their demands, what they are buying and who decides it, negotiation sheets, visits,
trust, business sized.

As coarse as the lake needs it: the names of people who are no customers, whom a visit meets and what was thought of a
company's trust in words stay at the desk. Negotiation sheets say where the bank walks away: who reads the lake's files
reads them. Rows are dated and taken back as those of ``desk_work``.
"""

from __future__ import annotations

from tenure.contracts import codes
from tenure.contracts.columns import DataClass, Load, Table, allowed, date, integer, money, text, timestamp
from tenure.contracts.lake.desk_columns import key_column, party_column, staff_column

C2 = DataClass.C2
#: How trust is judged: in tenths, 10 to 100 stand for 1.0 to 10.0.
LEAST_TRUST, MOST_TRUST = 10, 100
#: What a criterion weighs: 1 to 5.
MOST_WEIGHT = 5

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
        text("decision", "下一决策", "What the company decides next", max_length=200, data_class=C2),
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
        text("decision", "下一决策", "What the company was to decide next", max_length=200, data_class=C2),
        date("decides_on", "决策日", "When the company decides next"),
        text("words", "说明", "What was said about it", max_length=2000, data_class=C2),
        staff_column(),
    ),
    Load.EVENT,
    "at",
)

BUYING_ROLE = Table(
    "buying_role",
    "采购决策角色",
    "What one person does in a company's purchase, how they stand to us, since when and until when (S7)",
    ("role_id",),
    (
        key_column("role_id", "角色编号", "Number of the part"),
        key_column("purchase_id", "事项编号", "Number of the purchase"),
        party_column(),
        timestamp("since", "登记时间", "Noted at", nullable=False),
        text("person_id", "本人客户号", "The person, where a customer; the names of others stay at the desk",
             references="party.party_id", max_length=40),
        text("post", "职务", "Post in the company", max_length=80, data_class=C2),
        text("role", "角色", "Part in the decision", nullable=False, allowed=allowed(codes.BUYING_ROLES)),
        text("attitude", "态度", "How they stand to us", nullable=False, allowed=allowed(codes.ATTITUDES)),
        text("words", "所看重的", "What matters to them", max_length=500, data_class=C2),
        timestamp("ended_at", "移除时间", "Taken off at; empty: in force"),
        staff_column("staff_id", "登记人工号", "Employee who said it last"),
    ),
    Load.EVENT,
    "since",
)  # fmt: skip

PURCHASE_CRITERION = Table(
    "purchase_criterion",
    "采购评判标准",
    "One thing a company judges offers by, the heaviest first, and how we stand on it (S7)",
    ("purchase_id", "place"),
    (
        key_column("purchase_id", "事项编号", "Number of the purchase"),
        party_column(),
        timestamp("opened_at", "事项登记时间", "When the purchase was noted", nullable=False),
        integer("place", "次序", "Place by weight", nullable=False, minimum=1),
        text("words", "标准", "What it is", nullable=False, max_length=120, data_class=C2),
        integer("weight", "权重", "How much it weighs", nullable=False, minimum=1, maximum=MOST_WEIGHT),
        text("standing", "我行位置", "How we stand on it", nullable=False, allowed=allowed(codes.STANDINGS)),
    ),
    Load.EVENT,
    "opened_at",
)

NEGOTIATION_SHEET = Table(
    "negotiation_sheet",
    "谈判准备单",
    "One edition of what was prepared for a negotiation: aims, limits, what each side does without the other (S7)",
    ("sheet_id",),
    (
        key_column("sheet_id", "准备单编号", "Number of the sheet"),
        key_column("purchase_id", "事项编号", "Number of the purchase"),
        party_column(),
        timestamp("written_at", "编写时间", "Written at", nullable=False),
        integer("edition", "版次", "Edition; the highest of a purchase stands", nullable=False, minimum=1),
        text("aims", "目标", "What we want", nullable=False, max_length=2000, data_class=C2),
        text("limits", "底线", "Where we walk away", nullable=False, max_length=2000, data_class=C2),
        text("their_alternatives", "对方替代方案", "What they do without us", max_length=2000, data_class=C2),
        text("our_alternatives", "我方替代方案", "What we do without them", max_length=2000, data_class=C2),
        staff_column("staff_id", "编写人工号", "Employee who wrote it"),
    ),
    Load.EVENT,
    "written_at",
)

NEGOTIATION_TRADE = Table(
    "negotiation_trade",
    "谈判交换条件",
    "One trade-off of an edition of a negotiation sheet: what we give, and what we ask for it (S7)",
    ("sheet_id", "place"),
    (
        key_column("sheet_id", "准备单编号", "Number of the sheet"),
        party_column(),
        timestamp("written_at", "编写时间", "When the sheet was written", nullable=False),
        integer("place", "次序", "Place on the sheet", nullable=False, minimum=1),
        text("give", "让步", "What we give", nullable=False, max_length=200, data_class=C2),
        text("ask", "换取", "What we ask for it", nullable=False, max_length=200, data_class=C2),
    ),
    Load.EVENT,
    "written_at",
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

#: In load order.
DESK_COMPANIES: tuple[Table, ...] = (
    DEMAND_NOTE,
    PURCHASE,
    PURCHASE_STEP,
    BUYING_ROLE,
    PURCHASE_CRITERION,
    NEGOTIATION_SHEET,
    NEGOTIATION_TRADE,
    COMPANY_VISIT,
    VISIT_PROMISE,
    TRUST_CHECK,
    BATCH_SIZING,
)
