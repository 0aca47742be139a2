"""How well probabilities foretell: the area under the ROC curve with its interval, the difference of two on the same
customers (DeLong et al. 1988), and the calibration error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import rankdata

from tenure.insight.intervals import LEVEL, Estimate, critical

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Equal-width bins of the calibration error.
BINS = 10


def calibration_error(right: NDArray[np.bool_], stated: NDArray[np.float64], bins: int = BINS) -> float:
    """Σ over equal-width bins of |observed − stated| · share of rows (Naeini, Cooper & Hauskrecht 2015, eq. 3)."""
    place = np.minimum((stated * bins).astype(np.int64), bins - 1)
    return float(np.abs(np.bincount(place, weights=stated - right, minlength=bins)).sum() / len(stated))


def auc(outcome: NDArray[np.bool_], score: NDArray[np.float64], level: float = LEVEL) -> Estimate:
    """Probability that a customer with the outcome scores above one without, ties counted half."""
    values, covariance = _delong(outcome, [score])
    half = critical(level) * float(np.sqrt(max(covariance[0, 0], 0.0)))
    value = float(values[0])
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), len(outcome), level)


def auc_difference(
    outcome: NDArray[np.bool_], first: NDArray[np.float64], second: NDArray[np.float64], level: float = LEVEL
) -> Estimate:
    """AUC of ``second`` minus that of ``first`` on the same customers."""
    values, covariance = _delong(outcome, [first, second])
    gain = float(values[1] - values[0])
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    half = critical(level) * float(np.sqrt(max(variance, 0.0)))
    return Estimate(gain, gain - half, gain + half, len(outcome), level)


def _delong(
    outcome: NDArray[np.bool_], scores: list[NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    with_, without = int(outcome.sum()), int((~outcome).sum())
    above, below = np.empty((len(scores), with_)), np.empty((len(scores), without))
    for k, score in enumerate(scores):
        whole = rankdata(score)
        above[k] = (whole[outcome] - rankdata(score[outcome])) / without
        below[k] = 1 - (whole[~outcome] - rankdata(score[~outcome])) / with_
    covariance = np.atleast_2d(np.cov(above)) / with_ + np.atleast_2d(np.cov(below)) / without
    return above.mean(axis=1), covariance
