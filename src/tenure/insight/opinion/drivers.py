"""What goes with the score: relative weights that survive correlated ratings, and penalty–reward asymmetry.

With correlated ratings the coefficients of a regression jump about (pitfall 19). Two ways divide R² among the drivers
so that the parts sum to it: Johnson's relative weights (2000) through the closest orthogonal variables, and the
Shapley value over all orders of entry (Lindeman, Merenda & Gold 1980). Both are **associations**: a driver with a
large weight is not proven to move the score, and the result says so in ``reading``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, table
from tenure.insight.intervals import LEVEL, Estimate, critical

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

#: Complete answers needed, and for each driver.
FEWEST_ANSWERS = 50
_ANSWERS_A_DRIVER = 10
#: 2^10 regressions is where the Shapley value stops being a moment's work under the bootstrap.
_MOST_FOR_SHAPLEY = 10


@dataclass(frozen=True)
class Driver:
    """One rating. ``weight``: its part of R² (0…1), ``share``: the part of the explained, both with intervals.

    ``beyond_noise``: the weight exceeds that of a random column in the bootstrap (Tonidandel et al. 2009).
    ``penalty`` (≤ 0 as a rule): points of the outcome that a low rating costs against a middling one, ``reward`` what
    a high one brings; None where a band has too few answers. ``kind``: ``basic`` (only hurts), ``excitement`` (only
    pleases), ``performance`` (both), ``unclear``.
    """

    name: str
    weight: Estimate
    share: Estimate
    beyond_noise: bool
    penalty: Estimate | None
    reward: Estimate | None
    kind: str


@dataclass(frozen=True)
class Drivers:
    """``drivers`` by weight, the largest first; ``r_squared`` in 0…1; ``left_out``: rows with a missing answer."""

    drivers: list[Driver]
    r_squared: Estimate
    n: int
    left_out: int
    method: str
    reading: str = "associations_only"


def drivers(
    outcome: Any,
    ratings: Any,
    *,
    method: str = "johnson",
    level: float = LEVEL,
    draws: int = 500,
    seed: int = 42,
    low: float = 2,
    high: float = 5,
    banded: Collection[str] | None = None,
) -> Drivers:
    """Relative weights of ``ratings`` (a table of p columns) for ``outcome`` (n,), such as the 0–10 recommendation.

    ``method``: ``johnson`` or ``shapley`` (up to 10 drivers). Penalty and reward compare ratings of at most ``low``
    and at least ``high`` with those between, all drivers together in one regression; ``banded`` names the ratings on
    that scale where others (minutes, shares) are not, all of them unless given. Intervals: percentile bootstrap over
    ``draws`` samples of customers.

    Raises:
        InputError: an unknown method or band, a constant rating, two ratings that are one, unequal lengths.
        TooLittleData: fewer complete answers than 50 or than 10 a driver; an outcome that never differs.
    """
    frame = table(ratings, "ratings")
    names = list(frame.column_names)
    y = column(outcome, "outcome", missing=True)
    if not names:
        raise InputError("ratings has no columns", "Pass at least one rating.")
    if frame.num_rows != len(y):
        raise InputError(f"ratings has {frame.num_rows:,} rows, outcome {len(y):,}", "Pass one row a customer.")
    if method not in ("johnson", "shapley"):
        raise InputError(f"method {method!r}; expected johnson or shapley")
    if method == "shapley" and len(names) > _MOST_FOR_SHAPLEY:
        raise InputError(f"{len(names)} drivers; shapley takes up to {_MOST_FOR_SHAPLEY}", "Use johnson.")
    critical(level)
    unknown = sorted(set(banded or ()) - set(names))
    if unknown:
        raise InputError(f"banded names {', '.join(unknown)}", f"The ratings are {', '.join(names)}.")
    rated = [name in (names if banded is None else banded) for name in names]
    x = np.column_stack([column(frame[name], name, missing=True) for name in names])
    whole = ~np.isnan(y) & ~np.isnan(x).any(axis=1)
    left_out = int((~whole).sum())
    x, y = x[whole], y[whole]
    needed = max(FEWEST_ANSWERS, _ANSWERS_A_DRIVER * len(names))
    if len(y) < needed:
        raise TooLittleData(f"{len(y)} complete answers for {len(names)} drivers; it takes {needed}")
    if np.ptp(y) == 0:
        raise TooLittleData("outcome never differs; there is nothing to explain")
    for name, values in zip(names, x.T, strict=True):
        if np.ptp(values) == 0:
            raise InputError(f"{name} never differs", "Leave the constant rating out.")
    if np.linalg.matrix_rank(x - x.mean(axis=0)) < len(names):
        raise InputError("one rating is a sum of the others", "Leave one of them out.")
    return _resampled(x, y, names, method, level, draws, np.random.default_rng(seed), (low, high, rated), left_out)


def _resampled(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    names: list[str],
    method: str,
    level: float,
    draws: int,
    rng: np.random.Generator,
    bands: tuple[float, float, list[bool]],
    left_out: int,
) -> Drivers:
    n, p = x.shape
    divide = johnson_weights if method == "johnson" else shapley_weights
    bent, used = _bands(x, *bands)
    weights = divide(_correlations(x, y))
    slopes = _slopes(bent, y)
    drawn, sloped, noise = np.empty((draws, p)), np.empty((draws, bent.shape[1])), np.empty(draws)
    for b in range(draws):
        rows = rng.integers(0, n, n)
        yb, xb = y[rows], x[rows]
        # a bootstrap sample in which a rating never differs tells nothing of it: a breath of noise keeps it defined
        xb = xb + 1e-9 * rng.standard_normal(xb.shape)
        drawn[b] = divide(_correlations(xb, yb))
        sloped[b] = _slopes(bent[rows], yb)
        noise[b] = johnson_weights(_correlations(np.column_stack([xb, rng.standard_normal(n)]), yb))[-1]
    tail = (1 - level) / 2

    def estimate(value: float, sample: NDArray[np.float64]) -> Estimate:
        lower, upper = np.quantile(sample, [tail, 1 - tail])
        return Estimate(float(value), float(min(lower, value)), float(max(upper, value)), n, level)

    shares = drawn / drawn.sum(axis=1, keepdims=True)
    found = []
    for j, name in enumerate(names):
        penalty, reward = (
            estimate(slopes[k], sloped[:, k]) if (k := used.get((j, side))) is not None else None
            for side in ("low", "high")
        )
        found.append(
            Driver(
                name,
                estimate(weights[j], drawn[:, j]),
                estimate(weights[j] / weights.sum(), shares[:, j]),
                bool(np.quantile(drawn[:, j] - noise, tail) > 0),
                penalty,
                reward,
                _kind(penalty, reward),
            )
        )
    found.sort(key=lambda driver: -(driver.weight.value or 0.0))
    return Drivers(found, estimate(weights.sum(), drawn.sum(axis=1)), n, left_out, method)


def johnson_weights(correlations: NDArray[np.float64]) -> NDArray[np.float64]:
    """Johnson (2000): ``correlations`` (p + 1, p + 1), the outcome last; result (p,) sums to R²."""
    among, outcome = correlations[:-1, :-1], correlations[:-1, -1]
    values, vectors = np.linalg.eigh(among)
    values = np.maximum(values, 1e-12)
    root = vectors * np.sqrt(values) @ vectors.T  # ratings on the closest orthogonal variables
    on_orthogonal = vectors / np.sqrt(values) @ vectors.T @ outcome
    weights: NDArray[np.float64] = root**2 @ on_orthogonal**2
    return weights


def shapley_weights(correlations: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean gain of R² over all orders of entry; the same input and sum as ``johnson_weights``."""
    p = len(correlations) - 1
    explained: dict[tuple[int, ...], float] = {(): 0.0}
    for size in range(1, p + 1):
        for chosen in combinations(range(p), size):
            picked = np.array(chosen)
            outcome = correlations[picked, -1]
            solved = np.linalg.solve(correlations[np.ix_(picked, picked)], outcome)
            explained[chosen] = float(outcome @ solved)
    weights = np.zeros(p)
    for j in range(p):
        others = [i for i in range(p) if i != j]
        for size in range(p):
            for chosen in combinations(others, size):
                gain = explained[tuple(sorted((*chosen, j)))] - explained[chosen]
                weights[j] += gain / (p * comb(p - 1, size))
    return weights


