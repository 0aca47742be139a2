"""What the desk alone writes: signals, consents, who looks after whom, merges; what people know, did and agreed on is
in ``desk_work``.
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

C2 = DataClass.C2

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
        money(
            "amount", "金额", "What it is about: one event's amount, or the sum of many within a window", data_class=C2
        ),
        text("state", "状态", "State", nullable=False, allowed=allowed(codes.SIGNAL_STATES)),
        text("staff_id", "工号", "Who claimed it", references="staff.staff_id", max_length=40),
        timestamp("claimed_at", "认领时间", "Claimed at"),
        text("outcome", "结果", "Outcome", allowed=allowed(codes.SIGNAL_OUTCOMES)),
        timestamp("closed_at", "了结时间", "Closed at"),
        text("proposal_key", "一并了结的任务", "Entry of the work list that ended with it", max_length=120),
        text("opportunity_id", "商机编号", "Opportunity that came of it", max_length=60),
    ),
    Load.EVENT,
    "at",
)

CONSENT = Table(
    "consent",
    "授权意愿",
    "What a customer said at the desk about being used for a purpose",
    ("consent_id",),
    (
        text("consent_id", "记录编号", "Number of the note", nullable=False, max_length=60),
        text("party_id", "客户号", "Customer number", nullable=False, references="party.party_id", max_length=40),
        timestamp("said_at", "表示时间", "Said at", nullable=False),
        text("purpose", "用途", "Purpose", nullable=False, allowed=allowed(codes.CONSENTS)),
        boolean("given", "是否同意", "Agreed", nullable=False),
        boolean("bank_said", "当时文件所载", "What the bank's file said then"),
        text("way", "表示方式", "How it was said", nullable=False, allowed=allowed(codes.CONSENT_WAYS)),
        timestamp("ended_at", "失效时间", "Until when it counts; empty: still"),
    ),
    Load.EVENT,
    "said_at",
)

ASSIGNMENT = Table(
    "assignment",
    "客户分派",
    "Who looks after a customer since somebody said so at the desk",
    ("assignment_id",),
    (
        text("assignment_id", "分派编号", "Assignment", nullable=False, max_length=60),
        text("party_id", "客户号", "Customer number", nullable=False, references="party.party_id", max_length=40),
        text("role", "角色", "Role on the customer", nullable=False, allowed=("lead", "support")),
        text("staff_id", "工号", "Employee; empty: nobody leads", references="staff.staff_id", max_length=40),
        boolean("holds", "是否在册", "On the team; false: taken off it", nullable=False),
        text(
            "bank_said",
            "当时文件所载",
            "Leads the bank's file may still name (separated by blanks; “-”: none)",
            max_length=400,
        ),
        timestamp("since", "开始时间", "Since", nullable=False),
        timestamp("ended_at", "结束时间", "Until when it counts; empty: still"),
    ),
    Load.EVENT,
    "since",
)

#: The night reads every other table through it.
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
