"""The satisfaction trap (S20, 满意度陷阱): those who say they are content and behave as if they were leaving.

``behaviour`` turns what customers do into signals with reasons; ``quadrants`` crosses it with what they say, stated and
predicted kept apart; ``trap_index`` compares branches and tiers; ``divergence`` finds segments where satisfaction
rises and loyalty does not; ``back_test`` says whether all this foretells leaving beyond satisfaction alone.
"""

from __future__ import annotations

from tenure.insight.trap.back_test import BackTest, back_test
from tenure.insight.trap.behaviour import Behaviour, Reason, Rules, behaviour
from tenure.insight.trap.divergence import Divergence, divergence
from tenure.insight.trap.index import GroupTrap, TrapIndex, trap_index, weighted_share
from tenure.insight.trap.quadrants import QUADRANTS, Predicted, Quadrants, Trapped, quadrants

__all__ = [
    "QUADRANTS",
    "BackTest",
    "Behaviour",
    "Divergence",
    "GroupTrap",
    "Predicted",
    "Quadrants",
    "Reason",
    "Rules",
    "TrapIndex",
    "Trapped",
    "back_test",
    "behaviour",
    "divergence",
    "quadrants",
    "trap_index",
    "weighted_share",
]
