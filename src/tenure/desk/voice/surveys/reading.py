"""Reading the moments the bank's systems send: each row is a moment, or a refusal that says where and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tenure.contracts import codes
from tenure.desk.control.rows import Refusal, Wrong, gettext_noop, moment_of, text_of

#: Rows one request may carry.
MOST_ROWS = 1000
#: How far back a moment may lie: a survey asks right after one.
KEPT = timedelta(days=14)
FIELDS = ("event_id", "moment", "at", "party_id", "org_id", "staff_id", "reference")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One moment as sent; ``index`` is its row in the request, from 0."""

    index: int
    event_id: str
    moment: str
    at: datetime
    party_id: str
    org_id: str = ""
    staff_id: str = ""
    reference: str = ""


def read(row: Any, index: int, now: datetime) -> Incoming | Refusal:
    """Row ``index`` of a request."""
    try:
        return _read(row, index, now)
    except Wrong as wrong:
        return wrong.refusal(row, index)


def _read(row: Any, index: int, now: datetime) -> Incoming:
    if not isinstance(row, Mapping):
        raise Wrong("", gettext_noop("an object"))
    unknown = row.keys() - set(FIELDS)
    if unknown:
        raise Wrong(
            str(min(unknown, key=str))[:60],
            gettext_noop("no such field; fields are %(fields)s"),
            fields=", ".join(FIELDS),
        )
    event_id = text_of(row, "event_id", 80)
    moment = row.get("moment")
    if not isinstance(moment, str) or moment not in codes.MOMENTS:
        raise Wrong("moment", gettext_noop("one of %(values)s"), values=", ".join(codes.MOMENTS))
    at = moment_of(row.get("at"), now, KEPT)
    party_id = text_of(row, "party_id", 40)
    rest = {name: text_of(row, name, most) for name, most in (("org_id", 40), ("staff_id", 40), ("reference", 80))
            if row.get(name) not in (None, "")}  # fmt: skip
    return Incoming(index, event_id, moment, at, party_id, **rest)
