from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tenure.errors import InputError
from tenure.insight.effects import effect


def _trial(n: int, seed: int, size: float = 0.0, noise: float = 1.0):  # type: ignore[no-untyped-def]
    lots = np.random.default_rng(seed)
    before = lots.normal(size=n)
    treated = lots.random(n) < 0.4
    return before + noise * lots.normal(size=n) + size * treated, treated, before


def test_without_covariates_it_is_welch() -> None:
    y, t, _ = _trial(300, 1, 0.3)
    y = np.where(t, 3 * y, y)
    ours, welch = effect(y, t), stats.ttest_ind(y[t], y[~t], equal_var=False)
    assert ours.p_value == pytest.approx(welch.pvalue, rel=1e-9)
    assert ours.degrees == pytest.approx(welch.df, rel=1e-9)
    low, high = welch.confidence_interval()
    assert (ours.estimate.low, ours.estimate.high) == pytest.approx((low, high), rel=1e-9)


def test_the_adjusted_effect_is_the_fully_interacted_regression() -> None:
    """Lin 2013: the coefficient of T in y ~ T + x + T·x with x centred on all customers."""
    y, t, x = _trial(400, 2, 0.5)
    centred = x - x.mean()
    design = np.column_stack([np.ones(400), t, centred, t * centred])
    assert effect(y, t, x).estimate.value == pytest.approx(np.linalg.lstsq(design, y, rcond=None)[0][1])


def test_the_balance_before_takes_its_share_of_the_variance_out() -> None:
    """CUPED: with a correlation ρ between before and after, 1 − ρ² of the variance remains (here ρ² = 0.8)."""
    y, t, x = _trial(20_000, 3, 0.1, noise=0.5)
    found = effect(y, t, x)
    assert found.variance_removed == pytest.approx(0.8, abs=0.01)
    assert found.estimate.low < 0.1 < found.estimate.high
    assert found.unadjusted.high - found.unadjusted.low > 2 * (found.estimate.high - found.estimate.low)


@pytest.mark.parametrize("adjusted", [False, True])
@pytest.mark.parametrize("binary", [False, True])
def test_intervals_hold_the_truth_at_their_nominal_rate(adjusted: bool, binary: bool) -> None:
    held = 0
    for seed in range(400):
        lots = np.random.default_rng(seed)
        x = lots.normal(size=200)
        t = lots.random(200) < 0.3
        if binary:
            y = (lots.random(200) < stats.norm.cdf(x / 2 + 0.5 * t)).astype(float)
            truth = stats.norm.cdf(0.5 / np.sqrt(1.25)) - 0.5
        else:
            y, truth = x * (1 + t) + 0.5 * t + (1 + 2 * t) * lots.normal(size=200), 0.5
        found = effect(y, t, x if adjusted else None).estimate
        held += found.low <= truth <= found.high
    assert 0.92 <= held / 400 <= 0.98


def test_whole_households_drawn_by_lot_need_the_clustered_interval() -> None:
    """A manager's customers are alike: taken singly, a null campaign comes out as an effect most of the time."""
    wrong, right = 0, 0
    for seed in range(200):
        lots = np.random.default_rng(seed)
        manager = np.repeat(np.arange(30), lots.integers(10, 40, 30))
        t = (lots.permutation(30) < 15)[manager]
        y = lots.normal(size=30)[manager] + lots.normal(size=len(manager))
        wrong += effect(y, t).verdict != "no_difference_found"
        right += effect(y, t, cluster=manager).verdict != "no_difference_found"
    assert wrong / 200 > 0.4
    assert right / 200 < 0.09


def test_clusters_of_one_are_no_clusters() -> None:
    y, t, x = _trial(120, 4)
    assert effect(y, t, x, cluster=[f"c{i}" for i in range(120)]) == effect(y, t, x)


def test_cluster_residuals_are_those_of_bell_and_mccaffrey() -> None:
    """Against (I − H)^(−1/2) written out, m × m."""
    lots = np.random.default_rng(5)
    unit = np.repeat(np.arange(24), 5)
    t = (np.arange(24) % 2 == 0)[unit]
    x, y = lots.normal(size=120), lots.normal(size=120) + lots.normal(size=24)[unit]
    expected = 0.0
    slopes = []
    pieces = np.zeros(24)
    for arm, sign in ((True, 1), (False, -1)):
        here = t == arm
        design = np.column_stack([np.ones(here.sum()), (x - x.mean())[here]])
        gram = np.linalg.inv(design.T @ design)
        beta = gram @ design.T @ y[here]
        slopes.append(beta[1])
        for g in np.unique(unit[here]):
            a = design[unit[here] == g]
            values, vectors = np.linalg.eigh(np.eye(5) - a @ gram @ a.T)
            root = vectors / np.sqrt(values) @ vectors.T
            pieces[g] += sign * gram[0] @ a.T @ root @ (y[here] - design @ beta)[unit[here] == g]
    pieces += np.bincount(unit, (x - x.mean()) * (slopes[0] - slopes[1]) / 120)
    expected = np.sqrt(pieces @ pieces)
    assert effect(y, t, x, cluster=unit).standard_error == pytest.approx(expected, rel=1e-9)


def test_offered_and_taken_up_are_two_effects() -> None:
    """Managers reach 60 % of those drawn; who is reached is better anyway, so reached v not reached would mislead."""
    lots = np.random.default_rng(6)
    drawn = lots.random(8_000) < 0.5
    keen = lots.normal(size=8_000)
    reached = drawn & (keen > stats.norm.ppf(0.4))
    y = keen + 0.5 * reached + lots.normal(size=8_000)
    found = effect(y, drawn, received=reached)
    assert found.uptake.value == pytest.approx(0.6, abs=0.03)
    assert found.estimate.low < 0.3 < found.estimate.high
    assert found.complier.low < 0.5 < found.complier.high
    assert found.complier.value == pytest.approx(found.estimate.value / found.uptake.value)
    assert not found.complier.low < y[reached].mean() - y[~reached].mean() < found.complier.high


