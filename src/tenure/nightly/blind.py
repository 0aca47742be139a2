"""Leaving probabilities of a past month by trees that had seen nothing after it: what a test of the past may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from tenure.insight.inputs import TooLittleData
from tenure.nightly.outlook import CHUNK, FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.insight.attrition import AttritionModel
    from tenure.nightly.outlook import Outlook

#: Months within which leaving is foretold: those of the trap's list.
WITHIN = 6
#: Rows of the panel that a model of the past learns from at most: enough for a test, and quick.
MOST_ROWS = 300_000


def leaving(outlook: Outlook, month: int) -> pa.Table | None:
    """``party_id`` and ``leaving_probability`` within six months of everyone at risk at the end of ``month``.

    By a model learnt as the champion is, from a sample of what was known then (:meth:`AttritionModel.stand_in`). None
    where there is no champion, or what was known then is too little to learn from. Made once a month.
    """
    path, champion = outlook.panel(), outlook.shelf.champion(outlook.last)
    if path is None or champion is None:
        return None
    name = f"{path.stem}-blind-{month}-{outlook.shelf.fingerprint()}"
    found = outlook.past.cache.keep_rows(FOLDER, name, lambda: _foretold(outlook, champion, path, month))
    return found if found.num_rows else None


def _foretold(outlook: Outlook, champion: AttritionModel, path: Path, month: int) -> pa.Table:
    engine = outlook.past.cache.engine
    panel = engine.read([path])
    rows = engine.arrow(panel.filter(panel.month == month).order_by("party_id"))
    try:
        model = champion.stand_in(outlook.sample(path, MOST_ROWS), month)
    except TooLittleData:
        model, rows = champion, rows.slice(0, 0)
    parts = [model.probability(rows.slice(at, CHUNK), WITHIN) for at in range(0, rows.num_rows, CHUNK)]
    chance = np.concatenate(parts) if parts else np.empty(0)
    return pa.table({"party_id": rows["party_id"], "leaving_probability": pa.array(chance, pa.float64())})
