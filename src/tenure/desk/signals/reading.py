"""Reading what a core bank sends: each row is an event, or a refusal that says where and what was expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tenure.contracts import codes

#: Rows one request may carry.
MOST_ROWS = 10_000
#: How far back an event may lie (they are kept this long), and how far ahead a clock may be.
KEPT = timedelta(days=35)
AHEAD = timedelta(minutes=5)
MOST_MINOR = 10**15
FIELDS = frozenset({"event_id", "kind", "at", "account_id", "amount", "currency", "same_name", "category"})


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event as sent; ``index`` is its row in the request, from 0."""

    index: int
    event_id: str
    kind: str
    at: datetime
    account_id: str
    amount: int | None
    currency: str
    same_name: bool
    category: str


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


def read(row: Any, index: int, currency: str, now: datetime) -> Incoming | Refusal:
    """Row ``index`` of a request; ``currency`` is the one an amount is in where the row says none."""
    event_id = row.get("event_id") if isinstance(row, Mapping) else None
    try:
        return _read(row, index, currency, now)
    except _Wrong as wrong:
        return Refusal(index, event_id[:80] if isinstance(event_id, str) else "", wrong.field, wrong.expected)


def _read(row: Any, index: int, currency: str, now: datetime) -> Incoming:
    if not isinstance(row, Mapping):
        raise _Wrong("", "an object")
    unknown = row.keys() - FIELDS
    if unknown:
        raise _Wrong(str(min(unknown))[:60], f"no such field; fields are {', '.join(sorted(FIELDS))}")
    event_id = _text(row, "event_id", 80)
    kind = row.get("kind")
    if not isinstance(kind, str) or kind not in codes.EVENT_KINDS:
        raise _Wrong("kind", f"one of {', '.join(codes.EVENT_KINDS)}")
    at = _moment(row.get("at"), now)
    account_id = _text(row, "account_id", 40)
    amount = row.get("amount")
    if amount is not None and (
        isinstance(amount, bool) or not isinstance(amount, int) or not 0 <= amount <= MOST_MINOR
    ):
        raise _Wrong("amount", "a whole number of minor units (fen), 0 or more")
    said = row.get("currency") or currency
    if not isinstance(said, str) or len(said) != 3 or not (said.isascii() and said.isupper()):
        raise _Wrong("currency", "three capital letters, such as CNY")
    same_name = row.get("same_name") or False
    if not isinstance(same_name, bool):
        raise _Wrong("same_name", "true or false")
    category = row.get("category") or ""
    if not isinstance(category, str) or (category and category not in codes.PRODUCT_CATEGORIES):
        raise _Wrong("category", f"one of {', '.join(codes.PRODUCT_CATEGORIES)}")
    if kind == "purchase" and not category:
        raise _Wrong("category", "what was bought; a purchase names it")
    return Incoming(index, event_id, kind, at, account_id, amount, said, same_name, category)


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
