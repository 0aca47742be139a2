"""Columns of any kind as numbers for the trees, the same way at training and at scoring."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from tenure.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: Categories kept of one column; rarer ones share the code for "other".
MOST_CATEGORIES = 60
#: A category seen less often than this says nothing about the next customer.
FEWEST_OF_CATEGORY = 5


@dataclass(frozen=True)
class Encoding:
    """``kinds`` of each column (``number``, ``day`` or ``category``) and the ``categories`` in the order of codes.

    Missing stays missing (NaN), and so does a category never seen at training; a rare one has the code after the last.
    """

    kinds: dict[str, str]
    categories: dict[str, list[str]]

    @property
    def names(self) -> list[str]:
        """The columns, in the order of the matrix."""
        return list(self.kinds)

    @property
    def categorical(self) -> list[int]:
        """Positions of the columns that hold codes."""
        return [k for k, kind in enumerate(self.kinds.values()) if kind == "category"]

    @classmethod
    def of(cls, table: pa.Table, names: Sequence[str]) -> Encoding:
        """Learn the encoding of ``names`` from a table.

        Raises:
            InputError: a column of a kind no model can use (lists, structures, bytes).
        """
        found = {name: _kind(name, table[name].type) for name in names}
        categories = {name: _categories(table[name]) for name, kind in found.items() if kind == "category"}
        return cls(found, categories)

    def matrix(self, table: pa.Table) -> Numbers:
        """Shape ``(rows, columns)``, float64.

        Raises:
            InputError: a column is missing or changed its kind.
        """
        absent = [name for name in self.kinds if name not in table.column_names]
        if absent:
            raise InputError(f"the table lacks {', '.join(absent)}", "Score with the columns the model was trained on.")
        out = np.empty((table.num_rows, len(self.kinds)), dtype=np.float64)
        for k, (name, kind) in enumerate(self.kinds.items()):
            came = _kind(name, table[name].type)
            if came != kind and not pa.types.is_null(table[name].type):
                raise InputError(f"{name} holds a {came}; at training it was a {kind}", "Deliver it as it was.")
            out[:, k] = self._codes(name, table[name]) if kind == "category" else _numbers(table[name], kind)
        return out

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"kinds": self.kinds, "categories": self.categories}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Encoding:
        """The reverse of ``as_dict``."""
        return cls(dict(stored["kinds"]), dict(stored["categories"]))

    def _codes(self, name: str, values: pa.ChunkedArray[Any]) -> Numbers:
        known = self.categories[name]
        places = pc.index_in(_text(values), value_set=pa.array(known, pa.string()))
        codes = np.array(places.cast(pa.float64()).to_numpy(), dtype=np.float64)
        unseen = np.isnan(codes) & ~np.asarray(values.is_null().to_numpy(), dtype=bool)
        codes[unseen] = len(known)
        return codes


def texts_alike(table: pa.Table) -> pa.Table:
    """Every kind of text column (views, dictionaries, large) as plain text: Arrow's functions know not all of them."""
    for k, field in enumerate(table.schema):
        kind = field.type
        view = str(kind).endswith("string_view") or kinds.is_large_string(kind)
        if view or kinds.is_dictionary(kind):
            table = table.set_column(k, field.name, table[field.name].cast(pa.string()))
    return table


def _kind(name: str, kind: pa.DataType) -> str:
    if kinds.is_boolean(kind) or kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_decimal(kind):
        return "number"
    if kinds.is_date(kind) or kinds.is_timestamp(kind):
        return "day"
    if kinds.is_dictionary(kind) or kinds.is_string(kind) or kinds.is_large_string(kind):
        return "category"
    if kinds.is_null(kind):
        return "number"
    if str(kind) == "string_view":
        return "category"
    raise InputError(f"{name} holds {kind}; numbers, texts or days were expected", "Leave it out, or flatten it.")


def _numbers(values: pa.ChunkedArray[Any], kind: str) -> Numbers:
    if kinds.is_null(values.type):
        return np.full(len(values), np.nan)
    if kind == "day":
        values = values.cast(pa.timestamp("us")).cast(pa.int64())
    elif kinds.is_boolean(values.type):
        values = values.cast(pa.int8())
    numbers = np.array(values.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)
    numbers[np.isinf(numbers)] = np.nan
    return numbers / 86_400_000_000 if kind == "day" else numbers


def _text(values: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any]:
    return values.cast(pa.string())


def _categories(values: pa.ChunkedArray[Any]) -> list[str]:
    counted = Counter({each["values"].as_py(): each["counts"].as_py() for each in pc.value_counts(_text(values))})
    often = [(n, name) for name, n in counted.items() if name is not None and n >= FEWEST_OF_CATEGORY]
    kept = sorted(often, key=lambda each: (-each[0], each[1]))[:MOST_CATEGORIES]
    return sorted(name for _, name in kept)
