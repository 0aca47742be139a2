"""Intervals of figures that follow from fitted parameters, by the delta method over logarithms.

For a positive figure g(θ): ln g is taken as normal with variance ∇ᵀΣ∇, where ∇ is the gradient of ln g by ln θ and Σ
the covariance of ln θ (Rao 1973, 6a.2). The interval is never negative and covers the parameters' uncertainty: that
of the expectation, not the spread of what single customers will do.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tenure.insight.intervals import critical
from tenure.insight.lifetime.likelihood import Array

#: Step of the differences over log parameters.
STEP = 1e-3


def around(
    value: Callable[[Array], Array], theta: Array, log_covariance: Array, level: float
) -> tuple[Array, Array, Array]:
    """g(θ) with the ends of its interval, each of the shape of g; NaN ends where the covariance is unknown."""
    centre = value(theta)
    nothing = np.full_like(centre, np.nan)
    if not np.isfinite(log_covariance).all():
        return centre, nothing, nothing
    slopes = np.zeros((len(theta), *centre.shape))
    with np.errstate(divide="ignore", invalid="ignore"):
        for i in range(len(theta)):
            up, down = theta.copy(), theta.copy()
            up[i] *= np.exp(STEP)
            down[i] *= np.exp(-STEP)
            slopes[i] = (np.log(value(up)) - np.log(value(down))) / (2 * STEP)
    slopes = np.where(centre > 0, slopes, 0.0)  # what is nothing stays nothing
    error = np.sqrt(np.maximum(np.einsum("i...,ij,j...->...", slopes, log_covariance, slopes), 0))
    wide = np.exp(critical(level) * error)
    return centre, centre / wide, centre * wide
