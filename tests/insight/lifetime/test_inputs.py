"""What the models refuse, and what they take alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tenure import insight
from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.lifetime import BGBB, BGNBD, SBG, BdW, DidNotConverge, GammaGamma, ParetoNBD

from .worlds import CDNOW_BGNBD, CDNOW_PARETO, in_periods, leaving_at_purchases, leaving_unseen

MODELS = (BGNBD, ParetoNBD)


def customers(n: int = 1500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return leaving_at_purchases(n, 21, **CDNOW_BGNBD)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("row", "told"),
    [
        ((-1, 0.0, 10.0), "frequency, row 4: -1; expected at least 0"),
        ((1.5, 3.0, 10.0), "a whole number"),
        ((2, 11.0, 10.0), "row 4: recency is later than T"),
        ((0, 3.0, 10.0), "row 4: recency above 0 with no repeat purchase"),
        ((2, 0.0, 10.0), "row 4: recency 0 with repeat purchases"),
        ((0, 0.0, 0.0), "row 4: T is 0"),
        ((np.nan, 3.0, 10.0), "frequency, row 4: nan; expected a number"),
        ((2, 3.0, np.inf), "T, row 4: inf; expected a finite number"),
    ],
)
def test_a_row_that_cannot_be_is_named(model: Any, row: tuple[float, float, float], told: str) -> None:
    x, t_x, T = customers(100)
    x[3], t_x[3], T[3] = row
    with pytest.raises(InputError, match=told):
        model().fit(x, t_x, T)
    with pytest.raises(InputError, match=told.replace("row 4", "row 1")):
        model.with_params(**dict.fromkeys(model.letters, 1.5)).probability_alive(*row)


def test_periods_are_whole_and_hold_one_purchase_each() -> None:
    x, t_x, n = in_periods(200, 1, 6, 1.2, 0.75, 0.66, 2.8)
    for at, value, told in ((1, 2.5, "a whole number"), (0, 6.0, "more purchases than periods")):
        row = [3.0, 4.0, 6.0]
        row[at] = value
        with pytest.raises(InputError, match=told):
            BGBB().fit(np.append(x, row[0]), np.append(t_x, row[1]), np.append(n, row[2]))


@pytest.mark.parametrize("model", MODELS)
def test_too_few_customers_or_too_few_who_came_back_are_no_ground(model: Any) -> None:
    with pytest.raises(TooLittleData, match="0 customers"):
        model().fit([], [], [])
    with pytest.raises(TooLittleData, match="29 customers"):
        model().fit(np.ones(29), np.ones(29), np.full(29, 9.0))
    with pytest.raises(TooLittleData, match="5 of them with a repeat purchase"):
        model().fit([1] * 5 + [0] * 995, [2.0] * 5 + [0.0] * 995, [9.0] * 1000)


@pytest.mark.parametrize("model", MODELS)
def test_customers_who_are_all_the_same_determine_nothing(model: Any) -> None:
    with pytest.raises(DidNotConverge, match="determine r, alpha"):
        model().fit(np.full(500, 2), np.full(500, 5.0), np.full(500, 9.0))


@pytest.mark.parametrize("model", MODELS)
def test_a_hundred_customers_get_wide_errors_or_an_honest_refusal(model: Any) -> None:
    try:
        fitted = model().fit(*customers(100))
    except DidNotConverge:
        return
    assert fitted.standard_errors_["r"] / fitted.params_["r"] > 0.1


def test_columns_of_different_lengths_are_refused() -> None:
    x, t_x, T = customers(100)
    with pytest.raises(InputError, match="different lengths"):
        BGNBD().fit(x, t_x[:-1], T)
    with pytest.raises(InputError, match="different lengths"):
        BGNBD().fit(x, t_x, T, weights=np.ones(99))


@pytest.mark.parametrize("model", MODELS)
def test_every_kind_of_table_gives_the_same_fit(model: Any) -> None:
    x, t_x, T = customers()
    plain = model().fit(x, t_x, T)
    for kind in (pd.Series, pl.Series, pa.array, list):
        assert model().fit(kind(x), kind(t_x), kind(T)).params_ == plain.params_


@pytest.mark.parametrize("model", MODELS)
def test_counts_as_weights_are_customers(model: Any) -> None:
    x, t_x, T = (np.round(each) for each in customers())
    t_x = np.where(x > 0, np.maximum(t_x, 1), 0)
    rows, count = np.unique(np.column_stack([x, t_x, T]), axis=0, return_counts=True)
    one, other = model().fit(x, t_x, T), model().fit(*rows.T, weights=count)
    assert other.log_likelihood_ == pytest.approx(one.log_likelihood_, abs=1e-6)
    assert other.params_ == pytest.approx(one.params_, rel=1e-4)
    assert other.customers_ == 1500


@pytest.mark.parametrize("model", MODELS)
def test_days_and_weeks_give_the_same_customers(model: Any) -> None:
    """The unit of time moves α (and β) and nothing else."""
    x, t_x, T = customers(3000)
    weeks, days = model().fit(x, t_x, T), model().fit(x, t_x * 7, T * 7)
    assert days.params_["r"] == pytest.approx(weeks.params_["r"], rel=1e-3)
    assert days.params_["alpha"] == pytest.approx(weeks.params_["alpha"] * 7, rel=1e-3)
    there = days.conditional_expected_purchases(70, x * 1.0, t_x * 7, T * 7)
    assert there == pytest.approx(weeks.conditional_expected_purchases(10, x, t_x, T), rel=1e-3)


@pytest.mark.parametrize("model", MODELS)
def test_the_slopes_are_those_of_the_likelihood(model: Any) -> None:
    """And the standard errors those of its curvature, taken from its values alone."""
    from tenure.insight.lifetime import bgnbd, pareto_nbd, purchases

    x, t_x, T = customers(3000) if model is BGNBD else leaving_unseen(3000, 21, **CDNOW_PARETO)[:3]
    rows = purchases.collect(x, t_x, T, None)
    likelihood = (bgnbd if model is BGNBD else pareto_nbd)._Likelihood(rows)
    fitted = model().fit(x, t_x, T)
    theta = np.array(list(fitted.params_.values())) * 1.3
    for i in range(4):
        step = np.zeros(4)
        step[i] = theta[i] * 1e-5
        slope = (likelihood(theta + step)[0] - likelihood(theta - step)[0]) / (2 * step[i])
        assert likelihood(theta)[1][i] == pytest.approx(slope, rel=1e-5, abs=1e-4)
    best = np.array(list(fitted.params_.values()))
    curvature = np.zeros((4, 4))
    for i in range(4):
        for j in range(4):
            one, other = np.zeros(4), np.zeros(4)
            one[i], other[j] = best[i] * 2e-3, best[j] * 2e-3
            corners = [likelihood(best + a * one + b * other)[0] * a * b for a in (1, -1) for b in (1, -1)]
            curvature[i, j] = -sum(corners) / (4 * one[i] * other[j])
    errors = np.sqrt(np.diag(np.linalg.inv(curvature)))
    assert list(fitted.standard_errors_.values()) == pytest.approx(errors, rel=0.01)


@pytest.mark.parametrize("model", MODELS)
def test_the_past_cannot_be_foretold(model: Any) -> None:
    fitted = model.with_params(**dict.fromkeys(model.letters, 1.5))
    for asked in (-1.0, [3.0, -1.0], np.nan):
        with pytest.raises(InputError, match=r"^t, row"):
            fitted.expected_purchases(asked)
        with pytest.raises(InputError, match=r"^t, row"):
            fitted.conditional_expected_purchases(asked, 1, 2.0, 3.0)
        with pytest.raises(InputError, match=r"^t, row"):
            fitted.probability_of_n_purchases(0, asked)
    assert fitted.expected_purchases(0.0) == 0


def test_a_model_must_be_fitted_before_it_predicts() -> None:
    with pytest.raises(InputError, match="not fitted"):
        BGNBD().expected_purchases(3)
    with pytest.raises(InputError, match="has the parameters r, alpha, a, b"):
        BGNBD.with_params(r=1, alpha=2)
    with pytest.raises(InputError, match="are positive"):
        SBG.with_params(alpha=1, beta=-2)


def test_the_models_bear_their_public_names() -> None:
    for model in (BGNBD, ParetoNBD, BGBB, GammaGamma, SBG, BdW):
        assert getattr(insight, model.__name__) is model
