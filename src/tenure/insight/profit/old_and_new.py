"""What winning a customer costs and what keeping one costs (S15), from the bank's own data.

The source says five times or more; this says what it is here, with an interval, or that it cannot be told. Both
prices are of what the money *changed*: a customer who would have come or stayed anyway was not won or kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from tenure.errors import InputError
from tenure.insight.effects.means import difference
from tenure.insight.effects.ratios import ratio
from tenure.insight.inputs import TooLittleData, column, flags, plain, same_length
from tenure.insight.intervals import LEVEL, Estimate, critical

Verdict = Literal["keeping_is_cheaper", "winning_is_cheaper", "cannot_tell"]

#: Campaigns (or customers an arm) below which there is no spread to speak of.
LEAST_CAMPAIGNS = 5
LEAST_ARM = 30


@dataclass(frozen=True)
class Price:
    """Cost ÷ customers, with both parts' variance for comparing prices.

    ``estimate`` is unknown where the action cannot be shown to have won or kept anybody: then there is no price.
    """

    estimate: Estimate
    cost: float
    customers: float
    cost_variance: float
    customers_variance: float
    covariance: float

    @property
    def spent(self) -> Estimate:
        """The cost alone, with its interval: on average a campaign, or a customer treated."""
        return self._alone(self.cost, self.cost_variance)

    @property
    def changed(self) -> Estimate:
        """The customers alone: won by a campaign on average, or kept of each customer treated."""
        return self._alone(self.customers, self.customers_variance)

    def _alone(self, value: float, variance: float) -> Estimate:
        half = critical(self.estimate.level) * float(np.sqrt(variance))
        return Estimate(value, value - half, value + half, self.estimate.n, self.estimate.level)


@dataclass(frozen=True)
class OldAndNew:
    """``times`` = the price of winning ÷ the price of keeping; "keeping_is_cheaper" if its interval lies above 1."""

    winning: Estimate
    keeping: Estimate
    times: Estimate
    verdict: Verdict


def price_of_winning(cost: Any, won: Any, *, level: float = LEVEL) -> Price:
    """Σ cost ÷ Σ customers won, over campaigns (or branch-months).

    Args:
        cost: of each campaign, in money, shape ``(n,)``. ``won``: the customers it brought that would not have come
            anyway.

    The interval is Fieller's for a ratio of means over campaigns: it says what the next campaigns *like these* would
    show.

    Raises:
        TooLittleData: fewer than 5 campaigns, or nobody won.
    """
    c, w = column(cost, "cost", minimum=0), column(won, "won")
    n = same_length(cost=c, won=w)
    if n < LEAST_CAMPAIGNS or w.sum() <= 0:
        raise TooLittleData(
            f"{n} campaigns that won {w.sum():,.0f} customers" if n else "no campaigns",
            f"A price needs at least {LEAST_CAMPAIGNS} campaigns, and somebody won.",
        )
    covariance = np.cov(c, w) / n
    return _price(c.mean(), w.mean(), covariance, float(stats.t.ppf((1 + level) / 2, n - 1)), n, level)


def price_of_keeping(
    cost: Any,
    retained: Any,
    treated: Any,
    *,
    propensity: Any = None,
    cluster: Any = None,
    level: float = LEVEL,
) -> Price:
    """Mean cost of a treated customer ÷ how many more of them stayed than of the held-out group.

    Args:
        cost: spent on each customer, in money, shape ``(n,)``; that of the held-out group is subtracted.
        retained, treated: 0/1, from trials in which chance decided who was treated.
        propensity: each row's chance of having been treated, where several trials of different chances are given
            together; the rows are weighted by the inverse of the chance of the arm they are in.
        cluster: whose row it is, where a customer is in several trials; they count once for the spread.

    Raises:
        InputError: a propensity of 0 or 1.
        TooLittleData: fewer than 30 customers in an arm.
    """
    c, stayed, lot = column(cost, "cost", minimum=0), flags(retained, "retained"), flags(treated, "treated")
    n = same_length(cost=c, retained=stayed, treated=lot)
    if min(lot.sum(), (~lot).sum()) < LEAST_ARM:
        raise TooLittleData(
            f"{int(lot.sum()):,} treated and {int((~lot).sum()):,} held out",
            f"A price of keeping needs a held-out group: {LEAST_ARM} customers in each at least.",
        )
    weights = np.ones(n)
    if propensity is not None:
        chance = column(propensity, "propensity", minimum=0, maximum=1)
        same_length(treated=lot, propensity=chance)
        if ((chance <= 0) | (chance >= 1)).any():
            raise InputError("a propensity of 0 or 1", "Leave out trials that had one arm only.")
        weights = 1 / np.where(lot, chance, 1 - chance)
    unit = np.arange(n, dtype=np.float64)
    if cluster is not None:
        same_length(treated=lot, cluster=plain(cluster, "cluster"))
        unit = np.unique(np.asarray(plain(cluster, "cluster")), return_inverse=True)[1].astype(np.float64)
    none = np.empty((n, 0))
    spent = difference(c, lot, none, weights, unit)
    kept = difference(stayed.astype(np.float64), lot, none, weights, unit)
    both = np.stack([spent.influence, kept.influence])
    return _price(spent.value, kept.value, both @ both.T, critical(level), n, level)


def old_and_new(winning: Price, keeping: Price) -> OldAndNew:
    """How many times dearer winning is than keeping.

    times = (C_w ÷ N_w) ÷ (C_k ÷ N_k); the interval holds every r for which C_w N_k − r C_k N_w cannot be told from 0
    (Fieller's argument on the products, their variances to first order), and is unknown where it has no end.
    """
    level = winning.estimate.level
    if keeping.estimate.level != level:
        raise InputError("the two prices have intervals of different levels")
    above, below = winning.cost * keeping.customers, keeping.cost * winning.customers
    above_variance = (
        keeping.customers**2 * winning.cost_variance
        + winning.cost**2 * keeping.customers_variance
        + winning.cost_variance * keeping.customers_variance
    )
    below_variance = (
        winning.customers**2 * keeping.cost_variance
        + keeping.cost**2 * winning.customers_variance
        + keeping.cost_variance * winning.customers_variance
    )
    covariance = (
        keeping.customers * keeping.cost * winning.covariance + winning.cost * winning.customers * keeping.covariance
    )
    n = winning.estimate.n + keeping.estimate.n
    times = ratio(above, below, above_variance, below_variance, covariance, critical(level), n, level)
    verdict: Verdict = "cannot_tell"
    if times.low is not None and times.high is not None:
        if times.low > 1:
            verdict = "keeping_is_cheaper"
        elif times.high < 1 and times.low > 0:
            verdict = "winning_is_cheaper"
    return OldAndNew(winning.estimate, keeping.estimate, times, verdict)


def _price(cost: float, customers: float, covariance: Any, reach: float, n: int, level: float) -> Price:
    parts = float(covariance[0, 0]), float(covariance[1, 1]), float(covariance[0, 1])
    estimate = ratio(float(cost), float(customers), *parts, reach, n, level)
    if customers <= 0:
        # money that drove customers away has no price a customer kept
        estimate = Estimate(None, None, None, n, level)
    return Price(estimate, float(cost), float(customers), *parts)
