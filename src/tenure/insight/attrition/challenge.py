"""Champion and challenger: a new model takes over only where it foretells better what neither has seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.insight.attrition.hazard import FEWEST_TO_JUDGE
from tenure.insight.attrition.periods import read_panel
from tenure.insight.inputs import TooLittleData
from tenure.insight.judgement import auc_difference

if TYPE_CHECKING:
    from tenure.insight.attrition.hazard import AttritionModel
    from tenure.insight.intervals import Estimate


@dataclass(frozen=True)
class Challenge:
    """``winner`` is ``"challenger"`` only if it ranks better beyond the interval of the difference and is no worse in
    squared error; gains are challenger − champion (for ``brier_gain`` champion − challenger: above 0 is better)."""

    winner: str
    auc_gain: Estimate
    brier_gain: float
    landmark: int
    months: int


def challenge(champion: AttritionModel, challenger: AttritionModel, panel: Any, months: int = 3) -> Challenge:
    """Let two models foretell the same closed window that neither has seen; ties stay with the champion.

    The window is that of the newest landmark in the panel that has been seen for ``months`` by everybody.

    Raises:
        InputError: a model has seen the window.
        TooLittleData: too few losses in it.
    """
    rows = read_panel(panel)
    landmark = rows.end - months
    at = np.flatnonzero(rows.month == landmark)
    if not len(at):
        raise TooLittleData(f"the panel has no landmark {landmark}, the newest whose {months} months are closed")
    left, known = (each[at] for each in rows.outcome(months))
    if min(left[known].sum(), (~left[known]).sum()) < FEWEST_TO_JUDGE:
        raise TooLittleData(f"{int(left[known].sum())} losses within {months} months of landmark {landmark}: too few")
    chosen = rows.table.take(at[known])
    stated = [model.foretold(chosen, landmark, months) for model in (champion, challenger)]
    gain = auc_difference(left[known], stated[0], stated[1])
    errors = [float(np.mean((each - left[known]) ** 2)) for each in stated]
    better = gain.low is not None and gain.low > 0 and errors[1] <= errors[0]
    return Challenge("challenger" if better else "champion", gain, errors[0] - errors[1], landmark, months)
