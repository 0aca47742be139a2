"""Effects (S34): what an action changed, whom it moves, what a rule is worth, and when one may look."""

from tenure.insight.effects.average import Effect, effect
from tenure.insight.effects.learners import Trees
from tenure.insight.effects.matching import Matched, matched
from tenure.insight.effects.policy import Arms, PolicyValue, compared, doubly_robust, policy_value
from tenure.insight.effects.ranking import Ranking, curve, qini
from tenure.insight.effects.ratios import ratio
from tenure.insight.effects.sequential import Look, always_valid, boundaries, group_sequential
from tenure.insight.effects.treated_alike import Treated, treated_alike
from tenure.insight.effects.uplift import Evaluation, UpliftModel

__all__ = [
    "Arms",
    "Effect",
    "Evaluation",
    "Look",
    "Matched",
    "PolicyValue",
    "Ranking",
    "Treated",
    "Trees",
    "UpliftModel",
    "always_valid",
    "boundaries",
    "compared",
    "curve",
    "doubly_robust",
    "effect",
    "group_sequential",
    "matched",
    "policy_value",
    "qini",
    "ratio",
    "treated_alike",
]
