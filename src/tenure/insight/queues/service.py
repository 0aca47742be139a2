"""How long a service takes: lognormal as a rule (Brown et al. 2005), exponential as Erlang's formulas assume."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import expon, lognorm, t

from tenure.insight.inputs import TooLittleData, column
from tenure.insight.intervals import LEVEL, Estimate, critical

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_SERVICES = 30


@dataclass(frozen=True)
class ServiceFit:
    """Times in the unit they came in.

    ``mean`` of the sample with its interval; ``rate`` = 1 ÷ mean, what Erlang's formulas take. ``mu``, ``sigma``:
    mean and deviation of the logarithm, with standard errors. ``better``: the law of the higher likelihood by Akaike's
    criterion; ``distance_lognormal``, ``distance_exponential``: the widest gap between that law's distribution and the
    sample's (Kolmogorov), 0…1, to say *how* well the better one fits. ``scv``: variance ÷ mean², 1 for exponential.
    """

    n: int
    left_out: int
    mean: Estimate
    rate: float
    mu: float
    sigma: float
    mu_error: float
    sigma_error: float
    log_likelihood_lognormal: float
    log_likelihood_exponential: float
    distance_lognormal: float
    distance_exponential: float
    scv: float
    better: str


def fit_service(durations: Any, *, more_than: float = 0.0, level: float = LEVEL) -> ServiceFit:
    """Both laws by maximum likelihood.

    ``durations`` (n,) ≥ 0; those not above ``more_than`` are left out and counted (a service of a few seconds is a
    mistaken call or somebody who has gone); missing ones as well.

    Raises:
        InputError: a negative duration.
        TooLittleData: fewer than 30 above ``more_than``, or all equal.
    """
    critical(level)
    given = column(durations, "durations", minimum=0, missing=True)
    x = given[given > max(more_than, 0.0)]
    n = len(x)
    if n < FEWEST_SERVICES:
        raise TooLittleData(f"{n} services longer than {more_than:g}; it takes {FEWEST_SERVICES}")
    if np.ptp(x) == 0:
        raise TooLittleData("every service took the same time; no law can be fitted")
    logs = np.log(x)
    mu, sigma, mean = float(logs.mean()), float(logs.std()), float(x.mean())
    likelihoods = (
        -float(logs.sum()) - n * (math.log(sigma) + 0.5 * math.log(2 * math.pi) + 0.5),
        -n * (math.log(mean) + 1),
    )
    half = float(t.ppf((1 + level) / 2, n - 1)) * float(x.std(ddof=1)) / math.sqrt(n)
    return ServiceFit(
        n,
        len(given) - n,
        Estimate(mean, mean - half, mean + half, n, level),
        1 / mean,
        mu,
        sigma,
        sigma / math.sqrt(n),
        sigma / math.sqrt(2 * n),
        *likelihoods,
        _distance(x, lognorm(sigma, scale=math.exp(mu)).cdf),
        _distance(x, expon(scale=mean).cdf),
        float(x.var(ddof=1)) / mean**2,
        "lognormal" if likelihoods[0] - 2 > likelihoods[1] - 1 else "exponential",
    )


def _distance(x: NDArray[np.float64], law: Any) -> float:
    fitted = law(np.sort(x))
    steps = np.arange(len(x) + 1) / len(x)
    return float(max(np.abs(fitted - steps[1:]).max(), np.abs(fitted - steps[:-1]).max()))
