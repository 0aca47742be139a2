"""What customers say of us, done honestly (S19, S21, S32): NPS, CSAT and effort with the interval they deserve.

``nps``, ``csat`` and ``effort`` give one figure; ``response_weights`` and ``post_stratify`` answer for those who did
not; ``shrink`` and ``ranks`` compare branches; ``change_points``, ``compare`` and the sample sizes follow time;
``expected_without_action`` says what chance alone would have brought back; ``drivers`` what goes with the score.
"""

from __future__ import annotations

from tenure.insight.opinion.chance import (
    ExpectedWithoutAction,
    expected_without_action,
    recovery_beyond_chance,
    reliability,
)
from tenure.insight.opinion.drivers import Driver, Drivers, drivers
from tenure.insight.opinion.ranking import Ranking, RankOf, ranks
from tenure.insight.opinion.response import ResponseWeights, post_stratify, response_weights
from tenure.insight.opinion.scores import OpinionEstimate, csat, effort, nps
from tenure.insight.opinion.shrinkage import ShrunkGroups, shrink, shrink_shares
from tenure.insight.opinion.trend import Change, Trend, change_points, nps_by_wave
from tenure.insight.opinion.waves import Comparison, answers_needed, answers_per_wave, compare

__all__ = [
    "Change",
    "Comparison",
    "Driver",
    "Drivers",
    "ExpectedWithoutAction",
    "OpinionEstimate",
    "RankOf",
    "Ranking",
    "ResponseWeights",
    "ShrunkGroups",
    "Trend",
    "answers_needed",
    "answers_per_wave",
    "change_points",
    "compare",
    "csat",
    "drivers",
    "effort",
    "expected_without_action",
    "nps",
    "nps_by_wave",
    "post_stratify",
    "ranks",
    "recovery_beyond_chance",
    "reliability",
    "response_weights",
    "shrink",
    "shrink_shares",
]
