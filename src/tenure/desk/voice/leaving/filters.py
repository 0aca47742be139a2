"""What one may ask of the lists of interviews and of customers to win back. Pure; no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenure.contracts import codes
from tenure.desk.kit.listing import Filter, Position, Sort

LISTS = ("mine", "team", "ended")
BACK_LISTS = ("mine", "team", "ended", "held_out")
_DUE, _ENDED = Sort("due_on", key="id"), Sort("ended_at", descending=True, key="id")
_VALUE = Sort("value", descending=True, key="id")


@dataclass(frozen=True, slots=True)
class InterviewFilter(Filter):
    """Interviews: ``list`` mine, team or ended; ``cause`` by the customer's word where ended, else by data."""

    list: str = "team"
    cause: str = ""

    @property
    def order(self) -> Sort:
        """Open ones by the day they are due, ended ones the last first."""
        return _ENDED if self.list == "ended" else _DUE


@dataclass(frozen=True, slots=True)
class BackFilter(Filter):
    """Customers to win back: ``list`` mine, team, ended or held_out; the most at stake first."""

    list: str = "team"
    cause: str = ""

    @property
    def order(self) -> Sort:
        """By what is at stake."""
        return _VALUE


def filter_from(query: Mapping[str, Any], usual: str = "team") -> InterviewFilter:
    """The filter an address asks for; values it cannot mean are left out rather than refused."""
    return InterviewFilter(_one(query, "list", LISTS, usual), _one(query, "cause", codes.LEAVING_CAUSES))


def back_filter_from(query: Mapping[str, Any], usual: str = "team") -> BackFilter:
    """The same for customers to win back."""
    return BackFilter(_one(query, "list", BACK_LISTS, usual), _one(query, "cause", codes.LEAVING_CAUSES))


def _one(query: Mapping[str, Any], name: str, allowed: Any, otherwise: str = "") -> str:
    value = str(query.get(name, ""))
    return value if value in allowed else otherwise


def position_from(text: str, sort: Sort) -> Position | None:
    """The place in the list that an address names; None for what is none, which shows page one."""
    found = Position.decode(text)
    if found is None:
        return None
    try:
        UUID(found.key)
        if sort is _VALUE:
            good = type(found.value) is int and abs(found.value) < 2**63
        elif sort is _DUE:
            good = bool(dt.date.fromisoformat(str(found.value)))
        else:
            good = dt.datetime.fromisoformat(str(found.value)).tzinfo is not None
    except ValueError:
        return None
    return found if good else None
