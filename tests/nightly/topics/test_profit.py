"""The profit formula of a hand-made bank: factors as counted by hand, parts that add up, each branch its own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tenure.contracts.findings import Curve, Figures, Grid, Section
from tenure.desk.findings import words
from tenure.insight.inputs import TooLittleData
from tenure.insight.months import HISTORY, Window, length
from tenure.nightly.topics import Known, profit

from .known import known, words_missing

AS_OF = date(2026, 11, 22)
WINDOW = Window(AS_OF)
ORGS = [
    {"org_id": "HQ", "name": "H", "kind": "head_office"},
    {"org_id": "A", "name": "A", "kind": "outlet", "parent_id": "HQ"},
    {"org_id": "B", "name": "B", "kind": "outlet", "parent_id": "HQ"},
]
YUAN = 100


def _account(name: str, party: str, opened: date, **rest: Any) -> dict[str, Any]:
    return {"account_id": name, "party_id": party, "product_id": "D", "opened_on": opened, "currency": "CNY", **rest}


def _days(name: str, before: int, after: int, back: int = 35) -> dict[str, Any]:
    """A balance of ``before`` yuan until a year ago and ``after`` since."""
    held = {f"days_{k}": (after if k <= 12 else before) * YUAN * length(WINDOW.month(k)) for k in range(1, HISTORY)}
    return {"account_id": name, "first_back": back, **held}


def bank(back: int = 35) -> Known:
    """In A one customer doubles; in B a new one comes within the year; a third keeps too little to count."""
    tables = {
        "organisation": ORGS,
        "party": [
            {"party_id": "a", "kind": "person", "org_id": "A", "since": date(2020, 1, 1)},
            {"party_id": "b", "kind": "person", "org_id": "B", "since": date(2026, 1, 5)},
            {"party_id": "c", "kind": "person", "org_id": "B", "since": date(2020, 1, 1)},
        ],
        "product": [{"product_id": "D", "name": "D", "category": "demand_deposit", "spread": 2.0}],
        "account": [
            _account("1", "a", date(2020, 1, 1)),
            _account("2", "b", date(2026, 1, 5)),
            _account("3", "c", date(2020, 1, 1)),
            _account("4", "c", date(2027, 1, 1)),
        ],
        "interaction": [
            {"interaction_id": "i", "party_id": "b", "at": datetime(2026, 3, 1), "kind": "call"},
            {"interaction_id": "j", "party_id": "b", "at": datetime(2026, 11, 23), "kind": "call"},
        ],
        "redemption": [
            {
                "redemption_id": "r",
                "party_id": "a",
                "at": datetime(2026, 3, 1),
                "kind": "gift",
                "points": 1,
                "cost": 900,
            }
        ],
    }
    by_account = [_days("1", 100_000, 200_000, back), _days("2", 0, 50_000, back), _days("3", 500, 500, back)]
    return known(tables, AS_OF, by_account=pa.Table.from_pylist(by_account))


@pytest.fixture(scope="module")
def told() -> list[tuple[str, Section]]:
    return list(profit.sections(bank()))


def of(told: list[tuple[str, Section]], org: str, code: str) -> Any:
    return next(section for where, section in told if (where, section.code) == (org, code))


def test_the_factors_are_what_one_counts_by_hand(told: list[tuple[str, Section]]) -> None:
    grid = of(told, "HQ", "year_factors")
    assert isinstance(grid, Grid)
    before, after = grid.rows
    # a and c had accounts before, b came; c keeps 500 yuan and is not active
    assert before[:5] == ["before", 2, 1 / 2, 100_000 * YUAN, 2.0]
    assert after[:5] == ["after", 3, 2 / 3, 125_000 * YUAN, 2.0]
    assert (before[5], after[5]) == (2_000 * YUAN, 5_000 * YUAN)
    assert before[6] == after[6] == 10 * YUAN, "what those who are not active bring is said beside it"


def test_the_parts_add_up_to_the_change(told: list[tuple[str, Section]]) -> None:
    for org, change in (("HQ", 3_000), ("A", 2_000), ("B", 1_000)):
        headline, curve = of(told, org, "year"), of(told, org, "year_parts")
        assert isinstance(headline, Figures) and isinstance(curve, Curve)
        assert headline.figures[2].value == change * YUAN
        assert sum(curve.lines[0].values) == pytest.approx(change * YUAN)
    own = of(told, "A", "year_parts")
    expected = {"traffic": 0, "conversion": 0, "spend": 2_000 * YUAN, "margin": 0}
    assert dict(zip(own.x, own.lines[0].values, strict=True)) == pytest.approx(expected, abs=1e-6)
    assert {row[0] for row in of(told, "HQ", "branches").rows} == {"A", "B"}


def test_new_and_old_are_set_side_by_side_and_without_contacts_no_price_is_invented(
    told: list[tuple[str, Section]],
) -> None:
    grid = of(told, "HQ", "old_and_new")
    assert grid.rows == [["new_customers", 1, 1.0, 0.0, 1_000 * YUAN], ["old_customers", 2, 0.0, 450.0, 2_005 * YUAN]]
    assert grid.verdict.code == "no_price"
    assert not {"keeping", "winning", "prices"} & {section.code for _org, section in told}


def _grown(n: int, seed: int, growth: float) -> Known:
    """Customers whose balances fluctuate from year to year by a fifth, and grow."""
    lots = np.random.default_rng(seed)
    level = lots.lognormal(11, 1.0, n)
    years = [level * lots.lognormal(0, 0.2, n) * (1 + growth * (k == 1)) for k in (0, 1)]
    tables = {
        "organisation": ORGS,
        "party": [
            {"party_id": f"p{i:04}", "kind": "person", "org_id": "AB"[i % 2], "since": date(2020, 1, 1)}
            for i in range(n)
        ],
        "product": [{"product_id": "D", "name": "D", "category": "demand_deposit", "spread": 2.0}],
        "account": [_account(f"{i:04}", f"p{i:04}", date(2020, 1, 1)) for i in range(n)],
    }
    by_account = [_days(f"{i:04}", round(years[0][i]), round(years[1][i]), 30) for i in range(n)]
    return known(tables, AS_OF, by_account=pa.Table.from_pylist(by_account))


def _year(bank: Known) -> tuple[Any, Any]:
    told = list(profit.sections(bank))
    return of(told, "HQ", "year"), of(told, "HQ", "year_parts")


def test_a_bank_that_only_fluctuates_is_not_told_as_a_change() -> None:
    told = [_year(_grown(200, seed, 0.0))[0] for seed in range(4)]
    verdicts = [each.verdict for each in told]
    assert [each.code for each in verdicts].count("year_cannot_tell") >= 3
    assert {each.tone for each in verdicts if each.code == "year_cannot_tell"} == {""}
    assert all(each.figures[2].low is not None for each in told)


def test_a_planted_change_is_told_with_the_factor_that_brought_it() -> None:
    headline, parts = _year(_grown(200, 5, 0.2))
    assert (headline.verdict.code, headline.verdict.tone) == ("year_up", "good")
    assert headline.verdict.numbers["factor"][1] == "spend"
    line = parts.lines[0]
    at = list(parts.x).index("spend")
    assert 0 < line.low[at] < line.values[at] < line.high[at]
    assert [line.low[0], line.high[0]] == pytest.approx([0, 0], abs=1), "the same customers: traffic cannot have moved"


def test_a_handful_of_customers_is_bookkeeping_and_nothing_more(told: list[tuple[str, Section]]) -> None:
    assert of(told, "HQ", "year").verdict.code == "year_few"
    assert of(told, "HQ", "year_parts").lines[0].low == ()


def test_a_short_history_compares_quarters_or_nothing() -> None:
    codes = {section.code for _org, section in profit.sections(bank(back=8))}
    assert "quarter" in codes and "year" not in codes and "old_and_new" not in codes
    with pytest.raises(TooLittleData):
        list(profit.sections(bank(back=5)))


def test_every_code_has_words(told: list[tuple[str, Section]]) -> None:
    assert words_missing("profit", told) == []
    assert words_missing("profit", profit.sections(_grown(60, 1, 0.0))) == []
    assert words_missing("profit", profit.sections(_grown(60, 1, 1.0))) == []
    verdicts = ("same", "few", "cannot_tell", "up", "down", "up_unclear", "down_unclear")
    assert {f"{code}_{each}" for code in ("year", "quarter") for each in verdicts} <= set(words.of("profit").words)
