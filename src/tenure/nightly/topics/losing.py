"""Who was lost and when, for every topic alike: by the bank's own definitions, those that the model of leaving learns.

Below 18 closed months the definitions cannot be used; a topic then has a plain rule of its own, and the page says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.contracts.findings import Figure, Figures, Unit, Verdict
from tenure.insight.attrition.definitions import DEFINITIONS

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.nightly.topics import Known

#: Months of losses that are counted for the page.
_YEAR = 12


def by_end_of(known: Known, back: int) -> ir.Table | None:
    """``party_id`` of who was lost by the end of the month so many months back; None: too little history."""
    if known.losses is None:
        return None
    return known.losses.filter(known.losses.lost <= known.frames.past.window.month(back)).select("party_id")


def between(known: Known, after: int, until: int) -> ir.Table | None:
    """``party_id`` of who was lost after the end of the month ``after`` back, up to the end of that ``until`` back;
    None: too little history."""
    if known.losses is None:
        return None
    window, lost = known.frames.past.window, known.losses.lost
    return known.losses.filter((lost > window.month(after)) & (lost <= window.month(until))).select("party_id")


def section(known: Known) -> Figures:
    """By which definitions customers are counted as lost, and how many were in the last twelve closed months."""
    if known.losses is None:
        return Figures("lost_by", (), Verdict("lost_by_stand_in", tone="warn"))
    lately = known.losses.filter(known.losses.lost >= known.frames.past.window.month(_YEAR))
    counted = known.rows(lately.group_by("definition").aggregate(n=lately.count())).to_pylist()
    found = {row["definition"]: row["n"] for row in counted}
    on = [name for name in DEFINITIONS if getattr(known.frames.past.thresholds.attrition, name)]
    figures = [Figure(f"lost_{name}", Unit.COUNT, int(found.get(name, 0))) for name in on]
    return Figures("lost_by", figures, Verdict("lost_by_definitions"))
