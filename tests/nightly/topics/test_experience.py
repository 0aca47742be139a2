"""Behind the answers: who is named, the month of a move, which way a driver goes, each band's figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from nightly.topics.known import known, words_missing
from nightly.topics.town_of_opinions import (
    AS_OF,
    BEGS,
    BRANCHES,
    DOWN,
    EACH,
    FIRST,
    LAST,
    SHUNNED,
    UP,
    WAITED,
    Fact,
    town,
)
from tenure.contracts.findings import Curve, Figures, Grid, Section
from tenure.insight import months, nps
from tenure.insight.opinion import csat
from tenure.nightly.topics import experience, heard
from tenure.nightly.topics.opinion import sections

Told = dict[str, Section]


@pytest.fixture(scope="module")
def facts() -> list[Fact]:
    return town()[2]


@pytest.fixture(scope="module")
def told() -> Told:
    return _bank(turned=False)


@pytest.fixture(scope="module")
def turned() -> Told:
    return _bank(turned=True)


def _bank(*, turned: bool) -> Told:
    tables, frame, _ = town(turned=turned)
    return {one.code: one for org, one in sections(known(tables, AS_OF, figures=frame)) if org == "HQ"}


def rows(told: Told, code: str) -> dict[Any, dict[str, Any]]:
    """A grid's rows by their first cell."""
    grid = told[code]
    assert isinstance(grid, Grid)
    names = [name for name, _ in grid.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in grid.rows}


def recent(facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.month > LAST - 12]


def score(facts: list[Fact]) -> float:
    found = nps([fact.score for fact in facts]).value
    assert found is not None
    return found


def test_each_band_of_waiting_has_the_figures_of_its_own_answers(told: Told, facts: list[Fact]) -> None:
    found = rows(told, "waits")
    assert list(found) == ["wait_5", "wait_10", "wait_20", "wait_30", "wait_more"]
    for minutes, row in zip(WAITED, found.values(), strict=True):
        mine = [fact for fact in recent(facts) if fact.wait == minutes]
        assert row["answers"] == len(mine) > 40
        assert row["nps"][0] == pytest.approx(score(mine))
        assert row["csat"][0] == pytest.approx(csat([fact.satisfaction for fact in mine]).value)
    assert found["wait_more"]["nps"][2] < found["wait_5"]["nps"][1]  # intervals apart: a long wait costs points


def test_waiting_and_complaints_go_with_lower_scores_and_years_with_us_with_none(told: Told) -> None:
    found = rows(told, "drivers_lived")
    assert {name: row["direction"] for name, row in found.items()} == {
        "wait": "with_lower",
        "complaint": "with_lower",
        "digital": "may_be_chance",
        "tenure": "may_be_chance",
    }
    verdict = told["drivers_lived"].verdict
    assert verdict is not None and verdict.code == "drivers_explain"
    assert verdict.numbers["n"][1] == 12 * 6 * EACH  # whoever has no ticket is left out


def test_both_moves_of_the_level_are_found_in_their_months(told: Told, facts: list[Fact]) -> None:
    curve, found = told["trend"], rows(told, "changes")
    assert isinstance(curve, Curve) and curve.verdict is not None
    assert curve.x[0] == months.label(FIRST) and curve.x[-1] == months.label(LAST) and len(curve.x) == 24
    at_first = [fact for fact in facts if fact.month == FIRST]
    assert curve.lines[0].values[0] == pytest.approx(score(at_first))
    assert list(found) == [months.label(UP), months.label(DOWN)]
    for month, row in found.items():
        assert row["not_before"] <= month <= row["not_after"]
    between = [score([f for f in facts if low <= f.month < high]) for low, high in ((FIRST, UP), (UP, DOWN))]
    shift = found[months.label(UP)]["shift"]
    assert shift[0] == pytest.approx(between[1] - between[0], abs=4) and 0 < shift[1] < shift[0] < shift[2]
    assert found[months.label(UP)]["level_since"] == pytest.approx(between[1], abs=3)
    assert found[months.label(DOWN)]["shift"][2] < 0
    assert curve.verdict.code == "trend_changed"
    assert curve.verdict.numbers["month"][1] == months.label(DOWN) and curve.verdict.numbers["n"][1] == 2


