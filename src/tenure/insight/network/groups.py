"""Groups: parties joined by ties, and what lies within some steps of one party."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse
from scipy.sparse import csgraph

from tenure.errors import InputError
from tenure.insight.network.names import tabled

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Groups:
    """Each party's group: ``label`` (n,) counts from 0 by first member; ``sizes`` (groups,)."""

    ids: pa.Array[Any]
    label: NDArray[np.int64]
    sizes: NDArray[np.int64]

    def __len__(self) -> int:
        """How many groups there are, parties on their own included."""
        return len(self.sizes)

    @property
    def largest_share(self) -> float:
        """Share of all parties (0…1) in the largest group; near 1, the grouping says nothing."""
        return float(self.sizes.max() / len(self.label)) if len(self.label) else 0.0

    def members(self, party: Any) -> list[Any]:
        """Everybody in a party's group, itself included.

        Raises:
            InputError: the party is not in the network.
        """
        at = pc.index(self.ids, pa.scalar(party, self.ids.type)).as_py()
        if at < 0:
            raise InputError(f"not in the network: {party}")
        return list(self.ids.filter(pa.array(self.label == self.label[at])).to_pylist())

    def table(self) -> pa.Table:
        """``party_id``, ``group``, ``size``."""
        return tabled({"party_id": self.ids, "group": self.label, "size": self.sizes[self.label]})


def of_ties(ids: pa.Array[Any], source: NDArray[np.int64], target: NDArray[np.int64]) -> Groups:
    """Connected components of undirected ties between ``n = len(ids)`` parties."""
    n = len(ids)
    if n == 0:
        return Groups(ids, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    matrix = sparse.csr_array((np.ones(len(source), dtype=np.int8), (source, target)), shape=(n, n))
    _, raw = csgraph.connected_components(matrix, directed=False)
    # numbered by first member, whatever order the library walks in
    _, first, inverse = np.unique(raw, return_index=True, return_inverse=True)
    label = np.argsort(np.argsort(first))[inverse].astype(np.int64)
    return Groups(ids, label, np.bincount(label).astype(np.int64))


def neighbourhood(matrix: sparse.csr_array, start: int, steps: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions within ``steps`` of ``start`` along the rows of a matrix, nearest first, and their distances."""
    reached = np.full(matrix.shape[0], -1, dtype=np.int64)
    reached[start] = 0
    front = np.array([start])
    for step in range(1, steps + 1):
        onward = np.unique(np.concatenate([matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]] for i in front]))
        front = onward[reached[onward] < 0]
        reached[front] = step
        if not len(front):
            break
    found = np.flatnonzero(reached > 0)
    order = np.argsort(reached[found], kind="stable")
    return found[order].astype(np.int64), reached[found][order]
