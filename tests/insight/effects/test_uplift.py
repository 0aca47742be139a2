from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.errors import InputError
from tenure.insight.effects import (
    Trees,
    UpliftModel,
    compared,
    curve,
    doubly_robust,
    policy_value,
    qini,
)
from tenure.insight.effects.ranking import cross_fitted_noise, of_scores

SMALL = Trees(rounds=20, leaves=5, least_rows=30)


def _trial(n: int, seed: int, moved: bool = True):  # type: ignore[no-untyped-def]
    """Half the customers gain 0.3 by the action and half lose 0.2; the level of the outcome hangs on something else."""
    lots = np.random.default_rng(seed)
    x = lots.normal(size=(n, 4))
    t = lots.random(n) < 0.5
    own = np.where(x[:, 0] > 0, 0.3, -0.2) if moved else np.zeros(n)
    y = (lots.random(n) < 0.4 + 0.15 * np.sign(x[:, 1]) + own * t).astype(float)
    return x, t, y, own


@pytest.mark.parametrize("kind", ["two_model", "class_transformation"])
def test_those_whom_the_action_moves_are_found(kind: str) -> None:
    x, t, y, own = _trial(6_000, 1)
    model = UpliftModel(kind, trees=SMALL).fit(x, t, y)  # type: ignore[arg-type]
    assert model.verdict_ == "target"
    fresh, _, _, truth = _trial(4_000, 2)
    chosen = model.target(fresh)
    assert np.mean(chosen == (truth > 0)) > 0.9
    # a perfect ranking: half of 0.3, its area above the straight line
    assert 0.8 * 0.0625 < model.evaluation_.ranking.qini.value < 1.1 * 0.0625
    assert model.evaluation_.policy.over_none.low < 0.15 < model.evaluation_.policy.over_none.high + 0.03
    assert own.mean() == pytest.approx(model.evaluation_.ranking.average_effect.value, abs=0.03)


def test_numbers_as_outcomes_are_moved_too() -> None:
    x, t, _, own = _trial(6_000, 3)
    y = 5 * own * t + x[:, 1] + np.random.default_rng(3).normal(size=6_000)
    for kind in ("two_model", "class_transformation"):
        model = UpliftModel(kind, trees=SMALL).fit(x, t, y)  # type: ignore[arg-type]
        assert model.verdict_ == "target"
        assert np.corrcoef(model.uplift(x), own)[0, 1] > 0.7


def test_a_null_campaign_comes_out_as_null() -> None:
    """Nothing moves anybody. At most 2.5 % may be targeted, and the Qini's interval must hold 0 in 95 %.

    The plain interval of cross-fitted scores would not: with nothing to find, its variance is half the true one.
    """
    targeted, missed, plainly, runs = 0, 0, 0, 120
    for seed in range(runs):
        x, t, y, _ = _trial(1_000, 100 + seed, moved=False)
        model = UpliftModel(folds=3, trees=SMALL).fit(x, t, y)
        targeted += model.verdict_ == "target"
        missed += model.evaluation_.ranking.qini.excludes(0)
        plain = of_scores(model.uplift_, model.arms_.effects, model.fold_.astype(float), t, True)
        plainly += plain.qini.excludes(0)
    assert targeted / runs <= 0.03
    assert missed / runs <= 0.08
    assert plainly / runs >= 0.10


