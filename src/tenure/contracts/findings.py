"""What the analytics found, as the night hands it to the desk: pages by topic, and each customer's outlook and needs.

A finding is a section of a topic's page. It carries codes and numbers, never sentences: the desk has the words, in
both languages. What a section may be is written here once, for the night that makes it and the page that shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from tenure.contracts.codes import Name
from tenure.contracts.columns import DataClass, Table, date, integer, json, money, rate, text

C2 = DataClass.C2

#: The topics, in the order of the page that lists them.
TOPICS = (
    "attrition",
    "value",
    "lifetime",
    "depth",
    "needs",
    "trap",
    "opinion",
    "text",
    "network",
    "profit",
    "effects",
    "queues",
    "signs",
    "fairness",
)
#: Topics that not all who look at branches see: what is to be looked into first. Whoever sees them for a part of the
#: bank hears of that part alone.
AUDITED = ("signs", "fairness")


class Unit(StrEnum):
    """What a number or name of a finding is, so that the page can write it as people do."""

    MONEY = "money"  # minor units of the reporting currency
    SHARE = "share"  # 0…1, shown in percent
    POINTS = "points"  # such as NPS, one decimal, with its sign
    SPREAD = "spread"  # of points: one decimal, no sign
    COUNT = "count"
    NUMBER = "number"  # a ratio or score, two decimals
    MONTHS = "months"
    DAYS = "days"
    SECONDS = "seconds"
    MONTH = "month"  # YYYY-MM
    DATE = "date"  # YYYY-MM-DD
    CODE = "code"  # a code of the topic's words
    CATEGORY = "category"  # of products
    TIER = "tier"
    CHANNEL = "channel"
    ORG = "org"  # a branch's number
    STAFF = "staff"  # an employee's number
    PARTY = "party"  # a customer's number: shown, masked, to whoever may see that customer
    BANK_CODE = "bank_code"  # a code of the bank's own: shown with the name that stands in the section's ``names``
    TEXT = "text"  # plain text that anyone may read, such as a range
    WORDS = "words"  # somebody's own words: masked like any other personal text


Number: TypeAlias = int | float | None
#: A cell is a plain value, or a number with its interval ``(value, low, high)``.
Cell: TypeAlias = int | float | str | bool | tuple[Number, Number, Number] | None


@dataclass(frozen=True)
class Verdict:
    """What a section says in one sentence: a code of the topic's words, and the numbers that stand in it."""

    code: str
    numbers: Mapping[str, tuple[Unit, Cell]] = field(default_factory=dict)
    tone: str = ""  # good, bad, warn or nothing


@dataclass(frozen=True)
class Figure:
    """One headline figure, with its interval where it is an estimate and ``n``, the rows it rests on."""

    code: str
    unit: Unit
    value: Cell
    low: Number = None
    high: Number = None
    n: int | None = None


@dataclass(frozen=True)
class Figures:
    """A row of headline figures."""

    code: str
    figures: Sequence[Figure]
    verdict: Verdict | None = None
    kind: str = "figures"


@dataclass(frozen=True)
class Grid:
    """A table: columns as ``(code, unit)``, rows of cells in that order.

    ``names``: of the bank's own codes in it, Chinese and English, where the bank has told them.
    """

    code: str
    columns: Sequence[tuple[str, Unit]]
    rows: Sequence[Sequence[Cell]]
    verdict: Verdict | None = None
    names: Mapping[str, Name] = field(default_factory=dict)
    kind: str = "grid"


@dataclass(frozen=True)
class Line:
    """One line of a curve; ``low`` and ``high`` are its interval, point by point."""

    code: str
    values: Sequence[Number]
    low: Sequence[Number] = ()
    high: Sequence[Number] = ()


@dataclass(frozen=True)
class Curve:
    """A chart: ``x`` along the axis in ``x_unit``, lines in ``unit``. ``shape`` is line or bars."""

    code: str
    x_unit: Unit
    x: Sequence[Cell]
    unit: Unit
    lines: Sequence[Line]
    verdict: Verdict | None = None
    shape: str = "line"
    kind: str = "curve"


