from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure import insight
from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.opinion import csat, effort, nps

ANSWERS = st.lists(st.integers(0, 10), min_size=1, max_size=60)


def _scores(promoters: int, passives: int, detractors: int) -> np.ndarray:
    return np.array([10] * promoters + [7] * passives + [3] * detractors)


def _drawn(rng: np.random.Generator, samples: int, n: int, p: float, d: float) -> np.ndarray:
    return rng.choice([10, 7, 3], size=(samples, n), p=[p, 1 - p - d, d])


def test_the_score_is_the_share_of_promoters_less_that_of_detractors() -> None:
    got = insight.nps(_scores(50, 30, 20))
    assert got.value == pytest.approx(30.0)
    assert got.shares == pytest.approx({"promoters": 0.5, "passives": 0.3, "detractors": 0.2})


def test_nine_promotes_eight_does_not_and_six_detracts() -> None:
    assert nps([9]).value == 100
    assert nps([8]).value == 0
    assert nps([7]).value == 0
    assert nps([6]).value == -100


@pytest.mark.parametrize(("n", "margin"), [(100, 15.3), (400, 7.7), (1_000, 4.8), (5_000, 2.2)])
def test_margins_of_a_bank_with_fifty_promoters_and_twenty_detractors_are_the_published_ones(
    n: int, margin: float
) -> None:
    got = nps(_scores(n // 2, n * 3 // 10, n // 5))
    assert got.low is not None and got.high is not None
    assert (got.high - got.low) / 2 == pytest.approx(margin, abs=0.15)


def test_thirty_answers_of_a_loved_branch_hold_the_truth_where_walds_interval_does_not() -> None:
    """p = .85, d = .03, n = 30: Wald holds it in 88.6 % of samples (analytics, section 3)."""
    rng = np.random.default_rng(1)
    held = wald = 0
    for scores in _drawn(rng, 2_000, 30, 0.85, 0.03):
        got = nps(scores)
        assert got.low is not None and got.high is not None
        held += got.low <= 82 <= got.high
        p, d = (scores == 10).mean(), (scores == 3).mean()
        half = 1.96 * 100 * np.sqrt((p + d - (p - d) ** 2) / 30)
        wald += abs(100 * (p - d) - 82) <= half
    assert held / 2_000 >= 0.955
    assert wald / 2_000 == pytest.approx(0.886, abs=0.02)


@pytest.mark.parametrize(("n", "p", "d"), [(10, 0.5, 0.2), (20, 0.2, 0.6), (30, 0.34, 0.33), (60, 0.7, 0.02)])
def test_the_interval_holds_the_truth_near_its_level_for_other_branches(n: int, p: float, d: float) -> None:
    rng = np.random.default_rng(2)
    held = sum(not nps(scores).excludes(100 * (p - d)) for scores in _drawn(rng, 1_500, n, p, d))
    assert held / 1_500 >= 0.93


def test_one_answer_says_next_to_nothing() -> None:
    got = nps([10])
    assert got.low is not None and got.low < 0 < 100 == got.high == got.value


def test_thirty_promoters_do_not_prove_that_nobody_detracts() -> None:
    got = nps([10] * 30)
    assert got.low is not None and got.low < 95


@settings(max_examples=40, deadline=None)
@given(ANSWERS)
def test_turning_the_scale_round_turns_the_score_round(scores: list[int]) -> None:
    """Promoters become detractors and the reverse; the interval with them."""
    turned = [{0: 10, 1: 7, 2: 3}[2 if s >= 9 else 0 if s <= 6 else 1] for s in scores]
    one, other = nps(scores), nps(turned)
    assert one.value == pytest.approx(-(other.value or 0.0))
    assert one.low == pytest.approx(-(other.high or 0.0)) and one.high == pytest.approx(-(other.low or 0.0))


@settings(max_examples=40, deadline=None)
@given(ANSWERS, st.integers(1, 1_000))
def test_equal_weights_of_any_size_change_nothing(scores: list[int], weight: int) -> None:
    one, other = nps(scores), nps(scores, [weight] * len(scores))
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


@settings(max_examples=40, deadline=None)
@given(ANSWERS, st.integers(2, 50))
def test_the_figure_lies_in_its_interval_and_more_answers_narrow_it(scores: list[int], times: int) -> None:
    one, many = nps(scores), nps(scores * times)
    for got in (one, many):
        assert got.low is not None and got.high is not None and got.value is not None
        assert -100 <= got.low <= got.high <= 100
    assert many.high - many.low <= one.high - one.low + 1e-9  # type: ignore[operator]


def test_unequal_weights_widen_the_interval_by_the_design_effect() -> None:
    rng = np.random.default_rng(3)
    scores = _drawn(rng, 1, 1_000, 0.5, 0.2)[0]
    weights = rng.choice([1.0, 9.0], 1_000)
    even, uneven = nps(scores), nps(scores, weights)
    effective = weights.sum() ** 2 / (weights**2).sum()
    assert uneven.effective_n == pytest.approx(effective)
    ratio = (uneven.high - uneven.low) / (even.high - even.low)  # type: ignore[operator]
    assert ratio == pytest.approx(np.sqrt(1_000 / effective), rel=0.05)
    assert uneven.n == 1_000 and uneven.design_effect == pytest.approx(1_000 / effective)


def test_a_weight_of_two_counts_twice_in_the_score() -> None:
    assert nps([10, 0], [3, 1]).value == pytest.approx(50)


def test_the_response_rate_is_told_or_counted_and_never_guessed() -> None:
    assert nps([10, 0], asked=20).response_rate == pytest.approx(0.1)
    assert nps([10, None, 0, None]).response_rate == pytest.approx(0.5)
    assert nps([10, 0]).response_rate is None
    with pytest.raises(InputError, match="asked 1, but 2 answered"):
        nps([10, 0], asked=1)


@pytest.mark.parametrize("kind", [list, np.array, pd.Series, pl.Series, pa.array])
def test_every_kind_of_column_gives_the_same_score(kind: object) -> None:
    scores, weights = [10, 9, 8, 3, 0], [1.0, 2.0, 1.0, 1.0, 0.5]
    got = nps(kind(scores), kind(weights))  # type: ignore[operator]
    assert got == nps(scores, weights)


@pytest.mark.parametrize("nobody", [[], [None, None], [float("nan")]])
def test_a_survey_nobody_answered_has_no_score(nobody: list[float | None]) -> None:
    with pytest.raises(TooLittleData, match="nobody answered"):
        nps(nobody)


def test_answers_off_the_scale_are_refused_by_row() -> None:
    with pytest.raises(InputError, match="scores, row 2: 11"):
        nps([5, 11])
    with pytest.raises(InputError, match="whole number"):
        nps([5.5])
    with pytest.raises(InputError, match="different lengths"):
        nps([5, 6], [1.0])
    with pytest.raises(InputError, match=r"weights, row 1: -1"):
        nps([5], [-1])
    with pytest.raises(InputError, match="level"):
        nps([5], level=95)
    with pytest.raises(TooLittleData):
        nps([5, 6], [0, 0])


def test_satisfaction_is_the_share_of_the_two_top_boxes_with_wilsons_interval() -> None:
    """Wilson 1927 at 8 of 10: .490 to .943."""
    got = csat([5, 4, 4, 5, 5, 4, 5, 4, 3, 1])
    assert got.value == pytest.approx(0.8)
    assert (got.low, got.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert csat([5, 4, 3], top=1).value == pytest.approx(1 / 3)


def test_nobody_is_satisfied_and_dissatisfied_at_once() -> None:
    """Of a scale of three boxes with two on top one is left; of five with two, the lowest two."""
    assert csat([1, 2, 3], highest=3, top=2).shares == pytest.approx({"satisfied": 2 / 3, "dissatisfied": 1 / 3})
    assert csat([1, 2, 3, 4, 5, 5]).shares == pytest.approx({"satisfied": 1 / 2, "dissatisfied": 1 / 3})


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=40))
def test_satisfaction_stays_between_none_and_all(scores: list[int]) -> None:
    got = csat(scores)
    assert got.low is not None and got.high is not None and got.value is not None
    assert 0 <= got.low <= got.value <= got.high <= 1 and got.high > got.low


def test_effort_holds_the_true_mean_near_its_level_even_when_most_find_it_easy() -> None:
    rng = np.random.default_rng(4)
    shares = np.array([0.7, 0.15, 0.05, 0.04, 0.03, 0.02, 0.01])
    truth = float(shares @ np.arange(1, 8))
    held = sum(not effort(rng.choice(np.arange(1, 8), 30, p=shares)).excludes(truth) for _ in range(1_000))
    assert held / 1_000 >= 0.93


def test_thirty_easy_visits_do_not_prove_that_all_are_easy() -> None:
    got = effort([1] * 30)
    assert got.value == 1 == got.low
    assert got.high is not None and got.high > 1.2
    assert got.shares["hard"] == 0
