"""What one may ask of the lists of themes and improvements. Pure; no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenure.contracts import codes
from tenure.desk.kit.listing import Filter
from tenure.desk.voice.causes.rules import SORTS

LISTS = ("open", "mine", "ended")


@dataclass(frozen=True, slots=True)
class ThemeFilter(Filter):
    """Which themes, in which order; empty means all. ``open``: ``none`` leaves those nobody works on."""

    kind: str = ""
    org: str = ""
    open: str = ""
    sort: str = "value"


@dataclass(frozen=True, slots=True)
class ImprovementFilter(Filter):
    """Which improvements; empty means all. ``list``: open, mine or ended."""

    list: str = "open"
    kind: str = ""
    state: str = ""
    function: str = ""
    late: bool = False


def _one(query: Mapping[str, Any], name: str, allowed: Any, otherwise: str = "") -> str:
    value = str(query.get(name, ""))
    return value if value in allowed else otherwise


def themes_from(query: Mapping[str, Any]) -> ThemeFilter:
    """The filter an address asks for; values it cannot mean are left out. A branch out of reach is refused later."""
    return ThemeFilter(
        kind=_one(query, "kind", codes.THEME_KINDS),
        org=str(query.get("org", ""))[:40],
        open=_one(query, "open", ("none",)),
        sort=_one(query, "sort", SORTS, "value"),
    )


def improvements_from(query: Mapping[str, Any]) -> ImprovementFilter:
    """The filter an address asks for; values it cannot mean are left out."""
    return ImprovementFilter(
        list=_one(query, "list", LISTS, "open"),
        kind=_one(query, "kind", codes.IMPROVEMENT_KINDS),
        state=_one(query, "state", codes.IMPROVEMENT_STATES),
        function=_one(query, "function", codes.FUNCTIONS),
        late=query.get("late") in ("1", "on", True),
    )
