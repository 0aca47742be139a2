"""What the models take: NumPy arrays, lists, pandas, Polars or Arrow alike, checked before anything is computed.

Frames are read through the Arrow C stream that pandas, Polars and PyArrow all offer, so none of them is imported.
Every refusal names the input, what was expected and what came.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tenure.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray


#: Values of a column that an error shows.
SHOWN = 5


class TooLittleData(InputError):
    """There is not enough to say anything honest: the message says what there is and what it takes."""


def column(
    values: Any,
    name: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    whole: bool = False,
    missing: bool = False,
) -> NDArray[np.float64]:
    """One numeric column as an array of shape ``(n,)``.

    ``minimum`` and ``maximum`` are inclusive. ``whole`` refuses fractions; ``missing`` lets NaN (null) pass.

    Raises:
        InputError: not one-dimensional, not numbers, or a value out of range; the first such row is named.
    """
    numbers = _numbers(values, name)
    if numbers.ndim != 1:
        raise InputError(
            f"{name} has shape {numbers.shape}; one column was expected", "Pass one value for each customer."
        )
    gone = np.isnan(numbers)
    if not missing and gone.any():
        raise _refused(name, numbers, gone, "a number")
    if np.isinf(numbers).any():
        raise _refused(name, numbers, np.isinf(numbers), "a finite number")
    if minimum is not None and (numbers < minimum).any():
        raise _refused(name, numbers, numbers < minimum, f"at least {minimum:g}")
    if maximum is not None and (numbers > maximum).any():
        raise _refused(name, numbers, numbers > maximum, f"at most {maximum:g}")
    if whole and (numbers[~gone] % 1 != 0).any():
        raise _refused(name, numbers, np.where(gone, 0, numbers) % 1 != 0, "a whole number")
    return numbers


def flags(values: Any, name: str, *, positive: Any = None) -> NDArray[np.bool_]:
    """One yes-or-no column as booleans: 0/1 or booleans, or whatever equals ``positive``.

    ``positive`` is compared as text, and as a number or a truth value where the column holds these: "1" means 1.0,
    "true" means True.

    Raises:
        InputError: a missing value, something else than 0 and 1 with no ``positive`` named, or nothing that equals it.
    """
    if positive is None and isinstance(values, np.ndarray) and values.dtype == bool and values.ndim == 1:
        return values.copy()
    found = plain(values, name)
    if positive is not None:
        if any(value is None or value != value for value in found):
            raise InputError(f"{name} has missing values", "Leave those rows out, or give them a value.")
        wanted = str(positive)
        yes = np.array([_same(value, wanted) for value in found], dtype=bool)
        if found and not yes.any():
            there = sorted({str(value) for value in found})
            told = ", ".join(there[:SHOWN]) + (f" and {len(there) - SHOWN:,} more" if len(there) > SHOWN else "")
            raise InputError(f"{name} never is {wanted}", f"It holds {told}.")
        return yes
    try:
        numbers = column(values, name)
    except InputError as wrong:
        if found and all(isinstance(value, str) for value in found):
            told = ", ".join(sorted(set(found))[:SHOWN])
            raise InputError(
                f"{name} holds texts: {told}", "Give 0 and 1, or name the one that means yes (positive)."
            ) from None
        raise wrong
    if not np.isin(numbers, (0.0, 1.0)).all():
        raise _refused(name, numbers, ~np.isin(numbers, (0.0, 1.0)), "0 or 1")
    return numbers.astype(bool)


def plain(values: Any, name: str) -> list[Any]:
    """One column of anything (texts, codes, days) as a plain list."""
    if hasattr(values, "to_pylist"):
        return list(values.to_pylist())
    if hasattr(values, "tolist"):
        values = values.tolist()
    elif hasattr(values, "to_list"):
        values = values.to_list()
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise InputError(f"{name} is a {type(values).__name__}; a column of values was expected")
    return list(values)


def table(values: Any, name: str = "table") -> pa.Table:
    """A frame (pandas, Polars, Arrow, a mapping of columns or anything with an Arrow stream) as an Arrow table.

    Raises:
        InputError: it is none of these, or two columns have the same name.
    """
    if isinstance(values, pa.Table):
        return _plain_texts(values)
    if isinstance(values, Mapping):
        return pa.table({str(key): pa.array(plain(each, str(key))) for key, each in values.items()})
    if hasattr(values, "__arrow_c_stream__"):
        return _plain_texts(pa.table(values))
    raise InputError(
        f"{name} is a {type(values).__name__}; a table was expected",
        "Pass a pandas, Polars or Arrow table, or a mapping from names to columns.",
    )


def same_length(**columns: NDArray[Any] | list[Any] | None) -> int:
    """The common length of the columns given (None is left out).

    Raises:
        InputError: they differ.
    """
    lengths = {name: len(each) for name, each in columns.items() if each is not None}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length:,}" for name, length in lengths.items())
        raise InputError(f"the columns have different lengths: {told}", "Pass one value a row in each.")
    return next(iter(lengths.values()), 0)


def _same(value: Any, wanted: str) -> bool:
    if isinstance(value, bool):
        return wanted.lower() in (("true", "1") if value else ("false", "0"))
    if isinstance(value, (int, float)):
        try:
            return value == float(wanted)
        except ValueError:
            return False
    return str(value) == wanted


def _plain_texts(frame: pa.Table) -> pa.Table:
    """Polars hands over its texts as views, which Arrow can read and neither filter nor take."""
    twice = sorted({name for name in frame.column_names if frame.column_names.count(name) > 1})
    if twice:
        raise InputError(f"the table has more than one column {', '.join(twice)}", "Rename or leave out all but one.")
    views = [at for at, field in enumerate(frame.schema) if pa.types.is_string_view(field.type)]
    for at in views:
        frame = frame.set_column(at, frame.column_names[at], frame.column(at).cast(pa.string()))
    return frame


def _numbers(values: Any, name: str) -> NDArray[np.float64]:
    try:
        if isinstance(values, (pa.Array, pa.ChunkedArray)):
            values = values.cast(pa.float64())
            # An array, unlike a chunked one, refuses to copy unless told to, and nulls can only be NaN in a copy.
            values = values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values.to_numpy()
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, pa.ArrowInvalid) as wrong:
        raise InputError(f"{name} holds something that is not a number: {wrong}") from None


def _refused(name: str, numbers: NDArray[np.float64], bad: NDArray[np.bool_], expected: str) -> InputError:
    row = int(np.flatnonzero(bad)[0])
    return InputError(f"{name}, row {row + 1}: {numbers[row]:g}; expected {expected} ({int(bad.sum()):,} such rows)")
