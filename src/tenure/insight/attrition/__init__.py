"""Attrition (S19, S24): who will leave, when, for what signs, and how far the figure can be trusted.

``AttritionModel`` is the bank's own hazard over customer-months; ``evaluation`` and ``empc`` hold its figures; ``drift`` watches what comes later.
"""

from __future__ import annotations

from tenure.insight.attrition.drift import Drift, DriftReference
from tenure.insight.attrition.empc import ExpectedProfit, expected_maximum_profit
from tenure.insight.attrition.evaluation import Evaluation, evaluate
from tenure.insight.attrition.hazard import AttritionModel, Challenge, challenge

__all__ = [
    "AttritionModel",
    "Challenge",
    "Drift",
    "DriftReference",
    "Evaluation",
    "ExpectedProfit",
    "challenge",
    "evaluate",
    "expected_maximum_profit",
]
