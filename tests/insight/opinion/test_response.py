from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.opinion import nps, post_stratify, response_weights


def _survey(
    rng: np.random.Generator, n: int = 6_000
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Old customers are happier and answer four times as often: asked, answered, scores, age, tier."""
    age = rng.uniform(18, 85, n)
    tier = rng.choice(["mass", "private"], n, p=[0.9, 0.1])
    scores = np.where(rng.uniform(size=n) < 0.1 + 0.7 * (age - 18) / 67, 10, 3)
    asked = rng.uniform(size=n) < 0.8
    answered = asked & (rng.uniform(size=n) < 0.08 + 0.4 * (age - 18) / 67)
    return asked, answered, scores, age, tier


def test_weights_undo_what_silence_did_to_the_score() -> None:
    asked, answered, scores, age, tier = _survey(np.random.default_rng(1))
    truth = nps(scores[asked]).value
    got = response_weights(asked, answered, {"age": age, "tier": tier})
    raw, weighted = nps(scores[answered]), nps(scores[answered], got.weights[answered])
    assert raw.excludes(truth)  # type: ignore[arg-type]
    assert not weighted.excludes(truth)  # type: ignore[arg-type]
    assert abs(weighted.value - truth) < abs(raw.value - truth) / 4  # type: ignore[operator]
    assert weighted.high - weighted.low > raw.high - raw.low  # type: ignore[operator]


def test_the_weighted_interval_holds_the_truth_at_its_level() -> None:
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(120):
        asked, answered, scores, age, tier = _survey(rng, 2_000)
        got = response_weights(asked, answered, {"age": age, "tier": tier})
        truth = 100 * (2 * (0.1 + 0.35) - 1)
        held += not nps(scores, np.where(answered, got.weights, 0)).excludes(truth)
    assert held / 120 >= 0.92


def test_weights_average_one_over_answers_and_the_silent_weigh_nothing() -> None:
    asked, answered, _, age, tier = _survey(np.random.default_rng(3))
    got = response_weights(asked, answered, {"age": age, "tier": tier})
    assert got.weights[answered].mean() == pytest.approx(1)
    assert not got.weights[~answered].any()
    assert np.isnan(got.propensity[~asked]).all()
    assert got.response_rate == pytest.approx(answered.sum() / asked.sum())
    assert got.effective_n < got.answered and got.design_effect > 1
    before, after = got.balance["age"]
    assert before > 0.3 and abs(after) < 0.05


def test_no_customer_speaks_for_more_than_the_limit() -> None:
    rng = np.random.default_rng(4)
    x = rng.standard_normal(4_000)
    answered = rng.uniform(size=4_000) < 1 / (1 + np.exp(2.5 - 2.5 * x))
    everybody = np.ones(4_000)
    free = response_weights(everybody, answered, {"x": x}, trim=1e9)
    cut = response_weights(everybody, answered, {"x": x}, trim=3)
    assert free.weights.max() > 10 and free.trimmed == 0
    assert cut.weights.max() <= 3 + 1e-6 and cut.trimmed > 0
    assert cut.effective_n > free.effective_n


def test_silence_caused_by_the_opinion_itself_is_not_mended_and_the_page_says_so() -> None:
    """The limit of every weighting: covariates that know nothing of the opinion bring nothing back."""
    rng = np.random.default_rng(5)
    scores = rng.choice([10, 3], 6_000)
    answered = rng.uniform(size=6_000) < np.where(scores == 10, 0.4, 0.1)
    got = response_weights(np.ones(6_000), answered, {"age": rng.uniform(18, 85, 6_000)})
    assert nps(scores[answered], got.weights[answered]).value > 50  # type: ignore[operator]


def test_post_stratification_makes_each_cell_weigh_what_was_asked_in_it() -> None:
    cells = ["young"] * 80 + ["old"] * 20
    answered = [True] * 10 + [False] * 70 + [True] * 10 + [False] * 10
    got = post_stratify(answered, cells)
    assert got.weights[:10].sum() / got.weights.sum() == pytest.approx(0.8)
    assert got.balance["old"][1] == pytest.approx(0, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcd")), min_size=12, max_size=200))
def test_cells_always_sum_to_all_who_were_asked(people: list[tuple[bool, str]]) -> None:
    answered, cells = [a for a, _ in people], [c for _, c in people]
    if sum(answered) < 5:
        with pytest.raises(TooLittleData):
            post_stratify(answered, cells)
        return
    got = post_stratify(answered, cells, trim=1e9)
    assert got.weights.sum() == pytest.approx(sum(answered))
    for cell in set(cells):
        chosen = np.array([a and c == cell for a, c in people])
        if chosen.sum() >= 5 and min(sum(a for a, c in people if c == other) for other in set(cells)) >= 5:
            assert got.weights[chosen].sum() / got.weights.sum() == pytest.approx(cells.count(cell) / len(cells))


def test_missing_covariates_and_constant_ones_do_no_harm() -> None:
    asked, answered, scores, age, _ = _survey(np.random.default_rng(6))
    gaps = np.where(np.random.default_rng(7).uniform(size=len(age)) < 0.2, np.nan, age)
    got = response_weights(
        asked, answered, {"age": gaps, "bank": ["ours"] * len(age), "empty": np.full(len(age), np.nan)}
    )
    assert "age missing" in got.balance
    assert np.isfinite(got.weights).all()
    assert abs(nps(scores[answered], got.weights[answered]).value - nps(scores[asked]).value) < 12  # type: ignore[operator]


def test_too_little_or_impossible_is_refused() -> None:
    half = [True, False] * 30
    with pytest.raises(TooLittleData, match="30 answers and 30 silences"):
        response_weights([True] * 60, half, {"age": range(60)})
    many = [True, False] * 100
    with pytest.raises(TooLittleData, match="no covariate varies"):
        response_weights([True] * 200, many, {"age": [40] * 200})
    with pytest.raises(InputError, match="without being asked"):
        response_weights([False] * 200, many, {"age": range(200)})
    with pytest.raises(InputError, match="200"):
        response_weights([True] * 200, many, {"age": range(199)})
    with pytest.raises(InputError, match="trim"):
        response_weights([True] * 200, many, {"age": range(200)}, trim=1)
    with pytest.raises(TooLittleData, match="2 answers"):
        post_stratify([True, True, False], ["a", "a", "a"])
    with pytest.raises(InputError, match="trim"):
        post_stratify([True] * 9, ["a"] * 9, trim=0)
