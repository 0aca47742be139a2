from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.judgement import auc, auc_difference
from tenure.insight.trap import back_test, behaviour
from tenure.insight.trap.back_test import _Logistic

from .bank import bank


def test_a_planted_trap_foretells_leaving_beyond_what_customers_say() -> None:
    b = bank(1)
    got = back_test(b.said, behaviour(b.customers).leaving, b.left, b.month)
    assert got.verdict == "beyond_satisfaction"
    assert got.freedom == 2 and got.p_value < 1e-6
    assert got.auc_gain.low is not None and got.auc_gain.low > 0.02
    assert got.gap.low is not None and got.gap.low > 0.05
    assert got.trapped_left.value > 2 * got.content_left.value  # type: ignore[operator]


def test_behaviour_that_means_nothing_is_seldom_said_to_mean_something() -> None:
    shown = significant = 0
    for seed in range(60):
        b = bank(100 + seed, 3_000, planted=0.0)
        got = back_test(b.said, behaviour(b.customers).leaving, b.left, b.month)
        shown += got.verdict == "beyond_satisfaction"
        significant += got.p_value < 0.05
    assert shown <= 3
    assert significant <= 9  # the likelihood ratio errs in about 5 % of banks


def test_the_models_are_judged_on_periods_they_have_not_seen() -> None:
    """Behaviour that turned round half-way: it fits the past, fails the future, and is not shown."""
    b = bank(2)
    leaving = behaviour(b.customers).leaving.copy()
    late = b.month >= "2026-03"
    leaving[late] = np.random.default_rng(3).permutation(leaving[late])
    got = back_test(b.said, leaving, b.left, b.month)
    assert got.p_value < 1e-6
    assert got.verdict == "not_shown"


def test_the_area_equals_the_share_of_pairs_in_order() -> None:
    rng = np.random.default_rng(4)
    y, score = rng.uniform(size=300) < 0.3, np.rint(rng.standard_normal(300) * 2)
    assert auc(y, score).value == pytest.approx(roc_auc_score(y, score))


def test_intervals_of_the_area_and_of_a_gain_hold_the_truth() -> None:
    """Scores N(1, 1) and N(0, 1): AUC Φ(1 ÷ √2) = .7602; adding noise of deviation 1 leaves Φ(1 ÷ 2) = .6915."""
    rng = np.random.default_rng(5)
    held = gained = 0
    for _ in range(300):
        y = np.arange(200) < 60
        clear = rng.standard_normal(200) + y
        blurred = clear + rng.standard_normal(200)
        held += not auc(y, clear).excludes(0.7602)
        gained += not auc_difference(y, blurred, clear).excludes(0.7602 - 0.6915)
    assert 0.92 <= held / 300 <= 0.98 and 0.92 <= gained / 300 <= 0.98


def test_the_likelihood_is_that_of_an_unpenalised_logistic_model() -> None:
    b = bank(6, 1_000)
    x = np.column_stack([b.said, b.customers["outflow_share"]]).astype(float)
    mine = _Logistic(x, b.left)
    peer = LogisticRegression(C=1e9, max_iter=5_000, tol=1e-10).fit(x, b.left)
    p = peer.predict_proba(x)[:, 1]
    assert mine.log_likelihood == pytest.approx(np.log(np.where(b.left, p, 1 - p)).sum(), abs=1e-4)


def test_a_class_without_leavers_stays_finite() -> None:
    b = bank(7)
    leaving = behaviour(b.customers).leaving
    got = back_test(b.said, leaving, b.left & leaving, b.month)
    assert np.isfinite(got.likelihood_ratio) and got.verdict == "beyond_satisfaction"


def test_what_cannot_be_tested_is_refused() -> None:
    b = bank(8, 2_000)
    leaving = behaviour(b.customers).leaving
    with pytest.raises(InputError, match="1 period"):
        back_test(b.said, leaving, b.left, ["2026-01"] * 2_000)
    with pytest.raises(InputError, match="mixes kinds"):
        back_test(b.said, leaving, b.left, [1, "a"] * 1_000)
    with pytest.raises(InputError, match="satisfaction, row"):
        back_test(b.satisfaction, leaving, b.left, b.month)
    with pytest.raises(TooLittleData, match="0 leavers"):
        back_test(b.said, leaving, np.zeros(2_000), b.month)
    with pytest.raises(TooLittleData, match="all behave alike"):
        back_test(b.said, np.zeros(2_000), b.left, b.month)
    with pytest.raises(TooLittleData, match="no satisfied customer"):
        back_test(np.minimum(b.said, 3), leaving, b.left, b.month)
