from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.insight import concentration

from .tables import rows, values

AMOUNTS = st.lists(st.integers(1, 10**12), min_size=1, max_size=60)


def _of(amounts: list[int]) -> dict[str, Any]:
    t = values(org_id=["o"] * len(amounts), aum=amounts)
    return rows(concentration.of_groups(t, "org_id", "aum"), "org_id")["o"]


def _gini(amounts: list[int]) -> Fraction:
    """Half the mean difference of all pairs, relative to the mean."""
    n, total = len(amounts), sum(amounts)
    return Fraction(sum(abs(a - b) for a in amounts for b in amounts), 2 * n * total)


@settings(max_examples=15, deadline=None)
@given(AMOUNTS)
def test_gini_equals_the_mean_difference_of_all_pairs(amounts: list[int]) -> None:
    got = _of(amounts)
    assert got["gini"] == pytest.approx(float(_gini(amounts)), abs=2e-6)
    assert 0 <= got["gini"] < 1


@settings(max_examples=10, deadline=None)
@given(AMOUNTS, st.integers(2, 1_000))
def test_concentration_does_not_depend_on_the_unit_of_money(amounts: list[int], scale: int) -> None:
    one, other = _of(amounts), _of([a * scale for a in amounts])
    assert one["gini"] == pytest.approx(other["gini"], abs=1e-6)
    assert one["lorenz"] == other["lorenz"]


@settings(max_examples=10, deadline=None)
@given(AMOUNTS)
def test_the_lorenz_curve_rises_below_the_diagonal_and_agrees_with_the_top_fifth(amounts: list[int]) -> None:
    got = _of(amounts)
    points = json.loads(got["lorenz"])
    assert len(points) == 21 and points[0] == [0, 0] and points[-1] == [1, 1]
    shares = [share for _, share in points]
    assert shares == sorted(shares)
    assert all(share <= part + 1e-6 for part, share in points)
    assert got["top_fifth_share"] == pytest.approx(1 - shares[16], abs=2e-6)


def test_the_top_fifth_of_five_is_the_richest_one() -> None:
    got = _of([1, 1, 1, 1, 6])
    assert (got["customers"], got["aum"]) == (5, 10)
    assert got["top_fifth_share"] == pytest.approx(0.6)
    assert got["gini"] == pytest.approx(0.4)


def test_the_customer_on_the_boundary_is_counted_in_part() -> None:
    """A fifth of three customers is three fifths of the richest."""
    assert _of([10, 10, 10])["top_fifth_share"] == pytest.approx(0.2)


def test_who_has_nothing_is_not_among_the_customers_with_assets() -> None:
    assert _of([5, 5, 0, -3])["customers"] == 2
