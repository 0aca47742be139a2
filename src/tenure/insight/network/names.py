"""Between the parties' names and their positions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray


def named(ids: pa.Array[Any], positions: Any, absent: NDArray[Any] | None = None) -> Any:
    """The names at these positions, as an Arrow array; null where ``absent``."""
    places: Any = pa.array(positions, pa.int64(), mask=absent)
    return ids.take(places)


def tabled(columns: Mapping[str, Any]) -> pa.Table:
    """An Arrow table of NumPy and Arrow columns."""
    return pa.table(dict(columns))
