"""Rows in the order of their branches' paths: a branch with all below it is then a slice, and nothing is copied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray


def in_order(rows: pa.Table, branches: Mapping[str, str]) -> tuple[pa.Table, NDArray[np.str_]]:
    """The rows by their ``org_id``'s path, otherwise as they came, and the paths (n,); "" of an unknown branch.

    ``branches``: each branch's path by its number (``Known.branches``).
    """
    org = rows.column("org_id").combine_chunks().dictionary_encode()
    named = np.array([branches.get(str(name), "") for name in org.dictionary.to_pylist()], dtype=str)
    paths = named[org.indices.to_numpy()] if len(named) else named
    order = np.argsort(paths, kind="stable")
    return rows.take(pa.array(order, pa.int64())), paths[order]


def below(paths: NDArray[np.str_], path: str) -> slice:
    """Where the branch with this path and all below it stand among paths in their order."""
    first, last = np.searchsorted(paths, [path, path[:-1] + chr(ord("/") + 1)])
    return slice(int(first), int(last))
