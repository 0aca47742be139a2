"""Waiting at the branches (S25): what the tickets of the last months say, and what the wanted wait would take.

The bank says what it wants, and of how many months, in ``[queues]`` of its thresholds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tenure.contracts.findings import Cell, Curve, Figure, Figures, Grid, Line, Section, Unit, Verdict
from tenure.insight import queues
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import Estimate
from tenure.insight.thresholds import Queues as Wanted
from tenure.nightly.topics import Known, cell, figure, heard, times

if TYPE_CHECKING:
    from numpy.typing import NDArray


#: Tickets below which a branch has no figures of its own.
_FEWEST = 50
_FEW = 10
#: Rows of a grid.
_MOST = 50
_COLUMNS = ("org_id", "taken_at", "called_at", "ended_at", "abandoned", "counter_no")


@dataclass(frozen=True)
class Outlet:
    """A branch with tickets: its fits and its hours."""

    org_id: str
    queue: queues.BranchQueue
    hours: pa.Table
    seen: Seen
    wanted: Wanted

    @property
    def told(self) -> str:
        """Below the wanted share beyond chance, above it, or neither."""
        low, high = self.seen.within.low, self.seen.within.high
        assert low is not None and high is not None
        return "short" if high < self.wanted.share else "reached" if low >= self.wanted.share else "close"


@dataclass(frozen=True)
class Seen:
    """What anybody can count in some tickets. ``wait`` (seconds) of the served, ``within`` and ``abandoned`` of all.

    Their intervals take a day's tickets as one cluster; "beyond chance" means beyond these.
    """

    tickets: int
    days: int
    wait: Estimate
    within: Estimate
    abandoned: Estimate


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank and its branches; then, for each branch, its hours and the counters they take."""
    tickets = _tickets(known)
    if tickets.num_rows < _FEWEST:
        raise TooLittleData("hardly anybody took a ticket")
    wanted = known.frames.past.thresholds.queues
    fits = queues.fit_tickets(tickets, 60)
    orgs = np.asarray(tickets.column("org_id").to_numpy(zero_copy_only=False)).astype(str)
    found: dict[str, Outlet] = {}
    seen: dict[str, pa.Table] = {}
    for org in fits:
        part = tickets.filter(pa.array(orgs == org))
        if org in known.branches and part.num_rows >= _FEWEST:
            hours = queues.by_hour(part, fits[org], wanted.minutes / 60, share=wanted.share)
            found[org], seen[org] = Outlet(org, fits[org], hours, _seen(part, wanted), wanted), part
    if not found:
        raise TooLittleData("no branch has tickets enough")
    yield known.bank, _now(_seen(tickets, wanted), wanted, list(found.values()))
    yield known.bank, _branches(list(found.values()))
    yield known.bank, _check(list(found.values()))
    yield known.bank, _arrivals(list(found.values()))
    for org in known.branches:
        below = known.below(org)
        outlets = [one for name, one in found.items() if name in below]
        if org == known.bank or not outlets:
            continue
        whole = pa.concat_tables([seen[one.org_id] for one in outlets])
        yield org, _now(_seen(whole, wanted), wanted, outlets)
        if org in found:
            yield org, _parts(found[org])
            yield org, _plan("working_days", found[org], weekend=False)
            if any(found[org].hours.column("weekend").to_pylist()):
                yield org, _plan("weekends", found[org], weekend=True)
        else:
            yield org, _branches(outlets)
        yield org, _arrivals(outlets)


def _tickets(known: Known) -> pa.Table:
    t = known.source("queue_ticket")
    on = t.taken_at.date()
    back = known.frames.past.thresholds.queues.months - 1
    t = t.filter((on >= heard.since(known, back)) & (on <= known.as_of))
    return known.rows(t.select(*_COLUMNS).order_by("org_id", "taken_at"))


