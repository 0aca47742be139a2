"""Worlds in which it is known whether leaving spreads: groups of likeminded people, followed month by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class World:
    """Ties (by position), the month each left (NaN: stayed) and the stratum each is in."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    left: NDArray[np.float64]
    strata: NDArray[np.int64]


def world(
    seed: int,
    *,
    ratio: float,
    likeness: float,
    groups: int = 1500,
    size: int = 4,
    months: int = 36,
    hazard: float = 0.01,
    reach: int = 3,
) -> World:
    """People in ``groups`` of ``size``, everybody tied to the two next in their circle.

    Hazard a month = ``hazard`` × stratum's factor × a lognormal factor of the group with spread ``likeness``
    (mean 1), × ``ratio`` while somebody tied to them left 1 … ``reach`` months ago.
    """
    rng = np.random.default_rng(seed)
    n = groups * size
    group = np.repeat(np.arange(groups), size)
    one = np.arange(n)
    nxt = group * size + (one - group * size + 1) % size
    strata = np.repeat(rng.integers(0, 3, groups), size)
    own = np.exp(likeness * rng.standard_normal(groups) - likeness**2 / 2)[group] * np.array([0.6, 1.0, 1.6])[strata]
    left = np.full(n, np.nan)
    before = group * size + (one - group * size - 1) % size
    for month in range(months):
        with np.errstate(invalid="ignore"):
            recent = (month - left >= 1) & (month - left <= reach)
        exposed = recent[nxt] | recent[before]
        chance = np.minimum(0.9, hazard * own * np.where(exposed, ratio, 1.0))
        goes = np.isnan(left) & (rng.random(n) < chance)
        left[goes] = month
    return World(one, nxt, left, strata)
