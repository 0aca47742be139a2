"""What customers need (S6, S9): which needs, what stops them, when, how likely, and the best to talk about now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from tenure.contracts.findings import Cell, Figure, Figures, Grid, Section, Unit, Verdict
from tenure.insight.inputs import TooLittleData
from tenure.insight.needs import OK
from tenure.nightly.topics import Known

if TYPE_CHECKING:
    from datetime import date

#: Needs listed of a branch.
MOST = 30
#: Days ahead in which an occasion counts as due.
DUE_DAYS = 30


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's needs, gates, occasions and models; then each branch with its list."""
    rows = _rows(known)
    if not rows.num_rows:
        raise TooLittleData("no need is felt")
    until = known.as_of + timedelta(days=DUE_DAYS)
    only = len(known.branches) == 1
    for org in known.branches:
        mine = rows if org == known.bank else _within(rows, known.below(org))
        if not mine.num_rows:
            continue
        yield org, _now(mine, until)
        yield org, _by_need(mine)
        yield org, _counted(mine.filter(pc.invert(_is(mine, "gate", OK))), "by_gate", "gate")
        yield org, _counted(mine.filter(_due(mine, until)), "by_trigger", "trigger")
        if org == known.bank and known.likely:
            yield org, _models(known)
        if org != known.bank or only:
            yield org, _best(mine)


def _rows(known: Known) -> pa.Table:
    assert known.need is not None
    n = known.need.drop("evidence", "product_id")
    f = known.figures.select("party_id", "org_id")
    return known.rows(n.inner_join(f, "party_id").order_by("party_id", "place"))


def _within(rows: pa.Table, orgs: set[str]) -> pa.Table:
    return rows.filter(pc.is_in(rows["org_id"], pa.array(sorted(orgs), pa.string())))


def _is(rows: pa.Table, name: str, code: str) -> Any:
    return pc.equal(rows[name], pa.scalar(code))


def _due(rows: pa.Table, until: date) -> Any:
    due: Any = pc.less_equal(rows["due_on"].cast(pa.date32()), pa.scalar(until, pa.date32()))
    given: Any = pc.is_valid(rows["trigger"])
    both: Any = pc.and_kleene(due, given)
    return pc.fill_null(both, pa.scalar(False))


def _now(rows: pa.Table, until: date) -> Figures:
    opened = int(pc.sum(_is(rows, "gate", OK)).as_py() or 0)
    due = int(pc.sum(_due(rows, until)).as_py() or 0)
    people = int(pc.count_distinct(rows["party_id"]).as_py())
    figures = [
        Figure("needs", Unit.COUNT, rows.num_rows),
        Figure("open_needs", Unit.COUNT, opened),
        Figure("barred_needs", Unit.COUNT, rows.num_rows - opened),
        Figure("due_30d", Unit.COUNT, due),
        Figure("expected_value", Unit.MONEY, _gain(rows)),
    ]
    numbers: dict[str, tuple[Unit, Cell]] = {
        "customers": (Unit.COUNT, people),
        "needs": (Unit.COUNT, rows.num_rows),
        "open": (Unit.COUNT, opened),
        "due": (Unit.COUNT, due),
    }
    return Figures("now", figures, Verdict("needs_are", numbers))


def _gain(rows: pa.Table) -> int | None:
    """Expected value of what may be offered; None where no likelihood is fit to be used."""
    found = pc.sum(rows.filter(_is(rows, "gate", OK))["expected_value"]).as_py()
    return None if found is None else int(found)


def _by_need(rows: pa.Table) -> Grid:
    told: list[list[Cell]] = []
    for need in sorted({str(name) for name in rows["need"].to_pylist()}):
        mine = rows.filter(_is(rows, "need", need))
        opened = int(pc.sum(_is(mine, "gate", OK)).as_py() or 0)
        told.append([need, mine["category"][0].as_py(), mine.num_rows, opened, _gain(mine)])
    told.sort(key=lambda row: -int(row[2]))  # type: ignore[arg-type]
    columns = [
        ("need", Unit.CODE), ("category", Unit.CATEGORY), ("customers", Unit.COUNT), ("open_needs", Unit.COUNT),
        ("expected_value", Unit.MONEY),
    ]  # fmt: skip
    return Grid("by_need", columns, told)


def _counted(rows: pa.Table, code: str, column: str) -> Grid:
    counts = Counter(str(name) for name in rows[column].to_pylist())
    told: list[list[Cell]] = [
        [f"{column}_{name}", n] for name, n in sorted(counts.items(), key=lambda x: (-x[1], x[0]))
    ]
    return Grid(code, [(column, Unit.CODE), ("needs", Unit.COUNT)], told)


def _models(known: Known) -> Grid:
    rows: list[list[Cell]] = []
    for one in known.likely:
        opened = one.get("opened")
        share = (opened[0], opened[1], opened[2]) if opened else None
        slope = one.get("slope")
        steep = (slope[0], slope[1], slope[2]) if slope and slope[0] is not None else None
        rows.append([one["category"], one.get("auc"), share, one.get("stated"), steep, one["state"]])
    used = sum(one["state"] == "used" for one in known.likely)
    columns = [
        ("category", Unit.CATEGORY), ("auc", Unit.NUMBER), ("opened", Unit.SHARE), ("stated", Unit.SHARE),
        ("slope", Unit.NUMBER), ("state", Unit.CODE),
    ]  # fmt: skip
    numbers: dict[str, tuple[Unit, Cell]] = {"n": (Unit.COUNT, len(rows)), "used": (Unit.COUNT, used)}
    return Grid("models", columns, rows, Verdict("models_used", numbers, "" if used else "warn"))


def _best(rows: pa.Table) -> Grid:
    opened = rows.filter(_is(rows, "gate", OK)).to_pylist()
    opened.sort(key=lambda row: (row["trigger"] is None, -(row["expected_value"] or 0), -row["score"], row["party_id"]))
    told: list[list[Cell]] = [
        [
            row["party_id"], row["need"], row["category"], f"trigger_{row['trigger']}" if row["trigger"] else None,
            row["due_on"].isoformat()[:10] if row["due_on"] else None, row["score"], row["propensity"],
            row["expected_value"],
        ]
        for row in opened[:MOST]
    ]  # fmt: skip
    columns = [
        ("customer", Unit.PARTY), ("need", Unit.CODE), ("category", Unit.CATEGORY), ("trigger", Unit.CODE),
        ("due_on", Unit.DATE), ("score", Unit.NUMBER), ("propensity", Unit.SHARE), ("expected_value", Unit.MONEY),
    ]  # fmt: skip
    return Grid("best_now", columns, told, Verdict("best_listed", {"n": (Unit.COUNT, len(told))}))
