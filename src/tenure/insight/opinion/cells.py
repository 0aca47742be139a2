"""NPS, CSAT and effort of many groups at once: the figures of ``nps``, ``csat`` and ``effort``, a column each.

A bank has thousands of cells (branch × moment, branch × team …). Sums of weights by class and their squares are all
that a figure and its interval need, so every cell comes from three passes over the answers, however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.errors import InputError
from tenure.insight.inputs import column, same_length
from tenure.insight.intervals import LEVEL, Estimate, critical, unknown
from tenure.insight.opinion.answers import ADDED, DETRACTOR_TO, NPS_CODES, PROMOTER_FROM
from tenure.insight.opinion.shrinkage import ShrunkGroups, shrink_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Answers below which a group's figure is not told at all: it would be single customers', and its interval half the
#: scale.
FEWEST_TO_SAY = 10
_Z2_2 = 2.0  # answers that Agresti & Coull (1998) add to each of two classes


@dataclass(frozen=True)
class Measure:
    """A question's scale, ``low`` … ``high``, its classes with what each counts, and what is added before an interval.

    ``bounds`` are the first values of all classes but the lowest; ``codes`` (k,) from the lowest class up; ``added``
    answers go to each class.
    """

    name: str
    low: int
    high: int
    bounds: tuple[float, ...]
    codes: tuple[float, ...]
    added: float

    @property
    def counts(self) -> NDArray[np.float64]:
        """What an answer of each class counts."""
        return np.array(self.codes)


#: Likely to recommend, 0–10, as NPS in points; classes detractor, passive, promoter.
NPS = Measure("nps", 0, 10, (DETRACTOR_TO + 1, PROMOTER_FROM), tuple(float(code) for code in NPS_CODES[::-1]), ADDED)
#: Satisfaction 1–5 as the share in the two top boxes.
CSAT = Measure("csat", 1, 5, (4,), (0.0, 1.0), _Z2_2)
#: Effort 1–7 as a mean; low is good.
EFFORT = Measure("effort", 1, 7, tuple(range(2, 8)), tuple(float(code) for code in range(1, 8)), 3 * ADDED / 7)
MEASURES = (NPS, CSAT, EFFORT)


@dataclass(frozen=True)
class Cells:
    """One figure a group (g,): how many answered, Kish's effective number, the value, its interval and standard error.

    ``counts`` (g, k): effective answers by class. A group without an answer has ``n`` 0 and NaN.
    """

    measure: Measure
    n: NDArray[np.int64]
    effective: NDArray[np.float64]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    error: NDArray[np.float64]
    counts: NDArray[np.float64]
    level: float = LEVEL

    def of(self, group: int) -> Estimate:
        """The estimate of one group; unknown without an answer."""
        if not self.n[group]:
            return unknown(0, self.level)
        value, low, high = (float(part[group]) for part in (self.value, self.low, self.high))
        return Estimate(value, low, high, int(self.n[group]), self.level)

    def taken(self, groups: Any) -> Cells:
        """The same of these groups alone, in this order."""
        names = ("n", "effective", "value", "low", "high", "error", "counts")
        return replace(self, **{name: getattr(self, name)[groups] for name in names})

    def shrunk(self, names: Sequence[str], *, seed: int = 42) -> ShrunkGroups:
        """Every group drawn towards all, as ``shrink`` does; groups without an answer are left out.

        Raises:
            TooLittleData: fewer than 5 groups with an answer.
        """
        there = np.flatnonzero(self.n)
        named = [names[int(group)] for group in there]
        return shrink_counts(named, self.counts[there], self.n[there], self.measure.counts, level=self.level, seed=seed)


def cells(measure: Measure, values: Any, groups: Any, size: int, weights: Any = None, level: float = LEVEL) -> Cells:
    """The figure of each group 0 … ``size`` − 1.

    ``values`` (n,) whole answers on the measure's scale, NaN of who gave none; ``groups`` (n,) the place of each
    answer's group, below 0 of none; ``weights`` (n,) ≥ 0. Intervals are those of ``nps``, ``csat`` and ``effort``.

    Raises:
        InputError: an answer off the scale, a negative or missing weight, unequal lengths.
    """
    given = column(values, measure.name, minimum=measure.low, maximum=measure.high, whole=True, missing=True)
    group = np.asarray(groups, dtype=np.int64)
    weighing = np.ones(len(given)) if weights is None else column(weights, "weights", minimum=0)
    same_length(values=given, groups=group, weights=weighing)
    if size < 1 or (len(group) and group.max() >= size):
        raise InputError(f"{size} groups, and an answer of group {group.max() if len(group) else 0}")
    use = ~np.isnan(given) & (group >= 0) & (weighing > 0)
    given, group, weighing = given[use], group[use], weighing[use]
    codes = measure.counts
    kind = np.searchsorted(measure.bounds, given, side="right")
    sums = np.bincount(group * len(codes) + kind, weighing, size * len(codes)).reshape(size, len(codes))
    total, squares = sums.sum(axis=1), np.bincount(group, weighing**2, size)
    n = np.bincount(group, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective, shares = total**2 / squares, sums / total[:, None]
        value = shares @ codes
        low, high, error = _interval(measure, shares, effective, value, critical(level))
    counts = np.where(n[:, None] > 0, shares * effective[:, None], 0.0)
    return Cells(measure, n, np.where(n > 0, effective, 0.0), value, low, high, error, counts, level)


def _interval(
    measure: Measure,
    shares: NDArray[np.float64],
    effective: NDArray[np.float64],
    value: NDArray[np.float64],
    z: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    codes = measure.counts
    padded = effective + measure.added * len(codes)
    adjusted = (shares * effective[:, None] + measure.added) / padded[:, None]
    centre = adjusted @ codes
    error = np.sqrt(np.maximum(adjusted @ codes**2 - centre**2, 0.0) / padded)
    if measure is not CSAT:
        return np.maximum(codes.min(), centre - z * error), np.minimum(codes.max(), centre + z * error), error
    middle = (value + z * z / (2 * effective)) / (1 + z * z / effective)  # Wilson, as intervals.wilson
    half = z / (1 + z * z / effective) * np.sqrt(value * (1 - value) / effective + z * z / (4 * effective**2))
    return np.maximum(0.0, np.minimum(value, middle - half)), np.minimum(1.0, np.maximum(value, middle + half)), error
