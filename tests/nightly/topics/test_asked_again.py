"""Detractors asked again: calls that do nothing, calls that help, and when neither can be told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from nightly.topics.known import known, words_missing
from tenure.contracts.findings import Grid
from tenure.insight.inputs import TooLittleData
from tenure.insight.opinion import expected_without_action
from tenure.nightly.topics.asked_again import pairs, section

AS_OF = date(2026, 6, 20)
FIRST, SECOND = datetime(2025, 9, 10, 12), datetime(2026, 3, 10, 12)
BETWEEN = datetime(2025, 12, 1, 10)


def answer(party: str, at: datetime, score: int | None, number: str = "") -> dict[str, Any]:
    return {
        "response_id": f"{party}-{at:%y%m%d}{number}", "party_id": party, "answered_at": at, "recommend": score,
        "org_id": "HQ", "moment": "periodic",
    }  # fmt: skip


def contact(party: str, at: datetime = BETWEEN, outcome: str | None = "done") -> dict[str, Any]:
    return {"interaction_id": f"{party}-{at}", "party_id": party, "at": at, "kind": "call", "outcome": outcome}


def bank(reached: float, lifts: float, customers: int = 1_200) -> tuple[dict[str, Any], Any, Any, Any]:
    """Answers around a lasting opinion (correlation .5); who was reached answers ``lifts`` points better next time."""
    rng = np.random.default_rng(11)
    lasting = rng.standard_normal(customers)
    called = rng.uniform(size=customers) < reached
    days = [7 + 2.5 * (np.sqrt(0.5) * lasting + np.sqrt(0.5) * rng.standard_normal(customers)) for _ in range(2)]
    first, second = (np.clip(np.round(day), 0, 10).astype(int) for day in (days[0], days[1] + lifts * called))
    tables: dict[str, Any] = {
        "organisation": [{"org_id": "HQ", "name": "HQ", "kind": "head_office"}],
        "survey_response": [
            answer(f"P{n}", at, int(score))
            for n in range(customers)
            for at, score in ((FIRST, first[n]), (SECOND, second[n]))
        ],
        "interaction": [contact(f"P{n}") for n in np.flatnonzero(called)],
    }
    return tables, first, second, called


def told(tables: dict[str, Any]) -> tuple[Grid, dict[str, dict[str, Any]]]:
    grid = section(known(tables, AS_OF))
    assert words_missing("opinion", [("HQ", grid)]) == []
    names = [name for name, _ in grid.columns]
    return grid, {str(row[0]): dict(zip(names, row, strict=True)) for row in grid.rows}


def test_calls_that_do_nothing_are_seen_to_do_nothing() -> None:
    tables, first, second, called = bank(reached=0.5, lifts=0)
    grid, rows = told(tables)
    assert grid.verdict is not None and grid.verdict.code == "again_as_chance"
    mine = (first <= 6) & called
    assert rows["contacted"]["detractors_asked"] == mine.sum()
    seen = rows["contacted"]["recovered"]
    assert seen[0] == pytest.approx((second[mine] > 6).mean())
    assert seen[0] > 1 / 3  # what a page without the expectation would have called a success
    assert rows["contacted"]["beyond"][1] < 0 < rows["contacted"]["beyond"][2]
    # what is expected follows from the answers of those left alone, and only theirs
    alike = float(np.corrcoef(first[~called], second[~called])[0, 1])
    usual = expected_without_action(float((first >= 9).mean()), float((first <= 6).mean()), alike)
    assert rows["contacted"]["expected"][0] == pytest.approx(usual.detractors_recovered, abs=1e-3)
    assert rows["contacted"]["expected"][1] < usual.detractors_recovered < rows["contacted"]["expected"][2]
    assert grid.verdict.numbers["alike"][1] == pytest.approx(alike)
    assert grid.verdict.numbers["n"][1] == (~called).sum()
    assert rows["contacted"]["beyond"][0] == pytest.approx(100 * (seen[0] - usual.detractors_recovered), abs=0.1)
    assert rows["asked_all"]["detractors_asked"] == rows["left_alone"]["detractors_asked"] + mine.sum()


def test_calls_that_help_are_told_from_what_comes_back_by_itself() -> None:
    grid, rows = told(bank(reached=0.5, lifts=2)[0])
    assert grid.verdict is not None and (grid.verdict.code, grid.verdict.tone) == ("again_beyond", "good")
    assert rows["contacted"]["beyond"][1] > 0
    assert rows["left_alone"]["beyond"][1] < 0 < rows["left_alone"]["beyond"][2]


def test_those_whose_case_was_repaired_in_between_have_a_line_of_their_own() -> None:
    tables, first, second, called = bank(reached=0.5, lifts=2)
    ours = np.flatnonzero(called)[:200]
    tables["case"] = [
        {
            "case_id": f"C{n}", "party_id": f"P{n}", "opened_at": FIRST, "source": "survey", "source_key": f"{n}",
            "state": "closed", "round": 1, "result": "repaired" if n % 2 else "not_agreed", "closed_at": BETWEEN,
        }
        for n in ours
    ]  # fmt: skip
    _, rows = told(tables)
    mine = [n for n in ours if n % 2 and first[n] <= 6]
    assert rows["mended"]["detractors_asked"] == len(mine) > 20
    assert rows["mended"]["recovered"][0] == pytest.approx((second[mine] > 6).mean())


def test_calls_that_annoy_are_told_too() -> None:
    grid, _ = told(bank(reached=0.5, lifts=-3)[0])
    assert grid.verdict is not None and (grid.verdict.code, grid.verdict.tone) == ("again_short", "bad")


def test_a_level_that_moved_for_everybody_is_no_recovery() -> None:
    tables, *_ = bank(reached=0.5, lifts=0)
    for row in tables["survey_response"]:
        if row["answered_at"] == SECOND:
            row["recommend"] = min(10, row["recommend"] + 3)
    grid, _ = told(tables)
    assert grid.verdict is not None and grid.verdict.code == "again_check_fails"


def test_where_everybody_was_contacted_nothing_is_expected_and_nothing_claimed() -> None:
    grid, rows = told(bank(reached=1.1, lifts=2)[0])
    assert grid.verdict is not None and grid.verdict.code == "again_not_known"
    assert rows["contacted"]["recovered"][0] > 0.5
    assert rows["contacted"]["expected"] is None and rows["contacted"]["beyond"] is None


def test_where_nobody_was_contacted_only_the_check_is_shown() -> None:
    grid, rows = told(bank(reached=-0.1, lifts=0)[0])
    assert grid.verdict is not None and grid.verdict.code == "again_nobody_reached"
    assert rows["contacted"]["detractors_asked"] == 0 and rows["contacted"]["recovered"] is None
    assert rows["left_alone"]["recovered"] == rows["asked_all"]["recovered"]


def test_a_handful_of_detractors_has_no_share() -> None:
    tables, *_ = bank(reached=0.5, lifts=0, customers=6)
    with pytest.raises(TooLittleData, match="asked again"):
        section(known(tables, AS_OF))


def _pair(**tables: list[dict[str, Any]]) -> dict[str, Any]:
    answers = [answer("P", FIRST, 3), answer("P", SECOND, 8)]
    given = {"organisation": [{"org_id": "HQ", "name": "HQ", "kind": "head_office"}], "survey_response": answers}
    [row] = pairs(known({**given, **tables}, AS_OF)).to_pylist()
    return dict(row)


def _complaint(received: datetime, closed: datetime | None = None) -> dict[str, Any]:
    return {"complaint_id": "C", "party_id": "P", "received_at": received, "closed_at": closed, "state": "open"}


@pytest.mark.parametrize(
    ("tables", "contacted", "disturbed"),
    [
        ({}, False, False),
        ({"interaction": [contact("P")]}, True, True),
        ({"interaction": [contact("P", outcome=None)]}, True, True),
        ({"interaction": [contact("P", outcome="no_answer")]}, False, True),
        (
            {"interaction": [contact("P", FIRST - timedelta(hours=1)), contact("P", SECOND + timedelta(1))]},
            False,
            False,
        ),
        ({"interaction": [contact("Q")]}, False, False),
        ({"complaint": [_complaint(BETWEEN)]}, False, True),
        ({"complaint": [_complaint(FIRST - timedelta(30), BETWEEN)]}, False, True),
        ({"complaint": [_complaint(FIRST - timedelta(30), FIRST - timedelta(3))]}, False, False),
    ],
)
def test_a_pair_is_left_alone_only_if_nothing_lay_between_its_answers(
    tables: dict[str, Any], contacted: bool, disturbed: bool
) -> None:
    found = _pair(**tables)
    assert (found["first"], found["second"]) == (3, 8)
    assert (found["contacted"], found["disturbed"]) == (contacted, disturbed)


def test_of_many_answers_the_two_newest_known_that_day_make_the_pair() -> None:
    answers = [
        answer("P", FIRST - timedelta(90), 10),
        answer("P", FIRST, 2),
        answer("P", SECOND, None),
        answer("P", SECOND + timedelta(1), 7),
        answer("P", datetime(2026, 6, 25), 9),
        answer("Q", FIRST, 5),
    ]
    found = _pair(survey_response=answers)
    assert (found["first"], found["second"]) == (2, 7)
