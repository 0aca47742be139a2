"""How good a probability of leaving is: does it rank, does it mean what it says, what does acting on it earn?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit, logit

from tenure.errors import InputError
from tenure.insight.attrition.empc import ExpectedProfit, expected_maximum_profit
from tenure.insight.inputs import TooLittleData, column, flags, same_length
from tenure.insight.intervals import Estimate
from tenure.insight.judgement import auc, calibration_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: The smallest and largest probability a model states: nobody is certain to stay or to leave.
EDGE = 1e-6
#: Leavers, and stayers, without whom no figure is given.
FEWEST = 5


@dataclass(frozen=True)
class Evaluation:
    """Figures of one set of probabilities against what came true.

    ``auc`` with DeLong's interval (DeLong et al. 1988); ``ap`` average precision; ``brier`` mean squared error;
    ``ece`` calibration error over ten equal-width bins; ``in_the_large`` observed rate − mean probability;
    ``calibration_slope`` of outcome on log-odds, 1 when right, below 1 when too extreme (Cox 1958);
    ``top_decile_lift`` rate among the tenth that scores highest ÷ overall; ``profit`` EMPC at the published defaults.
    """

    rows: int
    positives: int
    auc: Estimate
    ap: float
    brier: float
    ece: float
    in_the_large: float
    calibration_slope: float
    top_decile_lift: float
    profit: ExpectedProfit

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the figures under the names above; ``auc`` a number, its interval beside it."""
        return {
            "rows": self.rows,
            "positives": self.positives,
            "auc": self.auc.value,
            "auc_low": self.auc.low,
            "auc_high": self.auc.high,
            "ap": self.ap,
            "brier": self.brier,
            "ece": self.ece,
            "in_the_large": self.in_the_large,
            "calibration_slope": self.calibration_slope,
            "top_decile_lift": self.top_decile_lift,
            "empc": self.profit.empc,
            "empc_target_share": self.profit.target_share,
            "empc_threshold": self.profit.threshold,
        }


def evaluate(outcome: Any, probability: Any, *, clv: Any = 200.0) -> Evaluation:
    """All figures at once; ``outcome`` 0/1 and ``probability`` in [0, 1], both ``(n,)``.

    Raises:
        TooLittleData: fewer than five with or without the outcome.
    """
    came = flags(outcome, "outcome")
    stated = column(probability, "probability", minimum=0.0, maximum=1.0)
    same_length(outcome=came, probability=stated)
    positives = int(came.sum())
    if min(positives, len(came) - positives) < FEWEST:
        raise TooLittleData(
            f"{positives:,} of {len(came):,} rows have the outcome; at least {FEWEST} with it and without are needed"
        )
    return Evaluation(
        rows=len(came),
        positives=positives,
        auc=auc(came, stated),
        ap=average_precision(came, stated),
        brier=float(np.mean((stated - came) ** 2)),
        ece=calibration_error(came, stated),
        in_the_large=float(came.mean() - stated.mean()),
        calibration_slope=platt(_log_odds(stated), came, np.ones(len(came)), ridge=0.0)[0],
        top_decile_lift=top_decile_lift(came, stated),
        profit=expected_maximum_profit(came, stated, clv=clv),
    )


def average_precision(came: NDArray[np.bool_], score: Numbers) -> float:
    """Σ (recallₖ − recallₖ₋₁) · precisionₖ over the distinct scores from the top."""
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order]) != 0), len(score) - 1)
    hits = np.cumsum(came[order])[ends]
    return float((np.diff(np.append(0, hits)) * hits / (ends + 1)).sum() / came.sum())


def calibration_tenths(came: NDArray[np.bool_], stated: Numbers) -> list[dict[str, float]]:
    """Tenths of rows by stated probability, lowest first: ``stated`` (mean), ``came`` (how many) and ``rows``."""
    parts = np.array_split(np.argsort(stated, kind="stable"), 10)
    return [
        {"stated": float(stated[part].mean()), "came": int(came[part].sum()), "rows": len(part)}
        for part in parts
        if len(part)
    ]


def top_decile_lift(came: NDArray[np.bool_], score: Numbers) -> float:
    """Rate of the outcome in the highest tenth ÷ overall rate; equal scores on the boundary count in proportion."""
    wanted = len(score) / 10
    line = np.partition(score, -int(np.ceil(wanted)))[-int(np.ceil(wanted))]
    above, level = score > line, score == line
    hits = came[above].sum() + came[level].mean() * (wanted - above.sum())
    return float(hits / wanted / came.mean())


def platt(score: Numbers, came: NDArray[Any], weight: Numbers, *, ridge: float = 1.0) -> tuple[float, float]:
    """Slope and intercept of the log-odds of ``came`` on ``score`` (Platt 1999), by Newton's method.

    ``ridge`` pulls towards slope 1 and intercept 0, so that a handful of leavers corrects a model by little.
    """
    free, start = np.array([1.0, 0.0]), np.array([1.0, 0.0])
    design = np.column_stack([score, np.ones(len(score))])
    for _ in range(100):
        chance = expit(design @ free)
        slope = design.T @ (weight * (came - chance)) - ridge * (free - start)
        bend = (design * (weight * chance * (1 - chance))[:, None]).T @ design + (ridge + 1e-9) * np.eye(2)
        step = np.linalg.solve(bend, slope)
        free = free + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-9:
            break
    if not np.isfinite(free).all():
        raise InputError("the scores cannot be calibrated: they are not finite")
    return float(free[0]), float(free[1])


def _log_odds(stated: Numbers) -> Numbers:
    return np.asarray(logit(np.clip(stated, EDGE, 1 - EDGE)))
