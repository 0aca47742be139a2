"""The regulator's return as a file: the page's period, the page's figures, each with the control that they add up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.desk.control.asked import day_of
from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.exports import Sheet
from tenure.desk.org.models import User
from tenure.desk.voice.complaints.counted_selectors import regulator_return
from tenure.desk.voice.complaints.counting import Line


def period(filters: Mapping[str, Any]) -> tuple[dt.date, dt.date]:
    """The period asked for.

    Raises:
        Unacceptable: a day is none, or the period is longer than three years or ends before it begins.
    """
    first, last = (day_of(str(filters.get(name, "")), name) for name in ("first", "last"))
    if not 0 <= (last - first).days <= 1100:
        raise Unacceptable(_("A period ends after it begins and has three years at most."), field="last")
    return first, last


def dimension_names() -> dict[str, str]:
    """What the lines are by."""
    return {"channel": _("Channel"), "business": _("Business"), "cause": _("Cause"), "branch": _("Branch")}


def heads() -> list[str]:
    """What the columns of a line are called."""
    return [
        _("Received"), _("Decided within 15 days"), _("within 30"), _("within 60"), _("later"), _("Open in time"),
        _("Open and overdue"), _("Repeated"), _("Of a group"),
    ]  # fmt: skip


def cells(line: Line) -> list[int]:
    """The figures of a line, in the order of the heads."""
    return [
        line.received, line.in_15, line.in_30, line.in_60, line.later, line.open, line.overdue, line.repeat, line.group,
    ]  # fmt: skip


class _Return:
    """Rows of the return; see ``control.exports.Source``."""

    def asked(self, filters: Mapping[str, Any]) -> dict[str, str]:
        first, last = period(filters)
        return {"first": f"{first}", "last": f"{last}"}

    def told(self, filters: Mapping[str, str], language: str) -> str:
        return _("received from %(first)s to %(last)s, without any about whoever asked for it") % filters

    def count(self, user: User, filters: Mapping[str, Any], most: int) -> int:
        return min(most, len(regulator_return(user, *period(filters), timezone.now()).lines) + 1)

    def sheet(self, user: User, filters: Mapping[str, Any], language: str) -> Sheet:
        found = regulator_return(user, *period(filters), timezone.now())
        names, total = dimension_names(), found.counted.total
        rows: list[list[Any]] = [[_("Total"), "", "", *cells(total)]]
        for kind in names:
            of_kind = [line for line in found.lines if line[0] == kind]
            rows += [[names[kind], code, name, *cells(line)] for _kind, code, name, line in of_kind]
            summed = sum((line for *_rest, line in of_kind), Line())
            rows.append([names[kind], "", _("Control: equals the total"), *cells(summed)])
        return Sheet(
            _("Return on complaints"), [_("Counted by"), _("Code of the table"), _("What it is called"), *heads()], rows
        )


RETURN = _Return()
