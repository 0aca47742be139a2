"""Held out: what a model foretold of a time it had not seen, beside what came, by how often customers came before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure.insight.inputs import TooLittleData, column, same_length
from tenure.insight.lifetime.likelihood import Array
from tenure.insight.lifetime.purchases import LEAST_CUSTOMERS, weighted

#: Classes of frequency at most, and the least customers of one.
MOST_CLASSES, LEAST_OF_CLASS = 8, 10
#: Up to this error a forecast is close, up to the second rough; what is beyond is no basis for lists of customers.
CLOSE, ROUGH = 0.10, 0.25


@dataclass(frozen=True)
class HeldOut:
    """Classes of frequency, the lowest first: ``label``, ``customers``, and ``foretold`` and ``actual`` a head (k,).

    ``error`` is Σ|foretold − actual| over the classes, by the larger of both totals: 0 where every class is met, 1
    where all is wrong. ``correlation`` is that of single customers; None where they are all alike.
    """

    label: tuple[str, ...]
    customers: Array
    foretold: Array
    actual: Array
    correlation: float | None

    @property
    def total_foretold(self) -> float:
        """Purchases of all customers that were foretold."""
        return float(self.customers @ self.foretold)

    @property
    def total_actual(self) -> float:
        """Purchases that came."""
        return float(self.customers @ self.actual)

    @property
    def error(self) -> float:
        """The share of purchases put into the wrong class or foretold in vain."""
        off = float(self.customers @ np.abs(self.foretold - self.actual))
        return off / max(self.total_foretold, self.total_actual)

    @property
    def verdict(self) -> str:
        """``close``, ``rough`` or ``off``."""
        return "close" if self.error <= CLOSE else "rough" if self.error <= ROUGH else "off"


def held_out(frequency: Any, foretold: Any, actual: Any, weights: Any = None) -> HeldOut:
    """Foretold and actual purchases of the held-out time by how often the customers bought before it.

    One value a customer each; ``weights`` counts equal customers. Neighbouring frequencies are put together until a
    class holds an eighth of the customers, so that chance does not look like error.

    Raises:
        InputError: numbers below 0, or of unequal length.
        TooLittleData: fewer than 30 customers, or nothing foretold and nothing bought.
    """
    x, ahead, came = (
        column(each, name, minimum=0)
        for name, each in (("frequency", frequency), ("foretold", foretold), ("actual", actual))
    )
    same_length(frequency=x, foretold=ahead, actual=came)
    w = weighted(weights, x)
    if w.sum() < LEAST_CUSTOMERS or max(w @ ahead, w @ came) <= 0:
        raise TooLittleData(f"{w.sum():,.0f} customers with {w @ came:,.0f} purchases in the held-out time")
    ends = _ends(x, w)
    which = np.searchsorted(ends, x)
    count, said, got = (
        np.bincount(which, weights=each, minlength=len(ends)).astype(np.float64) for each in (w, w * ahead, w * came)
    )
    begins = np.r_[x.min(), [x[x > end].min() for end in ends[:-1]]]
    label = tuple(
        f"{low:.0f}" if low == high else f"{low:.0f}–{high:.0f}" for low, high in zip(begins, ends, strict=True)
    )
    return HeldOut(label, count, said / count, got / count, _correlation(ahead, came, w))


def _ends(x: Array, w: Array) -> Array:
    """The highest frequency of each class."""
    values, which = np.unique(x, return_inverse=True)
    count = np.bincount(which, weights=w)
    least = max(LEAST_OF_CLASS, float(w.sum()) / MOST_CLASSES)
    ends, held = [], 0.0
    for value, here in zip(values, count, strict=True):
        held += here
        if held >= least:
            ends.append(value)
            held = 0.0
    if held:  # what is left over goes with the last class
        ends[-1:] = [values[-1]]
    return np.array(ends, dtype=float)


def _correlation(a: Array, b: Array, w: Array) -> float | None:
    a, b = a - np.average(a, weights=w), b - np.average(b, weights=w)
    spread = float(np.sqrt((w @ a**2) * (w @ b**2)))
    return float(w @ (a * b)) / spread if spread > 0 else None
