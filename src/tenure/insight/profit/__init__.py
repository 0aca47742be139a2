"""Where the profit's change came from (S14), what winning and keeping cost, and where the next yuan earns most
(S15).
"""

from tenure.insight.profit.formula import Decomposition, GroupParts, decompose, decompose_rows
from tenure.insight.profit.old_and_new import OldAndNew, Price, old_and_new, price_of_keeping, price_of_winning
from tenure.insight.profit.panel import Panel, decompose_panel
from tenure.insight.profit.returns import Allocation, ReturnCurve, Share, allocate

__all__ = [
    "Allocation",
    "Decomposition",
    "GroupParts",
    "OldAndNew",
    "Panel",
    "Price",
    "ReturnCurve",
    "Share",
    "allocate",
    "decompose",
    "decompose_panel",
    "decompose_rows",
    "old_and_new",
    "price_of_keeping",
    "price_of_winning",
]
