"""Tags and filters of every page: money, days, codes, figures with their reasons, charts with their tables."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django import template
from django.http import QueryDict
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from tenure.contracts import LAKE, PUBLISHED, Column
from tenure.contracts.worklist import BY_NAME as RULES
from tenure.desk.kit import figures, formats, wording
from tenure.desk.kit.charts import Chart

register = template.Library()


def _language() -> str:
    return get_language() or "en"


def _currency(context: Context, given: str | None) -> str:
    publication = context.get("publication")
    return given or (publication.currency if publication else "")


@register.simple_tag(takes_context=True)
def money(context: Context, minor: int | None, currency: str | None = None) -> SafeString:
    """An amount, short; every digit on hover. Another currency than the publication's is named."""
    own = _currency(context, None)
    used = currency or own
    text = formats.money(minor, used, _language())
    foreign = f" {used}" if minor is not None and used != own else ""
    if minor is None:
        return format_html('<span class="num none">{}</span>', text)
    tone = " negative" if minor < 0 else ""
    return format_html('<span class="num{}" title="{}">{}{}</span>', tone, formats.exact(minor, used), text, foreign)


@register.simple_tag(takes_context=True)
def money_text(context: Context, minor: int | None, currency: str | None = None) -> str:
    """An amount as plain text, for attributes and sentences."""
    return formats.money(minor, _currency(context, currency), _language())


@register.filter
def typed(minor: int | None, currency: str) -> str:
    """An amount as one would type it into a field: every digit, no separators."""
    return "" if minor is None else formats.money(minor, currency, "en", "full").replace(",", "").replace("−", "-")


@register.filter
def day(value: dt.date | None) -> str:
    """A date written out."""
    return formats.day(_local(value), _language())


@register.filter
def day_short(value: dt.date | None) -> str:
    """A date for a column."""
    return formats.day_short(_local(value), _language())


@register.filter
def moment(value: dt.datetime | None) -> str:
    """A date and time of day, in the bank's zone."""
    local = _local(value)
    return formats.moment(local, _language()) if isinstance(local, dt.datetime) else formats.NOTHING


@register.filter
def moment_or_day(value: dt.datetime | None) -> str:
    """A moment; the date alone at midnight, which stands for an event that has no time of day."""
    local = _local(value)
    midnight = isinstance(local, dt.datetime) and (local.hour, local.minute) == (0, 0)
    return day_short(value) if midnight else moment(value)


@register.filter
def day_of(value: str | None) -> str:
    """A date ``YYYY-MM-DD`` of something kept as JSON, written out."""
    return formats.day_iso(value, _language()) if value else formats.NOTHING


@register.filter
def month(value: str) -> str:
    """A month ``YYYY-MM``."""
    return formats.month(value, _language())


def _local(value: dt.date | None) -> dt.date | None:
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def share(value: float | None, places: int = 1) -> str:
    """A ratio as percent."""
    return formats.share(value, places)


@register.filter
def capped(value: int | None) -> str:
    """A count that stops at 1,000."""
    return formats.count(value)


@register.filter
def grouped(value: int | None) -> str:
    """A whole number with separators."""
    return formats.NOTHING if value is None else f"{value:,}"


@register.filter
def took(seconds: float | None) -> str:
    """A duration."""
    return formats.duration(seconds, _language())


@register.filter
def code(value: str | None, kind: str) -> str:
    """The name of a code: ``{{ customer.tier|code:"tier" }}``."""
    return wording.code_name(value, kind, _language())


@register.filter
def named(thing: Any) -> str:
    """The name of something that has one in both languages (``zh``/``en`` or ``name``/``name_en``)."""
    chinese = formats.is_chinese(_language())
    if hasattr(thing, "zh"):
        return thing.zh if chinese else thing.en
    return thing.name if chinese else (thing.name_en or thing.name)


@register.filter
def step_name(step: str) -> str:
    """A step of the night."""
    return wording.step_name(step, _language())


@register.filter
def rule_title(name: str) -> str:
    """A work-list rule's short name."""
    return wording.rule_title(name, _language())


@register.filter
def to_do(name: str) -> str:
    """What a work-list rule asks one to do."""
    return wording.to_do(name, _language())


