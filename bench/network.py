"""The relationship network: the whole of it on real company ownership, and how far contagion's intervals hold.

Run ``python bench/network.py`` (the real relations, beside a plain union–find in Python on the same edges, and 100
planted worlds of each kind) or ``--full`` (400 of each). Target: the whole pipeline on 370,435 relations in seconds.
Prints seconds, ratios in one run, and the coverage and verdicts in worlds whose truth is known.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from tenure.insight import Network
from tenure.insight.network.contagion import measure

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "tests"))

from insight.network.worlds import world  # noqa: E402  (the worlds are the tests' own)


def union_find(source: list[int], target: list[int]) -> int:
    """Groups by the textbook, to set the speed against."""
    root: dict[int, int] = {}

    def top(x: int) -> int:
        while root.setdefault(x, x) != x:
            root[x] = root[root[x]]
            x = root[x]
        return x

    for a, b in zip(source, target, strict=True):
        root[top(a)] = top(b)
    return sum(x == top(x) for x in root)


def relations(path: Path) -> None:
    """Every step on the real relations."""
    table = pyarrow.csv.read_csv(path)
    edges = pa.table(
        {"from": table["START_ID"], "to": table["END_ID"], "kind": pa.array(["ownership"] * table.num_rows)}
    )
    spent = {}

    def timed(name: str, step):
        begin = time.perf_counter()
        found = step()
        spent[name] = time.perf_counter() - begin
        return found

    bare = timed("network from edges", lambda: Network.of(edges))
    people = pa.table({"party_id": bare.ids, "customer": (np.arange(len(bare)) % 10 == 0).astype(int)})
    network = Network.of(edges, people)
    groups = timed("groups", lambda: network.groups(["ownership"]))
    owners = network.ownership()
    circles = timed("circles", lambda: owners.circles)
    ultimate = timed("ultimate owners", lambda: owners.ultimate)
    timed("acquaintance", lambda: network.acquaintance)
    best = timed("influence, 200 draws", lambda: network.influence())
    timed("prospects of the best 100", lambda: network.prospects(best["party_id"].to_pylist()))
    timed("introductions to 100", lambda: [network.introductions(i) for i in network.ids[:100].to_pylist()])
    print(f"{table.num_rows:,} relations, {len(network):,} parties, {len(network.ties):,} different ties")
    print(
        f"{len(groups):,} groups, largest {groups.sizes.max():,}; {len(circles)} circles; {ultimate.num_rows:,} owners"
    )
    for name, seconds in spent.items():
        print(f"  {name:28} {seconds:7.3f} s")
    print(f"  {'all':28} {sum(spent.values()):7.3f} s")
    source, target = edges["from"].to_pylist(), edges["to"].to_pylist()
    begin = time.perf_counter()
    assert union_find(source, target) == len(groups)
    plain = time.perf_counter() - begin
    ours = spent["network from edges"] + spent["groups"]
    print(f"  groups by plain union–find   {plain:7.3f} s: {plain / ours:.1f} × ours, edges to groups")


def contagion(worlds: int) -> None:
    """Coverage, bias and verdicts where the truth is planted."""
    print(f"contagion, {worlds} worlds each of 6,000 people in groups of 4, 36 months")
    print("  truth  likeness  hazard  mean ratio  coverage  no placebo  verdicts")
    for ratio, likeness, hazard in ((1.0, 0.0, 0.01), (1.0, 1.0, 0.01), (1.0, 1.5, 0.006), (2.5, 1.0, 0.01)):
        held, logs, naive, verdicts = [], [], [], Counter()
        for seed in range(1000, 1000 + worlds):
            w = world(seed, ratio=ratio, likeness=likeness, hazard=hazard)
            got = measure(w.source, w.target, w.left, 0, 35, strata=w.strata, permutations=39)
            verdicts[got.verdict] += 1
            if got.hazard_ratio.can_tell:
                held.append(got.hazard_ratio.low <= ratio <= got.hazard_ratio.high)
                logs.append(np.log(got.hazard_ratio.value))
                naive.append(got.hazard_ratio.value * got.likeness.value)
        print(
            f"  {ratio:5.1f}  {likeness:8.1f}  {hazard:6.3f}  {np.exp(np.mean(logs)):10.3f}  {np.mean(held):8.1%}"
            f"  {np.mean(naive):10.2f}  {dict(verdicts)}"
        )


def main() -> None:
    """Everything, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="400 worlds of each kind instead of 100")
    parser.add_argument("--data", type=Path, default=PROJECT.parent / "shared" / "data", help="folder of the real data")
    asked = parser.parse_args()
    path = asked.data / "gleif" / "relations.csv.gz"
    if path.is_file():
        relations(path)
    else:
        print(f"the real relations are not at {path}: left out")
    contagion(400 if asked.full else 100)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main()