def _correlations(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.corrcoef(np.column_stack([x, y]), rowvar=False)


def _bands(
    x: NDArray[np.float64], low: float, high: float, rated: list[bool], fewest: int = 10
) -> tuple[NDArray[np.float64], dict[tuple[int, str], int]]:
    """Indicators of low and of high ratings that enough customers gave, and which column each is."""
    columns: list[NDArray[np.float64]] = []
    used: dict[tuple[int, str], int] = {}
    for j, values in enumerate(x.T):
        below, above = values <= low, values >= high
        between = len(values) - int(below.sum()) - int(above.sum()) if rated[j] else 0
        for side, chosen in (("low", below), ("high", above)):
            if min(int(chosen.sum()), between) >= fewest:
                used[j, side] = len(columns)
                columns.append(chosen.astype(np.float64))
    return np.column_stack(columns) if columns else np.empty((len(x), 0)), used


def _slopes(bent: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    fitted = np.linalg.lstsq(np.column_stack([np.ones(len(y)), bent]), y, rcond=None)[0]
    return np.asarray(fitted[1:], dtype=np.float64)


def _kind(penalty: Estimate | None, reward: Estimate | None) -> str:
    hurts = penalty is not None and penalty.high is not None and penalty.high < 0
    pleases = reward is not None and reward.low is not None and reward.low > 0
    return {(True, True): "performance", (True, False): "basic", (False, True): "excitement"}.get(
        (hurts, pleases), "unclear"
    )
