"""NPS, CSAT and effort: one figure each, with its interval, its effective number of answers and its response rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.errors import InputError
from tenure.insight.intervals import LEVEL, Estimate, critical, wilson
from tenure.insight.opinion.answers import ADDED, NPS_CODES, adjusted_moments, answers, classes

if TYPE_CHECKING:
    from tenure.insight.opinion.answers import Answers


@dataclass(frozen=True)
class OpinionEstimate(Estimate):
    """An estimate with what a reader must see beside it.

    ``effective_n`` is below ``n`` when answers weigh unequally; ``response_rate`` (0…1) is None when it was not told
    how many were asked; ``shares`` holds the weighted shares (0…1) that the figure is made of.
    """

    effective_n: float = 0.0
    response_rate: float | None = None
    shares: dict[str, float] = field(default_factory=dict)

    @property
    def design_effect(self) -> float:
        """How many times more answers equal weights would save: n ÷ effective n."""
        return self.n / self.effective_n


def nps(scores: Any, weights: Any = None, level: float = LEVEL, *, asked: int | None = None) -> OpinionEstimate:
    """Net promoter score, −100 … 100: the share of 9–10 minus the share of 0–6, in points (Reichheld 2003).

    ``scores`` (n,) whole 0–10, missing where a customer did not answer; ``weights`` (n,) ≥ 0, for instance from
    ``response_weights``; ``asked``: how many were asked, for the response rate (else the missing answers are counted).
    The interval is adjusted Wald with ¾ of an answer added to each class, on Kish's effective number of answers.

    Raises:
        InputError: an answer off the scale, unequal lengths, fewer asked than answered.
        TooLittleData: nobody answered.
    """
    given = answers(scores, weights, "scores", 0, 10)
    z = critical(level)
    kinds = classes(given.values)
    shares = np.array([given.share(kinds == kind) for kind in range(3)])
    centre, error = adjusted_moments(shares, given.effective, NPS_CODES)
    return OpinionEstimate(
        value=float(shares @ NPS_CODES),
        low=max(-100.0, centre - z * error),
        high=min(100.0, centre + z * error),
        n=given.n,
        level=level,
        effective_n=given.effective,
        response_rate=_response_rate(given, scores, asked),
        shares=dict(zip(("promoters", "passives", "detractors"), map(float, shares), strict=True)),
    )


def csat(
    scores: Any,
    weights: Any = None,
    level: float = LEVEL,
    *,
    asked: int | None = None,
    highest: int = 5,
    top: int = 2,
) -> OpinionEstimate:
    """Customer satisfaction, 0 … 1: the share that chose one of the ``top`` boxes of a scale 1 … ``highest``.

    Interval of Wilson (1927) on the effective number of answers; raises as ``nps``. ``shares["dissatisfied"]`` is the
    share in as many of the lowest boxes, or in all that are left where ``top`` takes more than half of the scale.
    """
    if not 0 < top < highest:
        raise InputError(f"top {top} of {highest} boxes; expected at least 1 and fewer than {highest}")
    given = answers(scores, weights, "scores", 1, highest)
    satisfied = given.share(given.values > highest - top)
    low, high = wilson(satisfied, given.effective, level)
    return OpinionEstimate(
        satisfied,
        low,
        high,
        given.n,
        level,
        given.effective,
        _response_rate(given, scores, asked),
        {"satisfied": satisfied, "dissatisfied": given.share(given.values <= min(top, highest - top))},
    )


def effort(
    scores: Any, weights: Any = None, level: float = LEVEL, *, asked: int | None = None, highest: int = 7
) -> OpinionEstimate:
    """Customer effort, the mean of answers 1 (none) … ``highest`` (very much); low is good (Dixon et al. 2010).

    The interval adds three times ¾ of an answer, spread evenly over the scale: thirty customers who all say "1" do
    not prove that nobody would say "2". Raises as ``nps``; ``shares["hard"]`` is the share above the middle.
    """
    given = answers(scores, weights, "scores", 1, highest)
    z = critical(level)
    codes = np.arange(1.0, highest + 1.0)
    shares = np.array([given.share(given.values == code) for code in codes])
    centre, error = adjusted_moments(shares, given.effective, codes, added=3 * ADDED / highest)
    return OpinionEstimate(
        float(shares @ codes),
        max(1.0, centre - z * error),
        min(float(highest), centre + z * error),
        given.n,
        level,
        given.effective,
        _response_rate(given, scores, asked),
        {"hard": given.share(given.values > (highest + 1) / 2)},
    )


def _response_rate(given: Answers, scores: Any, asked: int | None) -> float | None:
    rows = len(scores)
    if asked is None:
        return given.n / rows if rows > given.n else None
    if asked < given.n:
        raise InputError(f"asked {asked:,}, but {given.n:,} answered", "Count everybody who was asked.")
    return given.n / asked
