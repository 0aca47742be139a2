from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.profit import decompose, decompose_rows

COLUMNS = ("visitors", "buyers", "revenue", "profit")


@st.composite
def _period(draw: st.DrawFn, groups: int) -> dict[str, list[Any]]:
    visitors = [draw(st.integers(0, 10_000)) for _ in range(groups)]
    visitors[0] += 1
    buyers = [draw(st.integers(0, v)) for v in visitors]
    revenue = [draw(st.integers(0, 10**9)) * (b > 0) for b in buyers]
    profit = [draw(st.integers(-(10**8), 10**8)) * (r > 0) for r in revenue]
    return dict(zip(COLUMNS, (visitors, buyers, revenue, profit), strict=True)) | {
        "branch": [f"b{i}" for i in range(groups)]
    }


def _scale(*periods: dict[str, list[Any]]) -> float:
    return 1e-9 * (1 + sum(abs(x) for p in periods for x in p["profit"]) + _largest(*periods))


def _largest(*periods: dict[str, list[Any]]) -> float:
    """Parts may be far larger than their sum: the error of rounding goes with them."""
    found = decompose(*periods, group="branch")
    return sum(abs(part) for each in found.groups for part in each.parts.values())


@settings(max_examples=60, deadline=None)
@given(_period(3), _period(3))
def test_the_parts_add_up_to_the_change(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> None:
    found = decompose(before, after, group="branch")
    slack = _scale(before, after)
    assert found.change == sum(after["profit"]) - sum(before["profit"])
    assert sum(part.value for part in found.parts.values()) == pytest.approx(found.change, abs=slack)
    for each in found.groups:
        assert sum(each.parts.values()) == pytest.approx(each.change, abs=slack)


@settings(max_examples=60, deadline=None)
@given(_period(2), _period(2))
def test_read_backwards_every_part_changes_its_sign(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> None:
    there, back = decompose(before, after, group="branch"), decompose(after, before, group="branch")
    slack = _scale(before, after)
    for name, part in there.parts.items():
        assert part.value == pytest.approx(-back.parts[name].value, abs=slack)


def test_it_is_the_average_over_all_orders_of_change() -> None:
    """Written out: 24 orders of four factors."""
    before, after = np.array([1_000, 0.2, 50.0, 0.1]), np.array([1_300, 0.15, 60.0, 0.12])
    expected = np.zeros(4)
    for order in itertools.permutations(range(4)):
        now = before.copy()
        for i in order:
            was = now.prod()
            now[i] = after[i]
            expected[i] += (now.prod() - was) / 24
    found = decompose(*(_totals(*each) for each in (before, after))).parts
    ours = [found[name].value for name in ("traffic", "conversion", "spend", "margin")]
    assert ours == pytest.approx(expected.tolist())
    assert found["mix"].value == pytest.approx(0, abs=1e-9)
    assert not found["traffic"].excludes(0)  # totals alone have no interval


def test_a_factor_that_did_not_move_has_no_part() -> None:
    found = decompose(_totals(1_000, 0.2, 50, 0.1), _totals(1_000, 0.2, 60, 0.1)).parts
    assert {name for name, part in found.items() if abs(part.value) > 1e-9} == {"spend"}
    assert found["spend"].value == pytest.approx(200)


def test_traffic_that_moves_to_the_better_branch_is_mix() -> None:
    """No branch converts better than before, and the bank does: Simpson's paradox, told apart."""
    before = _branches([800, 200], [80, 60])
    after = _branches([200, 800], [20, 240])
    found = decompose(before, after, group="branch")
    assert found.change == pytest.approx(120 * 10)
    assert found.parts["mix"].value == pytest.approx(found.change)
    assert found.parts["conversion"].value == pytest.approx(0, abs=1e-9)
    pooled = decompose(_pool(before), _pool(after))
    assert pooled.parts["conversion"].value == pytest.approx(found.change)


def test_a_branch_that_opens_is_mix_and_not_conversion() -> None:
    before = _branches([1_000, 0], [100, 0])
    found = decompose(before, _branches([1_000, 500], [100, 100]), group="branch")
    new = next(each for each in found.groups if each.group == "b1")
    assert new.parts["conversion"] == new.parts["spend"] == new.parts["margin"] == 0
    assert new.change == pytest.approx(1_000)
    absent = {name: values[:1] for name, values in before.items()}
    assert decompose(absent, _branches([1_000, 500], [100, 100]), group="branch").parts == found.parts


def test_rows_give_the_same_parts_as_their_totals_and_intervals_beside() -> None:
    before, after = _visitors(3_000, 0.20, 1), _visitors(3_000, 0.26, 2)
    found = decompose_rows(before, after, group="branch", resamples=200)
    totals = decompose(_summed(before), _summed(after), group="branch")
    for name, part in totals.parts.items():
        assert found.parts[name].value == pytest.approx(part.value, abs=1e-6)
    assert found.parts["conversion"].low > 0
    assert not found.parts["spend"].excludes(0) and not found.parts["margin"].excludes(0)
    assert decompose_rows(before, after, group="branch", resamples=200) == found


def test_the_interval_holds_the_true_part_at_its_nominal_rate() -> None:
    """Only conversion changes, .20 → .25; spend 100 on average and margin .1 do not."""
    held, false, runs = 0, 0, 120
    for seed in range(runs):
        found = decompose_rows(_visitors(600, 0.20, 2 * seed), _visitors(600, 0.25, 2 * seed + 1), resamples=120).parts
        held += found["conversion"].low <= 600 * 0.05 * 100 * 0.1 <= found["conversion"].high
        false += found["spend"].excludes(0)
    assert held / runs >= 0.88
    assert false / runs <= 0.12


def test_bad_input_is_refused() -> None:
    good = _totals(1_000, 0.2, 50, 0.1)
    for wrong, told in (
        (good | {"buyers": 2_000}, "more buyers"),
        (good | {"buyers": 0}, "without a buyer"),
        (good | {"revenue": 0}, "without revenue"),
        ({"visitors": 3}, "lacks buyers"),
        (good | {"visitors": float("nan")}, "visitors"),
    ):
        with pytest.raises(InputError, match=told):
            decompose(good, wrong)
    with pytest.raises(TooLittleData, match="no visitors"):
        decompose(dict.fromkeys(COLUMNS, 0), good)
    with pytest.raises(InputError, match="twice"):
        decompose(
            _pool(_branches([1, 1], [0, 0])) | {"g": ["a"]}, {**_branches([1, 1], [0, 0]), "g": ["a", "a"]}, group="g"
        )
    with pytest.raises(TooLittleData):
        decompose_rows(_visitors(20, 0.5, 1), _visitors(100, 0.5, 1))


def test_every_kind_of_table_gives_the_same_parts() -> None:
    one, other = _branches([800, 200], [80, 60]), _branches([200, 800], [20, 240])
    found = decompose(pd.DataFrame(one), pl.DataFrame(other), group="branch")
    assert found == decompose(one, other, group="branch")


def _totals(visitors: float, conversion: float, spend: float, margin: float) -> dict[str, float]:
    values = itertools.accumulate((visitors, conversion, spend, margin), lambda a, b: a * b)
    return dict(zip(COLUMNS, values, strict=True))


def _branches(visitors: list[int], buyers: list[int]) -> dict[str, list[Any]]:
    return {
        "branch": ["b0", "b1"],
        "visitors": visitors,
        "buyers": buyers,
        "revenue": [100 * b for b in buyers],
        "profit": [10 * b for b in buyers],
    }


def _pool(of: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: [math.fsum(of[name])] for name in COLUMNS}


def _visitors(n: int, conversion: float, seed: int) -> dict[str, Any]:
    lots = np.random.default_rng(seed)
    bought = lots.random(n) < conversion
    revenue = np.where(bought, lots.gamma(4, 25, n), 0.0)
    return {
        "branch": np.where(lots.random(n) < 0.5, "b0", "b1"),
        "bought": bought,
        "revenue": revenue,
        "profit": 0.1 * revenue,
    }


def _summed(rows: dict[str, Any]) -> dict[str, list[Any]]:
    names = ["b0", "b1"]
    here = [rows["branch"] == name for name in names]
    return {
        "branch": names,
        "visitors": [int(each.sum()) for each in here],
        "buyers": [int(rows["bought"][each].sum()) for each in here],
        "revenue": [float(rows["revenue"][each].sum()) for each in here],
        "profit": [float(rows["profit"][each].sum()) for each in here],
    }
