"""What the desk alone writes of listening to customers: cases, complaints, interviews with who left, what is mended.

Rows are dated and taken back as in ``desk_work``.
"""

from __future__ import annotations

from tenure.contracts import codes
from tenure.contracts.columns import DataClass, Load, Table, allowed, boolean, date, integer, money, text, timestamp
from tenure.contracts.lake.desk_columns import key_column, org_column, party_column, staff_column

C2 = DataClass.C2

CASE = Table(
    "case",
    "客户闭环",
    "Case of an unhappy customer: what was said, why it happened, what was done (S22, S23)",
    ("case_id",),
    (
        key_column("case_id", "闭环编号", "Number of the case"),
        party_column(),
        timestamp("opened_at", "立案时间", "Opened at", nullable=False),
        org_column(),
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
        staff_column("staff_id", "负责人工号", "Employee who owns it"),
        staff_column("closed_by", "办结人工号", "Employee who closed it"),
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
        key_column("interview_id", "访谈编号", "Number of the interview"),
        party_column(),
        timestamp("opened_at", "建立时间", "Opened at", nullable=False),
        org_column(),
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
        staff_column("staff_id", "访谈人工号", "Employee it belongs to"),
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
        key_column("win_back_id", "赢回编号", "Number of the draw"),
        party_column(),
        timestamp("drawn_at", "抽签时间", "Drawn at", nullable=False),
        org_column(),
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
        staff_column("staff_id", "负责人工号", "Employee it belongs to"),
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
        key_column("improvement_id", "改进编号", "Number of the improvement"),
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
        staff_column("staff_id", "负责人工号", "Employee it belongs to"),
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
        key_column("improvement_id", "改进编号", "Number of the improvement"),
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
        key_column("complaint_id", "投诉编号", "Number of the complaint, the desk's"),
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
        money("disputed", "涉及金额", "Amount the complaint is about, where it is about one", minimum=0),
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
        key_column("concession_id", "让利编号", "Number of the concession"),
        party_column(),
        text("complaint_id", "投诉编号", "Number of the complaint, the desk's", nullable=False, max_length=60),
        timestamp("made_at", "提出时间", "Made at", nullable=False),
        text("kind", "种类", "Kind", nullable=False, allowed=allowed(codes.CONCESSION_KINDS)),
        money("amount", "金额", "Amount; of points their worth", minimum=0),
        text("over", "超出的限额", "Limit it was above", max_length=10),
        text("state", "状态", "State", nullable=False, allowed=allowed(codes.CONCESSION_STATES)),
        timestamp("decided_at", "决定时间", "Decided at"),
        staff_column("staff_id", "提出人工号", "Employee who made it"),
    ),
    Load.EVENT,
    "made_at",
)

PANEL = Table(
    "panel",
    "体验小组",
    "Panel of customers who test something, since its order was drawn (S33)",
    ("panel_id",),
    (
        key_column("panel_id", "小组编号", "Number of the panel"),
        timestamp("drawn_at", "抽签时间", "Order drawn at", nullable=False),
        text("title", "测试内容", "What is tested", nullable=False, max_length=120),
        text("category", "产品类别", "Category of products it is about", allowed=allowed(codes.PRODUCT_CATEGORIES)),
        text("state", "状态", "Where it stands", nullable=False, allowed=allowed(codes.PANEL_STATES)),
        integer("wanted", "所需人数", "Participants wanted", nullable=False, minimum=1),
        integer("eligible", "符合条件人数", "Customers who could be asked", nullable=False, minimum=0),
        integer(
            "held_out_percent",
            "对照比例",
            "Share never invited",
            unit="percent",
            nullable=False,
            minimum=10,
            maximum=90,
        ),
        date("starts_on", "开始日期", "First day", nullable=False),
        date("ends_on", "结束日期", "Last day", nullable=False),
        timestamp("ended_at", "结束时间", "Closed at"),
        staff_column("staff_id", "负责人工号", "Employee it belongs to"),
    ),
    Load.EVENT,
    "drawn_at",
)
PANEL_MEMBER = Table(
    "panel_member",
    "体验小组名单",
    "A customer eligible when a panel's order was drawn: invited in their turn, or not drawn and so the control (S33, S34)",
    ("member_id",),
    (
        key_column("member_id", "名单编号", "Number of the line"),
        key_column("panel_id", "小组编号", "Number of the panel"),
        party_column(),
        timestamp("listed_at", "抽签时间", "Order drawn at", nullable=False),
        org_column(),
        text("tier", "层级", "Tier then", max_length=20),
        integer("place", "次序", "Place in the order drawn, from 1", nullable=False, minimum=1),
        text("arm", "组别", "Drawn, or not and so the control", nullable=False, allowed=allowed(codes.ARMS)),
        integer("round", "第几次抽取", "In which draw they were invited", minimum=1),
        text(
            "state", "状态", "How far the invitation came", nullable=False, allowed=allowed(codes.PANEL_MEMBER_STATES)
        ),
        timestamp("invited_at", "邀请时间", "Drawn to be invited at"),
        timestamp("answered_at", "答复时间", "Answered at"),
        integer("sessions", "参加场次", "Sessions they took part in", nullable=False, minimum=0),
        timestamp("told_at", "反馈告知时间", "Told at what came of all they said"),
    ),
    Load.EVENT,
    "listed_at",
)
PANEL_FEEDBACK = Table(
    "panel_feedback",
    "体验反馈",
    "What a participant said of a session, and what came of it (S33)",
    ("feedback_id",),
    (
        key_column("feedback_id", "反馈编号", "Number of the feedback"),
        key_column("panel_id", "小组编号", "Number of the panel"),
        party_column(),
        timestamp("given_at", "反馈时间", "Said at", nullable=False),
        timestamp("session_at", "场次时间", "Session at", nullable=False),
        text("way", "方式", "How the session was held", nullable=False, allowed=allowed(codes.PANEL_SESSION_WAYS)),
        integer("rating", "评分", "Rating", unit="1–5", nullable=False, minimum=1, maximum=5),
        text("words", "客户原话", "What was said", max_length=2000, data_class=C2),
        text("source", "记录方式", "Who wrote it", nullable=False, allowed=allowed(codes.PANEL_FEEDBACK_SOURCES)),
        text("outcome", "处理结果", "What came of it; empty: not decided", allowed=allowed(codes.PANEL_OUTCOMES)),
    ),
    Load.EVENT,
    "given_at",
)

#: In load order.
DESK_VOICE: tuple[Table, ...] = (
    CASE,
    EXIT_INTERVIEW,
    WIN_BACK,
    IMPROVEMENT,
    IMPROVEMENT_BRANCH,
    DESK_COMPLAINT,
    CONCESSION,
    PANEL,
    PANEL_MEMBER,
    PANEL_FEEDBACK,
)
