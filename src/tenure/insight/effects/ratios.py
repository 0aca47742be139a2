"""A figure divided by a figure, both uncertain: Fieller's interval, or "can't tell"."""

from __future__ import annotations

import numpy as np

from tenure.insight.intervals import LEVEL, Estimate, unknown


def ratio(
    above: float,
    below: float,
    above_variance: float,
    below_variance: float,
    covariance: float,
    reach: float,
    n: int,
    level: float = LEVEL,
) -> Estimate:
    """``above ÷ below`` with Fieller's interval; unknown where ``below`` cannot be told from 0.

    ``reach`` is the quantile of t (or z) that belongs to ``level``.
    """
    squared = reach**2
    a = below**2 - squared * below_variance
    if a <= 0:
        return unknown(n, level)
    b = above * below - squared * covariance
    root = np.sqrt(max(b**2 - a * (above**2 - squared * above_variance), 0.0))
    return Estimate(above / below, float((b - root) / a), float((b + root) / a), n, level)
