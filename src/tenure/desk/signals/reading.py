"""Reading what a core bank sends: each row is an event, or a refusal that says where and what was expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tenure.contracts import codes
from tenure.desk.control.rows import Refusal, Wrong, gettext_noop, moment_of, text_of
from tenure.desk.signals.rules import NEEDS_AMOUNT

#: Rows one request may carry.
MOST_ROWS = 10_000
#: How far back an event may lie: they are kept this long.
KEPT = timedelta(days=35)
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


def read(row: Any, index: int, currency: str, now: datetime) -> Incoming | Refusal:
    """Row ``index`` of a request; ``currency`` is the one an amount is in where the row says none."""
    try:
        return _read(row, index, currency, now)
    except Wrong as wrong:
        return wrong.refusal(row, index)


def _read(row: Any, index: int, currency: str, now: datetime) -> Incoming:
    if not isinstance(row, Mapping):
        raise Wrong("", gettext_noop("an object"))
    unknown = row.keys() - FIELDS
    if unknown:
        fields = ", ".join(sorted(FIELDS))
        raise Wrong(str(min(unknown))[:60], gettext_noop("no such field; fields are %(fields)s"), fields=fields)
    event_id = text_of(row, "event_id", 80)
    kind = row.get("kind")
    if not isinstance(kind, str) or kind not in codes.EVENT_KINDS:
        raise Wrong("kind", gettext_noop("one of %(values)s"), values=", ".join(codes.EVENT_KINDS))
    at = moment_of(row.get("at"), now, KEPT)
    account_id = text_of(row, "account_id", 40)
    amount = row.get("amount")
    if amount is not None and (
        isinstance(amount, bool) or not isinstance(amount, int) or not 0 <= amount <= MOST_MINOR
    ):
        raise Wrong("amount", gettext_noop("a whole number of minor units (fen), 0 or more"))
    if amount is None and kind in NEEDS_AMOUNT:
        raise Wrong("amount", gettext_noop("how much; no rule can judge an event of this kind without it"))
    said = row.get("currency") or currency
    if not isinstance(said, str) or len(said) != 3 or not (said.isascii() and said.isupper()):
        raise Wrong("currency", gettext_noop("three capital letters, such as CNY"))
    same_name = row.get("same_name") or False
    if not isinstance(same_name, bool):
        raise Wrong("same_name", gettext_noop("true or false"))
    category = row.get("category") or ""
    if not isinstance(category, str) or (category and category not in codes.PRODUCT_CATEGORIES):
        raise Wrong("category", gettext_noop("one of %(values)s"), values=", ".join(codes.PRODUCT_CATEGORIES))
    if kind == "purchase" and not category:
        raise Wrong("category", gettext_noop("what was bought; a purchase names it"))
    return Incoming(index, event_id, kind, at, account_id, amount, said, same_name, category)
