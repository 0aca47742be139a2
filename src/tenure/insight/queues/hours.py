"""A branch hour by hour: who comes, how many counters are at hand, what Erlang A says of it, and what it would take.

Working days and weekends apart; the weekday itself is left to the spread between days (``ArrivalFit.busyness_cv``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tenure.errors import InputError
from tenure.insight.inputs import table
from tenure.insight.queues.erlang import QueueFigures, erlang_a, erlang_c
from tenure.insight.queues.instants import instants
from tenure.insight.queues.staffing import rates_of_days, staff_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tenure.insight.queues.tickets import BranchQueue

_NEEDED = ("taken_at", "called_at", "ended_at", "abandoned", "counter_no")
_COUNTS = ("hour", "days", "arrivals", "needed")
_COLUMNS = pa.schema(
    [
        (name, pa.bool_() if name == "weekend" else pa.int64() if name in _COUNTS else pa.float64())
        for name in (
            "weekend",
            "hour",
            "days",
            "arrivals",
            "rate_per_hour",
            "counters",
            "wait",
            "within",
            "abandonment",
            "predicted_within",
            "predicted_abandonment",
            "needed",
        )
    ]
)


def by_hour(tickets: Any, fitted: BranchQueue, target_wait: float, *, share: float = 0.8) -> pa.Table:
    """One row for each hour of the day in which anybody came, of working days and of weekends.

    ``tickets``: those of one branch (``queue_ticket``), ``fitted`` its queue from :func:`fit_tickets`; ``target_wait``
    in **hours**. Columns: ``weekend``, ``hour``, ``days`` (seen), ``arrivals``, ``rate_per_hour``, ``counters`` (at
    hand, mean: a counter is there from its first call of a day to its last), ``wait`` (served, hours), ``within``
    (called within the target, of all arrivals), ``abandonment``; ``predicted_within`` and ``predicted_abandonment``
    by Erlang A at the counters of each day, over quiet and busy days as ``needed`` is, null where there is no service
    or no counter to go by; ``needed``: the fewest counters that call ``share`` of all within the target
    (:func:`staff_for`).

    Raises:
        InputError: a column of the contract is missing.
    """
    frame = table(tickets, "tickets")
    absent = [name for name in _NEEDED if name not in frame.column_names]
    if absent:
        raise InputError(f"tickets lacks {', '.join(absent)}", "Pass the lake's queue_ticket.")
    if not frame.num_rows:
        return pa.Table.from_pylist([], _COLUMNS)
    taken = instants(frame["taken_at"], "taken_at")
    called = instants(frame["called_at"], "called_at", missing=True)
    ended = instants(frame["ended_at"], "ended_at", missing=True)
    gone = np.array([bool(each) for each in frame["abandoned"].to_pylist()])
    days, day = np.unique(taken.astype("datetime64[D]"), return_inverse=True)
    # 1 January 1970 was a Thursday
    weekend = (days.astype(np.int64) + 3) % 7 >= 5
    hour = _hour(taken)
    present = _present(called, ended, day, frame["counter_no"].to_pylist(), len(days))
    wait = (called - taken).astype("timedelta64[us]").astype(np.float64) / 3.6e9
    wait[np.isnat(called) | gone] = np.nan
    rows = []
    for kind in (False, True):
        open_days = np.flatnonzero(weekend == kind)
        for clock in np.unique(hour[weekend[day] == kind]) if len(open_days) else ():
            here = (hour == clock) & (weekend[day] == kind)
            arrivals, rate = int(here.sum()), float(here.sum()) / len(open_days)
            waited = wait[here & ~np.isnan(wait)]
            predicted = _predicted(rate, present[day[here], clock], fitted, target_wait)
            rows.append(
                {
                    "weekend": kind,
                    "hour": int(clock),
                    "days": len(open_days),
                    "arrivals": arrivals,
                    "rate_per_hour": rate,
                    "counters": float(present[open_days, clock].mean()) if present.any() else None,
                    "wait": float(waited.mean()) if len(waited) else None,
                    "within": float((wait[here] <= target_wait).mean()),
                    "abandonment": float(gone[here].mean()),
                    "predicted_within": predicted[0],
                    "predicted_abandonment": predicted[1],
                    "needed": _needed(rate, fitted, target_wait, share),
                }
            )
    return pa.Table.from_pylist(rows, _COLUMNS)


def _hour(times: NDArray[np.datetime64]) -> NDArray[np.int64]:
    since_midnight = times - times.astype("datetime64[D]")
    clock: NDArray[np.int64] = since_midnight.astype("timedelta64[h]").astype(np.int64)
    return clock


def _present(
    called: NDArray[np.datetime64],
    ended: NDArray[np.datetime64],
    day: NDArray[np.int64],
    counter: list[Any],
    days: int,
) -> NDArray[np.int64]:
    """(days, 24) counters at hand: a counter is there from its first call of the day to the end of its last service."""
    found = np.zeros((days, 24), dtype=np.int64)
    served = np.array([each is not None for each in counter]) & ~np.isnat(called)
    if not served.any():
        return found
    _, number = np.unique(np.array([str(each) for each in counter]), return_inverse=True)
    desk = (day * (int(number.max()) + 1) + number)[served]
    _, desk = np.unique(desk, return_inverse=True)
    first = np.full(int(desk.max()) + 1, 24)
    last = np.full(int(desk.max()) + 1, -1)
    finished = np.where(np.isnat(ended), called, ended)
    np.minimum.at(first, desk, _hour(called[served]))
    np.maximum.at(last, desk, _hour(finished[served]))
    of_day = np.zeros(len(first), dtype=np.int64)
    of_day[desk] = day[served]
    for clock in range(24):
        found[:, clock] = np.bincount(of_day[(first <= clock) & (last >= clock)], minlength=days)
    return found


def _predicted(
    rate: float, counters: NDArray[np.int64], fitted: BranchQueue, target_wait: float
) -> tuple[float | None, float | None]:
    """Over the arrivals of an hour, each at the counters of its day, and over quiet and busy days as ``staff_for``."""
    if fitted.service is None or not counters.any():
        return None, None
    servers, days = np.unique(np.maximum(counters, 1), return_counts=True)
    if _queue(rate, fitted, int(servers.min()), target_wait) is None:
        return None, None
    rates = rates_of_days(rate, _spread(fitted))
    found = [_queue(busy, fitted, int(each), target_wait) for each in servers for busy in rates]
    weight = np.outer(days, rates).ravel()
    # where only the busiest days outgrow the counters, nobody is called in time on these
    level = np.average([(queue.service_level or 0.0) if queue else 0.0 for queue in found], weights=weight)
    return float(level), float(np.average([queue.abandonment if queue else 0.0 for queue in found], weights=weight))


def _queue(rate: float, fitted: BranchQueue, servers: int, target_wait: float) -> QueueFigures | None:
    assert fitted.service is not None
    if fitted.patience is not None and fitted.patience.rate.value:
        return erlang_a(rate, fitted.service.rate, fitted.patience.rate.value, servers, target_wait)
    if rate >= servers * fitted.service.rate:
        return None  # nobody is known to leave, and the queue would only grow
    return erlang_c(rate, fitted.service.rate, servers, target_wait)


def _needed(rate: float, fitted: BranchQueue, target_wait: float, share: float) -> int | None:
    if fitted.service is None:
        return None
    patience = fitted.patience.rate.value if fitted.patience else None
    return staff_for(
        rate,
        fitted.service.rate,
        target_wait,
        share=share,
        patience_rate=patience or 0.0,
        busyness_cv=_spread(fitted),
    ).servers


def _spread(fitted: BranchQueue) -> float:
    return fitted.arrivals.busyness_cv if fitted.arrivals else 0.0
