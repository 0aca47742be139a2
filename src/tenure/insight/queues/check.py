"""Does the formula hold here? Predicted beside what really happened, interval by interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tenure.errors import InputError
from tenure.insight.inputs import column, flags, plain, same_length
from tenure.insight.queues.erlang import erlang_a
from tenure.insight.queues.instants import instants

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SECONDS = 3600.0
#: A server idle for longer than this has gone from the counter.
_BREAK = 30 * 60
_FIGURES = (
    "servers",
    "actual_wait",
    "predicted_wait",
    "actual_abandonment",
    "predicted_abandonment",
    "actual_p_wait",
    "predicted_p_wait",
)
_TYPES: list[pa.DataType] = [pa.timestamp("us"), pa.int64(), *[pa.float64()] * len(_FIGURES)]
_COLUMNS = pa.schema(zip(("start", "arrivals", *_FIGURES), _TYPES, strict=True))


def predicted_v_actual(
    taken_at: Any,
    wait: Any,
    service: Any,
    abandoned: Any,
    server: Any,
    *,
    service_rate: float,
    patience_rate: float,
    interval_minutes: int = 60,
    fewest: int = 10,
) -> pa.Table:
    """Erlang A against the tickets for every day and interval with at least ``fewest`` arrivals.

    ``taken_at`` (n,) local times; ``wait`` and ``service`` (n,) in **seconds** (0 for no service); ``server`` (n,)
    who served, null for nobody; ``service_rate``, ``patience_rate`` **per hour**. Tickets do not say who sat at a
    counter: a server counts as at hand while serving, and while idle between two services unless somebody waited (who
    lets people wait is away or at other work) or the gap exceeds 30 minutes. Columns: ``start``, ``arrivals``,
    ``servers`` (mean at hand), ``actual_wait``, ``predicted_wait`` (seconds, over all arrivals),
    ``actual_abandonment``, ``predicted_abandonment``, ``actual_p_wait``, ``predicted_p_wait``.

    Raises:
        InputError: unequal lengths, negative times.
    """
    times = instants(taken_at, "taken_at")
    waited, served = column(wait, "wait", minimum=0), column(service, "service", minimum=0)
    gone, who = flags(abandoned, "abandoned"), plain(server, "server")
    same_length(taken_at=times, wait=waited, service=served, abandoned=gone, server=who)
    if interval_minutes < 1 or 1440 % interval_minutes:
        raise InputError(f"interval_minutes {interval_minutes}; a divisor of 1,440 was expected")
    second = times.astype("datetime64[s]").astype(np.int64)
    length = interval_minutes * 60
    slot = second // length
    starts, index = np.unique(slot, return_inverse=True)
    present = _presence(second, waited, served, who, starts * length, length)
    rows = []
    for k in np.flatnonzero((np.bincount(index) >= fewest) & (present >= 0.5)):
        here = index == k
        count = int(here.sum())
        rate = count * _SECONDS / length
        low = max(1, int(present[k]))
        part = min(1.0, max(0.0, present[k] - low))
        few, many = (erlang_a(rate, service_rate, patience_rate, servers) for servers in (low, low + 1))
        predicted = {
            name: (1 - part) * getattr(few, name) + part * getattr(many, name)
            for name in ("mean_wait", "abandonment", "p_wait")
        }
        rows.append(
            {
                "start": np.datetime64(int(starts[k] * length), "s").item(),
                "arrivals": count,
                "servers": float(present[k]),
                "actual_wait": float(waited[here].mean()),
                "predicted_wait": predicted["mean_wait"] * _SECONDS,
                "actual_abandonment": float(gone[here].mean()),
                "predicted_abandonment": predicted["abandonment"],
                "actual_p_wait": float((waited[here] > 0).mean()),
                "predicted_p_wait": predicted["p_wait"],
            }
        )
    return pa.Table.from_pylist(rows, _COLUMNS)


def _presence(
    joined: NDArray[np.int64],
    waited: NDArray[np.float64],
    served: NDArray[np.float64],
    who: list[Any],
    starts: NDArray[np.int64],
    length: int,
) -> NDArray[np.float64]:
    """Mean number of servers at hand in each interval."""
    present = np.zeros(len(starts))
    names = np.array(["" if each is None else str(each) for each in who])
    working = (served > 0) & (names != "")
    began = joined + waited
    clock, queued = _time_with_a_queue(joined[waited > 0], began[waited > 0])

    def add(first: float, last: float, *, idle: bool) -> None:
        touched = slice(int(np.searchsorted(starts + length, first, "right")), int(np.searchsorted(starts, last)))
        from_, to = np.maximum(first, starts[touched]), np.minimum(last, starts[touched] + length)
        spent = np.maximum(to - from_, 0.0)
        if idle:
            spent = np.maximum(spent - (np.interp(to, clock, queued) - np.interp(from_, clock, queued)), 0.0)
        present[touched] += spent / length

    for name in np.unique(names[working]):
        here = working & (names == name)
        order = np.argsort(began[here])
        begin = began[here][order]
        end = np.maximum.accumulate((began + served)[here][order])
        begin = np.maximum(begin, np.append(-np.inf, end[:-1]))  # two services noted at once are one server's time
        for first, last in zip(begin, end, strict=True):
            add(first, last, idle=False)
        for first, last in zip(end[:-1], begin[1:], strict=True):
            if 0 < last - first <= _BREAK:
                add(first, last, idle=True)
    return present


def _time_with_a_queue(
    start: NDArray[np.int64], end: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points of the function "seconds up to t in which somebody waited", linear between them."""
    if len(start) == 0:
        return np.zeros(1), np.zeros(1)
    order = np.argsort(start)
    first, last = start[order].astype(np.float64), np.maximum.accumulate(end[order])
    fresh = np.append(True, first[1:] > last[:-1])
    heads, tails = first[fresh], last[np.append(np.flatnonzero(fresh)[1:] - 1, len(last) - 1)]
    clock = np.column_stack([heads, tails]).ravel()
    spans = tails - heads
    queued = np.column_stack([np.cumsum(spans) - spans, np.cumsum(spans)]).ravel()
    return clock, queued