def test_the_last_wave_is_down_and_in_the_other_town_up(told: Told, turned: Told, facts: list[Fact]) -> None:
    for found, code, tone in ((told, "waves_down", "bad"), (turned, "waves_up", "good")):
        verdict = found["waves"].verdict
        assert verdict is not None and (verdict.code, verdict.tone) == (code, tone)
    waves = told["waves"]
    assert isinstance(waves, Figures)
    figures = {one.code: one for one in waves.figures}
    later, earlier = (
        score([fact for fact in facts if first <= fact.month < first + 3]) for first in (LAST - 2, LAST - 5)
    )
    assert figures["last_wave"].value == pytest.approx(later)
    assert figures["change"].value == pytest.approx(later - earlier)
    weighted = figures["change_weighted"]
    assert weighted.high is not None and weighted.high < 0


def test_six_branches_are_drawn_to_the_banks_level_by_weighted_answers(told: Told) -> None:
    found = rows(told, "branches")
    assert set(found) == set(BRANCHES) and next(iter(found)) == BEGS
    assert found[SHUNNED]["places"] == "6" and found[BEGS]["places"].startswith("1")
    level = np.mean([row["nps_weighted"][0] for row in found.values()])
    for row in found.values():
        own, drawn = row["nps_weighted"][0], row["nps_shrunk"][0]
        assert abs(drawn - level) < abs(own - level) or abs(own - level) < 5
        assert row["nps_shrunk"][1] < drawn < row["nps_shrunk"][2]
        assert 0 <= row["csat_shrunk"][1] < row["csat_shrunk"][0] < row["csat_shrunk"][2] <= 1
        assert 1 <= row["effort_shrunk"][1] < row["effort_shrunk"][0] < row["effort_shrunk"][2] <= 7
    assert found[BEGS]["nps_shrunk"][0] < found[BEGS]["nps_weighted"][0]


def test_where_not_everybody_heard_has_a_weight_the_columns_say_that_scores_are_raw(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heard, "MOST", 400)  # the frame is every third customer
    tables, frame, _ = town()
    told = sections(known(tables, AS_OF, figures=frame))
    grid = next(one for org, one in told if org == "HQ" and one.code == "branches")
    assert isinstance(grid, Grid)
    assert {"nps_shrunk_raw", "places_raw"} <= set(dict(grid.columns))
    assert not {"nps_shrunk", "places"} & set(dict(grid.columns))


def test_every_code_has_words(told: Told, turned: Told) -> None:
    assert words_missing("opinion", [("HQ", one) for found in (told, turned) for one in found.values()]) == []


# what stood behind one answer

ASKED = datetime(2026, 5, 20, 15)


def behind(**tables: list[dict[str, Any]]) -> dict[str, Any]:
    """One answer at O1's counter, asked on 20 May at three, with what these tables say of its customer."""
    answer = {
        "response_id": "R", "party_id": "P", "asked_at": ASKED, "answered_at": ASKED + timedelta(days=1),
        "org_id": "O1", "recommend": 9, "moment": "counter_service",
    }  # fmt: skip
    frame = town()[1].slice(0, 1).set_column(0, "party_id", pa.array(["P"]))
    made = known(
        {"organisation": [{"org_id": "O1", "name": "O1", "kind": "outlet"}], "survey_response": [answer], **tables},
        AS_OF,
        figures=frame,
    )
    [row] = experience.answers(made).to_pylist()
    return dict(row)


def complaint(days_before: int, party: str = "P") -> dict[str, Any]:
    return {
        "complaint_id": "C", "party_id": party, "state": "open", "received_at": ASKED - timedelta(days=days_before),
    }  # fmt: skip


@pytest.mark.parametrize(("days", "counts"), [(89, 1), (90, 1), (91, 0), (0, 1), (-1, 0)])
def test_a_complaint_counts_for_ninety_days_and_not_before_it_was_made(days: int, counts: int) -> None:
    assert behind(complaint=[complaint(days)])["complaint"] == counts


