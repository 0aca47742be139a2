"""Effects of hand-made campaigns: found where they are, not found where they are not, and not judged too early."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tenure.contracts.findings import Figures, Section
from tenure.insight.effects import effect
from tenure.insight.inputs import TooLittleData
from tenure.insight.months import CURVE
from tenure.nightly.topics import Known, effects, uplift

from .known import known, words_missing

AS_OF = date(2026, 11, 22)
ORGS = [
    {"org_id": "HQ", "name": "H", "kind": "head_office"},
    {"org_id": "A", "name": "A", "kind": "outlet", "parent_id": "HQ"},
    {"org_id": "B", "name": "B", "kind": "outlet", "parent_id": "HQ"},
]
#: Campaign, day, chance to respond when contacted and when held out, share contacted.
CAMPAIGNS = (
    ("good", date(2026, 3, 10), 0.30, 0.10, 0.7),
    ("null", date(2026, 5, 10), 0.15, 0.15, 0.7),
    ("running", date(2026, 9, 1), 0.90, 0.10, 0.7),
    ("everyone", date(2026, 2, 10), 0.50, 0.50, 1.0),
)
N = 600


def bank(first: int = 0) -> Known:
    """Each campaign has 600 customers of its own, those of A and of B in turn; ``first`` skips campaigns."""
    lots = np.random.default_rng(7)
    party: list[dict[str, Any]] = []
    contact, account = [], []
    months: list[dict[str, Any]] = [
        {"party_id": "nobody", "curve_transactions": "", **dict.fromkeys((f"aum_{k}" for k in range(1, CURVE)), 0)}
    ]
    for place, (campaign, day, contacted, left_alone, share) in enumerate(CAMPAIGNS):
        for n in range(N):
            who, drawn = f"{campaign}{n:03d}", bool(lots.random() < share)
            answers, balance = lots.random() < (contacted if drawn else left_alone), int(np.exp(lots.normal(14, 1)))
            if place < first:
                continue
            at = datetime(day.year, day.month, day.day, 10)
            party.append({"party_id": who, "kind": "person", "org_id": "AB"[n % 2], "since": date(2019, 1, 1)})
            contact.append(
                {"contact_id": who, "campaign_id": campaign, "party_id": who, "at": at, "product_id": "F1",
                 "arm": "treated" if drawn else "held_out"}
            )  # fmt: skip
            # another fund is a response; a deposit, a fund of before and one after the 90 days are none
            account.append(_account(who, "F2" if answers else "D", day + timedelta(days=20)))
            account.append(_account(f"{who}-", "F1", day + timedelta(days=-30 if n % 2 else 91)))
            averages = dict.fromkeys((f"aum_{k}" for k in range(1, CURVE)), balance)
            months.append({"party_id": who, "curve_transactions": ",".join(["3"] * (CURVE - 1)), **averages})
    product = [
        {"product_id": "F1", "name": "F1", "category": "fund"},
        {"product_id": "F2", "name": "F2", "category": "fund"},
        {"product_id": "D", "name": "D", "category": "demand_deposit"},
    ]
    tables = {
        "organisation": ORGS, "party": party, "campaign_contact": contact, "product": product,
        "account": [each for each in account if each["opened_on"] <= AS_OF],
    }  # fmt: skip
    return known(tables, AS_OF, by_party=pa.Table.from_pylist(months))


def _account(name: str, product: str, opened: date) -> dict[str, Any]:
    return {
        "account_id": name, "party_id": name.rstrip("-"), "product_id": product, "opened_on": opened, "currency": "CNY"
    }  # fmt: skip


@pytest.fixture(scope="module")
def told() -> list[tuple[str, Section]]:
    return list(effects.sections(bank()))


def listed(told: list[tuple[str, Section]]) -> dict[str, dict[str, Any]]:
    grid: Any = next(section for _org, section in told if section.code == "campaigns")
    names = [code for code, _unit in grid.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in grid.rows}


def test_each_campaign_gets_the_verdict_it_deserves(told: list[tuple[str, Section]]) -> None:
    found = listed(told)
    assert {name: row["verdict"] for name, row in found.items()} == {
        "good": "helped", "null": "no_difference_found", "running": "running", "everyone": "no_control",
    }  # fmt: skip
    _value, low, high = found["good"]["effect_points"]
    assert low < 20 < high, "the planted effect, in percentage points"
    assert found["good"]["share_held_out"] == pytest.approx(0.10, abs=0.05)
    assert found["running"]["effect_points"] is None, "nobody looks before the 90 days are over"
    assert found["good"]["offered"] == "fund"


def test_all_together_is_the_headline_and_says_how_many_responses_it_brought(told: list[tuple[str, Section]]) -> None:
    org, first = told[0]
    assert isinstance(first, Figures) and (org, first.code) == ("HQ", "now")
    figures = {one.code: one for one in first.figures}
    assert figures["effect"].n == 2 * N, "only the two campaigns that can be judged"
    assert first.verdict is not None and first.verdict.code == "together_helped"
    low, high = figures["extra"].low, figures["extra"].high
    assert low is not None and high is not None and low < 0.10 * 0.7 * 2 * N < high


def test_assets_that_did_not_move_show_no_effect(told: list[tuple[str, Section]]) -> None:
    found = next(section for _org, section in told if section.code == "assets")
    assert found.verdict is not None
    assert found.verdict.code in ("assets_no_difference_found", "assets_too_little_data")


def test_whom_to_contact_is_not_read_from_noise(told: list[tuple[str, Section]]) -> None:
    found = next(section for _org, section in told if section.code == "uplift")
    assert found.verdict is not None and found.verdict.code == "uplift_treat_all"


def test_both_models_stand_side_by_side_with_their_curves_beside_the_diagonal(told: list[tuple[str, Section]]) -> None:
    grid: Any = next(section for _org, section in told if section.code == "uplift_models")
    assert [row[0] for row in grid.rows] == ["two_model", "class_transformation"]
    curve: Any = next(section for _org, section in told if section.code == "uplift_curve")
    lines = {line.code: line.values for line in curve.lines}
    assert curve.x[0] == 0 and curve.x[-1] == 1
    assert all(values[0] == 0 for values in lines.values())
    # whoever contacts everybody gains the same, in whatever order
    assert lines["two_model"][-1] == pytest.approx(lines["by_lot"][-1])
    assert not any(section.code == "uplift_customers" for _org, section in told), "noise names nobody"


def test_whom_a_contact_moves_is_named_where_choosing_pays() -> None:
    """Of 4,000 customers the half with many transactions answers a contact; the other half is put off by it."""
    lots, n = np.random.default_rng(1), 4_000
    made, treated = lots.integers(0, 2, n).astype(float), lots.random(n) < 0.5
    responded = lots.random(n) < 0.25 + treated * np.where(made > 0, 0.3, -0.2)
    names = ("same", "assets", "made", "opened", "held", "years", "age")
    before = {name: made if name == "made" else lots.normal(size=n) for name in names}
    party = np.array([f"p{i:04}" for i in range(n)], dtype=object)
    one = np.full(n, "A", dtype=object)
    trial = effects.Trial(one, party, one, treated, responded.astype(float), np.zeros(n), before)
    sections = list(uplift.sections(trial, trial))
    found: dict[str, Any] = {section.code: section for _org, section in sections}
    assert {org for org, section in sections if section.code == "uplift_customers"} == {"A"}, "in their own branch only"
    assert found["uplift"].verdict.code == "uplift_target"
    assert found["uplift"].figures[-1].value == pytest.approx(made.sum(), rel=0.1)
    named = [row[0] for row in found["uplift_customers"].rows]
    assert len(named) == 50 and made[[int(name[1:]) for name in named]].all()
    assert words_missing("effects", [("HQ", section) for section in found.values()]) == []


def test_a_branch_is_told_of_its_own_customers(told: list[tuple[str, Section]]) -> None:
    own: dict[str, Any] = {org: section for org, section in told if section.code == "branch_now"}
    assert set(own) == {"A", "B"}
    assert own["A"].figures[0].n == N


def test_every_code_has_words(told: list[tuple[str, Section]]) -> None:
    assert words_missing("effects", told) == []


def test_without_a_campaign_that_can_be_judged_nothing_is_claimed() -> None:
    sections = list(effects.sections(bank(first=2)))
    assert sections[0][1].verdict is not None and sections[0][1].verdict.code == "too_little_data"
    with pytest.raises(TooLittleData):
        list(effects.sections(bank(first=len(CAMPAIGNS))))


def test_one_rich_customer_does_not_widen_the_interval_of_a_response() -> None:
    rng = np.random.default_rng(3)
    n = 1_000
    treated = rng.random(n) < 0.8
    money = np.exp(rng.normal(9, 1.2, n))
    money[np.flatnonzero(treated)[0]] = 4e9
    before = dict.fromkeys(("same", "made", "opened", "held", "years", "age"), np.zeros(n))
    before |= {"assets": np.log1p(money), "balance": money, "earlier": money}
    names = np.arange(n).astype(str)
    responded = (rng.random(n) < 0.1).astype(float)
    trial = effects.Trial(np.full(n, "one"), names, names, treated, responded, np.zeros(n), before)
    figure = effects.together(trial, 1).figures[0]
    assert figure.low is not None and figure.high is not None
    plain = effect(responded, treated).estimate
    assert plain.low is not None and plain.high is not None
    assert figure.high - figure.low < 1.1 * 100 * (plain.high - plain.low)


def test_a_little_more_than_a_fit_takes_is_not_cut_in_half() -> None:
    n = 22_000
    rng = np.random.default_rng(4)
    names = np.array([f"{k:05d}" for k in range(n)])
    before = dict.fromkeys(("same", "assets", "made", "opened", "held", "years", "age"), np.zeros(n))
    responded = (rng.random(n) < 0.1).astype(float)
    trial = effects.Trial(np.full(n, "one"), names, names, rng.random(n) < 0.8, responded, np.zeros(n), before)
    assert effects.together(trial, 1).figures[0].n == 20_000
