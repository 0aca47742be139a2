"""What an action changed (S34): the difference between those who got it and a held-out group, with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import stats

from tenure.errors import InputError
from tenure.insight.effects.covariates import matrix
from tenure.insight.effects.means import Difference, difference, independent
from tenure.insight.effects.ratios import ratio
from tenure.insight.inputs import column, flags, plain, same_length
from tenure.insight.intervals import LEVEL, Estimate, unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray

Verdict = Literal["helped", "hurt", "no_difference_found", "too_little_data"]
Better = Literal["higher", "lower"]

#: Fewer customers (or clusters) than this in an arm say nothing.
LEAST_ARM = 10
#: A yes-or-no outcome needs as many expected cases, and as many expected non-cases, in each arm.
LEAST_CASES = 5
#: A propensity outside these makes single customers decide everything: the estimate is void.
PROPENSITY = 0.01
#: The power for which the minimum detectable effect is stated.
POWER = 0.8


@dataclass(frozen=True)
class Effect:
    """What the action changed.

    ``estimate`` is the average effect of *offering* the action (intention to treat), in units of the outcome, adjusted
    where covariates were given; ``unadjusted`` is the plain difference. ``verdict`` speaks of ``estimate``: "helped"
    and "hurt" mean that its interval leaves 0 out. ``minimum_detectable`` is the smallest true effect that this trial
    would have found with 80 % probability: "no_difference_found" rules out nothing smaller. ``complier`` is the
    effect on those whom the offer made take it up (CACE), and ``uptake`` how many it did, where ``received`` was given.
    ``variance_removed`` is the share of the variance that the covariates explained away. ``clusters`` is how many
    units were drawn by lot.
    """

    estimate: Estimate
    unadjusted: Estimate
    verdict: Verdict
    p_value: float | None
    standard_error: float | None
    degrees: float | None
    minimum_detectable: float | None
    treated_n: int
    control_n: int
    treated_mean: float | None
    control_mean: float | None
    clusters: int
    better: Better
    variance_removed: float | None = None
    complier: Estimate | None = None
    uptake: Estimate | None = None


def effect(
    outcome: Any,
    treated: Any,
    covariates: Any = None,
    *,
    level: float = LEVEL,
    better: Better = "higher",
    cluster: Any = None,
    propensity: Any = None,
    received: Any = None,
) -> Effect:
    """The effect of an action on an outcome, from a trial in which chance decided who got it.

    Without covariates: difference of means, Welch. With covariates (what was known *before*: a balance, the same figure
    of the months before): Lin 2013, of which CUPED (Deng et al. 2013) is the case of one covariate and no interaction.
    Both are robust to unequal spread (HC2; CR2 with clusters).

    Args:
        outcome: number or 0/1, shape ``(n,)``.
        treated: 0/1, shape ``(n,)``: who was *drawn* for the action, whoever got it in the end.
        covariates: table or matrix of n rows; categories and missing values are allowed.
        better: whether more of the outcome is good ("higher") or bad ("lower": leaving, complaints).
        cluster: what was drawn by lot (household, manager, branch), shape ``(n,)``, if not the single customer.
        propensity: chance of being drawn, shape ``(n,)``, if it was not the same for all.
        received: 0/1, who really got it: adds ``complier`` and ``uptake``.

    Raises:
        InputError: columns of different length, something else than numbers, or a propensity outside 0.01 … 0.99.
    """
    y, lot = column(outcome, "outcome"), flags(treated, "treated")
    x = np.empty((len(y), 0)) if covariates is None else matrix(covariates)
    weights = inverse_propensity(lot, propensity)
    unit = cluster_numbers(cluster, len(y))
    took = None if received is None else flags(received, "received").astype(np.float64)
    same_length(outcome=y, treated=lot, covariates=list(x), propensity=weights, cluster=unit, received=took)
    if better not in ("higher", "lower"):
        raise InputError(f"better is {better!r}; 'higher' or 'lower' was expected")
    if not 0 < level < 1:
        raise InputError(f"level is {level:g}; a share between 0 and 1 was expected, such as 0.95")
    if not _enough(y, lot, unit):
        return _nothing(y, lot, unit, level, better)
    plain_difference = difference(y, lot, np.empty((len(y), 0)), weights, unit)
    x = x[:, independent(x, lot)]
    if x.shape[1] > min(lot.sum(), (~lot).sum()) // 3:
        raise InputError(
            f"{x.shape[1]} covariates for {min(lot.sum(), (~lot).sum())} customers in the smaller arm",
            "Pass fewer columns: at most one for every three customers.",
        )
    found = difference(y, lot, x, weights, unit) if x.shape[1] else plain_difference
    if found.standard_error == 0:
        return _nothing(y, lot, unit, level, better)
    reach = float(stats.t.ppf((1 + level) / 2, found.degrees))
    estimate = _estimate(found, level, len(y))
    complier, uptake = (
        (None, None) if took is None else _complier(found, difference(took, lot, x, weights, unit), level, len(y))
    )
    return Effect(
        estimate=estimate,
        unadjusted=_estimate(plain_difference, level, len(y)),
        verdict=verdict_of(estimate, better),
        p_value=float(2 * stats.t.sf(abs(found.value) / found.standard_error, found.degrees)),
        standard_error=found.standard_error,
        degrees=found.degrees,
        minimum_detectable=(reach + float(stats.t.ppf(POWER, found.degrees))) * found.standard_error,
        treated_n=int(lot.sum()),
        control_n=int((~lot).sum()),
        treated_mean=found.treated_mean,
        control_mean=found.control_mean,
        clusters=int(unit.max()) + 1,
        better=better,
        variance_removed=1 - (found.standard_error / plain_difference.standard_error) ** 2 if x.shape[1] else None,
        complier=complier,
        uptake=uptake,
    )


def verdict_of(estimate: Estimate, better: Better) -> Verdict:
    """The interval in a word."""
    if estimate.value is None:
        return "too_little_data"
    if not estimate.excludes(0.0):
        return "no_difference_found"
    return "helped" if (estimate.value > 0) == (better == "higher") else "hurt"


def inverse_propensity(treated: NDArray[np.bool_], propensity: Any) -> NDArray[np.float64]:
    """1 ÷ the chance of the arm each customer is in; 1 for all where everyone had the same chance.

    Raises:
        InputError: a chance outside 0.01 … 0.99 (pitfall 10: nothing can be said of those who never could, or always
            had to).
    """
    if propensity is None:
        return np.ones(len(treated))
    chance = column(propensity, "propensity", minimum=PROPENSITY, maximum=1 - PROPENSITY)
    same_length(treated=treated, propensity=chance)
    return 1 / np.where(treated, chance, 1 - chance)


def cluster_numbers(cluster: Any, n: int) -> NDArray[np.float64]:
    """Each customer's cluster as a number 0 … g − 1; everybody a cluster of one where None is given."""
    if cluster is None:
        return np.arange(n, dtype=np.float64)
    names = plain(cluster, "cluster")
    if any(name is None or name != name for name in names):
        raise InputError("cluster has missing values", "Give each customer without a household one of its own.")
    numbers: dict[Any, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.float64)


