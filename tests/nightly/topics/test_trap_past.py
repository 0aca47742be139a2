"""The list of the trap put to the test by its own rules: what a planted leaving probability foretells must be seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from nightly.test_outlook import FIRST, MONTHS, panel
from nightly.topics.known import known, words_missing
from tenure.contracts.findings import Figures, Unit
from tenure.insight.attrition import AttritionModel
from tenure.insight.inputs import TooLittleData
from tenure.nightly import blind
from tenure.nightly.topics import Known, trap_past

AS_OF = date(2026, 6, 20)
N = 800
#: The month ends that the test looks from.
ENDS = (2025 * 12 + 4, 2025 * 12 + 10)


def bank() -> tuple[Known, dict[int, np.ndarray]]:
    """Customers who all say satisfied and do nothing unusual; every seventh is likely to leave, and half of them do."""
    rng = np.random.default_rng(4)
    who = [f"P{n:03}" for n in range(N)]
    tables: dict[str, list[dict[str, Any]]] = {
        "organisation": [{"org_id": "HQ"}],
        "party": [{"party_id": w, "kind": "person", "org_id": "HQ", "since": date(2020, 1, 1)} for w in who],
        "product": [{"product_id": "D", "name": "D", "category": "demand_deposit"}],
        "account": [
            {"account_id": w, "party_id": w, "product_id": "D", "currency": "CNY", "opened_on": date(2020, 1, 1)}
            for w in who
        ],
        "survey_response": [
            {"response_id": f"{w}{at:%y%m}", "party_id": w, "answered_at": at, "moment": "periodic",
             "satisfaction": int(rng.integers(4, 6))}
            for w in who for at in (datetime(2025, 4, 10), datetime(2025, 10, 10))
        ],
    }  # fmt: skip
    chance, lost = {}, []
    for end in ENDS:
        likely = rng.random(N) < 1 / 7
        chance[end] = np.where(likely, 0.5, 0.03)
        leaves = rng.random(N) < chance[end]
        lost += [(w, end + 1 + int(rng.integers(0, 6))) for w, gone in zip(who, leaves, strict=True) if gone]
    first = dict(reversed(lost))
    losses = pa.table({"party_id": list(first), "lost": list(first.values()), "definition": ["fall"] * len(first)})
    averages = pa.table({"party_id": who, **{f"aum_{k}": [5_000_000] * N for k in range(1, 24)}})
    averages = averages.append_column("tier_7", pa.array([1] * N)).append_column("tier_13", pa.array([0] * N))
    return known(tables, AS_OF, by_party=averages, losses=losses), chance


def test_a_leaving_probability_of_then_is_tested_with_the_list_that_rests_on_it() -> None:
    at, chance = bank()
    asked = []

    def blind_to(month: int) -> pa.Table:
        asked.append(month)
        return pa.table({"party_id": [f"P{n:03}" for n in range(N)], "leaving_probability": chance[month]})

    at.__dict__["blind"] = blind_to
    past = trap_past.half_years(at)
    assert asked == list(ENDS) and all(one.by_probability for one in past)
    assert len(past[1].parties) < len(past[0].parties) == N  # who was lost by then is looked at no more
    found = trap_past.back_test(past, listed_by_probability=True)
    figures = {one.code: one for one in found.figures}
    assert found.verdict is not None and found.verdict.code == "test_beyond_satisfaction"
    assert figures["auc_gain"].low > 0.1  # type: ignore[operator]
    assert figures["trapped_left"].low < 0.5 < figures["trapped_left"].high  # type: ignore[operator]
    assert figures["content_left"].high < 0.06  # type: ignore[operator]


def test_without_a_model_blind_to_the_past_the_page_says_that_only_deeds_were_tested() -> None:
    at, _ = bank()
    at.__dict__["blind"] = lambda month: None
    past = trap_past.half_years(at)
    with pytest.raises(TooLittleData, match="alike"):  # deeds alone show nothing in this bank
        trap_past.back_test(past, listed_by_probability=True)
    noise = np.random.default_rng(1)
    past = [replace(one, leaving=noise.random(len(one.parties)) < 0.2) for one in past]
    told: list[tuple[str, Figures]] = []
    for listed_by_probability, code in ((True, "test_deeds_not_shown"), (False, "test_not_shown")):
        found = trap_past.back_test(past, listed_by_probability=listed_by_probability)
        assert found.verdict is not None and found.verdict.code == code
        told.append(("HQ", found))
    shown = replace(told[0][1], verdict=replace(told[0][1].verdict, code="test_deeds_beyond_satisfaction"))
    assert words_missing("trap", [*told, ("HQ", shown)]) == []


def test_a_tier_and_a_branch_in_which_satisfaction_rises_alone_is_named() -> None:
    """Gold customers answer better at the second month end and leave as before; basic ones say and do as ever."""
    rng = np.random.default_rng(2)
    n, gold = 20_000, np.arange(20_000) % 2 == 0

    def half_year(month: str, content: float) -> trap_past.HalfYear:
        pleased = rng.random(n) < np.where(gold, content, 0.6)
        lost = np.arange(n) % 100 < 2
        tier, branch = np.where(gold, "gold", "basic"), np.where(gold, "B1", "B2")
        nothing = np.zeros(n, dtype=bool)
        said = np.where(pleased, 5.0, 2.0)
        return trap_past.HalfYear(month, [""] * n, said, nothing, ~nothing, lost, False, 4, tier, branch)

    past = [half_year("2025-05", 0.6), half_year("2025-11", 0.75)]
    grid = trap_past.groups_over_time(past, "tiers_over_time", "tier", Unit.TIER)
    assert [(row[0], row[-1]) for row in grid.rows] == [("gold", "group_trap"), ("basic", "group_cannot_tell")]
    assert grid.rows[0][2][0] == pytest.approx(15, abs=3)  # type: ignore[index]
    at = known({"organisation": [{"org_id": "HQ"}, *({"org_id": b, "parent_id": "HQ"} for b in ("B1", "B2"))]}, AS_OF)
    told = dict(trap_past.branches_over_time(past, at))
    assert {org: one.verdict.code for org, one in told.items() if one.verdict} == {
        "B1": "diverge_trap",
        "B2": "diverge_cannot_tell",
    }
    few = [replace(one, satisfaction=np.where(np.arange(n) < 40, one.satisfaction, np.nan)) for one in past]
    with pytest.raises(TooLittleData, match="30 answers"):
        trap_past.groups_over_time(few, "tiers_over_time", "tier", Unit.TIER)
    assert words_missing("trap", [("HQ", grid), ("HQ", trap_past.over_time(past)), *told.items()]) == []


def _outlook(rows: pa.Table, champion: Any) -> Any:
    """An outlook whose panel is ``rows`` in memory."""
    engine = SimpleNamespace(read=lambda paths: ibis.memtable(rows), arrow=lambda expr: expr.to_pyarrow())
    cache = SimpleNamespace(engine=engine, keep_rows=lambda folder, name, make: make())
    return SimpleNamespace(
        panel=lambda: Path("panel"), last=FIRST + MONTHS, past=SimpleNamespace(cache=cache),
        shelf=SimpleNamespace(champion=lambda until: champion, fingerprint=lambda: "x"),
        sample=lambda path, most: rows,
    )  # fmt: skip


def test_a_month_of_the_past_is_foretold_by_trees_that_saw_nothing_after_it() -> None:
    """A champion that knows the coming losses is not asked: another learns from what was known then, and still sees
    that those with little left go first."""
    rows, month = panel(customers=1_500), FIRST + 13

    champion = AttritionModel(12).fit(rows)
    found = blind.leaving(_outlook(rows, champion), month)
    assert found is not None
    then = rows.filter(pc.equal(rows["month"], month))
    assert sorted(found["party_id"].to_pylist()) == sorted(then["party_id"].to_pylist())
    chance = dict(zip(found["party_id"].to_pylist(), found["leaving_probability"].to_pylist(), strict=True))
    poor = np.array([row["aum_ratio_3m"] < 0.7 for row in then.to_pylist()])
    told = np.array([chance[who] for who in then["party_id"].to_pylist()])
    assert told[poor].mean() > 3 * told[~poor].mean()
    # what came later is another story: had it been looked at, other figures would come out
    lead = pc.if_else(pc.greater(pc.add(rows["month"], rows["lead"]), month), None, rows["lead"])
    later = rows.set_column(rows.column_names.index("lead"), "lead", lead)
    again = blind.leaving(_outlook(later, champion), month)
    assert again is not None and again.equals(found)


def test_without_a_model_or_losses_enough_nothing_is_foretold() -> None:
    assert blind.leaving(_outlook(panel(customers=100), None), FIRST + 13) is None
    few = panel(customers=20)
    champion = AttritionModel(12).fit(panel(customers=1_500))
    assert blind.leaving(_outlook(few, champion), FIRST + 13) is None
