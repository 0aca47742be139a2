"""What one may ask of the list of introductions: which, in which order. Pure; no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenure.contracts import codes
from tenure.desk.kit.listing import Filter, Position, Sort

#: Every order of the list; each has an index of its own (models).
SORTS: dict[str, Sort] = {
    "changed": Sort("changed_at", descending=True, key="id"),
    "asked": Sort("asked_on", key="id"),
}


@dataclass(frozen=True, slots=True)
class IntroductionFilter(Filter):
    """What the list is narrowed to. Empty means “all”; ``thanks``: somebody was named and nobody said thank you."""

    state: str = ""
    owner: str = ""
    thanks: bool = False
    sort: str = "changed"

    @property
    def order(self) -> Sort:
        """The order asked for."""
        return SORTS[self.sort]


def filter_from(query: Mapping[str, Any]) -> IntroductionFilter:
    """The filter an address asks for; values it cannot mean are left out rather than refused."""
    state, sort = str(query.get("state", "")), str(query.get("sort", ""))
    return IntroductionFilter(
        state if state in codes.INTRODUCTION_STATES or state == "under_way" else "",
        str(query.get("owner", "")).replace("\x00", "")[:40],
        query.get("thanks") in ("1", "on", True),
        sort if sort in SORTS else "changed",
    )


def position_from(text: str, sort: Sort) -> Position | None:
    """The place in the list that an address names; None for what is none in this order, which shows page one."""
    found = Position.decode(text)
    if found is None:
        return None
    try:
        UUID(found.key)
        if sort.column == "changed_at":
            good = isinstance(found.value, str) and dt.datetime.fromisoformat(found.value).tzinfo is not None
        else:
            good = found.value is None or bool(dt.date.fromisoformat(str(found.value)))
    except ValueError:
        return None
    return found if good else None
