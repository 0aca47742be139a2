"""When customers come: a rate for each interval of each weekday, and whether days differ more than chance allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from scipy.stats import chi2

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import LEVEL, critical
from tenure.insight.queues.instants import instants

if TYPE_CHECKING:
    from numpy.typing import NDArray

MINUTES_A_DAY = 24 * 60
#: Arrivals and days below which no pattern of a week is claimed.
FEWEST_ARRIVALS = 50
FEWEST_DAYS = 5
_MONDAY = np.datetime64("1970-01-05", "D")


@dataclass(frozen=True)
class ArrivalFit:
    """``table``: one row for each weekday (0 Monday … 6) and interval in which anybody ever came.

    Columns ``weekday``, ``minute`` (start, minutes after midnight), ``days`` (how often that weekday was seen),
    ``arrivals``, ``rate_per_hour`` with ``low`` and ``high``. ``dispersion``: variance ÷ mean of the counts, 1 for a
    Poisson process; ``p_value`` of a dispersion that large by chance. ``busyness_cv``: coefficient of variation of the
    day-to-day rate itself, what staffing must carry beyond Poisson noise. ``verdict``: ``poisson`` (nothing seen
    against it), ``overdispersed`` or ``cannot_tell`` (no interval seen twice).
    """

    table: pa.Table
    interval_minutes: int
    arrivals: int
    days: int
    dispersion: float | None
    p_value: float | None
    busyness_cv: float
    verdict: str

    def rate(self, weekday: int, minute: int) -> float:
        """Arrivals an hour on a weekday (0 Monday) in the interval that holds ``minute``; 0 where nobody ever came."""
        start = minute - minute % self.interval_minutes
        for each in self.table.select(["weekday", "minute", "rate_per_hour"]).to_pylist():
            if each["weekday"] == weekday and each["minute"] == start:
                return float(each["rate_per_hour"])
        return 0.0


def fit_arrivals(taken_at: Any, interval_minutes: int = 30, *, days: Any = None, level: float = LEVEL) -> ArrivalFit:
    """Rates of arrival by weekday and interval from ticket times in the bank's local time.

    ``taken_at`` (n,) times; ``days``: the days the branch was open, so that open days without a customer count too
    (default: days with at least one). Intervals for the rates are Poisson's exact ones (Garwood 1936), widened by the
    dispersion. The dispersion test compares days of one weekday (χ², Brown & Zhao 2002); ``level`` as everywhere.

    Raises:
        InputError: no times, an interval that does not divide a day, arrivals on days said to be closed.
        TooLittleData: fewer than 50 arrivals or 5 days.
    """
    critical(level)
    if interval_minutes < 1 or MINUTES_A_DAY % interval_minutes:
        raise InputError(f"interval_minutes {interval_minutes}; a divisor of 1,440 was expected, such as 15, 30 or 60")
    times = instants(taken_at, "taken_at")
    day = times.astype("datetime64[D]")
    open_days = np.unique(day if days is None else _days(days))
    if not np.isin(day, open_days).all():
        raise InputError(f"arrivals on {np.setdiff1d(day, open_days)[0]}, which is not among days")
    if len(times) < FEWEST_ARRIVALS or len(open_days) < FEWEST_DAYS:
        raise TooLittleData(
            f"{len(times):,} arrivals on {len(open_days)} days; it takes {FEWEST_ARRIVALS} and {FEWEST_DAYS}"
        )
    slots = MINUTES_A_DAY // interval_minutes
    slot = (times - day).astype("timedelta64[m]").astype(np.int64) // interval_minutes
    counts = np.bincount(np.searchsorted(open_days, day) * slots + slot, minlength=len(open_days) * slots)
    counts = counts.reshape(len(open_days), slots)
    weekday = (open_days - _MONDAY).astype(np.int64) % 7
    cells = [
        (k, s, column) for k in np.unique(weekday) for s, column in enumerate(counts[weekday == k].T) if column.any()
    ]
    dispersion, p_value, spread = _dispersion([column for _, _, column in cells])
    widening = max(1.0, dispersion or 1.0)
    sums = np.array([column.sum() for _, _, column in cells], dtype=np.float64)
    seen = np.array([len(column) for _, _, column in cells], dtype=np.float64)
    hours = seen * interval_minutes / 60
    tail = (1 - level) / 2
    low = chi2.ppf(tail, 2 * sums / widening) / 2 * widening
    high = chi2.ppf(1 - tail, 2 * sums / widening + 2) / 2 * widening
    told = "overdispersed" if p_value is not None and p_value < 1 - level else "poisson"
    verdict = "cannot_tell" if p_value is None else told
    fitted = pa.table(
        {
            "weekday": pa.array([int(k) for k, _, _ in cells], pa.int8()),
            "minute": pa.array([s * interval_minutes for _, s, _ in cells], pa.int16()),
            "days": pa.array(seen.astype(np.int64)),
            "arrivals": pa.array(sums.astype(np.int64)),
            "rate_per_hour": pa.array(sums / hours),
            "low": pa.array(low / hours),
            "high": pa.array(high / hours),
        }
    )
    return ArrivalFit(fitted, interval_minutes, len(times), len(open_days), dispersion, p_value, spread, verdict)


def _dispersion(cells: list[NDArray[np.int64]]) -> tuple[float | None, float | None, float]:
    """Σ (x − m)² ÷ m over its degrees of freedom, its p-value, and the coefficient of variation of the rates."""
    statistic, freedom, excess, squares = 0.0, 0, 0.0, 0.0
    for column in cells:
        count, mean = len(column), float(column.mean())
        if count < 2:
            continue
        deviation = float(((column - mean) ** 2).sum())
        statistic += deviation / mean
        freedom += count - 1
        excess += deviation / (count - 1) - mean
        # E[m²] is too large by the variance of the mean
        squares += max(mean**2 - deviation / (count - 1) / count, 0.0)
    if freedom == 0:
        return None, None, 0.0
    spread = float(np.sqrt(max(excess, 0.0) / squares)) if squares > 0 else 0.0
    return statistic / freedom, float(chi2.sf(statistic, freedom)), spread


def _days(days: Any) -> NDArray[np.datetime64]:
    found: NDArray[np.datetime64] = np.array(
        [np.datetime64(str(day)[:10], "D") for day in (days.to_pylist() if hasattr(days, "to_pylist") else days)]
    )
    return found
