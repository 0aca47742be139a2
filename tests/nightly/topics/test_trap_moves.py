"""From quadrant to quadrant within a month: seen where it happened, and never by what came later."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from nightly.topics.known import known, words_missing
from nightly.topics.voices import AS_OF, CUSTOMERS, SEASONAL, customer, org, town
from tenure.contracts.findings import Grid
from tenure.nightly.topics import trap_moves
from tenure.nightly.topics.trap_moves import Moves


@pytest.fixture(scope="module")
def moved() -> Moves:
    return trap_moves.between(known(town(), AS_OF))


def test_who_moved_the_money_away_in_may_moved_into_the_trap_in_may(moved: Moves) -> None:
    """Of the ten who left in May every fourth had said satisfied and every second answered at all."""
    assert (moved.before.month, moved.after.month) == ("2026-04", "2026-05")
    assert moved.into(None) == [customer(n) for n in (0, 4, 8)]
    counts = moved.of(None)
    assert counts["loyal_satisfied", "trapped"] == 2, "one answered only in May, and was silent before"
    assert counts["loyal_unhappy", "leaving_unhappy"] + counts["silent", "leaving_unhappy"] == 2
    assert moved.after.place[customer(SEASONAL)] == "loyal_satisfied"


def test_everybody_here_before_went_somewhere_and_is_counted_once(moved: Moves) -> None:
    assert sum(moved.of(None).values()) == len(moved.before.place) == CUSTOMERS
    halves = [moved.of({one}) for one in ("O1", "O2")]
    assert halves[0] + halves[1] == moved.of(None)
    assert all(moved.before.org[customer(n)] == org(n) for n in range(CUSTOMERS))


def test_what_came_after_the_month_s_end_changes_nothing(moved: Moves) -> None:
    tables = town()
    tables["survey_response"].append(
        {
            **tables["survey_response"][0],
            "response_id": "later",
            "answered_at": datetime(2026, 6, 3, 12),
            "satisfaction": 1,
        }
    )
    tables["transaction"].append(
        {"transaction_id": "later", "account_id": "A12", "amount": -4_000_000, "kind": "transfer_out",
         "channel": "mobile", "booked_at": datetime(2026, 6, 5, 9), "same_name": True}
    )  # fmt: skip
    tables["balance"].append({"account_id": "A12", "day": date(2026, 6, 5), "balance": 1_000_000})
    again = trap_moves.between(known(tables, AS_OF))
    assert again == moved


def test_shares_are_of_where_they_came_from_and_the_value_is_what_they_had(moved: Moves) -> None:
    table = trap_moves._table(moved, None)
    names = [code for code, _unit in table.columns]
    rows = {(row[0], row[1]): dict(zip(names, row, strict=True)) for row in table.rows}
    turned = rows["loyal_satisfied", "trapped"]
    whole = sum(row["customers"] for (start, _end), row in rows.items() if start == "loyal_satisfied")
    value, low, high = turned["part_of_from"]
    assert value == pytest.approx(2 / whole) and 0 < low < value < high
    assert turned["moved_assets"] == 2 * 5_000_000


def test_each_branch_has_its_own_list_and_every_code_its_words(moved: Moves) -> None:
    told = list(trap_moves.sections(known(town(), AS_OF), moved))
    lists = {where: one for where, one in told if one.code == "moved_in"}
    assert isinstance(lists["O1"], Grid) and isinstance(lists["O2"], Grid)
    assert [row[0] for row in lists["O1"].rows] == [customer(n) for n in (0, 8)]
    assert [row[0] for row in lists["O2"].rows] == [customer(4)]
    assert words_missing("trap", told) == []
