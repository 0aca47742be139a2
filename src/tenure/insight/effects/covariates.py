"""What was known of each customer beforehand, as a matrix: one row a customer, one column a number or a category.

Categories become one column each, the commonest left out. A missing number becomes the column's mean and a column that
says it was missing: in a randomised trial this keeps the estimate unbiased (Zhao and Ding 2022).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tenure.errors import InputError
from tenure.insight.inputs import column, plain, table

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: More categories than this in one column is a name or a number, not a category.
MOST_CATEGORIES = 60


@dataclass(frozen=True)
class Encoding:
    """How columns become numbers: fixed once on the rows that were fitted, so that new rows are read the same way.

    ``categories`` names the kept values of a column of texts; ``means`` the mean of a numeric column;
    ``missing`` the columns that had nulls.
    """

    columns: tuple[str, ...]
    categories: dict[str, tuple[Any, ...]]
    means: dict[str, float]
    missing: frozenset[str]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the matrix's columns, in order."""
        found: list[str] = []
        for name in self.columns:
            if name in self.categories:
                found += [f"{name}={value}" for value in self.categories[name]]
            else:
                found.append(name)
                found += [f"{name} missing"] if name in self.missing else []
        return tuple(found)

    def apply(self, values: Any) -> NDArray[np.float64]:
        """The matrix of shape ``(n, len(names))``.

        Raises:
            InputError: a column is absent, or what was a number is now a text.
        """
        given = _columns(values)
        absent = [name for name in self.columns if name not in given]
        if absent:
            raise InputError(f"the covariates lack {', '.join(absent)}", "Pass the columns that were fitted.")
        built: list[NDArray[np.float64]] = []
        for name in self.columns:
            if name in self.categories:
                found = np.array([str(each) for each in plain(given[name], name)], dtype=object)
                built += [(found == str(value)).astype(np.float64) for value in self.categories[name]]
                continue
            numbers = column(given[name], name, missing=True)
            gone = np.isnan(numbers)
            built.append(np.where(gone, self.means[name], numbers))
            if name in self.missing:
                built.append(gone.astype(np.float64))
        rows = len(next(iter(given.values()))) if given else 0
        return np.column_stack(built) if built else np.empty((rows, 0))


def learn(values: Any) -> Encoding:
    """Fix the encoding of a table, a mapping of columns, a matrix ``(n, k)`` or one column.

    Raises:
        InputError: not a table of numbers and categories, or a column with more than 60 categories.
    """
    given = _columns(values)
    categories: dict[str, tuple[Any, ...]] = {}
    means: dict[str, float] = {}
    missing: set[str] = set()
    for name, each in given.items():
        if _is_category(each):
            counted = Counter(str(value) for value in plain(each, name))
            if len(counted) > MOST_CATEGORIES:
                raise InputError(
                    f"covariate {name} has {len(counted):,} different values; at most {MOST_CATEGORIES} were expected",
                    "Leave out names and numbers of customers, or group the values.",
                )
            categories[name] = tuple(value for value, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair)))
            categories[name] = categories[name][1:]
            continue
        numbers = column(each, name, missing=True)
        gone = np.isnan(numbers)
        means[name] = float(numbers[~gone].mean()) if not gone.all() else 0.0
        if gone.any():
            missing.add(name)
    return Encoding(tuple(given), categories, means, frozenset(missing))


def matrix(values: Any) -> NDArray[np.float64]:
    """The covariates as numbers, shape ``(n, k)``: ``learn`` and ``apply`` in one."""
    return learn(values).apply(values)


def _columns(values: Any) -> dict[str, Any]:
    if isinstance(values, Mapping) or hasattr(values, "__arrow_c_stream__") or isinstance(values, pa.Table):
        # a single Polars or pandas column also streams: it is one column, not a table
        if not isinstance(values, Mapping) and not hasattr(values, "columns"):
            return {"x1": values}
        read = table(values, "covariates")
        return {str(name): read[name] for name in read.column_names}
    array = np.asarray(values)
    if array.ndim == 1:
        return {"x1": array}
    if array.ndim != 2:
        raise InputError(f"covariates have shape {array.shape}; one row a customer was expected")
    return {f"x{i + 1}": array[:, i] for i in range(array.shape[1])}


def _is_category(each: Any) -> bool:
    if isinstance(each, (pa.Array, pa.ChunkedArray)):
        kind = each.type
        return bool(
            pa.types.is_string(kind)
            or pa.types.is_large_string(kind)
            or pa.types.is_string_view(kind)
            or pa.types.is_dictionary(kind)
        )
    array = np.asarray(each)
    return array.dtype.kind in "US" or (array.dtype == object and any(isinstance(value, str) for value in array))
