"""The hazard held against what came: at one landmark, so that every customer counts once, over a window that is closed.

``figures`` are those of the out-of-time test. ``said_and_came`` watches the model in use: what it said, as it then
stood, at the newest landmarks whose 3 and 6 months are over, and what came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit, logit

from tenure.insight.attrition.evaluation import EDGE, Evaluation, evaluate, platt
from tenure.insight.attrition.fitted import FEWEST_TO_JUDGE
from tenure.insight.attrition.periods import Panel, read_panel
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import LEVEL, Estimate, critical, share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tenure.insight.attrition.hazard import AttritionModel

    Numbers = NDArray[np.float64]

#: Months ahead that the model in use is watched over.
WATCHED = (3, 6)


def windows(horizon: int) -> list[int]:
    """Months ahead that figures are given for: 3, 6, 12, 24 and the horizon."""
    return sorted({*(m for m in (3, 6, 12, 24) if m < horizon), horizon})


def figures(rows: Panel, at: NDArray[np.int64], survival: NDArray[Any], months: int) -> Evaluation | None:
    """Figures of the rows ``at`` for the first ``months`` of ``survival (len(at), ≥ months)``; None: too few losses."""
    left, known = (each[at] for each in rows.outcome(months))
    # Were only some of the window's customers known, those would be the ones who left: a rate from nowhere.
    if not known.all() or min(left.sum(), (~left).sum()) < FEWEST_TO_JUDGE:
        return None
    return evaluate(left, 1 - survival[:, months - 1])


def closed_window(rows: Panel, months: int) -> tuple[int, NDArray[np.int64], NDArray[np.bool_]]:
    """The newest landmark seen for ``months`` by everybody, its rows, and who of them was lost within the window.

    Raises:
        TooLittleData: there is no such landmark, or too few were lost (or stayed) after it.
    """
    landmark = rows.end - months
    at = np.flatnonzero(rows.month == landmark)
    if not len(at):
        raise TooLittleData(f"the panel has no landmark {landmark}, the newest whose {months} months are closed")
    left, known = (each[at] for each in rows.outcome(months))
    at, left = at[known], left[known]
    if min(left.sum(), (~left).sum()) < FEWEST_TO_JUDGE:
        raise TooLittleData(f"{int(left.sum())} losses within {months} months of landmark {landmark}: too few")
    return landmark, at, left


def said_and_came(model: AttritionModel, panel: Any) -> list[dict[str, Any]]:
    """What the model said at the newest landmarks whose windows are closed, and what came.

    Its trees must have seen nothing of the window; its line is that of the landmark (``recalibrated(until=landmark)``).
    A row for each of ``WATCHED`` months that can be judged: ``months``, ``landmark``, ``rows``, ``lost``, ``said``
    (mean probability), ``came`` (share lost) with ``low`` and ``high``, and ``slope`` of the outcome on the stated
    log-odds with ``slope_low`` and ``slope_high``.
    """
    rows, found = read_panel(panel, model.features), []
    for months in WATCHED:
        if months > model.horizon:
            continue
        try:
            landmark, at, left = closed_window(rows, months)
            then = model.recalibrated(panel, until=landmark)
        except TooLittleData:
            continue
        stated = then.probability(rows.table.take(at), months)
        came, slope = share(int(left.sum()), len(left)), calibration_slope(left, stated)
        found.append(
            {"months": months, "landmark": landmark, "rows": len(left), "lost": int(left.sum()),
             "said": float(stated.mean()), "came": came.value, "low": came.low, "high": came.high,
             "slope": slope.value, "slope_low": slope.low, "slope_high": slope.high}
        )  # fmt: skip
    return found


def calibration_slope(came: NDArray[np.bool_], stated: Numbers, level: float = LEVEL) -> Estimate:
    """Slope of ``came`` on the log-odds of ``stated`` (Cox 1958), its interval from the information of the fit."""
    score = np.asarray(logit(np.clip(stated, EDGE, 1 - EDGE)))
    slope, intercept = platt(score, came, np.ones(len(came)), ridge=0.0)
    chance = expit(slope * score + intercept)
    design = np.column_stack([score, np.ones(len(score))])
    bend = (design * (chance * (1 - chance))[:, None]).T @ design + 1e-12 * np.eye(2)
    half = critical(level) * float(np.sqrt(np.linalg.inv(bend)[0, 0]))
    return Estimate(slope, slope - half, slope + half, len(came), level)