@register.simple_tag(takes_context=True)
def reason(context: Context, rule: str, facts: dict[str, Any] | None) -> str:
    """Why an entry is on the work list."""
    known = RULES.get(rule)
    return "" if known is None else wording.reason(known, facts or {}, _currency(context, None), _language())


@register.inclusion_tag("kit/_figure.html", takes_context=True)
def figure(context: Context, row: Any, name: str, note: str = "") -> dict[str, Any]:
    """A figure's card: label, value, and behind a “?” its formula and what went into it."""
    return {"figure": figures.figure(row, name, _currency(context, None), _language()), "note": note}


@register.inclusion_tag("kit/_fact.html", takes_context=True)
def fact(context: Context, row: Any, name: str) -> dict[str, Any]:
    """A figure on one line of a list of facts, with its reasons."""
    return {"figure": figures.figure(row, name, _currency(context, None), _language())}


@register.inclusion_tag("kit/_chart.html")
def chart(spec: Chart, tall: bool = False) -> dict[str, Any]:
    """A chart and its table."""
    language = _language()
    return {"chart": spec, "drawn": spec.drawn(language), "rows": spec.table(language), "tall": tall}


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's query with ``changes``; an empty value drops the key: ``?{% query sort="score" %}``."""
    asked: QueryDict = context["request"].GET.copy()
    for key, value in changes.items():
        if value in ("", None):
            asked.pop(key, None)
        else:
            asked[key] = str(value)
    return asked.urlencode()


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """``mapping[key]`` or nothing."""
    return mapping.get(key) if mapping else None


@register.filter
def percent_of(value: float | None, whole: float | None) -> str:
    """``value`` of ``whole`` as a CSS-safe number of percent, between 0 and 100."""
    if not value or not whole:
        return "0"
    return f"{max(0.0, min(100.0, 100 * value / whole)):.1f}"


@register.filter
def initial(name: str | None) -> str:
    """The first character of a name, for its mark."""
    return (name or "?").strip()[:1]


@register.simple_tag(takes_context=True)
def days_left(context: Context, value: dt.date | None) -> int | None:
    """Days from the day one works on to ``value``; negative when it has passed."""
    publication = context.get("publication")
    if value is None or publication is None:
        return None
    return formats.days_between(value, formats.working_day(publication.as_of, timezone.localdate()))


@register.filter
def mark(key: str) -> str:
    """An id for the page from a key of any characters."""
    return "e" + hashlib.blake2s(key.encode(), digest_size=8).hexdigest()


@register.filter
def absolute(value: int) -> int:
    """Without its sign."""
    return abs(value)


@register.filter
def named_or(thing: Any, otherwise: str) -> str:
    """The name of something, or ``otherwise`` where there is none."""
    return named(thing) if thing else otherwise


@register.filter
def product_name(holding: Any) -> str:
    """The product's name in the reader's language."""
    chinese = formats.is_chinese(_language())
    return holding.product_name if chinese else holding.product_name_en or holding.product_name


@register.filter
def months_long(value: int | None) -> str:
    """A number of months in years and months: ``3 年 2 月``, ``3 y 2 m``."""
    return formats.months(value, _language())


@register.filter
def written(value: Any) -> str:
    """A value of any kind as text."""
    if value in (None, "", []):
        return formats.NOTHING
    if isinstance(value, dt.date):
        return formats.day(value, _language())
    return ", ".join(value) if isinstance(value, list) else str(value)


@register.inclusion_tag("kit/_score_part.html", takes_context=True)
def score_part(context: Context, row: Any, name: str) -> dict[str, Any]:
    """One part of a score as a bar, with its reasons."""
    shown = figures.figure(row, name, _currency(context, None), _language())
    return {"figure": shown, "value": getattr(row, name)}


@register.filter
def formula(column: Column) -> str:
    """How a figure is worked out."""
    return column.formula_zh if formats.is_chinese(_language()) else column.formula_en or column.formula_zh


@register.filter
def unit(column: Column) -> str:
    """The unit a column is in."""
    return figures.unit_of(column, _language())


@register.filter
def table_name(name: str) -> str:
    """The name of a table of the lake or the publication."""
    table = LAKE.get(name) or PUBLISHED.get(name)
    return named(table) if table else name
