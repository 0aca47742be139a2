"""The relationship network (关系网, S8): who knows whom, who leads to whom, and whether leaving spreads.

``edges_of_bank`` and ``people_of_bank`` build the tables, ``Network.of`` the network. From it: ``groups`` and
``supply_chain``; ``ownership`` (ultimate owners, circles, stakes); ``introductions`` and ``prospects``;
``conversions`` and ``influence``; ``contagion``.
"""

from __future__ import annotations

from tenure.insight.network.bank import edges_of_bank, people_of_bank
from tenure.insight.network.contagion import Contagion
from tenure.insight.network.conversion import Conversion, conversions
from tenure.insight.network.graph import Network
from tenure.insight.network.groups import Groups
from tenure.insight.network.introductions import Path
from tenure.insight.network.ownership import Ownership
from tenure.insight.network.ties import CONTROL, DOMESTIC, KINDS, TRADE, Reason, TieKind

__all__ = [
    "CONTROL",
    "DOMESTIC",
    "KINDS",
    "TRADE",
    "Contagion",
    "Conversion",
    "Groups",
    "Network",
    "Ownership",
    "Path",
    "Reason",
    "TieKind",
    "conversions",
    "edges_of_bank",
    "people_of_bank",
]
