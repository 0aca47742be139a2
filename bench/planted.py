"""What the product finds of everything that was planted in a demo bank, beside what perfect knowledge would reach.

    python bench/planted.py                       2,000 customers × 30 months, 4 banks for the campaigns
    python bench/planted.py --home HOME --full    20,000 × 36 in HOME (such as var), 20 banks for the campaigns

One bank, built or reused as `tenure demo` does, with its night; then one table: the figure, what was found, the ceiling
and the share of it. How each figure is made, and more of it, stands in the bench named: outlook, trap, network, trials.
"""

from __future__ import annotations

import resource
import time

import network
import outlook
import trap
import trials
from _bank import Home, asked, bank

from tenure.lake import Lake, connect
from tenure.nightly.run import run

Row = tuple[str, str, str, str]


def night(home: Home) -> None:
    """The night of the newest delivery; one that was run already is done at once."""
    with connect("duckdb") as engine:
        report = run(Lake.open(home.lake), engine=engine)
    print(f"the night of {report.as_of}: {report.customers:,} customers, {report.seconds:.0f} s")


def of(found: float, ceiling: float, whole: int) -> tuple[str, str, str]:
    """Counts as shares of ``whole`` and of the ceiling."""
    if not whole:
        return "none there", "–", "–"
    share = f"{found / ceiling:.0%}" if ceiling else "–"
    return f"{found:.0f} of {whole} ({found / whole:.1%})", f"{ceiling:.0f} ({ceiling / whole:.1%})", share


def leaving(home: Home) -> list[Row]:
    """Leavers in the top tenth, and the causes named right."""
    found, rows = outlook.measured(home), []
    if found.top is not None:
        top = found.top
        rows.append(("leavers in the top tenth, 6 months out of time", *of(top.found, top.ceiling, top.lost)))
    if found.causes is not None:
        causes, n = found.causes, len(found.causes.pairs)
        rows.append(("causes of leavers named right", *of(causes.right, causes.ceiling, n)))
        name, count = causes.commonest if n else ("", 0)
        rows.append((f"… always saying {name!r}", *of(count, causes.ceiling, n)))
    return rows


def campaigns(seeds: int) -> list[Row]:
    """The campaigns' effects over so many seeds, and whom to contact."""
    found = trials.banks(seeds)
    trials.show(found)
    pooled, each = [one.together for one in found], [told for one in found for told in one.each]
    width = sum(one.high - one.low for one in pooled) / len(pooled)
    knowing = sum(one.knowing for one in found) / len(found)
    worth = trials.whom(found)
    gain = f"{worth['over all']:+.2f} ({worth['low']:+.2f} to {worth['high']:+.2f})" if "over all" in worth else "–"
    return [
        ("campaign effects: intervals that hold the truth, by bank", trials.covered(pooled), "95%", "–"),
        ("… by campaign", trials.covered(each) if each else "none could be judged", "95%", "–"),
        ("… width of the interval by bank, points", f"{width:.2f}", f"{knowing:.2f}", f"{knowing / width:.0%}"),
        (
            f"whom to contact, points over contacting all: {worth['verdict']}",
            gain,
            f"{worth['knowing what age tells']:+.2f}; knowing everybody {worth['knowing everybody']:+.2f}",
            "–",
        ),
    ]


def satisfied(home: Home, *, full: bool) -> list[Row]:
    """Members of the satisfaction trap, half a year ahead."""
    got = trap.measured(home, trap.MANY if full else trap.FEW)
    return [("trap members found half a year ahead", *of(got.found, got.ceiling, got.members))]


def introductions(home: Home) -> list[Row]:
    """Introducers named among the first three, and the next year's."""
    got = network.measured(home)
    rows: list[Row] = [
        (f"introducers found, {name}", *of(told.found, told.ceiling, told.newcomers))
        for name, told in got.introducers.items()
    ]
    ours, all_known = got.rankings["ours"], got.rankings["knowing also who will come and all chances"]
    return [*rows, ("next year's introductions by the first 2 % of customers", *of(ours, all_known, got.later))]


def main() -> None:
    parser = asked(__doc__)
    parser.add_argument("--seeds", type=int, help="banks for the campaigns' effects")
    given = parser.parse_args()
    seeds = given.seeds or (trials.FULL_SEEDS if given.full else trials.SMALL_SEEDS)
    began = time.process_time()
    with bank(given) as home:
        night(home)
        rows = [*leaving(home), *satisfied(home, full=given.full), *introductions(home)]
    rows += campaigns(seeds)
    print()
    heads = ("figure", "found", "ceiling", "of the ceiling")
    widths = [max(len(row[k]) for row in (heads, *rows)) for k in range(4)]
    for row in (heads, tuple("-" * width for width in widths), *rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
    print(f"\n{time.process_time() - began:.0f} s of processor time, ", end="")
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
