"""A customer's lifetime value without a contract: purchases to come × spend a purchase × margin, discounted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure.errors import InputError
from tenure.insight.inputs import column, same_length
from tenure.insight.intervals import LEVEL
from tenure.insight.lifetime import purchases
from tenure.insight.lifetime.bgnbd import BGNBD
from tenure.insight.lifetime.delta_method import around
from tenure.insight.lifetime.gamma_gamma import GammaGamma
from tenure.insight.lifetime.likelihood import Array, Caution
from tenure.insight.lifetime.pareto_nbd import ParetoNBD
from tenure.insight.lifetime.timing import Within, discounts


@dataclass(frozen=True)
class LifetimeValue:
    """The value of each customer, shape ``(n,)``, in the unit of money of the spend; and what it depends on.

    ``low`` and ``high`` hold the *expected* value at ``level`` given the uncertain parameters (delta method over
    logarithms); what a single customer will bring varies far more. ``periods``, ``discount_rate`` (a period),
    ``margin`` and ``within`` are the conventions: two values under different ones cannot be compared.
    ``cautions`` are those of both models.
    """

    value: Array
    low: Array
    high: Array
    probability_alive: Array
    expected_purchases: Array
    expected_spend: Array
    periods: int
    discount_rate: float
    margin: float
    within: Within
    level: float
    cautions: tuple[Caution, ...]


def lifetime_value(
    purchasing: BGNBD | ParetoNBD,
    spending: GammaGamma,
    frequency: Any,
    recency: Any,
    T: Any,  # noqa: N803 the paper's letter
    mean_spend: Any,
    *,
    periods: int,
    discount_rate: float,
    margin: float = 1.0,
    within: Within = Within.END,
    level: float = LEVEL,
) -> LifetimeValue:
    """Σ over k = 1 … ``periods`` of (E[Y(k)] − E[Y(k−1)])·v^when · E(M)·``margin`` (Fader, Hardie, Lee 2005, eq. 1).

    ``periods`` and ``discount_rate`` are in the time unit of T (a yearly rate i is (1 + i)^(1/52) − 1 a week);
    ``margin`` is the share of spend that is earned. The two models' parameters are taken as independent, as the
    model takes spend and frequency.

    Raises:
        InputError: see the models; or no whole number of periods, or a rate or margin below 0.
    """
    x, t_x, till = purchases.read(frequency, recency, T)
    z = column([mean_spend] if np.isscalar(mean_spend) else mean_spend, "mean_spend", minimum=0)
    same_length(frequency=x, mean_spend=z)
    column([discount_rate], "discount_rate", minimum=0)
    column([margin], "margin", minimum=0)
    if periods != int(periods) or periods < 1:
        raise InputError(f"periods is {periods}; a whole number of at least 1 was expected")
    falling = discounts(int(periods), discount_rate, Within(within))

    own_x, own_t_x, own_T, which = purchases.distinct(x, t_x, till)  # noqa: N806

    # what one still there will buy depends on x and T alone: far fewer rows, and one sum for all of the same
    key_x, _, key_T, same = purchases.distinct(own_x, np.zeros_like(own_x), own_T)  # noqa: N806

    def bought(theta: Array) -> Array:
        model = type(purchasing).with_params(**dict(zip(purchasing.letters, theta, strict=True)))
        before, total = np.zeros(len(key_x)), np.zeros(len(key_x))
        for k, factor in enumerate(falling, start=1):
            by_now = model._expected_if_alive(float(k), key_x, key_T)
            total += (by_now - before) * factor
            before = by_now
        return model.probability_alive(own_x, own_t_x, own_T) * total[same]

    def spent(theta: Array) -> Array:
        return GammaGamma.with_params(**dict(zip(spending.letters, theta, strict=True))).expected_spend(x, z)

    count, count_low, count_high = around(bought, purchasing._theta(), purchasing.log_covariance_, level)
    spend, spend_low, spend_high = around(spent, spending._theta(), spending.log_covariance_, level)
    count, count_low, count_high = (each[which] for each in (count, count_low, count_high))
    # half-widths over logarithms are multiples of standard errors; independent, they add in squares
    wide = np.exp(np.hypot(np.log(count_high / count_low) / 2, np.log(spend_high / spend_low) / 2))
    value = count * spend * margin
    ahead = purchasing.conditional_expected_purchases(float(periods), own_x, own_t_x, own_T)[which]
    alive = purchasing.probability_alive(own_x, own_t_x, own_T)[which]
    return LifetimeValue(
        value,
        value / wide,
        value * wide,
        alive,
        ahead,
        spend,
        int(periods),
        float(discount_rate),
        float(margin),
        Within(within),
        level,
        purchasing.cautions_ + spending.cautions_,
    )
