"""Candidates from the bank's own files: a mapping turned into SQL over the staged text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as Items
from collections.abc import Sequence
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.contracts import LOAD_ORDER, Table
from tenure.errors import InputError
from tenure.lake import checks, sql
from tenure.lake.checks import Candidates, Expectation
from tenure.lake.mapping import Condition, Mapping, Part, Reading
from tenure.lake.reading import Staged
from tenure.lake.schema import SQL_TYPE
from tenure.lake.transforms import DEFAULTS, TRANSFORMS, expected_of

if TYPE_CHECKING:
    import duckdb

_MAPPING_ROWS = "the mapping"


class Columns:
    """Which columns can be read in one part: those of its file by name, those of a join as ``name.column``."""

    def __init__(self, part: Part, staged: Items[str, Sequence[Staged]]) -> None:
        self._known: dict[str, str] = {}
        if part.source:
            self._add("b", "", staged[part.source])
        for i, join in enumerate(part.joins):
            self._add(f"j{i}", f"{join.name}.", staged[join.file])

    def _add(self, alias: str, before: str, files: Sequence[Staged]) -> None:
        for name in files[0].columns:
            self._known[before + name] = f"nullif(trim({alias}.{sql.name(name)}), '')"

    def text(self, name: str, place: str) -> str:
        """SQL for a column's trimmed text; ``InputError`` with the nearest right name if no file has it."""
        if name not in self._known:
            near = get_close_matches(name, self._known, 1)
            raise InputError(
                f"{place}: the file has no column {name!r}",
                f"Did you mean {near[0]!r}?" if near else f"It has {', '.join(self._known)}.",
            )
        return self._known[name]

    def raw(self, reading: Reading) -> str:
        """SQL for the text a reading starts from."""
        if reading.constant is not None:
            return sql.literal(reading.constant)
        texts = [self.text(c, reading.place) for c in reading.columns]
        if len(texts) == 1:
            return texts[0]
        return f" || {sql.literal(reading.joined_by)} || ".join(f"coalesce({t}, '')" for t in texts)

    def value(self, reading: Reading) -> str:
        """SQL for the value after all transforms."""
        x = self.raw(reading)
        for step in reading.steps:
            given = dict(step.arguments)
            for name, argument in TRANSFORMS[step.transform].arguments.items():
                if argument.kind.startswith("column") and isinstance(given[name], str):
                    given[name] = self.text(given[name], reading.place)
            given = {("with_" if k == "with" else k): v for k, v in given.items()}
            x = TRANSFORMS[step.transform].build(x, **given)
        return x


def candidates(
    con: duckdb.DuckDBPyConnection,
    mapping: Mapping,
    staged: Items[str, Sequence[Staged]],
    business_date: dt.date,
    staging: Path,
) -> tuple[dict[str, Candidates], dict[str, dict[str, int]]]:
    """Candidates per table in load order, and how many rows the mapping's filters left out, by reason."""
    found: dict[str, Candidates] = {}
    left_out: dict[str, dict[str, int]] = {}
    for table in LOAD_ORDER:
        parts = [p for p in mapping.parts if p.table is table]
        if not parts:
            continue
        for part in parts:
            for why, rows in _left_out(con, part, staged, business_date):
                reasons = left_out.setdefault(table.name, {})
                reasons[why] = reasons.get(why, 0) + rows
        path = staging / f"candidates-{table.name}.parquet"
        union = " UNION ALL ".join(_rows_of(p, staged, business_date) for p in parts)
        query = (
            f"SELECT _file, _row, _nth, {sql.names(table.names)},"
            f" {checks.row_faults(table, business_date)} AS _faults FROM ({union})"
        )
        [(total,)] = con.execute(f"COPY ({query}) TO {sql.literal(str(path))} (FORMAT parquet)").fetchall()
        found[table.name] = Candidates(
            table=table,
            relation=sql.parquet([path]),
            original=_originals(parts, staged),
            total=total,
            source_columns={c: "|".join(r.columns) for p in parts for c, r in p.columns.items() if r.columns},
            readings=_expectations(parts),
        )
    return found, left_out


def control_sum(con: duckdb.DuckDBPyConnection, files: Sequence[Staged], column: str, decimal: str) -> Decimal:
    """The exact sum of a column's amounts over the rows of some files; text that is no number counts as nothing."""
    text = f"replace(trim({sql.name(column)}), {sql.literal(decimal)}, '.')"
    total = con.execute(
        f"SELECT sum(TRY_CAST({text} AS DECIMAL(38, 6))) FROM {sql.parquet([f.path for f in files])}"
    ).fetchall()[0][0]
    return Decimal(total or 0).normalize() + 0


