"""Leaving probabilities of a past month by trees that had seen nothing after it: what a test of the past may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from tenure.errors import InputError
from tenure.nightly.outlook import CHUNK, FOLDER

if TYPE_CHECKING:
    from tenure.nightly.outlook import Outlook

#: Months within which leaving is foretold: those of the trap's list.
WITHIN = 6


def leaving(outlook: Outlook, month: int) -> pa.Table | None:
    """``party_id`` and ``leaving_probability`` within six months of everyone at risk at the end of ``month``.

    By the champion's trees that saw nothing after it: those in use or, younger than that, those of its own out-of-time
    test. None where there are none, or the panel does not reach back so far. Made once a month.
    """
    path, champion = outlook.panel(), outlook.shelf.champion(outlook.last)
    if path is None or champion is None:
        return None
    try:
        champion.blind_to(month)
    except InputError:
        return None
    cache = outlook.past.cache

    def make() -> pa.Table:
        panel = cache.engine.read([path])
        rows = cache.engine.arrow(panel.filter(panel.month == month).order_by("party_id"))
        parts = [champion.foretold(rows.slice(at, CHUNK), month, WITHIN) for at in range(0, rows.num_rows, CHUNK)]
        chance = np.concatenate(parts) if parts else np.empty(0)
        return pa.table({"party_id": rows["party_id"], "leaving_probability": pa.array(chance, pa.float64())})

    found = cache.keep_rows(FOLDER, f"{path.stem}-blind-{month}-{outlook.shelf.fingerprint()}", make)
    return found if found.num_rows else None
