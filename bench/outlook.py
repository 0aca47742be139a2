"""How well the outlook finds what was planted in a demo bank, beside what perfect knowledge would reach.

    python bench/outlook.py                       a small bank of its own
    python bench/outlook.py --home HOME --full    a bank that stands, or is built there

Prints: times, rows of the panel, leavers of the last half year that a model blind to it ranks in its top tenth with the
ceiling, and the causes recovered beside always saying the commonest one and beside the best label that the signs in the
bank's tables allow.
"""

from __future__ import annotations

import resource
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from _bank import Home, asked, bank

from tenure.insight import Window, holdings, stages_kept, thresholds
from tenure.insight.attrition import AttritionModel
from tenure.insight.attrition.causes import CAUSES
from tenure.insight.inputs import TooLittleData
from tenure.lake import Lake, connect
from tenure.nightly.caching import Cache
from tenure.nightly.outlook import Outlook
from tenure.nightly.past import Past
from tenure.nightly.run import _newest_day
from tenure.nightly.training import HORIZON

#: Months of the window that the ranking is judged on.
JUDGED = 6
#: Days before leaving within which a sign of its cause counts.
SIGNS_WITHIN = {"job ended": 90, "complained": 180, "matured": 90, "contacted": 90}


@dataclass(frozen=True)
class Top:
    """Losses of the judged months, those in the model's top tenth, and those that who knows every plan finds there."""

    lost: int
    found: int
    ceiling: int


@dataclass(frozen=True)
class Causes:
    """Planted and told cause of each planted leaver of the last year, and the best label that the signs allow."""

    pairs: list[tuple[str, str]]
    signs: list[tuple[bool, ...]]

    @property
    def right(self) -> int:
        """Named right."""
        return sum(true == said for true, said in self.pairs)

    @property
    def commonest(self) -> tuple[str, int]:
        """The commonest cause, which naming it always would get right."""
        return Counter(true for true, _ in self.pairs).most_common(1)[0]

    @property
    def ceiling(self) -> int:
        """Right by the label that is best for each set of signs; causes without a code of their own cannot be named."""
        seen: dict[tuple[bool, ...], Counter[str]] = defaultdict(Counter)
        for (true, _), signs in zip(self.pairs, self.signs, strict=True):
            if true in CAUSES:
                seen[signs][true] += 1
        return sum(each.most_common(1)[0][1] for each in seen.values())


@dataclass(frozen=True)
class Found:
    """The ranking and the causes; None where the night had too little for it."""

    top: Top | None
    causes: Causes | None


def measured(home: Home) -> Found:
    """Everything of one bank; says on the way how long it takes."""
    planted = home.parties()
    lake = Lake.open(home.lake)
    held = thresholds.load(lake.currency)
    with connect("duckdb", threads=2) as engine, stages_kept():
        snapshot = lake.head()
        past = Past(Cache(lake, engine), snapshot, Window(_newest_day(lake, snapshot)), held)
        tables = (engine.table(lake, snapshot, name) for name in ("account", "product"))
        outlook = Outlook(past, holdings.accounts(*tables, held, past.window.as_of))
        began = time.perf_counter()
        path = outlook.panel()
        if path is None:
            print("fewer than 18 closed months")
            return Found(None, None)
        panel = pq.read_table(path)
        print(f"panel {panel.num_rows:,} rows in {time.perf_counter() - began:.1f} s")
        began = time.perf_counter()
        record, _, lost = outlook.run()
        told = {name: value for name, value in vars(record).items() if name not in ("card", "psi")}
        print(f"train and score {time.perf_counter() - began:.1f} s: {told}")
        rows = {
            name: engine.arrow(engine.table(lake, snapshot, name).select(*columns)).to_pylist()
            for name, columns in {
                "relation": ("party_id", "kind", "until"),
                "complaint": ("party_id", "received_at"),
                "account": ("party_id", "matures_on"),
                "interaction": ("party_id", "at"),
                "campaign_contact": ("party_id", "at", "arm"),
            }.items()
        }
    try:
        top = ranked(panel, planted)
    except TooLittleData as few:
        print(f"the ranking: {few}")
        top = None
    return Found(top, None if lost is None else caused(lost, planted, rows))


