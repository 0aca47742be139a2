"""Chance that depends on what it is for, never on when it is drawn.

Every draw comes from a counter-based generator keyed by the seed and by words that say what is being
drawn and for which block of customers, so the result is the same however many blocks are held at once.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike, NDArray


def stream(seed: int, *what: str | int) -> np.random.Generator:
    """A generator of its own for ``what`` (words and numbers), the same on every machine."""
    keys = [crc32(w.encode()) if isinstance(w, str) else w for w in what]
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *keys])))


def pick(rng: np.random.Generator, weights: ArrayLike, size: int) -> NDArray[np.int64]:
    """``size`` indices drawn with ``weights`` (any positive scale)."""
    edges = np.cumsum(np.asarray(weights, float))
    return np.searchsorted(edges, rng.random(size) * edges[-1], side="right").astype(np.int64)


def pick_rows(rng: np.random.Generator, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """One index per row of ``weights`` (rows × choices); a row of zeros gives 0."""
    edges = np.cumsum(weights, axis=1)
    draw = rng.random(len(weights)) * edges[:, -1]
    return np.minimum((edges <= draw[:, None]).sum(axis=1), weights.shape[1] - 1).astype(np.int64)
