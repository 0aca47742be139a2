"""What customers say of us, done honestly (S19, S21, S32): NPS, CSAT and effort with the interval they deserve.

``nps``, ``csat`` and ``effort`` give one figure; ``response_weights`` and ``post_stratify`` answer for those who did
not; ``shrink`` and ``ranks`` compare branches; ``change_points``, ``compare`` and the sample sizes follow time;
``cells`` gives the figures of thousands of groups at once; ``signs`` which branches' answers look asked for or picked.
``expected_without_action`` says what chance alone would have brought back; ``drivers`` what goes with the score.
"""

from __future__ import annotations

from tenure.insight.opinion.cells import CSAT, EFFORT, FEWEST_TO_SAY, MEASURES, NPS, Cells, Measure, cells
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
from tenure.insight.opinion.shrinkage import ShrunkGroups, shrink, shrink_counts, shrink_shares
from tenure.insight.opinion.signs import FEWEST_BRANCHES, Sign, beyond_others, found, gap, quick_share, silent_gap
from tenure.insight.opinion.trend import FEWEST_WAVES, Change, Trend, change_points, nps_by_wave, usual_penalty
from tenure.insight.opinion.waves import Comparison, answers_needed, answers_per_wave, compare

__all__ = [
    "CSAT",
    "EFFORT",
    "FEWEST_BRANCHES",
    "FEWEST_TO_SAY",
    "FEWEST_WAVES",
    "MEASURES",
    "NPS",
    "Cells",
    "Change",
    "Comparison",
    "Driver",
    "Drivers",
    "ExpectedWithoutAction",
    "Measure",
    "OpinionEstimate",
    "RankOf",
    "Ranking",
    "ResponseWeights",
    "ShrunkGroups",
    "Sign",
    "Trend",
    "answers_needed",
    "answers_per_wave",
    "beyond_others",
    "cells",
    "change_points",
    "compare",
    "csat",
    "drivers",
    "effort",
    "expected_without_action",
    "found",
    "gap",
    "nps",
    "nps_by_wave",
    "post_stratify",
    "quick_share",
    "ranks",
    "recovery_beyond_chance",
    "reliability",
    "response_weights",
    "shrink",
    "shrink_counts",
    "shrink_shares",
    "silent_gap",
    "usual_penalty",
]