def test_another_customers_complaint_does_not_count_and_two_count_once() -> None:
    assert behind(complaint=[complaint(10, "Q")])["complaint"] == 0
    assert behind(complaint=[complaint(10), {**complaint(20), "complaint_id": "D"}])["complaint"] == 1


def ticket(wait: int, ended: datetime, **other: Any) -> dict[str, Any]:
    called = ended - timedelta(minutes=5)
    return {
        "ticket_id": f"T{wait}", "party_id": "P", "org_id": "O1", "taken_at": called - timedelta(minutes=wait),
        "called_at": called, "ended_at": ended, "abandoned": False, **other,
    }  # fmt: skip


def test_an_answer_belongs_to_the_last_ticket_finished_before_the_question() -> None:
    mine = ticket(12, ASKED - timedelta(minutes=30))
    others = [
        ticket(1, ASKED - timedelta(hours=3)),  # earlier that day
        ticket(2, ASKED + timedelta(hours=1)),  # after the question
        ticket(3, ASKED - timedelta(minutes=5), org_id="O2"),
        ticket(4, ASKED - timedelta(minutes=5), party_id="Q"),
        ticket(5, ASKED - timedelta(days=1)),
        {**ticket(6, ASKED), "called_at": None, "ended_at": None, "abandoned": True},
    ]
    assert behind(queue_ticket=[*others, mine])["wait"] == pytest.approx(12)
    assert behind(queue_ticket=others[1:])["wait"] is None


def test_ratings_on_the_scale_say_whether_they_hurt_or_please() -> None:
    """Low satisfaction costs three points and the highest brings none; no effort at all brings two."""
    rng = np.random.default_rng(3)
    n = 1_500
    satisfaction, effort = rng.integers(1, 6, n), rng.integers(1, 8, n)
    score = 7 - 3 * (satisfaction <= 2) + 2 * (effort == 1) + rng.integers(-1, 2, n)
    answers = pa.table(
        {
            "recommend": score,
            "satisfaction": satisfaction,
            "effort": effort,
            "moment": ["counter_service", "periodic"] * (n // 2),
            "digital": rng.uniform(0, 1, n),
            "tenure_months": rng.integers(1, 6, n),  # months that could pass for ratings, and are none
            "wait": pa.nulls(n, pa.float64()),
            "complaint": rng.integers(0, 2, n),
        }
    )
    grid = experience.drivers(answers, ("satisfaction", "ease"))
    found = rows({"drivers_rated": grid}, "drivers_rated")
    assert (found["satisfaction"]["kind"], found["ease"]["kind"]) == ("basic", "excitement")
    assert found["satisfaction"]["penalty"][1] < -3 < found["satisfaction"]["penalty"][2]
    assert found["satisfaction"]["reward"][1] < 0 < found["satisfaction"]["reward"][2]
    assert found["ease"]["reward"][1] < 2 < found["ease"]["reward"][2]
    assert found["satisfaction"]["direction"] == found["ease"]["direction"] == "with_higher"
    for name in ("digital", "tenure", "complaint", "counter"):
        assert (found[name]["kind"], found[name]["penalty"], found[name]["reward"]) == (None, None, None)
    assert "kind" not in dict(experience.drivers(answers).columns)
    assert words_missing("opinion", [("HQ", grid)]) == []


def test_a_branch_has_its_own_months_and_its_own_changes_of_level() -> None:
    tables, frame, _ = town()
    told = list(sections(known(tables, AS_OF, figures=frame)))
    for org in BRANCHES:
        mine = {one.code: one for at, one in told if at == org}
        assert {"trend", "trend_csat", "trend_effort"} <= set(mine), org
        assert isinstance(mine["trend"], Curve) and len(mine["trend"].x) == LAST - FIRST + 1
    one = {one.code: one for at, one in told if at == "O1"}
    assert isinstance(one["changes"], Grid)
    up = months.label(UP)  # the level that moved for all moved here too, as far as twelve answers a month can place it
    assert any(str(row[1]) <= up <= str(row[2]) and row[3][0] > 0 for row in one["changes"].rows)  # type: ignore[index,operator]
    assert words_missing("opinion", told) == []
