"""How long people are ready to wait, learnt though most are served first.

Who is served after four minutes had a patience of *more* than four: a censored observation. The mean wait of those who
left is therefore not the patience — it is many times too short where few leave.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from scipy.optimize import brentq
from scipy.stats import chi2

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, flags, same_length
from tenure.insight.intervals import LEVEL, Estimate, critical

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_LEAVERS = 10


@dataclass(frozen=True)
class PatienceFit:
    """Times in the unit of the waits.

    ``rate``: exponential rate of leaving, what ``erlang_a`` takes; ``mean`` = 1 ÷ rate. ``survival``: Kaplan–Meier
    with columns ``wait``, ``at_risk``, ``left``, ``still_waiting``, ``low``, ``high`` (None when the moments of
    leaving are unknown). ``shape``: Weibull shape with interval (below 1: people leave soon or not at all);
    ``exponential_holds``: True, False, or None when it can't be told.
    """

    rate: Estimate
    mean: Estimate
    leavers: int
    censored: int
    survival: pa.Table | None
    shape: Estimate | None
    exponential_holds: bool | None


def fit_patience(waits: Any, abandoned: Any, *, left_unseen: Any = None, level: float = LEVEL) -> PatienceFit:
    """Patience from the waits of all who waited.

    ``waits`` (n,) ≥ 0: until service began, or until leaving; waits of 0 that were served say nothing and are left
    out. ``abandoned`` (n,) yes or no. ``left_unseen`` (n,): yes where a leaver's wait is only known as *until the
    number was called and nobody came*; the true patience was shorter (current-status data).

    The rate is the maximum-likelihood one (leavers ÷ total wait where every leaving was seen), its interval from the
    likelihood ratio; Kaplan & Meier (1958) with Greenwood's interval on the log(−log) scale.

    Raises:
        InputError: a negative wait, unequal lengths, ``left_unseen`` for somebody who was served.
        TooLittleData: fewer than 10 left.
    """
    critical(level)
    wait, gone = column(waits, "waits", minimum=0), flags(abandoned, "abandoned")
    unseen = np.zeros(len(wait), dtype=bool) if left_unseen is None else flags(left_unseen, "left_unseen")
    same_length(waits=wait, abandoned=gone, left_unseen=unseen)
    if (unseen & ~gone).any():
        raise InputError("left_unseen marks customers who were served", "Mark only those who abandoned.")
    kept = (wait > 0) | (gone & ~unseen)  # left the moment they came: a patience of (nearly) nothing
    wait, gone, unseen = wait[kept], gone[kept], unseen[kept]
    leavers = int(gone.sum())
    if leavers < FEWEST_LEAVERS:
        raise TooLittleData(
            f"{leavers} of {len(wait):,} left; it takes {FEWEST_LEAVERS} to learn a patience",
            "Use erlang_c, or the patience of similar branches.",
        )
    if not wait.any():
        raise TooLittleData("nobody waited at all; there is no patience to be learnt")
    rate = _exponential(wait, gone, unseen, level)
    assert rate.value and rate.low and rate.high
    mean = Estimate(1 / rate.value, 1 / rate.high, 1 / rate.low, rate.n, level)
    seen_all = not unseen.any()
    shape = _weibull_shape(wait, gone, level) if seen_all else None
    return PatienceFit(
        rate,
        mean,
        leavers,
        len(wait) - leavers,
        _kaplan_meier(wait, gone, level) if seen_all else None,
        shape,
        None if shape is None else not shape.excludes(1.0),
    )


def _exponential(
    wait: NDArray[np.float64], gone: NDArray[np.bool_], unseen: NDArray[np.bool_], level: float
) -> Estimate:
    """Seen leavers θe^−θw, served e^−θw, unseen leavers 1 − e^−θw."""
    seen, exposed, hidden = int((gone & ~unseen).sum()), float(wait[~unseen].sum()), wait[unseen]

    def log_likelihood(log_rate: float) -> float:
        rate = math.exp(log_rate)
        return seen * log_rate - rate * exposed + float(np.log(-np.expm1(-rate * hidden)).sum())

    def slope(log_rate: float) -> float:
        rate = math.exp(log_rate)
        product = rate * hidden
        with np.errstate(over="ignore"):
            gained = np.divide(product, np.expm1(product), out=np.ones_like(product), where=product > 0)
        return seen - rate * exposed + float(gained.sum())

    middle = math.log(gone.sum() / max(float(wait.sum()), 1e-300))
    if slope(middle + 30) >= 0:
        raise TooLittleData("everybody left unseen; how soon cannot be learnt", "Pass the served customers as well.")
    best = float(brentq(slope, middle - 30, middle + 30))
    drop = float(chi2.ppf(level, 1)) / 2
    ceiling = log_likelihood(best)

    def beyond(log_rate: float) -> float:
        return log_likelihood(log_rate) - ceiling + drop

    low, high = float(brentq(beyond, best - 20, best)), float(brentq(beyond, best, best + 20))
    return Estimate(math.exp(best), math.exp(low), math.exp(high), len(wait), level)


def _kaplan_meier(wait: NDArray[np.float64], gone: NDArray[np.bool_], level: float) -> pa.Table:
    times, index = np.unique(wait, return_inverse=True)
    left = np.bincount(index, gone, len(times))
    at_risk = len(wait) - np.concatenate([[0], np.cumsum(np.bincount(index, minlength=len(times)))[:-1]])
    events = left > 0
    times, left, at_risk = times[events], left[events], at_risk[events]
    still = np.cumprod(1 - left / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(left / (at_risk * (at_risk - left)))
        half = critical(level) * np.sqrt(greenwood) / -np.log(still)
        low, high = still ** np.exp(half), still ** np.exp(-half)
    # after the last customer at risk left, the curve is 0 and Greenwood has nothing to say
    ended = still <= 0
    low[ended], high[ended] = 0.0, np.nan
    return pa.table(
        {
            "wait": times,
            "at_risk": at_risk.astype(np.int64),
            "left": left.astype(np.int64),
            "still_waiting": still,
            "low": low,
            "high": pa.array(high, from_pandas=True),
        }
    )


def _weibull_shape(wait: NDArray[np.float64], gone: NDArray[np.bool_], level: float) -> Estimate | None:
    """Shape k of the hazard ∝ w^(k−1), the scale profiled out; None where the moments of leaving do not vary."""
    positive = wait[wait > 0]
    least = float(positive.min())
    # clocks count whole seconds: a wait of 0 was somewhere below the shortest one seen
    scaled = np.where(wait > 0, wait, least / 2) / float(positive.mean())
    logs = np.log(scaled)
    events = int(gone.sum())
    if np.ptp(logs[gone]) == 0:
        return None
    log_sum = float(logs[gone].sum())

    def log_likelihood(k: float) -> float:
        powered = float(np.exp(k * logs).sum())
        return events * (math.log(k) + math.log(events / powered) - 1) + (k - 1) * log_sum

    def slope(k: float) -> float:
        powers = np.exp(k * logs)
        return events / k + log_sum - events * float(powers @ logs) / float(powers.sum())

    best = float(brentq(slope, 1e-3, 50.0))
    drop = float(chi2.ppf(level, 1)) / 2
    ceiling = log_likelihood(best)

    def beyond(k: float) -> float:
        return log_likelihood(k) - ceiling + drop

    return Estimate(best, float(brentq(beyond, 1e-4, best)), float(brentq(beyond, best, 100.0)), len(wait), level)
