from __future__ import annotations

import numpy as np
import pytest

from tenure.errors import InputError
from tenure.insight.lifetime import BGNBD, GammaGamma, ParetoNBD, Within, lifetime_value

from .test_gamma_gamma import spenders
from .worlds import CDNOW_BGNBD, CDNOW_PARETO, leaving_at_purchases, leaving_unseen

TRANSACTIONS = ParetoNBD.with_params(**CDNOW_PARETO)
SPEND = GammaGamma.with_params(p=6.25, q=3.74, gamma=15.44)


def test_without_discount_the_value_is_purchases_times_spend_times_margin() -> None:
    got = lifetime_value(
        TRANSACTIONS, SPEND, [2, 0], [30.43, 0], [38.86, 38.86], [22.35, 0], periods=39, discount_rate=0, margin=0.3
    )
    bought = TRANSACTIONS.conditional_expected_purchases(39, [2, 0], [30.43, 0], [38.86, 38.86])
    assert got.value == pytest.approx(0.3 * bought * SPEND.expected_spend([2, 0], [22.35, 0]))
    assert got.expected_purchases == pytest.approx(bought)
    assert np.isnan(got.low).all() and np.isnan(got.high).all(), "given parameters have no interval"


def test_over_a_long_time_the_value_is_the_discounted_residual_transactions_times_spend() -> None:
    d = 0.01
    got = lifetime_value(
        TRANSACTIONS, SPEND, 7, 35.0, 38.86, 30.0, periods=1500, discount_rate=d, within=Within.MIDDLE
    ).value
    dert = TRANSACTIONS.discounted_expected_residual_transactions(np.log1p(d), 7, 35.0, 38.86)
    assert got == pytest.approx(dert * SPEND.expected_spend(7, 30.0), rel=1e-3)


def test_the_value_carries_when_and_how_far_it_was_discounted() -> None:
    value = {}
    for within in Within:
        got = lifetime_value(TRANSACTIONS, SPEND, 7, 35.0, 38.86, 30.0, periods=52, discount_rate=0.01, within=within)
        assert (got.within, got.periods, got.discount_rate) == (within, 52, 0.01)
        value[within] = got.value[0]
    assert value[Within.START] == pytest.approx(value[Within.END] * 1.01)
    assert value[Within.END] < value[Within.MIDDLE] < value[Within.START]


@pytest.mark.parametrize("model", [BGNBD, ParetoNBD])
def test_the_interval_is_that_of_parameters_drawn_from_their_distribution(model: type[BGNBD] | type[ParetoNBD]) -> None:
    """The delta method against 800 draws of all seven parameters."""
    x, t_x, T = leaving_at_purchases(6000, 2, **CDNOW_BGNBD)
    _, z = spenders(6000, 3, 6.0, 4.0, 16.0)
    transactions, spend = model().fit(x, t_x, T), GammaGamma().fit(x[x > 0], z[x > 0])
    who = ([0, 1, 3, 9], [0, 5.0, 30.0, 36.0], [38.0] * 4, [0, 20.0, 40.0, 30.0])
    got = lifetime_value(transactions, spend, *who, periods=26, discount_rate=0.0)
    made = np.random.default_rng(1)
    drawn = []
    for _ in range(800):
        params = []
        for each in (transactions, spend):
            theta = np.log(list(each.params_.values()))
            drawn_theta = np.exp(made.multivariate_normal(theta, each.log_covariance_))
            params.append(dict(zip(each.letters, drawn_theta, strict=True)))
        bought = model.with_params(**params[0]).conditional_expected_purchases(26, *who[:3])
        drawn.append(bought * GammaGamma.with_params(**params[1]).expected_spend(who[0], who[3]))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    assert np.log(got.high / got.low) == pytest.approx(np.log(high / low), rel=0.12)
    assert got.low == pytest.approx(low, rel=0.04) and got.high == pytest.approx(high, rel=0.04)


def test_the_interval_of_the_mean_holds_the_truth_at_its_level() -> None:
    """Twenty-five worlds: the expected value of one customer, as the true parameters have it."""
    who = ([3], [30.0], [38.0], [40.0])
    truth = lifetime_value(
        TRANSACTIONS, GammaGamma.with_params(p=6, q=4, gamma=16), *who, periods=26, discount_rate=0.002
    )
    inside = 0
    for seed in range(25):
        x, t_x, T, _, _ = leaving_unseen(3000, seed, **CDNOW_PARETO)
        _, z = spenders(3000, seed + 100, 6.0, 4.0, 16.0)
        made = ParetoNBD().fit(x, t_x, T), GammaGamma().fit(x[x > 0], z[x > 0])
        got = lifetime_value(*made, *who, periods=26, discount_rate=0.002)
        inside += bool(got.low[0] <= truth.value[0] <= got.high[0])
    assert inside >= 20  # 23.75 expected


def test_the_limits_of_both_models_travel_with_the_value() -> None:
    x, t_x, T = leaving_at_purchases(3000, 2, **CDNOW_BGNBD)
    bought, spent = spenders(3000, 3, 6.0, 4.0, 16.0)
    spending = GammaGamma().fit(bought, spent * bought**0.7)
    some = x > 0
    got = lifetime_value(
        BGNBD().fit(x, t_x, T),
        spending,
        x[some],
        t_x[some],
        T[some],
        spent[some],
        periods=4,
        discount_rate=0,
    )
    codes = {each.code for each in got.cautions}
    assert {"cannot_leave_before_repeat", "spend_depends_on_frequency"} <= codes


def test_a_horizon_is_whole_and_rates_are_not_negative() -> None:
    for bad in ({"periods": 0}, {"periods": 2.5}, {"discount_rate": -0.1}, {"margin": -1}):
        asked = {"periods": 4, "discount_rate": 0.01} | bad
        with pytest.raises(InputError):
            lifetime_value(TRANSACTIONS, SPEND, 1, 2.0, 9.0, 5.0, **asked)