def _rows_of(part: Part, staged: Items[str, Sequence[Staged]], business_date: dt.date) -> str:
    """SQL for a part's rows: origin, every column typed under its name, and its text under ``raw:name``."""
    if part.rows:
        return " UNION ALL ".join(_own_row(part.table, row, i) for i, row in enumerate(part.rows, 1))
    columns = Columns(part, staged)
    texts, values = [], []
    for column in part.table:
        reading = part.columns.get(column.name)
        kind, raw, ours = SQL_TYPE[column.kind], sql.name(f"raw:{column.name}"), sql.name(column.name)
        if reading is None:
            texts.append(f"NULL::VARCHAR AS {raw}")
            values.append(f"NULL::{kind} AS {ours}")
            continue
        texts.append(f"{columns.raw(reading)} AS {raw}")
        values.append(f"CAST({columns.value(reading)} AS {kind}) AS {ours}")
    # one row of the file may become several by a join; which is which must not depend on the order of reading
    matches = ", ".join(f"j{i}._file, j{i}._row" for i in range(len(part.joins)))
    nth = f"row_number() OVER (PARTITION BY b._file, b._row ORDER BY {matches})" if part.joins else "0"
    rows = (
        f"SELECT b._file AS _file, b._row AS _row, {nth} AS _nth, {', '.join(values)}, {', '.join(texts)}"
        f"{_pick_columns(part, columns)} FROM {_joined(part, columns, staged)}{_filter(part, columns, business_date)}"
    )
    return _picked(part, rows)


def _own_row(table: Table, row: dict[str, str], number: int) -> str:
    cells, raws = [f"'{_MAPPING_ROWS}' AS _file, {number} AS _row, 0 AS _nth"], []
    for column in table:
        text = sql.literal(row[column.name]) if column.name in row else "NULL::VARCHAR"
        given = {n: a.default for n, a in TRANSFORMS[DEFAULTS[column.kind]].arguments.items()}
        value = TRANSFORMS[DEFAULTS[column.kind]].build(text, **given)
        cells.append(f"CAST({value} AS {SQL_TYPE[column.kind]}) AS {sql.name(column.name)}")
        raws.append(f"{text} AS {sql.name(f'raw:{column.name}')}")
    return f"SELECT {', '.join(cells)}, {', '.join(raws)}"


def _staged_rows(files: Sequence[Staged]) -> str:
    """The rows of one or several files of the same kind, with the name of the file each came from."""
    each = (f"SELECT {sql.literal(f.delivered.path.name)} AS _file, * FROM {sql.parquet([f.path])}" for f in files)
    return f"({' UNION ALL BY NAME '.join(each)})"


def _joined(part: Part, columns: Columns, staged: Items[str, Sequence[Staged]]) -> str:
    relation = f"{_staged_rows(staged[part.source])} b"
    for i, join in enumerate(part.joins):
        alias = f"j{i}"
        conditions = [
            f"{columns.text(f'{join.name}.{theirs}', join.place)} = {columns.text(ours, join.place)}"
            for theirs, ours in join.on.items()
        ]
        conditions += [
            f"{columns.text(f'{join.name}.{theirs}', join.place)} = {sql.literal(fixed)}"
            for theirs, fixed in join.where.items()
        ]
        how = "JOIN" if join.matched else "LEFT JOIN"
        relation += f" {how} {_staged_rows(staged[join.file])} {alias} ON {' AND '.join(conditions)}"
    return relation


def _filter(part: Part, columns: Columns, business_date: dt.date) -> str:
    if not part.where:
        return ""
    return " WHERE " + " AND ".join(f"({_holds(c, columns, business_date)})" for c in part.where)


def _holds(condition: Condition, columns: Columns, business_date: dt.date) -> str:
    """SQL that is true or false, never null. A date that cannot be read passes, so that the checks report it."""
    raw, value = columns.raw(condition.reading), columns.value(condition.reading)
    wanted: Any = business_date if condition.value == "business date" else condition.value
    match condition.test:
        case "is":
            return f"coalesce({value} = {sql.literal(wanted)}, FALSE)"
        case "is_not":
            return f"coalesce({value} <> {sql.literal(wanted)}, TRUE)"
        case "in":
            return f"coalesce({value} IN ({sql.literals(wanted)}), FALSE)"
        case "not_in":
            return f"coalesce({value} NOT IN ({sql.literals(wanted)}), TRUE)"
        case "filled":
            return f"{raw} IS {'NOT ' if wanted else ''}NULL"
        case "on_or_before":
            return f"coalesce({value} <= {sql.literal(wanted)}, {raw} IS NOT NULL)"
        case "after":
            return f"coalesce({value} > {sql.literal(wanted)}, {raw} IS NOT NULL)"