def _enough(y: NDArray[np.float64], treated: NDArray[np.bool_], unit: NDArray[np.float64]) -> bool:
    arms = [treated, ~treated]
    if any(len(np.unique(unit[arm])) < LEAST_ARM for arm in arms) or (y == y[0]).all():
        return False
    if np.isin(y, (0.0, 1.0)).all():
        # the normal approximation fails below some five expected cases, and intervals become too short
        share = y.mean()
        return bool(min(arm.sum() * least for arm in arms for least in (share, 1 - share)) >= LEAST_CASES)
    return True


def _nothing(
    y: NDArray[np.float64], treated: NDArray[np.bool_], unit: NDArray[np.float64], level: float, better: Better
) -> Effect:
    none = unknown(len(y), level)
    return Effect(
        estimate=none,
        unadjusted=none,
        verdict="too_little_data",
        p_value=None,
        standard_error=None,
        degrees=None,
        minimum_detectable=None,
        treated_n=int(treated.sum()),
        control_n=int((~treated).sum()),
        treated_mean=float(y[treated].mean()) if treated.any() else None,
        control_mean=float(y[~treated].mean()) if (~treated).any() else None,
        clusters=len(np.unique(unit)),
        better=better,
    )


def _estimate(found: Difference, level: float, n: int) -> Estimate:
    half = float(stats.t.ppf((1 + level) / 2, found.degrees)) * found.standard_error
    return Estimate(found.value, found.value - half, found.value + half, n, level)


def _complier(offered: Difference, taken: Difference, level: float, n: int) -> tuple[Estimate, Estimate]:
    """Effect on those who took it up because of the offer (Imbens and Angrist 1994), interval by Fieller 1954.

    The interval holds every effect τ for which (outcome − τ · received) does not differ between the arms (Anderson and
    Rubin 1949), so it is right with weak uptake too; where it has no end, nothing can be told.
    """
    uptake = _estimate(taken, level, n)
    if taken.standard_error == 0 and taken.value == 0:
        return unknown(n, level), uptake
    degrees = min(offered.degrees, taken.degrees) if taken.standard_error else offered.degrees
    reach = float(stats.t.ppf((1 + level) / 2, degrees))
    return (
        ratio(
            offered.value,
            taken.value,
            offered.standard_error**2,
            taken.standard_error**2,
            float(offered.influence @ taken.influence),
            reach,
            n,
            level,
        ),
        uptake,
    )
