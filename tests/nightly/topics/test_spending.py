"""Where the next yuan earns most, of a made bank whose budgets were drawn by lot and whose returns are known."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tenure.contracts.findings import Section
from tenure.insight.months import CURVE, HISTORY, Window
from tenure.nightly.topics import Known, prices, spending

from .known import known, words_missing

AS_OF = date(2026, 11, 22)
WINDOW = Window(AS_OF)
CUSTOMERS = 40


def bank(seed: int = 1, branches: int = 14, contacts: float = 60.0, rewards: float = 0.0) -> Known:
    """Each branch-month spends 0 to 20 yuan a customer on contacts and on rewards, by lot.

    A month's money raises the average assets from that month on by ``contacts`` (``rewards``) × ln(1 + s ÷ 5) yuan.
    """
    lots = np.random.default_rng(seed)
    orgs = [f"B{i:02}" for i in range(branches)]
    spent = {name: lots.integers(0, 21, (branches, CURVE)) for name in ("contacts", "rewards")}
    brought = contacts * np.log1p(spent["contacts"] / 5) + rewards * np.log1p(spent["rewards"] / 5)
    brought = brought + lots.normal(0, 10, brought.shape)
    # of month k back: everything that the months from the oldest to it brought
    level = 100_000 + brought[:, ::-1].cumsum(axis=1)[:, ::-1]
    parties, by_party, made, gifts = [], [], [], []
    for i, org in enumerate(orgs):
        for n in range(CUSTOMERS):
            party = f"{org}-{n:02}"
            parties.append({"party_id": party, "kind": "person", "org_id": org, "since": date(2015, 1, 1)})
            by_party.append({"party_id": party, **{f"aum_{k}": round(100 * level[i, k]) for k in range(1, CURVE)}})
        for k in range(1, CURVE):
            month = WINDOW.month(k)
            common = {"party_id": f"{org}-00", "at": datetime(month // 12, month % 12 + 1, 10)}
            cost = {name: int(100 * CUSTOMERS * spent[name][i, k]) for name in spent}
            name = f"{org}-{k}"
            made.append({"contact_id": name, "campaign_id": "C", "arm": "treated", "cost": cost["contacts"], **common})
            gifts.append({"redemption_id": name, "kind": "gift", "points": 1, "cost": cost["rewards"], **common})
    tables = {
        "organisation": [{"org_id": "HQ", "name": "H", "kind": "head_office"}]
        + [{"org_id": org, "name": org, "kind": "outlet", "parent_id": "HQ"} for org in orgs],
        "party": parties,
        "campaign_contact": made,
        "redemption": gifts,
    }
    by_account = [{"account_id": "1", "first_back": 30, **{f"days_{k}": 0 for k in range(1, HISTORY)}}]
    frames = {"by_account": pa.Table.from_pylist(by_account), "by_party": pa.Table.from_pylist(by_party)}
    return known(tables, AS_OF, **frames)


def told(made: Known) -> dict[str, Any]:
    return {s.code: s for s in spending.sections(made, prices.priced(made, made.assumptions))}


@pytest.fixture(scope="module")
def found() -> dict[str, Section]:
    return told(bank())


def test_an_observation_is_what_a_branch_spent_and_how_much_more_it_grew_than_the_bank() -> None:
    made = bank()
    seen = spending.observed(made, prices.priced(made, made.assumptions))
    months = CURVE - 1 - 4
    assert len(seen.growth) == 14 * months
    assert seen.growth.reshape(14, months).mean(axis=0) == pytest.approx(np.zeros(months), abs=0.01)
    assert set(np.unique(seen.spend["contacts_made"] / 100)) <= set(range(21))
    assert np.corrcoef(seen.spend["contacts_made"], seen.growth)[0, 1] > 0.3
    assert not seen.spend["concessions"].any()


def test_the_curve_of_what_brings_assets_rises_and_that_of_what_does_not_holds_nothing(found: dict[str, Any]) -> None:
    curve = found["returns"]
    assert [line.code for line in curve.lines] == ["contacts_made", "rewards_given"], "no concession was ever made"
    contacts, rewards = curve.lines
    assert contacts.values[0] == 0 and contacts.low[2] > 0
    people = 14 * CUSTOMERS
    truth = 100 * people * 60 * np.log1p(10 / 5)
    assert contacts.low[2] < truth < contacts.high[2]
    assert rewards.low[2] == pytest.approx(0, abs=0.05 * truth)


def test_money_moves_to_what_earns_only_where_the_difference_is_beyond_chance(found: dict[str, Any]) -> None:
    assert found["split_gain"].verdict.code == "split_move_money"
    assert found["split_gain"].figures[0].low > 0
    rows = {row[0]: row for row in found["split"].rows}
    assert rows["contacts_made"][4][0] > 0.8
    marginal = rows["contacts_made"][2]
    assert marginal[1] < 60 / (5 + 10) < marginal[2]
    alike = told(bank(3, contacts=0.0))
    assert alike["split_gain"].verdict.code == "split_cannot_tell"


def test_few_branches_draw_no_curve() -> None:
    few = told(bank(branches=4))
    assert list(few) == ["returns"]
    assert few["returns"].verdict.code == "too_little_data"


def test_every_code_has_words(found: dict[str, Section]) -> None:
    worlds = (found, told(bank(3, contacts=0.0)))
    assert words_missing("profit", [("HQ", section) for world in worlds for section in world.values()]) == []
