"""Shifted-beta-geometric: customers under contract who each renew with a probability of their own, ever the same.

Fader, Hardie (2007), How to Project Customer Retention, Journal of Interactive Marketing 21(1), 76–90.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import special

from tenure.insight.lifetime.likelihood import Array
from tenure.insight.lifetime.renewals import RenewalModel


class SBG(RenewalModel):
    """At each renewal a customer leaves with probability θ ~ Beta(α, β): S(t) = B(α, β+t)/B(α, β) (eq. 6). Both
    parameters without unit; α/(α+β) leave at the first renewal."""

    letters: ClassVar = ("alpha", "beta")

    def _log_survival(self, theta: Array, t: Array) -> Array:
        alpha, beta = theta
        return np.asarray(special.betaln(alpha, beta + t) - special.betaln(alpha, beta))

    def _starts(self) -> list[tuple[float, ...]]:
        return [(1.0, 1.0), (0.5, 4.0), (5.0, 40.0)]
