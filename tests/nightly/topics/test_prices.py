"""The prices of winning and keeping of a made bank whose true prices are known."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tenure.contracts.findings import Section
from tenure.insight.months import CURVE, HISTORY
from tenure.nightly.topics import Known, prices

from .known import known, words_missing

AS_OF = date(2026, 11, 22)
DAY = date(2025, 3, 10)
#: A contact costs 5 yuan on average and keeps eight in a hundred: 62.50 yuan a customer kept.
EFFECT, COST = 0.08, 500
TRUE_PRICE = COST / EFFECT


def _account(name: str, party: str, opened: date, closed: date | None = None) -> dict[str, Any]:
    day = {"opened_on": opened, "closed_on": closed}
    return {"account_id": name, "party_id": party, "product_id": "D", "currency": "CNY", **day}


def bank(seed: int = 1, n: int = 3_000, effect: float = EFFECT, **contact: Any) -> Known:
    """Half of ``n`` customers drawn for a contact; of each month's newcomers ten, with a gift of 30 yuan for each."""
    lots = np.random.default_rng(seed)
    treated = lots.random(n) < 0.5
    stays = lots.random(n) < 0.80 + effect * treated
    off = lots.integers(1, 365, n)
    cost = lots.integers(COST - 200, COST + 201, n)
    parties = [{"party_id": f"p{i:05}", "kind": "person", "org_id": "A", "since": date(2020, 1, 1)} for i in range(n)]
    accounts = [
        _account(f"{i:05}", f"p{i:05}", date(2020, 1, 1), None if stays[i] else DAY + timedelta(days=int(off[i])))
        for i in range(n)
    ]
    contacts = [
        {
            "contact_id": f"c{i}",
            "campaign_id": "C1",
            "party_id": f"p{i:05}",
            "at": datetime(DAY.year, DAY.month, DAY.day, 10),
            "arm": "treated" if treated[i] else "held_out",
            "channel": "phone" if treated[i] else None,
            "cost": int(cost[i]) if treated[i] else None,
            **(contact if treated[i] else {}),
        }
        for i in range(n)
    ]
    gifts = []
    for month in range(1, 11):
        for k in range(10):
            name, came = f"n{month:02}{k}", date(2025, month, 3)
            parties.append({"party_id": name, "kind": "person", "org_id": "AB"[k % 2], "since": came})
            accounts.append(_account(f"a{name}", name, came))
            gifts.append(_gift(name, name, came + timedelta(days=20), 3_000))
    # beyond the first year, and of nobody new: these are not spent on newcomers
    gifts += [_gift("late", "n010", date(2026, 6, 1), 50_000), _gift("old", "p00000", date(2026, 9, 1), 70_000)]
    tables = {
        "organisation": [
            {"org_id": "HQ", "name": "H", "kind": "head_office"},
            {"org_id": "A", "name": "A", "kind": "outlet", "parent_id": "HQ"},
            {"org_id": "B", "name": "B", "kind": "outlet", "parent_id": "HQ"},
        ],
        "party": parties,
        "account": accounts,
        "product": [{"product_id": "D", "name": "D", "category": "demand_deposit", "spread": 2.0}],
        "campaign_contact": contacts,
        "redemption": gifts,
        "relation": [{"party_id": "n010", "other_id": "p00001", "kind": "referrer"}],
    }
    held = {f"days_{k}": 0 for k in range(1, HISTORY)}
    by_account = [{"account_id": each["account_id"], "first_back": 30, **held} for each in accounts]
    assets = {f"aum_{k}": 0 for k in range(1, CURVE)}
    by_party = [{"party_id": each["party_id"], **assets} for each in parties]
    frames = {"by_account": pa.Table.from_pylist(by_account), "by_party": pa.Table.from_pylist(by_party)}
    return known(tables, AS_OF, **frames)


def _gift(name: str, party: str, day: date, cost: int) -> dict[str, Any]:
    at = datetime(day.year, day.month, day.day)
    return {"redemption_id": name, "party_id": party, "at": at, "kind": "gift", "points": 1, "cost": cost}


