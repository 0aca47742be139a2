"""The intervals of the profit formula where the same customers stand on both sides of the comparison."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.profit import Panel, decompose, decompose_panel, decompose_rows
from tenure.insight.profit.formula import FACTORS, shapley
from tenure.insight.profit.panel import gradient

Side = dict[str, Any]


def _world(
    n: int, seed: int, growth: float = 0.0, gone: float = 0.06, come: float = 0.06, skew: float = 1.0
) -> tuple[Side, Side, Any]:
    """Customers whose wealth (log-normal, persistent) differs most; some left, others came, ``skew`` unlike in a."""
    lots = np.random.default_rng(seed)
    group = np.where(lots.random(n) < 0.4, "a", "b")
    wealth = lots.lognormal(0.0, 1.0, n) * np.where(group == "a", 3.0, 1.0)
    rate = lots.uniform(0.01, 0.03, n)
    fate, here = lots.random(n), np.where(group == "a", skew, 1.0)
    sides = []
    for visited, level in ((fate >= come * here, 1.0), (fate < 1 - gone / here, 1.0 + growth)):
        bought = visited & (lots.random(n) < np.where(wealth > 0.5, 0.9, 0.6))
        revenue = np.where(bought, 1_000 * level * wealth * lots.lognormal(0, 0.25, n), 0.0)
        sides.append({"visited": visited, "bought": bought, "revenue": revenue, "profit": rate * revenue})
    return sides[0], sides[1], group


def _found(n: int, seed: int, **world: float) -> Any:
    before, after, group = _world(n, seed, **world)
    return decompose_panel(Panel.of(before, after, group=group))


def test_the_parts_are_those_of_the_totals_and_each_has_an_interval() -> None:
    panel = Panel.of(*_world(400, 1)[:2], group=_world(400, 1)[2])
    found = decompose_panel(panel)
    names = ("visitors", "buyers", "revenue", "profit")
    totals = [dict(zip(names, side.tolist(), strict=True)) | {"g": list(panel.groups)} for side in panel.totals]
    bare = decompose(*totals, group="g")
    for name, part in bare.parts.items():
        assert found.parts[name].value == pytest.approx(part.value)
        assert found.parts[name].low < part.value < found.parts[name].high
    assert found.told.value == pytest.approx(bare.change)
    assert sum(each.told.value for each in found.groups) == pytest.approx(bare.change)


def test_the_slopes_are_those_that_differences_give_even_where_a_ratio_is_borrowed() -> None:
    before = np.array([[50.0, 20, 0], [30, 0, 0], [900, 0, 0], [18, 0, 0]])
    after = np.array([[40.0, 25, 10], [20, 15, 4], [800, 500, 90], [20, 9, 3]])
    slopes = gradient(before, after)
    for side in (0, 1):
        for k in range(4):
            for g in range(3):
                if not (before, after)[side][k, g]:
                    continue  # nobody stands there: no customer moves this total
                step = 1e-5
                moved = [np.array([before, after]) for _ in range(2)]
                moved[0][side, k, g] += step
                moved[1][side, k, g] -= step
                up, down = (shapley(*each).sum(axis=-1) for each in moved)
                assert slopes[:, side, k, g] == pytest.approx((up - down) / (2 * step), rel=1e-4, abs=1e-6)


def test_it_is_what_resampling_customers_as_pairs_gives() -> None:
    before, after, group = _world(600, 3, skew=2.0)
    found, lots = decompose_panel(Panel.of(before, after, group=group)), np.random.default_rng(4)
    draws = []
    for _ in range(1_500):
        weight = lots.poisson(1.0, len(group)).astype(float)
        totals = [
            np.array(
                [
                    np.bincount(group == "b", weight * side[name], 2)
                    for name in ("visited", "bought", "revenue", "profit")
                ]
            )
            for side in (before, after)
        ]
        draws.append(shapley(*totals).sum(axis=-1))
    for name, spread in zip(FACTORS, np.std(draws, axis=0), strict=True):
        part = found.parts[name]
        assert (part.high - part.low) / 2 / 1.96 == pytest.approx(spread, rel=0.15), name


def test_the_interval_of_every_part_holds_the_truth_at_its_nominal_rate() -> None:
    n, runs, world = 500, 300, {"growth": 0.08, "gone": 0.03, "come": 0.09, "skew": 2.0}
    truth = _found(400_000, 99, **world)
    scale = n / 400_000
    held = dict.fromkeys((*FACTORS, "change"), 0)
    for seed in range(runs):
        found = _found(n, seed, **world)
        for name, part, true in (
            *((name, found.parts[name], truth.parts[name].value) for name in FACTORS),
            ("change", found.told, truth.change),
        ):
            held[name] += part.low <= true * scale <= part.high
    for name, count in held.items():
        assert 0.90 <= count / runs <= 0.985, (name, count / runs)


def test_a_bank_that_only_fluctuates_has_not_changed() -> None:
    runs = 300
    false = sum(_found(300, seed).told.excludes(0) for seed in range(runs))
    assert 0.015 <= false / runs <= 0.085


def test_a_planted_change_is_told_and_pairs_tell_what_two_samples_cannot() -> None:
    before, after, _group = _world(2_000, 5, growth=0.15, gone=0.01, come=0.01)
    paired = decompose_panel(Panel.of(before, after))
    apart = decompose_rows(
        *({k: v for k, v in side.items() if k != "visited"} for side in (before, after)), resamples=100
    )
    assert paired.told.low > 0 and paired.parts["spend"].low > 0
    assert not apart.told.excludes(0)


def test_one_customer_who_carries_it_all_makes_nothing_certain() -> None:
    before, after, _group = _world(300, 6)
    after["revenue"][0], after["profit"][0], after["bought"][0], after["visited"][0] = 1e9, 1e7, True, True
    assert not decompose_panel(Panel.of(before, after)).told.excludes(0)


def test_few_customers_have_no_interval_and_no_visitors_no_parts() -> None:
    assert _found(20, 7).told.low is None
    before, after, group = _world(200, 8)
    nobody = {name: np.zeros(200) for name in before}
    with pytest.raises(TooLittleData, match="no visitors"):
        decompose_panel(Panel.of(nobody, after, group=group))
    with pytest.raises(TooLittleData, match="no visitors"):
        decompose_panel(Panel.of(*({name: [] for name in before} for _ in range(2))))


def test_a_part_of_the_groups_is_a_panel_of_its_own() -> None:
    before, after, group = _world(500, 9)
    mine = group == "a"
    own = Panel.of(
        *({name: values[mine] for name, values in side.items()} for side in (before, after)), group=group[mine]
    )
    assert decompose_panel(Panel.of(before, after, group=group).where(["a"])) == decompose_panel(own)


def test_bad_input_is_refused() -> None:
    before, after, group = _world(100, 10)
    for wrong, told in (
        (after | {"visited": np.zeros(100)}, "without a visit"),
        (after | {"bought": np.zeros(100)}, "without a purchase"),
        (after | {"revenue": np.zeros(100)}, "without revenue"),
        ({"bought": after["bought"]}, "lacks visited"),
        ({name: values[:50] for name, values in after.items()}, "different lengths"),
    ):
        with pytest.raises(InputError, match=told):
            Panel.of(before, wrong)
    with pytest.raises(InputError, match="group has 50"):
        Panel.of(before, after, group=group[:50])


def test_a_million_customers_take_seconds() -> None:
    before, after, _group = _world(1_000_000, 11)
    group = pa.array((np.arange(1_000_000) % 400).astype(str))
    began = time.process_time()
    found = decompose_panel(Panel.of(before, after, group=group))
    assert time.process_time() - began < 10
    assert len(found.groups) == 400
