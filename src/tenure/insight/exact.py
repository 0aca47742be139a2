"""Exact arithmetic on whole minor units, the same on every engine.

Three traps are avoided here, once. DuckDB's ``//`` rounds down and Spark's ``div`` towards zero, and Ibis
renders both through floating point: quotients here are taken from exact multiples only. DuckDB adds whole
numbers up as HUGEINT, which Parquet stores as a float: sums here are whole 64-bit numbers again. A factor
times a sum of balance-days overflows 64 bits: conversion splits the number first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: Currency factors are whole millionths.
MILLION = 1_000_000
_WHOLE = dt.Int64(nullable=False)


@contextmanager
def stages_kept() -> Iterator[None]:
    """Have Ibis write each ``select`` and ``mutate`` as a query of its own.

    By default it folds them into one and writes a column's expression out wherever the column is used: the
    customer frame's stages would multiply into megabytes of SQL. Engines see the shared columns either way.
    """
    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = before


def side_by_side(spine: ir.Table, parts: Sequence[ir.Table], on: str) -> ir.Table:
    """``spine`` with the columns of each part beside it; a part has at most one row per ``on``.

    For a table of many months as columns this is five times cheaper than one aggregation with a filter per
    month and measure: hash tables stay narrow, and no engine updates a hundred sums at once.
    """
    joined = spine
    for number, part in enumerate(parts):
        key = f"_{on}_{number}"
        part = part.rename({key: on})
        joined = joined.left_join(part, joined[on] == part[key])
    return joined.select(*(name for name in joined.columns if not name.startswith(f"_{on}_")))


def total(values: ir.NumericValue, where: ir.BooleanValue | None = None) -> ir.IntegerScalar:
    """The sum of whole numbers as a 64-bit whole number; 0 where there is none to add."""
    return values.sum(where=where).coalesce(0).cast(_WHOLE)


def whole(value: ir.Value) -> ir.IntegerValue:
    """``value`` as a 64-bit whole number on every engine (a literal would be narrower)."""
    return value.cast(_WHOLE) if value.type() != _WHOLE else value


def add_up(values: Iterable[ir.IntegerValue]) -> ir.IntegerValue:
    """The sum of columns of one row; 0 for none."""
    columns = list(values)
    return reduce(add, columns) if columns else ibis.literal(0, "int64")


def quotient(value: ir.IntegerValue, by: int | ir.IntegerValue) -> ir.IntegerValue:
    """``value ÷ by`` towards zero, for ``by > 0`` and quotients below 2⁵¹ (22 trillion yuan in fen).

    The dividend is made an exact multiple first, so that the engine's float division errs by less than ½.
    """
    return ((value - value % by) / by).round(0).cast("int64")


def rounded(value: ir.IntegerValue, by: int | ir.IntegerValue) -> ir.IntegerValue:
    """``value ÷ by`` to the nearest whole number, halves away from zero; ``by > 0``."""
    up = quotient(value.abs() * 2 + by, by * 2)
    return ibis.ifelse(value < 0, -up, up)


def converted(value: ir.IntegerValue, millionths: ir.IntegerValue) -> ir.IntegerValue:
    """``value × millionths ÷ 1,000,000``, halves away from zero, without overflow for rates below 9,000."""
    rest = value % MILLION  # has the sign of ``value`` on both engines
    return quotient(value - rest, MILLION) * millionths + rounded(rest * millionths, MILLION)


def largest(values: Sequence[ir.Value]) -> ir.Value:
    """The greatest of some columns of one row, none of them null."""
    return values[0] if len(values) == 1 else ibis.greatest(*values)


def smallest(values: Sequence[ir.Value]) -> ir.Value:
    """The least of some columns of one row, none of them null."""
    return values[0] if len(values) == 1 else ibis.least(*values)


def number_text(value: ir.Value) -> ir.StringValue:
    """A whole number as text, as in JSON."""
    return value.cast("int64").cast("string")


def joined(values: Sequence[ir.StringValue], by: str = ",") -> ir.StringValue:
    """Texts joined by ``by``; nulls are left out."""
    return ibis.literal(by).join(list(values))


def share_text(share: ir.FloatingValue, decimals: int = 6) -> ir.StringValue:
    """A share of 0…1 as JSON text with fixed decimals; engines write small floats differently, digits they don't."""
    steps = 10**decimals
    counted = (share * float(steps)).round(0).cast("int64")
    return ibis.ifelse(counted >= steps, "1.", "0.") + (counted % steps).cast("string").lpad(decimals, "0")
