"""Instants in the bank's local time, from whatever a column of them comes as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tenure.errors import InputError
from tenure.insight.inputs import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray


def instants(values: Any, name: str, *, missing: bool = False) -> NDArray[np.datetime64]:
    """One column of local times as ``datetime64[us]``, missing ones NaT.

    Raises:
        InputError: not times, times with a zone (which local hour is it?), or a missing one where none may be.
    """
    try:
        if hasattr(values, "to_arrow"):
            values = values.to_arrow()
        elif hasattr(values, "to_numpy") and not isinstance(values, (pa.Array, pa.ChunkedArray)):
            values = values.to_numpy()
        if not isinstance(values, (pa.Array, pa.ChunkedArray)):
            values = pa.array(values if isinstance(values, np.ndarray) else plain(values, name))
        if pa.types.is_timestamp(values.type) and values.type.tz is not None:
            raise InputError(f"{name} has the time zone {values.type.tz}", "Pass the bank's local time without a zone.")
        if not (pa.types.is_timestamp(values.type) or pa.types.is_null(values.type)):
            raise InputError(f"{name} holds {values.type}; dates with times were expected")
        found = np.asarray(values.cast(pa.timestamp("us"), safe=False).to_numpy(zero_copy_only=False))
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, TypeError) as wrong:
        raise InputError(f"{name} holds something that is not a time: {wrong}") from None
    times: NDArray[np.datetime64] = found.astype("datetime64[us]")
    if not missing and np.isnat(times).any():
        raise InputError(f"{name}, row {int(np.flatnonzero(np.isnat(times))[0]) + 1}: a time is missing")
    return times
