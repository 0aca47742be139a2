"""What one may ask of the list of panels. Pure; no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenure.contracts import codes
from tenure.desk.kit.listing import Filter
from tenure.desk.voice.panels.rules import SORTS

LISTS = ("open", "mine", "ended")


@dataclass(frozen=True, slots=True)
class PanelFilter(Filter):
    """Which panels, in which order; empty means all. ``list``: open, mine or ended."""

    list: str = "open"
    state: str = ""
    category: str = ""
    sort: str = "newest"


def filter_from(query: Mapping[str, Any]) -> PanelFilter:
    """The filter an address asks for; values it cannot mean are left out."""

    def one(name: str, allowed: Any, otherwise: str = "") -> str:
        value = str(query.get(name, ""))
        return value if value in allowed else otherwise

    return PanelFilter(
        one("list", LISTS, "open"), one("state", codes.PANEL_STATES), one("category", codes.PRODUCT_CATEGORIES),
        one("sort", SORTS, "newest"),
    )  # fmt: skip
