"""Households of a hand-made bank: who belongs, whose branch shows it, and sums that are their members'."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from tenure.contracts.findings import Section, Unit
from tenure.nightly.topics import Known, households, value

from .known import known, words_missing

AS_OF = date(2026, 6, 20)
ORGS = [{"org_id": "HQ"}, {"org_id": "B1", "parent_id": "HQ"}, {"org_id": "B2", "parent_id": "HQ"}]
#: Number, branch, deposit, investment, loan, value, left on.
PEOPLE: list[tuple[str, str, int, int, int, int | None, date | None]] = [
    ("WANG", "B1", 900, 300, 0, 70, None),
    ("WANG-WIFE", "B2", 100, 0, 500, 30, None),
    ("WANG-SON", "B1", 50, 0, 0, None, None),
    ("LI", "B2", 400, 0, 0, 20, None),
    ("LI-WIFE", "B2", 500, 100, 2_000, -5, None),
    ("ZHAO", "B1", 800, 0, 0, 60, None),
    ("ZHAO-GONE", "B1", 0, 0, 0, None, date(2026, 1, 3)),
    ("CHEN", "B1", 10, 0, 0, 1, None),
    ("CHEN-EX", "B1", 10, 0, 0, 1, None),
]
RELATIONS: list[dict[str, Any]] = [
    {"party_id": "WANG", "other_id": "WANG-WIFE", "kind": "spouse"},
    {"party_id": "WANG-WIFE", "other_id": "WANG", "kind": "spouse"},
    {"party_id": "WANG-SON", "other_id": "WANG-WIFE", "kind": "household"},
    {"party_id": "LI", "other_id": "LI-WIFE", "kind": "household"},
    {"party_id": "ZHAO", "other_id": "ZHAO-GONE", "kind": "spouse"},
    {"party_id": "CHEN", "other_id": "CHEN-EX", "kind": "spouse", "until": date(2020, 1, 1)},
    {"party_id": "CHEN", "other_id": "LI", "kind": "sibling"},
    {"party_id": "CHEN", "other_id": "WANG", "kind": "household", "since": date(2027, 1, 1)},
]


def bank(relations: list[dict[str, Any]] = RELATIONS) -> Known:
    columns = list(zip(*PEOPLE, strict=True))
    who, org, deposit, investment, loan, worth, left = (list(each) for each in columns)
    figures = pa.table(
        {
            "party_id": who, "org_id": org, "tier": ["gold"] * len(who), "deposit": deposit, "investment": investment,
            "loan": loan, "aum": [a + b for a, b in zip(deposit, investment, strict=True)],
            "left_on": pa.array(left, pa.date32()),
        }
    )  # fmt: skip
    outlook = pa.table(
        {
            "party_id": who, "leaving_12m": pa.array([0.1] * len(who), pa.float64()),
            "value": pa.array(worth, pa.int64()),
            "value_low": pa.array([None if v is None else v - 7 for v in worth], pa.int64()),
            "value_high": pa.array([None if v is None else v + 9 for v in worth], pa.int64()),
            "value_months": [36] * len(who), "value_parts": ["{}"] * len(who),
        }
    )  # fmt: skip
    return known({"organisation": ORGS, "relation": relations}, AS_OF, figures=figures, outlook=outlook)


@pytest.fixture(scope="module")
def told() -> list[tuple[str, Section]]:
    return list(value.sections(bank()))


def of(told: list[tuple[str, Section]], org: str, code: str) -> Any:
    return next(section for where, section in told if where == org and section.code == code)


def test_a_household_is_the_sum_of_its_members_and_stands_where_its_head_is(told: list[tuple[str, Section]]) -> None:
    assert of(told, "B1", "largest_households").rows == [["WANG", 3, (100, 86, 118), 1_350, 500, 850]]
    assert of(told, "B2", "largest_households").rows == [["LI-WIFE", 2, (15, 1, 33), 1_000, 2_000, -1_000]]


def test_the_bank_is_the_sum_of_its_branches(told: list[tuple[str, Section]]) -> None:
    bank_, *branches = (
        {one.code: one.value for one in of(told, org, "households_now").figures} for org in ("HQ", "B1", "B2")
    )
    assert bank_ == {code: sum(each[code] for each in branches) for code in bank_}
    assert (bank_["households"], bank_["household_members"], bank_["net_worth"]) == (2, 5, -150)


def test_names_stay_with_the_branch_and_are_shown_as_customers_numbers_are(told: list[tuple[str, Section]]) -> None:
    assert not [1 for org, section in told if org == "HQ" and section.code == "largest_households"]
    assert of(told, "B1", "largest_households").columns[0] == ("head_of_household", Unit.PARTY)


def test_who_left_is_divorced_or_yet_to_move_in_makes_no_household(told: list[tuple[str, Section]]) -> None:
    named = {row[0] for org in ("B1", "B2") for row in of(told, org, "largest_households").rows}
    assert named == {"WANG", "LI-WIFE"}


def test_an_institution_is_no_household(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [{"party_id": "WANG", "other_id": name, "kind": "household"} for name, *_ in PEOPLE]
    assert households.households(bank(many)).rows["members"].to_pylist() == [8]
    monkeypatch.setattr(households, "MOST_MEMBERS", 7)
    assert households.households(bank(many)).rows.num_rows == 0


def test_without_relations_the_page_says_so() -> None:
    sections = dict(value.sections(bank([])))
    assert sections["HQ"].verdict is not None and sections["HQ"].verdict.code == "households_unknown"


def test_every_code_has_words(told: list[tuple[str, Section]]) -> None:
    assert words_missing("value", [*told, *value.sections(bank([]))]) == []
