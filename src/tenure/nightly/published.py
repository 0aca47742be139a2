"""How tables come into a publication's folder: rows made in memory, and files that stay as they were."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from tenure.contracts import PUBLISHED, Kind, Table
from tenure.nightly.caching import write_rows

_ARROW: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.JSON: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.MONEY: pa.int64(),
    Kind.RATE: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us"),
    Kind.BOOLEAN: pa.bool_(),
}


def publish_rows(folder: Path, name: str, rows: Sequence[dict[str, Any]]) -> int:
    """Write the rows of one published table, sorted by its key; how many they are."""
    table = PUBLISHED[name]
    ordered = sorted(rows, key=lambda row: tuple(row[k] for k in table.key))
    schema = pa.schema([(column.name, _ARROW[column.kind]) for column in table])
    write_rows(pa.Table.from_pylist(list(map(_plain(table), ordered)), schema), folder / f"{name}.parquet")
    return len(rows)


def link(settled: Path, path: Path) -> None:
    """Give a file that stays the same another name, ``path``, in a publication: not a copy, where that can be."""
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.hardlink_to(settled)
    except OSError:  # a file system without such names
        shutil.copyfile(settled, path)


def _plain(table: Table) -> Callable[[dict[str, Any]], dict[str, Any]]:
    days = {column.name for column in table if column.kind is Kind.DATE}

    def plain(row: dict[str, Any]) -> dict[str, Any]:
        return {k: date.fromisoformat(v) if k in days and isinstance(v, str) else v for k, v in row.items()}

    return plain
