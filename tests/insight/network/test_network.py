from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tenure.errors import InputError
from tenure.insight import Network

EDGES = {"from": ["an", "bo", "an"], "to": ["bo", "shop", "shop"], "kind": ["family", "employer", "ownership"]}


def test_the_network_is_the_same_from_whatever_frame_and_in_whatever_order() -> None:
    turned = {name: values[::-1] for name, values in EDGES.items()}
    made = [Network.of(each) for each in (EDGES, pd.DataFrame(EDGES), pl.DataFrame(EDGES), pa.table(EDGES), turned)]
    for network in made:
        assert network.ids.to_pylist() == ["an", "bo", "shop"]
        assert (network.acquaintance[0].toarray() == made[0].acquaintance[0].toarray()).all()


def test_a_tie_with_oneself_is_left_out_and_counted_and_of_two_tellings_the_heavier_stands() -> None:
    network = Network.of(
        {"from": [1, 1, 1], "to": [1, 2, 2], "kind": ["supply"] * 3, "weight": [0.9, None, 0.7]},
    )
    assert (len(network.ties), network.self_ties, network.repeated) == (1, 1, 1)
    assert network.ties.weight.tolist() == [0.7]


def test_one_bond_told_three_times_is_as_strong_as_its_strongest_telling() -> None:
    network = Network.of({"from": ["a"] * 3, "to": ["b"] * 3, "kind": ["household", "family", "account"]})
    strength, kind = network.acquaintance
    assert strength.toarray().tolist() == [[0, 0.9], [0.9, 0]]
    assert list(network.kinds)[int(kind[0, 1]) - 1] == "household"


def test_nobody_knows_all_of_five_hundred_colleagues() -> None:
    crowd = Network.of({"from": list(range(1, 501)), "to": [0] * 500, "kind": ["employer"] * 500})
    assert crowd.strengths == pytest.approx(np.full(500, 0.3 * 50 / 500))
    few = Network.of({"from": list(range(1, 51)), "to": [0] * 50, "kind": ["employer"] * 50})
    assert few.strengths == pytest.approx(np.full(50, 0.3))


def test_a_share_held_is_no_strength_of_acquaintance() -> None:
    network = Network.of({"from": ["firm"], "to": ["an"], "kind": ["ownership"], "weight": [0.01]})
    assert network.strengths.tolist() == [0.8]


def test_parties_without_a_tie_and_ties_without_a_listed_party_are_both_in() -> None:
    network = Network.of(EDGES, {"party_id": ["zoe", "an"], "known": [0.5, 0.7]})
    assert network.ids.to_pylist() == ["an", "bo", "shop", "zoe"]
    assert network.parties.customer.tolist() == [True, False, False, True]
    assert network.parties.known.tolist() == [0.7, 0, 0, 0.5]
    assert network.parties.value.tolist() == [0, 1, 1, 0]


def test_suppliers_and_buyers_stand_on_their_own_sides_of_a_company() -> None:
    chain = Network.of(
        {"from": ["shop", "firm", "mill", "firm"], "to": ["firm", "mill", "mine", "press"], "kind": ["supply"] * 4}
    )
    found = chain.supply_chain("firm").to_pylist()
    assert sorted((r["party_id"], r["side"], r["steps"]) for r in found) == [
        ("mill", "supplier", 1),
        ("mine", "supplier", 2),
        ("press", "supplier", 1),
        ("shop", "buyer", 1),
    ]
    assert chain.supply_chain("mine", up=3, down=1).to_pylist() == [{"party_id": "mill", "side": "buyer", "steps": 1}]


@pytest.mark.parametrize(
    ("edges", "people", "words"),
    [
        ({"from": ["a"], "to": ["b"]}, None, "no column kind"),
        ({"from": ["a"], "to": ["b"], "kind": ["rival"]}, None, "no such kind of tie: rival"),
        ({"from": ["a", None], "to": ["b", "c"], "kind": ["family"] * 2}, None, "row 2 names no party"),
        ({"from": ["a"], "to": ["b"], "kind": ["ownership"], "weight": [51.0]}, None, "at most 1"),
        ({"from": ["a"], "to": ["b"], "kind": ["family"], "since": ["soon"]}, None, "not a day"),
        ({"from": [1.5], "to": [2.0], "kind": ["family"]}, None, "whole numbers"),
        (EDGES, {"party_id": ["an", "an"]}, "more than once"),
        (EDGES, {"name": ["an"]}, "no column party_id"),
        ({"from": [1], "to": [2], "kind": ["family"]}, {"party_id": [1], "known": [1.2]}, "known"),
    ],
)
def test_what_is_wrong_with_the_tables_is_said(edges: object, people: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Network.of(edges, people)


def test_a_party_outside_the_network_is_named() -> None:
    with pytest.raises(InputError, match="not in the network: nobody"):
        Network.of(EDGES).introductions("nobody")
    with pytest.raises(InputError, match="not in the network"):
        Network.of(EDGES).groups().members("nobody")
    with pytest.raises(InputError, match="named by"):
        Network.of(EDGES).positions([3])


@pytest.mark.parametrize("name", [lambda k: f"客户{k:04d}x{'é' * (k % 3)}", lambda k: 7 * k - 3_000])
def test_a_few_parties_are_found_where_many_are(name: Callable[[int], Any]) -> None:
    """Few names are looked up one by one, many at once: the same places, and whoever is missing is named."""
    parties = [name(k) for k in range(1_000)]
    network = Network.of({"from": parties[:-1], "to": parties[1:], "kind": ["family"] * 999})
    every = network.positions(parties)
    assert sorted(every.tolist()) == list(range(1_000))
    for k in (0, 1, 499, 998, 999):
        assert network.positions([parties[k]]) == every[k]
    assert network.names(network.positions(parties[3:9])) == parties[3:9]
    for absent in (name(5_000), name(-5_000)):
        with pytest.raises(InputError, match=str(absent)):
            network.positions([parties[0], absent])
    with pytest.raises(InputError):
        network.positions([None])


def test_a_bank_without_ties_has_a_network_without_ties() -> None:
    empty = pa.table({name: pa.array([], pa.string()) for name in ("from", "to", "kind")})
    network = Network.of(empty, {"party_id": ["an"]})
    assert len(network) == 1 and len(network.groups()) == 1
    assert network.ownership().ultimate.num_rows == network.influence().num_rows == 0
    assert network.introductions("an") == []
    assert network.prospects(["an"]).num_rows == 0
    assert len(Network.of(empty)) == len(Network.of(empty).groups()) == 0
