"""Simulated banks whose true hazard is known."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import expit

FIRST = 2024 * 12


def bank(customers: int = 3000, months: int = 30, seed: int = 1) -> tuple[pa.Table, NDArray[np.float64]]:
    """A panel of every month at risk, and the true monthly hazard of each row (constant for a customer)."""
    random = np.random.default_rng(seed)
    risk = random.normal(size=customers)
    balance = random.normal(size=customers)
    segment = random.integers(0, 3, size=customers)
    hazard = expit(-4.4 + 0.9 * risk - 0.6 * (balance > 0) + 0.5 * (segment == 2))
    life = random.geometric(hazard)
    at: dict[str, list[NDArray[np.float64]]] = {name: [] for name in ("who", "month", "lead", "seen")}
    for m in range(months):
        here = np.flatnonzero(life > m)
        lead = (life[here] - m).astype(float)
        seen = float(months - m)
        at["who"].append(here.astype(float))
        at["month"].append(np.full(len(here), FIRST + m, dtype=float))
        at["lead"].append(np.where(lead <= seen, lead, np.nan))
        at["seen"].append(np.full(len(here), seen))
    whole = {name: np.concatenate(parts) for name, parts in at.items()}
    who = whole["who"].astype(int)
    table = pa.table(
        {
            "party_id": pa.array([f"p{k}" for k in who]),
            "month": whole["month"].astype(int),
            "lead": pa.array(whole["lead"], mask=np.isnan(whole["lead"])),
            "seen": whole["seen"].astype(int),
            "risk": risk[who],
            "balance": balance[who],
            "segment": np.array(["a", "b", "c"])[segment[who]],
            "noise": random.normal(size=len(who)),
            "same": np.ones(len(who)),
        }
    )
    return table, hazard[who]


def known_at(panel: pa.Table, end: int) -> pa.Table:
    """The panel as it was when month ``end`` had closed: no later landmark, no later loss."""
    rows = panel.filter(pa.array(panel["month"].to_numpy() < end))
    month = rows["month"].to_numpy()
    lead = rows["lead"].cast(pa.float64()).to_numpy(zero_copy_only=False)
    rows = rows.set_column(rows.column_names.index("lead"), "lead", pa.array(lead, mask=~(month + lead <= end)))
    return rows.set_column(rows.column_names.index("seen"), "seen", pa.array(end - month))
