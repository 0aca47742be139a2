from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.lifetime import SBG, BdW, Timing, constant_retention_value

HIGH_END = SBG.with_params(alpha=0.668, beta=3.806)
SHAPES = st.tuples(st.floats(0.2, 8), st.floats(0.2, 20))


def test_three_textbooks_value_the_same_customer_differently() -> None:
    """100 a period, kept with .8, discounted at 10 %: each figure under the convention that makes it."""
    value = {timing: constant_retention_value(100, 0.8, 0.1, timing) for timing in Timing}
    assert value[Timing.PERIOD_START] == pytest.approx(366.67, abs=5e-3)
    assert value[Timing.PERIOD_END] == pytest.approx(266.67, abs=5e-3)
    assert value[Timing.ARREARS] == pytest.approx(333.33, abs=5e-3)
    assert value[Timing.RENEWAL_NOW] == pytest.approx(293.33, abs=5e-3)


def test_a_residual_lifetime_carries_the_convention_that_makes_it() -> None:
    """The published 7.530 is the value the moment before the eighth renewal; other timings give other figures."""
    value = {timing: HIGH_END.discounted_expected_residual_lifetime(8, 0.10, timing) for timing in Timing}
    assert value[Timing.RENEWAL_NOW].value == pytest.approx(7.530, abs=1e-3)
    assert value[Timing.PERIOD_END].value == pytest.approx(6.845, abs=1e-3)
    assert value[Timing.PERIOD_START].value == pytest.approx(7.845, abs=1e-3)
    for timing, each in value.items():
        assert (each.timing, each.discount_rate, each.renewals) == (timing, 0.10, 7)


@settings(max_examples=40, deadline=None)
@given(SHAPES, st.integers(1, 30), st.floats(0.02, 0.5))
def test_the_sums_are_the_closed_forms_of_the_paper(shape: tuple[float, float], n: int, d: float) -> None:
    """Fader, Hardie (2010): DERL by Gauss's 2F1, and a new customer's lifetime likewise."""
    alpha, beta = shape
    model = SBG.with_params(alpha=alpha, beta=beta)
    kept = (beta + n - 1) / (alpha + beta + n - 1)
    derl = kept * special.hyp2f1(1, beta + n, alpha + beta + n, 1 / (1 + d))
    assert model.discounted_expected_residual_lifetime(n, d).value == pytest.approx(derl, rel=1e-7)
    new = special.hyp2f1(1, beta, alpha + beta, 1 / (1 + d))
    assert model.discounted_expected_lifetime(d).value == pytest.approx(new, rel=1e-7)


@settings(max_examples=40, deadline=None)
@given(SHAPES, st.integers(1, 40))
def test_retention_of_a_mixed_cohort_rises_with_age(shape: tuple[float, float], t: int) -> None:
    alpha, beta = shape
    model = SBG.with_params(alpha=alpha, beta=beta)
    one, other = model.retention_rate([t, t + 1])
    assert one == pytest.approx((beta + t - 1) / (alpha + beta + t - 1), rel=1e-9)
    assert one < other < 1


def test_valuing_by_one_constant_retention_undervalues_who_has_stayed() -> None:
    first = HIGH_END.retention_rate(1)[0]
    constant = constant_retention_value(1, first, 0.1, Timing.RENEWAL_NOW)
    value = HIGH_END.discounted_expected_residual_lifetime(8, 0.1).value
    assert value is not None and value > 1.5 * constant


def test_bdw_at_c_of_one_is_sbg() -> None:
    twin = BdW.with_params(alpha=0.668, beta=3.806, c=1.0)
    assert twin.survival(np.arange(20)) == pytest.approx(HIGH_END.survival(np.arange(20)), rel=1e-12)
    assert twin.discounted_expected_residual_lifetime(8, 0.1).value == pytest.approx(
        HIGH_END.discounted_expected_residual_lifetime(8, 0.1).value
    )


def _cohort(n: int, alpha: float, beta: float, c: float, times: int, seed: int) -> np.ndarray:
    made = np.random.default_rng(seed)
    left = np.ceil((np.log(made.random(n)) / np.log1p(-made.beta(alpha, beta, n))) ** (1 / c))
    return np.array([(left > t).sum() for t in range(times)], dtype=float)


@pytest.mark.parametrize(("model", "c"), [(SBG(), 1.0), (BdW(), 1.0), (BdW(), 1.6)])
def test_the_fit_recovers_the_world_it_was_drawn_from(model: SBG | BdW, c: float) -> None:
    model.fit(_cohort(50_000, 0.7, 1.8, c, 9, 3))
    for letter, truth in {"alpha": 0.7, "beta": 1.8, "c": c}.items():
        if letter in model.params_:
            assert abs(model.params_[letter] - truth) < 3.5 * model.standard_errors_[letter]


def test_who_is_here_today_must_not_be_taken_for_a_new_cohort() -> None:
    """Survivors of five renewals look far too loyal, unless the five are told."""
    active = _cohort(200_000, 0.7, 1.8, 1.0, 14, 5)
    taken_as_new, told = SBG().fit(active[5:]), SBG().fit(active[5:], first=5)
    truth = active[1] / active[0]
    assert taken_as_new.retention_rate(1)[0] > truth + 0.1
    assert told.retention_rate(1)[0] == pytest.approx(truth, abs=0.05)
    assert told.retention_rate(7)[0] == pytest.approx(active[7] / active[6], abs=0.01)


def test_the_interval_holds_the_truth_at_its_level() -> None:
    truth = SBG.with_params(alpha=0.7, beta=1.8).discounted_expected_lifetime(0.1).value
    inside = 0
    for seed in range(60):
        got = SBG().fit(_cohort(1500, 0.7, 1.8, 1.0, 8, seed)).discounted_expected_lifetime(0.1)
        assert got.low is not None and got.high is not None and truth is not None
        inside += got.low <= truth <= got.high
    assert 51 <= inside <= 60  # 57 expected; below 51 with a chance of 2 in a thousand


def test_given_parameters_have_no_interval() -> None:
    got = HIGH_END.discounted_expected_lifetime(0.1)
    assert got.can_tell and got.low is None and got.high is None


def test_what_is_no_cohort_is_refused() -> None:
    with pytest.raises(InputError, match="row 3: more customers"):
        SBG().fit([100, 80, 81, 60])
    with pytest.raises(TooLittleData, match="none of 100"):
        SBG().fit([100, 100, 100, 100])
    with pytest.raises(TooLittleData, match="it takes 4"):
        BdW().fit([100, 80, 70])
    with pytest.raises(TooLittleData, match="at least 30"):
        SBG().fit([12, 8, 7, 6])
    with pytest.raises(InputError, match="at least 1e-06"):
        HIGH_END.discounted_expected_lifetime(0.0)
    with pytest.raises(InputError, match="first renewal is n = 1"):
        HIGH_END.discounted_expected_residual_lifetime(0, 0.1)
