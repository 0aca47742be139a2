"""Champion and challenger: a new model takes over only where it foretells better what neither has seen.

Both enter the contest as they would have stood at its landmark: the champion's trees, which must have seen nothing
after it, with the line of that month; and, for the challenger, a stand-in made by its own procedure from the months up
to it. The challenger's trees in use have learnt the window, so they can't be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.insight.attrition.judging import closed_window
from tenure.insight.attrition.periods import read_panel
from tenure.insight.intervals import LEVEL, Estimate, critical
from tenure.insight.judgement import auc_difference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tenure.insight.attrition.hazard import AttritionModel


@dataclass(frozen=True)
class Challenge:
    """``winner`` is ``"challenger"`` if it ranks better beyond the interval of the difference and its squared error is
    no worse beyond chance, or if its log-loss or squared error is better beyond theirs and its ranking no worse beyond
    chance. All gains are paired, customer by customer, and above 0 where the challenger is better."""

    winner: str
    auc_gain: Estimate
    log_loss_gain: Estimate
    brier_gain: Estimate
    landmark: int
    months: int


def challenge(champion: AttritionModel, challenger: AttritionModel, panel: Any, months: int = 3) -> Challenge:
    """Let two models foretell the same closed window that neither has seen; ties stay with the champion.

    The window is that of the newest landmark in the panel that has been seen for ``months`` by everybody. Each model is
    judged on its own columns.

    Raises:
        TooLittleData: too few losses in the window, or before it for the challenger's stand-in, or the champion's
            trees have seen it.
        InputError: the panel lacks columns of a model, or they changed their kind.
    """
    rows = read_panel(panel)
    landmark, at, left = closed_window(rows, months)
    chosen = rows.table.take(at)
    then = champion.recalibrated(panel, until=landmark), challenger.stand_in(panel, landmark)
    stated = [model.probability(chosen, months) for model in then]
    gain = auc_difference(left, stated[0], stated[1])
    loss = [-np.log(np.where(left, each, 1 - each)) for each in stated]
    error = [(each - left) ** 2 for each in stated]
    closer, tighter = _paired(loss[0] - loss[1]), _paired(error[0] - error[1])
    ranks = _above(gain) and not _below(tighter)
    means = (_above(closer) or _above(tighter)) and not (_below(gain) or _below(closer) or _below(tighter))
    return Challenge("challenger" if ranks or means else "champion", gain, closer, tighter, landmark, months)


def _paired(gain: NDArray[np.float64]) -> Estimate:
    """Mean of differences customer by customer, with its normal interval."""
    mean, half = float(gain.mean()), critical(LEVEL) * float(gain.std(ddof=1) / np.sqrt(len(gain)))
    return Estimate(mean, mean - half, mean + half, len(gain))


def _above(gain: Estimate) -> bool:
    return gain.low is not None and gain.low > 0


def _below(gain: Estimate) -> bool:
    return gain.high is not None and gain.high < 0
