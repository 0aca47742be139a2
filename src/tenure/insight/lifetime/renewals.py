"""What sBG and BdW share: a cohort counted at each renewal, its survival, and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column
from tenure.insight.intervals import LEVEL, Estimate
from tenure.insight.lifetime.delta_method import around
from tenure.insight.lifetime.likelihood import Array, Model, central, maximise
from tenure.insight.lifetime.purchases import LEAST_CUSTOMERS
from tenure.insight.lifetime.timing import Timing, count

#: A sum over renewals ends where what is left of it is below this.
TAIL = 1e-10
LONGEST = 1_000_000
BLOCK = 4096


@dataclass(frozen=True)
class DiscountedLifetime(Estimate):
    """A discounted number of payments, with the conventions it depends on.

    ``discount_rate`` is per period; ``renewals`` is how many the customer has behind him.
    """

    discount_rate: float = 0.0
    timing: Timing = Timing.RENEWAL_NOW
    renewals: int = 0


class RenewalModel(Model):
    """A cohort that may leave at each renewal and is seen to leave."""

    def fit(self, active: Any, weights: Any = None, first: int = 0) -> Self:
        """Maximum likelihood from the counts still active at time 0, 1, 2 … (never rising).

        ``weights`` multiplies the counts (for shares, the size of the cohort). ``first`` is the number of renewals
        that all had behind them when counting began: **customers known only because they are here today must not be
        taken for a new cohort**, they would look far too loyal; their likelihood is conditional on S(first).

        Raises:
            InputError: the counts rise, are negative, or not numbers.
            TooLittleData: fewer than 30 customers, fewer counts than parameters + 1, or nobody has left.
            DidNotConverge: the data do not determine the parameters.
        """
        held = column(active, "active", minimum=0)
        if weights is not None:
            held = held * float(column(np.atleast_1d(weights), "weights", minimum=0)[0])
        rises = np.flatnonzero(np.diff(held) > 0)
        if len(rises):
            raise InputError(
                f"active, row {int(rises[0]) + 2}: more customers than before", "A cohort only loses customers."
            )
        if len(held) < len(self.letters) + 1:
            raise TooLittleData(f"{len(held)} counts; it takes {len(self.letters) + 1}")
        if held[0] < LEAST_CUSTOMERS:
            raise TooLittleData(f"{held[0]:,.0f} customers; this model takes at least {LEAST_CUSTOMERS}")
        lost, times = -np.diff(held), np.arange(first, first + len(held), dtype=float)
        if held[-1] == held[0]:
            raise TooLittleData(f"none of {held[0]:,.0f} customers has left: how they leave is not known")

        def value(theta: Array) -> float:
            log_survival = self._log_survival(theta, times)
            with np.errstate(divide="ignore"):
                leaving = log_survival[:-1] + np.log(-np.expm1(np.diff(log_survival)))
            some = lost > 0
            ends = held[-1] * log_survival[-1] if held[-1] else 0.0
            return float(lost[some] @ leaving[some] + ends - held[0] * log_survival[0])

        return self._keep(maximise(central(value), self._starts(), self.letters, all_starts=True), float(held[0]))

    def survival(self, t: Any) -> Array:
        """S(t): the share of a new cohort still there after t renewals."""
        times = column(np.atleast_1d(t), "t", minimum=0)
        return np.exp(self._log_survival(self._theta(), times))

    def retention_rate(self, t: Any) -> Array:
        """r(t) = S(t)/S(t − 1), the share of those there after t − 1 renewals who renew once more; t ≥ 1. It rises
        with t where customers differ, though nobody becomes more loyal."""
        times = column(np.atleast_1d(t), "t", minimum=1)
        theta = self._theta()
        return np.exp(self._log_survival(theta, times) - self._log_survival(theta, times - 1))

    def discounted_expected_lifetime(
        self, d: float, timing: Timing = Timing.PERIOD_START, level: float = LEVEL
    ) -> DiscountedLifetime:
        """DEL: the discounted number of payments of a customer who joins now; ``d`` is the rate a period."""
        return self._discounted(0, d, timing, level)

    def discounted_expected_residual_lifetime(
        self, n: int, d: float, timing: Timing = Timing.RENEWAL_NOW, level: float = LEVEL
    ) -> DiscountedLifetime:
        """DERL: the discounted number of payments still to come from a customer of n − 1 renewals.

        With ``RENEWAL_NOW``, as in Fader, Hardie (2010), Customer-Base Valuation in a Contractual Setting, Marketing
        Science 29(1), eq. 8: the n-th renewal is due and undecided. The interval covers the parameters' uncertainty.

        Raises:
            InputError: n < 1, or d not above 0 (the sum need not exist).
        """
        if n < 1 or n != int(n):
            raise InputError(f"n is {n}; the first renewal is n = 1")
        return self._discounted(int(n) - 1, d, timing, level)

    def _discounted(self, renewals: int, d: float, timing: Timing, level: float) -> DiscountedLifetime:
        column([d], "d", minimum=1e-6)
        timing = Timing(timing)

        def value(theta: Array) -> Array:
            first, rest = self._rest(theta, renewals, d)
            return np.array([count(first, rest, d, timing)])

        theta = self._theta()
        centre, low, high = around(value, theta, self.log_covariance_, level)
        known = bool(np.isfinite(low[0]))
        return DiscountedLifetime(
            float(centre[0]),
            float(low[0]) if known else None,
            float(high[0]) if known else None,
            int(self.customers_),
            level,
            float(d),
            timing,
            renewals,
        )

    def _rest(self, theta: Array, renewals: int, d: float) -> tuple[float, float]:
        """S(1) and Σ S(k)·v^k over k ≥ 1, of one with so many renewals behind him."""
        begun = self._log_survival(theta, np.array([float(renewals)]))[0]
        first, total = 0.0, 0.0
        for begin in range(1, LONGEST, BLOCK):
            k = np.arange(begin, begin + BLOCK, dtype=float)
            terms = np.exp(self._log_survival(theta, renewals + k) - begun - k * np.log1p(d))
            first = first or float(terms[0] * (1 + d))
            total += float(terms.sum())
            if terms[-1] / d < TAIL * total:  # what is left is less than a geometric series
                return first, total
        raise InputError(f"a discount rate of {d:g} a period leaves the sum without end", "Take a larger rate.")

    def _log_survival(self, theta: Array, t: Array) -> Array:
        raise NotImplementedError

    def _starts(self) -> list[tuple[float, ...]]:
        raise NotImplementedError
