"""The bank's one calendar: ``calendar.toml`` in TENURE_HOME, every key with a default.

[hours]                                   # of a weekday; a weekday that is left out keeps its default, [] is off
monday = ["09:00-12:00", "13:00-17:00"]   # the default, Monday to Friday
saturday = ["09:00-12:00"]

[days]
holidays = [2026-02-20]                   # days off beyond the law's days of leave
worked = [2026-02-28]                     # weekend days that are worked in exchange
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from tenure.desk.care.lunar import holidays
from tenure.desk.kit.bank_files import Expected, tables_in
from tenure.desk.voice.clocks import Calendar, Hours

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"^(\d{2}):([0-5]\d)-(\d{2}):([0-5]\d)$")


def _span(text: Any) -> tuple[int, int] | None:
    found = _SPAN.match(text) if isinstance(text, str) else None
    if found is None:
        return None
    begin, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    return (begin, end) if begin < end <= 1440 else None


def _are_hours(value: Any) -> bool:
    spans = [_span(one) for one in value] if isinstance(value, list) else [None]
    known = sorted(one for one in spans if one is not None)
    return None not in spans and all(a[1] <= b[0] for a, b in pairwise(known))


def _are_days(value: Any) -> bool:
    return isinstance(value, list) and all(type(one) is date for one in value)


_HOURS: Expected = (_are_hours, 'spans that do not overlap: ["09:00-12:00", "13:00-17:00"]')
_DAYS: Expected = (_are_days, "a list of dates: [2026-02-20]")


def leave(day: date) -> bool:
    """Whether ``day`` is one of the law's days of leave."""
    return day in holidays(day.year)


@cache
def calendar_of(home: Path) -> Calendar:
    """The bank's calendar: the defaults, changed by ``calendar.toml`` in ``home`` where there is one.

    Raises:
        SetupError: the file has a key there is not, or a value that cannot be.
    """
    tables = {"hours": dict.fromkeys(WEEKDAYS, _HOURS), "days": {"holidays": _DAYS, "worked": _DAYS}}
    told = tables_in(home / "calendar.toml", tables)
    zone = timezone.get_default_timezone()
    hours: dict[int, Hours] = dict(Calendar(zone).hours)
    for place, name in enumerate(WEEKDAYS):
        if name in told.get("hours", {}):
            spans = (_span(one) for one in told["hours"][name])
            hours[place] = tuple(sorted(one for one in spans if one is not None))
    days = told.get("days", {})
    return Calendar(zone, hours, frozenset(days.get("holidays", ())), frozenset(days.get("worked", ())), leave)


def in_use() -> Calendar:
    """The calendar of this installation."""
    return calendar_of(Path(settings.HOME))
