"""Winning back, against those left alone: found where it is, not where it is not, and nobody judged too early."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from tenure.contracts.findings import Grid
from tenure.insight import effects
from tenure.insight.months import CURVE
from tenure.nightly.topics import winning_back

from .known import known, words_missing

AS_OF = date(2026, 11, 22)
ORGS = [{"org_id": "HQ", "name": "H", "kind": "head_office"}]


def _bank(called: float, left_alone: float, n: int = 600, drawn: date = date(2026, 6, 10)) -> Any:
    """``n`` customers drawn on a day, of whom such shares come back with all they had two months after."""
    lots = np.random.default_rng(3)
    party, row = [], []
    months: list[dict[str, Any]] = []
    for k in range(n):
        who, treated = f"C{k:04d}", bool(lots.random() < 0.7)
        back = bool(lots.random() < (called if treated else left_alone))
        party.append({"party_id": who, "kind": "person", "org_id": "HQ", "since": date(2019, 1, 1)})
        row.append(
            {"win_back_id": who, "party_id": who, "drawn_at": datetime(drawn.year, drawn.month, drawn.day, 9),
             "arm": "treated" if treated else "held_out", "held_out_percent": 30, "cause": "fading",
             "value": 1_000_000, "state": "open"}
        )  # fmt: skip
        now = 900_000 if back else 20_000
        months.append({"party_id": who, "curve_transactions": "", **{f"aum_{m}": now for m in range(1, CURVE)}})
    tables = {"organisation": ORGS, "party": party, "win_back": row}
    return known(tables, AS_OF, by_party=pa.Table.from_pylist(months))


def _told(bank: Any) -> dict[str, dict[str, Any]]:
    ((org, grid),) = winning_back.sections(bank)
    assert org == "HQ" and isinstance(grid, Grid)
    names = [code for code, _unit in grid.columns]
    return {str(row[0]): dict(zip(names, row, strict=True)) for row in grid.rows}


def test_the_effect_that_is_there_is_found_with_its_interval() -> None:
    found = _told(_bank(0.35, 0.15))["after_3"]
    _value, low, high = found["back_effect"]
    assert low < 20 < high and found["back_verdict"] == "helped"
    assert found["drawn_to_call"] + found["drawn_held_out"] == 600
    assert found["back_assets"][1] > 0


def test_where_calling_changes_nothing_nothing_is_found() -> None:
    found = _told(_bank(0.2, 0.2))["after_3"]
    assert found["back_verdict"] == "no_difference_found" and found["back_detectable"] > 0


def test_nobody_is_judged_before_the_month_is_over_nor_on_a_handful() -> None:
    found = _told(_bank(0.35, 0.15, drawn=date(2026, 7, 10)))
    assert found["after_3"]["back_verdict"] == "helped", "October is closed on 22 November"
    assert found["after_6"]["back_verdict"] == "too_little_data"
    early = _told(_bank(0.35, 0.15, drawn=date(2026, 8, 10)))
    assert early["after_3"]["drawn_to_call"] == 0 and early["after_3"]["back_effect"] is None
    few = _told(_bank(0.9, 0.1, n=12))["after_3"]
    assert few["back_verdict"] == "too_little_data" and few["back_effect"] is None


def test_without_draws_there_is_nothing_to_tell() -> None:
    tables = {"organisation": ORGS, "party": [], "win_back": []}
    months = [{"party_id": "nobody", "curve_transactions": "", **{f"aum_{m}": 0 for m in range(1, CURVE)}}]
    assert list(winning_back.sections(known(tables, AS_OF, by_party=pa.Table.from_pylist(months)))) == []


def test_every_code_has_its_words() -> None:
    assert words_missing("attrition", winning_back.sections(_bank(0.3, 0.1))) == []


def test_how_many_must_be_drawn_is_told_and_so_many_find_it_four_times_of_five() -> None:
    ((_org, grid),) = winning_back.sections(_bank(0.9, 0.1, n=12))
    assert isinstance(grid, Grid) and grid.verdict is not None and grid.verdict.code == "win_back_too_little_data"
    size = grid.verdict.numbers["needed"][1]
    assert size == winning_back.needed(0.3, 0.2) and 250 < size < 290
    lots, found = np.random.default_rng(8), 0
    for _ in range(400):
        held = lots.random(size) < 0.3
        back = (lots.random(size) < np.where(held, 0.2, 0.35)).astype(float)
        found += effects.effect(back, ~held).verdict == "helped"
    assert 0.72 <= found / 400 <= 0.9
