"""How well the outlook finds what was planted in a demo bank, beside what perfect knowledge would reach.

    python bench/outlook.py LAKE TRUTH [--as-of 2026-11-17]

LAKE is a demo bank's lake (a copy: the night's cache is written into it), TRUTH the folder `truth` beside its files.
Prints: times, rows of the panel, planted leavers found by the definitions, leavers of the last year that a panel
blind to it ranks in its top tenth with the ceiling, and the causes recovered beside always saying the commonest one.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from tenure.insight import Window, holdings, stages_kept, thresholds
from tenure.insight.attrition import AttritionModel
from tenure.lake import Lake, connect
from tenure.nightly.caching import Cache
from tenure.nightly.outlook import HORIZON, Outlook
from tenure.nightly.past import Past

#: Months of the window that the ranking is judged on.
JUDGED = 6


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("lake", type=Path)
    ask.add_argument("truth", type=Path)
    ask.add_argument("--as-of", type=date.fromisoformat, required=True)
    given = ask.parse_args()
    planted = {row["party_id"]: row for row in pq.read_table(given.truth / "party.parquet").to_pylist()}
    lake = Lake.open(given.lake)
    held = thresholds.load(lake.currency)
    with connect("duckdb", threads=2) as engine, stages_kept():
        snapshot = lake.head()
        past = Past(Cache(lake, engine), snapshot, Window(given.as_of), held)
        tables = (engine.table(lake, snapshot, name) for name in ("account", "product"))
        outlook = Outlook(past, holdings.accounts(*tables, held, given.as_of))
        began = time.perf_counter()
        path = outlook.panel()
        if path is None:
            raise SystemExit("too few months")
        panel = pq.read_table(path)
        print(f"panel {panel.num_rows:,} rows in {time.perf_counter() - began:.1f} s")
        began = time.perf_counter()
        record, _, lost = outlook.run()
        told = {name: value for name, value in vars(record).items() if name not in ("card", "psi")}
        print(f"train and score {time.perf_counter() - began:.1f} s: {told}")
    month, lead, seen = (panel[name].to_numpy(zero_copy_only=False) for name in ("month", "lead", "seen"))
    landmark = int(month.max()) - JUDGED
    # what was known at the landmark: losses after it are unknown, the months after it unseen
    known = panel.filter(month <= landmark)
    late = month[month <= landmark] + lead[month <= landmark] > landmark
    blind = known.set_column(
        known.column_names.index("lead"), "lead", [np.where(late, np.nan, lead[month <= landmark])]
    )
    blind = blind.set_column(blind.column_names.index("seen"), "seen", [seen[month <= landmark] - JUDGED])
    model = AttritionModel(HORIZON).fit(blind)
    at = panel.filter(month == landmark)
    gone = at["lead"].to_numpy(zero_copy_only=False) <= JUDGED
    top = np.argsort(-model.probability(at, JUDGED))[: at.num_rows // 10]
    first = at["party_id"].to_pylist()
    before = [planted[p]["planned_to_leave_on"] for p in first]
    soon = np.array([each is not None and _serial(each) <= landmark + JUDGED for each in before])
    ceiling = np.argsort(-soon.astype(int), kind="stable")[: at.num_rows // 10]
    print(
        f"losses within {JUDGED} months in the top tenth: {gone[top].sum()} of {gone.sum()} "
        f"({gone[top].sum() / max(gone.sum(), 1):.0%}); who knows every plan finds {gone[ceiling].sum()} "
        f"({gone[ceiling].sum() / max(gone.sum(), 1):.0%})"
    )
    if lost is not None:
        pairs = [
            (planted[row["party_id"]]["cause"], row["cause"])
            for row in lost.to_pylist()
            if planted[row["party_id"]]["left_on"] is not None
        ]
        right = np.mean([true == said for true, said in pairs])
        said = [(true, guess) for true, guess in pairs if guess != "unknown"]
        commonest = Counter(true for true, _ in pairs).most_common(1)[0]
        print(
            f"causes of {len(pairs)} planted leavers of the last year: {right:.1%} right; "
            f"of the {len(said)} with a cause named "
            f"{np.mean([true == guess for true, guess in said]):.1%}; "
            f"always {commonest[0]!r} {commonest[1] / len(pairs):.1%}"
        )
        for pair, count in sorted(Counter(pairs).items(), key=lambda each: (str(each[0][0]), -each[1])):
            print(f"  {pair[0]!s:24} told as {pair[1]:24} {count:4}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def _serial(day: date) -> int:
    return day.year * 12 + day.month - 1


if __name__ == "__main__":
    main()
