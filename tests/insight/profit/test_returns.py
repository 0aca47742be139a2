from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.profit import ReturnCurve, allocate


def _observed(
    seed: int, height: float, scale: float, n: int = 120, noise: float = 1.0, shape: str = "log"
) -> ReturnCurve:
    lots = np.random.default_rng(seed)
    spend = lots.uniform(0, 100, n)
    u = spend / scale
    outcome = 5 + height * (np.log1p(u) if shape == "log" else u / (1 + u)) + noise * lots.normal(size=n)
    return ReturnCurve.fit(spend, outcome, shape=shape, seed=seed)  # type: ignore[arg-type]


def _known(height: float, scale: float, shape: str = "log", most: float = 100.0) -> ReturnCurve:
    return ReturnCurve(shape, (0.0, height, scale), np.tile([0.0, height, scale], (50, 1)), most, 100, 100)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", ["log", "hill"])
def test_the_curve_of_falling_returns_is_found_again(shape: str) -> None:
    found = _observed(1, 20.0, 30.0, n=4_000, shape=shape)
    u = np.array([0.0, 10, 50, 90])
    truth = 5 + 20 * (np.log1p(u / 30) if shape == "log" else u / (u + 30))
    assert found.at(u) == pytest.approx(truth, abs=0.15)
    slope = 20 / (30 + 20) if shape == "log" else 20 * 30 / (30 + 20) ** 2
    assert found.marginal(20).low < slope < found.marginal(20).high


def test_the_interval_of_the_next_yuans_return_holds_the_truth() -> None:
    held = 0
    for seed in range(200):
        found = _observed(seed, 20.0, 30.0).marginal(40.0)
        held += found.low <= 20 / 70 <= found.high
    assert 0.89 <= held / 200 <= 0.99


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.5, 50), st.floats(2, 80), st.sampled_from(["log", "hill"])), min_size=2, max_size=5),
    st.floats(5, 400),
)
def test_the_split_is_the_best_one_and_equalises_what_the_last_yuan_earns(
    curves: list[tuple[float, float, str]], budget: float
) -> None:
    named = {f"c{i}": _known(*each) for i, each in enumerate(curves)}
    budget = min(budget, 100.0 * len(named))
    found = allocate(budget, named)
    spends = {name: each.spend for name, each in found.shares.items()}
    assert sum(spends.values()) + found.unspent == pytest.approx(budget)
    assert found.unspent == pytest.approx(0, abs=1e-6 * budget)
    inside = [each.marginal.value for each in found.shares.values() if 1e-6 < each.spend < 100 - 1e-6]
    if inside:
        common = inside[0]
        assert inside == pytest.approx([common] * len(inside), rel=1e-5)
        for each in found.shares.values():
            if each.spend <= 1e-6:
                assert each.marginal.value <= common * (1 + 1e-5)
            if each.at_limit:
                assert each.marginal.value >= common * (1 - 1e-5)
    assert found.gain.value >= -1e-9


def test_an_optimiser_that_knows_nothing_of_marginal_returns_finds_the_same_split() -> None:
    curves = {"counter": _known(10, 20), "app": _known(30, 50, "hill"), "events": _known(6, 5)}
    found = allocate(90.0, curves)

    def loss(s: np.ndarray) -> float:
        return -sum(float(curve.at(x)) for curve, x in zip(curves.values(), s, strict=True))

    best = optimize.minimize(
        loss, [30.0] * 3, bounds=[(0, 100)] * 3, constraints={"type": "eq", "fun": lambda s: s.sum() - 90}, tol=1e-10
    )
    assert [each.spend for each in found.shares.values()] == pytest.approx(best.x.tolist(), abs=0.05)


def test_money_moves_to_where_it_earns_most_when_that_is_shown() -> None:
    found = allocate(100.0, {"strong": _observed(1, 30.0, 30.0), "weak": _observed(2, 3.0, 30.0)})
    assert found.verdict == "move_money"
    assert found.shares["strong"].share.low > 0.6
    assert found.gain.low > 0


def test_curves_that_are_alike_move_no_money_at_the_nominal_rate() -> None:
    wrong = 0
    for seed in range(150):
        curves = {name: _observed(3 * seed + i, 10.0, 30.0, n=80) for i, name in enumerate("abc")}
        wrong += allocate(120.0, curves).verdict == "move_money"
    assert wrong / 150 <= 0.11


def test_months_of_one_branch_are_no_news_of_their_own() -> None:
    """Each branch has its own level for good: intervals that draw branches hold the truth, those of months do not."""
    held, apart = 0, 0
    for seed in range(120):
        lots = np.random.default_rng(seed)
        branch = np.repeat(np.arange(16), 12)
        spend = np.repeat(lots.uniform(0, 100, 16), 12) * lots.uniform(0.9, 1.1, 192)
        outcome = 20 * np.log1p(spend / 30) + np.repeat(lots.normal(0, 5, 16), 12) + lots.normal(0, 1, 192)
        for kind, cluster in (("held", branch), ("apart", None)):
            found = ReturnCurve.fit(spend, outcome, cluster=cluster, resamples=100).brought(50.0)
            inside = found.low <= 20 * np.log1p(50 / 30) <= found.high
            held, apart = held + (inside and kind == "held"), apart + (inside and kind == "apart")
    assert held / 120 >= 0.85
    assert apart / 120 <= 0.65


def test_no_return_at_all_leaves_the_money_unspent() -> None:
    lots = np.random.default_rng(4)
    spend = lots.uniform(0, 100, 60)
    falling = {name: ReturnCurve.fit(spend, -0.1 * spend + 0.01 * lots.normal(size=60)) for name in "ab"}
    found = allocate(50.0, falling)
    assert found.unspent == pytest.approx(50)
    assert found.verdict == "cannot_tell"


def test_beyond_what_was_ever_tried_nothing_is_known() -> None:
    found = allocate(500.0, {"a": _known(10, 20), "b": _known(5, 20)})
    assert found.unspent == pytest.approx(300)
    assert all(each.at_limit for each in found.shares.values())
    assert found.verdict == "cannot_tell" and not found.gain.can_tell and found.p_value is None


def test_the_present_split_may_be_the_best_already() -> None:
    curves = {"a": _observed(1, 20.0, 30.0), "b": _observed(2, 10.0, 30.0)}
    best = {name: each.spend for name, each in allocate(90.0, curves).shares.items()}
    again = allocate(90.0, curves, present=best)
    assert again.verdict == "cannot_tell"
    assert again.gain.value == pytest.approx(0, abs=1e-9)


def test_too_little_and_bad_input() -> None:
    with pytest.raises(TooLittleData, match="4 clusters"):
        ReturnCurve.fit(np.arange(40.0), np.arange(40.0), cluster=np.repeat(list("abcd"), 10))
    with pytest.raises(TooLittleData):
        ReturnCurve.fit([], [])
    with pytest.raises(TooLittleData, match="1 different"):
        ReturnCurve.fit([5.0] * 50, np.arange(50.0))
    with pytest.raises(InputError, match="spend"):
        ReturnCurve.fit([-1.0] * 50, np.arange(50.0))
    with pytest.raises(InputError, match="shape"):
        ReturnCurve.fit(np.arange(50.0), np.arange(50.0), shape="s-curve")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="at least two"):
        allocate(10.0, {"a": _known(1, 1)})
    with pytest.raises(InputError, match="budget"):
        allocate(0.0, {"a": _known(1, 1), "b": _known(1, 1)})
    with pytest.raises(InputError, match="present"):
        allocate(10.0, {"a": _known(1, 1), "b": _known(1, 1)}, present={"a": 5.0, "b": 4.0})
