"""Beta-discrete-Weibull: as sBG, but the chance of renewing may change with a customer's own age.

Fader, Hardie, Liu, Davin, Steenburgh (2018), "How to Project Customer Retention" Revisited: The Role of Duration
Dependence, Journal of Interactive Marketing 43, 1–16.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import special

from tenure.insight.lifetime.likelihood import Array
from tenure.insight.lifetime.renewals import RenewalModel


class BdW(RenewalModel):
    """S(t) = B(α, β + t^c)/B(α, β) (eq. 7). c = 1 is sBG; c > 1: each customer is more likely to leave the longer he
    is there; c < 1: less. Parameters without unit."""

    letters: ClassVar = ("alpha", "beta", "c")

    def _log_survival(self, theta: Array, t: Array) -> Array:
        alpha, beta, c = theta
        return np.asarray(special.betaln(alpha, beta + t**c) - special.betaln(alpha, beta))

    def _starts(self) -> list[tuple[float, ...]]:
        return [(1.0, 1.0, 1.0), (0.3, 1.5, 1.5), (2.0, 4.0, 0.7)]
