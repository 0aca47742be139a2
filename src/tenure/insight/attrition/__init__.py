"""Attrition (S19, S24): who will leave, when, for what signs, and how far the figure can be trusted.

``AttritionModel`` is the bank's own hazard over customer-months; ``LabelledModel`` the same boosting on any table with
a yes-or-no column; ``Cox`` the ratios of the hazard, to be read rather than to rank by; ``evaluation`` and ``empc``
hold the figures that models are judged by; ``drift`` watches what comes later.
"""

from __future__ import annotations

from tenure.insight.attrition.challenge import Challenge, challenge
from tenure.insight.attrition.cox import Cox
from tenure.insight.attrition.drift import Drift, DriftReference
from tenure.insight.attrition.empc import ExpectedProfit, expected_maximum_profit
from tenure.insight.attrition.evaluation import Evaluation, evaluate
from tenure.insight.attrition.hazard import AttritionModel
from tenure.insight.attrition.labelled import LabelledModel

__all__ = [
    "AttritionModel",
    "Challenge",
    "Cox",
    "Drift",
    "DriftReference",
    "Evaluation",
    "ExpectedProfit",
    "LabelledModel",
    "challenge",
    "evaluate",
    "expected_maximum_profit",
]
