"""How many counters a wanted wait takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from scipy.stats import gamma

from tenure.errors import InputError
from tenure.insight.queues.erlang import QueueFigures, erlang_a, erlang_c

if TYPE_CHECKING:
    from tenure.insight.queues.arrivals import ArrivalFit

#: Equally likely levels of busyness that stand for its gamma distribution.
_LEVELS = 9


@dataclass(frozen=True)
class Staffing:
    """The fewest servers that reach the target, with what is to be expected of them.

    ``service_level`` and ``abandonment`` are averaged over arrivals of quiet and busy days; ``at_mean`` is the queue
    at the mean rate (None where Erlang C has no steady state there).
    """

    servers: int
    service_level: float
    abandonment: float
    at_mean: QueueFigures | None


def staff_for(
    arrival_rate: float,
    service_rate: float,
    target_wait: float,
    *,
    share: float = 0.8,
    patience_rate: float = 0.0,
    most_abandoned: float | None = None,
    busyness_cv: float = 0.0,
    most: int = 10_000,
) -> Staffing:
    """The fewest servers that serve ``share`` of all arrivals within ``target_wait``.

    Rates and wait in one unit of time, as in ``erlang_a``; ``patience_rate`` 0 means that nobody leaves.
    ``most_abandoned``: the share that may leave, as a second condition. ``busyness_cv``: coefficient of variation of
    the rate between days (``ArrivalFit.busyness_cv``); staffing for the mean rate alone falls short on busy days.

    Raises:
        InputError: a share outside 0…1, a rate that is not above 0, more than ``most`` servers needed.
    """
    if not 0 < share < 1:
        raise InputError(f"share {share:g}; expected between 0 and 1, such as 0.8")
    if most_abandoned is not None and not 0 < most_abandoned < 1:
        raise InputError(f"most_abandoned {most_abandoned:g}; expected between 0 and 1, such as 0.05")
    if not (np.isfinite(busyness_cv) and busyness_cv >= 0):
        raise InputError(f"busyness_cv {busyness_cv:g}; at least 0 was expected")
    rates = rates_of_days(arrival_rate, busyness_cv)

    def queue(rate: float, servers: int) -> QueueFigures | None:
        if patience_rate == 0 and rate >= servers * service_rate:
            return None  # grows all day: nobody is served in time
        if patience_rate == 0:
            return erlang_c(rate, service_rate, servers, target_wait)
        return erlang_a(rate, service_rate, patience_rate, servers, target_wait)

    def expected(servers: int) -> tuple[float, float]:
        found = [queue(rate, servers) for rate in rates]
        levels = [each.service_level or 0.0 if each else 0.0 for each in found]
        leaving = [each.abandonment if each else 0.0 for each in found]
        return float(np.average(levels, weights=rates)), float(np.average(leaving, weights=rates))

    def enough(servers: int) -> bool:
        level, leaving = expected(servers)
        return level >= share and (most_abandoned is None or leaving <= most_abandoned)

    high = max(1, int(arrival_rate / service_rate))
    while not enough(high):
        if high >= most:
            raise InputError(f"more than {most:,} servers are needed", "Check that the rates share one unit of time.")
        high = min(high * 2, most)
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return Staffing(high, *expected(high), queue(arrival_rate, high))


def staff_table(
    arrivals: ArrivalFit,
    service_rate: float,
    target_wait: float,
    *,
    share: float = 0.8,
    patience_rate: float = 0.0,
    most_abandoned: float | None = None,
) -> pa.Table:
    """``staff_for`` in each interval of the week; **rates per hour and the wait in hours**, as ``arrivals`` has them.

    Columns ``weekday`` (0 Monday), ``minute``, ``rate_per_hour``, ``servers``, ``service_level``, ``abandonment``.
    Each interval is taken as a steady state of its own: right when services are short beside the interval.
    """
    rows = []
    for each in arrivals.table.to_pylist():
        found = staff_for(
            each["rate_per_hour"],
            service_rate,
            target_wait,
            share=share,
            patience_rate=patience_rate,
            most_abandoned=most_abandoned,
            busyness_cv=arrivals.busyness_cv,
        )
        rows.append(
            {
                "weekday": each["weekday"],
                "minute": each["minute"],
                "rate_per_hour": each["rate_per_hour"],
                "servers": found.servers,
                "service_level": found.service_level,
                "abandonment": found.abandonment,
            }
        )
    return pa.Table.from_pylist(rows)


def rates_of_days(mean: float, cv: float) -> list[float]:
    """Rates of equally likely days, their mean ``mean``: the means of the slices of a gamma distribution.

    ``cv``: coefficient of variation of the rate between days (``ArrivalFit.busyness_cv``). Whatever concerns arrivals
    is averaged with the rates themselves as weights: most customers come on busy days.
    """
    if cv < 1e-6:
        return [mean]
    shape = 1 / cv**2
    edges = gamma.ppf(np.linspace(0, 1, _LEVELS + 1), shape, scale=mean / shape)
    # ∫ x f(x) over a slice is the mean × the next shape's distribution
    parts = np.diff(gamma.cdf(edges, shape + 1, scale=mean / shape)) * mean * _LEVELS
    return [float(part) for part in np.maximum(parts, mean * 1e-6)]
