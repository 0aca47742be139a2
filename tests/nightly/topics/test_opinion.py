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


def invited(tables: dict[str, list[dict[str, object]]], **more: object) -> list[dict[str, object]]:
    """Everybody of the town asked in January; who answers at all has answered."""
    told = {row["party_id"] for row in tables["survey_response"]}
    return [
        {
            "invitation_id": f"I{row['party_id']}", "party_id": row["party_id"], "asked_at": datetime(2026, 1, 5),
            "sent_at": datetime(2026, 1, 5), "expires_at": datetime(2026, 1, 19), "moment": "periodic",
            "org_id": row["org_id"], "outcome": "drawn", "state": "answered" if row["party_id"] in told else "expired",
            **more,
        }
        for row in tables["party"]
    ]  # fmt: skip


def test_with_invitations_the_response_rate_is_known() -> None:
    tables = town()
    told = {row["party_id"] for row in tables["survey_response"] if row["answered_at"].date() <= AS_OF}
    tables["survey_invitation"] = invited(tables)
    tables["survey_invitation"][1] |= {"state": "bounced"}
    tables["survey_invitation"][3] |= {"expires_at": datetime(2026, 7, 1), "state": "sent"}
    tables["survey_invitation"][5] |= {"outcome": "no_consent", "state": None}
    for number, nobody in enumerate(({"outcome": "drawn"}, {"outcome": "not_drawn", "state": None})):
        tables["survey_invitation"].append(
            {**tables["survey_invitation"][0], "invitation_id": f"N{number}", "party_id": None, **nobody}
        )
    night = known(tables, AS_OF)
    frame = heard(night)
    assert frame.frame == "invited" and frame.rows.num_rows == CUSTOMERS - 1 + (tables["party"][5]["party_id"] in told)
    assert frame.rate is not None and frame.rate.n == CUSTOMERS - 3 + 1, (
        "come back, still open, never asked: no silence"
    )
    found = {one.code: one for one in figures_of(list(sections(night)), "who_was_heard")}
    assert found["response_rate"].value == frame.rate.value  # type: ignore[attr-defined]
    assert frame.rate.value == pytest.approx((CUSTOMERS // 2 + 1 + 1) / frame.rate.n, abs=0.02)


def figures_of(told: Told, code: str) -> list[object]:
    found = section(told, code)
    assert isinstance(found, Figures)
    return list(found.figures)


def test_invitations_that_account_for_few_of_the_answers_are_not_the_frame() -> None:
    tables = town()
    tables["survey_invitation"] = invited(tables)[:40]
    frame = heard(known(tables, AS_OF))
    assert frame.frame != "invited" and frame.rate is None and frame.rows.num_rows == CUSTOMERS


def test_who_has_fewer_than_ten_answers_has_their_number_and_no_figure(told: Told) -> None:
    tables = town()
    for row in tables["survey_response"][:4]:
        row["moment"] = "product_opened"
    grid = section(list(sections(known(tables, AS_OF))), "moments")
    assert isinstance(grid, Grid) and grid.verdict is not None
    few = next(row for row in grid.rows if row[0] == "product_opened")
    assert few[1] == 4 and set(few[2:]) == {"too_few_to_say"}
    assert grid.verdict.code == "some_too_few" and grid.verdict.numbers["n"][1] == 1
    assert words_missing("opinion", [("HQ", grid)]) == []


def test_every_branch_has_its_three_figures_and_their_sides(told: Told) -> None:
    for org in ("HQ", "O1", "O2"):
        names = set(figures(told, "now", org))
        assert {"nps", "nps_weighted", "csat", "csat_weighted", "effort", "effort_weighted"} <= names
        assert {"moments", "tiers"} <= {one.code for at, one in told if at == org}
    assert {"trend", "trend_csat", "trend_effort"} <= {one.code for at, one in told if at == "HQ"}


def test_channels_and_teams_are_told_of_with_their_answers() -> None:
    tables = town()
    for n, row in enumerate(tables["survey_response"]):
        row["channel"] = "mobile" if n % 4 else "counter"
    tables["staff"] = [
        {"staff_id": f"S{k}", "name": f"S{k}", "org_id": "O1", "role": "relationship_manager"} for k in (1, 2)
    ]
    for n, row in enumerate(tables["party"]):
        row["lead_staff_id"] = f"S{1 + n % 3}" if n % 3 < 2 else None
    made = list(sections(known(tables, AS_OF)))
    channels, teams = section(made, "channels"), section(made, "teams")
    assert isinstance(channels, Grid) and isinstance(teams, Grid)
    assert {row[0] for row in channels.rows} == {"mobile", "counter"} and {row[0] for row in teams.rows} == {"S1", "S2"}
    assert sum(row[1] for row in channels.rows) == CUSTOMERS // 2  # type: ignore[misc]
    assert channels.rows[0][2][0] >= channels.rows[1][2][0], "the best first"  # type: ignore[index,operator]
    assert words_missing("opinion", made) == []
