from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from tenure.errors import InputError
from tenure.insight.attrition.drift import DriftReference
from tenure.insight.attrition.empc import expected_maximum_profit, worth_contacting
from tenure.insight.attrition.evaluation import evaluate, platt, top_decile_lift
from tenure.insight.inputs import TooLittleData
from tenure.insight.judgement import calibration_error

SCORES = [0.6125478, 0.3642710, 0.4321361, 0.1402911, 0.3848959, 0.2444155, 0.9706413, 0.8901728, 0.7817814, 0.8687518]
LEFT = [1, 1, 0, 0, 0, 1, 1, 1, 1, 0]


@pytest.mark.parametrize(
    ("left", "score", "published"),
    [
        (LEFT, SCORES, 30.3003222629848),
        ([0, 1], [0.0, 1.0], 28.0000000000391),
        ([0, 1], [1.0, 0.0], 22.5007912244511),
    ],
    ids=["ten customers", "perfect", "inverted"],
)
def test_the_expected_profit_is_the_published_one(left: list[int], score: list[float], published: float) -> None:
    assert expected_maximum_profit(left, score).empc == pytest.approx(published, abs=5e-13)


def _by_integration(left: np.ndarray, score: np.ndarray, values: np.ndarray) -> float:
    """The definition itself: the best cut at each acceptance, integrated numerically."""
    cuts = [score > 2, *(score >= cut for cut in np.unique(score))]
    n = len(left)

    def best(gamma: float) -> float:
        each = np.where(left, gamma * (values - 10) - 1, -11.0)
        return max(each[cut].sum() / n for cut in cuts) * beta.pdf(gamma, 6, 14)

    return float(quad(best, 0, 1, limit=400, epsabs=1e-7)[0])


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_the_expected_profit_with_each_customers_own_value_is_the_integral_of_its_definition(seed: int) -> None:
    random = np.random.default_rng(seed)
    left = np.append(random.random(18) < 0.4, [True, False])
    score = random.integers(0, 8, 20) / 8
    values = random.uniform(20, 900, 20)
    got = expected_maximum_profit(left, score, clv=values)
    assert got.empc == pytest.approx(_by_integration(left, score, values), rel=1e-4, abs=1e-4)
    assert 0 <= got.target_share <= 1


def test_foreknown_leavers_earn_what_the_measure_says_of_a_perfect_model() -> None:
    random = np.random.default_rng(8)
    left, values = random.random(60) < 0.3, random.uniform(20, 900, 60)
    perfect = np.where(left, values, 0.0)  # the worthiest leavers first
    found = worth_contacting(left.astype(float), values, incentive=10, contact=1)
    assert found.profit / 60 == pytest.approx(expected_maximum_profit(left, perfect, clv=values).empc)
    assert expected_maximum_profit([0, 1], [0.0, 1.0]).empc == pytest.approx(
        worth_contacting([0.0, 1.0], [200.0, 200.0], incentive=10, contact=1).profit / 2
    )


def test_profit_of_contacting_is_the_best_choice_at_each_acceptance_integrated() -> None:
    random = np.random.default_rng(9)
    p, values = random.random(40), random.uniform(-50, 900, 40)
    found = worth_contacting(p, values, incentive=30, contact=5)

    def best(gamma: float) -> float:
        each = p * (gamma * (values - 30) - 5) - (1 - p) * 35
        return float(np.maximum(each, 0).sum()) * float(beta.pdf(gamma, 6, 14))

    assert found.profit == pytest.approx(quad(best, 0, 1, limit=400, epsrel=1e-6)[0], rel=1e-5)
    assert (found.worth == (p * (0.3 * (values - 30) - 5) - (1 - p) * 35 > 0)).all()
    assert (found.worth == (p > found.threshold)).all() and 0 < found.worth.sum() < 40
    assert worth_contacting(p, 2 * values, incentive=30, contact=5).share > found.share
    with pytest.raises(InputError):
        worth_contacting(p, values, incentive=-1, contact=5)


def test_nobody_is_contacted_when_no_contact_pays() -> None:
    found = expected_maximum_profit(LEFT, SCORES, clv=5.0)
    assert (found.empc, found.target_share, found.threshold) == (0.0, 0.0, None)


def test_the_figures_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(3)
    stated = np.round(random.random(800), 2)
    came = random.random(800) < stated
    found = evaluate(came, stated)
    assert found.auc.value == pytest.approx(roc_auc_score(came, stated))
    assert found.ap == pytest.approx(average_precision_score(came, stated))
    assert found.brier == pytest.approx(brier_score_loss(came, stated))
    assert found.auc.low is not None and found.auc.low < roc_auc_score(came, stated)
    assert found.calibration_slope == pytest.approx(1, abs=0.25) and abs(found.in_the_large) < 0.04


def test_delongs_interval_holds_the_truth_in_nineteen_samples_of_twenty() -> None:
    random = np.random.default_rng(4)
    held = 0
    for _ in range(300):
        came = random.random(300) < 0.3
        found = evaluate(came, 1 / (1 + np.exp(-(random.normal(size=300) + came)))).auc
        held += not found.excludes(0.7602499)  # Φ(1 ÷ √2)
    assert 0.91 < held / 300 < 0.985


def test_the_calibration_error_is_the_gap_by_bin() -> None:
    came = np.array([True, False, False, False, True, True])
    stated = np.array([0.05, 0.05, 0.05, 0.05, 0.95, 0.85])
    assert calibration_error(came, stated) == pytest.approx((4 * 0.2 + 0.05 + 0.15) / 6)


def test_equal_scores_give_the_top_decile_no_lift() -> None:
    came = np.arange(100) < 20
    assert top_decile_lift(came, np.full(100, 0.2)) == pytest.approx(1)
    assert top_decile_lift(came, came.astype(float)) == pytest.approx(5)


def test_platts_line_recovers_a_slope_and_an_intercept() -> None:
    random = np.random.default_rng(5)
    score = random.normal(size=40_000)
    came = random.random(40_000) < 1 / (1 + np.exp(-(0.6 * score - 1)))
    slope, intercept = platt(score, came, np.ones(40_000))
    assert slope == pytest.approx(0.6, abs=0.04) and intercept == pytest.approx(-1, abs=0.04)


def test_drift_has_no_alarm_on_the_same_world_and_one_on_another() -> None:
    random = np.random.default_rng(6)
    reference = DriftReference.of(random.normal(size=(5000, 2)), ["a", "b"])
    other = random.normal(size=(5000, 2))
    assert {each.band for each in reference.compare(other, ["a", "b"])} == {"stable"}
    other[:2500, 1] = np.nan
    worst = reference.compare(other, ["a", "b"])[0]
    assert (worst.feature, worst.band) == ("b", "major")


def test_no_figure_is_made_of_nothing() -> None:
    with pytest.raises(TooLittleData):
        evaluate([1] * 50, [0.5] * 50)
    with pytest.raises(TooLittleData):
        evaluate([1, 0] * 4, [0.5] * 8)
    with pytest.raises(InputError):
        evaluate([1, 0] * 50, [1.5] * 100)
    with pytest.raises(TooLittleData):
        expected_maximum_profit([0, 0], [0.1, 0.2])
    with pytest.raises(InputError):
        expected_maximum_profit([0, 1], [0.1, float("nan")])
