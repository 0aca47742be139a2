from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.errors import InputError
from tenure.insight import Network
from tenure.insight.network import KINDS, Conversion, conversions


def certain(**chances: float) -> dict[str, Conversion]:
    """Chances by kind that are as good as known."""
    prior = conversions([], [], [], KINDS)
    sure = {
        kind: Conversion(kind, prior[kind].rate, "fitted", chance * 1e9, (1 - chance) * 1e9)
        for kind, chance in chances.items()
    }
    return {**prior, **sure}


def of(network: Network, party: object, **chances: float) -> float:
    rows = network.influence(certain(**chances), draws=2).to_pylist()
    return next((row["influence"] for row in rows if row["party_id"] == party), 0.0)


def test_on_a_chain_each_step_must_succeed_and_counts_less() -> None:
    chain = Network.of(
        {"from": ["an", "b", "c", "d"], "to": ["b", "c", "d", "e"], "kind": ["family"] * 4},
        {"party_id": ["an", "b", "c", "d", "e"], "customer": [1, 0, 0, 0, 0], "value": [0, 100, 10, 1, 7]},
    )
    expected = 0.2 * 100 + 0.5 * 0.04 * 10 + 0.25 * 0.008 * 1
    assert of(chain, "an", family=0.2) == pytest.approx(expected)
    assert chain.influence(certain(family=0.2), discount=0, draws=2)["influence"].to_pylist() == pytest.approx([20])


def test_a_path_through_another_customer_is_that_customers() -> None:
    network = Network.of({"from": ["an", "bo"], "to": ["bo", "cy"], "kind": ["family"] * 2}, {"party_id": ["an", "bo"]})
    assert of(network, "an", family=0.2) == 0
    assert of(network, "bo", family=0.2) == pytest.approx(0.2)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 100), min_size=2, max_size=8), st.data())
def test_on_a_tree_the_closed_form_is_the_exact_expectation(parents: list[int], data: st.DataObject) -> None:
    parent = {i + 1: p % (i + 1) for i, p in enumerate(parents)}
    kinds = {i: data.draw(st.sampled_from(["family", "supply"])) for i in parent}
    chance = {"family": 0.3, "supply": 0.1}
    network = Network.of(
        {"from": list(parent), "to": list(parent.values()), "kind": list(kinds.values())}, {"party_id": [0]}
    )
    expected = 0.0
    for node in parent:
        p, steps, at = 1.0, 0, node
        while at:
            p, steps, at = p * chance[kinds[at]], steps + 1, parent[at]
        expected += p * 0.5 ** (steps - 1) if steps <= 3 else 0
    assert of(network, 0, **chance) == pytest.approx(expected, rel=1e-6)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=4, max_size=14), st.integers(0, 99))
def test_the_closed_form_is_never_below_the_simulation(pairs: list[tuple[int, int]], seed: int) -> None:
    pairs = [*pairs, (0, 1)]
    network = Network.of(
        {"from": [a for a, _ in pairs], "to": [b for _, b in pairs], "kind": ["family"] * len(pairs)}, {"party_id": [0]}
    )
    simulated = network.simulated_influence(0, certain(family=0.4), runs=2_000, seed=seed)
    assert simulated.value is not None and simulated.low is not None
    spread = simulated.value - simulated.low
    assert of(network, 0, family=0.4) >= simulated.value - 2.5 * spread


def test_on_a_tree_the_simulation_finds_the_closed_form() -> None:
    network = Network.of({"from": [0, 0, 1, 2, 3], "to": [1, 2, 3, 4, 5], "kind": ["family"] * 5}, {"party_id": [0]})
    found = network.simulated_influence(0, certain(family=0.4), runs=20_000, seed=1)
    assert found.low is not None and found.high is not None
    assert found.low < of(network, 0, family=0.4) < found.high
    assert found.high - found.low < 0.05


def test_a_clerk_reaches_the_firms_counter_and_its_owner_its_signature() -> None:
    """S8: who uses and who decides are different people."""
    network = Network.of(
        {"from": ["clerk", "firm"], "to": ["firm", "owner"], "kind": ["employer", "ownership"]},
        {
            "party_id": ["clerk", "owner", "firm"],
            "customer": [1, 1, 0],
            "kind": ["person", "person", "company"],
            "value": [0, 0, 1000],
        },
    )
    rows = {row["party_id"]: row for row in network.influence().to_pylist()}
    assert rows["owner"]["influence"] == rows["owner"]["deciders"] == pytest.approx(1000 * KINDS["ownership"].prior)
    assert rows["clerk"]["deciders"] == 0 and rows["clerk"]["users"] == pytest.approx(1000 * KINDS["employer"].prior)
    assert list(rows) == ["owner", "clerk"]