Section: TypeAlias = Figures | Grid | Curve


def encoded(section: Section) -> dict[str, Any]:
    """A section as plain values for JSON; enumerations by their value, tuples as lists, NaN as null."""
    return {name: _plain(value) for name, value in asdict(section).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, StrEnum):
        return value.value
    if hasattr(value, "item"):  # a NumPy number
        value = value.item()
    return None if isinstance(value, float) and value != value else value


_PARTY = text("party_id", "客户号", "Customer number", nullable=False, max_length=40)

FINDING = Table(
    "finding",
    "分析结论",
    "What the analytics found: one section of a topic's page, for a branch and all below it",
    ("topic", "org_id", "place"),
    (
        text("topic", "主题", "Topic", nullable=False, allowed=TOPICS, max_length=20),
        text("org_id", "机构号", "Branch, with all below it", nullable=False, max_length=40),
        text("org_path", "机构路径", "Branch path", nullable=False, max_length=200),
        integer("place", "次序", "Place on the page", nullable=False, minimum=0),
        json("body", "内容", "Codes and numbers of the section", nullable=False, data_class=C2),
    ),
)
OUTLOOK = Table(
    "outlook",
    "客户前景",
    "What is ahead with a customer: likelihood of leaving, value, standing",
    ("party_id",),
    (
        _PARTY,
        rate("leaving_3m", "三个月流失概率", "Likelihood of leaving within 3 months", unit="share"),
        rate("leaving_6m", "六个月流失概率", "Likelihood of leaving within 6 months", unit="share"),
        rate("leaving_12m", "十二个月流失概率", "Likelihood of leaving within 12 months", unit="share"),
        json("survival", "留存曲线", "Likelihood of still being here after 1, 2 … months"),
        text("cause", "流失主因", "The likeliest cause", max_length=40),
        json("reasons", "流失理由", "Reasons: code, contribution in log-odds, value"),
        money("value", "客户价值", "Value over the horizon, discounted, net of transfer price, cost and expected loss"),
        money("value_low", "客户价值下限", "Value, lower end of the interval"),
        money("value_high", "客户价值上限", "Value, upper end of the interval"),
        integer("value_months", "价值期限", "Horizon of the value", unit="months", minimum=1),
        json("value_parts", "价值构成", "What the value is made of; the parts sum to it"),
        text("quadrant", "满意与忠诚", "Satisfaction and loyalty: the quadrant", max_length=40),
    ),
)
NEED = Table(
    "need",
    "客户需求",
    "What a customer needs next, with the reason, the gate and the right time",
    ("party_id", "place"),
    (
        _PARTY,
        integer("place", "次序", "Place among the customer's needs", nullable=False, minimum=1),
        text("need", "需求", "Need", nullable=False, max_length=40),
        rate("score", "需求强度", "How strong, 0 to 1", nullable=False),
        text("category", "产品类别", "Category that serves it", max_length=40),
        text("product_id", "产品号", "Product that serves it", max_length=40),
        rate("propensity", "购买概率", "Likelihood of opening it within three months", unit="share"),
        text("gate", "准入", "ok, or why it may not be offered", nullable=False, max_length=40),
        text("trigger", "时机", "Why now", max_length=40),
        date("due_on", "时机日期", "Best by"),
        money("expected_value", "预期价值", "Likelihood times margin over the horizon"),
        json("evidence", "依据", "Evidence: codes and numbers", nullable=False),
    ),
)
LOST = Table(
    "lost",
    "流失客户",
    "Customers lost in the last twelve months, and why",
    ("party_id",),
    (
        _PARTY,
        text("month", "流失月份", "Month in which they were lost", nullable=False, max_length=7),
        text("definition", "流失口径", "By which definition", nullable=False, max_length=40),
        text("cause", "主因", "The likeliest cause", max_length=40),
        rate("confidence", "把握", "How sure of the cause, 0 to 1"),
        json("changes", "变化", "What changed in the six months before", nullable=False),
        json("contacts", "接触", "Who was in contact", nullable=False),
    ),
)
