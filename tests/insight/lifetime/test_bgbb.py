"""BG/BB, on the recency–frequency table of 11,104 donors that Fader, Hardie and Shang (2010) print."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from tenure.errors import InputError
from tenure.insight.lifetime import BGBB
from tenure.insight.lifetime.bgbb import _log_likelihood

from .worlds import in_periods

#: x, t_x, donors; n = 6 years for all.
DONORS = np.array(
    [
        *[(0, 0, 3464)],
        *[(1, 1, 1091), (1, 2, 277), (1, 3, 129), (1, 4, 78), (1, 5, 119), (1, 6, 129)],
        *[(2, 2, 613), (2, 3, 255), (2, 4, 155), (2, 5, 173), (2, 6, 234)],
        *[(3, 3, 322), (3, 4, 181), (3, 5, 225), (3, 6, 357)],
        *[(4, 4, 240), (4, 5, 284), (4, 6, 512), (5, 5, 335), (5, 6, 728), (6, 6, 1203)],
    ],
    dtype=float,
)
X, T_X, COUNT = DONORS.T
N = np.full_like(X, 6)
SHAPES = st.fixed_dictionaries(
    {letter: st.floats(0.2, 6) for letter in ("alpha", "beta", "gamma", "delta")},
)


@pytest.fixture(scope="module")
def donors() -> BGBB:
    return BGBB().fit(X, T_X, N, weights=COUNT)


def test_the_published_parameters_and_likelihood(donors: BGBB) -> None:
    printed = {"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783}
    assert donors.params_ == pytest.approx(printed, abs=5e-4)
    assert donors.log_likelihood_ == pytest.approx(-33225.58, abs=5e-3)
    assert donors.customers_ == 11_104


def test_the_published_fit_of_none_and_of_all_six(donors: BGBB) -> None:
    fitted = donors.probability_of_n_purchases([0, 6], 6) * 11_104
    assert fitted == pytest.approx([3454.9, 1253.1], abs=0.05)


def test_the_published_total_of_the_next_five_years(donors: BGBB) -> None:
    assert COUNT @ donors.conditional_expected_purchases(5, X, T_X, N) == pytest.approx(12_884.2, abs=0.05)


def test_the_published_chances_of_being_alive_in_2002(donors: BGBB) -> None:
    assert donors.probability_alive([0, 2, 6], [0, 4, 6], [6, 6, 6]) == pytest.approx([0.11, 0.59, 0.93], abs=5e-3)


def test_the_periods_watched_may_be_called_t_or_n(donors: BGBB) -> None:
    named = BGBB().fit(frequency=X, recency=T_X, T=N, weights=COUNT)
    papers = BGBB().fit(frequency=X, recency=T_X, n=N, weights=COUNT)
    assert named.params_ == papers.params_ == donors.params_
    for wrong in ({}, {"T": N, "n": N}):
        with pytest.raises(InputError, match="periods watched"):
            BGBB().fit(X, T_X, **wrong)


def test_a_model_written_down_and_read_again_says_the_same(donors: BGBB) -> None:
    again = BGBB.from_dict(json.loads(json.dumps(donors.as_dict())))
    assert again.params_ == donors.params_ and again.standard_errors_ == donors.standard_errors_
    assert again.log_likelihood_ == donors.log_likelihood_ and again.cautions_ == donors.cautions_
    assert again.probability_alive(2, 4, 6) == donors.probability_alive(2, 4, 6)


@settings(max_examples=30, deadline=None)
@given(SHAPES, st.lists(st.tuples(*[st.integers(0, 40)] * 3), min_size=1, max_size=5))
def test_the_likelihood_is_the_papers_sum_over_when_the_customer_left(params: dict[str, float], rows: Any) -> None:
    """Eq. 5, written out for one customer after the other."""
    alpha, beta, gamma, delta = (params[letter] for letter in ("alpha", "beta", "gamma", "delta"))
    theta, each = np.array([alpha, beta, gamma, delta]), [sorted(row) for row in rows]
    each = [(0, 0, n + 1) if x == 0 else (x, t_x, n) for x, t_x, n in each]
    found = _log_likelihood(theta, *np.array(each, dtype=float).T)
    for (x, t_x, n), said in zip(each, found, strict=True):
        parts = special.beta(alpha + x, beta + n - x) * special.beta(gamma, delta + n)
        for i in range(n - t_x):
            parts += special.beta(alpha + x, beta + t_x - x + i) * special.beta(gamma + 1, delta + t_x + i)
        whole = parts / special.beta(alpha, beta) / special.beta(gamma, delta)
        assert said == pytest.approx(np.log(whole), rel=1e-9)


def test_one_row_a_donor_gives_the_same_as_the_table(donors: BGBB) -> None:
    each = np.repeat(np.arange(len(X)), COUNT.astype(int))
    one = BGBB().fit(X[each], T_X[each], N[each])
    assert one.log_likelihood_ == pytest.approx(donors.log_likelihood_, abs=1e-6)
    assert one.params_ == pytest.approx(donors.params_, rel=1e-5)
    assert one.standard_errors_ == pytest.approx(donors.standard_errors_, rel=1e-3)


@settings(max_examples=30, deadline=None)
@given(SHAPES, st.integers(1, 12))
def test_counts_are_a_distribution_with_the_mean_of_the_closed_form(params: dict[str, float], n: int) -> None:
    model = BGBB.with_params(**params)
    chance = model.probability_of_n_purchases(np.arange(n + 1), n)
    assert chance.sum() == pytest.approx(1, abs=1e-9)
    assert chance @ np.arange(n + 1) == pytest.approx(model.expected_purchases(n)[0], rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(SHAPES, st.integers(1, 30))
def test_the_sum_over_periods_is_the_closed_form_of_the_paper(params: dict[str, float], ahead: int) -> None:
    """Eq. 13, which divides by γ − 1."""
    alpha, beta, gamma, delta = (params[letter] for letter in ("alpha", "beta", "gamma", "delta"))
    if abs(gamma - 1) < 0.05:
        return
    x, t_x, n = 2, 4, 6
    model = BGBB.with_params(**params)
    alive_now = model.probability_alive(x, t_x, n, ahead=0)[0]
    buys = (alpha + x) / (alpha + beta + n)
    stays = special.beta(gamma, delta + n) / special.beta(gamma, delta)

    def ratio(k: float) -> float:
        return float(np.exp(special.gammaln(1 + delta + k) - special.gammaln(gamma + delta + k)))

    shape = float(np.exp(special.gammaln(gamma + delta) - special.gammaln(1 + delta)))
    closed = alive_now * buys / stays * delta / (gamma - 1) * shape * (ratio(n) - ratio(n + ahead))
    assert model.conditional_expected_purchases(ahead, x, t_x, n)[0] == pytest.approx(closed, rel=1e-7)


def test_discounted_purchases_are_the_sum_of_discounted_expectations(donors: BGBB) -> None:
    ahead = np.arange(0, 401)
    till = np.array([donors.conditional_expected_purchases(int(k), 3, 5, 6)[0] for k in ahead])
    summed = (np.diff(till) * 1.1 ** -ahead[1:]).sum()
    assert donors.discounted_expected_residual_transactions(0.1, 3, 5, 6)[0] == pytest.approx(summed, rel=1e-9)


def test_the_fit_recovers_the_world_it_was_drawn_from() -> None:
    truth = {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8}
    model = BGBB().fit(*in_periods(30_000, 2, 12, **truth))
    for letter, each in truth.items():
        assert abs(model.params_[letter] - each) < 3.5 * model.standard_errors_[letter]


def test_the_likelihoods_of_all_records_add_up_to_one(donors: BGBB) -> None:
    """Every path of six periods falls into one (x, t_x); there are C(t_x − 1, x − 1) paths in each."""
    from tenure.insight.lifetime.bgbb import _log_likelihood

    theta = np.array(list(donors.params_.values()))
    paths = np.where(X > 0, special.comb(np.maximum(T_X - 1, 0), np.maximum(X - 1, 0)), 1)
    assert paths @ np.exp(_log_likelihood(theta, X, T_X, N)) == pytest.approx(1, abs=1e-12)
