"""Entries that people at the desk made one: the night reads every table of the lake as if they always had been.

A merge says who somebody is, not what happened on a day: the whole past follows the kept number, and after an undo the
whole past is as it was. Few are merged, so states are put together in memory, row by row; events are only renamed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from tenure.contracts import LAKE
from tenure.lake import schema_of
from tenure.nightly.caching import key

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.lake import Engine

Row = dict[str, Any]
#: Which number a row named before it was renamed.
_WAS = "_was"
#: Facts that only mean something together: taken from one entry, both or neither.
_TOGETHER = (("certificate_kind", "certificate_no"), ("risk_rating", "risk_rated_on"))
_CONSENTS = ("consent_marketing", "consent_experience", "consent_research")


def standing(merges: Iterable[Row]) -> dict[str, str]:
    """Who stands for each number that was merged away, by rows of ``party_merge`` in force; chains are followed."""
    kept = {row["merged_id"]: row["kept_id"] for row in merges if row["until"] is None}
    found = {}
    for number in sorted(kept):
        stands, seen = kept[number], {number}
        while stands in kept and stands not in seen:
            seen.add(stands)
            stands = kept[stands]
        if stands not in seen:  # a circle would say that nobody stands; the desk makes none
            found[number] = stands
    return found


@dataclass(frozen=True)
class Merged:
    """The merges in force, and the lake's tables through them; ``stands`` is :func:`standing`."""

    engine: Engine
    stands: Mapping[str, str]
    #: A table of the lake as the bank has it.
    told: Callable[[str], ir.Table]

    def depends(self) -> list[str]:
        """What a cached table that names customers depends on beside its files; nothing where nobody is merged."""
        return [key(sorted(self.stands.items()))] if self.stands else []

    def through(self, name: str, t: ir.Table) -> ir.Table:
        """The rows ``t`` of table ``name``, as if the entries had been one."""
        columns = _columns(name)
        if not self.stands or not columns:
            return t
        match name:
            case "party":
                return self._with(t, name, list(self._parties.values()))
            case "relation":
                return self._with(t, name, _relations(self._renamed(t, name)))
            case "coverage":
                return self._with(t, name, self._coverage(self._renamed(t, name)))
            case "account_holder":
                return self._with(t, name, _holders(self._renamed(t, name)))
        for column in columns:
            numbers = self._numbers.select(**{column: "merged_id", f"_{column}": "stands_id"})
            t = t.left_join(numbers, column).drop(f"{column}_right")
            t = t.mutate(**{column: t[f"_{column}"].coalesce(t[column])})
        return t.select(*LAKE[name].names)

    @cached_property
    def _numbers(self) -> ir.Table:
        return ibis.memtable(
            pa.table(
                {
                    "merged_id": pa.array(self.stands.keys(), pa.string()),
                    "stands_id": pa.array(self.stands.values(), pa.string()),
                }
            )
        )

    @cached_property
    def _concerned(self) -> ir.Table:
        numbers = sorted({*self.stands, *self.stands.values()})
        return ibis.memtable(pa.table({"number": pa.array(numbers, pa.string())}))

    def _renamed(self, t: ir.Table, name: str) -> list[Row]:
        """The rows that name one of the numbers, renamed."""
        columns = _columns(name)
        parts = [t.semi_join(self._concerned.select(**{column: "number"}), column) for column in columns]
        some = ibis.union(*parts, distinct=True) if len(parts) > 1 else parts[0]
        rows = self.engine.arrow(some.select(*LAKE[name].names)).to_pylist()
        moved = [{column: self.stands.get(row[column], row[column]) for column in columns} for row in rows]
        return [row | {_WAS: row[columns[0]]} | new for row, new in zip(rows, moved, strict=True)]

    def _with(self, t: ir.Table, name: str, made: list[Row]) -> ir.Table:
        """``t`` with the rows ``made`` in place of those that name one of the numbers."""
        rest = t
        for column in _columns(name):
            rest = rest.anti_join(self._concerned.select(**{column: "number"}), column)
        schema = schema_of(LAKE[name])
        rows = [{column: row[column] for column in LAKE[name].names} for row in made]
        return rest.select(*LAKE[name].names).union(
            ibis.memtable(pa.Table.from_pylist(rows, schema.to_pyarrow())).cast(schema)
        )

    @cached_property
    def _entries(self) -> list[Row]:
        return self._renamed(self.told("party"), "party")

    @cached_property
    def _parties(self) -> dict[str, Row]:
        """Every customer concerned, as one; who works for a merged employer is concerned too."""
        entries = _by(self._entries, ("party_id",)).values()
        return {each[0]["party_id"]: _one(each) for each in entries}

    def _coverage(self, rows: list[Row]) -> list[Row]:
        """Who looked after either entry looks after the customer; one of them leads: the kept one's, if it has one.

        Whom a merged entry named its lead without a row of coverage supports, or they would see the customer no more.
        """
        leads = {number: row["lead_staff_id"] for number, row in self._parties.items() if row["lead_staff_id"]}
        for row in rows:
            if row["role"] == "lead" and row[_WAS] == row["party_id"] and row["until"] is None:
                leads.setdefault(row["party_id"], row["staff_id"])
        for row in rows:
            if row["role"] == "lead" and row[_WAS] != row["party_id"]:
                led = leads.setdefault(row["party_id"], row["staff_id"])
                row["role"] = "lead" if led == row["staff_id"] else "support"
        for entry in self._entries:
            number, staff = entry["party_id"], entry["lead_staff_id"]
            if entry[_WAS] != number and staff and staff != leads.get(number):
                rows.append({"party_id": number, "staff_id": staff, "role": "support", "since": None, "until": None})
        return _longest(rows, ("party_id", "staff_id", "role"))


