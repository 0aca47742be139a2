"""Everybody at risk at the end of a past month, with what was known then and what became of them since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.insight.attrition import definitions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from tenure.nightly.outlook import Outlook

#: Months that customers are followed for: as many as are known, up to so many, and not fewer than so many.
LONGEST, SHORTEST = 12, 3


def at_landmark(outlook: Outlook, features: Sequence[str]) -> pa.Table | None:
    """``party_id``, ``month``, ``lead``, ``seen`` (as :func:`tenure.insight.attrition.panel.of` has them) and
    ``features`` at the newest landmark whose next twelve months are known, or the oldest where that is later.

    None where there is no panel, or fewer than three months are known after its first landmark.
    """
    path = outlook.panel()
    if path is None:
        return None
    engine = outlook.past.cache.engine
    panel = engine.read([path])
    known = outlook.last - definitions.months_to_tell(outlook.past.thresholds) + 1
    first = engine.arrow(panel.aggregate(first=panel.month.min()))["first"][0].as_py()
    if first is None or known - first < SHORTEST:
        return None
    rows = panel.filter((panel.month == max(first, known - LONGEST)) & (panel.spell == 0))
    return engine.arrow(rows.select("party_id", "month", "lead", "seen", *features).order_by("party_id"))
