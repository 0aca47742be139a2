"""Before and after, with control: what a change at some branches did, when nobody drew lots for which (S34).

Each branch is its own before and after: d = mean after − mean before. The effect is the mean d of the branches with
the change less that of those without (difference in differences), and the branch is what is drawn, not the answer:
answers of one branch share its queue, its staff and its town (Bertrand, Duflo and Mullainathan 2004, who find 45 %
false effects at 5 % where this is forgotten; collapsing to before and after, as here, is their remedy for few groups).

1. d has variance τ² + σ²(1/n before + 1/n after): τ² between branches by the moments of DerSimonian and Laird 1986,
   pooled over the arms, σ² within branches. Weights w are the inverse.
2. The variance of the difference is s²(1/Σw treated + 1/Σw control) with s² = Σ w (d − mean of its arm)² ÷ (k − 2) and
   Student's t of k − 2 degrees (Hartung and Knapp 2001): right in the size of its error with few branches, too.
   Under "no effect" both arms share one spread, so that one single pilot branch can be judged by the spread of others.
3. What it assumes is that the arms would have gone on side by side. That cannot be shown; that they did so before can
   be looked at: the slope of each branch's months before is compared the same way, and where it differs beyond
   chance no effect is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from tenure.errors import InputError
from tenure.insight.intervals import LEVEL, Estimate, unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Branches with fewer rows before or after are left out; fewer branches in all, or of the control, tell nothing.
ROWS, BRANCHES, CONTROLS = 10, 6, 3
#: Months before that a course takes.
MONTHS = 3
#: The chance with which the smallest effect told is found.
POWER = 0.8


@dataclass(frozen=True)
class BeforeAfter:
    """What changed. ``effect`` and ``trend`` (a month, before) are unknown where there is too little.

    ``treated`` and ``control``: means before and after, NaN where there are no rows. ``detectable``: the smallest
    effect that is found four times of five. ``rows`` and ``branches``: treated, control, of those that count.
    """

    effect: Estimate
    trend: Estimate
    detectable: float | None
    treated: tuple[float, float]
    control: tuple[float, float]
    rows: tuple[int, int]
    branches: tuple[int, int]

    @property
    def verdict(self) -> str:
        """``helped`` (the figure rose), ``hurt``, ``no_difference_found``, ``not_parallel`` or ``too_little_data``."""
        if not self.effect.can_tell or self.effect.value is None:
            return "too_little_data"
        if self.trend.excludes():
            return "not_parallel"
        if not self.effect.excludes():
            return "no_difference_found"
        return "helped" if self.effect.value > 0 else "hurt"


def before_after(
    count: Array, total: Array, squares: Array, treated: NDArray[np.bool_], start: int, level: float = LEVEL
) -> BeforeAfter:
    """The effect on a mean, from sums of each branch and month.

    Args:
        count: shape ``(branches, months)``, rows.
        total: same shape, the sum of the figure over the rows.
        squares: same shape, the sum of its squares.
        treated: shape ``(branches,)``, whether the change was made there.
        start: the first month after, as a place in the months; the month of the change itself is best left out.
        level: of the intervals.

    Raises:
        InputError: shapes that do not fit, or no month on one side.
    """
    if not count.shape == total.shape == squares.shape or treated.shape != count.shape[:1]:
        raise InputError(f"shapes {count.shape}, {total.shape}, {squares.shape}, {treated.shape} do not fit")
    if not 0 < start < count.shape[1]:
        raise InputError(f"start {start} of {count.shape[1]} months", "Give months before and after.")
    n = np.column_stack([count[:, :start].sum(axis=1), count[:, start:].sum(axis=1)])
    sums = np.column_stack([total[:, :start].sum(axis=1), total[:, start:].sum(axis=1)])
    enough = (n >= ROWS).all(axis=1)
    means = [
        (_mean(sums[arm, 0], n[arm, 0]), _mean(sums[arm, 1], n[arm, 1]))
        for arm in (enough & treated, enough & ~treated)
    ]
    rows = (int(n[enough & treated].sum()), int(n[enough & ~treated].sum()))
    arms = treated[enough]
    branches = (int(arms.sum()), int((~arms).sum()))
    if branches[0] < 1 or branches[1] < CONTROLS or len(arms) < BRANCHES:
        nothing = unknown(sum(rows), level)
        return BeforeAfter(nothing, nothing, None, means[0], means[1], rows, branches)
    within = _within(count[enough], total[enough], squares[enough])
    change = np.diff(sums[enough] / n[enough], axis=1).ravel()
    effect, error, degrees = _compared(change, within * (1 / n[enough]).sum(axis=1), arms, sum(rows), level)
    detectable = float(error * (stats.t.ppf((1 + level) / 2, degrees) + stats.t.ppf(POWER, degrees)))
    trend = _trend(count[enough][:, :start], total[enough][:, :start], arms, within, level)
    return BeforeAfter(effect, trend, detectable, means[0], means[1], rows, branches)


def _mean(total: Array, n: Array) -> float:
    """The mean over all rows; NaN of none."""
    return float(total.sum() / n.sum()) if n.sum() else float("nan")


def _within(count: Array, total: Array, squares: Array) -> float:
    """The variance of the figure within a branch and month, pooled; never quite nought, as it is divided by."""
    held = count > 1
    spread = squares[held] - total[held] ** 2 / count[held]
    free = float((count[held] - 1).sum())
    return max(float(spread.sum()) / free if free else 0.0, 1e-12)


def _compared(
    figure: Array, variance: Array, treated: NDArray[np.bool_], n: int, level: float
) -> tuple[Estimate, float, int]:
    """The difference of the arms' means of a figure of branches, known to ``variance`` each; error and degrees."""
    k, first = len(figure), 1 / variance
    q = scale = 0.0
    for arm in (treated, ~treated):
        w = first[arm]
        q += float((w * (figure[arm] - np.average(figure[arm], weights=w)) ** 2).sum())
        scale += float(w.sum() - (w**2).sum() / w.sum())
    between = max(0.0, (q - (k - 2)) / scale) if scale > 0 else 0.0
    w = 1 / (between + variance)
    means = [np.average(figure[arm], weights=w[arm]) for arm in (treated, ~treated)]
    residual = figure - np.where(treated, means[0], means[1])
    spread = float((w * residual**2).sum()) / (k - 2)
    error = float(np.sqrt(spread * (1 / w[treated].sum() + 1 / w[~treated].sum())))
    half = error * float(stats.t.ppf((1 + level) / 2, k - 2))
    value = float(means[0] - means[1])
    return Estimate(value, value - half, value + half, n, level), error, k - 2


def _trend(count: Array, total: Array, treated: NDArray[np.bool_], within: float, level: float) -> Estimate:
    """How much more a month the treated rose before; unknown of fewer than three months or too few branches."""
    months = np.arange(count.shape[1], dtype=np.float64)
    n = count.sum(axis=1)
    middle = (count * months).sum(axis=1) / n
    apart = months - middle[:, None]
    breadth = (count * apart**2).sum(axis=1)
    told = (breadth > 0) & ((count > 0).sum(axis=1) >= MONTHS)
    arms = treated[told]
    if arms.sum() < 1 or (~arms).sum() < CONTROLS or len(arms) < BRANCHES:
        return unknown(int(n.sum()), level)
    slope = (total * apart).sum(axis=1)[told] / breadth[told]
    return _compared(slope, within / breadth[told], arms, int(n[told].sum()), level)[0]
