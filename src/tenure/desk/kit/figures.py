"""Figures with their reasons: a figure's label, its value written out, its formula and what went into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenure.contracts import Column, Kind
from tenure.contracts.customer_figures import FIGURES
from tenure.desk.kit import formats, wording

BY_NAME: dict[str, Column] = {column.name: column for column in FIGURES}

#: What each figure is worked out from, as far as the page can show it; the formula says how.
INPUTS: dict[str, tuple[str, ...]] = {
    "aum": ("deposit", "investment"),
    "net_worth": ("aum", "loan"),
    "aum_month_average": ("aum_last_month_average", "aum_quarter_average", "aum_year_average"),
    "aum_change_3m": ("aum_month_average",),
    "deposit_month_average": ("deposit", "deposit_quarter_average", "deposit_year_average"),
    "category_count": ("product_count",),
    "tier": ("tier_reached", "aum_last_month_average", "tier_protected_until", "tier_before"),
    "tier_lowest_12m": ("tier_lowest_3m", "tier_lowest_6m", "tier_lowest_9m"),
    "near_gap": ("near_tier", "aum_month_average"),
    "score": ("score_assets", "score_depth", "score_activity", "score_loyalty"),
    "score_assets": ("aum_quarter_average",),
    "score_depth": ("category_count",),
    "score_activity": ("active_months_12m",),
    "score_loyalty": ("tenure_months", "same_name_outflow_12m"),
    "habit": ("transactions_12m", "digital_share_12m"),
    "main_bank": ("payroll_months", "transactions_3m", "same_name_outflow_3m", "outflow_3m"),
    "dormant": ("last_transaction_on", "aum"),
    "maturing_30d": ("next_maturity_on", "next_maturity_amount"),
    "maturing_90d": ("next_maturity_on", "next_maturity_amount"),
    "priority": ("score", "maturing_30d", "last_contact_on"),
    "inflow_3m": ("inflow_month",),
    "outflow_3m": ("outflow_month",),
    "transactions_3m": ("transactions_month",),
    "same_name_outflow_3m": ("outflow_3m", "inflow_3m"),
    "digital_share_12m": ("transactions_12m",),
    "payroll_months": ("payroll_last_on", "payroll_last_amount"),
    "in_top_fifth": ("aum_share_rank",),
}

#: Figures whose value is a code, and the list it is from.
_CODED = {
    "tier": "tier",
    "tier_reached": "tier",
    "tier_before": "tier",
    "tier_lowest_3m": "tier",
    "tier_lowest_6m": "tier",
    "tier_lowest_9m": "tier",
    "tier_lowest_12m": "tier",
    "near_tier": "tier",
    "habit": "habit",
    "main_bank": "main_bank",
    "priority": "priority",
}
_UNITS_ZH = {
    "months": "个月",
    "products": "种",
    "categories": "类",
    "transactions": "笔",
    "complaints": "件",
    "customers": "户",
    "days": "天",
}
#: Units that stand in the dictionary alone: a figure of theirs is written with its sign or without one.
_UNITS_OF_COLUMNS_ZH = {
    **_UNITS_ZH,
    "minor unit": "最小货币单位",
    "percent": "百分数",
    "points, 0–1 or score": "百分点、0–1 或分值",
    "seconds": "秒",
    "share": "占比",
    "tenths": "十分之一",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure ready to be shown: ``value`` short, ``full`` with every digit, ``inputs`` as label and value."""

    name: str
    label: str
    value: str
    full: str
    unit: str
    formula: str
    inputs: tuple[tuple[str, str], ...]
    negative: bool


def figure(row: Any, name: str, currency: str, language: str) -> Figure:
    """Figure ``name`` of customer ``row``, worded in ``language``."""
    column = BY_NAME[name]
    chinese = formats.is_chinese(language)
    raw = getattr(row, name)
    return Figure(
        name=name,
        label=column.zh if chinese else column.en,
        value=written(column, raw, currency, language),
        full=formats.exact(raw, currency) if column.kind is Kind.MONEY else "",
        unit=_unit(column, raw, chinese=chinese),
        formula=column.formula_zh if chinese else column.formula_en or column.formula_zh,
        inputs=tuple(_inputs(row, name, currency, language)),
        negative=isinstance(raw, int | float) and raw < 0,
    )


def _inputs(row: Any, name: str, currency: str, language: str) -> list[tuple[str, str]]:
    chinese = formats.is_chinese(language)
    found = []
    for other in INPUTS.get(name, ()):
        column, raw = BY_NAME[other], getattr(row, other)
        unit = _unit(column, raw, chinese=chinese)
        value = written(column, raw, currency, language)
        found.append((column.zh if chinese else column.en, f"{value} {unit}".strip()))
    return found


def unit_of(column: Column, language: str) -> str:
    """The unit of a column as the dictionary tells it; a scale such as 0–10 is the same in both languages."""
    return _UNITS_OF_COLUMNS_ZH.get(column.unit, column.unit) if formats.is_chinese(language) else column.unit


def _unit(column: Column, raw: Any, *, chinese: bool) -> str:
    if raw is None or column.kind is not Kind.INTEGER:
        return ""
    if chinese:
        return _UNITS_ZH.get(column.unit, "")
    return column.unit if column.unit in _UNITS_ZH else ""


def written(column: Column, raw: Any, currency: str, language: str) -> str:
    """Value ``raw`` of ``column`` as text."""
    if raw is None or raw == "":
        return formats.NOTHING
    if column.name in _CODED:
        return wording.code_name(raw, _CODED[column.name], language)
    match column.kind:
        case Kind.MONEY:
            return formats.money(raw, currency, language)
        case Kind.DATE:
            return formats.day(raw, language)
        case Kind.RATE if column.unit == "share":
            return formats.share(raw)
        case Kind.RATE:
            return f"{raw:.0f}" if column.unit == "0–100" else f"{raw:,.2f}"
        case Kind.BOOLEAN:
            return ("是" if raw else "否") if formats.is_chinese(language) else ("yes" if raw else "no")
        case Kind.INTEGER:
            return f"{raw:,}"
    return str(raw)
