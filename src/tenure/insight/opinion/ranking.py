"""Who is better than whom, and who can't be told apart: no league table out of noise (pitfall 7).

All pairs of branches are compared by the difference of their NPS over its standard error (Welch's t), the family error
held by Holm's step-down procedure (1979): in at most ``family_error`` of all tables is any equal pair told apart. A
branch's rank is then a range: one better than those surely above it, up to those surely below (Mohamad, Goeman & van
Zwet 2022).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import t as student

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import holm
from tenure.insight.opinion.answers import NPS_CODES, adjusted_moments
from tenure.insight.opinion.groups import count_groups

#: Answers below which a branch is not compared at all.
FEWEST_ANSWERS = 10


@dataclass(frozen=True)
class RankOf:
    """The best and the worst rank a branch can have (1 is best); None when it was too small to be compared."""

    name: str
    nps: float | None
    best: int | None
    worst: int | None
    n: int


@dataclass(frozen=True)
class Ranking:
    """``verdict``: ``ranked`` (every pair apart), ``partly_ranked`` or ``cannot_be_ranked`` (no pair apart).

    ``better`` lists the pairs (better, worse) that are apart; ``of`` the ranges, best score first, then the small.
    """

    verdict: str
    of: list[RankOf]
    better: list[tuple[str, str]]
    pairs: int
    family_error: float


def ranks(scores: Any, groups: Any, weights: Any = None, family_error: float = 0.05) -> Ranking:
    """The order of the groups as far as the answers separate them.

    ``scores`` (n,) 0–10, ``groups`` (n,) branch of each, ``weights`` as in ``nps``. Groups with fewer than 10
    effective answers are listed and not compared.

    Raises:
        InputError: as ``nps``; a family error outside 0…1.
        TooLittleData: fewer than two groups large enough.
    """
    if not 0 < family_error < 1:
        raise InputError(f"family_error {family_error:g}; a share between 0 and 1 was expected, such as 0.05")
    counted = count_groups(scores, groups, weights)
    n = counted.counts.sum(axis=1)
    large = np.flatnonzero(n >= FEWEST_ANSWERS)
    if len(large) < 2:
        raise TooLittleData(
            f"{len(large)} groups with {FEWEST_ANSWERS} effective answers; it takes two to compare",
            "Join small branches, or wait for more answers.",
        )
    value = np.divide(counted.counts @ NPS_CODES, n, out=np.full(len(n), np.nan), where=n > 0)
    moments = [adjusted_moments(counted.counts[i] / n[i], float(n[i]), NPS_CODES) for i in large]
    centre, error = (np.array(column) for column in zip(*moments, strict=True))
    first, second = np.triu_indices(len(large), 1)
    z = (centre[first] - centre[second]) / np.hypot(error[first], error[second])
    # with a dozen answers the normal tail at Holm's small levels is too thin: Student's, as Games & Howell (1976) do
    spread, spare = error**2, n[large] - 1
    freedom = (spread[first] + spread[second]) ** 2 / (
        spread[first] ** 2 / spare[first] + spread[second] ** 2 / spare[second]
    )
    apart = holm(2 * student.sf(np.abs(z), freedom), family_error)
    winners = np.where(z > 0, first, second)[apart]
    losers = np.where(z > 0, second, first)[apart]
    above = np.bincount(losers, minlength=len(large))
    below = np.bincount(winners, minlength=len(large))
    ranges = {int(i): (1 + int(above[k]), len(large) - int(below[k])) for k, i in enumerate(large)}
    order = sorted(range(len(n)), key=lambda i: (i not in ranges, -np.nan_to_num(value[i], nan=-1e3)))
    verdict = "cannot_be_ranked" if not apart.any() else "ranked" if apart.all() else "partly_ranked"
    listed = []
    for i in order:
        best, worst = ranges.get(i, (None, None))
        score = None if np.isnan(value[i]) else float(value[i])
        listed.append(RankOf(counted.names[i], score, best, worst, int(counted.answered[i])))
    return Ranking(
        verdict,
        listed,
        [(counted.names[large[w]], counted.names[large[x]]) for w, x in zip(winners, losers, strict=True)],
        len(z),
        family_error,
    )
