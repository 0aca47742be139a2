"""Has the world moved since training? Population stability index of every feature and of the stated probability.

PSI = Σ (aₖ − eₖ) · ln(aₖ ÷ eₖ) over ten bins of equal share at training and one for missing values (Siddiqi 2006);
below 0.10 stable, to 0.25 moderate, above major: the usual bands of credit scoring, a convention and not a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

BINS = 10
MODERATE, MAJOR = 0.10, 0.25
#: Rows a bin is given beforehand, so that an empty one makes no infinite index.
PRIOR = 0.5


@dataclass(frozen=True)
class Drift:
    """The index of one feature (or of ``score``) and its band: ``stable``, ``moderate`` or ``major``."""

    feature: str
    psi: float
    band: str


@dataclass(frozen=True)
class DriftReference:
    """How each feature was distributed at training: cut points, and counts in the bins they make (missing last)."""

    cuts: dict[str, list[float]]
    counts: dict[str, list[int]]

    @classmethod
    def of(cls, matrix: Numbers, names: Sequence[str]) -> DriftReference:
        """From the features at training, shape ``(n, len(names))``, NaN where missing."""
        cuts, counts = {}, {}
        for k, name in enumerate(names):
            known = matrix[~np.isnan(matrix[:, k]), k]
            inner = np.quantile(known, np.arange(1, BINS) / BINS) if len(known) else np.array([])
            cuts[name] = np.unique(inner).tolist()
            counts[name] = _counts(matrix[:, k], cuts[name]).tolist()
        return cls(cuts, counts)

    def compare(self, matrix: Numbers, names: Sequence[str]) -> list[Drift]:
        """The drift of each feature of ``matrix`` (columns as ``names``), largest first."""
        found = []
        for k, name in enumerate(names):
            index = psi(np.array(self.counts[name]), _counts(matrix[:, k], self.cuts[name]))
            found.append(Drift(name, index, band(index)))
        return sorted(found, key=lambda each: (-each.psi, each.feature))

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"cuts": self.cuts, "counts": self.counts}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> DriftReference:
        """The reverse of ``as_dict``."""
        return cls(dict(stored["cuts"]), dict(stored["counts"]))


def psi(expected: NDArray[Any], actual: NDArray[Any]) -> float:
    """The index from counts in the same bins, ``(bins,)`` each."""
    e = (expected + PRIOR) / (expected + PRIOR).sum()
    a = (actual + PRIOR) / (actual + PRIOR).sum()
    return float(((a - e) * np.log(a / e)).sum())


def band(index: float) -> str:
    """The usual name for an index."""
    return "stable" if index < MODERATE else "moderate" if index < MAJOR else "major"


def _counts(values: Numbers, cuts: list[float]) -> NDArray[np.int64]:
    missing = np.isnan(values)
    # A value on a cut belongs above it, so that a column of few distinct values keeps each value whole.
    place = np.searchsorted(np.array(cuts), values[~missing], side="right")
    return np.append(np.bincount(place, minlength=len(cuts) + 1), missing.sum())
