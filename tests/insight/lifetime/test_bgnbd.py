from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from tenure.insight.lifetime import BGNBD

from .worlds import CDNOW_BGNBD, cohort_of_a_quarter, leaving_at_purchases

CDNOW = BGNBD.with_params(**CDNOW_BGNBD)
SHAPES = st.fixed_dictionaries(
    {"r": st.floats(0.05, 5), "alpha": st.floats(0.1, 50), "a": st.floats(0.1, 5), "b": st.floats(0.2, 9)}
)


def test_the_counts_of_a_new_customer_are_those_of_the_btyd_manual() -> None:
    assert CDNOW.probability_of_n_purchases(10, 2) == pytest.approx(1.07869e-07, abs=1e-12)
    assert CDNOW.probability_of_n_purchases(0, 39) == pytest.approx(0.5737864, abs=1e-7)
    printed = [0.0019995214, 0.0015170236, 0.0011633150, 0.0009003148, 0.0007023638]
    printed += [0.0005517902, 0.0004361913, 0.0003467171, 0.0002769613, 0.0002222260]
    assert CDNOW.probability_of_n_purchases(np.arange(11, 21), 30) == pytest.approx(printed, abs=1e-10)


@settings(max_examples=40, deadline=None)
@given(SHAPES, st.floats(0.5, 60))
def test_counts_are_a_distribution_with_the_mean_of_the_closed_form(params: dict[str, float], t: float) -> None:
    model = BGNBD.with_params(**params)
    n = np.arange(4000)
    chance = model.probability_of_n_purchases(n, t)
    assert (chance >= 0).all()
    if chance[-400:].sum() < 1e-12:  # the tail is within sight
        assert chance.sum() == pytest.approx(1, abs=1e-8)
        assert chance @ n == pytest.approx(float(model.expected_purchases(t)), rel=1e-6)


@pytest.mark.parametrize("a", [0.999, 1 - 1e-9, 1.0, 1 + 1e-7, 1.001])
def test_expected_purchases_pass_smoothly_through_a_of_one(a: float) -> None:
    def at(value: float) -> float:
        return float(BGNBD.with_params(r=0.3, alpha=4.0, a=value, b=2.0).expected_purchases(30.0))

    assert at(a) == pytest.approx((at(a - 0.01) + at(a + 0.01)) / 2, rel=1e-4)


def test_conditional_expectation_is_what_purchases_after_purchases_add_up_to() -> None:
    """A customer of 40 purchases: his rate and chance of leaving are drawn anew from what his record tells of them."""
    r, alpha, a, b = CDNOW_BGNBD.values()
    x, t_x, T, t = 40, 30.0, 31.0, 20.0
    alive = CDNOW.probability_alive(x, t_x, T)[0]

    def ahead(leaves: float) -> float:
        """By one who leaves with this chance, over the rates that his record leaves possible."""
        bought = -np.expm1(-(r + x) * np.log1p(leaves * t / (alpha + T))) / leaves
        return float(stats.beta.pdf(leaves, a, b + x) * bought)

    summed, _ = integrate.quad(ahead, 0, 1, epsrel=1e-9, points=[0.001, 0.02, 0.2], limit=400)
    assert CDNOW.conditional_expected_purchases(t, x, t_x, T)[0] == pytest.approx(alive * summed, rel=1e-6)


def test_hundreds_of_purchases_neither_overflow_nor_jump() -> None:
    bought = CDNOW.conditional_expected_purchases(10, [132, 133, 999, 1000], [200.0] * 4, [200.0] * 4)
    assert np.isfinite(bought).all()
    r, alpha, a, b = CDNOW_BGNBD.values()
    z = 10 / (alpha + 210)
    paper = (a + b + 131) / (a - 1) * (1 - (1 - z) ** (r + 132) * special.hyp2f1(r + 132, b + 132, a + b + 131, z))
    assert bought[0] == pytest.approx(paper / (1 + a / (b + 131)), rel=1e-9)
    assert 0 < bought[1] - bought[0] < 0.05
    assert 0 < bought[3] - bought[2] < 0.06
    assert CDNOW.probability_alive(500, 1.0, 200.0)[0] == pytest.approx(0, abs=1e-200)


@pytest.mark.parametrize(("a", "b"), [(800.0, 800.0), (5e3, 5e3), (4e3, 0.5), (1e5, 3e5), (1e7, 1e8)])
@pytest.mark.filterwarnings("error")
def test_where_everyone_leaves_alike_the_expectation_is_still_the_mean_over_p(a: float, b: float) -> None:
    """Where a is large, one factor of eq. 10 is below and the other above all doubles; their product is neither."""
    r, alpha, t, seen = 0.24, 4.4, 30.0, np.array([2.0, 40.0])
    model = BGNBD.with_params(r=r, alpha=alpha, a=a, b=b)
    asked = model.conditional_expected_purchases(t, seen, [30.0, 38.0], 39.0)
    share = t / (alpha + 39.0)
    for x, found in zip(seen, asked / model.probability_alive(seen, [30.0, 38.0], 39.0), strict=True):
        left = stats.beta(a, b + x)

        def bought(p: float, x: float = x, left: object = left) -> float:
            return -left.pdf(p) * np.expm1(-(r + x) * np.log1p(p * share)) / p  # type: ignore[attr-defined]

        least, most = left.ppf(1e-15), left.isf(1e-15)
        expected, _ = integrate.quad(bought, least, most, points=[left.mean()], limit=500, epsrel=1e-11)
        assert found == pytest.approx(expected, rel=1e-6)


