"""Two waves of a survey: how many answers it takes, and whether the difference is one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import norm

from tenure.errors import InputError
from tenure.insight.intervals import LEVEL, Estimate, critical
from tenure.insight.opinion.answers import NPS_CODES, adjusted_moments
from tenure.insight.opinion.scores import nps

if TYPE_CHECKING:
    from tenure.insight.opinion.scores import OpinionEstimate


@dataclass(frozen=True)
class Comparison:
    """The later wave minus the earlier one, in points; ``verdict``: ``up``, ``down`` or ``cannot_tell``.

    ``detectable`` is the change that waves of this size show with 80 % power: a smaller one would go unseen.
    """

    difference: Estimate
    verdict: str
    detectable: float


def compare(
    earlier: Any,
    later: Any,
    weights_earlier: Any = None,
    weights_later: Any = None,
    level: float = LEVEL,
) -> Comparison:
    """NPS of two independent waves. Raises as ``nps``.

    The interval is adjusted Wald, the added answers as in ``nps``; waves that share customers have a smaller true
    error, so the verdict is careful for them.
    """
    z = critical(level)
    first, second = nps(earlier, weights_earlier, level), nps(later, weights_later, level)
    (c1, e1), (c2, e2) = (_moments(each) for each in (first, second))
    error = math.hypot(e1, e2)
    assert first.value is not None and second.value is not None
    difference = Estimate(
        second.value - first.value, c2 - c1 - z * error, c2 - c1 + z * error, first.n + second.n, level
    )
    verdict = "cannot_tell"
    if difference.excludes(0):
        verdict = "up" if c2 > c1 else "down"
    return Comparison(difference, verdict, (z + float(norm.ppf(0.8))) * error)


def answers_needed(margin: float, promoters: float = 0.5, detractors: float = 0.2, level: float = LEVEL) -> int:
    """Answers for an interval of ± ``margin`` points: z² · 100² (p + d − (p − d)²) ÷ margin², rounded up."""
    return math.ceil((critical(level) / _positive(margin, "margin")) ** 2 * _variance(promoters, detractors))


def answers_per_wave(
    change: float, promoters: float = 0.5, detractors: float = 0.2, power: float = 0.8, level: float = LEVEL
) -> int:
    """Answers in each of two waves to see a ``change`` of so many points with ``power`` (two-sided test)."""
    if not 0 < power < 1:
        raise InputError(f"power {power:g}; a share between 0 and 1 was expected, such as 0.8")
    reach = critical(level) + float(norm.ppf(power))
    return math.ceil(2 * (reach / _positive(change, "change")) ** 2 * _variance(promoters, detractors))


def _moments(score: OpinionEstimate) -> tuple[float, float]:
    return adjusted_moments(np.array(list(score.shares.values())), score.effective_n, NPS_CODES)


def _variance(promoters: float, detractors: float) -> float:
    if min(promoters, detractors) < 0 or promoters + detractors > 1:
        raise InputError(f"promoters {promoters:g} and detractors {detractors:g}; shares summing to at most 1 expected")
    variance = promoters + detractors - (promoters - detractors) ** 2
    if variance <= 0:
        raise InputError("everybody in one class leaves nothing to measure", "Use shares from an earlier wave.")
    return 100.0**2 * variance


def _positive(points: float, name: str) -> float:
    if not points > 0:
        raise InputError(f"{name} {points:g}; points above 0 were expected")
    return points
