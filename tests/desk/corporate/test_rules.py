"""Laws of ownership, trust and batch business."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.contracts import codes
from tenure.desk.corporate import rules
from tenure.desk.corporate.rules import Mean

SHARES = st.floats(0.0, 1.0)


@given(chain=st.lists(SHARES, min_size=1, max_size=rules.CHAIN))
def test_a_share_multiplies_down_the_chain(chain: list[float]) -> None:
    ties = {str(n): {str(n + 1): share} for n, share in enumerate(chain)}
    held = rules.shares_through("0", ties)[str(len(chain))]
    assert held.share == pytest.approx(math.prod(chain)) and held.steps == len(chain) and not held.least


def test_two_ways_to_one_owner_add_up() -> None:
    held = rules.shares_through("a", {"a": {"b": 0.5, "c": 0.5}, "b": {"d": 0.6}, "c": {"d": 0.4}})
    assert held["d"].share == pytest.approx(0.5) and held["d"].steps == 2


def test_an_unknown_share_makes_the_sum_a_lower_bound_or_unknown() -> None:
    held = rules.shares_through("a", {"a": {"b": 0.5, "c": None}, "b": {"d": 1.0}, "c": {"d": 0.4}})
    assert held["c"].share is None and held["d"].share == 0.5 and held["d"].least


@settings(max_examples=60)
@given(
    edges=st.dictionaries(
        st.sampled_from("abcdef"), st.dictionaries(st.sampled_from("abcdef"), SHARES, max_size=4), max_size=6
    )
)
def test_any_circle_ends_and_nobody_owns_more_than_the_whole(edges: dict[str, dict[str, float]]) -> None:
    for held in rules.shares_through("a", edges).values():
        assert held.share is not None and 0.0 <= held.share <= 1.0
    assert "a" not in rules.shares_through("a", edges)


def test_companies_that_own_one_another_are_told_as_at_least() -> None:
    held = rules.shares_through("a", {"a": {"b": 0.6}, "b": {"c": 1.0, "a": 0.4}, "c": {}})
    assert held["b"].share == 0.6 and held["b"].least


PART = st.integers(10, 100)


@given(c=PART, r=PART, i=PART, s=PART)
def test_trust_grows_with_each_part_and_shrinks_with_self_orientation(c: int, r: int, i: int, s: int) -> None:
    value = rules.trust(c, r, i, s)
    assert 0.3 <= value <= 30
    assert rules.trust(c + 1, r, i, s) > value > rules.trust(c, r, i, s + 1)


def test_trust_is_the_equation_as_it_is_published() -> None:
    assert rules.trust(80, 70, 60, 30) == 7.0
    answers = {question: 5 for questions in rules.TRUST_QUESTIONS.values() for question in questions}
    assert {rules.part_of_trust(answers, part) for part in codes.TRUST_PARTS} == {50}
    parts = {"credibility": 90, "reliability": 90, "intimacy": 40, "self_orientation": 50}
    assert rules.weakest_part(parts) == "intimacy"
    assert rules.weakest_part({**parts, "self_orientation": 90}) == "self_orientation"


@given(
    waiting=st.integers(1, 500),
    paid=st.floats(1, 1e7),
    others=st.floats(0, 1e7),
    spread=st.floats(0, 1e7),
    n=st.integers(5, 200),
)
def test_an_estimate_lies_in_its_interval_and_never_below_nothing(
    waiting: int, paid: float, others: float, spread: float, n: int
) -> None:
    found = rules.balance_that_stays(waiting, Mean(n, paid, spread), Mean(n, others, spread))
    if paid <= others:
        assert found is None
    else:
        assert found is not None and 0 <= found.low <= found.amount <= found.high


def test_a_handful_says_nothing_about_the_others() -> None:
    many, few = Mean(50, 900.0, 10.0), Mean(4, 100.0, 10.0)
    assert rules.balance_that_stays(10, few, many) is None and rules.balance_that_stays(10, many, few) is None
    assert rules.balance_that_stays(0, many, Mean(50, 100.0, 1.0)) is None


def test_an_estimate_is_the_difference_of_the_means_times_those_who_wait() -> None:
    found = rules.balance_that_stays(10, Mean(25, 900.0, 50.0), Mean(25, 400.0, 50.0))
    # Welch: sqrt(50²/25 + 50²/25) = 14.142; 1.96 of it is 27.72
    assert found == rules.Estimate(5000, 4723, 5277)


def test_what_did_not_arrive_here_is_unknown_without_a_turnover() -> None:
    assert rules.not_through_us(None, 5) is None
    assert rules.not_through_us(100, 130) == 0 and rules.not_through_us(100, 30) == 70
