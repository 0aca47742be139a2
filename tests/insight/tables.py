"""Small tables for the insight's tests: rows with the contract's columns, whatever a test leaves out being null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from tenure.contracts import LAKE, Kind
from tenure.insight import stages_kept

_ARROW = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.MONEY: pa.int64(),
    Kind.RATE: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us"),
    Kind.BOOLEAN: pa.bool_(),
}


def arrow(name: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """A table of the lake as Arrow."""
    contract = LAKE[name]
    full = [{column: row.get(column) for column in contract.names} for row in rows]
    return pa.Table.from_pylist(full, pa.schema([(c.name, _ARROW[c.kind]) for c in contract]))


def table(name: str, rows: Iterable[Mapping[str, Any]]) -> ir.Table:
    """A table of the lake in memory."""
    return ibis.memtable(arrow(name, rows))


_ENGINE = ibis.duckdb.connect()


def rows(expr: ir.Table, by: str = "party_id") -> dict[Any, dict[str, Any]]:
    """An expression's rows by key."""
    with stages_kept():
        return {row[by]: row for row in _ENGINE.to_pyarrow(expr).to_pylist()}


def listed(expr: ir.Table) -> list[dict[str, Any]]:
    """An expression's rows, where one column doesn't tell them apart."""
    with stages_kept():
        found: list[dict[str, Any]] = _ENGINE.to_pyarrow(expr).to_pylist()
        return found


def kept(expr: ir.Table) -> ir.Table:
    """An expression worked out, as a night keeps its frames."""
    with stages_kept():
        return ibis.memtable(_ENGINE.to_pyarrow(expr))


def values(**columns: list[Any]) -> ir.Table:
    """A table of plain columns; ``None`` needs a typed neighbour."""
    return ibis.memtable(pa.table(columns))
