"""What would have come back by itself: regression to the mean after a bad answer (pitfall of every recovery story).

A customer's answer is a lasting opinion plus the mood of the day. Who was asked because the answer was bad had, on
average, a bad day too, and answers better next time though nobody did anything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import multivariate_normal, norm

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, same_length
from tenure.insight.intervals import LEVEL, Estimate, critical, wilson

#: Pairs of answers below which a correlation says nothing.
FEWEST_PAIRS = 30


@dataclass(frozen=True)
class ExpectedWithoutAction:
    """What a second wave shows with no action at all.

    ``detractors_recovered``: share of the first wave's detractors (0…1) that are detractors no more;
    ``nps_of_detractors`` (from −100) and ``nps_of_promoters`` (from +100) in points.
    """

    detractors_recovered: float
    nps_of_detractors: float
    nps_of_promoters: float
    reliability: float


def expected_without_action(promoters: float, detractors: float, reliability: float) -> ExpectedWithoutAction:
    """The second wave of people chosen by their first answer, from the shares of both classes and the reliability.

    Two answers of one customer are taken as cut points of two normal variables whose correlation is ``reliability``
    (0…1, see ``reliability``), the shares of the bank the same in both waves.

    Raises:
        InputError: shares that leave a class empty or exceed 1, a reliability outside 0…1.
    """
    if min(promoters, detractors) <= 0 or promoters + detractors > 1:
        raise InputError(
            f"promoters {promoters:g}, detractors {detractors:g}; two shares above 0, at most 1 together, expected"
        )
    if not 0 <= reliability < 1:
        raise InputError(f"reliability {reliability:g}; expected at least 0 and below 1")
    below, above = norm.ppf(detractors), norm.ppf(1 - promoters)
    both = multivariate_normal(mean=[0.0, 0.0], cov=[[1.0, reliability], [reliability, 1.0]])
    stay_down = float(both.cdf([below, below])) / detractors
    down_to_up = max(0.0, 1 - float(both.cdf([below, above])) / detractors)
    stay_up = float(both.cdf([-above, -above])) / promoters
    up_to_down = down_to_up * detractors / promoters
    return ExpectedWithoutAction(
        1 - stay_down, 100 * (down_to_up - stay_down), 100 * (stay_up - up_to_down), reliability
    )


def reliability(first: Any, second: Any, level: float = LEVEL) -> Estimate:
    """Correlation of two answers (0–10) of the same customers with nothing done in between; Fisher's interval.

    Take pairs from before any recovery work, or from a control group: action in between is part of what is measured.

    Raises:
        InputError: answers off the scale, unequal lengths.
        TooLittleData: fewer than 30 complete pairs, or answers that never differ.
    """
    one, two = _pairs(first, second)
    if len(one) < FEWEST_PAIRS:
        raise TooLittleData(f"{len(one)} pairs of answers; a reliability takes {FEWEST_PAIRS}")
    if np.ptp(one) == 0 or np.ptp(two) == 0:
        raise TooLittleData("everybody gave the same answer; a reliability needs answers that differ")
    r = float(np.corrcoef(one, two)[0, 1])
    half = critical(level) / math.sqrt(len(one) - 3)
    z = math.atanh(min(max(r, -1 + 1e-12), 1 - 1e-12))
    return Estimate(r, math.tanh(z - half), math.tanh(z + half), len(one), level)


def recovery_beyond_chance(
    first: Any, second: Any, promoters: float, detractors: float, reliability: Estimate, level: float = LEVEL
) -> Estimate:
    """Share of the first wave's detractors that recovered, minus what no action would have brought (0…1).

    ``first``, ``second``: answers 0–10 of the customers who were looked after; the shares and the reliability are the
    bank's. The interval joins the sample's error (Wilson) and that of the reliability: each bound is the observed one
    against the far end of the expected range. Still no substitute for a control group.

    Raises:
        TooLittleData: no detractor among the pairs, or an unknown reliability.
    """
    one, two = _pairs(first, second)
    detracting = one <= 6
    n = int(detracting.sum())
    if n == 0 or reliability.value is None or reliability.low is None or reliability.high is None:
        raise TooLittleData("no detractor who answered twice, or no known reliability")
    seen = float((two[detracting] > 6).mean())
    low, high = wilson(seen, n, level)
    usual, most, least = (
        expected_without_action(promoters, detractors, min(max(r, 0.0), 0.999)).detractors_recovered
        for r in (reliability.value, reliability.low, reliability.high)
    )
    gain = seen - usual
    # the two errors are independent: their squares add (method of variance estimates recovery, Zou & Donner 2008)
    return Estimate(
        gain, gain - math.hypot(seen - low, most - usual), gain + math.hypot(high - seen, usual - least), n, level
    )


def _pairs(first: Any, second: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    one = column(first, "first", minimum=0, maximum=10, whole=True, missing=True)
    two = column(second, "second", minimum=0, maximum=10, whole=True, missing=True)
    same_length(first=one, second=two)
    both = ~np.isnan(one) & ~np.isnan(two)
    return one[both], two[both]
