"""Customers as their sufficient statistics: repeat purchases x, the last at t_x, watched for T.

The likelihood of every model here depends on a customer through these three alone, so equal customers are counted
once: a million customers on a daily grid are a hundred thousand rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, same_length
from tenure.insight.lifetime.likelihood import Array, Caution

#: Fewer customers, or fewer with a repeat purchase, tell nothing about how customers differ.
LEAST_CUSTOMERS = 30
LEAST_REPEATERS = 10
#: Times that fall on at most this many fractions of a period lie on a grid (days of a week are seven).
GRID = 31


@dataclass(frozen=True)
class Purchases:
    """Distinct (x, t_x, T) and how many customers share each."""

    x: Array
    t_x: Array
    T: Array
    count: Array

    @property
    def customers(self) -> float:
        return float(self.count.sum())


def read(frequency: Any, recency: Any, T: Any, *, periods: bool = False) -> tuple[Array, Array, Array]:  # noqa: N803 the paper's letter
    """x, t_x and T checked; a single number stands for all customers.

    ``periods`` wants whole numbers (BG/BB: transaction opportunities) and allows no more purchases than periods.

    Raises:
        InputError: x < 0 or a fraction, t_x < 0, t_x > T, T ≤ 0, x = 0 with t_x > 0, x > 0 with t_x = 0.
    """
    given = (("frequency", frequency), ("recency", recency), ("n" if periods else "T", T))
    columns = [
        column([each] if np.isscalar(each) else each, name, minimum=0, whole=periods or name == "frequency")
        for name, each in given
    ]
    longest = max(map(len, columns))
    x, t_x, till = (np.repeat(each, longest) if len(each) == 1 else each for each in columns)
    same_length(frequency=x, recency=t_x, T=till)
    last = "n" if periods else "T"
    _refuse(till <= 0, f"{last} is 0: a customer must have been watched for a while", "Leave newcomers out.")
    _refuse(t_x > till, f"recency is later than {last}", "Both count from the customer's first purchase.")
    _refuse((x == 0) & (t_x > 0), "recency above 0 with no repeat purchase", "With frequency 0, recency is 0.")
    _refuse((x > 0) & (t_x == 0), "recency 0 with repeat purchases", "Purchases of one day count as one.")
    if periods:
        _refuse(x > t_x, "more purchases than periods until the last one", "BG/BB counts periods with a purchase.")
    return x, t_x, till


def _refuse(bad: Any, what: str, remedy: str) -> None:
    if np.any(bad):
        raise InputError(f"row {int(np.flatnonzero(bad)[0]) + 1}: {what} ({int(np.sum(bad)):,} such rows)", remedy)


def ahead(t: Any) -> Array:
    """A time, or one for each customer, in the unit of T.

    Raises:
        InputError: below 0, or no number.
    """
    times = np.asarray(t, dtype=float) if np.isscalar(t) else column(t, "t")
    column(times.ravel(), "t", minimum=0)
    return times


def weighted(weights: Any, like: Array) -> Array:
    """One weight a customer: a count, or any positive number; None is one each."""
    if weights is None:
        return np.ones_like(like)
    found = column(weights, "weights", minimum=0)
    same_length(frequency=like, weights=found)
    return found


def distinct(x: Array, t_x: Array, T: Array) -> tuple[Array, Array, Array, NDArray[np.int64]]:  # noqa: N803
    """The distinct rows, and for each customer which of them is his, shape ``(n,)``."""
    values, codes = zip(*(_numbered(each) for each in (x, t_x, T)), strict=True)
    sizes = [max(len(each), 1) for each in values]
    # one whole number a row: hashing it once is several times faster than hashing three columns together
    numbers, which = _numbered((codes[0] * sizes[1] + codes[1]) * sizes[2] + codes[2])
    parts = (numbers // (sizes[1] * sizes[2]), numbers // sizes[2] % sizes[1], numbers % sizes[2])
    x, t_x, T = (each[part] for each, part in zip(values, parts, strict=True))  # noqa: N806
    return x, t_x, T, which


def _numbered(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    coded = pa.array(values).dictionary_encode()
    return coded.dictionary.to_numpy(), coded.indices.to_numpy().astype(np.int64)


def group(x: Array, t_x: Array, T: Array, weights: Array) -> Purchases:  # noqa: N803 the paper's letter
    """Distinct rows with the sum of their weights; rows of no weight are left out."""
    x, t_x, T, which = distinct(x, t_x, T)  # noqa: N806
    count = np.asarray(np.bincount(which, weights=weights, minlength=len(x)), dtype=np.float64)
    held = count > 0
    return Purchases(x[held], t_x[held], T[held], count[held])


def collect(frequency: Any, recency: Any, T: Any, weights: Any, *, periods: bool = False) -> Purchases:  # noqa: N803
    """What a fit begins with: checked, grouped, and enough of them.

    Raises:
        InputError: see :func:`read`.
        TooLittleData: fewer than 30 customers, or fewer than 10 with a repeat purchase.
    """
    x, t_x, till = read(frequency, recency, T, periods=periods)
    found = group(x, t_x, till, weighted(weights, x))
    repeaters = float(found.count[found.x > 0].sum())
    if found.customers < LEAST_CUSTOMERS or repeaters < LEAST_REPEATERS:
        raise TooLittleData(
            f"{found.customers:,.0f} customers, {repeaters:,.0f} of them with a repeat purchase; "
            f"it takes {LEAST_CUSTOMERS} and {LEAST_REPEATERS}"
        )
    return found


def cautions(rows: Purchases) -> list[Caution]:
    """What the rows themselves give away.

    ``times_on_a_grid``: the times are rounded; rounding them up overstates α by about 2 % at a daily grid of weeks.
    ``nobody_without_repeat``: a cohort has always customers who never came back; those here seem to have been
    left out, and who is counted only because he came back makes all look more loyal than they are.
    """
    found = []
    repeated = rows.x > 0
    fractions = np.unique(np.round(rows.t_x[repeated] % 1.0, 2) % 1.0)
    if repeated.sum() >= 4 * GRID and len(fractions) <= GRID:
        found.append(Caution("times_on_a_grid", {"steps_per_period": float(len(fractions))}))
    if repeated.all():
        found.append(Caution("nobody_without_repeat", {"customers": rows.customers}))
    return found
