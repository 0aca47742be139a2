"""Whether a group is treated like all others in the same case: the difference within kinds of case (S16).

The outcome, the group and what else is known are compared within each kind of case (Frisch and Waugh 1933): b is the
slope of the outcome on belonging to the group, with a level for every kind and one slope for each covariate, shared by
group and others, so that a group of a dozen can be held against hundreds. A case of a kind that only one side has
says nothing and is left out. Its variance leaves out one customer at a time, as MacKinnon and White's HC3 (1985) does
one row at a time; it errs on the safe side, and Student's t has the degrees of the smaller side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from tenure.insight.effects.average import LEAST_ARM, LEAST_CASES, cluster_numbers
from tenure.insight.effects.means import HIGHEST_LEVERAGE
from tenure.insight.inputs import column, flags, same_length
from tenure.insight.intervals import LEVEL, Estimate, unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Treated:
    """A group beside all others in the same kind of case.

    ``estimate`` is the group's outcome less that of the others, in units of the outcome; ``p`` the two-sided
    probability of so much by chance, None where nothing can be told. ``n`` and ``others``: cases that could be
    compared.
    """

    estimate: Estimate
    p: float | None
    n: int
    others: int


def treated_alike(
    outcome: Any,
    group: Any,
    kind: Any,
    covariates: Any = None,
    *,
    cluster: Any = None,
    level: float = LEVEL,
) -> Treated:
    """The difference of a group's outcome from the others' of the same kind.

    Args:
        outcome: (n,) a number or 0/1.
        group: (n,) whether the case is of the group.
        kind: (n,) equal values are cases of one kind.
        covariates: (n, k) numbers known of each case; None for none.
        cluster: (n,) whose case it is: cases of one customer are not independent.

    Fewer than ten customers on a side, or of an outcome of yes and no fewer than five expected cases of either on a
    side, tell nothing: the estimate is unknown.

    Raises:
        InputError: columns of different lengths, or missing values.
    """
    y, mine = column(outcome, "outcome"), flags(group, "group")
    x = np.empty((len(y), 0)) if covariates is None else np.asarray(covariates, dtype=np.float64)
    cells = np.unique(np.asarray(kind).astype(str), return_inverse=True)[1] if len(y) else np.empty(0, np.int64)
    unit = cluster_numbers(cluster, len(y)).astype(np.int64)
    same_length(outcome=y, group=mine, kind=cells, covariates=x, cluster=unit)
    inside = np.bincount(cells, mine, minlength=1)
    size = np.bincount(cells, minlength=1)
    use = ((inside > 0) & (inside < size))[cells] if len(y) else np.empty(0, bool)
    y, mine, x, cells, unit = y[use], mine[use], x[use], cells[use], unit[use]
    n, others = int(mine.sum()), int((~mine).sum())
    if not _enough(y, mine, unit):
        return Treated(unknown(len(y), level), None, n, others)
    x = x[:, x.std(axis=0) > 0]
    y, d = _within(y[:, None], cells)[:, 0], _within(mine[:, None].astype(np.float64), cells)[:, 0]
    x = _within(x, cells)
    scale = np.sqrt((x**2).mean(axis=0)) if x.shape[1] else np.empty(0)
    basis, upper = np.linalg.qr(x[:, scale > 1e-12] / scale[scale > 1e-12])
    basis = basis[:, np.abs(np.diag(upper)) > 1e-7 * np.sqrt(len(y))]
    left = d - basis @ (basis.T @ d)
    weight = float(left @ left)
    if weight < 1e-9 * len(y):
        return Treated(unknown(len(y), level), None, n, others)
    slope = float(left @ y) / weight
    residual = y - basis @ (basis.T @ y) - slope * left
    leverage = 1 / np.bincount(cells)[cells] + (basis**2).sum(axis=1) + left**2 / weight
    moved = left * residual / np.maximum(1 - leverage, 1 - HIGHEST_LEVERAGE) / weight
    error = float(np.sqrt((np.bincount(unit, moved) ** 2).sum()))
    degrees = min(len(np.unique(unit[mine])), len(np.unique(unit[~mine]))) - 1
    if error < 1e-12:
        return Treated(unknown(len(y), level), None, n, others)
    half = float(stats.t.ppf((1 + level) / 2, degrees)) * error
    p = float(2 * stats.t.sf(abs(slope) / error, degrees))
    return Treated(Estimate(slope, slope - half, slope + half, len(y), level), p, n, others)


def _within(values: Array, cells: NDArray[np.int64]) -> Array:
    """Each column less its mean of the row's kind."""
    size = np.bincount(cells)
    sums = np.zeros((len(size), values.shape[1]))
    for place, each in enumerate(values.T):
        sums[:, place] = np.bincount(cells, each, len(size))
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Array = values - (sums / size[:, None])[cells]
    return found


def _enough(y: Array, mine: NDArray[np.bool_], unit: NDArray[np.int64]) -> bool:
    if any(len(np.unique(unit[side])) < LEAST_ARM for side in (mine, ~mine)) or (y == y[0]).all():
        return False
    if np.isin(y, (0.0, 1.0)).all():
        share = float(y.mean())
        fewest = min(int(mine.sum()), int((~mine).sum()))
        return fewest * min(share, 1 - share) >= LEAST_CASES
    return True
