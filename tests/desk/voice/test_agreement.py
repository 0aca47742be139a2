"""Kappa as published, its laws, and which of two tellings is to be trusted."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.desk.voice.leaving import agreement

#: Two pathologists on carcinoma (Agresti, Categorical Data Analysis, table 10.8): kappa 0.493, standard error 0.057.
PATHOLOGISTS = [[22, 2, 2, 0], [5, 7, 14, 0], [0, 2, 36, 0], [0, 1, 17, 10]]
TABLES = st.integers(2, 4).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 40), min_size=k, max_size=k), min_size=k, max_size=k)
)


def test_kappa_is_the_published_one() -> None:
    found = agreement.kappa(PATHOLOGISTS)
    assert found.value == pytest.approx(0.493, abs=0.0005)
    assert (found.high - found.low) / 2 / 1.959964 == pytest.approx(0.057, abs=0.0005)  # type: ignore[operator]
    assert agreement.verdict(found) == "partly"


@given(TABLES)
def test_kappa_does_not_care_who_is_asked_first_nor_in_which_order_causes_stand(table: list[list[int]]) -> None:
    found = agreement.kappa(table)
    turned = agreement.kappa([list(row) for row in zip(*table, strict=True)])
    order = list(reversed(range(len(table))))
    shuffled = agreement.kappa([[table[i][j] for j in order] for i in order])
    for other in (turned, shuffled):
        assert (found.value is None) == (other.value is None)
        if found.value is not None and found.low is not None and found.high is not None:
            assert math.isclose(found.value, other.value or 0.0, abs_tol=1e-9)
            assert math.isclose(found.low, other.low or 0.0, abs_tol=1e-6)
            assert -1 - 1e-9 <= found.low <= found.value + 1e-9 and found.value <= found.high + 1e-9


def test_full_agreement_is_one_and_chance_is_nothing() -> None:
    assert agreement.kappa([[30, 0], [0, 30]]).value == pytest.approx(1.0)
    chance = agreement.kappa([[25, 25], [25, 25]])
    assert chance.value == pytest.approx(0.0) and agreement.verdict(chance) == "apart"
    assert agreement.verdict(agreement.kappa([[100, 1], [1, 100]])) == "agree"


def test_too_few_or_one_cause_alone_says_nothing() -> None:
    assert agreement.verdict(agreement.kappa([[9, 0], [0, 10]])) == "cannot_tell"
    assert agreement.kappa([[50, 0], [0, 0]]).value is None


def test_the_data_stand_where_customers_mostly_say_the_same() -> None:
    causes = ("better_rate_elsewhere", "fading", "unknown")
    found = {one.cause: one for one in agreement.judged([[18, 2, 0], [15, 2, 3], [4, 0, 1]], causes)}
    assert found["better_rate_elsewhere"].trust == "data"
    assert (found["fading"].trust, found["fading"].instead) == ("word", "better_rate_elsewhere")
    assert found["unknown"].trust == "word", "what the data cannot know the customer may"
    few = agreement.judged([[3, 1, 0], [0, 0, 0], [0, 0, 0]], causes)
    assert [one.trust for one in few] == ["cannot_tell"]
