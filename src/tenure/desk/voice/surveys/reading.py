"""Reading the moments the bank's systems send: each row is a moment, or a refusal that says where and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tenure.contracts import codes

#: Rows one request may carry.
MOST_ROWS = 1000
#: How far back a moment may lie: a survey asks right after one. And how far ahead a clock may be.
KEPT, AHEAD = timedelta(days=14), timedelta(minutes=5)
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


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row was not taken: which, where in it, and what was expected there."""

    index: int
    event_id: str
    field: str
    expected: str


class _Wrong(ValueError):
    def __init__(self, field: str, expected: str) -> None:
        super().__init__(expected)
        self.field, self.expected = field, expected


def read(row: Any, index: int, now: datetime) -> Incoming | Refusal:
    """Row ``index`` of a request."""
    event_id = row.get("event_id") if isinstance(row, Mapping) else None
    try:
        return _read(row, index, now)
    except _Wrong as wrong:
        return Refusal(index, event_id[:80] if isinstance(event_id, str) else "", wrong.field, wrong.expected)


def _read(row: Any, index: int, now: datetime) -> Incoming:
    if not isinstance(row, Mapping):
        raise _Wrong("", "an object")
    unknown = row.keys() - set(FIELDS)
    if unknown:
        raise _Wrong(str(min(unknown, key=str))[:60], f"no such field; fields are {', '.join(FIELDS)}")
    event_id = _text(row, "event_id", 80)
    moment = row.get("moment")
    if not isinstance(moment, str) or moment not in codes.MOMENTS:
        raise _Wrong("moment", f"one of {', '.join(codes.MOMENTS)}")
    at = _moment(row.get("at"), now)
    party_id = _text(row, "party_id", 40)
    rest = {name: _text(row, name, most) for name, most in (("org_id", 40), ("staff_id", 40), ("reference", 80))
            if row.get(name) not in (None, "")}  # fmt: skip
    return Incoming(index, event_id, moment, at, party_id, **rest)


def _text(row: Mapping[str, Any], name: str, most: int) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most or "\x00" in value:
        raise _Wrong(name, f"text of 1 to {most} characters")
    return value


def _moment(value: Any, now: datetime) -> datetime:
    expected = f"a moment with its time zone, at most {KEPT.days} days ago, such as 2026-11-22T10:15:00+08:00"
    if not isinstance(value, str):
        raise _Wrong("at", expected)
    try:
        at = datetime.fromisoformat(value)
        fits = at.tzinfo is not None and now - KEPT <= at <= now + AHEAD
    except (ValueError, OverflowError):
        raise _Wrong("at", expected) from None
    if not fits:
        raise _Wrong("at", expected)
    return at
