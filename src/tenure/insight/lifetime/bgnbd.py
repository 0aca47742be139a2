"""BG/NBD: purchases as a Poisson process, customers who may leave after any purchase.

Fader, Hardie, Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model,
Marketing Science 24(2), 275–284; equation numbers are theirs.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from scipy import special

from tenure.insight.inputs import column
from tenure.insight.lifetime import purchases
from tenure.insight.lifetime.likelihood import Array, Caution, Model, maximise

#: E[X(t)] has a removable singularity at a = 1 (and a + b + x = 1); nearer than this the mean of both sides is taken.
NEAR = 1e-5


class BGNBD(Model):
    """While with the bank a customer buys at rate λ ~ Gamma(r, α); after each purchase he leaves with probability
    p ~ Beta(a, b). ``r``, ``a``, ``b`` have no unit, ``alpha`` that of time.

    **Nobody leaves before a first repeat purchase**: for x = 0 the probability of being alive is 1 by construction,
    however long ago. Who must be able to leave silently (a bank's customers do) wants :class:`ParetoNBD` or
    :class:`BGBB`; ``cautions_`` says how many customers this concerns.

        model = BGNBD().fit(frequency, recency, T)
        model.conditional_expected_purchases(39, x=2, t_x=30.43, T=38.86)
    """

    letters: ClassVar = ("r", "alpha", "a", "b")

    def fit(self, frequency: Any, recency: Any, T: Any, weights: Any = None) -> Self:  # noqa: N803 the paper's letter
        """Maximum likelihood (eq. 6). One value a customer in each column; ``weights`` counts equal customers.

        Raises:
            InputError: x < 0, t_x > T, x = 0 with t_x > 0, T = 0, or no numbers.
            TooLittleData: fewer than 30 customers or 10 with a repeat purchase.
            DidNotConverge: the data do not determine the parameters.
        """
        rows = purchases.collect(frequency, recency, T, weights)
        scale = float(np.average(rows.T, weights=rows.count))
        likelihood = _Likelihood(rows)
        starts = [(0.5, scale / 4, 0.8, 2.0), (1.0, scale, 1.0, 4.0), (0.2, scale / 10, 0.3, 0.6)]
        found = purchases.cautions(rows)
        never = float(rows.count[rows.x == 0].sum())
        if never:
            found.append(Caution("cannot_leave_before_repeat", {"customers": never, "share": never / rows.customers}))
        return self._keep(maximise(likelihood, starts, self.letters), rows.customers, found)

    def expected_purchases(self, t: Any) -> Array:
        """E[X(t)], repeat purchases of a new customer by time t (eq. 9)."""
        r, alpha, a, b = self._theta()
        t = purchases.ahead(t)
        return _purchases_while_alive(a, b, r, t / (alpha + t), np.zeros_like(t))

    def conditional_expected_purchases(self, t: Any, x: Any, t_x: Any, T: Any) -> Array:  # noqa: N803
        """E[Y(t) | x, t_x, T], purchases in the next t of a customer with this record (eq. 10)."""
        r, alpha, a, b = self._theta()
        x, t_x, T = purchases.read(x, t_x, T)  # noqa: N806
        return _alive(r, alpha, a, b, x, t_x, T) * self._expected_if_alive(purchases.ahead(t), x, T)

    def _expected_if_alive(self, t: Array | float, x: Array, T: Array) -> Array:  # noqa: N803
        # Euler's transformation of eq. 10: no argument of 2F1 grows with x but the third, so x = 1,000 holds
        r, alpha, a, b = self._theta()
        return _purchases_while_alive(a, b, r, t / (alpha + T + t), x)

    def probability_alive(self, x: Any, t_x: Any, T: Any) -> Array:  # noqa: N803
        """P(alive at T | x, t_x, T); 1 wherever x = 0 (Fader, Hardie, Lee 2008, note 021)."""
        r, alpha, a, b = self._theta()
        return _alive(r, alpha, a, b, *purchases.read(x, t_x, T))

    def probability_of_n_purchases(self, n: Any, t: Any) -> Array:
        """P[X(t) = n] of a new customer (eq. 8)."""
        r, alpha, a, b = self._theta()
        n, t = np.broadcast_arrays(np.asarray(n, dtype=float), purchases.ahead(t))
        column(n.ravel(), "n", minimum=0, whole=True)
        share = t / (alpha + t)
        counted = special.gammaln(r + n) - special.gammaln(r) - special.gammaln(n + 1)
        counted = counted + r * np.log(alpha / (alpha + t)) + special.xlogy(n, share)
        stayed = np.exp(special.betaln(a, b + n) - special.betaln(a, b) + counted)
        least = np.maximum(n, 1)
        left = np.exp(special.betaln(a + 1, b + least - 1) - special.betaln(a, b)) * special.betainc(least, r, share)
        return np.asarray(stayed + np.where(n > 0, left, 0.0))


def _alive(r: float, alpha: float, a: float, b: float, x: Array, t_x: Array, T: Array) -> Array:  # noqa: N803
    repeated = np.maximum(x, 1)
    odds = np.log(a) - np.log(b + repeated - 1) + (r + x) * (np.log(alpha + T) - np.log(alpha + t_x))
    return np.where(x > 0, special.expit(-odds), 1.0)


def _purchases_while_alive(a: float, b: float, r: float, z: Array, x: Array) -> Array:
    """(a + b + x − 1)/(a − 1) · [1 − (1 − z)^(a−1) · 2F1(a + b − 1 − r, a − 1; a + b + x − 1; z)]."""
    if abs(a - 1) < NEAR or np.any(np.abs(a + b + x - 1) < NEAR):
        sides = (_purchases_while_alive(a + side, b, r, z, x) for side in (-3 * NEAR, 3 * NEAR))
        return np.asarray(sum(sides) / 2)
    c = a + b + x - 1
    with np.errstate(over="ignore", invalid="ignore"):
        rest = np.asarray(np.exp((a - 1) * np.log1p(-z)) * special.hyp2f1(c - x - r, a - 1, c, z))
    beyond = ~np.isfinite(rest)
    if a > 1 and beyond.any():
        z, x = (np.broadcast_to(each, rest.shape)[beyond] for each in (z, x))
        rest = rest.copy()
        rest[beyond] = _mean_of_powers(a, b, r, z, x)
    return np.asarray(c / (a - 1) * (1 - rest))


def _mean_of_powers(a: float, b: float, r: float, z: Array, x: Array) -> Array:
    """(1 − z)^(a−1) · 2F1(a + b − 1 − r, a − 1; a + b + x − 1; z) where a is in the thousands and more.

    There the one factor is less and the other more than a double holds, and their product is neither: by Pfaff's
    transformation it is E[(1 + p·z/(1 − z))^−(r+x)] over p of Beta(a − 1, b + x), here taken over its quantiles.
    These are sought once for each number of purchases: they cost a hundred times the rest.
    """
    at, weight = np.polynomial.legendre.leggauss(100)
    counts, which = np.unique(x, return_inverse=True)
    quantiles = special.betaincinv(a - 1, b + counts[:, None], (at + 1) / 2)
    odds = z / (1 - z)
    found = np.empty_like(odds)
    for start in range(0, len(x), 10_000):
        here = slice(start, start + 10_000)
        powers = -(r + x[here])[:, None] * np.log1p(quantiles[which[here]] * odds[here, None])
        found[here] = np.exp(powers) @ (weight / 2)
    return found


class _Likelihood:
    """Eq. 6 in the four terms of note 004, with the gradient; gammas are taken once for each distinct x."""

    def __init__(self, rows: purchases.Purchases) -> None:
        self.rows = rows
        self.values, self.which = np.unique(rows.x, return_inverse=True)
        self.at = np.bincount(self.which, weights=rows.count)
        self.repeated = rows.x > 0

    def __call__(self, theta: Array) -> tuple[float, Array]:
        r, alpha, a, b = theta
        x, t_x, T, w = self.rows.x, self.rows.t_x, self.rows.T, self.rows.count  # noqa: N806
        v, at = self.values, self.at
        first = special.gammaln(r + v) - special.gammaln(r) + r * np.log(alpha)
        second = special.gammaln(a + b) + special.gammaln(b + v) - special.gammaln(b) - special.gammaln(a + b + v)
        till, last = np.log(alpha + T), np.log(alpha + t_x)
        repeats = np.maximum(x, 1)
        odds = np.where(self.repeated, np.log(a) - np.log(b + repeats - 1) + (r + x) * (till - last), -np.inf)
        value = at @ (first + second) + w @ (np.logaddexp(0, odds) - (r + x) * till)
        gone = w * special.expit(odds)  # the customers weighted by the probability of having left
        psi = special.digamma
        by_r = at @ (psi(r + v) - psi(r) + np.log(alpha)) - w @ till + gone @ (till - last)
        by_alpha = at.sum() * r / alpha - w @ ((r + x) / (alpha + T))
        by_alpha += gone @ ((r + x) * (1 / (alpha + T) - 1 / (alpha + t_x)))
        by_a = at @ (psi(a + b) - psi(a + b + v)) + gone.sum() / a
        by_b = at @ (psi(a + b) + psi(b + v) - psi(b) - psi(a + b + v)) - gone @ (1 / (b + repeats - 1))
        return float(value), np.array([by_r, by_alpha, by_a, by_b])
