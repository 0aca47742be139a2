"""How well a ranking finds those whom the action moves: the Qini curve, its area and its coefficient, defined once.

Three libraries print three numbers for the same scores (pitfall 10), so this is ours, in words. Rank customers by
predicted uplift. **G(φ)**: the extra outcome *per customer of the whole population* if the top share φ of them, and
nobody else, gets the action. G(0) = 0 and G(1) is the average effect. Then

- ``auuc`` = ∫₀¹ G(φ) dφ, the area under the uplift curve;
- ``qini`` = ∫₀¹ (G(φ) − φ G(1)) dφ, what is left of it above the straight line of a random order.

This is the Qini of Yadlowsky et al. (2025, the RATE with weight u) and, for a constant propensity e, Radcliffe's
(2007) curve of incremental outcomes among the treated divided by e: ``radcliffe`` = e · ``qini`` is his coefficient
per customer. G is estimated from one *effect score* Γ a customer, unbiased for the customer's own effect: G(φ) =
(1/n) Σ_{top φ n} Γ. Customers with equal scores share their places, so that a constant ranking has a Qini of exactly 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from tenure.insight.effects.average import inverse_propensity
from tenure.insight.inputs import TooLittleData, column, flags, same_length
from tenure.insight.intervals import LEVEL, Estimate, critical

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ranking:
    """What a ranking is worth, per customer of the population, in units of the outcome; definitions in this module."""

    qini: Estimate
    auuc: Estimate
    radcliffe: Estimate
    average_effect: Estimate


def qini(
    score: Any, outcome: Any, treated: Any, *, propensity: Any = None, fold: Any = None, level: float = LEVEL
) -> Ranking:
    """The Qini, AUUC and average effect of ``score`` on customers who took no part in making it.

    Args:
        score: predicted uplift (or any ranking, highest first), shape ``(n,)``.
        outcome: number or 0/1, ``treated``: 0/1, ``propensity``: chance of treatment or None if the same for all.
        fold: ranks are taken within each fold where different models scored them.

    Raises:
        TooLittleData: fewer than 30 customers in an arm.
    """
    s, y, lot = column(score, "score"), column(outcome, "outcome"), flags(treated, "treated")
    same_length(score=s, outcome=y, treated=lot)
    effects = effect_scores(y, lot, propensity)
    folds = np.zeros(len(s)) if fold is None else column(fold, "fold")
    same_length(score=s, fold=folds)
    return of_scores(s, effects, folds, lot, propensity is None, level)


def effect_scores(outcome: Array, treated: NDArray[np.bool_], propensity: Any = None) -> Array:
    """Γ from the trial alone: each customer's distance from the arm's mean, weighted up to the population.

    Γ = (m₁ − m₀) + T (Y − m₁) ÷ e − (1 − T)(Y − m₀) ÷ (1 − e), with m the weighted mean of each arm.
    """
    if min(treated.sum(), (~treated).sum()) < 30:
        raise TooLittleData(
            f"{int(treated.sum()):,} treated and {int((~treated).sum()):,} controls",
            "A ranking by effect needs at least 30 customers in each arm, and rather thousands.",
        )
    weights = inverse_propensity(treated, propensity)
    if propensity is None:
        weights = np.where(treated, 1 / treated.mean(), 1 / (1 - treated.mean()))
    means = {arm: float(np.average(outcome[treated == arm], weights=weights[treated == arm])) for arm in (True, False)}
    residual = outcome - np.where(treated, means[True], means[False])
    return means[True] - means[False] + np.where(treated, 1.0, -1.0) * weights * residual


def of_scores(
    score: Array,
    effects: Array,
    fold: Array,
    treated: NDArray[np.bool_],
    counted: bool,
    level: float = LEVEL,
    noise: float = 0.0,
    cluster: NDArray[np.int64] | None = None,
) -> Ranking:
    """The ranking's worth from effect scores Γ (of ``effect_scores`` or doubly robust ones), ranked within folds.

    With F the share of customers ranked below, ∫G = E[Γ F]. The interval is that of the U-statistic's projection:
    ψᵢ = Γᵢ Fᵢ + E[Γ 1(S > Sᵢ)] − 2 E[Γ F]. Where the chance of treatment was ``counted`` from the same customers, what
    ψ shares with T − e is no chance any more and is taken out (Hirano, Imbens and Ridder 2003). ``noise`` is the
    share of the ranking that ``cross_fitted_noise`` finds: the variance of what the ranking adds is (1 + noise) ψ'ψ ÷
    n², where ψ is summed within each ``cluster`` (numbers 0 … g − 1) first.
    """
    n = len(score)
    area, influence = np.zeros(n), np.zeros(n)
    for each in np.unique(fold):
        here = fold == each
        below = (stats.rankdata(score[here]) - 0.5) / here.sum()
        product = effects[here] * below
        area[here] = product
        influence[here] = product + _above(score[here], effects[here]) - 2 * product.mean()
    centred = effects - effects.mean()
    auuc, whole = float(area.mean()), float(effects.mean())
    reach = critical(level)
    share = float(treated.mean())
    unit = np.arange(n) if cluster is None else cluster
    lot = np.bincount(unit, treated - share)

    def estimate(value: float, part: Array, widened: float = 1.0) -> Estimate:
        part = np.bincount(unit, part).astype(np.float64)
        if counted:
            part = part - lot * (part @ lot) / (lot @ lot)
        half = reach * float(np.sqrt(widened * (part @ part))) / n
        return Estimate(value, value - half, value + half, n, level)

    above_random = influence - centred / 2
    coefficient = auuc - whole / 2
    return Ranking(
        qini=estimate(coefficient, above_random, 1 + noise),
        auuc=estimate(auuc, influence, 1 + noise),
        radcliffe=estimate(coefficient * share, above_random * share, 1 + noise),
        average_effect=estimate(whole, centred),
    )


def cross_fitted_noise(scores: Array) -> float:
    """How much of cross-fitted rankings is noise, 0 … 1, from K models' scores of the same customers, ``(customers,
    K)``.

    Cross-fitting is not as independent as it looks. Where there is nothing to find, a model's ranking is the chance
    of the other folds, and the product "ranking of fold j's chance × chance of fold k" enters twice, once from each
    side: the plain variance is half the true one, and one null campaign in six shows a Qini beyond its 95 % interval.
    Two models share K − 2 of their K − 1 folds: pure noise correlates by (K − 2) ÷ (K − 1), pure signal by 1. So with
    ρ the mean rank correlation, noise = (K − 1)(1 − ρ), and the true variance is (1 + noise) times the plain one.
    """
    folds = scores.shape[1]
    ranks = stats.rankdata(scores, axis=0)
    ranks -= ranks.mean(axis=0)
    size = np.sqrt((ranks**2).sum(axis=0))
    if (size == 0).any():
        return 1.0
    correlation = (ranks / size).T @ (ranks / size)
    mean = float((correlation.sum() - folds) / (folds * (folds - 1)))
    return float(np.clip((folds - 1) * (1 - mean), 0.0, 1.0))


def curve(score: Any, effects: Any, steps: int = 20) -> tuple[tuple[float, float], ...]:
    """The points (φ, G(φ)) for the page: ``steps`` + 1 of them, equal scores joined by a straight line."""
    s, gamma = column(score, "score"), column(effects, "effects")
    same_length(score=s, effects=gamma)
    if not len(s):
        raise TooLittleData("there is nobody to rank")
    _, block = np.unique(-s, return_inverse=True)
    counts, sums = np.bincount(block), np.bincount(block, gamma)
    reached = np.concatenate([[0.0], np.cumsum(counts) / len(s)])
    gained = np.concatenate([[0.0], np.cumsum(sums) / len(s)])
    at = np.linspace(0, 1, steps + 1)
    return tuple(zip(at.tolist(), np.interp(at, reached, gained).tolist(), strict=True))


def _above(score: Array, effects: Array) -> Array:
    """(1/n) Σⱼ Γⱼ 1(Sⱼ > Sᵢ), equal scores counted half."""
    _, block = np.unique(score, return_inverse=True)
    sums = np.bincount(block, effects)
    after = sums[::-1].cumsum()[::-1] - sums / 2
    return np.asarray(after[block] / len(score))
