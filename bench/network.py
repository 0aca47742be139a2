"""The relationship network: the whole of it on real company ownership, and how far contagion's intervals hold.

Run ``python bench/network.py`` (the real relations, beside a plain union–find in Python on the same edges, and 100
planted worlds of each kind) or ``--full`` (400 of each). Target: the whole pipeline on 370,435 relations in seconds.
Prints how many of a demo bank's planted introductions are found, beside what perfect knowledge of the plan would reach
(``--demo`` prints only this); seconds, ratios in one run, and the coverage and verdicts in worlds whose truth is known.
"""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.csv
from _bank import Home, asked, bank

from tenure.insight import Network
from tenure.insight.inputs import TooLittleData
from tenure.insight.months import months_before
from tenure.insight.network import edges_of_bank, people_of_bank
from tenure.insight.network.contagion import measure
from tenure.lake import Lake, connect
from tenure.nightly.run import _newest_day

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "tests"))

from insight.network.worlds import world  # noqa: E402  (the worlds are the tests' own)

IN_THE_BOOKS = "of these along a tie in the books"


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


@dataclass(frozen=True)
class Told:
    """Newcomers whose introducer was asked for; of how many ours, and who knows every planted chance, name them."""

    newcomers: int
    found: int
    ceiling: int


@dataclass(frozen=True)
class Found:
    """Introducers named, by ties in the books and in all; the next year's share by each ranking; ties' shares."""

    brought: int
    introducers: dict[str, Told]
    later: int
    first: int
    rankings: dict[str, int]
    expected: float
    ties: list[tuple[str, dict[str, float], float]]


def measured(home: Home, best: int = 3) -> Found:
    """Introductions found in a demo bank, beside what knowing the planted truth would reach."""
    truth, planted = home.truth("introduction"), home.parties()
    lake, engine = Lake.open(home.lake), connect("duckdb", threads=1)
    snapshot = lake.head()
    until = _newest_day(lake, snapshot)
    tables = {name: ibis.memtable(engine.arrow(engine.table(lake, snapshot, name))) for name in ("party", "relation")}

    def network(as_of: date, **without: str) -> Network:
        ties = tables["relation"]
        if without:
            ties = ties.filter(ties.kind != without["kind"])
        seen = {"party": tables["party"], "relation": ties}
        seen["party"] = seen["party"].filter(seen["party"].since <= as_of)
        return Network.of(engine.arrow(edges_of_bank(seen, as_of)), engine.arrow(people_of_bank(seen, as_of)))

    # who brought this newcomer? asked without looking at the referrals told
    blind, could = network(until, kind="referrer"), defaultdict(list)
    for row in truth:
        could[row["party_id"]].append(row)
    asked_of = [row for row in truth if row["brought"] and row["introducer_id"].startswith("1")]
    known = set(blind.ids.to_pylist())
    asked_of = [row for row in asked_of if row["party_id"] in known and row["introducer_id"] in known]
    introducers = {}
    for name, told in (
        ("all who were brought by a person", asked_of),
        (IN_THE_BOOKS, [row for row in asked_of if row["tie"] != "friend"]),
    ):
        ours = sum(row["introducer_id"] in _listed(blind, row["party_id"], best) for row in told)
        ceiling = 0
        for row in told:
            first = sorted(could[row["party_id"]], key=lambda one: -one["chance"])[:best]
            ceiling += row["introducer_id"] in [one["introducer_id"] for one in first]
        introducers[name] = Told(len(told), ours, ceiling)
    # who will bring the next? the record up to a year ago, the year ahead of it
    middle, start = months_before(until, 12), months_before(until, home.months)
    try:
        expected = network(middle).introducers(start, middle).to_pylist()
    except TooLittleData as few:
        print(f"who will bring the next: {few}")
        expected = []
    later = Counter(row["introducer_id"] for row in truth if row["brought"] and row["came_on"] > middle)
    chances: Counter[str] = Counter()
    for row in truth:
        if row["came_on"] > middle:
            chances[row["introducer_id"]] += row["chance"]
    there = [row["party_id"] for row in expected]
    size = len(there) // 50
    rankings = {
        "ours": there,
        "knowing who is a connector": sorted(there, key=lambda who: not planted[who]["connector"]),
        "knowing also who will come and all chances": sorted(there, key=lambda who: -chances[who]),
        "hindsight": sorted(there, key=lambda who: -later[who]),
    }
    # how many come along each tie: the books beside the truth
    recorded = Counter(row["tie"] for row in truth if row["recorded"])
    had = {tie: len({row["party_id"] for row in truth if row["tie"] == tie}) for tie in recorded}
    names = {"employer": "colleague"}
    arrivals = network(until).arrivals(start, until).to_pylist()
    shares = [(names.get(row["kind"], row["kind"]), row) for row in arrivals]
    return Found(
        brought=sum(row["brought"] for row in truth),
        introducers=introducers,
        later=sum(later[who] for who in there),
        first=size,
        rankings={name: sum(later[who] for who in ranked[:size]) for name, ranked in rankings.items()},
        expected=sum(row["expected"] for row in expected),
        ties=[(tie, row, recorded[tie] / had[tie]) for tie, row in shares if tie in recorded and tie != "friend"],
    )


def demo(home: Home) -> None:
    """The introductions of a demo bank, printed."""
    got = measured(home)
    print(f"demo bank of {home.months} months: {got.brought:,} newcomers were brought")
    for name, told in got.introducers.items():
        n = max(told.newcomers, 1)
        print(
            f"  network introductions found, {name} ({told.newcomers}): among our first 3 {told.found / n:.1%}", end=""
        )
        print(f", knowing every planted chance {told.ceiling / n:.1%}: ", end="")
        print(f"{told.found / max(told.ceiling, 1):.0%} of the ceiling")
    print(f"  next year's {got.later} introductions brought by the first 2 % ({got.first}) of customers:")
    for name, brought in got.rankings.items():
        print(f"    {name:44} {brought / max(got.later, 1):6.1%}")
    print(f"    expected in all {got.expected:.0f} (four in five are told), came {got.later}")
    print("  share of newcomers with such a tie who were brought along it, told (95 %) and planted in the books:")
    for tie, row, share in got.ties:
        print(f"    {tie:16} {row['share']:6.1%} ({row['low']:.1%} to {row['high']:.1%})  {share:6.1%}")


def main() -> None:
    """Everything, one after the other."""
    parser = asked(__doc__)
    parser.add_argument("--data", type=Path, default=PROJECT.parent / "shared" / "data", help="folder of the real data")
    parser.add_argument("--demo", action="store_true", help="only what is found of the demo bank's introductions")
    given = parser.parse_args()
    with bank(given) as home:
        demo(home)
    if given.demo:
        return
    path = given.data / "gleif" / "relations.csv.gz"
    if path.is_file():
        relations(path)
    else:
        print(f"the real relations are not at {path}: left out")
    contagion(400 if given.full else 100)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main()
