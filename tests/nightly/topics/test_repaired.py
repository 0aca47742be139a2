"""The ninety days after a repair: what helped, what did nothing, and what cannot be told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from nightly.topics.known import known, words_missing
from tenure.contracts.findings import Grid
from tenure.insight.inputs import TooLittleData
from tenure.insight.months import CURVE
from tenure.nightly.topics.repaired import followed, section

AS_OF = date(2026, 6, 20)
UNHAPPY, CLOSED, SERIAL = datetime(2025, 11, 5, 12), datetime(2025, 11, 20, 12), 2025 * 12 + 10
BACK = (2026 * 12 + 5) - SERIAL  # months from the open one to the month of the repair


def bank(keeps: float, repaired: int = 120, others: int = 400) -> tuple[dict[str, Any], dict[str, pa.Table]]:
    """Unhappy customers; the richer are repaired more often and would keep more anyhow; a repair keeps ``keeps``."""
    rng = np.random.default_rng(5)
    n = repaired + others
    wealth = rng.normal(13, 1, n)
    order = np.argsort(wealth + rng.normal(0, 1.5, n))
    ours = np.zeros(n, bool)
    ours[order[-repaired:]] = True
    before = np.exp(wealth + 5).astype(int)
    kept = np.clip(0.75 + 0.05 * (wealth - 13) + keeps * ours + rng.normal(0, 0.12, n), 0, 2)
    after = (before * kept).astype(int)
    curve = {f"aum_{k}": np.where(k > BACK - 1, before, after) for k in range(1, CURVE)}
    who = [f"P{i:03d}" for i in range(n)]
    tables: dict[str, Any] = {
        "organisation": [{"org_id": "HQ", "name": "HQ", "kind": "head_office"}],
        "party": [{"party_id": p, "kind": "person", "org_id": "HQ", "since": date(2020, 1, 1)} for p in who],
        "product": [{"product_id": "D", "name": "D", "category": "demand_deposit"}],
        "account": [
            {"account_id": f"A{p}", "party_id": p, "product_id": "D", "opened_on": date(2020, 1, 1), "currency": "CNY"}
            for p in who
        ],
        "case": [case(p, "repaired") for p, mine in zip(who, ours, strict=True) if mine],
        "survey_response": [
            {"response_id": f"R{p}", "party_id": p, "answered_at": UNHAPPY, "recommend": 3, "moment": "periodic"}
            for p in who
        ],
    }
    return tables, {"by_party": pa.table({"party_id": who, **curve})}


def case(party: str, result: str | None, closed: datetime = CLOSED) -> dict[str, Any]:
    return {
        "case_id": f"C{party}{closed:%m}", "party_id": party, "opened_at": UNHAPPY, "source": "survey",
        "source_key": party, "state": "closed" if result else "open", "round": 1, "result": result,
        "closed_at": closed if result else None,
    }  # fmt: skip


def told(tables: dict[str, Any], frames: dict[str, pa.Table]) -> tuple[Grid, dict[str, dict[str, Any]]]:
    grid = section(known(tables, AS_OF, **frames))
    assert words_missing("opinion", [("HQ", grid)]) == []
    names = [name for name, _ in grid.columns]
    return grid, {str(row[0]): dict(zip(names, row, strict=True)) for row in grid.rows}


def test_a_repair_that_changes_nothing_is_seen_to_change_nothing() -> None:
    tables, frames = bank(keeps=0.0)
    rows = followed(known(tables, AS_OF, **frames))
    mine = rows["repaired"].to_numpy(zero_copy_only=False).astype(bool)
    kept = rows["assets_kept"].to_numpy()
    plain = kept[mine].mean() - kept[~mine].mean()
    assert rows.num_rows == 520 and mine.sum() == 120 and plain > 0.03, "a page of plain means would claim a success"
    grid, told_ = told(tables, frames)
    assert grid.verdict is not None and grid.verdict.code == "repair_cannot_tell"
    assert abs(told_["assets_kept"]["difference"][0]) < 100 * plain


def test_a_repair_that_keeps_money_is_told_and_one_that_drives_it_away_too() -> None:
    for keeps, code in ((0.12, "repair_lasts"), (-0.12, "repair_does_not_last")):
        grid, rows = told(*bank(keeps=keeps))
        assert grid.verdict is not None and grid.verdict.code == code
        low, high = rows["assets_kept"]["difference"][1:]
        assert low < 100 * keeps < high
        assert rows["products_more"]["difference"][0] == 0


def test_nobody_counts_twice_and_what_is_not_yet_three_months_old_does_not_count() -> None:
    tables, frames = bank(keeps=0.0, repaired=20, others=60)
    again = [{**each, "response_id": f"{each['response_id']}b"} for each in tables["survey_response"]]
    tables["survey_response"] += again
    tables["case"].append(case("P000", "repaired", datetime(2026, 4, 2, 9)))
    rows = followed(known(tables, AS_OF, **frames)).to_pylist()
    assert len({row["party_id"] for row in rows}) == len(rows) == 80
    assert {row["month"] for row in rows} == {SERIAL}, "April's repair has no three whole months after it"
    fresh = dict(tables, case=[case(f"P{i:03d}", "repaired", datetime(2026, 4, 2, 9)) for i in range(20)])
    with pytest.raises(TooLittleData, match="three whole months"):
        section(known(fresh, AS_OF, **frames))


def test_who_left_kept_nothing() -> None:
    tables, frames = bank(keeps=0.0, repaired=20, others=60)
    next(one for one in tables["party"] if one["party_id"] == "P003")["left_on"] = date(2025, 12, 30)
    rows = {row["party_id"]: row for row in followed(known(tables, AS_OF, **frames)).to_pylist()}
    assert rows["P003"]["gone"] == 1 and rows["P003"]["assets_kept"] == 0
    assert sum(row["gone"] for row in rows.values()) == 1
