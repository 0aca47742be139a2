"""What one may ask of the list of cases: which, in which order. Pure; no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenure.contracts import codes
from tenure.desk.kit.listing import Filter, Position, Sort

#: Open cases by what runs out first (held ones last), closed ones by when they were opened.
SORTS: dict[str, Sort] = {"due": Sort("due_at", key="id"), "opened": Sort("opened_at", descending=True, key="id")}
LISTS = ("mine", "team", "told", "closed")


@dataclass(frozen=True, slots=True)
class CaseFilter(Filter):
    """What the list is narrowed to; empty means “all”. ``list``: mine, team, told (told to me) or closed."""

    list: str = "team"
    source: str = ""
    state: str = ""
    cause: str = ""
    late: bool = False
    sort: str = "due"

    @property
    def order(self) -> Sort:
        """The order asked for."""
        return SORTS[self.sort]


def filter_from(query: Mapping[str, Any], usual: str = "team") -> CaseFilter:
    """The filter an address asks for; values it cannot mean are left out rather than refused."""

    def one(name: str, allowed: Any, otherwise: str = "") -> str:
        value = str(query.get(name, ""))
        return value if value in allowed else otherwise

    which = one("list", LISTS, usual)
    return CaseFilter(
        list=which,
        source=one("source", codes.CASE_SOURCES),
        state=one("state", codes.CASE_STATES),
        cause=one("cause", codes.CASE_CAUSES),
        late=query.get("late") in ("1", "on", True),
        sort=one("sort", SORTS, "opened" if which == "closed" else "due"),
    )


def position_from(text: str, sort: Sort) -> Position | None:
    """The place in the list that an address names; None for what is none, which shows page one."""
    found = Position.decode(text)
    if found is None:
        return None
    try:
        UUID(found.key)
        good = found.value is None or dt.datetime.fromisoformat(str(found.value)).tzinfo is not None
    except ValueError:
        return None
    return found if good else None
