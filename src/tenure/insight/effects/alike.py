"""Those who chose something and those who did not, compared where they are alike; not what it did: they chose (S29).

Customers are put side by side in cells of what was known of them (tier, age, branch …), and the difference of the
means of each cell is weighted by those who chose. What the bank does not know of them stays in the difference;
whoever shows it must say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from tenure.insight.intervals import LEVEL, Estimate, unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Fewer than this on either side, in cells that have both, tell nothing.
ENOUGH = 30


def difference_alike(
    figure: NDArray[np.float64], chose: NDArray[np.bool_], cell: NDArray[Any], level: float = LEVEL
) -> tuple[Estimate, int, int]:
    """Mean of those who chose less that of the others, cell by cell; how many on either side could be compared.

    Args:
        figure: shape ``(n,)``.
        chose: shape ``(n,)``.
        cell: shape ``(n,)``, equal values are alike.
    """
    names, at = np.unique(cell, return_inverse=True)
    counts = [np.bincount(at[arm], minlength=len(names)) for arm in (chose, ~chose)]
    both = (counts[0] >= 2) & (counts[1] >= 2)
    mine, others = int(counts[0][both].sum()), int(counts[1][both].sum())
    if mine < ENOUGH or others < ENOUGH:
        return unknown(mine + others, level), mine, others
    share = counts[0][both] / mine
    value, variance = 0.0, 0.0
    for arm, sign, n in ((chose, 1.0, counts[0]), (~chose, -1.0, counts[1])):
        total = np.bincount(at[arm], figure[arm], len(names))[both]
        square = np.bincount(at[arm], figure[arm] ** 2, len(names))[both]
        held = n[both]
        spread = np.maximum(square - total**2 / held, 0.0).sum() / (held - 1).sum()
        value += sign * float(share @ (total / held))
        variance += float((share**2 * spread / held).sum())
    half = float(stats.norm.ppf((1 + level) / 2)) * variance**0.5
    return Estimate(value, value - half, value + half, mine + others, level), mine, others
