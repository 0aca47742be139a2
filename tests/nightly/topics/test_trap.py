from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from nightly.topics.known import known, words_missing
from nightly.topics.voices import AS_OF, SEASONAL, customer, org, town
from tenure.contracts.findings import Figures, Grid, Section
from tenure.insight.trap import Rules
from tenure.nightly.topics import Known, deeds
from tenure.nightly.topics.trap import quadrants_of, sections

Told = list[tuple[str, Section]]


@pytest.fixture(scope="module")
def bank() -> Known:
    return known(town(), AS_OF)


@pytest.fixture(scope="module")
def told(bank: Known) -> Told:
    return list(sections(bank))


def listed(told: Told, at: str) -> list[object]:
    grid = next(one for where, one in told if where == at and one.code == "listed")
    assert isinstance(grid, Grid)
    return [row[0] for row in grid.rows]


def test_who_says_satisfied_and_moves_the_money_away_is_trapped(bank: Known) -> None:
    found = quadrants_of(bank)
    named = dict(zip(found["party_id"].to_pylist(), found["quadrant"].to_pylist(), strict=True))
    assert {who for who, name in named.items() if name == "trapped"} == {customer(n) for n in (0, 4, 8)}
    assert {who for who, name in named.items() if name == "leaving_unhappy"} == {customer(n) for n in (2, 6)}


def test_the_silent_and_the_answers_of_tomorrow_have_no_quadrant(bank: Known) -> None:
    assert customer(1) not in quadrants_of(bank)["party_id"].to_pylist()


def test_money_that_moves_twice_a_year_is_no_leaving(bank: Known) -> None:
    done = {row["party_id"]: row for row in bank.rows(deeds.deeds(bank)).to_pylist()}
    assert done[customer(SEASONAL)]["outflow_share"] == pytest.approx(0)
    assert done[customer(0)]["outflow_share"] == pytest.approx(0.8)


def test_deeds_of_the_past_know_nothing_of_what_came_later(bank: Known) -> None:
    assert deeds.end_of(bank, 2) == date(2026, 4, 30)
    then = {row["party_id"]: row["outflow_share"] for row in bank.rows(deeds.deeds(bank, 2)).to_pylist()}
    assert not any(then.values())


def test_closed_months_of_outflow_are_kept_and_only_the_open_ones_rows_are_read() -> None:
    """In June 5,000 more went elsewhere, and as much again after the night. With what the closed months left behind the
    same comes out, though no row before June can be read any more."""
    tables = town()
    for day in (date(2026, 6, 3), date(2026, 6, 25)):
        more = {"account_id": "A0", "amount": -500_000, "kind": "transfer_out", "same_name": True}
        tables["transaction"].append(
            {**more, "transaction_id": str(day), "channel": "mobile", "booked_at": datetime(day.year, 6, day.day, 9)}
        )
    who = [customer(n) for n in range(160)]
    averages = pa.table({"party_id": who, **{f"aum_{k}": [5_000_000] * 160 for k in range(1, 24)}})
    at, kept = known(tables, AS_OF, by_party=averages), {}

    def of_closed(closed: object, name: str, make: Callable[[], ir.Table]) -> ir.Table:
        kept[name] = ibis.memtable(at.rows(make()))
        return kept[name]

    at.frames.past.of_closed = of_closed
    first = at.rows(deeds._outflow(at, 0).order_by("party_id"))
    shares = dict(zip(first["party_id"].to_pylist(), first["outflow_share"].to_pylist(), strict=True))
    assert shares[customer(0)] == pytest.approx(0.9)  # 40,000 in May and 5,000 in June of 50,000
    assert 2026 * 12 + 5 not in at.rows(kept["sent_elsewhere"])["month"].to_pylist()
    june = [row for row in tables["transaction"] if row["booked_at"] >= datetime(2026, 6, 1)]
    later = known({**tables, "transaction": june}, AS_OF, by_party=averages)
    later.frames.past.of_closed = lambda closed, name, make: kept[name]
    assert later.rows(deeds._outflow(later, 0).order_by("party_id")).equals(first)


def test_a_bank_sets_its_own_rules(bank: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    past = bank.frames.past
    own = replace(past.thresholds, trap=replace(past.thresholds.trap, outflow_share=0.95))
    monkeypatch.setattr(past, "thresholds", own)
    assert "trapped" not in quadrants_of(bank)["quadrant"].to_pylist()
    assert deeds.rules(bank, probability=True) == Rules(outflow_share=0.95)
    assert deeds.rules(bank, probability=False) == Rules(outflow_share=0.95, depth_trend=-2.0, signals_needed=1)


def test_who_is_lost_by_the_banks_definitions_is_no_customer_at_risk(
    bank: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = ibis.memtable(pa.table({"party_id": [customer(4)], "lost": [2026 * 12 + 3], "definition": ["fall"]}))
    monkeypatch.setitem(bank.__dict__, "losses", lost)
    found = quadrants_of(bank)
    named = dict(zip(found["party_id"].to_pylist(), found["quadrant"].to_pylist(), strict=True))
    assert {who for who, name in named.items() if name == "trapped"} == {customer(n) for n in (0, 8)}


def test_a_branch_sees_its_own_list(told: Told) -> None:
    whole = listed(told, "HQ")
    assert set(whole) == {customer(n) for n in (0, 4, 8)}
    for at in ("O1", "O2"):
        assert set(listed(told, at)) == {customer(n) for n in (0, 4, 8) if org(n) == at}


def test_too_little_to_test_is_said(told: Told) -> None:
    test = next(one for _, one in told if one.code == "back_test")
    assert isinstance(test, Figures) and test.verdict is not None and test.verdict.code == "too_little_data"


def test_a_leaving_probability_counts_where_the_night_has_one() -> None:
    outlook = pa.table(
        {"party_id": [customer(n) for n in range(160)], "leaving_6m": [0.5 if n == 12 else 0.01 for n in range(160)]}
    )
    bank = known(town(), AS_OF, outlook=outlook)
    found = quadrants_of(bank)
    named = dict(zip(found["party_id"].to_pylist(), found["quadrant"].to_pylist(), strict=True))
    assert named[customer(12)] == "trapped"
    assert words_missing("trap", sections(bank)) == []


def test_every_code_has_words(told: Told) -> None:
    assert words_missing("trap", told) == []
