"""What the desk alone writes of a team: who is away and who stands in, customers handed over and what became of each.

Who looks after whom in the end is ``assignment``; this says why it changed, by whose word, and what the customer was
told. Rows are dated and taken back as those of ``desk_work``; an absence called off before it began never was.
"""

from __future__ import annotations

from tenure.contracts import codes
from tenure.contracts.columns import DataClass, Load, Table, allowed, boolean, date, money, text, timestamp
from tenure.contracts.lake.desk_columns import key_column, org_column, party_column, staff_column

C2 = DataClass.C2
#: How the customers of a hand-over are shared out, and their manager's roles, as the desk's app “team” calls them (a
#: test compares).
HAND_OVER_SPLITS = ("number", "value")
HANDED_ROLES = ("lead", "support")

ABSENCE = Table(
    "absence",
    "离岗与代班",
    "An employee who is away, and who sees and works their customers meanwhile",
    ("absence_id",),
    (
        key_column("absence_id", "离岗编号", "Number of the absence"),
        text("staff_id", "离岗人工号", "Employee who is away", nullable=False, references="staff.staff_id",
             max_length=40),
        timestamp("noted_at", "登记时间", "Noted at", nullable=False),
        text("stand_in", "代班人工号", "Employee who stands in", nullable=False, references="staff.staff_id",
             max_length=40),
        text("kind", "原因", "Why", nullable=False, allowed=allowed(codes.ABSENCES), data_class=C2),
        date("first_on", "首日", "First day away", nullable=False),
        date("last_on", "末日", "Last day away, as it stands now", nullable=False),
        staff_column("noted_by", "登记人工号", "Employee who noted it"),
        staff_column("changed_by", "变更人工号", "Employee who let it end earlier"),
    ),
    Load.EVENT,
    "noted_at",
)  # fmt: skip

HAND_OVER = Table(
    "hand_over",
    "客户移交",
    "Customers of one employee that others take over: by which rule, why, and by whose word",
    ("hand_over_id",),
    (
        key_column("hand_over_id", "移交编号", "Number of the hand-over"),
        timestamp("proposed_at", "提出时间", "Proposed at", nullable=False),
        org_column(),
        text("from_staff", "移出人工号", "Employee whose customers they were", nullable=False,
             references="staff.staff_id", max_length=40),
        text("to_staff", "接收人工号", "Employees who take over (separated by blanks)", nullable=False,
             max_length=420),
        boolean("single", "单个客户", "Whether it was one customer, chosen by number", nullable=False),
        text("tier", "范围：层级", "Rule: of this tier; empty: of every tier", allowed=tuple(codes.TIER_ORDER)),
        text("branch", "范围：机构", "Rule: of this branch and those below; empty: of every branch",
             references="organisation.org_id", max_length=40),
        text("kind", "范围：客户类型", "Rule: persons or companies; empty: both", allowed=allowed(codes.PARTY_KINDS)),
        money("least", "范围：资产下限", "Rule: with at least these average assets"),
        money("most", "范围：资产上限", "Rule: with less than these average assets"),
        text("split", "分配方式", "How they are shared out among those who take over", nullable=False,
             allowed=HAND_OVER_SPLITS),
        date("credit_from", "业绩划转日", "From this day serving gives credit to who took over", nullable=False),
        text("reason", "原因", "Why", nullable=False, max_length=500, data_class=C2),
        text("state", "状态", "Where it stands", nullable=False, allowed=allowed(codes.HAND_OVER_STATES)),
        staff_column("proposed_by", "提出人工号", "Employee who proposed it"),
        staff_column("approved_by", "复核人工号", "Employee who approved it; empty: nobody has"),
        timestamp("settled_at", "了结时间", "Refused, carried out or taken back at; empty: under way"),
        timestamp("undone_at", "撤销时间", "Taken back at; empty: it was not"),
    ),
    Load.EVENT,
    "proposed_at",
)  # fmt: skip

HAND_OVER_LINE = Table(
    "hand_over_line",
    "客户移交明细",
    "One customer of a hand-over: who takes over, what became of it, and whether the customer was told",
    ("line_id",),
    (
        key_column("line_id", "明细编号", "Number of the line"),
        key_column("hand_over_id", "移交编号", "Number of the hand-over"),
        party_column(),
        timestamp("proposed_at", "提出时间", "When the hand-over was proposed", nullable=False),
        text("role", "角色", "Role that passes on", nullable=False, allowed=HANDED_ROLES),
        text("from_staff", "移出人工号", "Employee whose customer it was", nullable=False,
             references="staff.staff_id", max_length=40),
        text("to_staff", "接收人工号", "Employee who takes over", nullable=False, references="staff.staff_id",
             max_length=40),
        money("value", "提出时资产", "Monthly average assets when it was proposed", nullable=False, data_class=C2),
        text("state", "状态", "What became of it", nullable=False, allowed=allowed(codes.HANDED_STATES)),
        text("hindered", "未移交原因", "What hindered it", max_length=300),
        timestamp("done_at", "移交时间", "Moved at; empty: not moved"),
        boolean("to_tell", "待告知", "Whether the customer has yet to be told who looks after them", nullable=False),
        text("told_how", "告知方式", "How they were told", allowed=allowed(codes.TELLINGS)),
        timestamp("told_at", "告知时间", "Told at; of one taken back: told of that"),
        staff_column("told_by", "告知人工号", "Employee who told them"),
    ),
    Load.EVENT,
    "proposed_at",
)  # fmt: skip

#: In load order.
DESK_TEAM: tuple[Table, ...] = (ABSENCE, HAND_OVER, HAND_OVER_LINE)
