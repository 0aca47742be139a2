"""How figures are written for people: money in 万 and 亿 or in k, m and bn, days, shares. Pure; no database.

All arithmetic on money is on whole minor units, so that what is shown is the figure rounded half up and
never the neighbour of a float. ``language`` is a Django language code; everything that is not Chinese is
written the English way.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

Unit = Literal["auto", "full"]

#: Minor units per major unit where it is not a hundred (ISO 4217).
_EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3}
#: (major units, word) from small to large.
_UNITS_ZH = ((10_000, "万"), (100_000_000, "亿"))
_UNITS_EN = ((1_000, "k"), (1_000_000, "m"), (1_000_000_000, "bn"))
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

NOTHING = "—"


def is_chinese(language: str) -> bool:
    """Whether ``language`` (``zh-hans``, ``en`` …) is written the Chinese way."""
    return language.lower().startswith("zh")


def exponent(currency: str) -> int:
    """Decimal places of ``currency``: 2 for CNY, 0 for JPY."""
    return _EXPONENTS.get(currency, 2)


def money(minor: int | None, currency: str, language: str, unit: Unit = "auto") -> str:
    """``minor`` units as people say it: ``123.45 万``, ``1.23 亿``; ``1.23m``, ``45.6k``.

    Two decimals, rounded half up. A rounded figure that reaches the next unit is written in it (never
    ``10,000.00 万``). ``unit="full"`` writes every digit. ``None`` is an em dash.
    """
    if minor is None:
        return NOTHING
    places = exponent(currency)
    scale = 10**places
    shown, word, chinese = "", "", is_chinese(language)
    if unit == "auto":
        # From small to large: a unit is taken once the figure as written in the one below has reached it.
        reached = abs(minor) * 100
        for size, name in _UNITS_ZH if chinese else _UNITS_EN:
            if reached < 100 * size * scale:
                break
            hundredths = _divide(abs(minor) * 100, size * scale)
            reached = hundredths * size * scale
            shown, word = _grouped(hundredths, 2), name
    if not word:
        return f"{_sign(minor)}{_grouped(abs(minor), places)}"
    return f"{_sign(minor)}{shown}{' ' if chinese else ''}{word}"


def exact(minor: int | None, currency: str) -> str:
    """Every digit and the currency: ``1,234,567.89 CNY``."""
    return NOTHING if minor is None else f"{money(minor, currency, 'en', 'full')} {currency}"


def _sign(minor: int) -> str:
    return "−" if minor < 0 else ""


def _divide(numerator: int, denominator: int) -> int:
    """Rounded half up; both non-negative."""
    return (2 * numerator + denominator) // (2 * denominator)


def _grouped(digits: int, places: int) -> str:
    whole, rest = divmod(digits, 10**places)
    return f"{whole:,}.{rest:0{places}d}" if places else f"{whole:,}"


def day(value: dt.date | None, language: str) -> str:
    """A date written out: ``2026年11月22日``, ``22 Nov 2026``. A moment is taken by its date."""
    if value is None:
        return NOTHING
    if is_chinese(language):
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS_EN[value.month - 1]} {value.year}"


def day_short(value: dt.date | None, language: str) -> str:
    """A date for a column, every one as wide as the next: ``2026-11-22``, ``22 Nov 26``."""
    if value is None:
        return NOTHING
    if is_chinese(language):
        return f"{value.year}-{value.month:02d}-{value.day:02d}"
    return f"{value.day:02d} {_MONTHS_EN[value.month - 1]} {value.year % 100:02d}"


def moment(value: dt.datetime | None, language: str) -> str:
    """A date with the time of day, in the zone ``value`` is in: ``2026-11-22 09:30``, ``22 Nov 26 09:30``."""
    return NOTHING if value is None else f"{day_short(value, language)} {value.hour:02d}:{value.minute:02d}"


def month(value: str, language: str) -> str:
    """A month ``YYYY-MM``: ``2026年11月``, ``Nov 2026``."""
    year, number = value.split("-")
    return f"{year}年{int(number)}月" if is_chinese(language) else f"{_MONTHS_EN[int(number) - 1]} {year}"


def months(value: int | None, language: str) -> str:
    """A number of months in years and months: ``3 年 2 个月``, ``3 y 2 m``; under a year in months alone."""
    if value is None:
        return NOTHING
    years, rest = divmod(value, 12)
    year, one = ("年", "个月") if is_chinese(language) else ("y", "m")
    parts = [f"{years} {year}"] if years else []
    if rest or not years:
        parts.append(f"{rest} {one}")
    return " ".join(parts)


def share(value: float | None, places: int = 1) -> str:
    """A ratio of 0 to 1 as percent: ``25.3%``."""
    return NOTHING if value is None else f"{value * 100:.{places}f}%".replace("-", "−")


def day_iso(value: str, language: str) -> str:
    """A date ``YYYY-MM-DD`` written out."""
    return day(dt.date.fromisoformat(value[:10]), language)


def number(value: float, unit: str, currency: str, language: str) -> str:
    """A number of a unit of ``contracts.findings.Unit`` as people write it: ``+12.3``, ``4.5%``, ``3 个月``."""
    match unit:
        case "money":
            return money(round(value), currency, language)
        case "share":
            return share(value)
        case "count":
            return f"{value:,.0f}".replace("-", "−")
        case "points":
            return f"{value:+.1f}".replace("-", "−")
        case "spread":
            return f"{value:.1f}"
        case "months":
            return f"{value:g} 个月" if is_chinese(language) else f"{value:g} m"
        case "days":
            return f"{value:g} 天" if is_chinese(language) else f"{value:g} d"
        case "seconds":
            return duration(value, language)
    return f"{value:,.2f}".replace("-", "−")


def count(value: int | None, cap: int = 1000) -> str:
    """A count that was cut off above ``cap``: ``1,000+``."""
    if value is None:
        return NOTHING
    return f"{cap:,}+" if value > cap else f"{value:,}"


def working_day(as_of: dt.date, today: dt.date) -> dt.date:
    """The day on which figures up to ``as_of`` are worked with: today, while they are at most a week old.

    Older figures (a bank shown as it was) are read as on the morning after them.
    """
    return today if dt.timedelta(0) <= today - as_of <= dt.timedelta(days=7) else as_of + dt.timedelta(days=1)


def days_between(value: dt.date, today: dt.date) -> int:
    """Whole days from ``today`` to ``value``; negative when it has passed."""
    return (value - today).days


def duration(seconds: float | None, language: str) -> str:
    """How long something took: ``0.4 秒``, ``2 分 05 秒``; ``0.4 s``, ``2 min 05 s``."""
    if seconds is None:
        return NOTHING
    chinese = is_chinese(language)
    if seconds < 60:
        return f"{seconds:.1f} {'秒' if chinese else 's'}"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} 分 {rest:02d} 秒" if chinese else f"{minutes} min {rest:02d} s"
