"""Shares of verbatims compared, and the mean score beside them, each with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from tenure.insight.intervals import LEVEL, Estimate, unknown
from tenure.insight.opinion.scores import wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray


def share(count: int, of: int, level: float = LEVEL) -> Estimate:
    """``count`` of ``of`` with Wilson's interval; unknown of nothing."""
    return Estimate(count / of, *wilson(count / of, of, level), of, level) if of else unknown(0, level)


def gap(here: Estimate, there: Estimate) -> Estimate:
    """Share here − share there, of texts counted in one of them only (Newcombe 1998, method 10); unknown if one is."""
    if here.value is None or here.low is None or here.high is None:
        return unknown(0, here.level)
    if there.value is None or there.low is None or there.high is None:
        return unknown(0, here.level)
    less = float(np.hypot(here.value - here.low, there.high - there.value))
    more = float(np.hypot(here.high - here.value, there.value - there.low))
    value = here.value - there.value
    return Estimate(value, value - less, value + more, here.n + there.n, here.level)


def mean(values: NDArray[Any], level: float = LEVEL) -> Estimate:
    """The mean with Student's interval; unknown of fewer than two values."""
    n = len(values)
    if n < 2:
        return unknown(n, level)
    half = float(stats.t.ppf((1 + level) / 2, n - 1) * values.std(ddof=1) / np.sqrt(n))
    return Estimate(float(values.mean()), float(values.mean()) - half, float(values.mean()) + half, n, level)


def jointly(comparisons: int, level: float = LEVEL) -> float:
    """The level for each of several comparisons at which all hold together with ``level`` (Bonferroni)."""
    return 1 - (1 - level) / max(comparisons, 1)
