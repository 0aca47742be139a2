"""Lifetime value models (S19): how often customers will come back, what they will spend, how long they will stay.

Without a contract (card use, branch visits, purchases of funds): ``BGNBD``, ``ParetoNBD`` (continuous time), ``BGBB``
(periods), ``GammaGamma`` for the amount, ``lifetime_value`` for both together. Under a contract that is renewed or not
(deposits that mature, cards with a yearly fee): ``SBG`` and ``BdW``. docs/statistics/lifetime.md has formulas,
sources and the published figures they reproduce.
"""

from __future__ import annotations

from tenure.insight.lifetime.bdw import BdW
from tenure.insight.lifetime.bgbb import BGBB
from tenure.insight.lifetime.bgnbd import BGNBD
from tenure.insight.lifetime.gamma_gamma import GammaGamma
from tenure.insight.lifetime.held_out import HeldOut, held_out
from tenure.insight.lifetime.likelihood import Caution, DidNotConverge
from tenure.insight.lifetime.pareto_nbd import ParetoNBD
from tenure.insight.lifetime.renewals import DiscountedLifetime
from tenure.insight.lifetime.sbg import SBG
from tenure.insight.lifetime.timing import Timing, Within, constant_retention_value
from tenure.insight.lifetime.value import LifetimeValue, lifetime_value

__all__ = [
    "BGBB",
    "BGNBD",
    "SBG",
    "BdW",
    "Caution",
    "DidNotConverge",
    "DiscountedLifetime",
    "GammaGamma",
    "HeldOut",
    "LifetimeValue",
    "ParetoNBD",
    "Timing",
    "Within",
    "constant_retention_value",
    "held_out",
    "lifetime_value",
]
