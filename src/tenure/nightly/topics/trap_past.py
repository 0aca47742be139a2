"""The satisfaction trap at two past month ends: would the list of then have foretold who was lost in half a year?

Each half year is judged by the rules of today's list, with what was known when it began: the deeds as they stood, and
a leaving probability of trees that had seen nothing after it. Where the night has no such trees only the deeds are
tested, and the verdict says that the list rests on more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tenure.contracts import codes
from tenure.contracts.findings import Cell, Figures, Grid, Unit, Verdict
from tenure.insight import months, trap
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import share
from tenure.nightly.topics import Known, cell, deeds, figure, losing

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

#: Months back whose ends the test looks from; each is followed by half a year.
PAST = (13, 7)
#: A fall of the share that stays below this is flat, when satisfaction and loyalty are set side by side.
_MARGIN = 0.005
#: Answers at both month ends below which a tier or branch is not looked at over time, and rows of a grid.
_ENOUGH, _MOST = 30, 50


def half_years(known: Known) -> list[HalfYear]:
    """The half years after each of :data:`PAST`; both by a leaving probability, or neither."""
    return [half_year(known, back, chance) for back, chance in zip(PAST, chances(known, PAST), strict=True)]


def chances(known: Known, backs: Sequence[int]) -> list[pa.Table | None]:
    """``Known.blind`` at the end of each of these months; of none of them where one has none, so that all are alike."""
    found = [None if known.blind is None else known.blind(known.frames.past.window.month(back)) for back in backs]
    return [None] * len(backs) if any(chance is None for chance in found) else found


@dataclass(frozen=True)
class HalfYear:
    """One past month's end: who was here, what they said, did, and whether they were lost in the half year after."""

    month: str
    parties: list[str]
    satisfaction: NDArray[np.float64]
    leaving: NDArray[np.bool_]
    readable: NDArray[np.bool_]
    lost: NDArray[np.bool_]
    by_probability: bool
    satisfied_from: int
    tier: NDArray[Any]
    branch: NDArray[Any]


def half_year(known: Known, back: int, chance: pa.Table | None = None) -> HalfYear:
    """The half year after the end of the month so many months back; ``chance`` is that of ``Known.blind``."""
    rows, done, rules = standing(known, back, chance, deeds.lost_after(known, back))
    said_then = rows.column("satisfaction").cast(pa.float64()).to_numpy(zero_copy_only=False)
    lost = np.array([bool(each) for each in rows.column("lost").to_pylist()], dtype=bool)
    label = months.label(known.frames.past.window.month(back))
    return HalfYear(
        label,
        [str(one) for one in rows.column("party_id").to_pylist()],
        np.asarray(said_then, dtype=np.float64),
        done.leaving,
        done.known,
        lost,
        chance is not None,
        rules.satisfied_from,
        np.array(codes.TIER_ORDER)[rows.column("tier").to_numpy()],
        np.asarray(rows.column("org_id").to_numpy(zero_copy_only=False)).astype(str),
    )


def standing(
    known: Known, back: int, chance: pa.Table | None, *more: ir.Table
) -> tuple[pa.Table, trap.Behaviour, trap.Rules]:
    """Who was here at the end of the month so many months back, by number: what they had said, what they did, and the
    rules it is judged by; with the columns of ``more`` (by ``party_id``) beside."""
    floor = known.frames.past.thresholds.tiers.ladder[1] // 5
    assets = known.closed.by_party
    then, before = assets[f"aum_{back}"], assets[f"aum_{back + deeds.OUTFLOW_MONTHS}"]
    here = (then >= floor) | ((before >= floor) & (then > deeds.EMPTIED * before.cast("float64")))
    t = assets.filter(here).select("party_id", tier=assets[f"tier_{back}"].coalesce(0), assets=then.coalesce(0))
    t = t.inner_join(deeds.deeds(known, back), "party_id")
    t = t.inner_join(known.party.select("party_id", org_id=known.party.org_id.coalesce("")), "party_id")
    gone = losing.by_end_of(known, back)
    t = t if gone is None else t.anti_join(gone, "party_id")
    parts = [deeds.said(known, back).drop("answered_on"), *more]
    if chance is not None:
        parts.append(known.frames.small(f"chance_{back}", chance))
    for part in parts:
        t = t.left_join(part, "party_id").drop("party_id_right")
    rows = known.rows(t.order_by("party_id"))
    rules = deeds.rules(known, probability=chance is not None)
    beside = [] if chance is None else ["leaving_probability"]
    done = trap.behaviour(rows.select([*beside, "outflow_share", "depth_trend", "renewal_share"]), rules)
    return rows, done, rules


