"""Is the trap real: does behaviour foretell leaving beyond what customers say?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import chi2

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, flags, plain, same_length
from tenure.insight.intervals import LEVEL, Estimate, critical, gap, share
from tenure.insight.judgement import auc, auc_difference

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Leavers (and stayers) needed before and after the split.
FEWEST_EACH = 20


@dataclass(frozen=True)
class BackTest:
    """``likelihood_ratio`` with ``freedom`` and ``p_value``: satisfaction alone against satisfaction and behaviour, on
    the earlier periods. ``auc_satisfaction``, ``auc_both`` and ``auc_gain``: on the later ones, which neither saw.

    ``trapped_left``, ``content_left``: of the satisfied in the later periods, the share of those behaving as leaving
    and of the others that left; ``gap`` their difference. ``verdict``: ``beyond_satisfaction`` (the test and the gain
    both say so), ``not_shown``.
    """

    likelihood_ratio: float
    freedom: int
    p_value: float
    auc_satisfaction: Estimate
    auc_both: Estimate
    auc_gain: Estimate
    trapped_left: Estimate
    content_left: Estimate
    gap: Estimate
    verdict: str


def back_test(
    satisfaction: Any,
    leaving: Any,
    left: Any,
    period: Any,
    *,
    satisfied_from: int = 4,
    level: float = LEVEL,
) -> BackTest:
    """Nested logistic models, split in time.

    Rows are customers at an ``as_of``: ``satisfaction`` (n,) answer 1–5 given before it, ``leaving`` (n,) behaves as
    leaving (yes or no, as of then, from ``behaviour``), ``left`` (n,) whether the customer left *after* it,
    ``period`` (n,) the as-of itself (dates, months; sorted). The earlier half of the periods fits, the later half
    judges. A leaving probability used in ``leaving`` must come from a model trained before the later periods.

    Raises:
        InputError: unequal lengths, a missing answer, fewer than two periods (a split at random is refused: it would
            flatter both models).
        TooLittleData: fewer than 20 leavers or stayers in either half; nobody, or everybody, satisfied or leaving.
    """
    critical(level)
    said = column(satisfaction, "satisfaction", minimum=1, maximum=5, whole=True)
    does, gone, when = flags(leaving, "leaving"), flags(left, "left"), plain(period, "period")
    same_length(satisfaction=said, leaving=does, left=gone, period=when)
    try:
        ordered = sorted(set(when))
    except TypeError:
        raise InputError("period mixes kinds of values", "Pass dates, or months as texts.") from None
    if len(ordered) < 2:
        raise InputError(f"{len(ordered)} period; a test out of time takes two", "Pass customers as of two dates.")
    early = np.array([each in set(ordered[: len(ordered) // 2]) for each in when])
    for name, part in (("earlier", early), ("later", ~early)):
        found = int(gone[part].sum()), int((~gone[part]).sum())
        if min(found) < FEWEST_EACH:
            raise TooLittleData(
                f"the {name} periods have {found[0]:,} leavers and {found[1]:,} stayers; it takes {FEWEST_EACH} of each"
            )
        if len(np.unique(does[part])) < 2:
            raise TooLittleData(f"in the {name} periods all behave alike; there is nothing to test")
    content = said >= satisfied_from
    if not (content & ~early & does).any() or not (content & ~early & ~does).any():
        raise TooLittleData("the later periods have no satisfied customer of one kind of behaviour")
    words = np.column_stack([said - 3, (said - 3) ** 2])
    deeds = np.column_stack([words, does, does & content])
    small, large = (_Logistic(x[early], gone[early]) for x in (words, deeds))
    ratio = max(0.0, 2 * (large.log_likelihood - small.log_likelihood))
    freedom = large.rank - small.rank
    p_value = float(chi2.sf(ratio, freedom)) if freedom else 1.0
    judged = gone[~early]
    scores = small.score(words[~early]), large.score(deeds[~early])
    gain = auc_difference(judged, *scores, level)
    parts = (gone[~early & content & chosen] for chosen in (does, ~does))
    trapped, calm = (share(int(part.sum()), len(part), level) for part in parts)
    shown = p_value < 1 - level and gain.low is not None and gain.low > 0
    return BackTest(
        ratio,
        freedom,
        p_value,
        auc(judged, scores[0], level),
        auc(judged, scores[1], level),
        gain,
        trapped,
        calm,
        gap(trapped, calm),
        "beyond_satisfaction" if shown else "not_shown",
    )


class _Logistic:
    """Maximum likelihood by Newton's method with the faintest ridge, so that a class without leavers stays finite."""

    def __init__(self, x: NDArray[np.float64], y: NDArray[np.bool_]) -> None:
        design = np.column_stack([np.ones(len(x)), x])
        self.rank = int(np.linalg.matrix_rank(design))
        ridge = 1e-4 * np.eye(design.shape[1])
        self.slopes = np.zeros(design.shape[1])
        for _ in range(100):
            p = _logistic(design @ self.slopes)
            gradient = design.T @ (y - p) - ridge @ self.slopes
            step = np.linalg.solve((design.T * (p * (1 - p))) @ design + ridge, gradient)
            self.slopes += np.clip(step, -4, 4)
            if np.abs(step).max() < 1e-9:
                break
        eta = design @ self.slopes
        self.log_likelihood = float((y * eta - np.logaddexp(0, eta)).sum())

    def score(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log odds of leaving."""
        return np.asarray(self.slopes[0] + x @ self.slopes[1:], dtype=np.float64)


def _logistic(eta: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(eta, -500, 500))), dtype=np.float64)
