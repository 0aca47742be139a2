from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from nightly.topics.known import known, words_missing
from nightly.topics.voices import AS_OF, CUSTOMERS, town
from tenure.contracts.findings import Figures, Grid, Section
from tenure.nightly.topics.heard import heard
from tenure.nightly.topics.opinion import sections

Told = list[tuple[str, Section]]


@pytest.fixture(scope="module")
def told() -> Told:
    return list(sections(known(town(), AS_OF)))


def section(told: Told, code: str, org: str = "HQ") -> Section:
    return next(one for at, one in told if at == org and one.code == code)


def figures(told: Told, code: str, org: str = "HQ") -> dict[str, object]:
    found = section(told, code, org)
    assert isinstance(found, Figures)
    return {one.code: one for one in found.figures}


def test_the_headline_counts_the_answers_known_that_day(told: Told) -> None:
    score = figures(told, "now")["nps"]
    assert score.n == CUSTOMERS // 2 and score.value == pytest.approx(0)  # type: ignore[attr-defined]
    assert score.low < 0 < score.high  # type: ignore[attr-defined]


def test_a_branch_is_told_of_its_own_answers_only(told: Told) -> None:
    assert sum(figures(told, "now", org)["nps"].n for org in ("O1", "O2")) == CUSTOMERS // 2  # type: ignore[attr-defined]
    assert {at for at, _ in told} == {"HQ", "O1", "O2"}


def test_the_response_rate_is_unknown_and_who_was_heard_is_not(told: Told) -> None:
    found = figures(told, "who_was_heard")
    assert found["response_rate"].value is None  # type: ignore[attr-defined]
    assert found["heard"].value == CUSTOMERS // 2 and found["frame_size"].value == CUSTOMERS  # type: ignore[attr-defined]


def test_two_branches_are_shown_with_their_own_interval_though_they_cannot_be_shrunk(told: Told) -> None:
    grid = section(told, "branches")
    assert isinstance(grid, Grid) and grid.verdict is not None
    assert grid.verdict.code == "ranking_cannot_be_ranked"
    assert "nps_shrunk" not in dict(grid.columns)
    assert len(grid.rows) == 2 and all(isinstance(row[2], tuple) for row in grid.rows)


def test_weights_bring_back_a_branch_that_answers_less() -> None:
    """At O1, where all are pleased, everybody answers; at O2, where none is, every third: 0.75 weighs less than 0.5."""
    tables = town()
    tables["survey_response"] = [
        {"response_id": f"r{row['party_id']}", "party_id": row["party_id"], "answered_at": "", "moment": "periodic"}
        for n, row in enumerate(tables["party"])
        if (n % 4 == 3) == (row["org_id"] == "O2")
    ]
    home = {row["party_id"]: row["org_id"] for row in tables["party"]}
    for row in tables["survey_response"]:
        at_one = home[row["party_id"]] == "O1"
        row |= {"answered_at": datetime(2026, 5, 5), "recommend": 10 if at_one else 0, "org_id": home[row["party_id"]]}
    found = {one.code: one for one in next(iter(sections(known(tables, AS_OF))))[1].figures}  # type: ignore[union-attr]
    raw, weighted = found["nps"].value, found["nps_weighted"].value
    assert isinstance(raw, float) and isinstance(weighted, float)
    assert raw == pytest.approx(50) and abs(weighted) < 15


def test_who_refused_surveys_is_not_in_the_frame() -> None:
    tables = town()
    for row in tables["party"][1:40:2]:
        row["consent_experience"] = False
    frame = heard(known(tables, AS_OF))
    assert frame.rows.num_rows == CUSTOMERS - 20
    assert np.isclose(frame.response.weights[frame.answered].mean(), 1)  # type: ignore[union-attr]


def test_every_code_has_words(told: Told) -> None:
    assert words_missing("opinion", told) == []
