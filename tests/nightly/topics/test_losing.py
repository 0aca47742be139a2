"""One answer to "who was lost": the bank's own definitions, for the model, for depth and for the trap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis
import pyarrow as pa
import pytest

from nightly.topics.known import words_missing
from nightly.topics.test_depth import bank
from tenure.insight import months, thresholds
from tenure.insight.attrition import definitions
from tenure.nightly.topics import Known, deeds, depth, losing

FALLEN = "P0000"
#: The last closed month of :func:`bank`, and the first of the months in which P0000 holds a tenth of what was usual.
LAST, LOW = months.parse("2026-10"), months.parse("2026-06")


def losses(**changed: Any) -> pa.Table:
    """By the definitions with these changes, of a customer who uses the bank as ever while the assets go elsewhere."""
    rows = [
        {"party_id": FALLEN, "month": month, "left": None, "made": 4, "payroll": 0,
         "aum": 1_000_000_00 if month < LOW else 10_000_00}
        for month in range(LAST - 35, LAST + 1)
    ]  # fmt: skip
    kinds = {"party_id": pa.string(), **dict.fromkeys(("month", "left", "made", "payroll", "aum"), pa.int64())}
    held = thresholds.load()
    held = replace(held, attrition=replace(held.attrition, **changed))
    of = definitions.of(ibis.memtable(pa.Table.from_pylist(rows, pa.schema(kinds))), held)
    return ibis.duckdb.connect(threads=1).to_pyarrow(of)


def told(**changed: Any) -> Known:
    at = bank()
    at.__dict__["losses"] = ibis.memtable(losses(**changed))
    return at


@pytest.mark.parametrize("fall", [True, False])
def test_a_definition_switched_off_is_off_for_the_model_for_depth_and_for_the_trap(fall: bool) -> None:
    at = told(fall=fall)
    assert (losses(fall=fall)["lost"].to_pylist() == [LOW + 2]) is fall
    state = depth._state(at)
    assert (~state.stayed).sum() == fall
    assert at.rows(deeds.lost_after(at, 7))["party_id"].to_pylist() == ([FALLEN] if fall else [])


def test_who_is_lost_when_the_year_begins_is_not_looked_at() -> None:
    at = told()
    early = ibis.memtable(losses()).mutate(lost=ibis.literal(at.frames.past.window.month(13), "int64"))
    everybody = len(depth._state(at).held)
    at.__dict__["losses"] = early
    assert len(depth._state(at).held) == everybody - 1
    assert at.rows(losing.by_end_of(at, 13))["party_id"].to_pylist() == [FALLEN]


def test_the_page_names_the_definitions_that_are_on_and_says_where_they_cannot_be_used() -> None:
    at = told()
    page = losing.section(at)
    assert [one.code for one in page.figures] == ["lost_closed", "lost_dormant", "lost_fall"]
    assert [one.value for one in page.figures] == [0, 0, 1]
    short = bank()
    stand_in = losing.section(short)
    assert stand_in.verdict is not None and stand_in.verdict.code == "lost_by_stand_in"
    assert short.rows(deeds.lost_after(short, 7).filter(ibis._.lost)).num_rows > 0  # left in May, by the stand-in
    for topic in ("depth", "trap"):
        assert words_missing(topic, [("HQ", page), ("HQ", stand_in)]) == []
