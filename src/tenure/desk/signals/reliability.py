"""How far a source of signals can be relied on: the share of its signals that were worth raising. Pure.

With few outcomes a source is taken to be like all of them: a Beta prior with the mean of all sources and the weight
of :data:`PRIOR` signals (empirical Bayes with a set weight). The interval is the 95 % equal-tailed posterior one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

#: How many closed signals the experience with all sources counts for.
PRIOR = 10.0
#: Below this many outcomes nothing is said about a source of its own.
ENOUGH = 10


@dataclass(frozen=True, slots=True)
class Reliability:
    """The learned share of useful signals with its 95 % interval, from ``closed`` outcomes of which ``useful`` were."""

    useful: int
    closed: int
    share: float
    low: float
    high: float

    @property
    def tells(self) -> bool:
        """Whether there are enough outcomes to say anything."""
        return self.closed >= ENOUGH


def reliability(useful: int, closed: int, all_useful: int, all_closed: int) -> Reliability:
    """What ``useful`` of ``closed`` outcomes of a source say, beside those of all sources (its own included)."""
    mean = (all_useful + 1) / (all_closed + 2)
    a, b = useful + PRIOR * mean, closed - useful + PRIOR * (1 - mean)
    return Reliability(useful, closed, a / (a + b), beta_quantile(0.025, a, b), beta_quantile(0.975, a, b))


def beta_quantile(p: float, a: float, b: float) -> float:
    """The ``p`` quantile of Beta(a, b), to 1e-6, by halving."""
    low, high = 0.0, 1.0
    while high - low > 1e-7:
        middle = (low + high) / 2
        low, high = (middle, high) if beta_share(middle, a, b) < p else (low, middle)
    return (low + high) / 2


def beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz; DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast on the other side
        return 1 - beta_share(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    tiny = 1e-300
    c, d = 1.0, 1 / ((1 - (a + b) * x / (a + 1)) or tiny)
    value = d
    for m in range(1, 300):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / ((1 + step * d) or tiny)
            c = (1 + step / c) or tiny
            value *= c * d
        if abs(c * d - 1) < 1e-12:
            break
    return front * value / a
