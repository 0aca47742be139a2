"""Rows that have the contract's columns already: from the demo bank, from the desk, from another system of ours."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from tenure.contracts import Kind, Table
from tenure.errors import InputError
from tenure.lake import checks, sql
from tenure.lake.checks import Candidates
from tenure.lake.schema import SQL_TYPE

if TYPE_CHECKING:
    import duckdb

_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT"}
#: A column without a single value is delivered as this type by some writers; it fits any contract.
_VOID = '"NULL"'


def stage(tables: Mapping[str, Path | pa.Table], staging: Path) -> dict[str, list[Path]]:
    """Every table as Parquet files: a file, those in a folder, or an Arrow table written out."""
    staged: dict[str, list[Path]] = {}
    for name, held in tables.items():
        if isinstance(held, Path):
            staged[name] = sorted(held.rglob("*.parquet")) if held.is_dir() else [held]
            missing = [p for p in staged[name] if not p.is_file()]
            if missing or not staged[name]:
                raise InputError(f"{missing[0] if missing else held}: no Parquet file for {name}", "Check the path.")
        else:
            path = staging / f"{name}.arrow.parquet"
            pq.write_table(held, path, compression="zstd")
            staged[name] = [path]
    return staged


def content_hash(paths: Mapping[str, list[Path]], full: Collection[str]) -> str:
    """The identity of a delivery: its tables' bytes, and which of them are complete."""
    whole = hashlib.sha256()
    for name in sorted(paths):
        whole.update(f"{name}:{name in full}".encode())
        for path in paths[name]:
            with path.open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def candidates(con: duckdb.DuckDBPyConnection, table: Table, paths: list[Path], business_date: dt.date) -> Candidates:
    """The rows of some Parquet files as candidates for ``table``; ``InputError`` if a column doesn't fit."""
    files = sql.parquet(paths, ", filename=true, file_row_number=true")
    try:
        described = con.execute(f"DESCRIBE SELECT * EXCLUDE (filename, file_row_number) FROM {files}").fetchall()
    except Exception as wrong:
        raise InputError(
            f"{paths[0]}: not readable as Parquet ({str(wrong).splitlines()[0]})", "Write the file again."
        ) from None
    held = {name: kind for name, kind, *_ in described}
    for name in held:
        if name not in table:
            near = get_close_matches(name, table.names, 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Its columns are {', '.join(table.names)}."
            raise InputError(f"{paths[0].name}: {table.name} has no column {name!r}", hint)
    readings = []  # each column typed under its name, and its text under "raw:name"
    for column in table:
        kind, ours, raw = SQL_TYPE[column.kind], sql.name(column.name), sql.name(f"raw:{column.name}")
        if column.name not in held:
            if not column.nullable:
                raise InputError(
                    f"{paths[0].name}: {table.name} lacks the column {column.name!r}", "Add it; it must have a value."
                )
            readings.append(f"NULL::{kind} AS {ours}, NULL::VARCHAR AS {raw}")
            continue
        _must_fit(paths[0], table, column.name, column.kind, held[column.name])
        as_text = f"nullif(CAST({ours} AS VARCHAR), '')"
        value = as_text if column.kind is Kind.TEXT else f"TRY_CAST({ours} AS {kind})"
        readings.append(f"{value} AS {ours}, {as_text} AS {raw}")
    origin = "filename AS _file, file_row_number + 1 AS _row, 0 AS _nth"
    con.execute(
        f"CREATE VIEW {sql.name(f'candidates_{table.name}')} AS"
        f" SELECT _file, _row, _nth, {sql.names(table.names)}, {checks.row_faults(table, business_date)} AS _faults"
        f" FROM (SELECT {origin}, {', '.join(readings)} FROM {files})"
    )
    texts = ", ".join(f"coalesce(CAST({sql.name(name)} AS VARCHAR), '')" for name in held)
    whole = f"concat_ws('|', {texts})"
    total = con.execute(f"SELECT count(*) FROM {files}").fetchall()[0][0]
    return Candidates(
        table=table,
        relation=sql.name(f"candidates_{table.name}"),
        original=f"(SELECT filename AS _file, file_row_number + 1 AS _row, {whole} AS _raw FROM {files})",
        total=total,
    )


def _must_fit(path: Path, table: Table, name: str, kind: Kind, held: str) -> None:
    wanted = {
        Kind.TEXT: held == "VARCHAR",
        Kind.MONEY: held in _WHOLE,
        Kind.INTEGER: held in _WHOLE,
        Kind.RATE: held in _WHOLE or held in ("DOUBLE", "FLOAT") or held.startswith("DECIMAL"),
        Kind.DATE: held in ("DATE", "TIMESTAMP"),
        Kind.TIMESTAMP: (held.startswith("TIMESTAMP") and "ZONE" not in held) or held == "DATE",
        Kind.BOOLEAN: held == "BOOLEAN",
    }
    if held not in (_VOID, "NULL") and not wanted.get(kind, False):
        raise InputError(
            f"{path.name}: {table.name}.{name} is {kind.value}, the file has it as {held}",
            {
                Kind.MONEY: "Deliver money as whole minor units (int64), never as a float.",
                Kind.TEXT: "Deliver identifiers and text as strings, so that leading zeros and long numbers survive.",
                Kind.TIMESTAMP: "Deliver the bank's local time without a zone.",
            }.get(kind, "Deliver the type the data dictionary names."),
        )
