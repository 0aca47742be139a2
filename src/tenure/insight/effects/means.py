"""The mean of an outcome in each arm of a trial, adjusted for covariates, and how each customer moves their difference.

Every figure of an effect is built on *influence*: one number ψ a cluster (or a customer) with Σψ² the variance of the
difference. From it come the interval, the minimum detectable effect and, with a second outcome, Fieller's interval of
a ratio, all from one pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Clusters worked on at once: bounds the memory of their k × k matrices.
CHUNK = 20_000
#: A leverage above this is taken as this, so that a customer who alone fixes a coefficient cannot divide by nought.
HIGHEST_LEVERAGE = 1 - 1e-8


@dataclass(frozen=True)
class Difference:
    """Mean of the treated − mean of the controls.

    ``influence`` has one entry a cluster in order of the cluster's number; Σ influence² is the squared standard
    error. ``degrees`` are those of Student's t.
    """

    value: float
    influence: Array
    degrees: float
    treated_mean: float
    control_mean: float

    @property
    def standard_error(self) -> float:
        return float(np.sqrt(self.influence @ self.influence))


def difference(
    outcome: Array, treated: NDArray[np.bool_], covariates: Array, weights: Array, cluster: Array
) -> Difference:
    """The difference of adjusted means.

    One weighted regression an arm on centred covariates, read off at the mean of all customers: Lin 2013's estimator
    with every interaction. Its variance is HC2 where each customer is a cluster of one (without covariates exactly
    Welch's), else CR2 of Bell and McCaffrey 2002; to it comes the spread of the covariates' mean itself (Negi and
    Wooldridge 2021), as the bank's question is about customers like these and not about these alone.

    Args:
        outcome: shape ``(n,)``.
        treated: shape ``(n,)``, both values present.
        covariates: shape ``(n, k)``, k may be 0; of full rank with a constant, within each arm.
        weights: shape ``(n,)``, the inverse of the propensity of the arm each customer is in.
        cluster: shape ``(n,)``, whole numbers 0 … g − 1.
    """
    groups = int(cluster.max()) + 1
    clusters = cluster.astype(np.int64)
    centred = covariates - np.average(covariates, axis=0, weights=weights) if covariates.shape[1] else covariates
    influence = np.zeros(groups)
    found: dict[bool, tuple[float, Array]] = {}
    parts: dict[bool, tuple[float, float]] = {}
    for arm, sign in ((True, 1.0), (False, -1.0)):
        here = treated == arm
        value, slopes, part = _intercept(outcome[here], centred[here], weights[here], clusters[here], groups)
        influence += sign * part
        found[arm] = value, slopes
        parts[arm] = (
            float(part @ part),
            _effective(clusters[here], weights[here], groups) - 1 - centred.shape[1] * (groups == len(outcome)),
        )
    if centred.shape[1]:
        moved = weights * (centred @ (found[True][1] - found[False][1])) / weights.sum()
        influence += np.bincount(clusters, moved, groups)
    spread = sum(variance for variance, _ in parts.values())
    degrees = spread**2 / sum(v**2 / max(d, 1.0) for v, d in parts.values()) if spread > 0 else 1.0
    return Difference(found[True][0] - found[False][0], influence, degrees, found[True][0], found[False][0])


def independent(covariates: Array, treated: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The columns that say something of their own in both arms: constants and repeats are left out."""
    kept = np.arange(covariates.shape[1])
    for arm in (True, False):
        here = covariates[treated == arm][:, kept]
        spread = here.std(axis=0) if len(here) else np.zeros(len(kept))
        kept, here, spread = kept[spread > 1e-12], here[:, spread > 1e-12], spread[spread > 1e-12]
        if not len(kept):
            break
        _, upper, order = linalg.qr((here - here.mean(axis=0)) / spread, mode="economic", pivoting=True)
        size = np.abs(np.diag(upper))
        kept = np.sort(kept[order[: int((size > 1e-7 * size[0]).sum())]])
    return kept


def _intercept(
    outcome: Array, covariates: Array, weights: Array, clusters: NDArray[np.int64], groups: int
) -> tuple[float, Array, Array]:
    """The intercept, the slopes and each cluster's influence on the intercept, of one arm's weighted regression."""
    root = np.sqrt(weights)
    x = np.column_stack([np.ones(len(outcome)), covariates]) * root[:, None]
    gram = np.linalg.inv(x.T @ x)
    coefficients = gram @ (x.T @ (outcome * root))
    residual = outcome * root - x @ coefficients
    row = gram[0]
    counts = np.bincount(clusters, minlength=groups)
    if counts.max() <= 1:
        leverage = np.minimum(np.einsum("ij,jk,ik->i", x, gram, x), HIGHEST_LEVERAGE)
        part = (x @ row) * residual / np.sqrt(1 - leverage)
        return float(coefficients[0]), coefficients[1:], np.bincount(clusters, part, groups).astype(np.float64)
    return float(coefficients[0]), coefficients[1:], _by_cluster(x, residual, gram, clusters, groups)


def _by_cluster(x: Array, residual: Array, gram: Array, clusters: NDArray[np.int64], groups: int) -> Array:
    """CR2: each cluster's residuals multiplied by (I − H)^(−1/2), worked out in k × k instead of m × m.

    With A = X·gram^(1/2) of one cluster and A'A = V S² V', (I − AA')^(−1/2) = I + U((1 − S²)^(−1/2) − 1)U' and
    U = A V S⁻¹, so that only X'X and X'e of each cluster are needed.
    """
    values, vectors = np.linalg.eigh(gram)
    half = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    order = np.argsort(clusters, kind="stable")
    x, residual, clusters = x[order], residual[order], clusters[order]
    influence = np.zeros(groups)
    present, starts = np.unique(clusters, return_index=True)
    edges = np.append(starts, len(clusters))
    for first in range(0, len(present), CHUNK):
        last = min(first + CHUNK, len(present))
        rows = slice(edges[first], edges[last])
        begin = edges[first:last] - edges[first]
        squares = np.add.reduceat(np.einsum("ij,ik->ijk", x[rows], x[rows]), begin, axis=0)
        scores = np.add.reduceat(x[rows] * residual[rows, None], begin, axis=0)
        size, axes = np.linalg.eigh(half @ squares @ half)
        size = np.clip(size, 0, HIGHEST_LEVERAGE)
        # (1/√(1 − s²) − 1) ÷ s² tends to ½ as s tends to 0
        stretch = np.where(size > 1e-9, (1 / np.sqrt(1 - size) - 1) / np.maximum(size, 1e-9), 0.5)
        turned = np.einsum("gji,gj->gi", axes, scores @ half) * stretch
        turned = np.einsum("gij,gj->gi", axes, turned) @ half
        influence[present[first:last]] = (scores + np.einsum("gij,gj->gi", squares, turned)) @ gram[0]
    return influence


def _effective(clusters: NDArray[np.int64], weights: Array, groups: int) -> float:
    """How many equal clusters would weigh as much as these (Carter, Schnepel and Steigerwald 2017, no regressors)."""
    sizes = np.bincount(clusters, weights, groups)
    return float(sizes.sum() ** 2 / (sizes @ sizes))
