"""What is true of stages, probabilities and amounts, without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenure.contracts import codes
from tenure.desk.kit.shares import beta_quantile
from tenure.desk.opportunities import rules

#: A law holds on a busy machine too.
LAW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_every_kind_of_business_has_stages_with_names_and_a_word_for_its_amount() -> None:
    assert set(rules.STAGES) == set(codes.BUSINESS_KINDS) == set(codes.BUSINESS_AMOUNTS)
    for kind in rules.STAGES:
        assert len(set(rules.codes_of(kind))) == len(rules.codes_of(kind)) >= 3
        assert set(rules.codes_of(kind)) <= set(codes.OPPORTUNITY_STAGES)
    assert set(codes.BUSINESS_OF_CATEGORY) <= set(codes.PRODUCT_CATEGORIES)
    assert set(codes.BUSINESS_OF_CATEGORY.values()) == set(codes.BUSINESS_KINDS)


def test_nearer_to_winning_is_never_less_likely() -> None:
    for stages in rules.STAGES.values():
        defaults = [stage.default for stage in stages]
        assert defaults == sorted(defaults) and defaults[0] > 0 and defaults[-1] < 1


def test_an_opportunity_is_stale_the_day_after_its_step_or_after_too_long_a_silence() -> None:
    changed = date(2026, 3, 1)
    assert rules.stale_from("deposit", "agreed", changed, date(2026, 3, 4)) == date(2026, 3, 5)
    assert rules.stale_from("deposit", "agreed", changed, date(2026, 6, 1)) == changed + timedelta(days=8)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("50万", 50_000_000),
        ("1.5亿", 15_000_000_000),
        ("1,250,000", 125_000_000),
        ("1.5m", 150_000_000),
        ("0.01", 1),
        (" 300 k ", 30_000_000),
        ("0", None),
        ("0.001", None),
        ("-5", None),
        ("lots", None),
        ("", None),
        ("9" * 40, None),
        ("1.2.3", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, minor: int | None) -> None:
    assert rules.amount_of(text, 2) == minor


@LAW
@given(st.integers(0, 400), st.integers(0, 400), st.floats(0.02, 0.98))
def test_a_probability_lies_in_its_interval_and_between_the_default_and_the_share_won(
    won: int, lost: int, default: float
) -> None:
    likely = rules.Likelihood(default, won + lost, won)
    assert 0 <= likely.low < likely.mean < likely.high <= 1
    share = won / (won + lost) if won + lost else default
    assert min(default, share) - 1e-12 <= likely.mean <= max(default, share) + 1e-12


def test_the_more_closed_the_narrower_the_interval_and_the_less_the_default_weighs() -> None:
    few, many = rules.Likelihood(0.5, 10, 2), rules.Likelihood(0.5, 1000, 200)
    assert few.too_few and not many.too_few
    assert many.high - many.low < few.high - few.low
    assert abs(many.mean - 0.2) < 0.005 < abs(few.mean - 0.2)


@LAW
@given(st.floats(0.5, 300), st.floats(0.5, 300), st.sampled_from([0.025, 0.5, 0.975]))
def test_the_interval_is_that_of_the_beta_distribution(a: float, b: float, share: float) -> None:
    from scipy.stats import beta

    assert beta_quantile(share, a, b) == pytest.approx(beta.ppf(share, a, b), abs=1e-8)


def test_the_weighted_pipeline_is_amount_times_probability_and_its_interval_covers() -> None:
    """Simulated: the probability is drawn once for a stage, then each opportunity is won whole or not at all."""
    import numpy as np

    amounts = np.array([100, 200, 300, 400, 50, 700, 90, 120, 1000, 60] * 4)
    likely = rules.Likelihood(0.3, 40, 16)
    pile = rules.Pile("deposit", "agreed", len(amounts), int(amounts.sum()), float((amounts**2).sum()))
    told = rules.pipeline([pile], {("deposit", "agreed"): likely})
    assert told.expected == round(amounts.sum() * 19 / 50)
    random = np.random.default_rng(7)
    p = random.beta(19, 31, size=20_000)
    totals = (random.random((20_000, len(amounts))) < p[:, None]) @ amounts
    assert totals.mean() == pytest.approx(told.expected, rel=0.01)
    assert 0.935 < ((told.low <= totals) & (totals <= told.high)).mean() < 0.97


def test_an_empty_pipeline_is_nothing_and_says_nothing_of_too_few() -> None:
    assert rules.pipeline([], {}) == rules.Pipeline(0, 0, 0, 0, 0, False)
