"""Who brings newcomers, and along which ties they come: as the bank's own referrals tell it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.network import Network

START, AS_OF = date(2024, 1, 1), date(2026, 1, 1)
LONG_AGO = date(2015, 1, 1)


def network(edges: list[tuple[str, str, str, date | None]], people: dict[str, date | None]) -> Network:
    told = pa.table(
        {
            "from": pa.array([e[0] for e in edges], pa.string()),
            "to": pa.array([e[1] for e in edges], pa.string()),
            "kind": pa.array([e[2] for e in edges], pa.string()),
            "since": pa.array([e[3] for e in edges], pa.date32()),
        }
    )
    known = pa.table(
        {
            "party_id": list(people),
            "customer": [int(since is not None) for since in people.values()],
            "since": pa.array(list(people.values()), pa.date32()),
        }
    )
    return Network.of(told, known)


def town(seed: int, customers: int = 4000, connectors: float = 0.02, rates: tuple[float, float] = (0.01, 0.8)) -> tuple:
    """Customers of two tempers; everybody they bring in two years, and what they bring in the third."""
    rng = np.random.default_rng(seed)
    true = np.where(rng.random(customers) < connectors, rates[1], rates[0])
    people: dict[str, date | None] = {f"c{i}": LONG_AGO for i in range(customers)}
    edges = []
    for i in np.repeat(np.arange(customers), rng.poisson(true * 2)):
        came = START + timedelta(days=1 + int(rng.integers(0, 720)))
        people[f"n{len(edges)}"] = came
        edges.append((f"n{len(edges)}", f"c{i}", "referral", came))
    return network(edges, people), true, rng.poisson(true)


def test_who_brought_many_is_expected_to_bring_more_and_less_than_before() -> None:
    net, _, _ = town(1)
    found = {row["party_id"]: row for row in net.introducers(START, AS_OF).to_pylist()}
    best = max(found.values(), key=lambda row: row["brought"])
    idle = next(row for row in found.values() if not row["brought"])
    assert best["expected"] > 10 * idle["expected"] > 0
    # a record is partly luck: nobody is expected to go on quite as well as the best did
    assert best["expected"] < best["brought"] / 2
    assert best["low"] < best["expected"] < best["high"]


def test_what_is_expected_of_the_first_hundred_comes_true() -> None:
    ratio, ours, ceiling = [], 0, 0
    for seed in range(8):
        net, true, brings = town(seed)
        top = net.introducers(START, AS_OF).slice(0, 100).to_pylist()
        came = sum(int(brings[int(row["party_id"][1:])]) for row in top if row["party_id"].startswith("c"))
        ratio.append(came / sum(row["expected"] for row in top))
        ours += came
        ceiling += int(brings[np.argsort(-true)[:100]].sum())
    assert 0.85 < np.mean(ratio) < 1.15
    assert ours > 0.6 * ceiling


def test_where_all_are_alike_a_record_is_luck() -> None:
    net, _, _ = town(3, rates=(0.1, 0.1))
    found = net.introducers(START, AS_OF)
    expected = found["expected"].to_numpy()
    assert expected.max() < 1.6 * np.median(expected)
    assert found["brought"].to_numpy().max() >= 2


def test_a_short_record_tells_nothing() -> None:
    people = {"a": LONG_AGO, "b": date(2024, 6, 1)}
    with pytest.raises(TooLittleData, match="1 referrals"):
        network([("b", "a", "referral", date(2024, 6, 1))], people).introducers(START, AS_OF)
    with pytest.raises(InputError, match="is not after"):
        network([("b", "a", "referral", date(2024, 6, 1))], people).introducers(AS_OF, START)


def test_what_happened_after_the_day_is_not_known() -> None:
    net, _, _ = town(4)
    early = date(2025, 7, 1)
    told = net.introducers(START, early)
    ids, brought = told["party_id"].to_pylist(), told["brought"].to_numpy()
    assert all(int(i[1:]) >= 0 for i in ids)
    came_by_then = sum(1 for since in net.parties.since if np.datetime64(START) < since <= np.datetime64(early))
    assert brought.sum() == came_by_then


def test_newcomers_are_counted_by_the_ties_they_had() -> None:
    came = date(2025, 3, 1)
    people = {
        "mother": LONG_AGO, "firm": LONG_AGO, "clerk": LONG_AGO, "friend": LONG_AGO,
        "son": came, "colleague": came, "stranger": came, "daughter": came,
    }  # fmt: skip
    edges = [
        ("son", "mother", "family", came), ("son", "mother", "referral", came),
        ("daughter", "mother", "family", came),
        ("clerk", "firm", "employer", None), ("colleague", "firm", "employer", came),
        ("colleague", "clerk", "referral", came),
        ("stranger", "friend", "referral", came),
    ]  # fmt: skip
    rows = {row["kind"]: row for row in network(edges, people).arrivals(START, AS_OF).to_pylist()}
    assert {k: (r["newcomers"], r["brought"]) for k, r in rows.items()} == {
        "family": (2, 1), "employer": (1, 1), "untold": (4, 1), "any": (4, 3),
    }  # fmt: skip
    assert rows["family"]["low"] < 0.5 < rows["family"]["high"]


def test_a_tie_to_somebody_younger_brings_nobody() -> None:
    people = {"old": date(2025, 1, 1), "new": date(2025, 6, 1)}
    rows = network([("old", "new", "family", None)], people).arrivals(START, AS_OF).to_pylist()
    assert {row["kind"]: row["newcomers"] for row in rows} == {"family": 1, "untold": 2, "any": 2}


def test_newcomers_without_any_other_tie_are_untold() -> None:
    people = {"old": LONG_AGO, "new": date(2025, 6, 1)}
    rows = network([("new", "old", "referral", date(2025, 6, 1))], people).arrivals(START, AS_OF).to_pylist()
    assert {row["kind"]: row["brought"] for row in rows} == {"untold": 1, "any": 1}


def test_without_newcomers_there_is_nothing_to_tell() -> None:
    with pytest.raises(TooLittleData, match="nobody became"):
        network([("a", "b", "family", None)], {"a": LONG_AGO, "b": LONG_AGO}).arrivals(START, AS_OF)
