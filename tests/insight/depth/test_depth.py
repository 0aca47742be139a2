from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tenure.errors import InputError
from tenure.insight.depth import e_value, retention_by_depth
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import Estimate, share, unknown


def _bank(n: int, seed: int, cause: float = 0.0):  # type: ignore[no-untyped-def]
    """Engagement makes customers hold more and stay longer; a product by itself adds ``cause`` on the logit."""
    lots = np.random.default_rng(seed)
    engaged, age = lots.normal(size=n), lots.normal(size=n)
    products = np.clip(np.round(2 + 0.4 * engaged + 0.9 * lots.normal(size=n)), 1, 3).astype(int)
    stays = 1 / (1 + np.exp(-(1 + 1.2 * engaged + 0.4 * age**2 + cause * (products - 2))))
    return products, (lots.random(n) < stays).astype(int), np.column_stack([engaged, age])


def test_without_any_effect_of_products_the_adjusted_difference_holds_zero_at_its_nominal_rate() -> None:
    """Pitfall 4: the raw curve rises steeply, and all of it is who the customers are."""
    held, raw, shown = 0, 0, 0
    for seed in range(60):
        found = retention_by_depth(*_bank(1_300, seed), folds=2).overall
        assert found is not None and (found.fewer, found.more) == (1, 3)
        raw += found.raw.low > 0
        held += found.adjusted.low <= 0 <= found.adjusted.high
        shown += found.verdict == "disappears"
    assert raw >= 57
    assert held / 60 >= 0.88
    assert shown >= 48


def test_boosted_trees_tell_the_same_story() -> None:
    products, stayed, known = _bank(8_000, 1)
    for learner in ("splines", "boosting"):
        found = retention_by_depth(products, stayed, known, folds=3, learner=learner).overall  # type: ignore[arg-type]
        assert found.verdict == "disappears"
        assert found.surviving_share.high < 0.6


def test_a_true_effect_survives_in_part() -> None:
    products, stayed, known = _bank(12_000, 2, cause=0.5)
    engaged, age = known.T
    truth = np.mean(
        [1 / (1 + np.exp(-(1 + 1.2 * engaged + 0.4 * age**2 + 0.5 * sign))) * sign for sign in (1, -1)], axis=0
    ).sum() * (2 / 12_000)
    found = retention_by_depth(products, stayed, known).overall
    assert found.adjusted.low < truth < found.adjusted.high
    assert found.verdict == "partly_survives"
    assert found.surviving_share.low < truth / found.raw.value < found.surviving_share.high


def test_products_sold_to_those_about_to_leave_turn_round() -> None:
    """A product that holds customers, sold mostly to the disengaged, looks as if it drove them away."""
    lots = np.random.default_rng(3)
    engaged = lots.normal(size=8_000)
    products = 1 + (lots.random(8_000) < 1 / (1 + np.exp(1.2 * engaged)))
    stayed = lots.random(8_000) < 1 / (1 + np.exp(-(2 * engaged + 0.6 * (products - 1))))
    found = retention_by_depth(products, stayed, engaged).overall
    assert found.raw.high < 0 < found.adjusted.low
    assert found.verdict == "reverses"
    assert found.surviving_share.high < 0


def test_an_adjustment_by_nothing_relevant_leaves_the_raw_difference() -> None:
    lots = np.random.default_rng(4)
    products = lots.integers(1, 4, 6_000)
    stayed = lots.random(6_000) < 0.4 + 0.1 * products
    found = retention_by_depth(products, stayed, lots.normal(size=(6_000, 2))).overall
    assert found.verdict == "survives"
    assert found.surviving_share.low < 1 < found.surviving_share.high


def test_how_strong_something_unmeasured_would_have_to_be() -> None:
    """VanderWeele and Ding 2017: a risk ratio of 3.9 [1.8, 8.7] has E-values 7.3 and, for the interval, 3.0."""
    assert e_value(Estimate(3.9, 3.9, 8.7, 1)) == pytest.approx(7.26, abs=0.01)
    assert e_value(Estimate(3.9, 1.8, 8.7, 1)) == pytest.approx(3.0, abs=0.01)
    assert e_value(Estimate(1 / 3.9, 1 / 8.7, 1 / 1.8, 1)) == pytest.approx(3.0, abs=0.01)
    assert e_value(Estimate(1.1, 0.9, 1.3, 1)) == 1
    assert e_value(unknown(1)) is None


