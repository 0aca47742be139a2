"""Names and values as they stand in DuckDB's SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path


def name(identifier: str) -> str:
    """A column's or table's name, quoted."""
    return '"' + identifier.replace('"', '""') + '"'


def names(identifiers: Iterable[str]) -> str:
    """Quoted names with commas between."""
    return ", ".join(name(i) for i in identifiers)


def literal(value: object) -> str:
    """A Python value as an SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dt.date):
        return f"DATE '{value.isoformat()[:10]}'"
    return "'" + str(value).replace("'", "''") + "'"


def literals(values: Iterable[object]) -> str:
    """SQL literals with commas between."""
    return ", ".join(literal(v) for v in values)


def parquet(paths: Sequence[Path], options: str = "") -> str:
    """Some Parquet files as a relation; columns are matched by name."""
    listed = literals(str(p) for p in paths)
    return f"read_parquet([{listed}], union_by_name=true, hive_partitioning=false{options})"
