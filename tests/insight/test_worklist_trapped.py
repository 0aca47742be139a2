"""The satisfied-but-leaving on the work list: why they may leave and what to talk about, never how satisfied (S20)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest

from tenure.contracts import codes
from tenure.contracts import worklist as told
from tenure.desk.kit import wording
from tenure.insight import Window, thresholds, worklist
from tenure.insight.trap.behaviour import _SIGNALS

WINDOW = Window(date(2026, 6, 20))
LIMITS = thresholds.load("CNY")
_TRAPPED = pa.schema(
    [("party_id", pa.string()), ("satisfaction", pa.int64()), ("sign", pa.string()), ("cause", pa.string()),
     ("trapped_answered_on", pa.date32())]
)  # fmt: skip


def _entries(trapped: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    people = pa.table({"party_id": ["A", "B", "C"], "aum_month_average": [9_000_000, 900_000, 5_000_000]})
    given = None if trapped is None else ibis.memtable(pa.Table.from_pylist(trapped, _TRAPPED))
    nothing = ibis.memtable(people)
    frames = worklist.Frames(ibis.memtable(people), nothing, nothing, given)
    found = worklist.satisfied_leaving(frames, WINDOW, LIMITS)
    rows: list[dict[str, Any]] = ibis.duckdb.connect().to_pyarrow(found.order_by("party_id")).to_pylist()
    return rows


def _who(party: str, cause: str | None) -> dict[str, Any]:
    return {"party_id": party, "satisfaction": 5, "sign": "outflow_high", "cause": cause,
            "trapped_answered_on": date(2026, 3, 4)}  # fmt: skip


def test_who_is_in_the_trap_with_assets_enough_is_on_the_list_with_the_likeliest_cause() -> None:
    rows = _entries([_who("A", "matured_not_contacted"), _who("B", "fading"), _who("C", None)])
    assert [row["party_id"] for row in rows] == ["A", "C"], "B has too little at stake"
    facts = json.loads(rows[0]["facts"])
    assert facts["cause"] == "matured_not_contacted" and facts["satisfaction"] == 5
    assert (rows[0]["value_at_stake"], rows[0]["occasion"]) == (4_500_000, "2026-06")
    assert rows[0]["due_on"] == date(2026, 6, 25)
    assert json.loads(rows[1]["facts"])["cause"] == "unknown", "no model: the deed is told and the cause is not known"


def test_a_night_that_cannot_tell_names_nobody() -> None:
    assert _entries(None) == [] and _entries([]) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("cause", codes.LEAVING_CAUSES)
def test_what_to_do_is_about_the_reason_in_either_language(cause: str, language: str) -> None:
    facts = json.loads(_entries([_who("A", cause)])[0]["facts"])
    rule = told.BY_NAME["satisfied_leaving"]
    do, why = wording.to_do("satisfied_leaving", language, facts), wording.reason(rule, facts, "CNY", language)
    play, name = told.TRAP_PLAYS[cause], codes.LEAVING_CAUSES[cause]
    assert (play.zh if language == "zh-hans" else play.en) in do
    assert (name.zh if language == "zh-hans" else name.en) in why and "—" not in why
    assert rule.do_zh in do or rule.do_en in do


def test_every_cause_and_every_deed_has_a_play_or_a_name() -> None:
    assert set(told.TRAP_PLAYS) == set(codes.LEAVING_CAUSES)
    assert set(worklist.SIGNS) == {code for _column, code in _SIGNALS}
    assert set(worklist.RULES) == {rule.name for rule in told.RULES}