def told(made: Known) -> dict[str, Section]:
    return {section.code: section for section in prices.sections(made, made.assumptions)}


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return told(bank())


def test_the_price_of_keeping_is_recovered_within_its_interval(found: dict[str, Any]) -> None:
    price = found["keeping"].figures[2]
    assert price.low < TRUE_PRICE < price.high
    assert price.value == pytest.approx(TRUE_PRICE, rel=0.4)
    assert found["keeping"].verdict.code == "keeping_price"
    kept = found["keeping"].figures[0]
    assert kept.low < 100 * EFFECT < kept.high


def test_what_is_spent_per_newcomer_is_their_first_years_and_is_called_no_causal_price(found: dict[str, Any]) -> None:
    newcomers, spent, each = found["winning"].figures
    assert (newcomers.value, spent.value) == (100, 100 * 3_000)
    assert each.value == pytest.approx(3_000)
    assert (newcomers.n, each.n) == (None, None), "months of branches, which would pass for customers"
    assert found["winning"].verdict.code == "no_causal_price"
    times = found["prices"].rows[2][2]
    assert times[1] < 3_000 / TRUE_PRICE < times[2]
    assert found["prices"].verdict.code == "winning_is_cheaper"


def test_contacts_before_somebody_came_and_thanks_for_bringing_them_are_spent_on_newcomers() -> None:
    made = bank(n=400)
    lake = made._lake  # type: ignore[attr-defined]
    more = {
        "contact_id": "x", "campaign_id": "C2", "party_id": "n020", "at": datetime(2025, 1, 5), "arm": "treated",
        "channel": "phone", "cost": 700,
    }  # fmt: skip
    lake["campaign_contact"] = lake["campaign_contact"].union(_rows("campaign_contact", more))
    lake["redemption"] = lake["redemption"].union(
        _rows("redemption", _gift("thanks", "p00001", date(2025, 1, 10), 8_000))
    )
    assert told(made)["winning"].figures[1].value == 100 * 3_000 + 700 + 8_000  # type: ignore[union-attr]


def test_a_campaign_that_kept_nobody_has_no_price_and_one_that_harms_says_so() -> None:
    assert told(bank(2, effect=0.0))["keeping"].verdict.code == "keeping_cannot_tell"  # type: ignore[union-attr]
    harmed = told(bank(3, effect=-0.15))
    assert harmed["keeping"].verdict.code == "keeping_drove_away"  # type: ignore[union-attr]
    assert harmed["prices"].verdict.code == "times_cannot_tell"  # type: ignore[union-attr]


def test_a_cost_that_is_not_delivered_is_assumed_by_channel_and_said_to_be() -> None:
    assumed = told(bank(cost=None))
    verdict = assumed["old_and_new"].verdict
    assert verdict is not None and (verdict.code, verdict.numbers["share"][1]) == ("costs_assumed", 1.0)
    assert assumed["keeping"].figures[1].value == pytest.approx(800, abs=100)  # type: ignore[union-attr]
    unknown = told(bank(n=200, cost=None, channel=None))
    assert list(unknown) == ["old_and_new"] and unknown["old_and_new"].verdict.code == "no_price"  # type: ignore[union-attr]


def test_without_budgets_that_vary_no_curve_is_drawn(found: dict[str, Any]) -> None:
    assert found["returns"].verdict.code == "too_little_data"
    assert "split" not in found


def test_every_code_has_words(found: dict[str, Any]) -> None:
    worlds = (found, told(bank(2, n=200, effect=0.0)), told(bank(3, effect=-0.15)), told(bank(n=200, cost=None)))
    assert words_missing("profit", [("HQ", section) for world in worlds for section in world.values()]) == []


def _rows(name: str, *rows: dict[str, Any]) -> Any:
    import ibis

    from insight.tables import arrow

    return ibis.memtable(arrow(name, rows))
