from __future__ import annotations

import numpy as np
import pytest

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.profit import Price, old_and_new, price_of_keeping, price_of_winning


def _winning(seed: int, price: float = 500.0, campaigns: int = 40) -> Price:
    lots = np.random.default_rng(seed)
    cost = lots.gamma(9, 10_000, campaigns)
    return price_of_winning(cost, np.round(cost / price * lots.gamma(25, 1 / 25, campaigns)))


def _keeping(seed: int, saved: float = 0.08, n: int = 8_000) -> Price:
    lots = np.random.default_rng(seed)
    treated = lots.random(n) < 0.5
    cost = np.where(treated, lots.gamma(4, 2, n), 0.0)
    return price_of_keeping(cost, lots.random(n) < 0.8 + saved * treated, treated)


def test_prices_are_money_over_the_customers_it_changed() -> None:
    cost, won = [100.0, 200, 300, 400, 500], [1, 1, 2, 3, 3]
    assert price_of_winning(cost, won).estimate.value == pytest.approx(150)
    # 10 a head on 100, of whom 90 stayed instead of 80: 1,000 for ten customers
    found = price_of_keeping(
        [10.0] * 100 + [0.0] * 100, [1] * 90 + [0] * 10 + [1] * 80 + [0] * 20, [1] * 100 + [0] * 100
    )
    assert found.cost / found.customers == pytest.approx(100)


def test_the_price_and_the_times_hold_the_truth_at_their_nominal_rate() -> None:
    """Keeping costs 8 a head for 8 in a hundred: 100. Winning costs 500: five times."""
    price, times, told = 0, 0, 0
    for seed in range(300):
        keeping = _keeping(seed)
        found = old_and_new(_winning(1_000 + seed), keeping)
        price += bool(keeping.estimate.can_tell and keeping.estimate.low <= 100 <= keeping.estimate.high)
        times += bool(found.times.can_tell and found.times.low <= 5 <= found.times.high)
        told += found.verdict == "keeping_is_cheaper"
    assert 0.92 <= price / 300 <= 0.98
    assert 0.92 <= times / 300 <= 0.985
    assert told / 300 > 0.98


def test_dear_keeping_is_said_to_be_dear() -> None:
    assert old_and_new(_winning(1, price=20), _keeping(1)).verdict == "winning_is_cheaper"


def test_an_action_that_kept_nobody_has_no_price() -> None:
    without, harmful = _keeping(2, saved=0.0), _keeping(3, saved=-0.1)
    for price in (without, harmful):
        assert not price.estimate.can_tell
        assert old_and_new(_winning(1), price).verdict == "cannot_tell"


def test_prices_that_are_alike_are_not_told_apart() -> None:
    assert old_and_new(_winning(5, price=100), _keeping(5)).verdict == "cannot_tell"


def test_trials_of_different_chances_are_not_mixed_up() -> None:
    """In one trial nine in ten are treated and half stay; in the other one in ten and nearly all stay."""
    lots = np.random.default_rng(3)
    chance = np.repeat([0.9, 0.1], 20_000)
    treated = lots.random(40_000) < chance
    stayed = lots.random(40_000) < np.repeat([0.4, 0.85], 20_000) + 0.1 * treated
    found = price_of_keeping(10.0 * treated, stayed, treated, propensity=chance)
    assert found.changed.low < 0.1 < found.changed.high
    assert found.estimate.low < 100 < found.estimate.high
    assert not price_of_keeping(10.0 * treated, stayed, treated).estimate.can_tell, "pooled, contacts seem to harm"


def test_a_customer_in_several_trials_counts_once() -> None:
    lots = np.random.default_rng(4)
    treated = lots.random(2_000) < 0.5
    stayed = lots.random(2_000) < 0.7 + 0.2 * treated
    once = price_of_keeping(5.0 * treated, stayed, treated)
    same = [np.tile(each, 4) for each in (5.0 * treated, stayed, treated)]
    again = price_of_keeping(*same, cluster=np.tile(np.arange(2_000), 4))
    assert again.estimate.value == pytest.approx(once.estimate.value)
    assert (again.estimate.low, again.estimate.high) == pytest.approx((once.estimate.low, once.estimate.high), rel=0.01)
    apart = price_of_keeping(*same)
    assert apart.estimate.high - apart.estimate.low < 0.6 * (again.estimate.high - again.estimate.low)


def test_too_little_and_bad_input() -> None:
    with pytest.raises(TooLittleData, match="campaigns"):
        price_of_winning([1.0, 2.0], [1, 1])
    with pytest.raises(TooLittleData, match="no campaigns"):
        price_of_winning([], [])
    with pytest.raises(TooLittleData, match="won 0"):
        price_of_winning([1.0] * 10, [0] * 10)
    with pytest.raises(TooLittleData, match="held-out"):
        price_of_keeping([1.0] * 100, [1] * 100, [1] * 100)
    with pytest.raises(InputError, match="cost"):
        price_of_winning([-1.0] * 10, [1] * 10)
    with pytest.raises(InputError, match="propensity"):
        price_of_keeping([1.0] * 100, [1] * 100, [1] * 50 + [0] * 50, propensity=[1.0] * 100)
    with pytest.raises(InputError, match="levels"):
        old_and_new(price_of_winning([1.0, 2, 3, 4, 5], [1, 2, 3, 3, 5], level=0.9), _keeping(1))
