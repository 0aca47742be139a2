"""When a payment falls within a period: the convention that every discounted figure carries with it.

The same customer, paying 100 a period, kept with probability .8, discounted at 10 %, is worth 366.67, 333.33, 293.33 or
266.67 by the four conventions in use (Fader, Hardie, notes 024 and 033, list the textbooks). A value without its
convention is no value.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from tenure.insight.inputs import column
from tenure.insight.lifetime.likelihood import Array


class Timing(StrEnum):
    """What is counted and when, for a customer who is there now; v = 1/(1 + d), S(k) = P(still there after k renewals).

    ``RENEWAL_NOW``: the renewal is due this moment and not yet decided, Σ S(k+1)·v^k over k ≥ 0 (Fader, Hardie 2010).
    ``PERIOD_START``: he pays now for certain, then at each renewal, Σ S(k)·v^k over k ≥ 0.
    ``PERIOD_END``: this period is paid; the next payment comes after a period if he renews, Σ S(k)·v^k over k ≥ 1.
    ``ARREARS``: he pays at the end of each period, also of the one in which he leaves, Σ S(k−1)·v^k over k ≥ 1.
    """

    RENEWAL_NOW = "renewal_now"
    PERIOD_START = "period_start"
    PERIOD_END = "period_end"
    ARREARS = "arrears"


def count(first: float, rest: float, d: float, timing: Timing) -> float:
    """The discounted number of payments, from S(1) = ``first`` and ``rest`` = Σ S(k)·v^k over k ≥ 1."""
    return {
        Timing.RENEWAL_NOW: rest * (1 + d),
        Timing.PERIOD_START: 1 + rest,
        Timing.PERIOD_END: rest,
        Timing.ARREARS: (1 + rest) / (1 + d),
    }[timing]


def constant_retention_value(margin: float, retention: float, d: float, timing: Timing) -> float:
    """The textbook value m·Σ r^k v^k of a customer whose retention never changes, for comparison only.

    Customers differ, so that the retention of a cohort rises with age; this figure undervalues those who have stayed.
    """
    column([retention], "retention", minimum=0, maximum=1)
    column([d], "d", minimum=1e-9)
    return margin * count(retention, retention / (1 + d - retention), d, Timing(timing))


class Within(StrEnum):
    """Where in its period a non-contractual purchase is taken to fall when it is discounted."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


def discounts(periods: int, d: float, within: Within) -> Array:
    """1/(1 + d)^when of the periods 1 … ``periods``, shape ``(periods,)``."""
    shift = {Within.START: 1.0, Within.MIDDLE: 0.5, Within.END: 0.0}[within]
    return np.asarray((1 + d) ** -(np.arange(1, periods + 1) - shift))
