"""The interval of a share of customers."""

from __future__ import annotations

import numpy as np
from scipy import stats

from tenure.errors import InputError
from tenure.insight.intervals import LEVEL, Estimate, unknown


def wilson(cases: int, n: int, level: float = LEVEL) -> Estimate:
    """``cases`` of ``n`` with Wilson's interval (1927): right for few customers and for shares near 0 and 1.

    (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) ÷ (1 + z²/n). Unknown for n = 0.

    Raises:
        InputError: more cases than customers, or fewer than none.
    """
    if not 0 <= cases <= n:
        raise InputError(f"{cases} cases of {n}; between none and all were expected")
    if n == 0:
        return unknown(0, level)
    p, z = cases / n, float(stats.norm.ppf((1 + level) / 2))
    middle, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    # with no case, or nothing else, the end is exactly 0 or 1: rounding must not move it
    low = 0.0 if cases == 0 else float((middle - half) / (1 + z**2 / n))
    high = 1.0 if cases == n else float((middle + half) / (1 + z**2 / n))
    return Estimate(p, low, high, n, level)
