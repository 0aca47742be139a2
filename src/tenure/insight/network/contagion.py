"""Contagion of leaving: does a neighbour's leaving raise one's own, or do they only resemble each other?

Neighbours leave together for three reasons: they are alike (homophily), the same thing happens to them, or one
follows the other. Data alone cannot part them in general (Shalizi & Thomas 2011); what it can do is look at *when*.
Likeness makes the same people leave at whatever time; following makes them leave soon after. So:

*near*: months in which the neighbour left 1 … ``reach`` months ago. *far*, the placebo: months in which the neighbour
left (*past*), or will leave (*ahead*), more than ``reach`` + 1 and at most 2·``reach`` + 1 months away. A leaving still
to come can have moved nobody. The nearest future is left out: if leaving spreads, one's own leaving moves the neighbour
just then, and the two directions of one tie would cancel.

Likeness weakens with time, as the likely leavers of a group go first: for a pair leaving in months s and t it depends
on s + t alone. Pairs of months are therefore taken only where s + t lies between 2·start + 2r + 1 and 2·end − 2r − 1,
a range that each window can fill. What remains is the month t at which the survivors are compared, (r + 1)/4 after the
middle for near and ±3(r + 1)/4 for far on average: the placebo is the geometric mean with weights ⅔ past and ⅓ ahead,
which has the same middle for any reach r.

Each month's leavers are compared to those expected from stratum and month (indirect standardisation: O ÷ E), which
takes out whatever the strata tell and whatever hit a stratum in one month. With each window's O ÷ E, the hazard ratio
is near ÷ (past^⅔ · ahead^⅓). Its interval allows for pairs that share a party or a group (see ``_error``);
a permutation of leaving months among each stratum's leavers, who leaves held fixed, gives the p-value of "timing is
chance" (the shuffle test of Anagnostopoulos, Kumar & Mahdian 2008). Groups that are much alike leave early together,
so that test alone cries wolf a little too often; the verdict asks for both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from tenure.errors import InputError
from tenure.insight import inputs
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import LEVEL, Estimate, critical, unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Leavers seen near and far below which no ratio is told.
FEWEST_LEAVERS = 20
#: A ratio this near to 1 is nothing a bank would act on.
MATERIAL = 1.5
#: Weight of the past in the placebo: it gives it the near window's mean month.
PAST = 2 / 3


@dataclass(frozen=True)
class Contagion:
    """What was found.

    ``hazard_ratio``: how many times more likely one leaves within ``reach`` months of a neighbour, beyond likeness;
    ``likeness``: the same for a neighbour who leaves at a distance (1: no more alike than strata say);
    ``near`` and ``far``: leavers (of pairs) seen; ``followed``: share of the near leavers that followed (1 − 1/ratio);
    ``p_value``: of "the timing is chance", from permutations; ``verdict``: "contagion", "none_that_matters" or
    "cant_tell". A shock that hits neighbours but not their stratum (their firm closes) looks like contagion.
    """

    hazard_ratio: Estimate
    likeness: Estimate
    followed: Estimate
    near: int
    far: int
    p_value: float | None
    verdict: str


def measure(
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    left: Any,
    start: int,
    end: int,
    *,
    strata: Any = None,
    entered: Any = None,
    reach: int = 3,
    permutations: int = 199,
    level: float = LEVEL,
    seed: int = 0,
) -> Contagion:
    """Contagion among ``n`` parties tied pairwise (``source``, ``target``: positions, direction ignored).

    ``left`` (n,) the month each left as a whole number, NaN if still there on ``end``; ``entered`` (n,) the first
    month at risk (default: ``start``); ``strata`` (n,) whatever makes people leave alike, as one label each (tier ×
    age band × branch …), text or number. Leaving is followed through months ``start`` … ``end``, both counted.

    Raises:
        InputError: unequal lengths, a leaving after ``end``, a window that cannot hold two reaches.
        TooLittleData: nobody tied, nobody left, or everybody did.
    """
    months, first = _lives(left, entered, start, end, reach)
    n = len(months)
    labels = np.zeros(n, dtype=np.int64)
    if strata is not None:
        numbered = isinstance(strata, np.ndarray) and np.issubdtype(strata.dtype, np.integer)
        told = strata if numbered else [str(each) for each in inputs.plain(strata, "strata")]
        inputs.same_length(left=months, strata=told)
        labels = np.unique(told, return_inverse=True)[1]
    pair = np.unique(np.sort(np.stack([source, target]), axis=0), axis=1)
    pair = pair[:, pair[0] != pair[1]]
    if not pair.shape[1]:
        raise TooLittleData("no two parties are tied; contagion needs neighbours")
    leavers = np.flatnonzero((months >= start) & (months <= end) & (months >= first))
    if not 0 < len(leavers) < n:
        raise TooLittleData(f"{len(leavers):,} of {n:,} left; contagion needs some who did and some who did not")
    # a pair in which nobody ever left says nothing, and most pairs are such
    gone = np.isfinite(months)
    pair = pair[:, gone[pair[0]] | gone[pair[1]]]
    hazards = _cumulative(months, first, labels, start, end)

    def counted(leaving: NDArray[np.float64]) -> _Counts:
        ends = [_seen(i, j, leaving, first, labels, hazards, start, end, reach) for i, j in (pair, pair[::-1])]
        return _Counts(*(one + other for one, other in zip(*ends, strict=True)))

    seen = counted(months)
    near, far = seen.near.sum(), seen.past.sum()
    if near + far < FEWEST_LEAVERS or min(near, far) < FEWEST_LEAVERS / 4:
        none = unknown(int(near + far), level)
        return Contagion(none, none, none, int(near), int(far), None, "cant_tell")
    ratio, likeness = seen.ratio(), seen.likeness()
    past = (-PAST, seen.past, seen.past_expected)
    ahead = (PAST - 1, seen.ahead, seen.ahead_expected)
    error = _error(pair, n, (1.0, seen.near, seen.near_expected), past, ahead)
    total = int(near + far)
    hazard_ratio = _logarithmic(ratio, error, total, level)
    shuffled = _shuffled(counted, months, leavers, labels, permutations, seed)
    p = (1 + int((shuffled >= ratio).sum())) / (1 + permutations)
    return Contagion(
        hazard_ratio=hazard_ratio,
        likeness=_logarithmic(likeness, _error(pair, n, past, ahead), int(far), level),
        followed=_followed(hazard_ratio),
        near=int(near),
        far=int(far),
        p_value=p,
        verdict=_verdict(hazard_ratio, p, level),
    )


@dataclass(frozen=True)
class _Counts:
    """For each pair (p,): leavers seen and expected in each window."""

    near: NDArray[np.float64]
    near_expected: NDArray[np.float64]
    past: NDArray[np.float64]
    past_expected: NDArray[np.float64]
    ahead: NDArray[np.float64]
    ahead_expected: NDArray[np.float64]

    def likeness(self, added: float = 0.0) -> float:
        """The placebo's O ÷ E at the near window's lag; ``added`` leavers keep an empty window from ending all."""
        past = (self.past.sum() + added) / self.past_expected.sum()
        ahead = (self.ahead.sum() + added) / self.ahead_expected.sum()
        return float(past**PAST * ahead ** (1 - PAST))

    def ratio(self, added: float = 0.0) -> float:
        """The near window's O ÷ E over the placebo's."""
        return float((self.near.sum() + added) / self.near_expected.sum() / self.likeness(added))


def _lives(
    left: Any, entered: Any, start: int, end: int, reach: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    months = inputs.column(left, "left", whole=True, missing=True)
    first = np.full(len(months), float(start)) if entered is None else inputs.column(entered, "entered", whole=True)
    inputs.same_length(left=months, entered=first)
    if reach < 1:
        raise InputError(f"reach {reach}; at least one month expected")
    if end - start < 2 * reach + 1:
        raise InputError(
            f"months {start} to {end} cannot hold a placebo {reach + 2} to {2 * reach + 1} months away",
            f"Follow leaving through at least {2 * reach + 2} months.",
        )
    if (months > end).any():
        raise InputError(f"somebody left in month {int(np.nanmax(months))}, after the last one followed ({end})")
    return months, np.maximum(first, start)


def _cumulative(
    months: NDArray[np.float64], first: NDArray[np.float64], labels: NDArray[np.int64], start: int, end: int
) -> NDArray[np.float64]:
    """Expected leavings of one person up to each month, by stratum: (strata, months + 1), 0 before ``start``."""
    span, groups = end - start + 1, int(labels.max()) + 1
    shape = (groups, span + 2)
    there = first <= end
    begin = np.clip(first - start, 0, span).astype(np.int64)
    stop = np.where(np.isfinite(months), np.clip(months - start + 1, 0, span), span).astype(np.int64)
    at_risk = np.zeros(shape)
    ok = there & (stop > begin)
    np.add.at(at_risk, (labels[ok], begin[ok]), 1)
    np.add.at(at_risk, (labels[ok], stop[ok]), -1)
    at_risk = at_risk.cumsum(axis=1)[:, :span]
    events = np.zeros((groups, span))
    hit = ok & np.isfinite(months) & (months >= start)
    np.add.at(events, (labels[hit], (months[hit] - start).astype(np.int64)), 1)
    rate = np.divide(events, at_risk, out=np.zeros_like(events), where=at_risk > 0)
    sums: NDArray[np.float64] = np.concatenate([np.zeros((groups, 1)), rate.cumsum(axis=1)], axis=1)
    return sums


def _seen(
    i: NDArray[np.int64],
    j: NDArray[np.int64],
    months: NDArray[np.float64],
    first: NDArray[np.float64],
    labels: NDArray[np.int64],
    hazards: NDArray[np.float64],
    start: int,
    end: int,
    reach: int,
) -> tuple[NDArray[np.float64], ...]:
    """Leavings of ``i`` beside ``j``'s: seen and expected near, past and ahead."""
    last = np.where(np.isfinite(months[i]), months[i], end)
    begin = first[i]
    # where j stays, every window lies beyond the end
    other = np.where(np.isfinite(months[j]), months[j], end + 10.0 * (reach + end - start + 1))

    def window(low: NDArray[np.float64], high: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        low = np.maximum(np.maximum(low, begin), 2 * start + 2 * reach + 1 - other)
        high = np.minimum(np.minimum(high, last), 2 * end - 2 * reach - 1 - other)
        inside = (months[i] >= low) & (months[i] <= high)
        at = np.clip(np.stack([low, high + 1]) - start, 0, end - start + 1).astype(np.int64)
        expected = hazards[labels[i], np.maximum(at[1], at[0])] - hazards[labels[i], at[0]]
        return inside.astype(float), expected

    near = window(other + 1, other + reach)
    past = window(other + reach + 2, other + 2 * reach + 1)
    ahead = window(other - 2 * reach - 1, other - reach - 2)
    return *near, *past, *ahead


def _error(pair: NDArray[np.int64], n: int, *windows: tuple[float, NDArray[np.float64], NDArray[np.float64]]) -> float:
    """Standard error of Σ weight × log(Σ seen ÷ Σ expected) over windows, pairs being dependent on each other.

    The larger of two. Linearised, pairs with a common party dependent (Aronow et al. 2015, eq. 5). And the jackknife
    over groups of tied parties (Efron & Stein 1981), which allows for any dependence within a group and for few
    leavers; where the network is one huge group it cannot be had, and the first stands alone.
    """
    part = np.zeros(pair.shape[1])
    for weight, seen, expected in windows:
        part += weight * (seen - expected * (seen.sum() / expected.sum())) / seen.sum()
    nodes = np.bincount(pair[0], part, n) + np.bincount(pair[1], part, n)
    alone = float(part @ part)
    variance = max(float(nodes @ nodes) - alone, alone)
    matrix = sparse.csr_array((np.ones(pair.shape[1], dtype=np.int8), (pair[0], pair[1])), shape=(n, n))
    group = np.unique(csgraph.connected_components(matrix, directed=False)[1][pair[0]], return_inverse=True)[1]
    groups = int(group.max()) + 1
    without, possible = np.zeros(groups), True
    for weight, seen, expected in windows:
        left_out = seen.sum() - np.bincount(group, seen), expected.sum() - np.bincount(group, expected)
        # fewer than half the leavers outside one group: what is left is another world, not this one with less
        possible &= bool(left_out[0].min() > seen.sum() / 2 and left_out[1].min() > 0)
        if possible:
            without += weight * np.log(left_out[0] / left_out[1])
    if possible:
        variance = max(variance, (groups - 1) / groups * float(((without - without.mean()) ** 2).sum()))
    return float(np.sqrt(variance))


def _logarithmic(value: float, error: float, n: int, level: float) -> Estimate:
    spread = float(np.exp(critical(level) * error))
    return Estimate(float(value), float(value / spread), float(value * spread), n, level)


def _followed(ratio: Estimate) -> Estimate:
    """Share of the near leavers who would not have left: 1 − 1 ÷ ratio, below 0 where the ratio is below 1."""
    if ratio.value is None or ratio.low is None or ratio.high is None:
        return unknown(ratio.n, ratio.level)
    return Estimate(1 - 1 / ratio.value, 1 - 1 / ratio.low, 1 - 1 / ratio.high, ratio.n, ratio.level)


def _shuffled(
    counted: Any,
    months: NDArray[np.float64],
    leavers: NDArray[np.int64],
    labels: NDArray[np.int64],
    permutations: int,
    seed: int,
) -> NDArray[np.float64]:
    """The ratio with leaving months dealt anew among each stratum's leavers."""
    rng = np.random.default_rng(seed)
    order = leavers[np.argsort(labels[leavers], kind="stable")]
    ratios = np.empty(permutations)
    for k in range(permutations):
        dealt = order[np.lexsort((rng.random(len(order)), labels[order]))]
        moved = months.copy()
        moved[order] = months[dealt]
        seen = counted(moved)
        # half a leaver more on each side: a shuffle may well leave none
        ratios[k] = seen.ratio(added=0.5)
    return ratios


def _verdict(ratio: Estimate, p: float, level: float) -> str:
    if ratio.low is None or ratio.high is None:
        return "cant_tell"
    if ratio.low > 1 and p <= 1 - level:
        return "contagion"
    return "none_that_matters" if ratio.high < MATERIAL else "cant_tell"