def test_an_offer_that_nobody_took_up_has_no_effect_on_takers() -> None:
    y, t, _ = _trial(500, 7)
    assert not effect(y, t, received=np.zeros(500)).complier.can_tell
    assert not effect(y, t, received=np.random.default_rng(1).random(500) < 0.5).complier.can_tell


def test_weak_uptake_widens_the_interval_on_takers_and_never_breaks_it() -> None:
    """One in eight takes it up: often nothing can be told, and what is told holds the truth at its nominal rate."""
    wrong, told = 0, 0
    for seed in range(400):
        lots = np.random.default_rng(seed)
        drawn = lots.random(300) < 0.5
        keen = lots.normal(size=300)
        reached = drawn & (keen > 1.15)
        y = 0.5 * keen + 1.0 * reached + lots.normal(size=300)
        found = effect(y, drawn, received=reached).complier
        told += found.can_tell
        wrong += found.can_tell and not found.low <= 1.0 <= found.high
    assert told > 300
    assert wrong / 400 <= 0.075


def test_strata_with_chances_of_their_own_are_weighted_back() -> None:
    """Good branches drew 80 %, poor ones 20 %: unweighted, the branch looks like an effect."""
    lots = np.random.default_rng(8)
    good = lots.random(6_000) < 0.5
    chance = np.where(good, 0.8, 0.2)
    t = lots.random(6_000) < chance
    y = 2 * good + 0.2 * t + lots.normal(size=6_000)
    assert effect(y, t).estimate.low > 1
    found = effect(y, t, good.astype(float), propensity=chance)
    assert found.estimate.low < 0.2 < found.estimate.high < 0.4


def test_a_retention_offer_that_drives_customers_away_hurts() -> None:
    """Ascarza, Iyengar and Schleicher 2016: 10.0 % of those contacted left, 6.4 % of the others."""
    left = np.repeat([1, 0, 1, 0], [500, 4_500, 320, 4_680])
    contacted = np.repeat([1, 0], 5_000)
    found = effect(left, contacted, better="lower")
    assert found.verdict == "hurt"
    assert found.estimate.value == pytest.approx(0.036)
    assert effect(left, contacted).verdict == "helped"


def test_the_smallest_effect_it_could_find_is_found_four_times_in_five() -> None:
    detectable = np.mean([effect(*_trial(200, seed)[:2]).minimum_detectable for seed in range(20)])
    found = sum(effect(*_trial(200, seed, float(detectable))[:2]).verdict == "helped" for seed in range(500))
    assert found / 500 == pytest.approx(0.8, abs=0.06)


def test_too_little_is_said_and_not_computed() -> None:
    for y, t in (
        ([], []),
        ([1.0] * 100, [0, 1] * 50),
        (np.arange(15.0), [1] * 9 + [0] * 6),
        (np.arange(50.0), [1] * 50),
        ([1] + [0] * 199, [0, 1] * 100),
    ):
        found = effect(y, t)
        assert found.verdict == "too_little_data"
        assert not found.estimate.can_tell and found.p_value is None
        assert found.estimate.n == len(y)


def test_few_households_are_too_little_however_many_customers() -> None:
    y, t, _ = _trial(1_000, 9)
    assert effect(y, np.arange(1_000) % 2, cluster=np.arange(1_000) % 8).verdict == "too_little_data"
    assert effect(y, t).verdict != "too_little_data"


def test_bad_input_is_refused_by_name() -> None:
    y, t, _ = _trial(100, 10)
    with pytest.raises(InputError, match="outcome"):
        effect([float("nan"), *y[1:]], t)
    with pytest.raises(InputError, match="different lengths"):
        effect(y[:-1], t)
    with pytest.raises(InputError, match="treated"):
        effect(y, t * 2)
    with pytest.raises(InputError, match="propensity"):
        effect(y, t, propensity=np.full(100, 0.001))
    with pytest.raises(InputError, match="covariates for"):
        effect(y, t, np.random.default_rng(1).normal(size=(100, 30)))
    with pytest.raises(InputError, match="different values"):
        effect(y, t, {"name": [f"customer {i}" for i in range(100)]})


def test_constant_and_repeated_covariates_change_nothing() -> None:
    y, t, x = _trial(200, 11)
    more = effect(y, t, np.column_stack([x, np.ones(200), 2 * x]))
    assert more.estimate.value == pytest.approx(effect(y, t, x).estimate.value)


def test_every_kind_of_table_gives_the_same_figure() -> None:
    y, t, x = _trial(200, 12)
    city = np.where(x > 0.3, "north", "south")
    columns = {"x": x, "city": city}
    tables = [columns, pd.DataFrame(columns), pl.DataFrame(columns), pa.table(columns)]
    found = {effect(pd.Series(y), pl.Series(t), each).estimate for each in tables}
    assert len(found) == 1


@settings(max_examples=25, deadline=None)
@given(st.floats(-50, 50), st.floats(0.01, 100), st.integers(0, 1_000))
def test_the_unit_and_the_origin_of_the_outcome_do_not_matter(shift: float, scale: float, seed: int) -> None:
    y, t, x = _trial(60, seed)
    one, other = effect(y, t, x), effect(shift + scale * y, t, x)
    assert other.estimate.value == pytest.approx(scale * one.estimate.value, rel=1e-6, abs=1e-9)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-6)
    assert other.verdict == one.verdict
