"""Where the next yuan earns most (S15): curves of falling returns, and the split of a budget that equalises them.

Money spent on customers has falling returns: f(s) = a + b · g(s ÷ c), with g(u) = ln(1 + u) ("log") or u ÷ (1 + u)
("hill", the Hill curve of exponent 1, which has a ceiling), b ≥ 0, c > 0. Both are concave, so the split with equal
marginal returns f'(s) is the best one. The outcomes must have been *caused* by the spending (regions or months drawn
by lot); from budgets that followed the customers, the curve would credit the money with what the customers brought.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import stats

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, plain, same_length
from tenure.insight.intervals import LEVEL, Estimate, unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Shape = Literal["log", "hill"]
Verdict = Literal["move_money", "cannot_tell"]

#: Observations, and different amounts among them, that a curve needs.
LEAST_ROWS = 20
LEAST_AMOUNTS = 4
#: Clusters that the bootstrap can draw from.
LEAST_CLUSTERS = 10
#: Values of the scale c that are tried, from a twentieth of the largest amount to twenty times it.
SCALES = 41


@dataclass(frozen=True)
class ReturnCurve:
    """Outcome by spending on one thing, fitted by least squares; ``draws`` are refits on resampled rows (bootstrap).

    ``coefficients`` are (a, b, c): outcome without spending, height, and the scale in money. ``most`` is the largest
    amount observed; beyond it nothing is known, and ``allocate`` does not go there. ``units`` are what the bootstrap
    drew: the observations, or their clusters.
    """

    shape: Shape
    coefficients: tuple[float, float, float]
    draws: Array
    most: float
    n: int
    units: int

    @classmethod
    def fit(
        cls,
        spend: Any,
        outcome: Any,
        *,
        shape: Shape = "log",
        cluster: Any = None,
        resamples: int = 200,
        seed: int = 42,
    ) -> ReturnCurve:
        """Fit to observations (regions, months) of money spent and what it brought, both shape ``(n,)``.

        ``cluster`` names what observations belong together (a branch's months): the bootstrap then draws those, as the
        months of a branch are alike and each is no news of its own.

        Raises:
            TooLittleData: fewer than 20 observations, 4 different amounts or 10 clusters.
            InputError: negative spending, or a shape that is none.
        """
        s, y = column(spend, "spend", minimum=0), column(outcome, "outcome")
        n = same_length(spend=s, outcome=y)
        if shape not in ("log", "hill"):
            raise InputError(f"shape is {shape!r}; 'log' or 'hill' was expected")
        if n < LEAST_ROWS or len(np.unique(s)) < LEAST_AMOUNTS:
            raise TooLittleData(
                f"{n} observations of {len(np.unique(s)) if n else 0} different amounts",
                f"A curve of returns needs {LEAST_ROWS} observations and {LEAST_AMOUNTS} amounts.",
            )
        lots = np.random.default_rng(seed)
        unit = np.arange(n)
        if cluster is not None:
            names = plain(cluster, "cluster")
            same_length(spend=s, cluster=names)
            unit = np.unique(np.asarray(names), return_inverse=True)[1]
        units = int(unit.max()) + 1
        if units < LEAST_CLUSTERS:
            raise TooLittleData(f"{units} clusters", f"An interval of a curve takes {LEAST_CLUSTERS}.")
        drawn = lots.multinomial(units, np.full(units, 1 / units), size=resamples)[:, unit]
        weights = np.vstack([np.ones(n), drawn])
        fitted = _fitted(s, y, weights, shape)
        return cls(
            shape, (float(fitted[0, 0]), float(fitted[0, 1]), float(fitted[0, 2])), fitted[1:], float(s.max()), n, units
        )

    def at(self, spend: Any) -> Array:
        """Expected outcome at an amount, same shape as ``spend``."""
        a, b, c = self.coefficients
        return a + b * _form(np.asarray(spend, dtype=np.float64) / c, self.shape)

    def brought(self, spend: float, level: float = LEVEL) -> Estimate:
        """What an amount brings over spending nothing, with the bootstrap's interval."""
        drawn = _worth(self.draws[:, None], [self.shape], np.array([spend]))
        value = float(_worth(np.array([[self.coefficients]]), [self.shape], np.array([spend]))[0])
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
        return Estimate(value, float(low), float(high), self.n, level)

    def marginal(self, spend: float, level: float = LEVEL) -> Estimate:
        """What one more unit of money brings at an amount, with the bootstrap's interval."""
        drawn = _slope(self.draws, spend, self.shape)
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
        value = float(_slope(np.array([self.coefficients]), spend, self.shape)[0])
        return Estimate(value, float(low), float(high), self.n, level)


@dataclass(frozen=True)
class Share:
    """What one curve gets: ``spend`` and its ``share`` of the budget, with the interval over the bootstrap's refits.

    ``marginal`` is the return on the next unit there; ``at_limit`` says that the largest amount ever tried was reached.
    """

    spend: float
    share: Estimate
    marginal: Estimate
    at_limit: bool


@dataclass(frozen=True)
class Allocation:
    """The best split of a budget.

    ``verdict`` is "move_money" if the marginal returns at the ``present`` split differ beyond chance (``p_value`` of
    Hotelling's test that they are equal, covariance by bootstrap), else "cannot_tell": then the best split is no better
    founded than the present one. ``gain`` is what the split would bring over the present one, by the fitted curves
    (chosen and judged on the same data, so a little rosy).
    Both are None, and the verdict "cannot_tell", where the present split lies beyond what a curve was observed at.
    ``unspent`` is what is left when every curve is at the largest amount it was ever observed at, or has no return.
    """

    shares: dict[str, Share]
    present: dict[str, float]
    gain: Estimate
    p_value: float | None
    verdict: Verdict
    unspent: float


def allocate(
    budget: float,
    curves: Mapping[str, ReturnCurve],
    *,
    present: Mapping[str, float] | None = None,
    level: float = LEVEL,
) -> Allocation:
    """Split a budget so that the last unit earns the same everywhere.

    Args:
        budget: money, in the unit of the curves' spending. ``present``: today's split (None: the same to each).

    Raises:
        InputError: fewer than two curves, a budget of 0 or less, a present split of other curves or another sum.
    """
    if len(curves) < 2:
        raise InputError(f"{len(curves)} curve(s)", "A split needs at least two.")
    if not np.isfinite(budget) or budget <= 0:
        raise InputError(f"the budget is {budget:g}; more than 0 was expected")
    names, fitted = list(curves), list(curves.values())
    today = dict.fromkeys(names, budget / len(names)) if present is None else {k: float(v) for k, v in present.items()}
    if set(today) != set(names) or min(today.values()) < 0 or abs(sum(today.values()) - budget) > 1e-6 * budget:
        raise InputError(f"the present split {today} does not share out {budget:,.2f} among {', '.join(names)}")
    at = np.array([today[name] for name in names])
    most = np.array([each.most for each in fitted])
    shapes = [each.shape for each in fitted]
    resamples = min(len(each.draws) for each in fitted)
    draws = np.stack([each.draws[:resamples] for each in fitted], axis=1)
    points = np.array([[each.coefficients for each in fitted]])
    spend = _split(points, shapes, most, budget)[0]
    drawn = _split(draws, shapes, most, budget)
    tails = [(1 - level) / 2, (1 + level) / 2]
    n = sum(each.n for each in fitted)
    shares = {}
    for j, name in enumerate(names):
        low, high = np.quantile(drawn[:, j] / budget, tails)
        shares[name] = Share(
            spend=float(spend[j]),
            share=Estimate(float(spend[j] / budget), float(low), float(high), n, level),
            marginal=fitted[j].marginal(float(spend[j]), level),
            at_limit=bool(spend[j] >= most[j] * (1 - 1e-9)),
        )
    gain, p_value = unknown(n, level), None
    if (at <= most * (1 + 1e-9)).all():
        gains = _worth(draws, shapes, spend) - _worth(draws, shapes, at)
        low, high = np.quantile(gains, tails)
        value = float((_worth(points, shapes, spend) - _worth(points, shapes, at))[0])
        gain = Estimate(value, float(low), float(high), n, level)
        p_value = _equal_marginals(points[0], draws, shapes, at, min(each.units for each in fitted))
    return Allocation(
        shares=shares,
        present=today,
        gain=gain,
        p_value=p_value,
        verdict="move_money" if p_value is not None and p_value < 1 - level else "cannot_tell",
        unspent=float(budget - spend.sum()),
    )


def _fitted(s: Array, y: Array, weights: Array, shape: Shape) -> Array:
    """(a, b, c) for each row of weights, shape ``(resamples, 3)``: c from a grid, a and b by weighted least squares."""
    scales = s.max() * np.geomspace(1 / 20, 20, SCALES)
    x = _form(s[:, None] / scales, shape)
    total = weights.sum(axis=1, keepdims=True)
    mean_x, mean_y = weights @ x / total, weights @ y[:, None] / total
    spread = weights @ x**2 / total - mean_x**2
    together = weights @ (x * y[:, None]) / total - mean_x * mean_y
    b = np.maximum(together / np.maximum(spread, 1e-300), 0.0)
    # what is left of Σw(y − ȳ)² is smallest where b · (2 cov − b · var) is largest
    best = np.argmax(b * (2 * together - b * spread), axis=1)
    rows = np.arange(len(weights))
    return np.column_stack([mean_y[:, 0] - b[rows, best] * mean_x[rows, best], b[rows, best], scales[best]])


def _form(u: Array, shape: Shape) -> Array:
    return np.log1p(u) if shape == "log" else u / (1 + u)


def _slope(coefficients: Array, spend: Any, shape: Shape) -> Array:
    b, c = coefficients[..., 1], coefficients[..., 2]
    return np.asarray(b / (c + spend) if shape == "log" else b * c / (c + spend) ** 2)


def _spend_at(coefficients: Array, price: Array, shapes: list[Shape], most: Array) -> Array:
    """The amounts at which the marginal return falls to ``price``, within 0 … the largest observed."""
    b, c = coefficients[..., 1], coefficients[..., 2]
    log = np.array([shape == "log" for shape in shapes])
    reached = np.where(log, b / price[:, None], np.sqrt(b * c / price[:, None])) - c
    return np.clip(reached, 0.0, most)


def _split(coefficients: Array, shapes: list[Shape], most: Array, budget: float) -> Array:
    """The best split for each row of curves, shape ``(rows, curves)``: bisection on the common marginal return."""
    slopes = np.stack([_slope(coefficients[:, j], 0.0, shape) for j, shape in enumerate(shapes)], axis=1)
    high = np.maximum(slopes.max(axis=1), 1e-100)
    low = high * 1e-12
    for _ in range(100):
        middle = np.sqrt(low * high)
        over = _spend_at(coefficients, middle, shapes, most).sum(axis=1) > budget
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    return _spend_at(coefficients, high, shapes, most)


def _worth(coefficients: Array, shapes: list[Shape], spend: Array) -> Array:
    return np.asarray(
        sum(coefficients[:, j, 1] * _form(spend[j] / coefficients[:, j, 2], shape) for j, shape in enumerate(shapes))
    )


def _equal_marginals(point: Array, draws: Array, shapes: list[Shape], at: Array, units: int) -> float:
    """p of "one more unit earns the same everywhere at this split", which is the condition of a split that is best.

    Hotelling's T²: the covariance comes of so many units only, which Wald's χ² would take for known.
    """
    found = np.array([_slope(point[j], at[j], shape) for j, shape in enumerate(shapes)])
    drawn = np.stack([_slope(draws[:, j], at[j], shape) for j, shape in enumerate(shapes)], axis=1)
    contrast = found[1:] - found[0]
    spread = np.cov(drawn[:, 1:] - drawn[:, :1], rowvar=False).reshape(len(contrast), len(contrast))
    if not np.isfinite(spread).all() or np.trace(spread) <= 0:
        return 1.0
    squared, free = float(contrast @ np.linalg.pinv(spread) @ contrast), len(contrast)
    return float(stats.f.sf(squared * (units - free) / (free * (units - 1)), free, units - free))
