"""In words: how long a case has left or by how much it is over, and what a step was about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.desk.kit import wording
from tenure.desk.kit.formats import is_chinese
from tenure.desk.voice.cases import listeners
from tenure.desk.voice.cases.models import CaseStep

#: Of which kind of code the detail of a step is one.
_CODED = {
    "cause": "case_cause", "closed": "case_result", "paused": "case_pause", "warned": "case_clock",
    "escalated": "case_clock", "opened": "case_source", "letter": "complaint_letter", "conceded": "concession_kind",
}  # fmt: skip
#: Steps whose detail is an employee's number.
STAFF = ("handed_over", "recused", "subject")


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


def detail(step: CaseStep, names: Mapping[str, str]) -> str:
    """What a step was about, in the reader's language. ``names``: of employees, by number."""
    told = step.detail
    if told and step.kind in _CODED:
        return wording.code_name(told, _CODED[step.kind], get_language() or "en")
    if told and step.kind in STAFF:
        return f"{names.get(told, '')} {told}".strip()
    if step.kind == "extended":
        return _("%(n)s days") % {"n": told}
    return listeners.step_words(step.kind, told, step.at) if told and step.kind in ("arrived", "coded") else told
