"""Scores into probabilities that mean what they say: temperature and bias scaling, and how far off it remains.

Guo, Pleiss, Sun and Weinberger (2017), "On calibration of modern neural networks", eq. 9 (temperature) with a bias
for each class (their vector scaling, its diagonal held equal); for two classes this is Platt (1999).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: Weight of the pull towards "no correction": some five observations' worth.
RIDGE = 1.0


@dataclass(frozen=True)
class Scaling:
    """``probability = softmax(slope · score + bias)``; scores of shape ``(n, classes)``."""

    slope: float
    bias: Numbers

    def probabilities(self, scores: Numbers) -> Numbers:
        """Shape ``(n, classes)``; each row sums to 1."""
        return np.asarray(softmax(self.slope * scores + self.bias, axis=1))


def fit_scaling(scores: Numbers, labels: NDArray[np.int64]) -> Scaling:
    """The scaling most likely to have made ``labels``; the scores must come from models that had not seen them."""
    n, classes = scores.shape
    hits = np.zeros_like(scores)
    hits[np.arange(n), labels] = 1.0

    def loss(free: Numbers) -> tuple[float, Numbers]:
        slope, bias = np.exp(free[0]), free[1:]
        logs = log_softmax(slope * scores + bias, axis=1)
        gap = np.exp(logs) - hits
        value = -(logs * hits).sum() + RIDGE * (free**2).sum() / 2
        slope_gradient = slope * (gap * scores).sum() + RIDGE * free[0]
        return float(value), np.concatenate([[slope_gradient], gap.sum(axis=0) + RIDGE * bias])

    found = minimize(loss, np.zeros(classes + 1), jac=True, method="L-BFGS-B").x
    return Scaling(float(np.exp(found[0])), found[1:])