def _seen(tickets: pa.Table, wanted: Wanted) -> Seen:
    taken, called = (tickets.column(name).to_numpy(zero_copy_only=False) for name in ("taken_at", "called_at"))
    gone = np.array([bool(each) for each in tickets.column("abandoned").to_pylist()])
    wait = (called - taken).astype("timedelta64[us]").astype(np.float64) / 1e6
    wait[np.isnat(called) | gone] = np.nan
    return Seen(
        len(taken),
        len(np.unique(taken.astype("datetime64[D]"))),
        queues.mean_by_day(wait, taken),
        queues.share_by_day(wait <= 60 * wanted.minutes, taken),
        queues.share_by_day(gone, taken),
    )


def _now(seen: Seen, wanted: Wanted, outlets: list[Outlet]) -> Figures:
    figures = [
        Figure("tickets_a_day", Unit.COUNT, seen.tickets / seen.days),
        figure("wait", Unit.SECONDS, seen.wait),
        figure("within", Unit.SHARE, seen.within),
        figure("abandonment", Unit.SHARE, seen.abandoned),
    ]
    short = sum(one.told == "short" for one in outlets)
    numbers: dict[str, tuple[Unit, Cell]] = {
        "within": (Unit.SHARE, seen.within.value),
        "months": (Unit.COUNT, wanted.months),
        "minutes": (Unit.COUNT, wanted.minutes),
        "wanted": (Unit.SHARE, wanted.share),
        "short": (Unit.COUNT, short),
        "branches": (Unit.COUNT, len(outlets)),
    }
    if len(outlets) > 1:
        return Figures("now", figures, Verdict("bank_short" if short else "bank_enough", numbers, _tone(short > 0)))
    told = outlets[0].told
    return Figures("now", figures, Verdict(f"branch_{told}", numbers, _tone(told == "short")))


def _tone(is_short: bool) -> str:
    return "warn" if is_short else "good"


def _mean(hours: pa.Table, name: str) -> float | None:
    """Over all arrivals of the hours for which it is known."""
    values, weights = _numbers(hours, name), _numbers(hours, "arrivals")
    told = ~np.isnan(values)
    return float(np.average(values[told], weights=weights[told])) if told.any() else None


