"""A figure and how sure it is: every estimate of the product is shown with its interval, or as "can't tell"."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import hypot, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from tenure.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The level of every interval unless somebody asks for another.
LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A value with the interval that holds the truth in ``level`` of all samples.

    ``value``, ``low`` and ``high`` are None when there is too little to say; ``n`` is how many rows it rests on.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    level: float = LEVEL

    @property
    def can_tell(self) -> bool:
        """Whether there is a figure at all."""
        return self.value is not None

    def excludes(self, other: float = 0.0) -> bool:
        """Whether the interval leaves ``other`` out: the figure differs from it beyond chance."""
        return self.low is not None and self.high is not None and not self.low <= other <= self.high

    def as_dict(self) -> dict[str, Any]:
        """For JSON and for the publication."""
        return asdict(self)


def unknown(n: int, level: float = LEVEL) -> Estimate:
    """The estimate of nothing: too little to say."""
    return Estimate(None, None, None, n, level)


def critical(level: float) -> float:
    """The two-sided normal quantile of a confidence level.

    Raises:
        InputError: the level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise InputError(f"level {level:g}; a share between 0 and 1 was expected, such as 0.95")
    return float(ndtri((1 + level) / 2))


def wilson(share: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's interval (1927) for a share of ``n`` (which may be an effective number), right near 0 and 1 too.

    (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) ÷ (1 + z²/n).
    """
    z = critical(level)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # at 0 and n of n the bound is the share itself, but for a rounding error
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def share(count: int, of: int, level: float = LEVEL) -> Estimate:
    """``count`` of ``of`` with Wilson's interval; unknown of nothing.

    Raises:
        InputError: more than all, or fewer than none.
    """
    if not 0 <= count <= of:
        raise InputError(f"{count} cases of {of}; between none and all were expected")
    return Estimate(count / of, *wilson(count / of, of, level), of, level) if of else unknown(0, level)


def gap(here: Estimate, there: Estimate) -> Estimate:
    """Share here − share there, of independent groups (Newcombe 1998, method 10); unknown if one is."""
    if here.value is None or here.low is None or here.high is None:
        return unknown(0, here.level)
    if there.value is None or there.low is None or there.high is None:
        return unknown(0, here.level)
    less = hypot(here.value - here.low, there.high - there.value)
    more = hypot(here.high - here.value, there.value - there.low)
    value = here.value - there.value
    return Estimate(value, value - less, value + more, here.n + there.n, here.level)


def mean(values: NDArray[Any], level: float = LEVEL) -> Estimate:
    """The mean with Student's interval; unknown of fewer than two values."""
    n = len(values)
    if n < 2:
        return unknown(n, level)
    half = _student(level, n - 1) * float(values.std(ddof=1)) / sqrt(n)
    return Estimate(float(values.mean()), float(values.mean()) - half, float(values.mean()) + half, n, level)


def share_by_cluster(hits: Any, counts: Any, level: float = LEVEL) -> Estimate:
    """A share of rows that come in clusters, such as a day's tickets: alike within one, independent between them.

    ``hits`` and ``counts`` (D,): the cases and the rows of each cluster; one without rows says nothing and is left
    out. p = Σ hits ÷ N with the ratio estimator's variance v = D ÷ (D − 1) · Σ (hits − p·counts)² ÷ N² (Cochran
    1977, ch. 6). Wilson's interval at the effective number p(1 − p) ÷ v, at most N, times (z ÷ t of D − 1)² for few
    clusters (Korn & Graubard 1998). Where v cannot be had (p is 0 or 1, or one cluster) each cluster counts as one row.
    ``n`` of the estimate is N; unknown of nothing.

    Raises:
        InputError: unequal lengths, or more cases than rows or fewer than none in a cluster.
    """
    cases, rows = _clusters(hits, counts)
    if (cases < 0).any() or (cases > rows).any():
        raise InputError("a cluster with fewer cases than none or more than its rows", "Count cases and rows alike.")
    clusters, n = len(rows), float(rows.sum())
    if not clusters:
        return unknown(0, level)
    p = float(cases.sum()) / n
    effective = float(clusters)
    if 0 < p < 1 and clusters > 1:
        variance = _ratio_variance(cases, rows, p)
        effective = min(n, p * (1 - p) / variance) if variance > 0 else n
        effective *= (critical(level) / _student(level, clusters - 1)) ** 2
    return Estimate(p, *wilson(p, effective, level), int(n), level)


def mean_by_cluster(totals: Any, counts: Any, level: float = LEVEL) -> Estimate:
    """The mean over rows that come in clusters, each cluster given by its total and its rows ((D,) both).

    Σ totals ÷ N with the variance of :func:`share_by_cluster` and Student's interval of D − 1 degrees of freedom;
    unknown of fewer than two clusters with rows.

    Raises:
        InputError: unequal lengths, or a total without rows.
    """
    sums, rows = _clusters(totals, counts)
    n = float(rows.sum())
    if len(rows) < 2:
        return unknown(int(n), level)
    value = float(sums.sum()) / n
    half = _student(level, len(rows) - 1) * sqrt(_ratio_variance(sums, rows, value))
    return Estimate(value, value - half, value + half, int(n), level)


def _clusters(totals: Any, counts: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both as numbers, clusters without rows left out."""
    sums, rows = np.asarray(totals, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    if sums.shape != rows.shape:
        raise InputError(f"{sums.size} totals of {rows.size} clusters; one each was expected")
    if (rows < 0).any() or sums[rows == 0].any():
        raise InputError("a cluster with fewer than no rows, or with a total and no rows", "Count each cluster's rows.")
    return sums[rows > 0], rows[rows > 0]


def _ratio_variance(totals: NDArray[np.float64], counts: NDArray[np.float64], ratio: float) -> float:
    clusters = len(counts)
    residual = totals - ratio * counts
    return float(residual @ residual) * clusters / (clusters - 1) / float(counts.sum()) ** 2


def _student(level: float, freedom: int) -> float:
    from scipy.stats import t

    return float(t.ppf((1 + level) / 2, freedom))


def jointly(comparisons: int, level: float = LEVEL) -> float:
    """The level for each of several comparisons at which all hold together with ``level`` (Bonferroni)."""
    return 1 - (1 - level) / max(comparisons, 1)


def holm(p_values: NDArray[np.float64], level: float) -> NDArray[np.bool_]:
    """Which of several comparisons are found, so that none is found wrongly but with probability ``level`` (Holm 1979).

    ``p_values`` (m,) of all comparisons of the family.
    """
    order = np.argsort(p_values)
    held = p_values[order] <= level / np.arange(len(p_values), 0, -1)
    passed = np.logical_and.accumulate(held)
    rejected = np.zeros(len(p_values), dtype=bool)
    rejected[order] = passed
    return rejected
