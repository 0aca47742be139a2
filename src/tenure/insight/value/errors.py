"""How far off survival and margin may be: measured from what came of the last year, with the settings as a floor."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import t as student

from tenure.insight.intervals import LEVEL, critical

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The widest that an error is said to be: beyond it the interval holds everything anyway.
_MOST = 3.0
#: Groups (tiers) whose change tells something of how far margins move, and customers that make a group.
FEWEST_GROUPS, FEWEST_CUSTOMERS = 3, 30


@dataclass(frozen=True)
class Measured:
    """An error and where it comes from: ``measured`` (None: nothing to measure it by) and the setting ``assumed``.

    ``n`` is what it was measured on (losses, or groups of customers).
    """

    measured: float | None
    assumed: float
    n: int = 0

    @property
    def used(self) -> float:
        """The larger of the two: a setting is a floor, as a quiet year does not promise another."""
        return self.assumed if self.measured is None else min(max(self.measured, self.assumed), _MOST)

    @property
    def basis(self) -> str:
        """``measured``, ``floor`` (measured, and the setting is wider) or ``assumed`` (could not be measured)."""
        if self.measured is None:
            return "assumed"
        return "measured" if self.measured > self.assumed else "floor"


def hazard_error(losses: float, assumed: float, observed: float | None = None, stated: float | None = None) -> Measured:
    """The standard error of the log cumulative hazard: √(1 ÷ losses + ((observed − stated) ÷ stated)²).

    ``losses`` of the last closed window: their number is Poisson, so its relative variance is 1 ÷ losses.
    ``observed`` and ``stated`` shares that left in it, of a model that had not seen it: how far its level was off once.
    That is one window: how far levels move from year to year is known from it as poorly as from one throw.
    """
    if losses <= 0:
        return Measured(None, assumed)
    off = 0.0 if observed is None or not stated else (observed - stated) / stated
    return Measured(sqrt(1 / losses + off**2), assumed, int(losses))


def margin_error(before: Any, after: Any, assumed: float, level: float = LEVEL) -> Measured:
    """The standard error of the future margin, as a share of it, from groups' margins a year apart.

    ``before`` and ``after`` (k,): a year's margin of the same customers of each group (tier), then and now. A value
    takes margins to stay as they are, so the error is the root mean square of the changes, about 0; it is widened from
    the normal to Student's quantile with k degrees of freedom, so that ± 1.96 × it holds what it should. Groups that
    earned nothing are left out; it takes three.
    """
    then: NDArray[np.float64] = np.asarray(before, dtype=np.float64)
    now: NDArray[np.float64] = np.asarray(after, dtype=np.float64)
    earning = then > 0
    changes = now[earning] / then[earning] - 1
    k = len(changes)
    if k < FEWEST_GROUPS:
        return Measured(None, assumed, k)
    wider = float(student.ppf((1 + level) / 2, k)) / critical(level)
    return Measured(wider * float(np.sqrt((changes**2).mean())), assumed, k)
