"""What every row must pass before it enters the lake, as set-based SQL over the whole delivery.

A table's rows wait as *candidates*: a relation with the contract's columns, where each row came from
(``_file``, ``_row`` and ``_nth`` where one row of a file became several), and ``_faults``, what its own
values broke. :func:`check` adds what only shows between rows: keys twice and references to nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tenure.contracts import LAKE, Column, Kind, Load, Table
from tenure.contracts.lake import DESK_SOURCES
from tenure.lake import sql
from tenure.lake.schema import DELIVERED_FOR, DELIVERY
from tenure.lake.snapshot import Snapshot
from tenure.lake.store import Lake

if TYPE_CHECKING:
    import duckdb

#: No date of a living customer or an open account lies outside; a wrong century or unit does.
EARLIEST, LATEST = dt.date(1800, 1, 1), dt.date(2999, 12, 31)

ORIGIN = ("_file", "_row", "_nth")


@dataclass(frozen=True)
class Expectation:
    """What a rule wants, in both languages."""

    zh: str
    en: str


@dataclass
class Candidates:
    """Rows that ask to enter ``table``.

    ``relation`` is SQL that can stand after FROM. ``original`` is a relation with ``_file``, ``_row`` and
    ``_raw``, the row as the bank wrote it. ``source_columns`` names the file's column behind each of ours,
    ``readings`` says what a column's text must look like. ``faults`` is the table the checks write to.
    """

    table: Table
    relation: str
    original: str
    total: int = 0
    source_columns: Mapping[str, str] = field(default_factory=dict)
    readings: Mapping[str, Expectation] = field(default_factory=dict)

    @property
    def faults(self) -> str:
        return sql.name(f"faults_{self.table.name}")

    @property
    def good(self) -> str:
        """The rows without a fault, as a relation."""
        return sql.name(f"good_{self.table.name}")

    @property
    def kept(self) -> str:
        """What the lake has of rows that are in quarantine now, as a relation; see :func:`kept_rows`."""
        return sql.name(f"kept_{self.table.name}")


def row_faults(table: Table, business_date: dt.date) -> str:
    """SQL for ``_faults``: null for a sound row, else a list of what its own values broke.

    It stands over a relation that has each column typed under its name, and its text under ``raw:name``.
    """
    broken: list[tuple[Column, str, str]] = []
    for column in table:
        value, raw = sql.name(column.name), sql.name(f"raw:{column.name}")
        broken.append((column, "value", f"{raw} IS NOT NULL AND {value} IS NULL"))
        if not column.nullable:
            broken.append((column, "required", f"{raw} IS NULL AND {value} IS NULL"))
        if column.allowed:
            broken.append((column, "allowed", f"{value} NOT IN ({sql.literals(column.allowed)})"))
        if column.minimum is not None:
            broken.append((column, "minimum", f"{value} < {column.minimum}"))
        if column.maximum is not None:
            broken.append((column, "maximum", f"{value} > {column.maximum}"))
        if column.kind is Kind.TEXT and not column.allowed:
            broken.append((column, "length", f"length({value}) > {column.max_length}"))
        if column.kind in (Kind.DATE, Kind.TIMESTAMP):
            # not BETWEEN with the upper day: a time on that day would fall out
            outside = f"{value} < {sql.literal(EARLIEST)} OR CAST({value} AS DATE) > {sql.literal(LATEST)}"
            broken.append((column, "range", outside))
        if (table.name, column.name) == ("party", "birth_date"):
            broken.append((column, "future", f"{value} > {sql.literal(business_date)}"))
    any_of = " OR ".join(f"({condition})" for _, _, condition in broken)
    each = ", ".join(
        f"CASE WHEN {condition} THEN {{'field': {sql.literal(column.name)}, "
        f"'value': {sql.name(f'raw:{column.name}')}, 'rule': {sql.literal(rule)}}} END"
        for column, rule, condition in broken
    )
    return f"CASE WHEN {any_of} THEN list_filter([{each}], lambda f: f IS NOT NULL) END"


def expectation(candidates: Candidates, field_name: str, rule: str, business_date: str) -> Expectation:
    """What a rule wanted of a column, for the person who will correct the file."""
    table = candidates.table
    if rule == "duplicate":
        keys = "、".join(table.key), ", ".join(table.key)
        return Expectation(
            f"主键（{keys[0]}）在批次和湖中只能出现一次", f"the key ({keys[1]}) once only, here and in the lake"
        )
    if field_name not in table:
        return _OF_FILES[rule]
    column = table[field_name]
    match rule:
        case "value":
            return candidates.readings.get(field_name) or READINGS[column.kind]
        case "required":
            return Expectation("不得为空", "a value; it must not be empty")
        case "allowed":
            return Expectation(f"取值之一：{'、'.join(column.allowed)}", f"one of: {', '.join(column.allowed)}")
        case "minimum":
            return Expectation(f"不小于 {column.minimum}", f"at least {column.minimum}")
        case "maximum":
            return Expectation(f"不大于 {column.maximum}", f"at most {column.maximum}")
        case "length":
            return Expectation(f"最多 {column.max_length} 个字符", f"at most {column.max_length} characters")
        case "range":
            return Expectation(f"{EARLIEST} 至 {LATEST} 之间的日期", f"a date between {EARLIEST} and {LATEST}")
        case "future":
            return Expectation(
                f"不晚于业务日期 {business_date}（年龄不得为负）",
                f"not after the business date {business_date} (no negative age)",
            )
        case "reference":
            return Expectation(
                f"{LAKE[column.references.split('.')[0]].zh}中存在的编号（{column.references}）",
                f"a value that exists in {column.references}",
            )
    return _OF_FILES[rule]


#: What a column's text must look like where no transform says otherwise.
READINGS: dict[Kind, Expectation] = {
    Kind.TEXT: Expectation("文本", "text"),
    Kind.INTEGER: Expectation("整数，如 42", "a whole number, such as 42"),
    Kind.MONEY: Expectation("最多两位小数的金额，如 1234.50", "an amount with at most two decimals, such as 1234.50"),
    Kind.RATE: Expectation("数字，如 3.85", "a number, such as 3.85"),
    Kind.DATE: Expectation("真实存在的日期，如 2024-02-29", "a date that exists, such as 2024-02-29"),
    Kind.TIMESTAMP: Expectation(
        "真实存在的时间，如 2024-02-29 09:30:00", "a time that exists, such as 2024-02-29 09:30:00"
    ),
    Kind.BOOLEAN: Expectation("是/否、1/0、Y/N 或 true/false", "yes/no, 1/0, Y/N or true/false"),
    Kind.JSON: Expectation("JSON", "JSON"),
}
_OF_FILES = {
    "columns": Expectation("列数与表头一致", "as many values as the header has columns"),
    "long_number": Expectation(
        "超过 15 位的编号须以文本格式保存，Excel 的数字格式已丢失末位",
        "a number of more than 15 digits kept as text; Excel's number format has already lost its last digits",
    ),
}


def check(
    con: duckdb.DuckDBPyConnection,
    candidates: Mapping[str, Candidates],
    lake: Lake,
    before: Snapshot,
    source: str,
    full: Collection[str],
) -> None:
    """Find every fault of a delivery; leaves tables ``faults_*`` and relations ``good_*`` on ``con``.

    ``candidates`` come in load order. ``before`` is the lake without the batch this one replaces.
    """
    for each in candidates.values():
        con.execute(
            f"CREATE TABLE {each.faults} AS SELECT _file, _row, _nth, fault.field AS field, fault.value AS value,"
            f" fault.rule AS rule FROM (SELECT _file, _row, _nth, unnest(_faults) AS fault FROM {each.relation}"
            " WHERE _faults IS NOT NULL)"
        )
        _see_good(con, each)
        _see_kept(con, each, lake, before, source, each.table.name in full)
        _find_duplicates(con, each, lake, before)
        _see_good(con, each)
        while _find_dangling(con, each, candidates, lake, before, source, full):
            _see_good(con, each)
            if not any(other == each.table.name for _, other, _ in each.table.foreign):
                break


def kept_rows(con: duckdb.DuckDBPyConnection, each: Candidates) -> int:
    """How many rows a full delivery keeps from earlier ones: those it does hold, but with a fault.

    A customer with a misspelt birth date is not a customer who has left. Without this he would be retired for a day,
    and his accounts with him.
    """
    [(faults,)] = con.execute(f"SELECT count(*) FROM {each.faults}").fetchall()
    if not faults:
        return 0
    [(count,)] = con.execute(f"SELECT count(*) FROM {each.kept}").fetchall()
    return int(count)


def current_keys(
    lake: Lake, before: Snapshot, table: str, column: str, without_source: str | None = None
) -> str | None:
    """A relation of the values ``column`` has in the lake now; ``None`` if the lake has none of ``table``."""
    files = before.current_files_of(table)
    if without_source is not None:
        files = tuple(f for f in files if before.batch(f.batch).source != without_source)
    if not files:
        return None
    return f"(SELECT {sql.name(column)} FROM {sql.parquet([lake.path / f.path for f in files])})"


def _see_good(con: duckdb.DuckDBPyConnection, each: Candidates) -> None:
    """Define the relation of rows without a fault, as cheap to read as what was found allows."""
    between = "count(*) FILTER (WHERE rule IN ('duplicate', 'reference'))"
    [(found, late)] = con.execute(f"SELECT count(*), {between} FROM {each.faults}").fetchall()
    columns = sql.names((*ORIGIN, *each.table.names))
    # nothing found: then nobody need evaluate the rules of columns that are not asked for
    sound = " WHERE _faults IS NULL" if found else ""
    unless = f" ANTI JOIN {each.faults} USING ({sql.names(ORIGIN)})" if late else ""
    con.execute(f"CREATE OR REPLACE VIEW {each.good} AS SELECT {columns} FROM {each.relation} c{unless}{sound}")


def _see_kept(
    con: duckdb.DuckDBPyConnection, each: Candidates, lake: Lake, before: Snapshot, source: str, full: bool
) -> None:
    keys = sql.names(each.table.key)
    files = [f for f in before.current_files_of(each.table.name) if before.batch(f.batch).source == source]
    if not full or not files:
        con.execute(f"CREATE VIEW {each.kept} AS SELECT {keys} FROM {each.good} WHERE FALSE")
        return
    faulty = f"(SELECT {keys} FROM {each.relation} SEMI JOIN {each.faults} USING ({sql.names(ORIGIN)}))"
    newest = f"PARTITION BY {keys} ORDER BY {DELIVERED_FOR} DESC, {DELIVERY} DESC"
    con.execute(
        f"CREATE VIEW {each.kept} AS SELECT * FROM {sql.parquet([lake.path / f.path for f in files])}"
        f" SEMI JOIN {faulty} USING ({keys}) ANTI JOIN {each.good} USING ({keys})"
        f" QUALIFY row_number() OVER ({newest}) = 1"
    )


def _find_duplicates(con: duckdb.DuckDBPyConnection, each: Candidates, lake: Lake, before: Snapshot) -> None:
    """The first row of a key stays, every later one is a fault; so is an event that the lake holds already."""
    table, keys = each.table, sql.names(each.table.key)
    shown = f"concat_ws(' + ', {keys})"
    record = f"INSERT INTO {each.faults} SELECT _file, _row, _nth, {sql.literal(table.key[0])}, {shown}, 'duplicate'"
    twice = f"(SELECT {keys} FROM {each.good} GROUP BY {keys} HAVING count(*) > 1)"
    con.execute(
        f"{record} FROM {each.good} SEMI JOIN {twice} USING ({keys})"
        f" QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY _file, _row, _nth) > 1"
    )
    if table.load is Load.EVENT:
        months = [m for (m,) in con.execute(f"SELECT DISTINCT {month_of(table)} FROM {each.good}").fetchall()]
        files = before.files_of(table.name, months)
        if files:
            held = f"(SELECT {keys} FROM {sql.parquet([lake.path / f.path for f in files])})"
            con.execute(f"{record} FROM {each.good} SEMI JOIN {held} USING ({keys})")


def _find_dangling(
    con: duckdb.DuckDBPyConnection,
    each: Candidates,
    candidates: Mapping[str, Candidates],
    lake: Lake,
    before: Snapshot,
    source: str,
    full: Collection[str],
) -> bool:
    """Record rows that refer to nothing; whether there were any."""
    found = 0
    for column, other, key in each.table.foreign:
        held = [current_keys(lake, before, other, key, source if other in full else None)]
        if other in candidates:
            held.append(f"(SELECT {sql.name(key)} FROM {candidates[other].good})")
            if kept_rows(con, candidates[other]):
                held.append(f"(SELECT {sql.name(key)} FROM {candidates[other].kept})")
        known = " UNION ALL ".join(f"SELECT {sql.name(key)} AS known FROM {h}" for h in held if h) or (
            "SELECT NULL::VARCHAR AS known WHERE FALSE"
        )
        value = sql.name(column)
        # all found before any is recorded: recording changes the relation that is read
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE dangling AS SELECT _file, _row, _nth, {value} AS value FROM {each.good} g"
            f" ANTI JOIN ({known}) k ON g.{value} = k.known WHERE g.{value} IS NOT NULL"
        )
        if source in DESK_SOURCES:
            _forget_former(con, lake, before, other, key)
        [(count,)] = con.execute(
            f"INSERT INTO {each.faults} SELECT _file, _row, _nth, {sql.literal(column)}, value, 'reference'"
            " FROM dangling"
        ).fetchall()
        found += count
    return found > 0


def _forget_former(con: duckdb.DuckDBPyConnection, lake: Lake, before: Snapshot, table: str, key: str) -> None:
    """Take out of ``dangling`` what the lake ever held.

    What the desk tells of was true when it was written, and is told again when it comes to stand otherwise: whose
    customers were handed over may have left the bank since, and its files.
    """
    files = before.files_of(table)
    if files and con.execute("SELECT count(*) FROM dangling").fetchall() != [(0,)]:
        ever = sql.parquet([lake.path / f.path for f in files])
        con.execute(f"DELETE FROM dangling WHERE value IN (SELECT {sql.name(key)} FROM {ever})")


def month_of(table: Table) -> str:
    """SQL for an event's month, ``YYYY-MM``."""
    return f"strftime({sql.name(table.day)}, '%Y-%m')"
