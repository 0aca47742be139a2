"""BG/BB: in each period a customer buys or does not; before each period he may leave.

Fader, Hardie, Shang (2010), Customer-Base Analysis in a Discrete-Time Noncontractual Setting, Marketing Science 29(6),
1086–1108; equation numbers are theirs. For a bank: months with or without a payment of one's own, a card used or not.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from scipy import special

from tenure.errors import InputError
from tenure.insight.inputs import column
from tenure.insight.lifetime import purchases
from tenure.insight.lifetime.likelihood import Array, Model, central, maximise


class BGBB(Model):
    """A customer who is alive buys in a period with probability p ~ Beta(α, β), and dies before a period with
    probability θ ~ Beta(γ, δ). No parameter has a unit; a period is one transaction opportunity.

    x: periods with a purchase; t_x: the last of them; T, the paper's n: periods watched (whole numbers, x ≤ t_x ≤ T).
    """

    letters: ClassVar = ("alpha", "beta", "gamma", "delta")

    def fit(self, frequency: Any, recency: Any, T: Any = None, weights: Any = None, *, n: Any = None) -> Self:  # noqa: N803
        """Maximum likelihood (eq. 5). ``T``, or ``n`` as the paper has it, is the periods watched; ``weights`` counts
        equal customers.

        Raises:
            InputError: fractions, x > t_x, t_x > T, x = 0 with t_x > 0, T = 0; neither or both of ``T`` and ``n``.
            TooLittleData: fewer than 30 customers or 10 with a repeat purchase.
            DidNotConverge: the data do not determine the parameters.
        """
        if (T is None) == (n is None):
            raise InputError("the periods watched are wanted once", "Give them as T, or as n, the paper's letter.")
        rows = purchases.collect(frequency, recency, n if T is None else T, weights, periods=True)

        def value(theta: Array) -> float:
            return float(rows.count @ _log_likelihood(theta, rows.x, rows.t_x, rows.T))

        starts = [(1.0, 1.0, 1.0, 3.0), (0.5, 0.5, 0.5, 0.5), (2.0, 4.0, 1.0, 10.0)]
        found = [each for each in purchases.cautions(rows) if each.code != "times_on_a_grid"]
        return self._keep(maximise(central(value), starts, self.letters, all_starts=True), rows.customers, found)

    def expected_purchases(self, n: Any) -> Array:
        """E[X(n)] of a new customer in n periods (eq. 7)."""
        alpha, beta, gamma, delta = self._theta()
        periods = column(np.atleast_1d(n), "n", minimum=0, whole=True)
        return np.asarray(alpha / (alpha + beta) * _periods_alive(gamma, delta, np.zeros_like(periods), periods))

    def conditional_expected_purchases(self, t: Any, x: Any, t_x: Any, n: Any) -> Array:
        """E[Y(n, n + t) | x, t_x, n], purchases in the next t periods (eq. 13)."""
        alpha, beta, gamma, delta = theta = self._theta()
        x, t_x, n = purchases.read(x, t_x, n, periods=True)
        ahead = np.broadcast_to(column(np.atleast_1d(t), "t", minimum=0, whole=True), x.shape)
        bought = special.betaln(alpha + x + 1, beta + n - x) - special.betaln(alpha, beta)
        return np.asarray(np.exp(bought - _log_likelihood(theta, x, t_x, n)) * _periods_alive(gamma, delta, n, ahead))

    def probability_alive(self, x: Any, t_x: Any, n: Any, ahead: int = 1) -> Array:
        """P(alive in period n + ahead | x, t_x, n) (eq. 11). As in the paper, the next period is asked for:
        who has bought in period n may still die before n + 1. ``ahead=0`` is the state in period n itself."""
        alpha, beta, gamma, delta = theta = self._theta()
        x, t_x, n = purchases.read(x, t_x, n, periods=True)
        stays = special.betaln(alpha + x, beta + n - x) - special.betaln(alpha, beta)
        stays = stays + special.betaln(gamma, delta + n + ahead) - special.betaln(gamma, delta)
        return np.asarray(np.exp(stays - _log_likelihood(theta, x, t_x, n)))

    def probability_of_n_purchases(self, x: Any, n: int) -> Array:
        """P[X(n) = x] of a new customer in n periods (eq. 8)."""
        alpha, beta, gamma, delta = self._theta()
        x = column(np.atleast_1d(x), "x", minimum=0, whole=True)[:, None]
        till = np.arange(0, n + 1, dtype=float)[None, :]  # the last period alive
        lost = special.betaln(gamma + 1, delta + till)
        lost[:, -1] = special.betaln(gamma, delta + n)
        feasible = till >= x
        till = np.maximum(till, x)
        chosen = special.gammaln(till + 1) - special.gammaln(x + 1) - special.gammaln(till - x + 1)
        bought = special.betaln(alpha + x, beta + till - x) - special.betaln(alpha, beta)
        each = np.exp(chosen + bought + lost - special.betaln(gamma, delta))
        return np.asarray(np.where(feasible, each, 0.0).sum(1))

    def discounted_expected_residual_transactions(self, d: float, x: Any, t_x: Any, n: Any) -> Array:
        """DERT: all future purchases, those of the next period discounted once, at the rate ``d`` a period (eq. 14)."""
        column([d], "d", minimum=1e-9)
        alpha, beta, gamma, delta = theta = self._theta()
        x, t_x, n = purchases.read(x, t_x, n, periods=True)
        bought = special.betaln(alpha + x + 1, beta + n - x) - special.betaln(alpha, beta)
        alive = special.betaln(gamma, delta + n + 1) - special.betaln(gamma, delta) - np.log1p(d)
        later = special.hyp2f1(1, delta + n + 1, gamma + delta + n + 1, 1 / (1 + d))
        return np.asarray(np.exp(bought + alive - _log_likelihood(theta, x, t_x, n)) * later)


def _periods_alive(gamma: float, delta: float, n: Array, t: Array) -> Array:
    """Σ over k = 1 … t of B(γ, δ+n+k)/B(γ, δ): summed, since the closed form breaks down at γ = 1."""
    last = int((n + t).max(initial=0))
    alive = np.exp(special.betaln(gamma, delta + np.arange(last + 1.0)) - special.betaln(gamma, delta))
    alive[0] = 0.0
    summed = np.cumsum(alive)
    return np.asarray(summed[(n + t).astype(int)] - summed[n.astype(int)])


def _log_likelihood(theta: Array, x: Array, t_x: Array, n: Array) -> Array:
    """ln L(α, β, γ, δ | x, t_x, n), eq. 5: alive to the end, or dead after t_x + i periods, i = 0 … n − t_x − 1."""
    alpha, beta, gamma, delta = theta
    # betas depend on x and the period alone: a few hundred values, however many the rows
    values, which = np.unique(x, return_inverse=True)
    period = np.arange(int(n.max(initial=0)) + 1, dtype=float)
    bought = special.betaln(alpha + values[:, None], beta + np.maximum(period - values[:, None], 0))
    left = special.betaln(gamma + 1, delta + period)
    row, t_x, n = which[:, None], t_x.astype(int)[:, None], n.astype(int)[:, None]
    stays = bought[row, n] + special.betaln(gamma, delta + n)
    last = t_x + np.arange(int((n - t_x).max(initial=0)))  # the last period alive
    within = np.minimum(last, len(period) - 1)
    died = np.where(last < n, bought[row, within] + left[within], -np.inf)
    both = special.logsumexp(np.concatenate([stays, died], axis=1), axis=1)
    return np.asarray(both - special.betaln(alpha, beta) - special.betaln(gamma, delta))
