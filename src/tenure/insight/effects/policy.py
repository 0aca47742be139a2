"""What a rule of whom to treat is worth: doubly robust, beside treating all, none or as many at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.insight.effects.average import cluster_numbers, inverse_propensity
from tenure.insight.inputs import TooLittleData, column, flags, same_length
from tenure.insight.intervals import LEVEL, Estimate, critical

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Arms:
    """Each customer's doubly robust outcome under either action: unbiased, whatever the models behind them.

    Γ₁ = μ₁(x) + T (Y − μ₁(x)) ÷ e and Γ₀ = μ₀(x) + (1 − T)(Y − μ₀(x)) ÷ (1 − e) (Robins, Rotnitzky and Zhao 1994;
    Dudík et al. 2014). Unbiased because e is known; the models only take out variance, and must not have seen the
    customer's outcome.
    """

    treated: Array
    control: Array

    @property
    def effects(self) -> Array:
        """Γ₁ − Γ₀, an unbiased score of each customer's own effect."""
        return self.treated - self.control


@dataclass(frozen=True)
class PolicyValue:
    """A rule's worth per customer of the population, net of the cost of those it treats, in units of the outcome.

    ``over_all``, ``over_none`` and ``over_random`` are paired differences: the same customers under two rules.
    """

    value: Estimate
    treated_share: float
    over_all: Estimate
    over_none: Estimate
    over_random: Estimate
    treat_all: Estimate
    treat_none: Estimate


def doubly_robust(
    outcome: Any,
    treated: Any,
    *,
    propensity: Any = None,
    expected_treated: Any = None,
    expected_control: Any = None,
) -> Arms:
    """Both arms' scores of customers whose outcome the models behind ``expected_…`` have not seen.

    Without models the arms' means stand in. ``propensity`` None takes the share treated.

    Raises:
        TooLittleData: fewer than 30 customers in an arm.
    """
    y, lot = column(outcome, "outcome"), flags(treated, "treated")
    same_length(outcome=y, treated=lot)
    if min(lot.sum(), (~lot).sum()) < 30:
        raise TooLittleData(
            f"{int(lot.sum()):,} treated and {int((~lot).sum()):,} controls",
            "The worth of a rule needs at least 30 customers in each arm, and rather thousands.",
        )
    weights = inverse_propensity(lot, propensity)
    if propensity is None:
        weights = np.where(lot, 1 / lot.mean(), 1 / (1 - lot.mean()))
    expected = []
    for arm, given in ((True, expected_treated), (False, expected_control)):
        mean = float(np.average(y[lot == arm], weights=weights[lot == arm]))
        expected.append(np.full(len(y), mean) if given is None else column(given, "expected outcome"))
    same_length(outcome=y, expected_treated=expected[0], expected_control=expected[1])
    return Arms(
        expected[0] + lot * weights * (y - expected[0]),
        expected[1] + ~lot * weights * (y - expected[1]),
    )


def policy_value(
    treat: Any, arms: Arms, *, cost: float = 0.0, cluster: Any = None, level: float = LEVEL, noise: float = 0.0
) -> PolicyValue:
    """The worth of treating exactly those whom ``treat`` (0/1, or a probability) names, each at ``cost``.

    ``cost`` is in units of the outcome; "at random" treats the same share of customers, drawn by lot. ``noise`` widens
    the three differences where the rule was cross-fitted on these customers (``ranking.cross_fitted_noise``).
    ``cluster`` names what was drawn by lot, if not the single customer.
    """
    rule = column(treat, "treat", minimum=0.0, maximum=1.0)
    same_length(treat=rule, arms=arms.treated)
    gain = arms.effects - cost
    share = float(rule.mean())
    unit = None if cluster is None else cluster_numbers(cluster, len(rule)).astype(np.int64)
    same_length(treat=rule, cluster=unit)
    return PolicyValue(
        value=_mean(arms.control + rule * gain, level, unit),
        treated_share=share,
        over_all=_mean((rule - 1) * gain, level, unit, 1 + noise),
        over_none=_mean(rule * gain, level, unit, 1 + noise),
        # (rule − share) also carries the chance in the share itself; centring the gain takes its first order out
        over_random=_mean((rule - share) * (gain - gain.mean()), level, unit, 1 + noise),
        treat_all=_mean(arms.control + gain, level, unit),
        treat_none=_mean(arms.control, level, unit),
    )


def compared(treat: Any, other: Any, arms: Arms, *, cost: float = 0.0, level: float = LEVEL) -> Estimate:
    """The paired difference in worth of two rules on the same customers."""
    one, two = column(treat, "treat", minimum=0, maximum=1), column(other, "other", minimum=0, maximum=1)
    same_length(treat=one, other=two, arms=arms.treated)
    return _mean((one - two) * (arms.effects - cost), level)


def _mean(values: Array, level: float, unit: NDArray[np.int64] | None = None, widened: float = 1.0) -> Estimate:
    n, mean = len(values), float(values.mean())
    apart = values - mean if unit is None else np.bincount(unit, values - mean)
    variance = float(apart @ apart) * len(apart) / (len(apart) - 1) / n**2
    half = critical(level) * float(np.sqrt(widened * variance))
    return Estimate(mean, mean - half, mean + half, n, level)