def _columns(table: str) -> list[str]:
    """The table's columns that name a customer, the row's own first."""
    named = [name for name, other, _ in LAKE[table].foreign if other == "party"]
    return ["party_id", *named] if table == "party" else named


def _one(entries: list[Row]) -> Row:
    """Entries of one customer as one: the kept entry's facts, holes filled from the others in the order of numbers.

    The relationship began with the first of them and ended with the last. Who refused a consent in one has refused it.
    """
    entries = sorted(entries, key=lambda row: (row[_WAS] != row["party_id"], row[_WAS]))
    one = dict(entries[0])
    for other in entries[1:]:
        for column in LAKE["party"].names:
            group = next((names for names in _TOGETHER if column in names), (column,))
            if all(one[name] is None for name in group):
                one.update({name: other[name] for name in group})
    one["since"] = min((row["since"] for row in entries if row["since"] is not None), default=None)
    left = [row["left_on"] for row in entries]
    one["left_on"] = None if None in left else max(left)
    for consent in _CONSENTS:
        if any(row[consent] is False for row in entries):
            one[consent] = False
    return one


def _relations(rows: list[Row]) -> list[Row]:
    """Relations of one customer, none to oneself; of one said twice, the one in force longer."""
    return _longest([row for row in rows if row["party_id"] != row["other_id"]], ("party_id", "other_id", "kind"))


def _holders(rows: list[Row]) -> list[Row]:
    """Who holds an account, each once: the stronger part of two."""
    order = {"owner": 0, "joint": 1}
    return _longest(sorted(rows, key=lambda row: order.get(row["role"], 2)), ("account_id", "party_id"))


def _longest(rows: list[Row], names: tuple[str, ...]) -> list[Row]:
    """Of rows of one key the one that ends last, or not at all; the first of equals."""
    return [max(each, key=lambda row: row["until"] or date.max) for each in _by(rows, names).values()]


def _by(rows: Iterable[Row], names: tuple[str, ...]) -> dict[tuple[Any, ...], list[Row]]:
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found
