"""What one may ask of the list of opportunities: which, in which order. Pure; no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenure.contracts import codes
from tenure.desk.kit.listing import Filter, Position, Sort

#: Every order of the list; each has an index of its own (models). Stale ones come first, closed ones last.
SORTS: dict[str, Sort] = {
    "stale": Sort("stale_on", key="id"),
    "amount": Sort("amount", descending=True, key="id"),
    "expected": Sort("expected_close_on", key="id"),
    "changed": Sort("changed_at", descending=True, key="id"),
}
_CODED: dict[str, Mapping[str, Any]] = {
    "kind": codes.BUSINESS_KINDS,
    "stage": codes.OPPORTUNITY_STAGES,
    "state": codes.OPPORTUNITY_STATES,
    "lost": codes.LOST_REASONS,
    "consent": codes.CONSENTS,
}


@dataclass(frozen=True, slots=True)
class OpportunityFilter(Filter):
    """What the list is narrowed to. Empty means “all”; ``stale`` is ``1`` or empty; ``consent`` is for files alone."""

    kind: str = ""
    stage: str = ""
    state: str = ""
    lost: str = ""
    owner: str = ""
    stale: bool = False
    consent: str = ""
    sort: str = "stale"

    @property
    def order(self) -> Sort:
        """The order asked for."""
        return SORTS[self.sort]


def filter_from(query: Mapping[str, Any]) -> OpportunityFilter:
    """The filter an address asks for; values it cannot mean are left out rather than refused."""
    chosen: dict[str, Any] = {"owner": str(query.get("owner", "")).replace("\x00", "")[:40]}
    for name, allowed in _CODED.items():
        value = str(query.get(name, ""))
        chosen[name] = value if value in allowed else ""
    chosen["stale"] = query.get("stale") in ("1", "on", True)
    sort = str(query.get("sort", ""))
    chosen["sort"] = sort if sort in SORTS else "stale"
    return OpportunityFilter(**chosen)


def position_from(text: str, sort: Sort) -> Position | None:
    """The place in the list that an address names; None for what is none in this order, which shows page one."""
    found = Position.decode(text)
    if found is None:
        return None
    try:
        UUID(found.key)
        match sort.column:
            case "amount":
                good = isinstance(found.value, int) and abs(found.value) < 2**62
            case "changed_at":
                good = isinstance(found.value, str) and dt.datetime.fromisoformat(found.value).tzinfo is not None
            case _:
                good = found.value is None or bool(dt.date.fromisoformat(str(found.value)))
    except ValueError:
        return None
    return found if good else None
