"""From the lake's ``queue_ticket`` to a queue for each branch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, table
from tenure.insight.intervals import LEVEL, Estimate
from tenure.insight.queues.arrivals import ArrivalFit, fit_arrivals
from tenure.insight.queues.days import mean_by_day, share_by_day
from tenure.insight.queues.instants import instants
from tenure.insight.queues.patience import PatienceFit, fit_patience
from tenure.insight.queues.service import ServiceFit, fit_service

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NEEDED = ("org_id", "taken_at", "called_at", "ended_at", "abandoned")


@dataclass(frozen=True)
class BranchQueue:
    """What the tickets of one branch say; times in **hours**, rates per hour.

    ``wait``: mean wait of those served, ``abandonment``: share that left, a day's tickets being one cluster for both
    intervals. A fit is None where its data were too few; ``missing`` then says why, by name of the fit. ``odd``:
    tickets left out, called before taken or ended before that.
    """

    org_id: str
    tickets: int
    odd: int
    wait: Estimate
    abandonment: Estimate
    arrivals: ArrivalFit | None
    service: ServiceFit | None
    patience: PatienceFit | None
    missing: dict[str, str]


def fit_tickets(
    tickets: Any, interval_minutes: int = 30, *, by_service: bool = False, level: float = LEVEL
) -> dict[str, BranchQueue]:
    """Arrivals, service and patience of every branch from ``queue_ticket`` (Arrow, Ibis or any frame).

    A ticket that was abandoned with no instant of its own (the machine does not see anybody leave) is known to have
    been given up before a later ticket of the branch was called; ``fit_patience`` takes it as such. ``by_service``:
    each service wanted has its own queue, so only later tickets of the same service count.

    Raises:
        InputError: a column of the contract is missing.
    """
    frame = table(tickets, "tickets")
    absent = [name for name in _NEEDED if name not in frame.column_names]
    if absent:
        raise InputError(f"tickets lacks {', '.join(absent)}", "Pass the lake's queue_ticket.")
    taken = instants(frame["taken_at"], "taken_at")
    called = instants(frame["called_at"], "called_at", missing=True)
    ended = instants(frame["ended_at"], "ended_at", missing=True)
    gone = _gone(frame["abandoned"])
    names, branch_of = _codes(frame["org_id"])
    lanes = branch_of
    if by_service:
        services, service_of = _codes(frame["service"])
        lanes = branch_of * len(services) + service_of
    wait, unseen = _waits(taken, called, ended, gone, lanes)
    served_time = _hours(ended - called)
    served_time[gone] = np.nan
    odd = (wait < 0) | (served_time < 0)
    found = {}
    order = np.argsort(branch_of, kind="stable")
    edges = np.searchsorted(branch_of[order], np.arange(len(names) + 1))
    for branch, start, end in sorted(zip(names, edges[:-1], edges[1:], strict=True)):
        rows = order[start:end]
        here = rows[~odd[rows]]
        missing: dict[str, str] = {}
        known = here[~np.isnan(wait[here])]
        lengths = served_time[here]
        found[branch] = BranchQueue(
            branch,
            len(rows),
            len(rows) - len(here),
            mean_by_day(np.where(gone[known], np.nan, wait[known]), taken[known], level),
            share_by_day(gone[here], taken[here], level),
            _try(missing, "arrivals", fit_arrivals, taken[here], interval_minutes, level=level),
            _try(missing, "service", fit_service, lengths[~np.isnan(lengths)], level=level),
            _try(missing, "patience", fit_patience, wait[known], gone[known], left_unseen=unseen[known], level=level),
            missing,
        )
    return found


def _waits(
    taken: NDArray[np.datetime64],
    called: NDArray[np.datetime64],
    ended: NDArray[np.datetime64],
    gone: NDArray[np.bool_],
    lanes: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Hours waited (NaN where nothing is known) and whether a leaver's are only an upper bound."""
    wait = _hours(called - taken)
    # an end without a call is the moment of leaving; a call without an end is a call nobody answered
    seen = gone & np.isnat(called) & ~np.isnat(ended)
    wait[seen] = _hours(ended - taken)[seen]
    unseen = gone & ~seen
    silent = unseen & np.isnat(called)
    if silent.any():
        day = taken.astype("datetime64[D]")
        order = np.lexsort((taken, day, lanes))
        never = np.iinfo(np.int64).max
        calls = np.where(np.isnat(called) | gone, never, called.astype(np.int64))[order]
        fresh = np.ones(len(order), dtype=bool)
        fresh[1:] = (lanes[order][1:] != lanes[order][:-1]) | (day[order][1:] != day[order][:-1])
        for start, end in zip(np.flatnonzero(fresh), [*np.flatnonzero(fresh)[1:], len(order)], strict=True):
            calls[start:end] = np.minimum.accumulate(calls[start:end][::-1])[::-1]
        next_call = np.empty(len(order), dtype=np.int64)
        next_call[order] = calls
        bounded = silent & (next_call < never)
        wait[bounded] = (next_call[bounded] - taken[bounded].astype(np.int64)) / 3.6e9
    return wait, unseen


def _gone(values: Any) -> NDArray[np.bool_]:
    """Null counts as served: the machine marks what it saw."""
    return np.array(values.cast(pa.bool_()).fill_null(False).to_numpy(), dtype=np.bool_)


def _codes(values: Any) -> tuple[list[str], NDArray[np.int64]]:
    """The different texts of a column, and which of them each row holds."""
    encoded: Any = values.cast(pa.string()).fill_null("").combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return list(encoded.dictionary.to_pylist()), encoded.indices.to_numpy().astype(np.int64)


def _hours(spans: NDArray[np.timedelta64]) -> NDArray[np.float64]:
    hours = spans.astype("timedelta64[us]").astype(np.float64) / 3.6e9
    hours[np.isnat(spans)] = np.nan
    return hours


def _try(missing: dict[str, str], name: str, fit: Any, *args: Any, **options: Any) -> Any:
    """A fit, or None with the reason noted: one quiet branch does not stop the others."""
    try:
        return fit(*args, **options)
    except TooLittleData as why:
        missing[name] = why.message
        return None