def _pick_columns(part: Part, columns: Columns) -> str:
    """What :func:`_picked` decides by, as further columns."""
    pick = part.pick
    if pick is None:
        return ""
    named = [(f"_per{i}", r) for i, r in enumerate(pick.per)] + [(f"_by{i}", r) for i, r in enumerate(pick.by)]
    if pick.running is not None:
        named += zip(("_balance", "_amount"), pick.running, strict=True)
    return "".join(f", {columns.value(reading)} AS {name}" for name, reading in named)


def _picked(part: Part, rows: str) -> str:
    """One row for each value of ``per``, if the mapping asks for that.

    From running balances: every row starts from a balance (its own, less its amount), and the last row of a group is
    the one whose balance no other row starts from. Banks round balance and amount apart by some minor units, so
    "none" is taken as the farthest from any.
    """
    pick = part.pick
    if pick is None:
        return rows
    per = ", ".join(f"_per{i}" for i in range(len(pick.per)))
    helpers = [f"_per{i}" for i in range(len(pick.per))] + [f"_by{i}" for i in range(len(pick.by))]
    down = " DESC" if pick.last else ""
    order = [f"_by{i}{down} NULLS LAST" for i in range(len(pick.by))]
    if pick.running is not None:
        helpers += ["_balance", "_amount", "_distances"]
        starts = f"list(_balance - _amount) OVER (PARTITION BY {per})"
        rows = f"SELECT *, list_sort(list_transform({starts}, lambda s: abs(s - _balance))) AS _distances FROM ({rows})"
        # a row's own start is as far as its amount; that one doesn't count
        order = ["CASE WHEN _distances[1] = abs(_amount) THEN _distances[2] ELSE _distances[1] END DESC NULLS LAST"]
        order.append("_amount")  # movements that cancel out fit either way; banks book credits before debits
    order += [f"_file{down}", f"_row{down}", f"_nth{down}"]
    return (
        f"SELECT * EXCLUDE ({', '.join(helpers)}) FROM ({rows})"
        f" QUALIFY row_number() OVER (PARTITION BY {per} ORDER BY {', '.join(order)}) = 1"
    )


def _left_out(
    con: duckdb.DuckDBPyConnection, part: Part, staged: Items[str, Sequence[Staged]], business_date: dt.date
) -> list[tuple[str, int]]:
    """How many of the file's rows the conditions leave out, in order, by the reason they give."""
    if not any(c.why for c in part.where):
        return []
    columns = Columns(part, staged)
    counts: list[tuple[str, str]] = []
    passed = "TRUE"
    for condition in part.where:
        holds = f"({_holds(condition, columns, business_date)})"
        if condition.why:
            left = f"count(DISTINCT (b._file, b._row)) FILTER (WHERE {passed} AND NOT {holds})"
            counts.append((condition.why, left))
        passed = f"{passed} AND {holds}"
    asked = ", ".join(left for _, left in counts)
    [row] = con.execute(f"SELECT {asked} FROM {_joined(part, columns, staged)}").fetchall()
    return [(why, n) for (why, _), n in zip(counts, row, strict=True) if n]


def _originals(parts: Sequence[Part], staged: Items[str, Sequence[Staged]]) -> str:
    """The rows as the bank wrote them, for the quarantine."""
    each = [f"SELECT '{_MAPPING_ROWS}' AS _file, 0::BIGINT AS _row, ''::VARCHAR AS _raw"]
    for file in {f.path: f for p in parts if p.source for f in staged[p.source]}.values():
        mark = file.delivered.spec.delimiter
        texts = ", ".join(f"coalesce({sql.name(c)}, '')" for c in file.columns)
        each.append(
            f"SELECT {sql.literal(file.delivered.path.name)}, _row, concat_ws({sql.literal(mark)}, {texts})"
            f" FROM {sql.parquet([file.path])}"
        )
    return f"({' UNION ALL '.join(each)})"


def _expectations(parts: Sequence[Part]) -> dict[str, Expectation]:
    return {
        column: expected_of([s.transform for s in reading.steps], part.table[column].kind)
        for part in parts
        for column, reading in part.columns.items()
    }