def _numbers(hours: pa.Table, name: str) -> NDArray[np.float64]:
    return np.array(hours.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _branches(outlets: list[Outlet]) -> Grid:
    """The branches, the furthest from the wanted share first."""
    rows: list[list[Cell]] = []
    for one in sorted(outlets, key=lambda one: one.seen.within.value or 0.0)[:_MOST]:
        present, needed = _numbers(one.hours, "counters"), _numbers(one.hours, "needed")
        rows.append(
            [
                one.org_id,
                one.seen.tickets / one.seen.days,
                cell(one.seen.wait),
                cell(one.seen.within),
                cell(one.seen.abandoned),
                None if np.isnan(present).all() else float(np.nanmax(present)),
                None if np.isnan(needed).all() else int(np.nanmax(needed)),
                one.told,
            ]
        )
    columns = [
        ("branch", Unit.ORG),
        ("tickets_a_day", Unit.COUNT),
        ("wait", Unit.SECONDS),
        ("within", Unit.SHARE),
        ("abandonment", Unit.SHARE),
        ("counters_peak", Unit.NUMBER),
        ("needed_peak", Unit.COUNT),
        ("verdict", Unit.CODE),
    ]
    return Grid("branches", columns, rows)


def _check(outlets: list[Outlet]) -> Grid:
    """How far the formula that the counters are reckoned with holds: what it says of the past beside what happened."""
    rows: list[list[Cell]] = []
    gaps: list[tuple[float, int]] = []
    for one in outlets:
        within, gone = _mean(one.hours, "predicted_within"), _mean(one.hours, "predicted_abandonment")
        rows.append([one.org_id, one.seen.within.value, within, one.seen.abandoned.value, gone])
        if within is not None and one.seen.within.value is not None:
            gaps.append((abs(within - one.seen.within.value), one.seen.tickets))
    rows.sort(key=lambda row: -abs((row[2] or 0) - (row[1] or 0)))  # type: ignore[operator]
    columns = [
        ("branch", Unit.ORG),
        ("within", Unit.SHARE),
        ("predicted_within", Unit.SHARE),
        ("abandonment", Unit.SHARE),
        ("predicted_abandonment", Unit.SHARE),
    ]
    if not gaps:
        return Grid("check", columns, rows[:_MOST], Verdict("check_impossible", tone="warn"))
    gap = float(np.average([each for each, _ in gaps], weights=[count for _, count in gaps]))
    told = "check_close" if gap <= _CLOSE else "check_far"
    numbers: dict[str, tuple[Unit, Cell]] = {"gap": (Unit.SPREAD, 100 * gap)}
    return Grid("check", columns, rows[:_MOST], Verdict(told, numbers, "" if gap <= _CLOSE else "warn"))


#: A mean gap of the share called in time up to which the formula may be planned with.
_CLOSE = 0.05


def _parts(one: Outlet) -> Figures:
    """Arrivals, service and patience: what the branch's queue is made of."""
    queue = one.queue
    figures = []
    if queue.service:
        figures.append(Figure("service", Unit.SECONDS, *_seconds(queue.service.mean), n=queue.service.n))
    if queue.patience:
        figures.append(Figure("patience", Unit.SECONDS, *_seconds(queue.patience.mean), n=queue.patience.leavers))
    if queue.arrivals:
        figures.append(Figure("busyness", Unit.SHARE, queue.arrivals.busyness_cv, n=queue.arrivals.days))
    figures.append(Figure("odd", Unit.COUNT, queue.odd))
    told = queue.arrivals.verdict if queue.arrivals else "cannot_tell"
    return Figures("parts", figures, Verdict(f"arrivals_{told}"))


def _seconds(hours: Estimate) -> tuple[float | None, float | None, float | None]:
    value, low, high = (times(each, 3600) for each in (hours.value, hours.low, hours.high))
    return value, low, high


def _plan(code: str, one: Outlet, *, weekend: bool) -> Grid:
    """Hour by hour: who comes, the counters at hand, how it went, and the counters that the wanted share takes."""
    rows: list[list[Cell]] = []
    short = 0
    for each in one.hours.to_pylist():
        if each["weekend"] is not weekend:
            continue
        present, needed = each["counters"], each["needed"]
        if each["arrivals"] < _FEW:
            needed = None  # too few ever came at that hour to plan for it
        lacking = present is not None and needed is not None and needed - present >= 0.5
        short += lacking
        wait = None if each["wait"] is None else 3600 * each["wait"]
        rows.append(
            [
                f"{each['hour']}:00–{each['hour'] + 1}:00",
                each["rate_per_hour"],
                wait,
                each["within"],
                each["abandonment"],
                present,
                needed,
                None if present is None or needed is None else "more" if lacking else "enough",
            ]
        )
    columns = [
        ("hour", Unit.TEXT),
        ("rate", Unit.NUMBER),
        ("wait", Unit.SECONDS),
        ("within", Unit.SHARE),
        ("abandonment", Unit.SHARE),
        ("counters", Unit.NUMBER),
        ("needed", Unit.COUNT),
        ("verdict", Unit.CODE),
    ]
    numbers: dict[str, tuple[Unit, Cell]] = {
        "hours": (Unit.COUNT, short),
        "minutes": (Unit.COUNT, one.wanted.minutes),
        "wanted": (Unit.SHARE, one.wanted.share),
    }
    return Grid(code, columns, rows, Verdict("plan_more" if short else "plan_enough", numbers, _tone(short > 0)))


def _arrivals(outlets: list[Outlet]) -> Curve:
    """Customers an hour on a working day and at a weekend."""
    together: dict[tuple[bool, int], float] = {}
    for one in outlets:
        for each in one.hours.select(["weekend", "hour", "rate_per_hour"]).to_pylist():
            at: tuple[bool, int] = (each["weekend"], each["hour"])
            together[at] = together.get(at, 0.0) + each["rate_per_hour"]
    clock = sorted({hour for _, hour in together})
    lines = [
        Line(code, [together.get((weekend, hour), 0.0) for hour in clock])
        for code, weekend in (("working_day", False), ("weekend", True))
        if any(kind is weekend for kind, _ in together)
    ]
    x: list[Any] = [f"{hour}:00" for hour in clock]
    return Curve("arrivals", Unit.TEXT, x, Unit.NUMBER, lines, shape="bars")