def ranked(panel: pa.Table, planted: dict[str, dict[str, Any]]) -> Top:
    """A model that knows nothing after the landmark, on the losses that began after it; who was in a spell already at
    the landmark needs no foretelling and is left out."""
    columns = ("month", "lead", "seen", "spell")
    month, lead, seen, spell = (panel[name].to_numpy(zero_copy_only=False).astype(float) for name in columns)
    landmark = int((month + seen)[seen > 0].max()) - JUDGED
    # what was known at the landmark: losses after it are unknown, the months after it unseen
    then = month <= landmark
    known, late = panel.filter(pa.array(then)), month[then] + lead[then] > landmark
    columns_then = {
        "lead": pa.array(np.where(late, np.nan, lead[then]), from_pandas=True),
        "seen": pa.array(np.minimum(seen[then], landmark - month[then]).astype(np.int64)),
    }
    for name, column in columns_then.items():
        known = known.set_column(known.column_names.index(name), name, column.cast(panel.schema.field(name).type))
    model = AttritionModel(HORIZON).fit(known)
    at = panel.filter(pa.array((month == landmark) & ~(spell > 0)))
    gone = at["lead"].to_numpy(zero_copy_only=False) <= JUDGED
    top = np.argsort(-model.probability(at, JUDGED))[: at.num_rows // 10]
    before = [planted[p]["planned_to_leave_on"] for p in at["party_id"].to_pylist()]
    soon = np.array([each is not None and _serial(each) <= landmark + JUDGED for each in before])
    ceiling = np.argsort(-soon.astype(int), kind="stable")[: at.num_rows // 10]
    return Top(int(gone.sum()), int(gone[top].sum()), int(gone[ceiling].sum()))


def caused(lost: pa.Table, planted: dict[str, dict[str, Any]], rows: dict[str, list[dict[str, Any]]]) -> Causes:
    """The post-mortems of planted leavers beside the planted cause and the signs before the planted day."""
    days: dict[str, dict[str, list[date]]] = {name: defaultdict(list) for name in SIGNS_WITHIN}
    for row in rows["relation"]:
        if row["kind"] == "employer" and row["until"] is not None:
            days["job ended"][row["party_id"]].append(row["until"])
    for row in rows["account"]:
        if row["matures_on"] is not None:
            days["matured"][row["party_id"]].append(row["matures_on"])
    for row in rows["complaint"]:
        days["complained"][row["party_id"]].append(row["received_at"].date())
    for row in (*rows["interaction"], *rows["campaign_contact"]):
        if row.get("arm") != "held_out":
            days["contacted"][row["party_id"]].append(row["at"].date())
    pairs, signs = [], []
    for row in lost.to_pylist():
        truth = planted[row["party_id"]]
        left = truth["left_on"]
        if left is None:
            continue
        pairs.append((str(truth["cause"]), str(row["cause"])))
        signs.append(
            tuple(
                any(left - timedelta(days=within) <= day <= left for day in days[sign][row["party_id"]])
                for sign, within in SIGNS_WITHIN.items()
            )
        )
    return Causes(pairs, signs)


def _serial(day: date) -> int:
    return day.year * 12 + day.month - 1


def main() -> None:
    given = asked(__doc__).parse_args()
    with bank(given) as home:
        found = measured(home)
    top, causes = found.top, found.causes
    if top is not None:
        print(
            f"losses within {JUDGED} months in the top tenth: {top.found} of {top.lost} "
            f"({top.found / max(top.lost, 1):.0%}); who knows every plan finds {top.ceiling} "
            f"({top.ceiling / max(top.lost, 1):.0%})"
        )
    if causes is not None and causes.pairs:
        n = len(causes.pairs)
        said = [(true, guess) for true, guess in causes.pairs if guess != "unknown"]
        name, count = causes.commonest
        print(
            f"causes of {n} planted leavers of the last year: {causes.right / n:.1%} right; "
            f"of the {len(said)} with a cause named "
            f"{sum(true == guess for true, guess in said) / max(len(said), 1):.1%}; always {name!r} {count / n:.1%}; "
            f"the best label from the signs {causes.ceiling / n:.1%}"
        )
        for pair, times in sorted(Counter(causes.pairs).items(), key=lambda each: (each[0][0], -each[1])):
            print(f"  {pair[0]:24} told as {pair[1]:24} {times:4}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
