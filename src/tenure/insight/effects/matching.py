"""What followed an action, beside what happened to matched others: where nobody was drawn by lot (S22, S34).

Each customer who was acted upon is set against the few untouched ones most like them in what was known before,
of the same group where one is named; what still differs between them is taken off by a line through the matched
(Abadie and Imbens 2011), and the interval counts how often one of the others had to stand for several (Abadie and
Imbens 2006, theorem 7). What was not measured is not matched: this is weaker than a held-out group, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats
from scipy.spatial import cKDTree

from tenure.insight.effects.average import LEAST_ARM, Better, Verdict, verdict_of
from tenure.insight.effects.covariates import matrix
from tenure.insight.inputs import TooLittleData, column, flags, same_length
from tenure.insight.intervals import LEVEL, Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: How many of the others stand for one customer.
NEIGHBOURS = 3
#: Others farther away than this are not like them: root mean square over the covariates, in standard deviations.
CALIPER = 0.75


@dataclass(frozen=True)
class Matched:
    """What became of those acted upon, less what became of their matched others.

    ``estimate`` is the mean difference in units of the outcome; ``acted_mean`` and ``others_mean`` its two sides (the
    others' adjusted to the same covariates); ``matched`` of those acted upon had others like them, ``left_out`` had
    none and are not in it; ``others`` is how many different customers stood for them. ``imbalance`` is the largest
    difference of a covariate's means in its standard deviations, before and after matching.
    """

    estimate: Estimate
    verdict: Verdict
    acted_mean: float
    others_mean: float
    matched: int
    left_out: int
    others: int
    imbalance: tuple[float, float]


def matched(
    outcome: Any,
    acted: Any,
    covariates: Any,
    *,
    group: Any = None,
    neighbours: int = NEIGHBOURS,
    caliper: float = CALIPER,
    better: Better = "higher",
    level: float = LEVEL,
) -> Matched:
    """The effect on those acted upon, by matching.

    Args:
        outcome: (n,) what happened afterwards; no missing values.
        acted: (n,) whether something was done.
        covariates: (n, p) what was known before, a table or mapping of columns.
        group: (n,) only customers of the same group are matched, such as the quarter in which it happened.

    Raises:
        TooLittleData: fewer than ten acted upon have others like them, or fewer than ten others are near.
        InputError: columns of different lengths, or an outcome that is missing.
    """
    y, done = column(outcome, "outcome"), flags(acted, "acted")
    x = matrix(covariates)
    cells = np.zeros(len(y), dtype=np.int64) if group is None else np.unique(np.asarray(group), return_inverse=True)[1]
    same_length(outcome=y, acted=done, covariates=x, group=cells)
    x = x[:, x.std(axis=0) > 0] if len(x) else x
    pairs = _nearest(_whitened(x), done, cells, neighbours, caliper * np.sqrt(max(x.shape[1], 1)))
    who, near = pairs
    used, times = np.unique(near, return_counts=True)
    if len(who) < LEAST_ARM or len(used) < LEAST_ARM:
        raise TooLittleData(f"{len(who)} customers acted upon have {len(used)} others like them")
    line = _line(x[used], y[used], times.astype(float))
    theirs = (y[near] + (_at(line, x[who])[:, None] - _at(line, x[near]))).mean(axis=1)
    differences = y[who] - theirs
    effect, n = float(differences.mean()), len(who)
    spread = _spread(y, x, done, used, neighbours)
    often = times / neighbours
    variance = ((differences - effect) ** 2).sum() + ((often**2 - often / neighbours) * spread).sum()
    error = np.sqrt(variance) / n
    reach = float(stats.t.ppf((1 + level) / 2, n - 1)) * error
    estimate = Estimate(effect, effect - reach, effect + reach, n, level)
    return Matched(
        estimate,
        verdict_of(estimate, better),
        float(y[who].mean()),
        float(theirs.mean()),
        n,
        int(done.sum()) - n,
        len(used),
        (_imbalance(x[done], x[~done]), _imbalance(x[who], x[near.ravel()])),
    )


def _whitened(x: Array) -> Array:
    """Covariates without correlation, each of variance one: plain distance is then Mahalanobis'."""
    if not x.shape[1]:
        return np.zeros((len(x), 1))
    centred = x - x.mean(axis=0)
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(centred, rowvar=False)))
    kept = values > values.max() * 1e-9
    return np.asarray(centred @ (vectors[:, kept] / np.sqrt(values[kept])))


def _nearest(
    z: Array, done: NDArray[np.bool_], cells: NDArray[np.int64], neighbours: int, reach: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of those acted upon who have so many others within ``reach`` in their cell, and those others' rows."""
    who: list[NDArray[np.intp]] = []
    near: list[NDArray[np.intp]] = []
    for cell in np.unique(cells[done]):
        acted, others = np.flatnonzero((cells == cell) & done), np.flatnonzero((cells == cell) & ~done)
        if len(others) < neighbours:
            continue
        far, at = cKDTree(z[others]).query(z[acted], k=neighbours)
        far, at = far.reshape(len(acted), neighbours), at.reshape(len(acted), neighbours)
        like = far[:, -1] <= reach
        who.append(acted[like])
        near.append(others[at[like]])
    if not who:
        return np.empty(0, np.intp), np.empty((0, neighbours), np.intp)
    return np.concatenate(who), np.concatenate(near)


def _line(x: Array, y: Array, weights: Array) -> Array:
    """Least squares through the matched others, each counted as often as it stands for somebody."""
    root = np.sqrt(weights)
    design = np.column_stack([np.ones(len(x)), x])
    found: Array = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)[0]
    return found


def _at(line: Array, x: Array) -> Array:
    return np.asarray(line[0] + x @ line[1:])


def _spread(y: Array, x: Array, done: NDArray[np.bool_], used: NDArray[np.intp], neighbours: int) -> Array:
    """How far outcomes of customers alike lie apart, at each of the others used: by the others nearest to them."""
    others = np.flatnonzero(~done)
    z = _whitened(x)
    count = min(neighbours + 1, len(others))
    at = cKDTree(z[others]).query(z[used], k=count)[1].reshape(len(used), count)
    return np.asarray(y[others[at]].var(axis=1, ddof=1))


def _imbalance(acted: Array, others: Array) -> float:
    if not acted.shape[1] or not len(acted) or not len(others):
        return 0.0
    scale = np.sqrt((acted.var(axis=0) + others.var(axis=0)) / 2)
    apart = np.abs(acted.mean(axis=0) - others.mean(axis=0))
    return float(np.max(np.divide(apart, scale, out=np.zeros_like(apart), where=scale > 0)))
