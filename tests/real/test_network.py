"""Real company ownership (GLEIF): every figure of the network against another, simple way to get it."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tenure.insight import Network

pytestmark = pytest.mark.real

Pairs = list[tuple[int, int]]


@pytest.fixture(scope="module")
def rows(real_data: Path) -> list[tuple[int, int, str, str]]:
    path = real_data / "gleif" / "relations.csv.gz"
    if not path.is_file():
        pytest.skip(f"the real company relations are not at {path}")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        found = csv.reader(file)
        next(found)
        return [(int(a), int(b), kind, status) for a, b, kind, status in found]


@pytest.fixture(scope="module")
def every(rows: list[tuple[int, int, str, str]]) -> Pairs:
    return [(a, b) for a, b, *_ in rows]


@pytest.fixture(scope="module")
def direct(rows: list[tuple[int, int, str, str]]) -> Pairs:
    return [(a, b) for a, b, kind, status in rows if (kind, status) == ("IS_DIRECTLY_CONSOLIDATED_BY", "ACTIVE")]


def network(pairs: Pairs, people: object = None) -> Network:
    a, b = zip(*pairs, strict=True)
    return Network.of(pa.table({"from": a, "to": b, "kind": ["ownership"] * len(pairs)}), people)


@pytest.fixture(scope="module")
def whole(every: Pairs) -> Network:
    return network(every)


def roots(pairs: Pairs) -> dict[int, int]:
    """Each entity's root by union–find."""
    root: dict[int, int] = {}

    def top(x: int) -> int:
        while root.setdefault(x, x) != x:
            root[x] = root[root[x]]
            x = root[x]
        return x

    for a, b in pairs:
        root[top(a)] = top(b)
    return {x: top(x) for x in root}


def cyclic(pairs: Pairs) -> list[set[int]]:
    """Circles by peeling off whoever has no owner left or owns nothing, then a walk from each that remains."""
    up, down = defaultdict(set), defaultdict(set)
    for a, b in pairs:
        if a != b:
            up[a].add(b)
            down[b].add(a)
    core = set(up) & set(down)
    while True:
        loose = {x for x in core if not up[x] & core or not down[x] & core}
        if not loose:
            break
        core -= loose

    def reached(start: int, step: dict[int, set[int]]) -> set[int]:
        seen: set[int] = set()
        todo = [start]
        while todo:
            for after in step[todo.pop()] & core:
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
        return seen

    found = {frozenset(reached(x, up) & reached(x, down)) for x in core}
    return [set(circle) for circle in found if circle]


def test_the_file_is_the_one_the_figures_are_of(every: Pairs, whole: Network) -> None:
    assert len(every) == 370_435 and len(whole) == 264_337
    assert whole.self_ties == sum(a == b for a, b in every) == 2_857
    assert len(whole.ties) == len({(a, b) for a, b in every if a != b}) == 269_466
    assert whole.repeated == 370_435 - 2_857 - 269_466


def test_groups_are_those_of_union_find(every: Pairs, whole: Network) -> None:
    root = roots(every)
    groups = whole.groups(("ownership",))
    assert len(groups) == len(set(root.values())) == 44_185
    assert groups.sizes.max() == 42_582
    by_root: dict[int, int] = {}
    for party, label in zip(groups.ids.to_pylist(), groups.label.tolist(), strict=True):
        assert by_root.setdefault(root[party], label) == label


def test_circles_are_those_left_after_peeling(every: Pairs, direct: Pairs, whole: Network) -> None:
    circles = whole.ownership().circles
    assert {frozenset(circle) for circle in circles} == {frozenset(circle) for circle in cyclic(every)}
    assert len(circles) == 83 and sum(map(len, circles)) == 169
    of_direct = network(direct).ownership().circles
    assert {frozenset(c) for c in of_direct} == {frozenset(c) for c in cyclic(direct)} and len(of_direct) == 11


def test_the_ultimate_owner_is_where_the_chain_of_direct_owners_ends(direct: Pairs) -> None:
    owner: dict[int, set[int]] = defaultdict(set)
    for a, b in direct:
        if a != b:
            owner[a].add(b)
    rings = {member: min(circle) for circle in cyclic(direct) for member in circle}
    got: dict[int, set[int]] = defaultdict(set)
    for row in network(direct).ownership().ultimate.to_pylist():
        got[row["party_id"]].add(row["owner_id"])
    assert set(got) == set(owner) and len(got) == 108_817
    assert sum(map(len, owner.values())) == 108_818  # one company has two direct owners, with one above both
    for entity in owner:
        ends, todo = set(), [entity]
        while todo:
            at = todo.pop()
            if at in rings or at not in owner:
                ends.add(rings.get(at, at))
            else:
                todo += owner[at]
        assert got[entity] == ends


def test_nine_in_ten_chains_end_where_the_entity_itself_says_its_ultimate_owner_is(
    rows: list[tuple[int, int, str, str]], direct: Pairs
) -> None:
    """The register asks for both; where they differ, a link of the chain is not in it."""
    said: dict[int, set[int]] = defaultdict(set)
    for a, b, kind, status in rows:
        if (kind, status) == ("IS_ULTIMATELY_CONSOLIDATED_BY", "ACTIVE"):
            said[a].add(b)
    table = network(direct).ownership().ultimate
    both = [
        (a, b) for a, b in zip(table["party_id"].to_pylist(), table["owner_id"].to_pylist(), strict=True) if a in said
    ]
    assert len(both) == 101_038
    assert sum(said[a] == {b} for a, b in both) == 91_784


def test_the_closed_form_of_influence_is_the_sum_over_all_paths_counted_one_by_one(every: Pairs) -> None:
    """Every tenth entity taken for a customer; the three most influential are counted again path by path."""
    bare = network(every)
    is_customer = np.arange(len(bare)) % 10 == 0
    net = network(every, pa.table({"party_id": bare.ids, "customer": is_customer.astype(int)}))
    customers = set(bare.ids.filter(pa.array(is_customer)).to_pylist())
    near: dict[int, set[int]] = defaultdict(set)
    for a, b in every:
        if a != b:
            near[a].add(b)
            near[b].add(a)
    degree: dict[int, int] = defaultdict(int)
    for a, b in {(a, b) for a, b in every if a != b}:
        degree[a] += 1
        degree[b] += 1

    def chance(a: int, b: int) -> float:
        return 0.10 * min(1.0, 150 / max(degree[a], degree[b]))

    def paths(start: int, before: int | None, steps: int) -> float:
        total = 0.0
        for after in near[start]:
            if after != before and after not in customers:
                onward = paths(after, start, steps - 1) if steps > 1 else 0.0
                total += chance(start, after) * (1 + 0.5 * onward)
        return total

    for row in net.influence(best=3, draws=20).to_pylist():
        assert row["influence"] == pytest.approx(paths(row["party_id"], None, 3), rel=1e-9)
        assert row["low"] < row["influence"] < row["high"] and row["source"] == "prior"
