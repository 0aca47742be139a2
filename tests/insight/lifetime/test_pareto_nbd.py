from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from tenure.insight.lifetime import ParetoNBD

from .worlds import CDNOW_PARETO, leaving_unseen

MANUAL = ParetoNBD.with_params(r=0.55, alpha=10.56, s=0.61, beta=11.64)
SHAPES = st.fixed_dictionaries(
    {"r": st.floats(0.05, 8), "alpha": st.floats(0.01, 60), "s": st.floats(0.05, 5), "beta": st.floats(0.01, 60)}
)


def test_expected_purchases_are_those_of_the_btyd_manual() -> None:
    printed = [0.05077821, 0.09916088, 0.14542507, 0.18979930, 0.23247466]
    printed += [0.27361274, 0.31335159, 0.35181024, 0.38909211]
    assert MANUAL.expected_purchases(np.arange(1, 10)) == pytest.approx(printed, abs=5e-9)


def test_the_heaviest_customer_of_the_btyd_walkthrough() -> None:
    model = ParetoNBD.with_params(r=0.5533971, alpha=10.5801985, s=0.6060625, beta=11.6562237)
    assert model.probability_alive(26, 30.86, 31.0)[0] == pytest.approx(0.9979, abs=5e-5)
    assert model.conditional_expected_purchases(52, 26, 30.86, 31.0)[0] == pytest.approx(25.46, abs=5e-3)


def test_one_purchase_more_is_no_jump_where_naive_arithmetic_underflows() -> None:
    model = ParetoNBD.with_params(r=0.55, alpha=10.58, s=0.61, beta=11.67)
    got = model.conditional_expected_purchases(10, [132, 133], [200, 200], [200, 200])
    assert got == pytest.approx([6.2060517890, 6.2528722476], abs=5e-11)


def test_hundreds_of_purchases_and_tiny_scales_hold() -> None:
    """Where powers of the textbook form overflow."""
    model = ParetoNBD.with_params(r=10.465, alpha=7.98565181e-03, s=3.0516, beta=2.820)
    alive = model.probability_alive([40, 50, 50, 400, 500, 500], [5, 1, 4, 5, 1, 4], [6, 37, 37, 6, 37, 37])
    assert np.isfinite(alive).all() and (alive >= 0).all() and (alive <= 1).all()


@settings(max_examples=60, deadline=None)
@given(SHAPES, st.integers(0, 40), st.floats(0, 1), st.floats(1, 60))
def test_being_alive_agrees_with_the_integral_taken_another_way(
    params: dict[str, float], x: int, share: float, till: float
) -> None:
    r, alpha, s, beta = (params[letter] for letter in ("r", "alpha", "s", "beta"))
    T = till
    t_x = 0.0 if x == 0 else max(share * T, 0.02)

    def density(y: float) -> float:
        """Relative to staying: of no unit, so that nothing underflows before the ratio is formed."""
        power = (r + x) * np.log((alpha + T) / (alpha + y)) + s * np.log((beta + T) / (beta + y))
        return float(s / (beta + y) * np.exp(min(power, 600)))

    left, _ = integrate.quad(density, t_x, T, epsabs=0, epsrel=1e-10, limit=400, points=[t_x + (T - t_x) * 1e-3])
    got = ParetoNBD.with_params(**params).probability_alive(x, t_x, T)[0]
    assert got == pytest.approx(1 / (1 + left), rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(SHAPES, st.floats(0.5, 60))
def test_counts_are_a_distribution_with_the_mean_of_the_closed_form(params: dict[str, float], t: float) -> None:
    model = ParetoNBD.with_params(**params)
    n = np.arange(2000)
    chance = model.probability_of_n_purchases(n, t)
    if chance[-200:].sum() < 1e-11:  # the tail is within sight
        assert chance.sum() == pytest.approx(1, abs=1e-7)
        assert chance @ n == pytest.approx(float(model.expected_purchases(t)), rel=1e-5)


def test_discounted_transactions_agree_with_the_confluent_hypergeometric_form() -> None:
    """RFM and CLV, eq. 2, with its Ψ(s, s; δ(β+T))."""
    r, alpha, s, beta = CDNOW_PARETO.values()
    model, d = ParetoNBD.with_params(**CDNOW_PARETO), 0.0027
    for x, t_x, T in ((0, 0.0, 38.86), (1, 1.71, 38.86), (7, 35.0, 38.86)):
        psi = special.hyperu(s, s, d * (beta + T))
        alive = model.probability_alive(x, t_x, T)[0]
        paper = alive * (r + x) / (alpha + T) * (beta + T) ** s * d ** (s - 1) * psi
        got = model.discounted_expected_residual_transactions(d, x, t_x, T)[0]
        assert got == pytest.approx(paper, rel=1e-7)


def test_discounted_transactions_are_the_discounted_expectations() -> None:
    model, d = ParetoNBD.with_params(**CDNOW_PARETO), 0.05
    times = np.arange(0, 600, 0.05)
    till = np.array([model.conditional_expected_purchases(t, 3, 20.0, 30.0)[0] for t in times])
    summed = (np.diff(till) * np.exp(-d * (times[:-1] + 0.025))).sum()
    assert model.discounted_expected_residual_transactions(d, 3, 20.0, 30.0)[0] == pytest.approx(summed, rel=1e-5)


def test_who_has_just_bought_is_alive() -> None:
    assert MANUAL.probability_alive(5, 30.0, 30.0)[0] == 1


def test_the_fit_recovers_the_world_and_its_predictions_come_true() -> None:
    x, t_x, T, alive, later = leaving_unseen(40_000, 3, **CDNOW_PARETO, ahead=39)
    model = ParetoNBD().fit(x, t_x, T)
    for letter, truth in CDNOW_PARETO.items():
        assert abs(model.params_[letter] - truth) < 3.5 * model.standard_errors_[letter]
    chance = model.probability_alive(x, t_x, T)
    for low in (0.0, 0.25, 0.5, 0.75):
        band = (chance >= low) & (chance < low + 0.25)
        if band.sum() > 200:
            assert alive[band].mean() == pytest.approx(chance[band].mean(), abs=0.04)
    missed = later - model.conditional_expected_purchases(39, x, t_x, T)
    assert abs(missed.mean()) < 3.5 * missed.std() / np.sqrt(len(missed))
    assert abs(missed.mean()) < 0.05 * later.mean()


def test_s_of_one_is_no_special_case() -> None:
    def at(s: float) -> float:
        model = ParetoNBD.with_params(r=0.5, alpha=10.0, s=s, beta=12.0)
        return float(model.conditional_expected_purchases(39, 4, 20.0, 30.0)[0])

    assert at(1.0) == pytest.approx((at(0.999) + at(1.001)) / 2, rel=1e-6)
