"""Leaving probabilities of a past month by trees that had seen nothing after it: what a test of the past may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.errors import InputError
from tenure.insight.attrition import AttritionModel
from tenure.insight.inputs import TooLittleData
from tenure.nightly.outlook import CHUNK, FOLDER, HORIZON

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.nightly.outlook import Outlook

#: Months within which leaving is foretold: those of the trap's list.
WITHIN = 6
#: Rows of the panel that a model of the past learns from at most: enough for a test, and quick.
MOST_ROWS = 300_000


def leaving(outlook: Outlook, month: int) -> pa.Table | None:
    """``party_id`` and ``leaving_probability`` within six months of everyone at risk at the end of ``month``.

    By the champion's trees where those in use, or those of its own out-of-time test, saw nothing after ``month``; else
    by a model learnt in the same way from a sample of what was known then. None where there is no champion, or what was
    known then is too little to learn from. Made once a month.
    """
    path, champion = outlook.panel(), outlook.shelf.champion(outlook.last)
    if path is None or champion is None:
        return None
    name = f"{path.stem}-blind-{month}-{outlook.shelf.fingerprint()}"
    found = outlook.past.cache.keep_rows(FOLDER, name, lambda: _foretold(outlook, champion, path, month))
    return found if found.num_rows else None


def until(rows: pa.Table, month: int) -> pa.Table:
    """A panel as it was known at the end of ``month``: no later landmark, no loss that was yet to come."""
    rows = rows.filter(pc.less_equal(rows["month"], pa.scalar(month, pa.int64())))
    seen = month - rows["month"].to_numpy().astype(np.int64)
    lead = np.nan_to_num(rows["lead"].cast(pa.float64()).to_numpy(), nan=np.inf)
    known = lead <= seen
    for name, column in (
        ("lead", pa.array(np.where(known, lead, 0).astype(np.int64), mask=~known)),
        ("seen", pa.array(seen)),
    ):
        rows = rows.set_column(rows.column_names.index(name), name, column)
    return rows


def _foretold(outlook: Outlook, champion: AttritionModel, path: Path, month: int) -> pa.Table:
    engine, model = outlook.past.cache.engine, champion
    panel = engine.read([path])
    rows = engine.arrow(panel.filter(panel.month == month).order_by("party_id"))
    try:
        champion.blind_to(month)
    except InputError:
        try:
            model = AttritionModel(HORIZON).fit(until(outlook.sample(path, MOST_ROWS), month))
        except TooLittleData:
            rows = rows.slice(0, 0)
    parts = [model.foretold(rows.slice(at, CHUNK), month, WITHIN) for at in range(0, rows.num_rows, CHUNK)]
    chance = np.concatenate(parts) if parts else np.empty(0)
    return pa.table({"party_id": rows["party_id"], "leaving_probability": pa.array(chance, pa.float64())})
