"""What one may ask of the list of complaints. Pure; no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenure.desk.kit.listing import Filter, Position, Sort

SORTS: dict[str, Sort] = {
    "newest": Sort("received_at", descending=True, key="id"),
    "oldest": Sort("received_at", key="id"),
    "due": Sort("due_at", key="id"),
    "changed": Sort("changed_at", descending=True, key="id"),
}
LISTS = ("open", "unknown", "closed", "all")


@dataclass(frozen=True, slots=True)
class ComplaintFilter(Filter):
    """What the list is narrowed to; empty means “all”. Codes are of any version, of either level."""

    list: str = "open"
    channel: str = ""
    business: str = ""
    cause: str = ""
    sort: str = "newest"

    @property
    def order(self) -> Sort:
        """The order asked for."""
        return SORTS[self.sort]


def filter_from(query: Mapping[str, Any]) -> ComplaintFilter:
    """The filter an address asks for; values it cannot mean are left out rather than refused."""

    def one(name: str, allowed: Any, otherwise: str) -> str:
        value = str(query.get(name, ""))
        return value if value in allowed else otherwise

    codes = {name: str(query.get(name, ""))[:20].replace("\x00", "") for name in ("channel", "business", "cause")}
    return ComplaintFilter(list=one("list", LISTS, "open"), sort=one("sort", SORTS, "newest"), **codes)


def position_from(text: str) -> Position | None:
    """The place in the list that an address names; None for what is none, which shows page one.

    What is due no more has no moment, and comes last.
    """
    found = Position.decode(text)
    if found is None:
        return None
    try:
        UUID(found.key)
        good = found.value is None or dt.datetime.fromisoformat(str(found.value)).tzinfo is not None
    except ValueError:
        return None
    return found if good else None
