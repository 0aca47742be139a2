"""Pareto/NBD: purchases as a Poisson process, customers who may leave at any moment, unseen.

Schmittlein, Morrison, Colombo (1987), Counting Your Customers, Management Science 33(1); the forms are those of
Fader, Hardie (2005), A Note on Deriving the Pareto/NBD Model (note 009), and Fader, Hardie, Lee (2005), RFM and CLV,
Journal of Marketing Research 42(4), for the discounted transactions.

Where those write Gauss's 2F1, the one-dimensional integral behind it is taken by Gauss–Legendre over
ln(min(α, β) + y): on that scale the integrand is smooth for every α and β, nothing overflows for hundreds of
purchases, and the gradient costs no more than four averages over the same nodes.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from scipy import special

from tenure.insight.inputs import column
from tenure.insight.lifetime import purchases
from tenure.insight.lifetime.likelihood import Array, Model, maximise

NODES, WEIGHTS = (each / 2 for each in np.polynomial.legendre.leggauss(32))
NODES = NODES + 0.5  # on 0 … 1
FINE_NODES, FINE_WEIGHTS = (each / 2 for each in np.polynomial.legendre.leggauss(128))
FINE_NODES = FINE_NODES + 0.5
#: e^-42 of the largest value adds nothing to a sum in double precision.
NEGLIGIBLE = 42.0
#: Rows at a time: 32 nodes each, a few arrays that stay in the cache.
CHUNK = 8192


class ParetoNBD(Model):
    """While with the bank a customer buys at rate λ ~ Gamma(r, α); he leaves at rate μ ~ Gamma(s, β), purchase or no
    purchase. ``r`` and ``s`` have no unit, ``alpha`` and ``beta`` that of time.

        model = ParetoNBD().fit(frequency, recency, T)
        model.probability_alive(x=26, t_x=30.86, T=31)
    """

    letters: ClassVar = ("r", "alpha", "s", "beta")

    def fit(self, frequency: Any, recency: Any, T: Any, weights: Any = None) -> Self:  # noqa: N803 the paper's letter
        """Maximum likelihood (note 009, eq. 15). One value a customer; ``weights`` counts equal customers.

        Raises:
            InputError: x < 0, t_x > T, x = 0 with t_x > 0, T = 0, or no numbers.
            TooLittleData: fewer than 30 customers or 10 with a repeat purchase.
            DidNotConverge: the data do not determine the parameters.
        """
        rows = purchases.collect(frequency, recency, T, weights)
        scale = float(np.average(rows.T, weights=rows.count))
        likelihood = _Likelihood(rows)
        starts = [(0.5, scale / 3, 0.6, scale / 3), (1.0, scale, 1.5, scale), (0.3, scale / 10, 0.3, scale / 10)]
        return self._keep(maximise(likelihood, starts, self.letters), rows.customers, purchases.cautions(rows))

    def expected_purchases(self, t: Any) -> Array:
        """E[X(t)], repeat purchases of a new customer by time t (note 009, eq. 19)."""
        r, alpha, s, beta = self._theta()
        return np.asarray(r / alpha * _time_alive(s, beta, purchases.ahead(t)))

    def conditional_expected_purchases(self, t: Any, x: Any, t_x: Any, T: Any) -> Array:  # noqa: N803
        """E[Y(t) | x, t_x, T], purchases in the next t of a customer with this record (note 009, eq. 22)."""
        r, alpha, s, beta = self._theta()
        x, t_x, T = purchases.read(x, t_x, T)  # noqa: N806
        return _alive(r, alpha, s, beta, x, t_x, T) * self._expected_if_alive(purchases.ahead(t), x, T)

    def _expected_if_alive(self, t: Array | float, x: Array, T: Array) -> Array:  # noqa: N803
        r, alpha, s, beta = self._theta()
        return np.asarray((r + x) / (alpha + T) * _time_alive(s, beta + T, np.asarray(t, dtype=float)))

    def probability_alive(self, x: Any, t_x: Any, T: Any) -> Array:  # noqa: N803
        """P(alive at T | x, t_x, T) (note 009, eq. 21)."""
        r, alpha, s, beta = self._theta()
        return _alive(r, alpha, s, beta, *purchases.read(x, t_x, T))

    def probability_of_n_purchases(self, n: Any, t: Any) -> Array:
        """P[X(t) = n] of a new customer: NBD counts up to t or to the moment of leaving (Fader, Hardie, note 012)."""
        r, alpha, s, beta = self._theta()
        n, t = np.broadcast_arrays(np.asarray(n, dtype=float), purchases.ahead(t))
        column(n.ravel(), "n", minimum=0, whole=True)

        def counted(till: Array, n: Array) -> Array:
            """ln P(n purchases by then), for one who stays."""
            gammas = special.gammaln(r + n) - special.gammaln(r) - special.gammaln(n + 1)
            return np.asarray(gammas + r * np.log(alpha / (alpha + till)) + special.xlogy(n, till / (alpha + till)))

        stayed = np.exp(counted(t, n) + s * np.log(beta / (beta + t)))
        least = min(alpha, beta)
        width = np.log1p(t / least)[..., None]
        y = least * np.expm1(width * FINE_NODES)
        density = np.log(s) + s * np.log(beta) - (s + 1) * np.log(beta + y) + np.log(least + y)
        left = (np.exp(counted(y, n[..., None]) + density) * width) @ FINE_WEIGHTS
        return np.asarray(stayed + left)

    def discounted_expected_residual_transactions(self, d: float, x: Any, t_x: Any, T: Any) -> Array:  # noqa: N803
        """DERT: all future purchases of a customer with this record, discounted to T at the continuous rate ``d``
        per unit of time (RFM and CLV, eq. 2; a yearly rate of i is d = ln(1 + i)/52 per week).
        """
        column([d], "d", minimum=1e-9)
        r, alpha, s, beta = self._theta()
        x, t_x, T = purchases.read(x, t_x, T)  # noqa: N806
        ages, which = np.unique(T, return_inverse=True)
        # ∫ e^(−d·t) ((β+T)/(β+T+t))^s dt, over v = ln(1 + t/(β+T)): the paper's Ψ(s, s; d(β+T)) without its overflow
        z = d * (beta + ages)
        width = np.log1p(NEGLIGIBLE / z)[:, None]
        v = width * FINE_NODES
        each = (np.exp((1 - s) * v - z[:, None] * np.expm1(v)) * width) @ FINE_WEIGHTS * (beta + ages)
        return np.asarray(_alive(r, alpha, s, beta, x, t_x, T) * (r + x) / (alpha + T) * each[which])


def _time_alive(s: float, beta: float | Array, t: Array) -> Array:
    """β/(s − 1) · [1 − (β/(β+t))^(s−1)]: expected time with the bank within t; the limit at s = 1 is β·ln(1 + t/β)."""
    length = np.log1p(t / beta)
    return np.asarray(beta * length * special.exprel(-(s - 1) * length))


def _alive(r: float, alpha: float, s: float, beta: float, x: Array, t_x: Array, T: Array) -> Array:  # noqa: N803
    left = np.concatenate(
        [_left(r, alpha, s, beta, x[at], t_x[at], T[at], False)[0] for at in _chunks(len(x))] or [np.zeros(0)]
    )
    stayed = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
    return np.asarray(special.expit(stayed - left))


def _chunks(n: int) -> list[slice]:
    return [slice(begin, min(begin + CHUNK, n)) for begin in range(0, n, CHUNK)]


def _left(
    r: float,
    alpha: float,
    s: float,
    beta: float,
    x: Array,
    t_x: Array,
    T: Array,  # noqa: N803
    slopes: bool,
) -> tuple[Array, list[Array]]:
    """ln of s ∫ (α+y)^−(r+x) (β+y)^−(s+1) dy from t_x to T, and its slopes by r, α, s, β."""
    least = min(alpha, beta)
    begin = least + t_x
    # how fast the integrand falls at t_x; it falls ever faster from there, so the rest may be cut off
    falls = (r + x) * begin / (alpha + t_x) + (s + 1) * begin / (beta + t_x) - 1
    width = np.minimum(np.log((least + T) / begin), NEGLIGIBLE / np.maximum(falls, 1e-9))
    y = t_x[:, None] + begin[:, None] * np.expm1(width[:, None] * NODES)
    by_alpha, by_beta = np.log(alpha + y), np.log(beta + y)
    height = -(r + x)[:, None] * by_alpha - (s + 1) * by_beta + (by_alpha if alpha <= beta else by_beta)
    top = height[:, 0]
    mass = np.exp(height - top[:, None]) * WEIGHTS
    total = mass.sum(1)
    with np.errstate(divide="ignore"):  # t_x = T: no time to have left in
        value = np.log(s) + top + np.log(width * total)
    if not slopes:
        return value, []

    def mean(of: Array) -> Array:
        return np.asarray(np.einsum("ij,ij->i", mass, of) / total)

    return value, [
        -mean(by_alpha),
        -(r + x) * mean(1 / (alpha + y)),
        1 / s - mean(by_beta),
        -(s + 1) * mean(1 / (beta + y)),
    ]


class _Likelihood:
    """Γ(r+x)/Γ(r) · α^r β^s · [(α+T)^−(r+x) (β+T)^−s + s ∫ (α+y)^−(r+x) (β+y)^−(s+1) dy] (note 009), and its slopes."""

    def __init__(self, rows: purchases.Purchases) -> None:
        self.rows = rows
        self.values, which = np.unique(rows.x, return_inverse=True)
        self.at = np.bincount(which, weights=rows.count)

    def __call__(self, theta: Array) -> tuple[float, Array]:
        r, alpha, s, beta = theta
        v, at = self.values, self.at
        psi = special.digamma
        n = at.sum()
        value = at @ (special.gammaln(r + v) - special.gammaln(r)) + n * (r * np.log(alpha) + s * np.log(beta))
        slope = np.array(
            [at @ (psi(r + v) - psi(r)) + n * np.log(alpha), n * r / alpha, n * np.log(beta), n * s / beta]
        )
        for part in _chunks(len(self.rows.x)):
            x, t_x, T, w = (each[part] for each in (self.rows.x, self.rows.t_x, self.rows.T, self.rows.count))  # noqa: N806
            log_alpha, log_beta = np.log(alpha + T), np.log(beta + T)
            stayed = -(r + x) * log_alpha - s * log_beta
            left, by = _left(r, alpha, s, beta, x, t_x, T, True)
            value += w @ np.logaddexp(stayed, left)
            gone = special.expit(left - stayed)
            stays = [-log_alpha, -(r + x) / (alpha + T), -log_beta, -s / (beta + T)]
            slope += [w @ ((1 - gone) * stay + gone * go) for stay, go in zip(stays, by, strict=True)]
        return float(value), slope
