"""What the desk alone writes of its work: knowledge, receptions, care, events, opportunities and shares of
credit; solutions, companies and introductions are in ``desk_sales``, what follows from listening to customers in
``desk_voice``, teams and their hand-overs in ``desk_team``.

Every row is dated by the moment it was first written at the desk and says how it stands now; one that was taken back
leaves the lake again.
"""

from __future__ import annotations

from tenure.contracts import codes
from tenure.contracts.columns import (
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
from tenure.contracts.lake.desk_sales import DESK_SALES
from tenure.contracts.lake.desk_team import DESK_TEAM
from tenure.contracts.lake.desk_voice import DESK_VOICE

C2 = DataClass.C2
#: Kinds of care, of events and answers to an invitation, as the desk's app “care” calls them (a test compares).
CARE_KINDS = ("maturity", "birthday", "lunar_birthday", "founding", "anniversary", "suitability", "rhythm")
EVENT_KINDS = ("seminar", "product", "care", "other")
INVITATION_STATES = ("invited", "accepted", "declined", "attended", "absent")

KNOWN_FACT = Table(
    "known_fact",
    "客户情况",
    "Something known of a customer beyond the bank's files, held at other banks too (S6)",
    ("fact_id",),
    (
        key_column("fact_id", "情况编号", "Number of the fact"),
        party_column(),
        timestamp("noted_at", "登记时间", "Noted at", nullable=False),
        text("kind", "类别", "How it is known", nullable=False, allowed=allowed(codes.FACT_KINDS)),
        text("code", "内容类型", "What it is about", nullable=False, allowed=allowed(codes.FACTS)),
        text("words", "内容", "In words", max_length=500, data_class=C2),
        text("bank", "他行名称", "Other bank, as it was heard", max_length=80, data_class=C2),
        text("product", "他行产品类别", "Kind of product there", allowed=allowed(codes.PRODUCT_CATEGORIES)),
        money("amount", "听说的金额", "Amount as heard"),
        text("currency", "币种", "Currency of the amount", max_length=3),
        date("since", "开始日期", "Since", data_class=C2),
        date("until", "预计日期", "Expected on, or matures", data_class=C2),
        text("source", "来源", "How it was learned", nullable=False, allowed=allowed(codes.FACT_SOURCES)),
        text("replaces_id", "替代的情况", "Fact it took the place of", max_length=60),
        staff_column(),
        timestamp("ended_at", "失效时间", "Until when it stood; empty: it stands"),
    ),
    Load.EVENT,
    "noted_at",
)

RISK_ANSWERS = Table(
    "risk_answers",
    "风险测评",
    "A customer's answers to the questionnaire on risk, and the rating they gave (S32)",
    ("answers_id",),
    (
        key_column("answers_id", "测评编号", "Number of the answers"),
        party_column(),
        timestamp("taken_at", "测评时间", "Answered at", nullable=False),
        text("questionnaire", "问卷", "Questionnaire", nullable=False, max_length=40),
        text("edition", "问卷版本", "Its edition", nullable=False, max_length=20),
        text("answers", "答案", "Choices (question:choice, separated by blanks)", max_length=2000, data_class=C2),
        integer("score", "得分", "Score", nullable=False, minimum=0),
        text("rating", "测评结果", "Rating the answers gave", nullable=False, allowed=allowed(codes.RISK_RATINGS)),
        text("channel", "渠道", "Channel", nullable=False, allowed=allowed(codes.ANSWER_CHANNELS)),
        timestamp("confirmed_at", "客户确认时间", "Confirmed by the customer at; it counts from then on"),
        date("expires_on", "到期日", "On this day it holds no more", nullable=False),
        text("overruled_to", "下调为", "Taken lower, to", allowed=allowed(codes.RISK_RATINGS)),
        timestamp("overruled_at", "下调时间", "Taken lower at"),
        staff_column(),
    ),
    Load.EVENT,
    "taken_at",
)

RECEPTION = Table(
    "reception",
    "厅堂接待",
    "Somebody received in the lobby, and what had been advised (S26)",
    ("reception_id",),
    (
        key_column("reception_id", "接待编号", "Number of the reception"),
        party_column(),
        timestamp("at", "时间", "Received at", nullable=False),
        org_column(),
        text("ticket_id", "排队票号", "Queue ticket, by the machine's own id", max_length=60),
        text("outcome", "结果", "What was done", nullable=False, allowed=allowed(codes.RECEPTIONS)),
        text("advice", "建议", "What the rule advised", allowed=("self_service", "counter")),
        text("because", "建议的理由", "The rule's reason", max_length=20),
        text("business", "业务", "What they came for", allowed=allowed(codes.LOBBY_BUSINESS)),
        integer("waiting", "等候人数", "How many others waited", nullable=False, minimum=0),
        staff_column(),
    ),
    Load.EVENT,
    "at",
)

CARE_ACT = Table(
    "care_act",
    "关怀记录",
    "A due care that was given, or left out and why",
    ("care_id",),
    (
        key_column("care_id", "关怀编号", "Number of the act"),
        party_column(),
        timestamp("at", "时间", "Settled at", nullable=False),
        text("kind", "关怀类型", "Kind of care", nullable=False, allowed=CARE_KINDS),
        date("due_on", "应做日期", "Due on", nullable=False),
        text("state", "结果", "Given or left out", nullable=False, allowed=("done", "skipped")),
        text("reason", "未做原因", "Why it was left out", max_length=300, data_class=C2),
        text("interaction_id", "联系编号", "Contact by which it was given", max_length=60),
        staff_column(),
    ),
    Load.EVENT,
    "at",
)

STATEMENT = Table(
    "statement",
    "对账与建议单",
    "A statement issued to a customer, with the advice on it",
    ("statement_id",),
    (
        key_column("statement_id", "单据编号", "Number of the statement"),
        party_column(),
        timestamp("issued_at", "出具时间", "Issued at", nullable=False),
        text("span", "期间", "Span", nullable=False, allowed=("month", "quarter", "year")),
        date("first_on", "起始日", "First day", nullable=False),
        date("last_on", "截止日", "Last day", nullable=False),
        text("language", "语言", "Language", nullable=False, max_length=10),
        text("advice", "建议", "Advice given", nullable=False, max_length=1000, data_class=C2),
        staff_column(),
    ),
    Load.EVENT,
    "issued_at",
)

CUSTOMER_EVENT = Table(
    "customer_event",
    "客户活动",
    "A seminar or an occasion of care at a branch",
    ("event_id",),
    (
        key_column("event_id", "活动编号", "Number of the event"),
        timestamp("made_at", "登记时间", "Made at", nullable=False),
        text("title", "名称", "Title", nullable=False, max_length=120),
        text("kind", "类型", "Kind", nullable=False, allowed=EVENT_KINDS),
        date("on", "举办日", "Day", nullable=False),
        text("place", "地点", "Place", nullable=False, max_length=200),
        integer("capacity", "座位数", "Seats", nullable=False, minimum=1),
        org_column(),
        staff_column(),
        timestamp("cancelled_at", "取消时间", "Cancelled at"),
    ),
    Load.EVENT,
    "made_at",
)

INVITATION = Table(
    "invitation",
    "活动邀请",
    "A customer invited to an event, what they answered and whether they came",
    ("event_id", "party_id"),
    (
        key_column("event_id", "活动编号", "Number of the event"),
        party_column(),
        timestamp("invited_at", "邀请时间", "Invited at", nullable=False),
        text("state", "状态", "Answer, or whether they came", nullable=False, allowed=INVITATION_STATES),
        timestamp("changed_at", "状态时间", "As it stands since", nullable=False),
        staff_column(en="Employee who invited them"),
    ),
    Load.EVENT,
    "invited_at",
)

OPPORTUNITY = Table(
    "opportunity",
    "商机",
    "Business that may be won with a customer, and what came of it",
    ("opportunity_id",),
    (
        key_column("opportunity_id", "商机编号", "Number of the opportunity"),
        party_column(),
        timestamp("opened_at", "建立时间", "Opened at", nullable=False),
        org_column(),
        text("kind", "业务类型", "Kind of business", nullable=False, allowed=allowed(codes.BUSINESS_KINDS)),
        text("title", "名称", "What it is about", nullable=False, max_length=120, data_class=C2),
        money("amount", "预计金额", "Amount expected", nullable=False),
        text("currency", "币种", "Currency", nullable=False, max_length=3),
        text("stage", "阶段", "Stage", nullable=False, allowed=allowed(codes.OPPORTUNITY_STAGES)),
        text("state", "状态", "State", nullable=False, allowed=allowed(codes.OPPORTUNITY_STATES)),
        staff_column("staff_id", "负责人工号", "Employee it belongs to"),
        text("source", "来源", "Where it came from", nullable=False, allowed=allowed(codes.OPPORTUNITY_SOURCES)),
        date("expected_close_on", "预计成交日", "Expected to close on"),
        timestamp("closed_at", "了结时间", "Closed at; empty: open"),
        text("lost_reason", "丢单原因", "Why it was lost", allowed=allowed(codes.LOST_REASONS)),
        money("won_amount", "成交金额", "Amount won"),
        date("credit_until", "计酬截止", "From this day on it gives nobody credit"),
    ),
    Load.EVENT,
    "opened_at",
)

OPPORTUNITY_STEP = Table(
    "opportunity_step",
    "商机推进",
    "One step of an opportunity: from which stage to which, by whom",
    ("step_id",),
    (
        key_column("step_id", "推进编号", "Number of the step"),
        key_column("opportunity_id", "商机编号", "Number of the opportunity"),
        party_column(),
        timestamp("at", "时间", "At", nullable=False),
        text("from_stage", "原阶段", "Stage before; empty: it was opened", allowed=allowed(codes.OPPORTUNITY_STAGES)),
        text("to_stage", "新阶段", "Stage after", nullable=False, allowed=allowed(codes.OPPORTUNITY_STAGES)),
        text("state", "状态", "State after", nullable=False, allowed=allowed(codes.OPPORTUNITY_STATES)),
        text("words", "说明", "What was said about it", max_length=2000, data_class=C2),
        date("next_step_on", "下一步日期", "Next step on"),
        text("interaction_id", "联系编号", "Contact logged with it", max_length=60),
        staff_column(),
    ),
    Load.EVENT,
    "at",
)

CREDIT_SHARE = Table(
    "credit_share",
    "业绩分成",
    "One person's share of one part of the credit for an opportunity, and where the agreement on it stands (S18)",
    ("agreement_id", "part", "staff_id"),
    (
        key_column("agreement_id", "分成方案编号", "Number of the agreement"),
        key_column("opportunity_id", "商机编号", "Number of the opportunity"),
        party_column(),
        timestamp("proposed_at", "提出时间", "Proposed at", nullable=False),
        integer("number", "第几次方案", "Which agreement on this opportunity", nullable=False, minimum=1),
        text("part", "环节", "Part of the credit", nullable=False, allowed=allowed(codes.CREDIT_PARTS)),
        text("staff_id", "工号", "Whose share", nullable=False, references="staff.staff_id", max_length=40),
        integer("percent", "比例", "Share", unit="percent", nullable=False, minimum=1, maximum=100),
        boolean("agrees", "本人是否同意", "Whether they agreed; empty: no answer"),
        text("state", "状态", "Where it stands", nullable=False, allowed=allowed(codes.AGREEMENT_STATES)),
        date("in_force_from", "生效日", "In force from"),
        date("in_force_until", "失效日", "From this day on another is in force"),
    ),
    Load.EVENT,
    "proposed_at",
)

#: In load order.
DESK_WORK: tuple[Table, ...] = (
    KNOWN_FACT,
    RISK_ANSWERS,
    RECEPTION,
    CARE_ACT,
    STATEMENT,
    CUSTOMER_EVENT,
    INVITATION,
    OPPORTUNITY,
    OPPORTUNITY_STEP,
    CREDIT_SHARE,
    *DESK_SALES,
    *DESK_VOICE,
    *DESK_TEAM,
)
