from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.lifetime import GammaGamma

PUBLISHED = GammaGamma.with_params(p=6.25, q=3.74, gamma=15.44)


def spenders(n: int, seed: int, p: float, q: float, gamma: float) -> tuple[np.ndarray, np.ndarray]:
    made = np.random.default_rng(seed)
    x = made.geometric(0.3, n).astype(float)
    scale = made.gamma(q, 1 / gamma, n)
    return x, made.gamma(p * x, 1 / (scale * x))


def test_who_has_not_bought_is_expected_to_spend_what_all_spend() -> None:
    assert PUBLISHED.expected_spend()[0] == pytest.approx(6.25 * 15.44 / 2.74)


def test_the_expected_spend_is_the_mean_of_what_the_record_leaves_possible() -> None:
    p, q, gamma, x, z = 6.25, 3.74, 15.44, 2, 22.35

    def mean(rate: float) -> float:
        return float(p / rate * stats.gamma.pdf(rate, p * x + q, scale=1 / (gamma + x * z)))

    assert PUBLISHED.expected_spend(x, z)[0] == pytest.approx(integrate.quad(mean, 0, 5)[0], rel=1e-8)


def test_the_more_purchases_the_nearer_to_the_customers_own_mean() -> None:
    few, many, very_many = PUBLISHED.expected_spend([1, 10, 10_000], [100.0, 100.0, 100.0])
    assert 36 < few < many < very_many < 100.01 and very_many == pytest.approx(100, abs=0.05)


def test_the_fit_recovers_the_world_it_was_drawn_from_in_any_currency() -> None:
    x, z = spenders(20_000, 4, 6.0, 4.0, 16.0)
    one, other = GammaGamma().fit(x, z), GammaGamma().fit(x, z * 1e6)
    for letter, truth in {"p": 6.0, "q": 4.0, "gamma": 16.0}.items():
        assert abs(one.params_[letter] - truth) < 3.5 * one.standard_errors_[letter]
    assert other.params_["gamma"] == pytest.approx(one.params_["gamma"] * 1e6, rel=1e-4)
    assert other.params_["p"] == pytest.approx(one.params_["p"], rel=1e-4)


def test_spend_that_depends_on_frequency_is_said() -> None:
    x, z = spenders(3000, 9, 6.0, 4.0, 16.0)
    assert not GammaGamma().fit(x, z).cautions_
    codes = {each.code for each in GammaGamma().fit(x, z * x**0.7).cautions_}
    assert "spend_depends_on_frequency" in codes


def test_a_mean_that_does_not_exist_is_not_given() -> None:
    with pytest.raises(InputError, match="does not exist"):
        GammaGamma.with_params(p=2.0, q=0.9, gamma=10.0).expected_spend()


def test_what_cannot_be_told_is_refused() -> None:
    with pytest.raises(TooLittleData, match="two purchases"):
        GammaGamma().fit(np.ones(500), np.linspace(1, 9, 500))
    with pytest.raises(TooLittleData, match="differ in spend"):
        GammaGamma().fit(np.full(500, 2), np.full(500, 30.0))
    with pytest.raises(InputError, match="frequency, row 1: above 0"):
        GammaGamma().fit(np.arange(50), np.full(50, 30.0))
