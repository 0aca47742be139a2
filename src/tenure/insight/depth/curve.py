"""Retention by the number of products held, raw and adjusted (S12).

Raw: of customers with k products, the share that stayed. Adjusted: the share that *would* stay if everybody were like
the whole population in what was known before (tenure, age, assets, activity), with k products. For each level k the
doubly robust score of a customer is

    ψ_k = μ_k(x) + 1(K = k) (Y − μ_k(x)) ÷ e_k(x)

with e_k the chance that a customer like this holds k products and μ_k the retention expected of one who does (Robins,
Rotnitzky and Zhao 1994; many levels: Cattaneo 2010); its mean is the adjusted retention, right if either model is,
and its spread gives the interval. What was not measured is not adjusted for: the adjusted curve is still no proof of
cause.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tenure.errors import InputError
from tenure.insight.depth.nuisance import Learner, predictions
from tenure.insight.depth.sensitivity import e_value
from tenure.insight.effects.covariates import matrix
from tenure.insight.effects.ratios import ratio
from tenure.insight.inputs import TooLittleData, column, flags, same_length
from tenure.insight.intervals import LEVEL, Estimate, critical, share, unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Comparable = Literal["comparable", "too_few", "no_overlap"]
Verdict = Literal[
    "survives", "partly_survives", "disappears", "reverses", "cannot_tell", "no_raw_difference", "too_little_data"
]

#: Customers (raw) and effective customers (weighted) a level needs.
LEAST = 30
#: Below this part of the level's own share in everybody, hardly anybody like this customer holds so many.
RARE = 0.1
#: A level is not comparable when more of the population than this is so unlike its holders.
MOST_RARE = 0.05


@dataclass(frozen=True)
class Overlap:
    """Whether customers like all others are found at this level.

    ``effective`` is (Σw)² ÷ Σw² of the weights w = 1 ÷ e_k of those who hold it, e_k taken as at least a tenth of the
    level's own share, so that no single customer decides; ``lowest`` and ``median`` are the chances of holding it over
    everybody; ``rare_share`` the share of everybody whose chance is below that tenth; ``largest_weight`` the share that
    one customer has in the weighted mean. ``verdict`` is "comparable", "too_few" or "no_overlap".
    """

    verdict: Comparable
    effective: float
    lowest: float
    median: float
    rare_share: float
    largest_weight: float


@dataclass(frozen=True)
class Level:
    """One number of products: ``products`` (``or_more`` for the last, if it gathers more)."""

    products: int
    or_more: bool
    customers: int
    retained: int
    raw: Estimate
    adjusted: Estimate
    overlap: Overlap | None


@dataclass(frozen=True)
class Contrast:
    """Retention with ``more`` products − with ``fewer``, raw and adjusted, and the share of it that survives.

    ``surviving_share`` = adjusted ÷ raw: 1 where the adjustment changes nothing, 0 where the difference was all due
    to who the customers are, below 0 where it turns round; unknown where the raw difference itself is not shown.
    ``leaving_ratio`` is the adjusted risk of leaving with ``more`` ÷ with ``fewer``, and ``e_value`` how strong
    something unmeasured would have to be to explain it away (``sensitivity.e_value``).
    """

    fewer: int
    more: int
    raw: Estimate
    adjusted: Estimate
    surviving_share: Estimate
    verdict: Verdict
    leaving_ratio: Estimate
    e_value: float | None


@dataclass(frozen=True)
class Curve:
    """The whole answer: ``levels`` in order, a ``Contrast`` for each step up, and ``overall`` between the two ends.

    The ends are the smallest and the largest comparable level. ``adjusted_for`` is how many columns (after encoding)
    were adjusted for.
    """

    levels: tuple[Level, ...]
    steps: tuple[Contrast, ...]
    overall: Contrast | None
    adjusted_for: int

    @property
    def verdict(self) -> Verdict:
        """Of the whole difference; "too_little_data" where no two levels can be compared."""
        return self.overall.verdict if self.overall else "too_little_data"


def retention_by_depth(
    products: Any,
    retained: Any,
    covariates: Any = None,
    *,
    top: int | None = None,
    learner: Learner = "splines",
    folds: int = 5,
    seed: int = 42,
    level: float = LEVEL,
) -> Curve:
    """Raw and adjusted retention by products held.

    Args:
        products: held at the start of the window, whole numbers, shape ``(n,)``; ``top`` gathers that many and more.
        retained: 0/1: still there at its end.
        covariates: table or matrix of n rows, all known *before* the products were counted. None gives the raw curve
            only.
        learner: "splines" (logistic on cubic splines) or "boosting" (histogram gradient boosting): the answer should
            not hang on it, and if it does, that is worth knowing.

    Raises:
        TooLittleData: fewer than 30 customers.
        InputError: fractions of products, unequal lengths, ``top`` below 1.
    """
    held, stayed = column(products, "products", minimum=0, whole=True).astype(np.int64), flags(retained, "retained")
    x = np.empty((len(held), 0)) if covariates is None else matrix(covariates)
    n = same_length(products=held, retained=stayed, covariates=list(x))
    if n < LEAST:
        raise TooLittleData(f"{n} customers", f"A curve of retention needs at least {LEAST}.")
    if top is not None:
        if top < 1:
            raise InputError(f"top is {top}; at least 1 was expected")
        held = np.minimum(held, top)
    if learner not in ("splines", "boosting"):
        raise InputError(f"learner is {learner!r}; 'splines' or 'boosting' was expected")
    x = x[:, x.std(axis=0) > 0]
    counts = np.unique(held)
    raw = {int(k): share(int(stayed[held == k].sum()), int((held == k).sum()), level) for k in counts}
    scores = _Scores(held, stayed, x, [k for k, each in raw.items() if each.n >= LEAST], level)
    if covariates is not None:
        scores.fit(learner, folds, seed)
    levels = tuple(
        Level(
            products=k,
            or_more=top is not None and k == top,
            customers=each.n,
            retained=int(stayed[held == k].sum()),
            raw=each,
            adjusted=scores.adjusted(k),
            overlap=scores.overlap.get(k),
        )
        for k, each in raw.items()
    )
    usable = [each.products for each in levels if each.adjusted.can_tell]
    steps = tuple(scores.contrast(one, other) for one, other in itertools.pairwise(usable))
    overall = scores.contrast(usable[0], usable[-1]) if len(usable) > 1 else None
    return Curve(levels, steps, overall, x.shape[1])


class _Scores:
    """The scores ψ_k of every customer at every level that has customers enough."""

    def __init__(self, held: NDArray[np.int64], stayed: NDArray[np.bool_], x: Array, usable: list[int], level: float):
        self.held, self.stayed, self.x, self.usable, self.level = held, stayed, x, usable, level
        self.scores: dict[int, Array] = {}
        self.overlap: dict[int, Overlap] = {
            int(k): Overlap("too_few", float((held == k).sum()), 0.0, 0.0, 1.0, 1.0) for k in np.unique(held)
        }

    def fit(self, learner: Learner, folds: int, seed: int) -> None:
        """Scores over everybody; levels with too few customers stay in the population and get no figure."""
        small = ~np.isin(self.held, self.usable)
        # a level of a handful cannot be cross-fitted: those customers share one number, and are compared with nobody
        compact = {k: i for i, k in enumerate(self.usable)}
        numbered = np.array([compact.get(int(k), len(compact)) for k in self.held], dtype=np.int64)
        levels = len(compact) + bool(small.any())
        if not compact:
            return
        chance, stays = predictions(self.x, numbered, levels, self.stayed, learner, folds, seed)
        for k, i in compact.items():
            here = self.held == k
            self.overlap[k] = _overlap(chance[:, i], here)
            if self.overlap[k].verdict != "comparable":
                continue
            weight = np.where(here, 1 / np.maximum(chance[:, i], RARE * here.mean()), 0.0)
            # weights that sum to n: no single customer can push the share outside 0 … 1 by much (Hájek 1971)
            weight *= len(here) / weight.sum()
            self.scores[k] = stays[:, i] + weight * (self.stayed - stays[:, i])

    def adjusted(self, k: int) -> Estimate:
        if k not in self.scores:
            return unknown(len(self.held), self.level)
        return self._mean(self.scores[k])

    def contrast(self, fewer: int, more: int) -> Contrast:
        n, reach = len(self.held), critical(self.level)
        adjusted = self._mean(self.scores[more] - self.scores[fewer])
        moved = self.scores[more] - self.scores[fewer]
        moved = (moved - moved.mean()) / n
        value, influence = 0.0, np.zeros(n)
        for k, sign in ((more, 1.0), (fewer, -1.0)):
            here = self.held == k
            share = float(self.stayed[here].mean())
            value += sign * share
            influence[here] = sign * (self.stayed[here] - share) / here.sum()
        half = reach * float(np.sqrt(influence @ influence))
        raw = Estimate(value, value - half, value + half, n, self.level)
        share_left = unknown(n, self.level)
        if raw.excludes(0) and adjusted.value is not None:
            share_left = ratio(
                adjusted.value,
                value,
                float(moved @ moved),
                float(influence @ influence),
                float(moved @ influence),
                reach,
                n,
                self.level,
            )
        leaving = self._leaving(fewer, more, reach)
        verdict = _verdict(raw, adjusted, share_left)
        return Contrast(fewer, more, raw, adjusted, share_left, verdict, leaving, e_value(leaving))

    def _leaving(self, fewer: int, more: int, reach: float) -> Estimate:
        n = len(self.held)
        one, other = 1 - self.scores[more], 1 - self.scores[fewer]
        spread = np.cov(one, other) / n
        found = ratio(
            float(one.mean()),
            float(other.mean()),
            float(spread[0, 0]),
            float(spread[1, 1]),
            float(spread[0, 1]),
            reach,
            n,
            self.level,
        )
        return found if other.mean() > 0 else unknown(n, self.level)

    def _mean(self, score: Array) -> Estimate:
        n = len(score)
        half = critical(self.level) * float(score.std(ddof=1)) / np.sqrt(n)
        return Estimate(float(score.mean()), float(score.mean() - half), float(score.mean() + half), n, self.level)


def _overlap(chance: Array, here: NDArray[np.bool_]) -> Overlap:
    weight = 1 / np.maximum(chance[here], RARE * here.mean())
    effective = float(weight.sum() ** 2 / (weight @ weight))
    rare = float((chance < RARE * here.mean()).mean())
    verdict: Comparable = "comparable"
    if rare > MOST_RARE:
        verdict = "no_overlap"
    elif effective < LEAST:
        verdict = "too_few"
    return Overlap(
        verdict,
        effective,
        float(chance.min()),
        float(np.median(chance)),
        rare,
        float(weight.max() / weight.sum()),
    )


def _verdict(raw: Estimate, adjusted: Estimate, share: Estimate) -> Verdict:
    """How much survives, in a word.

    "disappears": the adjusted difference is not told from 0, and surely less than all of the raw one. "cannot_tell":
    both nothing and all of it are possible.
    """
    if not raw.excludes(0):
        return "no_raw_difference"
    if adjusted.excludes(0):
        if (adjusted.value or 0) * (raw.value or 0) < 0:
            return "reverses"
        return "partly_survives" if share.high is not None and share.high < 1 else "survives"
    return "disappears" if share.high is not None and share.high < 1 else "cannot_tell"
