"""A contract's columns as the types of Ibis and of SQL."""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt

from tenure.contracts import Kind, Table

_IBIS: dict[Kind, dt.DataType] = {
    Kind.TEXT: dt.string,
    Kind.INTEGER: dt.int64,
    Kind.MONEY: dt.int64,
    Kind.RATE: dt.float64,
    Kind.DATE: dt.date,
    Kind.TIMESTAMP: dt.Timestamp(scale=6),
    Kind.BOOLEAN: dt.boolean,
    Kind.JSON: dt.string,
}

#: The same types in DuckDB's SQL.
SQL_TYPE: dict[Kind, str] = {
    Kind.TEXT: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    Kind.MONEY: "BIGINT",
    Kind.RATE: "DOUBLE",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.JSON: "VARCHAR",
}

#: Columns a state table's file carries beside the contract's: which delivery each row came with.
DELIVERED_FOR = "_delivered_for"
DELIVERY = "_delivery"


def schema_of(table: Table) -> ibis.Schema:
    """The Ibis schema of a contract: names in order; whole minor units for money, microseconds without zone."""
    return ibis.schema({c.name: _IBIS[c.kind] for c in table})


def stored_schema_of(table: Table) -> ibis.Schema:
    """The schema of a state table's files: the contract's columns and the delivery each row came with."""
    return ibis.schema({**dict(schema_of(table).items()), DELIVERED_FOR: dt.date, DELIVERY: dt.int64})
