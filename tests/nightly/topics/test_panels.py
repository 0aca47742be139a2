"""Taking part in a panel: an effect that is there is inside its interval, where there is none none is found."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tenure.contracts.findings import Grid
from tenure.insight.months import CURVE
from tenure.nightly.topics import panels

from .known import known, words_missing

AS_OF = date(2026, 11, 22)
ORGS = [{"org_id": "HQ", "name": "H", "kind": "head_office"}]


def _bank(
    gone_drawn: float,
    gone_left_out: float,
    n: int = 400,
    drawn: date = date(2026, 6, 10),
    seed: int = 3,
    share: float = 0.5,
) -> Any:
    """A panel of ``n`` listed customers on a day, of whom such shares lose most of their assets in the month after."""
    lots, at = np.random.default_rng(seed), datetime(drawn.year, drawn.month, drawn.day, 9)
    back = (AS_OF.year - drawn.year) * 12 + AS_OF.month - drawn.month
    party, row = [], []
    months: list[dict[str, Any]] = []
    for k in range(n):
        who, treated = f"C{k:04d}", bool(lots.random() < share)
        gone = bool(lots.random() < (gone_drawn if treated else gone_left_out))
        party.append({"party_id": who, "kind": "person", "org_id": "HQ", "since": date(2019, 1, 1)})
        row.append(
            {
                "member_id": who, "panel_id": "P1", "party_id": who, "place": k + 1, "sessions": 0,
                "listed_at": at, "arm": "treated" if treated else "held_out",
                "state": "sent" if treated else "held_out",
            }
        )  # fmt: skip
        before = int(1_000_000 * (1 + lots.random()))
        curve = {f"aum_{m}": (before // 20 if gone and m < back else before) for m in range(1, CURVE)}
        months.append({"party_id": who, "curve_transactions": "", **curve})
    about = {
        "panel_id": "P1", "drawn_at": at, "title": "一键续存", "state": "open", "wanted": 40,
        "eligible": n, "held_out_percent": 30, "starts_on": drawn, "ends_on": drawn,
    }  # fmt: skip
    tables = {"organisation": ORGS, "party": party, "panel_member": row, "panel": [about]}
    return known(tables, AS_OF, by_party=pa.Table.from_pylist(months))


def _grid(bank: Any) -> Grid:
    ((org, grid),) = panels.sections(bank)
    assert org == "HQ" and isinstance(grid, Grid)
    return grid


def _told(bank: Any, panel: str = "P1") -> dict[str, dict[str, Any]]:
    grid = _grid(bank)
    names = [code for code, _unit in grid.columns]
    return {str(row[1]): dict(zip(names, row, strict=True)) for row in grid.rows if row[0] == panel}


def test_a_planted_effect_is_found_and_named_helpful_because_fewer_leave() -> None:
    grid = _grid(_bank(0.10, 0.35))
    found = _told(_bank(0.10, 0.35))["after_3"]
    value, low, high = found["gone_effect"]
    assert low < -25 < high and value < 0 and found["verdict"] == "helped"
    assert found["asset_effect"][1] > 0, "who stays keeps the money"
    assert grid.verdict is not None and grid.verdict.code == "panels_helped" and grid.verdict.tone == "good"
    assert grid.names["P1"].zh == "一键续存"


def _listed(gone_drawn: float, gone_left_out: float, n: int, seed: int) -> pa.Table:
    """The rows of ``drawn`` of a panel, of whom such shares are gone."""
    lots = np.random.default_rng(seed)
    treated = np.zeros(n, dtype=bool)
    treated[lots.permutation(n)[: n * 2 // 5]] = True
    before = np.exp(lots.normal(13, 1, n))
    gone = (lots.random(n) < np.where(treated, gone_drawn, gone_left_out)).astype(float)
    held = lots.integers(1, 5, n).astype(float)
    return pa.table(
        {
            "panel_id": ["P1"] * n, "party_id": [f"C{k}" for k in range(n)], "treated": treated,
            "assets_before": before, "held": held, "gone_3": gone, "held_3": held,
            "assets_3": np.where(gone > 0, before / 10, before),
        }
    )  # fmt: skip


@pytest.mark.parametrize("planted", [0.0, -0.15])
def test_the_interval_covers_what_is_true_about_as_often_as_it_says(planted: float) -> None:
    covered, found, of = 0, 0, 200
    for seed in range(of):
        rows = _listed(0.25 + planted, 0.25, 160, seed)
        panel, everybody = np.array(["P1"] * 160, dtype=object), np.ones(160, dtype=bool)
        _row, left = panels._row(rows, panel, everybody, "P1", 3)
        assert left is not None and left.estimate.low is not None and left.estimate.high is not None
        covered += left.estimate.low <= planted <= left.estimate.high
        found += left.verdict != "no_difference_found"
    assert 180 <= covered <= 199, "of 200 intervals of 95 % about 190 hold what is true"
    assert planted != 0 or found <= 20


def test_the_panels_together_count_a_customer_of_two_once_for_the_spread() -> None:
    one, both = _bank(0.10, 0.35), _bank(0.10, 0.35)
    assert _told(one, panels.ALL)["after_3"]["gone_effect"] == pytest.approx(_told(both)["after_3"]["gone_effect"])


def test_nobody_is_judged_before_the_month_is_over_nor_on_a_handful() -> None:
    early = _told(_bank(0.1, 0.4, drawn=date(2026, 9, 10)))
    assert early["after_3"]["panel_drawn"] == 0 and early["after_3"]["gone_effect"] is None
    assert _told(_bank(0.1, 0.4, drawn=date(2026, 7, 10)))["after_6"]["verdict"] == "too_little_data"
    few = _told(_bank(0.9, 0.1, n=12))["after_3"]
    assert few["verdict"] == "too_little_data" and few["gone_effect"] is None


def test_a_panel_that_left_nobody_out_says_nothing() -> None:
    assert _told(_bank(0.1, 0.4, share=1.1))["after_3"]["verdict"] == "too_little_data"


def test_without_panels_there_is_nothing_to_tell() -> None:
    tables = {"organisation": ORGS, "party": [], "panel_member": [], "panel": []}
    months = [{"party_id": "nobody", "curve_transactions": "", **{f"aum_{m}": 0 for m in range(1, CURVE)}}]
    assert list(panels.sections(known(tables, AS_OF, by_party=pa.Table.from_pylist(months)))) == []


def test_every_code_has_its_words() -> None:
    assert words_missing("effects", panels.sections(_bank(0.3, 0.1))) == []
