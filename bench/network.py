"""The relationship network: the whole of it on real company ownership, and how far contagion's intervals hold.

Run ``python bench/network.py`` (the real relations, beside a plain union–find in Python on the same edges, and 100
planted worlds of each kind) or ``--full`` (400 of each). Target: the whole pipeline on 370,435 relations in seconds.
Prints seconds, ratios in one run, and the coverage and verdicts in worlds whose truth is known. ``--demo`` prints how
many of the demo bank's planted introductions are found, beside what perfect knowledge of the plan would reach.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from tenure.demo import DemoBank, build
from tenure.insight import Network
from tenure.insight.network import edges_of_bank, people_of_bank
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


def _listed(network: Network, newcomer: str, best: int) -> list[str]:
    """Who could have introduced a newcomer, by our paths: people only, the best first, each once."""
    found: list[str] = []
    for path in network.introductions(newcomer, best=40, steps=2):
        if path.parties[0].startswith("1") and path.parties[0] not in found:
            found.append(path.parties[0])
    return found[:best]


def demo(customers: int, best: int = 3) -> None:
    """Introductions found in the demo bank, beside what knowing the planted truth would reach."""
    settings = DemoBank(customers=customers, months=36, until=date(2026, 6, 30), activity=0.2, last_days=1)
    with tempfile.TemporaryDirectory() as folder:
        built = build(settings, Path(folder) / "bank")
        newest = built.deliveries[-1].tables
        party, relation = (pq.read_table(newest[name]) for name in ("party", "relation"))
        truth = pq.read_table(built.truth / "introduction.parquet").to_pylist()
        connectors = pq.read_table(built.truth / "party.parquet", columns=["party_id", "connector"]).to_pylist()
    tables = {
        name: ibis.memtable(table.cast(pa.schema([field.with_nullable(True) for field in table.schema])))
        for name, table in (("party", party), ("relation", relation))
    }
    engine = ibis.duckdb.connect(threads=1)

    def network(as_of: date, **without: str) -> Network:
        ties = tables["relation"]
        if without:
            ties = ties.filter(ties.kind != without["kind"])
        seen = {"party": tables["party"], "relation": ties}
        seen["party"] = seen["party"].filter(seen["party"].since <= as_of)
        return Network.of(engine.to_pyarrow(edges_of_bank(seen, as_of)), engine.to_pyarrow(people_of_bank(seen, as_of)))

    print(f"demo bank of {customers:,}: {sum(row['brought'] for row in truth):,} newcomers were brought")
    # who brought this newcomer? asked without looking at the referrals told
    blind, could = network(settings.until, kind="referrer"), defaultdict(list)
    for row in truth:
        could[row["party_id"]].append(row)
    asked = [row for row in truth if row["brought"] and row["introducer_id"].startswith("1")]
    known = set(blind.ids.to_pylist())
    asked = [row for row in asked if row["party_id"] in known and row["introducer_id"] in known]
    for name, told in (
        ("all who were brought by a person", asked),
        ("of these along a tie in the books", [row for row in asked if row["tie"] != "friend"]),
    ):
        ours = sum(row["introducer_id"] in _listed(blind, row["party_id"], best) for row in told)
        ceiling = 0
        for row in told:
            first = sorted(could[row["party_id"]], key=lambda one: -one["chance"])[:best]
            ceiling += row["introducer_id"] in [one["introducer_id"] for one in first]
        n = len(told)
        print(f"  network introductions found, {name} ({n}): among our first {best} {ours / n:.1%}", end="")
        print(f", knowing every planted chance {ceiling / n:.1%}: {ours / ceiling:.0%} of the ceiling")
    # who will bring the next? two years of record, one year ahead
    start, middle = date(2023, 7, 1), date(2025, 6, 30)
    expected = network(middle).introducers(start, middle).to_pylist()
    later = Counter(row["introducer_id"] for row in truth if row["brought"] and row["came_on"] > middle)
    chances = Counter()
    for row in truth:
        if row["came_on"] > middle:
            chances[row["introducer_id"]] += row["chance"]
    there = [row["party_id"] for row in expected]
    total = sum(later[who] for who in there)
    size = len(there) // 50
    friendly = {row["party_id"] for row in connectors if row["connector"]}
    rankings = {
        "ours": there,
        "knowing who is a connector": sorted(there, key=lambda who: who not in friendly),
        "knowing also who will come and all chances": sorted(there, key=lambda who: -chances[who]),
        "hindsight": sorted(there, key=lambda who: -later[who]),
    }
    print(f"  next year's {total} introductions brought by the first 2 % ({size}) of customers:")
    for name, ranked in rankings.items():
        print(f"    {name:44} {sum(later[who] for who in ranked[:size]) / total:6.1%}")
    print(f"    expected in all {sum(row['expected'] for row in expected):.0f} (four in five are told), came {total}")
    # how many come along each tie: the books beside the truth
    start = settings.until.replace(year=settings.until.year - 3)
    recorded = Counter(row["tie"] for row in truth if row["recorded"])
    had = {tie: len({row["party_id"] for row in truth if row["tie"] == tie}) for tie in recorded}
    names = {"employer": "colleague"}
    print("  share of newcomers with such a tie who were brought along it, told (95 %) and planted in the books:")
    for row in network(settings.until).arrivals(start, settings.until).to_pylist():
        tie = names.get(row["kind"], row["kind"])
        if tie in recorded and tie != "friend":
            print(
                f"    {tie:16} {row['share']:6.1%} ({row['low']:.1%} to {row['high']:.1%})"
                f"  {recorded[tie] / had[tie]:6.1%}"
            )


def main() -> None:
    """Everything, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="400 worlds of each kind instead of 100")
    parser.add_argument("--data", type=Path, default=PROJECT.parent / "shared" / "data", help="folder of the real data")
    parser.add_argument("--demo", action="store_true", help="only what is found of the demo bank's introductions")
    parser.add_argument("--customers", type=int, default=10_000, help="customers of that demo bank")
    asked = parser.parse_args()
    if asked.demo:
        demo(asked.customers)
        return
    path = asked.data / "gleif" / "relations.csv.gz"
    if path.is_file():
        relations(path)
    else:
        print(f"the real relations are not at {path}: left out")
    contagion(400 if asked.full else 100)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main()
