from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from insight.tables import listed, rows
from tenure.insight import months
from tenure.insight.attrition import customer_months, definitions
from tenure.insight.attrition.customer_months import Sources

from .bank import FIRST, LAST, THRESHOLDS, sources, steady

WHEN = months.parse("2025-03")


def lost(of: Sources, **changed: Any) -> dict[str, dict[str, Any]]:
    held = replace(THRESHOLDS, attrition=replace(THRESHOLDS.attrition, **changed))
    return rows(definitions.of(customer_months.build(of, FIRST, LAST), held))


def test_a_customer_with_steady_money_and_use_is_not_lost() -> None:
    assert lost(sources({"P": steady})) == {}


def test_closing_the_last_account_is_being_lost_in_that_month() -> None:
    found = lost(sources({"P": steady}, closed={"P": date(2025, 3, 20)}))["P"]
    assert (found["lost"], found["definition"], found["lost_closed"]) == (WHEN, "closed", WHEN)


def test_assets_that_fall_are_lost_in_the_third_month_below_the_own_year() -> None:
    found = lost(sources({"P": lambda m: 100_000 if m < WHEN else 20_000}))["P"]
    assert (found["lost"], found["definition"]) == (WHEN + 2, "fall")


def test_a_fall_by_less_than_the_share_is_none() -> None:
    assert lost(sources({"P": lambda m: 100_000 if m < WHEN else 35_000})) == {}


def test_a_trader_whose_money_is_away_every_spring_is_not_lost_each_spring() -> None:
    def seasonal(month: int) -> int:
        return 5_000 if month % 12 in (2, 3, 4) else 200_000

    assert lost(sources({"P": seasonal})) == {}
    once = lost(sources({"P": lambda m: 5_000 if WHEN <= m < WHEN + 3 else 200_000}))
    assert once["P"]["lost"] == WHEN + 2, "the same dip that never came before is a loss"


def test_who_falls_silent_with_next_to_nothing_left_is_dormant_after_six_months() -> None:
    quiet = sources({"P": lambda m: 20_000 if m < WHEN else 300}, made={"P": lambda m: 4 if m < WHEN else 0})
    found = lost(quiet, fall=False)["P"]
    assert (found["lost"], found["definition"]) == (WHEN + 5, "dormant")
    assert found["lost_fall"] == WHEN + 2, "a definition that is off is still reported"


def test_who_falls_silent_with_money_left_is_not_dormant() -> None:
    assert lost(sources({"P": steady}, made={"P": lambda m: 4 if m < WHEN else 0})) == {
        "P": {"party_id": "P", "lost": None, "began": None, "definition": None, "lost_closed": None,
              "lost_dormant": None, "lost_fall": None, "lost_main_bank": WHEN + 2}
    }  # fmt: skip


def test_the_main_bank_is_lost_when_salary_and_daily_use_go_elsewhere() -> None:
    moved = sources(
        {"P": steady}, made={"P": lambda m: 10 if m < WHEN else 1}, paid={"P": lambda m: 9_000 if m < WHEN else 0}
    )
    found = lost(moved, main_bank=True)["P"]
    assert (found["lost"], found["definition"]) == (WHEN + 2, "main_bank")


def test_salary_that_still_comes_keeps_the_main_bank() -> None:
    still = sources({"P": steady}, made={"P": lambda m: 10 if m < WHEN else 1}, paid={"P": lambda _: 9_000})
    assert lost(still, main_bank=True) == {}


def test_a_loss_begins_with_the_first_month_of_the_spell_that_ends_in_it() -> None:
    def began(of: Sources, **changed: Any) -> tuple[int, int]:
        found = lost(of, **changed)["P"]
        return found["began"], found["lost"]

    assert began(sources({"P": steady}, closed={"P": date(2025, 3, 20)})) == (WHEN, WHEN)
    assert began(sources({"P": lambda m: 100_000 if m < WHEN else 20_000})) == (WHEN, WHEN + 2)
    quiet = sources({"P": lambda m: 20_000 if m < WHEN else 300}, made={"P": lambda m: 4 if m < WHEN else 0})
    assert began(quiet, fall=False) == (WHEN, WHEN + 5)
    late = sources({"P": lambda m: 20_000 if m < WHEN + 5 else 300}, made={"P": lambda m: 4 if m < WHEN else 0})
    assert began(late, fall=False) == (WHEN + 5, WHEN + 5), "silence with money left is no loss under way"
    moved = sources(
        {"P": steady}, made={"P": lambda m: 10 if m < WHEN else 1}, paid={"P": lambda m: 9_000 if m < WHEN else 0}
    )
    assert began(moved, main_bank=True) == (WHEN, WHEN + 2)
    closing = sources({"P": lambda m: 100_000 if m < WHEN else 5_000}, closed={"P": date(2025, 4, 20)})
    assert began(closing) == (WHEN, WHEN + 1), "who closes an account emptied the month before was going then"


def test_a_spell_is_told_by_what_was_known_and_many_end_without_a_loss() -> None:
    def spells(aum: Any) -> dict[int, tuple[int, str | None]]:
        grid = customer_months.build(sources({"P": aum}), FIRST, LAST)
        rows_ = listed(definitions.course(grid, THRESHOLDS))
        return {row["month"]: (row["spell"], row["under_way"]) for row in rows_ if row["month"] >= WHEN - 1}

    back = spells(lambda m: 20_000 if WHEN <= m < WHEN + 2 else 100_000)
    assert [back[WHEN + k] for k in (-1, 0, 1, 2)] == [(0, None), (1, "fall"), (2, "fall"), (0, None)]
    gone = spells(lambda m: 100_000 if m < WHEN else 20_000)
    assert gone == {WHEN - 1: (0, None), WHEN: (1, "fall"), WHEN + 1: (2, "fall")}, "until the month before the loss"


def test_several_definitions_in_one_month_are_told_by_the_plainest() -> None:
    both = sources({"P": lambda m: 100_000 if m < WHEN else 0}, closed={"P": date(2025, 5, 30)})
    assert lost(both)["P"]["definition"] == "closed"


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 10**6), st.integers(20, 34))
def test_the_day_of_loss_never_depends_on_what_came_later(seed: int, cut: int) -> None:
    """Forty lives of chance: whether somebody was lost by a month is the same, seen from that month or from the end."""
    chance = random.Random(seed)
    levels = {f"P{n}": chance.choices([0, 500, 20_000, 100_000], weights=[4, 2, 1, 3], k=36) for n in range(40)}
    of = sources(
        {party: lambda m, at=at: at[m - FIRST] for party, at in levels.items()},
        made={party: lambda m, at=at: at[m - FIRST] // 10_000 for party, at in levels.items()},
    )
    end = FIRST + cut
    grid = customer_months.build(of.until(end), FIRST, end)
    then = {party: row["lost"] for party, row in rows(definitions.of(grid, THRESHOLDS)).items()}
    now = {party: row["lost"] for party, row in lost(of).items()}
    assert {party: month for party, month in then.items() if month} == {
        party: month for party, month in now.items() if month and month <= end
    }
    assert now