def test_products_without_an_effect_need_nothing_unmeasured_and_those_with_one_do() -> None:
    without = retention_by_depth(*_bank(4_000, 1)).overall
    assert without.leaving_ratio.low < 1 < without.leaving_ratio.high and without.e_value == 1
    with_one = retention_by_depth(*_bank(12_000, 2, cause=0.5)).overall
    assert with_one.leaving_ratio.high < 1 and with_one.e_value > 1.3


def test_levels_whose_customers_are_like_nobody_else_are_not_compared() -> None:
    """Only the rich hold four: nothing says how others with four would fare."""
    lots = np.random.default_rng(5)
    rich = lots.random(4_000) < 0.3
    products = np.where(rich & (lots.random(4_000) < 0.5), 4, lots.integers(1, 3, 4_000))
    found = retention_by_depth(products, lots.random(4_000) < 0.5 + 0.4 * rich, rich.astype(float))
    four = found.levels[-1]
    assert four.raw.value == pytest.approx(0.9, abs=0.03)
    assert four.overlap.verdict == "no_overlap" and not four.adjusted.can_tell
    assert (found.overall.fewer, found.overall.more) == (1, 2)


def test_a_handful_of_customers_is_shown_raw_and_not_adjusted() -> None:
    products, stayed, known = _bank(1_000, 6)
    products[:7] = 9
    found = retention_by_depth(products, stayed, known, folds=2)
    nine = found.levels[-1]
    assert (nine.products, nine.customers, nine.overlap.verdict) == (9, 7, "too_few")
    assert nine.raw.can_tell and not nine.adjusted.can_tell
    gathered = retention_by_depth(products, stayed, known, top=3, folds=2).levels[-1]
    assert gathered.or_more and gathered.customers == int((products >= 3).sum())


def test_without_covariates_only_the_raw_curve_is_given() -> None:
    products, stayed, _ = _bank(500, 7)
    found = retention_by_depth(products, stayed)
    assert found.verdict == "too_little_data" and found.overall is None and not found.steps
    assert [each.raw.n for each in found.levels] == [int((products == k).sum()) for k in (1, 2, 3)]
    assert not any(each.adjusted.can_tell for each in found.levels)


def test_everybody_stays_or_everybody_holds_one() -> None:
    products, stayed, known = _bank(400, 8)
    same = retention_by_depth(products, np.ones(400), known, folds=2).overall
    assert same.verdict == "no_raw_difference" and not same.surviving_share.can_tell
    assert retention_by_depth(np.ones(400), stayed, known, folds=2).verdict == "too_little_data"
    flat = retention_by_depth(products, stayed, np.ones((400, 2)), folds=2)
    assert flat.adjusted_for == 0
    assert flat.overall.adjusted.value == pytest.approx(flat.overall.raw.value, abs=0.02)


def test_bad_input_is_refused() -> None:
    products, stayed, known = _bank(100, 9)
    with pytest.raises(TooLittleData):
        retention_by_depth(products[:20], stayed[:20])
    with pytest.raises(InputError, match="whole number"):
        retention_by_depth(products + 0.5, stayed)
    with pytest.raises(InputError, match="different lengths"):
        retention_by_depth(products, stayed, known[:-1])
    with pytest.raises(InputError, match="retained"):
        retention_by_depth(products, stayed * 2)


def test_every_kind_of_table_gives_the_same_curve() -> None:
    products, stayed, known = _bank(600, 10)
    columns = {"engaged": known[:, 0], "region": np.where(known[:, 1] > 0, "east", "west")}
    one = retention_by_depth(pd.Series(products), pl.Series(stayed), pd.DataFrame(columns), folds=2)
    assert one == retention_by_depth(products, stayed, pl.DataFrame(columns), folds=2)


@settings(deadline=None)
@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_ends_are_the_shares_that_the_score_test_just_accepts(case: tuple[int, int]) -> None:
    k, n = case
    found = share(k, n)
    assert 0 <= found.low <= k / n <= found.high <= 1
    for end in (found.low, found.high):
        if 1e-9 < end < 1 - 1e-9:
            assert abs(k / n - end) / np.sqrt(end * (1 - end) / n) == pytest.approx(stats.norm.ppf(0.975), rel=1e-6)


def test_the_share_of_nobody_is_unknown() -> None:
    assert not share(0, 0).can_tell
    with pytest.raises(InputError):
        share(3, 2)
