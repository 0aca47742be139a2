"""Detractors asked again (S21): how many are detractors no more, beside how many would be had nobody done anything.

Whoever is chosen by a bad answer had, on average, a bad day too, and answers better next time by itself (pitfall 8).
How far, follows from how alike two answers of a customer are where nothing lay between them: no contact, no complaint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from tenure.contracts.findings import Cell, Grid, Unit, Verdict
from tenure.insight import opinion
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import Estimate, share
from tenure.insight.opinion.answers import DETRACTOR_TO, PROMOTER_FROM
from tenure.nightly.topics import cell, heard

if TYPE_CHECKING:
    import pyarrow as pa

    from tenure.nightly.topics import Known

#: Detractors below which a share of them would be single customers'.
_HANDFUL = 5


def pairs(known: Known) -> pa.Table:
    """The two newest answers of every customer who answered twice in the months the night sees.

    Columns: ``party_id``, ``first``, ``second`` (0–10); ``contacted``: we reached them in between; ``disturbed``: a
    contact, also one that reached nobody, a complaint made or closed, or a case lay in between; ``mended``: a case was
    closed as repaired in between.
    """
    t = heard.answers(known)
    t = t.filter(t.recommend.notnull() & t.party_id.notnull())
    newest = ibis.window(group_by=t.party_id, order_by=[t.answered_at.desc(), t.response_id.desc()])
    t = t.mutate(back=ibis.row_number().over(newest))
    first = t.filter(t.back == 1).select("party_id", first=t.recommend, since=t.answered_at)
    second = t.filter(t.back == 0).select("party_id", second=t.recommend, until=t.answered_at)
    both = first.inner_join(second, "party_id")
    contact, complaint = known.source("interaction"), known.source("complaint")
    reached = contact.outcome.isnull() | (contact.outcome != "no_answer")
    no, case = ibis.literal(False), known.source("case")
    events = ibis.union(
        contact.select("party_id", at=contact["at"], reached=reached, mended=no),
        *(
            complaint.filter(at.notnull()).select("party_id", at=at, reached=no, mended=no)
            for at in (complaint.received_at, complaint.closed_at)
        ),
        case.select("party_id", at=case.opened_at, reached=no, mended=no),
        case.filter(case.closed_at.notnull()).select(
            "party_id", at=case.closed_at, reached=no, mended=(case.result == "repaired").coalesce(False)
        ),
    )
    between = both.inner_join(events, "party_id")
    between = between.filter((between["at"] >= between.since) & (between["at"] <= between.until))
    lay = between.group_by("party_id").aggregate(contacted=between.reached.max(), mended=between.mended.max())
    told = both.left_join(lay, "party_id")
    return known.rows(
        told.select(
            "party_id",
            "first",
            "second",
            contacted=told.contacted.coalesce(False),
            mended=told.mended.coalesce(False),
            disturbed=told.party_id_right.notnull(),
        ).order_by("party_id")
    )


def section(known: Known) -> Grid:
    """Of the detractors asked again, how many are none any more: seen, to be expected without action, and beyond it.

    Those left alone are the check: where they too differ from what was expected, the level of all has moved or answers
    are not alike as supposed, and nothing is said of those we reached.

    Raises:
        TooLittleData: fewer than five detractors were asked again.
    """
    rows = pairs(known)
    first, second, contacted, mended, disturbed = (
        rows.column(name).to_numpy(zero_copy_only=False)
        for name in ("first", "second", "contacted", "mended", "disturbed")
    )
    contacted, mended, left_alone = contacted.astype(bool), mended.astype(bool), ~disturbed.astype(bool)
    detracting = first <= DETRACTOR_TO
    if detracting.sum() < _HANDFUL:
        raise TooLittleData(f"{int(detracting.sum())} detractors were asked again")
    promoters, detractors = float((first >= PROMOTER_FROM).mean()), float(detracting.mean())
    alike = _alike(first[left_alone], second[left_alone]) if promoters > 0 else None
    expected = _expected(promoters, detractors, alike) if alike else None
    grid: list[list[Cell]] = []
    beyond: dict[str, Estimate] = {}
    for code, chosen in (
        ("asked_all", np.ones(len(first), bool)),
        ("contacted", contacted),
        ("mended", mended),
        ("left_alone", left_alone),
    ):
        mine = chosen & detracting
        n = int(mine.sum())
        if n < _HANDFUL:
            grid.append([code, n, None, None, None])
            continue
        seen = share(int((second[mine] > DETRACTOR_TO).sum()), n)
        if alike:
            beyond[code] = opinion.recovery_beyond_chance(first[mine], second[mine], promoters, detractors, alike)
        grid.append([code, n, cell(seen), expected, cell(beyond.get(code), 100)])
    columns = [
        ("who", Unit.CODE),
        ("detractors_asked", Unit.COUNT),
        ("recovered", Unit.SHARE),
        ("expected", Unit.SHARE),
        ("beyond", Unit.POINTS),
    ]
    return Grid("asked_again", columns, grid, _verdict(alike, beyond))


def _alike(first: Any, second: Any) -> Estimate | None:
    try:
        return opinion.reliability(first, second)
    except TooLittleData:
        return None


def _expected(promoters: float, detractors: float, alike: Estimate) -> Cell:
    """The share recovered without action, with the interval that the reliability leaves."""
    assert alike.value is not None and alike.low is not None and alike.high is not None
    usual, least, most = (
        opinion.expected_without_action(promoters, detractors, min(max(r, 0.0), 0.999)).detractors_recovered
        for r in (alike.value, alike.high, alike.low)
    )
    return usual, least, most


def _verdict(alike: Estimate | None, beyond: dict[str, Estimate]) -> Verdict:
    if alike is None:
        return Verdict("again_not_known", tone="warn")
    numbers: dict[str, tuple[Unit, Cell]] = {
        "alike": (Unit.NUMBER, alike.value),
        "low": (Unit.NUMBER, alike.low),
        "high": (Unit.NUMBER, alike.high),
        "n": (Unit.COUNT, alike.n),
    }
    check, ours = beyond.get("left_alone"), beyond.get("contacted")
    if check is not None and check.excludes(0):
        return Verdict("again_check_fails", numbers, "warn")
    if ours is None:
        return Verdict("again_nobody_reached", numbers)
    assert ours.value is not None
    numbers["beyond"] = (Unit.POINTS, 100 * ours.value)
    if not ours.excludes(0):
        return Verdict("again_as_chance", numbers)
    return Verdict("again_beyond", numbers, "good") if ours.value > 0 else Verdict("again_short", numbers, "bad")
