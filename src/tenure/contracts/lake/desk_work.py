"""What the desk alone writes of its work: knowledge, receptions, care, events, opportunities and shares of credit.

Every row is dated by the moment it was first written at the desk and says how it stands now; one that was taken back
leaves the lake again.
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

C2 = DataClass.C2
#: Kinds of care, of events and answers to an invitation, as the desk's app “care” calls them (a test compares).
CARE_KINDS = ("maturity", "birthday", "lunar_birthday", "founding", "anniversary", "suitability", "rhythm")
EVENT_KINDS = ("seminar", "product", "care", "other")
INVITATION_STATES = ("invited", "accepted", "declined", "attended", "absent")


def _key(name: str, zh: str, en: str) -> Column:
    return text(name, zh, en, nullable=False, max_length=60)


def _party() -> Column:
    return text("party_id", "客户号", "Customer number", nullable=False, references="party.party_id", max_length=40)


def _staff(name: str = "staff_id", zh: str = "工号", en: str = "Employee who wrote it") -> Column:
    return text(name, zh, en, references="staff.staff_id", max_length=40)


def _org() -> Column:
    return text("org_id", "机构号", "Branch", references="organisation.org_id", max_length=40)


KNOWN_FACT = Table(
    "known_fact",
    "客户情况",
    "Something known of a customer beyond the bank's files, held at other banks too (S6)",
    ("fact_id",),
    (
        _key("fact_id", "情况编号", "Number of the fact"),
        _party(),
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
        _staff(),
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
        _key("answers_id", "测评编号", "Number of the answers"),
        _party(),
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
        _staff(),
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
        _key("reception_id", "接待编号", "Number of the reception"),
        _party(),
        timestamp("at", "时间", "Received at", nullable=False),
        _org(),
        text("ticket_id", "排队票号", "Queue ticket, by the machine's own id", max_length=60),
        text("outcome", "结果", "What was done", nullable=False, allowed=allowed(codes.RECEPTIONS)),
        text("advice", "建议", "What the rule advised", allowed=("self_service", "counter")),
        text("because", "建议的理由", "The rule's reason", max_length=20),
        text("business", "业务", "What they came for", allowed=allowed(codes.LOBBY_BUSINESS)),
        integer("waiting", "等候人数", "How many others waited", nullable=False, minimum=0),
        _staff(),
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
        _key("care_id", "关怀编号", "Number of the act"),
        _party(),
        timestamp("at", "时间", "Settled at", nullable=False),
        text("kind", "关怀类型", "Kind of care", nullable=False, allowed=CARE_KINDS),
        date("due_on", "应做日期", "Due on", nullable=False),
        text("state", "结果", "Given or left out", nullable=False, allowed=("done", "skipped")),
        text("reason", "未做原因", "Why it was left out", max_length=300, data_class=C2),
        text("interaction_id", "联系编号", "Contact by which it was given", max_length=60),
        _staff(),
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
        _key("statement_id", "单据编号", "Number of the statement"),
        _party(),
        timestamp("issued_at", "出具时间", "Issued at", nullable=False),
        text("span", "期间", "Span", nullable=False, allowed=("month", "quarter", "year")),
        date("first_on", "起始日", "First day", nullable=False),
        date("last_on", "截止日", "Last day", nullable=False),
        text("language", "语言", "Language", nullable=False, max_length=10),
        text("advice", "建议", "Advice given", nullable=False, max_length=1000, data_class=C2),
        _staff(),
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
        _key("event_id", "活动编号", "Number of the event"),
        timestamp("made_at", "登记时间", "Made at", nullable=False),
        text("title", "名称", "Title", nullable=False, max_length=120),
        text("kind", "类型", "Kind", nullable=False, allowed=EVENT_KINDS),
        date("on", "举办日", "Day", nullable=False),
        text("place", "地点", "Place", nullable=False, max_length=200),
        integer("capacity", "座位数", "Seats", nullable=False, minimum=1),
        _org(),
        _staff(),
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
        _key("event_id", "活动编号", "Number of the event"),
        _party(),
        timestamp("invited_at", "邀请时间", "Invited at", nullable=False),
        text("state", "状态", "Answer, or whether they came", nullable=False, allowed=INVITATION_STATES),
        timestamp("changed_at", "状态时间", "As it stands since", nullable=False),
        _staff(en="Employee who invited them"),
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
        _key("opportunity_id", "商机编号", "Number of the opportunity"),
        _party(),
        timestamp("opened_at", "建立时间", "Opened at", nullable=False),
        _org(),
        text("kind", "业务类型", "Kind of business", nullable=False, allowed=allowed(codes.BUSINESS_KINDS)),
        text("title", "名称", "What it is about", nullable=False, max_length=120, data_class=C2),
        money("amount", "预计金额", "Amount expected", nullable=False),
        text("currency", "币种", "Currency", nullable=False, max_length=3),
        text("stage", "阶段", "Stage", nullable=False, allowed=allowed(codes.OPPORTUNITY_STAGES)),
        text("state", "状态", "State", nullable=False, allowed=allowed(codes.OPPORTUNITY_STATES)),
        _staff("staff_id", "负责人工号", "Employee it belongs to"),
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
        _key("step_id", "推进编号", "Number of the step"),
        _key("opportunity_id", "商机编号", "Number of the opportunity"),
        _party(),
        timestamp("at", "时间", "At", nullable=False),
        text("from_stage", "原阶段", "Stage before; empty: it was opened", allowed=allowed(codes.OPPORTUNITY_STAGES)),
        text("to_stage", "新阶段", "Stage after", nullable=False, allowed=allowed(codes.OPPORTUNITY_STAGES)),
        text("state", "状态", "State after", nullable=False, allowed=allowed(codes.OPPORTUNITY_STATES)),
        text("words", "说明", "What was said about it", max_length=2000, data_class=C2),
        date("next_step_on", "下一步日期", "Next step on"),
        text("interaction_id", "联系编号", "Contact logged with it", max_length=60),
        _staff(),
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
        _key("agreement_id", "分成方案编号", "Number of the agreement"),
        _key("opportunity_id", "商机编号", "Number of the opportunity"),
        _party(),
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

CASE = Table(
    "case",
    "客户闭环",
    "Case of an unhappy customer: what was said, why it happened, what was done (S22, S23)",
    ("case_id",),
    (
        _key("case_id", "闭环编号", "Number of the case"),
        _party(),
        timestamp("opened_at", "立案时间", "Opened at", nullable=False),
        _org(),
        text("source", "来源", "Where it came from", nullable=False, allowed=allowed(codes.CASE_SOURCES)),
        text("source_key", "来源编号", "Which answer, signal or form", nullable=False, max_length=120),
        integer("score", "推荐分", "Likely to recommend, as answered", unit="0–10", minimum=0, maximum=10),
        text("words", "客户原话", "What was said", max_length=2000, data_class=C2),
        text("state", "状态", "Where it stands", nullable=False, allowed=allowed(codes.CASE_STATES)),
        integer("round", "轮次", "Round; above 1 it was opened again", nullable=False, minimum=1),
        text("cause", "原因", "Cause", allowed=allowed(codes.CASE_CAUSES)),
        text("action", "处理措施", "What was done about it", max_length=2000, data_class=C2),
        text("result", "结果", "Result", allowed=allowed(codes.CASE_RESULTS)),
        timestamp("acknowledged_at", "联系上客户的时间", "When the customer was reached"),
        timestamp("closed_at", "办结时间", "Closed at"),
        _staff("staff_id", "负责人工号", "Employee who owns it"),
        _staff("closed_by", "办结人工号", "Employee who closed it"),
    ),
    Load.EVENT,
    "opened_at",
)

EXIT_INTERVIEW = Table(
    "exit_interview",
    "流失访谈",
    "A lost customer asked why they left, and what follows from it (S24)",
    ("interview_id",),
    (
        _key("interview_id", "访谈编号", "Number of the interview"),
        _party(),
        timestamp("opened_at", "建立时间", "Opened at", nullable=False),
        _org(),
        text("lost_month", "流失月份", "Month in which they were lost, YYYY-MM", nullable=False, max_length=7),
        text("data_cause", "数据推断的原因", "Cause by data", allowed=allowed(codes.LEAVING_CAUSES)),
        money("value", "流失前年均资产", "Average assets of the year before"),
        text("state", "状态", "Where it stands", nullable=False, allowed=allowed(codes.EXIT_STATES)),
        integer("tries", "未联系上次数", "Tries that reached nobody", nullable=False, minimum=0),
        text("result", "结果", "How it ended", allowed=allowed(codes.EXIT_RESULTS)),
        text("cause", "客户说的原因", "Cause in the customer's word", allowed=allowed(codes.LEAVING_CAUSES)),
        text("words", "客户原话", "What was said", max_length=2000, data_class=C2),
        text("to_bank", "去向银行", "Bank they went to, as told", max_length=80, data_class=C2),
        text("product", "带走的产品", "Kind of product they took along", allowed=allowed(codes.PRODUCT_CATEGORIES)),
        text("back_words", "怎样才会回来", "What would bring them back", max_length=2000, data_class=C2),
        boolean("may_call", "可再联系", "Whether we may call again"),
        timestamp("ended_at", "结束时间", "Ended at"),
        text("decision", "赢回决定", "What follows", allowed=allowed(codes.WIN_BACK_DECISIONS)),
        _staff("staff_id", "访谈人工号", "Employee it belongs to"),
    ),
    Load.EVENT,
    "opened_at",
)

WIN_BACK = Table(
    "win_back",
    "赢回",
    "A lost customer worth winning back, drawn to be called or held out for comparison (S24, S34)",
    ("win_back_id",),
    (
        _key("win_back_id", "赢回编号", "Number of the draw"),
        _party(),
        timestamp("drawn_at", "抽签时间", "Drawn at", nullable=False),
        _org(),
        text("arm", "组别", "Drawn for a call, or held out", nullable=False, allowed=allowed(codes.ARMS)),
        integer(
            "held_out_percent", "对照比例", "Share held out then", unit="percent", nullable=False, minimum=1, maximum=99
        ),
        text("cause", "原因", "Cause it was judged by", nullable=False, allowed=allowed(codes.LEAVING_CAUSES)),
        money("value", "流失前年均资产", "Average assets of the year before", nullable=False),
        text("state", "状态", "Where it stands", nullable=False, allowed=allowed(codes.WIN_BACK_STATES)),
        timestamp("offered_at", "首次谈到的时间", "First talked with at"),
        text("result", "结果", "How it ended", allowed=allowed(codes.WIN_BACK_RESULTS)),
        timestamp("ended_at", "结束时间", "Ended at"),
        _staff("staff_id", "负责人工号", "Employee it belongs to"),
    ),
    Load.EVENT,
    "drawn_at",
)

IMPROVEMENT = Table(
    "improvement",
    "改进与创新",
    "What is done about a cause, or a new service: since when, what it costs, where it stands (S22, S29)",
    ("improvement_id",),
    (
        _key("improvement_id", "改进编号", "Number of the improvement"),
        timestamp("made_at", "提出时间", "Proposed at", nullable=False),
        text("kind", "类别", "Improvement or innovation", nullable=False, allowed=allowed(codes.IMPROVEMENT_KINDS)),
        text("state", "状态", "Where it stands", nullable=False, allowed=allowed(codes.IMPROVEMENT_STATES)),
        text("themes", "主题", "Keys of its themes, one a line", max_length=2000),
        date("starts_on", "开始日期", "Begun on", nullable=False),
        text("channel", "渠道", "Channel an innovation is about", allowed=allowed(codes.CHANNELS)),
        text("category", "产品类别", "Category of products it is about", allowed=allowed(codes.PRODUCT_CATEGORIES)),
        money("cost", "投入", "What it costs in all"),
        money("contact_cost", "每次成本", "Cost of a contact by it"),
        money("replaced_cost", "替代的每次成本", "Cost of a contact that it takes the place of"),
        text("currency", "币种", "Currency", max_length=3),
        _staff("staff_id", "负责人工号", "Employee it belongs to"),
    ),
    Load.EVENT,
    "made_at",
)
IMPROVEMENT_BRANCH = Table(
    "improvement_branch",
    "改进网点",
    "A branch where an improvement starts, or one it is compared with",
    ("improvement_id", "org_id"),
    (
        _key("improvement_id", "改进编号", "Number of the improvement"),
        text("org_id", "机构号", "Branch", nullable=False, references="organisation.org_id", max_length=40),
        timestamp("made_at", "提出时间", "Proposed at", nullable=False),
        text("arm", "角色", "Where it starts, or the control", nullable=False, allowed=allowed(codes.IMPROVEMENT_ARMS)),
    ),
    Load.EVENT,
    "made_at",
)

DESK_COMPLAINT = Table(
    "desk_complaint",
    "工作台投诉",
    "Complaint taken in at the desk; counted with the bank's own, once (S23)",
    ("complaint_id",),
    (
        _key("complaint_id", "投诉编号", "Number of the complaint, the desk's"),
        text("bank_number", "来源系统编号", "Number of the system that sent it", max_length=60),
        text("party_id", "客户号", "Customer number", references="party.party_id", max_length=40),
        timestamp("taken_at", "登记时间", "Taken in at", nullable=False),
        timestamp("received_at", "受理时间", "Received at", nullable=False),
        text("org_id", "被投诉机构", "Branch complained of", references="organisation.org_id", max_length=40),
        text("code_version", "编码表版本", "Table of codes it is coded by", max_length=20),
        text("channel_code", "投诉渠道码", "Channel (JR/T 0169)", max_length=20),
        text("business_code", "业务类别码", "Kind of business (JR/T 0169)", max_length=20),
        text("cause_code", "投诉原因码", "Cause (JR/T 0169), the first level", max_length=20),
        text("words", "投诉内容", "What was said", max_length=2000, data_class=C2),
        text("state", "状态", "State", nullable=False, allowed=allowed(codes.COMPLAINT_STATES)),
        timestamp("closed_at", "办结时间", "Closed at"),
        money("concession", "让利金额", "Conceded so far", minimum=0),
    ),
    Load.EVENT,
    "taken_at",
)

CONCESSION = Table(
    "concession",
    "投诉让利",
    "Concession on a complaint, whatever became of it (S16)",
    ("concession_id",),
    (
        _key("concession_id", "让利编号", "Number of the concession"),
        _party(),
        text("complaint_id", "投诉编号", "Number of the complaint, the desk's", nullable=False, max_length=60),
        timestamp("made_at", "提出时间", "Made at", nullable=False),
        text("kind", "种类", "Kind", nullable=False, allowed=allowed(codes.CONCESSION_KINDS)),
        money("amount", "金额", "Amount; of points their worth", minimum=0),
        text("over", "超出的限额", "Limit it was above", max_length=10),
        text("state", "状态", "State", nullable=False, allowed=allowed(codes.CONCESSION_STATES)),
        timestamp("decided_at", "决定时间", "Decided at"),
        _staff("staff_id", "提出人工号", "Employee who made it"),
    ),
    Load.EVENT,
    "made_at",
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
    CASE,
    EXIT_INTERVIEW,
    WIN_BACK,
    IMPROVEMENT,
    IMPROVEMENT_BRANCH,
    DESK_COMPLAINT,
    CONCESSION,
)
