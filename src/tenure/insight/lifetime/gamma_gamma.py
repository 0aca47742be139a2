"""Gamma–Gamma: what a customer spends at a time, whatever how often he buys.

Fader, Hardie (2013), The Gamma-Gamma Model of Monetary Value (note 025); Fader, Hardie, Lee (2005), RFM and CLV.
Equation numbers are the note's.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from scipy import special

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, same_length
from tenure.insight.lifetime.likelihood import Array, Caution, Model, maximise
from tenure.insight.lifetime.purchases import LEAST_CUSTOMERS, weighted

#: Above this correlation of frequency with spend the model's assumption is doubtful (|r|, a weak association).
DOUBTFUL = 0.3


class GammaGamma(Model):
    """A customer's purchases are Gamma(p, ν); ν ~ Gamma(q, γ) over customers. ``p`` and ``q`` have no unit, ``gamma``
    that of money. Assumes that spend does not depend on frequency: ``cautions_`` says when the data speak against it.
    """

    letters: ClassVar = ("p", "q", "gamma")

    def fit(self, frequency: Any, mean_spend: Any, weights: Any = None) -> Self:
        """Maximum likelihood (eq. 1a). ``frequency`` is x > 0 purchases, as the other models' (*repeat* purchases, the
        first left out), ``mean_spend`` the mean z̄ > 0 of just these; one value a customer; leave out who has x = 0.
        There is no ``recency`` and no ``T``: what a purchase is worth does not depend on when. ``weights`` counts
        equal customers.

        Raises:
            InputError: x or z̄ not above 0, or no numbers.
            TooLittleData: fewer than 30 customers, all with the same spend, or none with two purchases (then how
                much one customer's purchases vary cannot be told from how customers differ).
            DidNotConverge: the data do not determine the parameters.
        """
        x, z = _spend(frequency, mean_spend)
        for name, each in (("frequency", x), ("mean_spend", z)):
            if (each <= 0).any():
                raise InputError(
                    f"{name}, row {int(np.argmax(each <= 0)) + 1}: above 0 was expected",
                    "Leave out customers with no purchase.",
                )
        w = weighted(weights, x)
        customers = float(w.sum())
        if customers < LEAST_CUSTOMERS or not (x[w > 0] > 1).any() or np.ptp(z[w > 0]) == 0:
            raise TooLittleData(
                f"{customers:,.0f} customers; it takes {LEAST_CUSTOMERS}, who differ in spend, some with two purchases"
            )
        unit = float(np.average(z, weights=w))
        starts = [(2.0, 3.0, unit), (0.5, 1.5, unit * 2), (8.0, 3.0, unit / 4)]
        likelihood = _Likelihood(x, z, w)
        maximum = maximise(likelihood, starts, self.letters)
        return self._keep(maximum, customers, _cautions(x, z, w, maximum.theta[1]))

    def expected_spend(self, x: Any = 0, mean_spend: Any = 0) -> Array:
        """E(M | p, q, γ, x, z̄) a purchase (eq. 5): between the customer's own mean and that of all; x = 0 gives
        the latter, pγ/(q − 1).

        Raises:
            InputError: q ≤ 1 and x = 0: the distribution over customers is so wide that it has no mean.
        """
        p, q, gamma = self._theta()
        x, z = _spend(x, mean_spend)
        if (p * x + q <= 1).any():
            raise InputError(
                f"q = {q:.3g}: spend differs so much between customers that its mean does not exist",
                "Cut off extreme amounts, or give only customers with purchases.",
            )
        return np.asarray(p * (gamma + x * z) / (p * x + q - 1))


def _spend(frequency: Any, mean_spend: Any) -> tuple[Array, Array]:
    x = column(np.atleast_1d(frequency) if np.isscalar(frequency) else frequency, "frequency", minimum=0, whole=True)
    z = column(np.atleast_1d(mean_spend) if np.isscalar(mean_spend) else mean_spend, "mean_spend", minimum=0)
    same_length(frequency=x, mean_spend=z)
    return x, z


def _cautions(x: Array, z: Array, w: Array, q: float) -> list[Caution]:
    found = []
    deep, rich = (each - np.average(each, weights=w) for each in (np.log(x), np.log(z)))
    spread = np.sqrt((w @ deep**2) * (w @ rich**2))
    together = float(w @ (deep * rich) / spread) if spread > 0 else 0.0
    if abs(together) > DOUBTFUL:
        found.append(Caution("spend_depends_on_frequency", {"correlation": together}))
    if q <= 1:
        found.append(Caution("spend_has_no_mean", {"q": float(q)}))
    return found


class _Likelihood:
    """Eq. 1a and its slopes by p, q, γ; gammas are taken once for each distinct x."""

    def __init__(self, x: Array, z: Array, w: Array) -> None:
        self.x, self.spent, self.w = x, x * z, w
        self.values, which = np.unique(x, return_inverse=True)
        self.at = np.bincount(which, weights=w)
        self.constant = float(w @ np.log(z))

    def __call__(self, theta: Array) -> tuple[float, Array]:
        p, q, gamma = theta
        x, w, at, shape = self.x, self.w, self.at, p * self.values
        total = gamma + self.spent
        own, rest = np.log(self.spent / total), np.log(gamma / total)
        gammas = special.gammaln(shape + q) - special.gammaln(shape) - special.gammaln(q)
        value = at @ gammas + q * (w @ rest) + p * (w @ (x * own)) - self.constant
        both = special.digamma(shape + q)
        by_p = at @ (self.values * (both - special.digamma(shape))) + w @ (x * own)
        by_q = at @ (both - special.digamma(q)) + w @ rest
        by_gamma = w @ (q / gamma - (p * x + q) / total)
        return float(value), np.array([by_p, by_q, by_gamma])