def test_nobody_without_a_repeat_purchase_is_ever_believed_gone() -> None:
    """The model's own limit (a silent leaver is not seen): the figure is 1, and the fit says whom it concerns."""
    assert (CDNOW.probability_alive([0, 0, 0], [0, 0, 0], [1, 39, 5200]) == 1).all()
    x, t_x, T = leaving_at_purchases(2000, 1, **CDNOW_BGNBD)
    caution = {each.code: each for each in BGNBD().fit(x, t_x, T).cautions_}["cannot_leave_before_repeat"]
    assert caution.numbers["customers"] == (x == 0).sum()
    assert caution.numbers["share"] == pytest.approx((x == 0).mean())


@settings(max_examples=60, deadline=None)
@given(SHAPES, st.integers(1, 60), st.floats(0.1, 40), st.floats(0.1, 40), st.floats(0.1, 40))
def test_longer_silence_never_makes_a_customer_more_alive(
    params: dict[str, float], x: int, t_x: float, silent: float, more: float
) -> None:
    one, other = BGNBD.with_params(**params).probability_alive([x, x], [t_x, t_x], [t_x + silent, t_x + silent + more])
    assert 0 <= other <= one <= 1


def test_the_fit_recovers_the_world_it_was_drawn_from() -> None:
    x, t_x, T = leaving_at_purchases(40_000, 7, **CDNOW_BGNBD)
    model = BGNBD().fit(x, t_x, T)
    for letter, truth in CDNOW_BGNBD.items():
        assert abs(model.params_[letter] - truth) < 3.5 * model.standard_errors_[letter]
    assert model.standard_errors_["alpha"] < 0.15


def test_in_the_81_worlds_of_the_rival_model_a_year_ahead_is_foretold_as_well_as_published() -> None:
    """Fader, Hardie, Lee (2005): Pareto/NBD customers, three levels of each parameter, BG/NBD fitted on 52 weeks; mean
    absolute error in per cent of cumulative purchases in weeks 53–104: 2.68 % on average, 6.97 % at worst. The worlds
    are drawn anew (4,000 customers each), so that ours need only be of that size."""
    off = []
    for seed, (r, alpha, s, beta) in enumerate(product((0.25, 0.5, 0.75), (5, 10, 15), (0.25, 0.5, 0.75), (5, 10, 15))):
        began, who, when = cohort_of_a_quarter(4_000, seed, 104, r, alpha, s, beta)
        early = when <= 52
        x, last = np.bincount(who[early], minlength=4_000), began.copy()
        np.maximum.at(last, who[early], when[early])
        model = BGNBD().fit(x, last - began, 52 - began)
        entered = np.quantile(began, (np.arange(48) + 0.5) / 48)
        foretold = [4_000 * model.expected_purchases(week - entered).mean() for week in range(53, 105)]
        came = [(when <= week).sum() for week in range(53, 105)]
        off.append(np.abs(np.array(foretold) / came - 1).mean())
    assert len(off) == 81
    assert np.mean(off) < 0.0268
    assert max(off) == pytest.approx(0.0697, abs=0.005)


def test_rounding_the_last_purchase_up_to_whole_weeks_is_noticed_and_inflates_alpha() -> None:
    x, t_x, T = leaving_at_purchases(20_000, 11, **CDNOW_BGNBD)
    exact, rounded = BGNBD().fit(x, t_x, T), BGNBD().fit(x, np.ceil(t_x), np.ceil(T))
    assert rounded.params_["alpha"] > exact.params_["alpha"] * 1.02
    assert "times_on_a_grid" in {each.code for each in rounded.cautions_}
    assert "times_on_a_grid" not in {each.code for each in exact.cautions_}


def test_leaving_out_who_never_came_back_is_noticed() -> None:
    x, t_x, T = leaving_at_purchases(3000, 5, **CDNOW_BGNBD)
    model = BGNBD().fit(x[x > 0], t_x[x > 0], T[x > 0])
    assert "nobody_without_repeat" in {each.code for each in model.cautions_}
    assert model.expected_purchases(39.0) > 1.5 * BGNBD().fit(x, t_x, T).expected_purchases(39.0)


def test_the_likelihood_is_that_of_the_paper() -> None:
    """Eq. 6 written down as it stands, summed over customers."""
    x, t_x, T = leaving_at_purchases(4000, 3, **CDNOW_BGNBD)
    model = BGNBD().fit(x, t_x, T)
    r, alpha, a, b = model.params_.values()
    gammas = special.gamma(r + x) * alpha**r / special.gamma(r)
    stays = special.beta(a, b + x) / special.beta(a, b) * gammas / (alpha + T) ** (r + x)
    leaves = special.beta(a + 1, b + x - 1) / special.beta(a, b) * gammas / (alpha + t_x) ** (r + x)
    assert model.log_likelihood_ == pytest.approx(np.log(stays + (x > 0) * leaves).sum(), rel=1e-12)
