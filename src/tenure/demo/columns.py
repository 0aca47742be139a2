"""From arrays of codes and ordinals to Arrow tables shaped by their contract."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tenure.contracts import Kind, Table
from tenure.demo.clock import NEVER

ARROW: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.MONEY: pa.int64(),
    Kind.RATE: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us"),
    Kind.BOOLEAN: pa.bool_(),
    Kind.JSON: pa.string(),
}


def schema_of(contract: Table) -> pa.Schema:
    """The Arrow schema a contract asks for."""
    return pa.schema([pa.field(c.name, ARROW[c.kind], c.nullable) for c in contract])


def shaped(contract: Table, values: dict[str, Any], rows: int) -> pa.Table:
    """A table of ``rows`` rows in the contract's columns, order and types; a column left out is null."""
    arrays = []
    for column in contract:
        given = values.get(column.name)
        kind = ARROW[column.kind]
        if given is None:
            arrays.append(pa.nulls(rows, kind))
            continue
        array = given if isinstance(given, pa.Array | pa.ChunkedArray) else pa.array(given, kind)
        arrays.append(array if array.type == kind else array.cast(kind))
    return pa.table(arrays, schema=schema_of(contract))


def dates(days: NDArray[np.int64]) -> pa.Array:
    """Ordinals to dates; NEVER becomes null."""
    days = np.asarray(days)
    return pa.array(days.astype(np.int32), pa.int32(), mask=days >= NEVER).cast(pa.date32())


def moments(days: NDArray[np.int64], seconds: NDArray[np.int64]) -> pa.Array:
    """Days and seconds of the day to naive timestamps; NEVER becomes null."""
    days = np.asarray(days)
    stamp = (days.astype(np.int64) * 86_400 + np.asarray(seconds)) * 1_000_000
    return pa.array(stamp, pa.timestamp("us"), mask=days >= NEVER)


def words(pool: pa.Array | list[str] | tuple[str, ...], index: NDArray[np.int64]) -> pa.Array:
    """Take from a pool of strings; −1 becomes null."""
    pool = pool if isinstance(pool, pa.Array) else pa.array(list(pool), pa.string())
    index = np.asarray(index)
    return pool.take(pa.array(index, pa.int64(), mask=index < 0))


def numbered(prefix: str, number: NDArray[np.int64], width: int = 0) -> pa.Array:
    """Text such as ``prefix`` followed by a number, padded with zeros to ``width`` digits."""
    text = pa.array(np.asarray(number, np.int64)).cast(pa.string())
    if width:
        text = pc.utf8_lpad(text, width, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), text, "") if prefix else text


def joined(*parts: pa.Array | str) -> pa.Array:
    """Text columns written one after the other."""
    return pc.binary_join_element_wise(*[pa.scalar(p) if isinstance(p, str) else p for p in parts], "")


def party_id(index: NDArray[np.int64], people: int) -> pa.Array:
    """Customer numbers: people from 1000000001, companies from 8000000001; −1 becomes null."""
    index = np.asarray(index, np.int64)
    number = np.where(index < people, 1_000_000_001 + index, 8_000_000_001 + index - people)
    return pa.array(number, pa.int64(), mask=index < 0).cast(pa.string())


def account_number(party: NDArray[np.int64], place: NDArray[np.int64] | int) -> NDArray[np.int64]:
    """A 19-digit number from customer and place among their accounts, with its Luhn check digit.

    6239 99 is a made-up issuer. The place 0 is a customer's current account, so that a counterparty's number is known
    without looking at the counterparty.
    """
    stem = 623_999_000_000_000_000 + (np.asarray(party, np.int64) + 1) * 1000 + place
    total = np.zeros_like(stem)
    rest = stem.copy()
    for position in range(18):
        digit = rest % 10
        rest //= 10
        if position % 2 == 0:
            digit = digit * 2
            digit = np.where(digit > 9, digit - 9, digit)
        total += digit
    return np.asarray(stem * 10 + (10 - total % 10) % 10)
