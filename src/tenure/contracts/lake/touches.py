"""What was said and done: contacts, complaints, answers, tickets, campaigns, redemptions."""

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

C2 = DataClass.C2

INTERACTION = Table(
    "interaction",
    "客户接触",
    "Interaction with a customer",
    ("interaction_id",),
    (
        text("interaction_id", "接触编号", "Interaction number", nullable=False, max_length=60),
        text("party_id", "客户号", "Customer number", nullable=False, references="party.party_id", max_length=40),
        timestamp("at", "时间", "At", nullable=False),
        text("kind", "方式", "Kind", nullable=False, allowed=allowed(codes.INTERACTION_KINDS)),
        text("staff_id", "工号", "By whom", references="staff.staff_id", max_length=40),
        text("purpose", "目的", "Purpose"),
        text("outcome", "结果", "Outcome", allowed=allowed(codes.OUTCOMES)),
        text("words", "记录", "What was said", max_length=2000, data_class=C2),
        date("next_step_on", "下次跟进", "Next step on"),
        text("proposal_key", "任务编号", "Work-list entry that led to it", max_length=120),
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
        text("state", "状态", "State", nullable=False, allowed=allowed(codes.COMPLAINT_STATES)),
        timestamp("closed_at", "办结时间", "Closed at"),
        money("concession", "让利金额", "Concession", minimum=0),
        money("disputed", "涉及金额", "Amount the complaint is about, where it is about one", minimum=0),
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
        text("moment", "真实时刻", "Moment of truth", nullable=False, allowed=allowed(codes.MOMENTS)),
        text("channel", "渠道", "Channel", allowed=allowed(codes.CHANNELS)),
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

SURVEY_INVITATION = Table(
    "survey_invitation",
    "调查邀请",
    "Who could have been asked by a survey, who was, and what became of it (S19, S32)",
    ("invitation_id",),
    (
        text("invitation_id", "邀请编号", "Invitation number", nullable=False, max_length=60),
        text("survey", "调查", "Survey", max_length=40),
        text("party_id", "客户号", "Customer number; empty: anonymous", references="party.party_id", max_length=40),
        timestamp("asked_at", "决定时间", "When it was decided whom to ask", nullable=False),
        text("moment", "真实时刻", "Moment of truth", nullable=False, allowed=allowed(codes.MOMENTS)),
        text("occasion", "时刻编号", "Occasion, by its own number; empty: anonymous", max_length=80),
        text("org_id", "机构", "Branch", references="organisation.org_id", max_length=40),
        text("staff_id", "工号", "Who served", references="staff.staff_id", max_length=40),
        text("outcome", "处理结果", "Asked, or why not", nullable=False, allowed=allowed(codes.SURVEY_OUTCOMES)),
        text("channel", "渠道", "By which way", allowed=allowed(codes.SURVEY_CHANNELS)),
        timestamp("sent_at", "发送时间", "Sent at"),
        timestamp("expires_at", "截止时间", "Can be answered until"),
        text("state", "状态", "What became of it", allowed=allowed(codes.INVITATION_STATES)),
    ),
    Load.EVENT,
    "asked_at",
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
        text("service", "业务类型", "Service wanted", allowed=allowed(codes.TICKET_SERVICES)),
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
        text("channel", "渠道", "Channel", allowed=allowed(codes.CHANNELS)),
        text("arm", "组别", "Arm of the test", nullable=False, allowed=allowed(codes.ARMS)),
        text("product_id", "推荐产品", "Product offered", references="product.product_id", max_length=40),
        text("outcome", "结果", "Outcome", allowed=allowed(codes.OUTCOMES)),
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
        text("kind", "兑换类型", "Kind", nullable=False, allowed=allowed(codes.REDEMPTION_KINDS)),
        integer("points", "积分", "Points", nullable=False, minimum=0),
        money("cost", "成本", "Cost to the bank", minimum=0),
        text("item", "兑换物", "What was chosen"),
    ),
    Load.EVENT,
    "at",
)
