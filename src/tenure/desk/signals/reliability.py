"""How far a source of signals can be relied on: the share of its signals that were worth raising. Pure.

With few outcomes a source is taken to be like all of them: a Beta prior with the mean of all sources and the weight
of :data:`PRIOR` signals (empirical Bayes with a set weight). The interval is the 95 % equal-tailed posterior one.
"""

from __future__ import annotations

from dataclasses import dataclass

from tenure.desk.kit.shares import beta_quantile

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