def test_whole_households_drawn_by_lot_stay_together_and_count_once() -> None:
    """Households of six who do as one: taken singly, null campaigns show a ranking far too often."""
    singly, together, runs = 0, 0, 60
    for seed in range(runs):
        lots = np.random.default_rng(seed)
        home = np.repeat(np.arange(200), 6)
        x, t = lots.normal(size=(200, 4))[home], (lots.random(200) < 0.5)[home]
        y = (lots.random(200) < 0.4)[home].astype(float)
        model = UpliftModel(folds=3, trees=SMALL).fit(x, t, y, cluster=home)
        assert all(len(np.unique(model.fold_[home == each])) == 1 for each in range(5))
        together += model.evaluation_.ranking.qini.excludes(0)
        singly += UpliftModel(folds=3, trees=SMALL).fit(x, t, y).evaluation_.ranking.qini.excludes(0)
    assert together / runs <= 0.12
    assert singly / runs > 0.3
    with pytest.raises(InputError, match="clusters"):
        UpliftModel().fit(x, t, y, cluster=home // 10)


def test_folds_that_agree_are_signal_and_folds_that_do_not_are_noise() -> None:
    lots = np.random.default_rng(15)
    pieces = lots.normal(size=(5_000, 5))
    others = pieces.sum(axis=1, keepdims=True) - pieces
    assert cross_fitted_noise(others) == pytest.approx(1, abs=0.1)
    assert cross_fitted_noise(others + 20 * lots.normal(size=(5_000, 1))) < 0.1
    assert cross_fitted_noise(np.ones((50, 3))) == 1
    x, t, y, _ = _trial(6_000, 1)
    assert UpliftModel(trees=SMALL).fit(x, t, y).evaluation_.noise < 0.7


def test_who_may_not_be_targeted_is_treated_like_everybody() -> None:
    x, t, y, _ = _trial(2_000, 5, moved=False)
    null = UpliftModel(folds=3, trees=SMALL, cost=0.05).fit(x, t, y)
    assert (null.verdict_, null.evaluation_.otherwise) == ("no_targeting", "treat_none")
    assert not null.target(x).any()
    good = UpliftModel(folds=3, trees=SMALL).fit(x, t, np.where(t, 1.0, y))
    assert (good.verdict_, good.evaluation_.otherwise) == ("no_targeting", "treat_all")
    assert good.target(x).all()


def test_the_customers_at_risk_are_not_those_who_can_be_persuaded() -> None:
    """Ascarza 2018: the offer wakes the risky up (they leave more) and holds the others; less leaving is better."""
    lots = np.random.default_rng(7)
    x = lots.normal(size=(8_000, 3))
    risky = x[:, 0] > 0
    t = lots.random(8_000) < 0.5
    left = (lots.random(8_000) < np.where(risky, 0.3, 0.15) + t * np.where(risky, 0.12, -0.10)).astype(float)
    model = UpliftModel(better="lower", trees=SMALL).fit(x, t, left)
    assert model.verdict_ == "target"
    assert model.target(x)[~risky].mean() > 0.9 and model.target(x)[risky].mean() < 0.1
    by_risk = policy_value(risky.astype(float), model.arms_)
    assert by_risk.over_none.high < 0  # treating by risk makes it worse than treating nobody


def test_unequal_chances_are_weighted_back() -> None:
    x, _, _, own = _trial(8_000, 8)
    lots = np.random.default_rng(9)
    chance = np.where(x[:, 1] > 0, 0.8, 0.3)
    t = lots.random(8_000) < chance
    y = (lots.random(8_000) < 0.4 + 0.15 * np.sign(x[:, 1]) + own * t).astype(float)
    for kind in ("two_model", "class_transformation"):
        found = UpliftModel(kind, trees=SMALL).fit(x, t, y, chance)  # type: ignore[arg-type]
        assert found.verdict_ == "target"
        effect = found.evaluation_.ranking.average_effect
        assert effect.low < own.mean() < effect.high


def test_the_same_trial_gives_the_same_model() -> None:
    x, t, y, _ = _trial(800, 10)
    one, other = (UpliftModel(folds=2, trees=SMALL).fit(x, t, y) for _ in range(2))
    assert (one.uplift(x) == other.uplift(x)).all() and one.evaluation_ == other.evaluation_


def test_too_little_and_bad_input() -> None:
    x, t, y, _ = _trial(1_000, 11)
    for bad in (lambda: UpliftModel().fit(x, t, np.zeros(1_000)), lambda: UpliftModel().fit(x[:150], t[:150], y[:150])):
        with pytest.raises(InputError, match="needs 100"):
            bad()
    with pytest.raises(InputError, match="not been fitted"):
        UpliftModel().uplift(x)
    with pytest.raises(InputError, match="propensity"):
        UpliftModel().fit(x, t, y, np.full(1_000, 0.999))
    with pytest.raises(InputError, match="lack"):
        UpliftModel(folds=2, trees=SMALL).fit({"a": x[:, 0]}, t, y).uplift({"b": x[:, 0]})
    with pytest.raises(InputError, match="kind"):
        UpliftModel("guess")  # type: ignore[arg-type]


def test_features_that_are_all_the_same_target_nobody_in_particular() -> None:
    _, t, y, _ = _trial(1_000, 12)
    model = UpliftModel(folds=2, trees=SMALL).fit(np.ones((1_000, 2)), t, y)
    assert model.verdict_ == "no_targeting"
    assert abs(model.evaluation_.ranking.qini.value) < 1e-12


def test_the_qini_of_ten_customers_by_hand() -> None:
    """60 customers, the upper half moved by 1, ranked right: G rises to ½ at φ = ½ and stays."""
    score = np.repeat([1.0, 0.0], 120)
    t = np.tile([1, 0], 120)
    y = np.where(score == 1, t, 0)
    found = qini(score, y, t)
    # equal scores are joined by a straight line: area ½·½·½ + ½·½ = .375, less ½·½
    assert found.auuc.value == pytest.approx(0.375)
    assert found.qini.value == pytest.approx(0.125)
    assert found.radcliffe.value == pytest.approx(0.0625)
    points = dict(curve(score, 2 * (2 * t - 1) * y, steps=4))
    assert points == pytest.approx({0.0: 0.0, 0.25: 0.25, 0.5: 0.5, 0.75: 0.5, 1.0: 0.5})


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_a_ranking_is_an_order_and_nothing_else(seed: int) -> None:
    lots = np.random.default_rng(seed)
    s, y, t = lots.integers(0, 20, 200) / 10, lots.random(200), np.arange(200) % 2
    one = qini(s, y, t)
    assert qini(np.exp(s) - 7, y, t) == one
    assert qini(-s, y, t).qini.value == pytest.approx(-one.qini.value, abs=1e-12)
    assert qini(np.ones(200), y, t).qini.value == pytest.approx(0, abs=1e-12)


def test_the_interval_of_the_qini_is_that_of_the_bootstrap() -> None:
    lots = np.random.default_rng(13)
    n = 1_500
    s, t = lots.normal(size=n), lots.random(n) < 0.4
    y = s + t * s + lots.normal(size=n)
    drawn = []
    for _ in range(400):
        rows = lots.integers(0, n, n)
        drawn.append(qini(s[rows], y[rows], t[rows]).qini.value)
    found = qini(s, y, t).qini
    assert (found.high - found.low) / 3.92 == pytest.approx(np.std(drawn), rel=0.12)


def test_the_worth_of_a_rule_is_unbiased_and_its_pairs_agree() -> None:
    x, t, y, own = _trial(20_000, 14)
    arms = doubly_robust(y, t)
    right = (own > 0).astype(float)
    found = policy_value(right, arms, cost=0.1)
    assert found.over_none.low < 0.5 * (0.3 - 0.1) < found.over_none.high
    assert found.over_all.low < 0.5 * (0.2 + 0.1) < found.over_all.high
    assert found.over_random.low < 0.5 * 0.25 < found.over_random.high
    assert found.over_all.value == pytest.approx(found.value.value - found.treat_all.value)
    assert found.over_none.value == pytest.approx(found.value.value - found.treat_none.value)
    assert compared(right, np.zeros(20_000), arms, cost=0.1).value == pytest.approx(found.over_none.value)
    assert compared(right, right, arms).value == 0
    # paired: far narrower than two intervals that ignore that they are the same customers
    assert compared(right, x[:, 1] > 0, arms).high - compared(right, x[:, 1] > 0, arms).low < 2 * (
        found.value.high - found.value.low
    )
