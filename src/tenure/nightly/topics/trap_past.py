"""The satisfaction trap at two past month ends: would the list of then have foretold who was lost in half a year?

Each half year is judged by the rules of today's list, with what was known when it began: the deeds as they stood, and
a leaving probability of trees that had seen nothing after it. Where the night has no such trees only the deeds are
tested, and the verdict says that the list rests on more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from tenure.contracts.findings import Cell, Figures, Unit, Verdict
from tenure.insight import months, trap
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import LEVEL, Estimate
from tenure.insight.opinion import csat
from tenure.nightly.topics import Known, deeds, figure, losing

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Months back whose ends the test looks from; each is followed by half a year.
PAST = (13, 7)
#: A fall of the share that stays below this is flat, when satisfaction and loyalty are set side by side.
_MARGIN = 0.005


def half_years(known: Known) -> list[HalfYear]:
    """The half years after each of :data:`PAST`; both by a leaving probability, or neither."""
    chances = [None if known.blind is None else known.blind(known.frames.past.window.month(back)) for back in PAST]
    if any(chance is None for chance in chances):
        chances = [None] * len(PAST)
    return [_half_year(known, back, chance) for back, chance in zip(PAST, chances, strict=True)]


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


def _half_year(known: Known, back: int, chance: pa.Table | None) -> HalfYear:
    floor = known.frames.past.thresholds.tiers.ladder[1] // 5
    assets = known.closed.by_party
    then, before = assets[f"aum_{back}"], assets[f"aum_{back + deeds.OUTFLOW_MONTHS}"]
    here = (then >= floor) | ((before >= floor) & (then > deeds.EMPTIED * before.cast("float64")))
    t = assets.filter(here).select("party_id").inner_join(deeds.deeds(known, back), "party_id")
    gone = losing.by_end_of(known, back)
    t = t if gone is None else t.anti_join(gone, "party_id")
    parts = [deeds.said(known, back).drop("answered_on"), deeds.lost_after(known, back)]
    if chance is not None:
        parts.append(known.frames.small(f"chance_{back}", chance))
    for part in parts:
        t = t.left_join(part, "party_id").drop("party_id_right")
    rows = known.rows(t.order_by("party_id"))
    rules = deeds.rules(known, probability=chance is not None)
    beside = [] if chance is None else ["leaving_probability"]
    done = trap.behaviour(rows.select([*beside, "outflow_share", "depth_trend", "renewal_share"]), rules)
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
    )


def back_test(past: Sequence[HalfYear], *, listed_by_probability: bool) -> Figures:
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
    satisfied = [csat(one.satisfaction[~np.isnan(one.satisfaction)]) for one in past]
    stayed = [_stayed(one) for one in past]
    found = trap.divergence(satisfied[0], satisfied[1], stayed[0], stayed[1], _MARGIN)
    figures = [
        figure(code, Unit.SHARE, each)
        for code, each in (
            ("csat_before", satisfied[0]),
            ("csat_after", satisfied[1]),
            ("stayed_before", stayed[0]),
            ("stayed_after", stayed[1]),
        )
    ]
    numbers: dict[str, tuple[Unit, Cell]] = {
        "before": (Unit.MONTH, past[0].month),
        "after": (Unit.MONTH, past[1].month),
    }
    tone = "bad" if found.verdict == "trap" else ""
    return Figures("over_time", figures, Verdict(f"diverge_{found.verdict}", numbers, tone))


def _stayed(one: HalfYear) -> Estimate:
    everybody = np.ones(len(one.lost), dtype=bool)
    return trap.weighted_share(everybody, ~one.lost, everybody.astype(np.float64), LEVEL)