def test_a_firm_that_leads_to_its_own_staff_decides_nothing_less() -> None:
    network = Network.of(
        {"from": ["clerk"], "to": ["firm"], "kind": ["employer"]},
        {"party_id": ["firm", "clerk"], "customer": [1, 0], "kind": ["company", "person"]},
    )
    [row] = network.influence().to_pylist()
    assert row["users"] == 0 and row["deciders"] == row["influence"] > 0


def test_the_interval_narrows_as_the_banks_own_record_grows() -> None:
    network = Network.of({"from": ["an"], "to": ["bo"], "kind": ["family"]}, {"party_id": ["an"]})

    def width(n: int) -> tuple[float, str]:
        won = [1] * (n // 10) + [0] * (n - n // 10)
        rates = conversions(["family"] * n, won, [1 - w for w in won], KINDS)
        [row] = network.influence(rates, draws=2_000).to_pylist()
        assert row["low"] < row["influence"] < row["high"]
        return row["high"] - row["low"], row["source"]

    (prior, a), (few, b), (many, c) = width(0), width(40), width(4_000)
    assert (a, b, c) == ("prior", "fitted", "fitted")
    assert prior > few > 5 * many


def test_the_interval_of_a_rate_holds_it_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    held = []
    for _ in range(200):
        won = rng.random(150) < 0.08
        rate = conversions(["supply"] * 150, won, ~won, KINDS)["supply"].rate
        assert rate.low is not None and rate.high is not None
        held.append(rate.low <= 0.08 <= rate.high)
    assert np.mean(held) >= 0.90


def test_a_record_that_holds_only_those_who_came_fits_nothing() -> None:
    """A bank's files know an outsider from the day the outsider became a customer: all of them were won."""
    came = conversions(["family"] * 100, [1] * 40 + [0] * 60, [0] * 100, KINDS)["family"]
    assert came.source == "prior" and came.rate.value == pytest.approx(KINDS["family"].prior)
    some = conversions(["family"] * 100, [1] * 40 + [0] * 60, [0] * 40 + [1] * 60, KINDS)["family"]
    assert some.source == "fitted" and some.rate.value == pytest.approx(40.5 / 101)


def test_past_introductions_count_outsiders_beside_a_customer_of_that_day() -> None:
    """won: brought by the very customer; came alone: not; tied only later: not counted at all."""
    network = Network.of(
        {
            "from": ["an", "an", "an", "an", "won", "stays"],
            "to": ["won", "alone", "stays", "later", "an", "bo"],
            "kind": ["family", "family", "family", "family", "referral", "supply"],
            "since": ["2020-01-01", None, "2020-01-01", "2025-06-01", "2025-03-01", None],
        },
        {
            "party_id": ["an", "won", "alone", "later", "bo"],
            "since": ["2019-01-01", "2025-03-01", "2025-04-01", "2025-07-01", "2025-02-01"],
        },
    )
    rates = network.conversions(date(2025, 1, 1), date(2025, 12, 31), fewest=3)
    family = rates["family"]
    assert (family.source, family.rate.n) == ("fitted", 3)
    assert family.rate.value == pytest.approx(1.5 / 4)
    assert (rates["supply"].source, rates["supply"].rate.n) == ("prior", 0)
    before = network.conversions(date(2025, 1, 1), date(2025, 2, 1), fewest=3)
    assert before["family"].rate.value == pytest.approx(0.5 / 4)


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"discount": 1.5}, "discount"), ({"draws": 1}, "draws"), ({"conversion": {}}, "no chance is given")],
)
def test_what_cannot_be_computed_is_refused(asked: dict[str, object], words: str) -> None:
    network = Network.of({"from": ["an"], "to": ["bo"], "kind": ["family"]}, {"party_id": ["an"]})
    with pytest.raises(InputError, match=words):
        network.influence(**asked)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="runs"):
        network.simulated_influence("an", runs=10)
