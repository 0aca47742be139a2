"""What the desk writes of selling: solutions put before customers, companies and what they are buying, introductions.

As coarse as the lake needs it: whom somebody named and on whom money was spent stay at the desk; what companies are
buying is in ``desk_companies``. Rows are dated and taken back as those of ``desk_work``.
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
from tenure.contracts.lake.desk_companies import DESK_COMPANIES

C2 = DataClass.C2
#: That a solution's validity has run out is told by its last day; the desk stores no such state, and the lake neither.
SOLUTION_STATES = tuple(code for code in codes.SOLUTION_STATES if code != "expired")
ITEM_STATES = ("open", "agreed", "declined")


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
    *DESK_COMPANIES,
    INTRODUCTION,
    UPKEEP,
)
