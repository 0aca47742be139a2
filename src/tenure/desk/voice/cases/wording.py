"""Times in words: how long a case has left, or by how much it is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.desk.kit.formats import is_chinese


def span(length: timedelta, *, working: bool = False) -> str:
    """The two largest parts of a time: ``1 天 2 小时``, ``3 小时 20 分``; ``1 d 2 h``, ``3 h 20 min``.

    Working time has no days: ``35 小时``; a day of work is no day of the calendar.
    """
    minutes = int(length.total_seconds() // 60)
    days, rest = (0, minutes) if working else divmod(minutes, 1440)
    hours, left = divmod(rest, 60)
    chinese = is_chinese(get_language() or "en")
    parts = [(days, "天" if chinese else "d"), (hours, "小时" if chinese else "h"), (left, "分" if chinese else "min")]
    told = [f"{n:,} {unit}" for n, unit in (parts[:2] if days else parts[1:]) if n]
    return " ".join(told) or f"0 {parts[2][1]}"


def left(due_at: datetime, now: datetime) -> str:
    """“3 h 20 min left”, “1 d over”."""
    return of_allowance(due_at - now)


def of_allowance(rest: timedelta, *, working: bool = False) -> str:
    """What is left of an allowance, or by how much it is over."""
    if rest >= timedelta(0):
        return _("%(time)s left") % {"time": span(rest, working=working)}
    return _("%(time)s over") % {"time": span(-rest, working=working)}