def back_test(past: Sequence[HalfYear], *, listed_by_probability: bool) -> Figures:
    """:func:`tenure.insight.trap.back_test` over the half years; ``listed_by_probability``: today's list rests on one.

    Raises:
        TooLittleData: as there, or nobody had answered.
    """
    told = [~np.isnan(one.satisfaction) & one.readable for one in past]
    if not all(each.any() for each in told):
        raise TooLittleData("nobody had answered before one of the past half years")
    satisfaction, leaving, lost = (
        np.concatenate([getattr(p, name)[t] for p, t in zip(past, told, strict=True)])
        for name in ("satisfaction", "leaving", "lost")
    )
    period = [p.month for p, t in zip(past, told, strict=True) for _ in range(int(t.sum()))]
    found = trap.back_test(satisfaction, leaving, lost, period, satisfied_from=past[0].satisfied_from)
    figures = [
        figure(code, unit, each)
        for code, unit, each in (
            ("trapped_left", Unit.SHARE, found.trapped_left),
            ("content_left", Unit.SHARE, found.content_left),
            ("auc_satisfaction", Unit.NUMBER, found.auc_satisfaction),
            ("auc_both", Unit.NUMBER, found.auc_both),
            ("auc_gain", Unit.NUMBER, found.auc_gain),
        )
    ]
    numbers: dict[str, tuple[Unit, Cell]] = {
        "trapped": (Unit.SHARE, found.trapped_left.value),
        "content": (Unit.SHARE, found.content_left.value),
        "month": (Unit.MONTH, past[-1].month),
    }
    # The verdict is of the rules that were tested: where the list rests on more than these, it says so.
    only_deeds = listed_by_probability and not all(one.by_probability for one in past)
    code = f"test_deeds_{found.verdict}" if only_deeds else f"test_{found.verdict}"
    return Figures("back_test", figures, Verdict(code, numbers, "warn" if only_deeds else ""))


def over_time(past: Sequence[HalfYear]) -> Figures:
    """Does satisfaction rise while loyalty does not? The year before each of the two month ends, and who stayed."""
    return _over_time(past, [_all(one) for one in past])


def groups_over_time(past: Sequence[HalfYear], code: str, column: str, unit: Unit) -> Grid:
    """The same for each ``column`` (``tier`` of then, or ``branch`` of today) with answers enough at both month ends.

    Raises:
        TooLittleData: no group has.
    """
    counted = [_counted(one, getattr(one, column)) for one in past]
    rows: list[list[Cell]] = []
    for name in sorted(set(counted[0]) & set(counted[1])):
        both = [each[name] for each in counted]
        if min(each.answers for each in both) >= _ENOUGH:
            found = _divergence(both)
            answers = min(each.answers for each in both)
            row = [cell(each, 100) for each in (found.satisfaction, found.loyalty)]
            rows.append([name, answers, *row, f"group_{found.verdict}"])
    if not rows:
        raise TooLittleData(f"no {column} with {_ENOUGH} answers at both month ends")
    order = {f"group_{verdict}": place for place, verdict in enumerate(("trap", "both_rise", "not_rising"))}
    rows.sort(key=lambda row: (order.get(str(row[-1]), len(order)), str(row[0])))
    columns = [
        (column, unit), ("answers", Unit.COUNT), ("satisfied_change", Unit.POINTS), ("stayed_change", Unit.POINTS),
        ("verdict", Unit.CODE),
    ]  # fmt: skip
    trapped = sum(row[-1] == "group_trap" for row in rows)
    numbers: dict[str, tuple[Unit, Cell]] = {"n": (Unit.COUNT, trapped), "groups": (Unit.COUNT, len(rows))}
    return Grid(code, columns, rows[:_MOST], Verdict("groups_trap" if trapped else "groups_no_trap", numbers))


def branches_over_time(past: Sequence[HalfYear], known: Known) -> Iterator[tuple[str, Figures]]:
    """The same on the page of each branch, all below it included, where there are answers enough."""
    counted = [_counted(one, one.branch) for one in past]
    for org in known.branches:
        below = known.below(org)
        both = [sum((each[name] for name in below if name in each), _Counts()) for each in counted]
        if org != known.bank and min(each.answers for each in both) >= _ENOUGH:
            yield org, _over_time(past, both)


@dataclass(frozen=True)
class _Counts:
    """How many answered, said satisfied, were here, and stayed half a year."""

    answers: int = 0
    satisfied: int = 0
    here: int = 0
    stayed: int = 0

    def __add__(self, other: _Counts) -> _Counts:
        return _Counts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def _all(one: HalfYear) -> _Counts:
    return sum(_counted(one, np.zeros(len(one.lost), dtype=np.int64).astype(str)).values(), _Counts())


def _counted(one: HalfYear, names: NDArray[Any]) -> dict[str, _Counts]:
    found, index = np.unique(names, return_inverse=True)
    told = ~np.isnan(one.satisfaction)
    with np.errstate(invalid="ignore"):
        content = one.satisfaction >= one.satisfied_from
    sums = [np.bincount(index, each, len(found)).astype(int) for each in (told, content, told | ~told, ~one.lost)]
    return {str(name): _Counts(*map(int, row)) for name, *row in zip(found, *sums, strict=True)}


def _divergence(both: Sequence[_Counts]) -> trap.Divergence:
    satisfied = [share(each.satisfied, each.answers) for each in both]
    stayed = [share(each.stayed, each.here) for each in both]
    return trap.divergence(satisfied[0], satisfied[1], stayed[0], stayed[1], _MARGIN)


def _over_time(past: Sequence[HalfYear], both: Sequence[_Counts]) -> Figures:
    found = _divergence(both)
    figures = [
        figure(f"{code}_{when}", Unit.SHARE, share(part, of))
        for code, name, whole in (("csat", "satisfied", "answers"), ("stayed", "stayed", "here"))
        for when, each in zip(("before", "after"), both, strict=True)
        for part, of in [(getattr(each, name), getattr(each, whole))]
    ]
    numbers: dict[str, tuple[Unit, Cell]] = {
        "before": (Unit.MONTH, past[0].month),
        "after": (Unit.MONTH, past[1].month),
    }
    tone = "bad" if found.verdict == "trap" else ""
    return Figures("over_time", figures, Verdict(f"diverge_{found.verdict}", numbers, tone))
