"""A small bank with a planted trap: mood decides what customers say, ties decide what they do."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Bank(NamedTuple):
    satisfaction: np.ndarray
    """1–5, NaN for the silent."""
    said: np.ndarray
    """1–5 of everybody, as if all had answered."""
    customers: dict[str, np.ndarray]
    covariates: dict[str, np.ndarray]
    branch: np.ndarray
    left: np.ndarray
    month: np.ndarray


def bank(seed: int, n: int = 6_000, *, planted: float = 1.0, branches: int = 20, trapped_branches: float = 0.0) -> Bank:
    """``planted`` 0: what customers do is noise and only what they say foretells leaving; 1: ties count as well.

    ``trapped_branches``: deviation between branches of how loose the ties of the satisfied are.
    """
    rng = np.random.default_rng(seed)
    branch = rng.integers(0, branches, n)
    loose = rng.standard_normal(branches) * trapped_branches
    age = rng.uniform(20, 80, n)
    mood = 0.7 * (age - 50) / 17 + rng.standard_normal(n)
    ties = 0.2 * mood + rng.standard_normal(n) - loose[branch]
    said = 1 + np.searchsorted([-1.6, -0.9, -0.2, 0.8], mood)
    odds = -2.2 - 0.5 * mood - 1.2 * planted * ties
    left = rng.uniform(size=n) < 1 / (1 + np.exp(-odds))
    shown = ties if planted else rng.standard_normal(n)
    customers = {
        "leaving_probability": 1 / (1 + np.exp(2.5 + 1.2 * shown + 0.5 * rng.standard_normal(n))),
        "outflow_share": np.clip(0.15 - 0.1 * shown + 0.1 * rng.standard_normal(n), 0, 1),
        "depth_trend": np.rint(shown * 0.6 + 0.6 * rng.standard_normal(n)),
        "renewal_share": np.where(rng.uniform(size=n) < 0.5, np.nan, np.clip(0.7 + 0.2 * shown, 0, 1)),
    }
    answers = rng.uniform(size=n) < 0.2 + 0.3 * (age - 20) / 60
    return Bank(
        np.where(answers, said, np.nan),
        said,
        customers,
        {"age": age},
        np.array([f"b{b:02}" for b in branch]),
        left,
        np.array(["2026-01", "2026-02", "2026-03", "2026-04"])[rng.integers(0, 4, n)],
    )
