from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.errors import InputError
from tenure.insight import Network


def test_the_supplier_of_a_customers_firm_is_a_prospect_with_its_path_and_reasons() -> None:
    network = Network.of(
        {"from": ["firm", "firm", "an"], "to": ["an", "mill", "bo"], "kind": ["representative", "supply", "family"]},
        {"party_id": ["an", "firm", "bo"], "products": [5, 3, 1], "known": [0.9, 0.5, 0.2], "value": [0, 0, 40]},
    )
    mill, bo = sorted(network.prospects(["an"]).to_pylist(), key=lambda row: row["party_id"], reverse=True)
    assert mill["chance"] == pytest.approx(0.9 * 0.9 * 0.5) and mill["expected"] == pytest.approx(mill["chance"])
    assert (mill["introducer_id"], mill["through_id"], mill["steps"]) == ("an", "firm", 2)
    assert mill["kinds"] == ["representative", "supply"]
    assert [r["code"] for r in mill["reasons"]] == ["not_a_customer", "tie_representative", "tie_supply"]
    assert bo["chance"] == pytest.approx(0.72) and bo["expected"] == pytest.approx(0.72 * 40)
    assert (bo["through_id"], bo["steps"], bo["reasons"][0]["code"]) == (None, 1, "few_products")


def test_a_customer_with_many_products_is_no_prospect() -> None:
    edges = {"from": ["an"], "to": ["bo"], "kind": ["family"]}
    many = Network.of(edges, {"party_id": ["an", "bo"], "products": [5, 4]})
    assert many.prospects(["an"]).num_rows == 0
    assert many.prospects(["an"], few_products=4).num_rows == 1


def test_good_customers_are_named_or_marked() -> None:
    network = Network.of(
        {"from": ["an", "bo", "cy", "di"], "to": ["bo", "cy", "di", "ed"], "kind": ["family"] * 4},
        {"party_id": ["an", "cy"], "products": [5, 5]},
    )
    marked = np.isin(network.ids.to_pylist(), ["an", "cy"])
    assert network.prospects(marked) == network.prospects(["an", "cy"])
    with pytest.raises(InputError, match="lengths"):
        network.prospects(marked[:-1])
    with pytest.raises(InputError, match="no good customer"):
        network.prospects(np.zeros(5, dtype=bool))


def test_who_was_a_customer_once_is_to_be_won_back() -> None:
    network = Network.of(
        {"from": ["an", "an"], "to": ["bo", "cy"], "kind": ["family", "supply"]},
        {"party_id": ["an", "bo", "cy"], "customer": [1, 0, 0], "since": ["2020-01-01", "2021-01-01", None]},
    )
    codes = {row["party_id"]: row["reasons"][0]["code"] for row in network.prospects(["an"]).to_pylist()}
    assert codes == {"bo": "former_customer", "cy": "not_a_customer"}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 99)), min_size=1, max_size=25),
    st.sets(st.integers(0, 4), min_size=1),
)
def test_each_prospect_has_its_best_path_and_the_ways_through_different_neighbours(
    ties: list[tuple[int, int, int]], good: set[int]
) -> None:
    known = [0.3, 0.5, 0.7, 0.8, 0.9]
    network = Network.of(
        {
            "from": [a for a, *_ in ties],
            "to": [b for _, b, _ in ties],
            "kind": ["supply"] * len(ties),
            "weight": [w / 100 for *_, w in ties],
        },
        {"party_id": list(range(10)), "customer": [1] * 5 + [0] * 5, "known": known + [0.0] * 5},
    )
    strongest: dict[frozenset[int], float] = {}
    for a, b, w in ties:
        if a != b:
            strongest[frozenset((a, b))] = max(strongest.get(frozenset((a, b)), 0), w / 100)

    def tie(a: int, b: int) -> float:
        return strongest.get(frozenset((a, b)), 0.0)

    expected: dict[int, dict[str, Any]] = {}
    for target in range(5, 10):
        direct = max((known[g] * tie(g, target) for g in good), default=0.0)
        through = [
            max(known[g] * tie(g, middle) * tie(middle, target) for g in good)
            for middle in range(10)
            if middle not in good and middle != target
        ]
        chances = [chance for chance in (direct, *through) if chance > 0]
        if chances:
            missed = 1.0
            for chance in chances:
                missed *= 1 - chance
            expected[target] = {"chance": 1 - missed, "ways": len(chances)}
    got = {row["party_id"]: row for row in network.prospects(good).to_pylist()}
    assert set(got) == set(expected)
    for target, row in got.items():
        assert row["chance"] == pytest.approx(expected[target]["chance"])
        assert row["ways"] == expected[target]["ways"]
    ranked = network.prospects(good)["expected"].to_pylist()
    assert all(a >= b for a, b in itertools.pairwise(ranked))


def test_prospects_of_nobody_are_refused() -> None:
    with pytest.raises(InputError, match="no good customer"):
        Network.of({"from": ["a"], "to": ["b"], "kind": ["family"]}).prospects([])
