"""Times in words: how long a case has left, or by how much it is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.desk.kit.formats import is_chinese


def span(length: timedelta) -> str:
    """The two largest parts of a time: ``1 天 2 小时``, ``3 小时 20 分``; ``1 d 2 h``, ``3 h 20 min``."""
    minutes = int(length.total_seconds() // 60)
    days, rest = divmod(minutes, 1440)
    hours, left = divmod(rest, 60)
    chinese = is_chinese(get_language() or "en")
    parts = [(days, "天" if chinese else "d"), (hours, "小时" if chinese else "h"), (left, "分" if chinese else "min")]
    told = [f"{n} {unit}" for n, unit in parts if n][:2] if days == 0 else [f"{n} {u}" for n, u in parts[:2] if n]
    return " ".join(told) or f"0 {parts[2][1]}"


def left(due_at: datetime, now: datetime) -> str:
    """“3 h 20 min left”, “1 d over”."""
    if now <= due_at:
        return _("%(time)s left") % {"time": span(due_at - now)}
    return _("%(time)s over") % {"time": span(now - due_at)}
