"""Signs that marks were asked for: who is named and who is not, and of whom each part of the bank hears."""

from __future__ import annotations

from typing import Any

import pytest

from nightly.topics.known import known, words_missing
from nightly.topics.town_of_opinions import AS_OF, BEGS, BRANCHES, LAST, Fact, town
from tenure.contracts.findings import Figures, Grid, Section
from tenure.insight import nps
from tenure.nightly.topics import opinion
from tenure.nightly.topics.signs import sections

Told = list[tuple[str, Section]]


@pytest.fixture(scope="module")
def facts() -> list[Fact]:
    return [fact for fact in town()[2] if fact.month > LAST - 12]


@pytest.fixture(scope="module")
def told() -> Told:
    tables, frame, _ = town()
    return list(sections(known(tables, AS_OF, figures=frame)))


def grid(told: Told, code: str, org: str = "HQ") -> dict[Any, dict[str, Any]]:
    found = next(one for at, one in told if at == org and one.code == code)
    assert isinstance(found, Grid)
    names = [name for name, _ in found.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found.rows}


def score(facts: list[Fact]) -> float:
    found = nps([fact.score for fact in facts]).value
    assert found is not None
    return found


def test_the_branch_that_begs_is_named_and_no_other(told: Told, facts: list[Fact]) -> None:
    found = grid(told, "signs_by_branch")
    assert {org for org, row in found.items() if row["verdict"] == "stands_out"} == {BEGS}
    assert set(found) == set(BRANCHES) and next(iter(found)) == BEGS
    elsewhere = score([fact for fact in facts if fact.org == BEGS and not fact.counter])
    assert found[BEGS]["jump"] == pytest.approx(100 - elsewhere)
    assert {row["sign"] for row in grid(told, "signs_found_at").values()} == {"sign_jump"}


def test_what_the_bank_s_score_would_be_without_them_is_told(told: Told, facts: list[Fact]) -> None:
    head = next(one for at, one in told if at == "HQ" and one.code == "signs")
    assert isinstance(head, Figures) and head.verdict is not None
    assert head.verdict.code == "signs_found_bank" and head.verdict.numbers["n"][1] == 1
    honest = [fact for fact in facts if not (fact.org == BEGS and fact.counter)]
    assert head.verdict.numbers["without"][1] == pytest.approx(score(honest))
    assert head.verdict.numbers["with"][1] == pytest.approx(score(facts))


def test_a_part_of_the_bank_hears_of_its_own_branches_alone(told: Told) -> None:
    for org in BRANCHES:
        assert set(grid(told, "signs_by_branch", org)) == {org}
        head = next(one for at, one in told if at == org and one.code == "signs")
        assert isinstance(head, Figures) and head.verdict is not None
        assert head.verdict.code == ("signs_found" if org == BEGS else "signs_none")


def test_the_page_of_branch_heads_says_nothing_of_it() -> None:
    tables, frame, _ = town()
    shown = list(opinion.sections(known(tables, AS_OF, figures=frame)))
    assert "stands_out" not in repr(shown) and "jump" not in repr(shown)
    assert not {one.code for _, one in shown} & {one.code for _, one in sections(known(tables, AS_OF, figures=frame))}


def test_every_code_has_words(told: Told) -> None:
    assert words_missing("signs", told) == []


def test_answers_of_the_desk_that_know_parts_of_a_second_are_read_too(told: Told) -> None:
    tables, frame, _ = town()
    moved = [
        {**one, "answered_at": one["answered_at"].replace(microsecond=155_490)} for one in tables["survey_response"]
    ]
    found = list(sections(known({**tables, "survey_response": moved}, AS_OF, figures=frame)))
    assert grid(found, "signs_by_branch").keys() == grid(told, "signs_by_branch").keys()
