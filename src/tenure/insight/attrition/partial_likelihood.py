"""The partial likelihood of proportional hazards with its score and information, by cumulative sums over event times.

With risk sets R(t), deaths D(t) of number d and mean weight w̄, S = Σ over R of w·exp(xβ), T = Σ over D of the same,
Efron's (1977) log-likelihood is Σ over D of w·xβ − w̄ Σ (l = 0 … d − 1) log(S − l/d · T), summed over times and strata.
The sums of x·xᵀ over risk sets are never made: exchanging the order of summation leaves one weighted product Xᵀ·v·X,
where v is what each row's times at risk add up to. So memory grows with rows, not with rows × times.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Places = NDArray[np.int64]

#: Rows multiplied at once: bounds the memory.
CHUNK = 1 << 16


@dataclass(frozen=True)
class RiskSets:
    """Rows by stratum, and within it from the latest time to the earliest, so that who is at risk stands in front.

    ``x`` (n, p), ``weight``, ``time``, ``event`` and ``stratum`` (n,), all in that order.
    """

    x: Numbers
    weight: Numbers
    time: Numbers
    event: NDArray[np.bool_]
    stratum: Places

    @cached_property
    def starts(self) -> Places:
        """Where each group of rows with one stratum and one time begins."""
        new = (np.diff(self.time) != 0) | (np.diff(self.stratum) != 0)
        return np.concatenate([[0], np.flatnonzero(new) + 1])

    @cached_property
    def group(self) -> Places:
        """The number of each row's group, ``(n,)``."""
        sizes = np.diff(np.append(self.starts, len(self.time)))
        return np.repeat(np.arange(len(self.starts)), sizes)

    @cached_property
    def first(self) -> Places:
        """Of each group the first group of its stratum."""
        of = self.stratum[self.starts]
        return np.searchsorted(of, of)

    @cached_property
    def last(self) -> Places:
        """Of each group the last group of its stratum."""
        of = self.stratum[self.starts]
        return np.searchsorted(of, of, side="right") - 1

    @cached_property
    def dying(self) -> Places:
        """Rows that end in an event."""
        return np.flatnonzero(self.event)

    @cached_property
    def deaths(self) -> Places:
        """Events of each group that has any, ``(K,)``."""
        return np.bincount(self.group[self.dying])[self.at]

    @cached_property
    def at(self) -> Places:
        """Groups that have an event, ``(K,)``."""
        return np.unique(self.group[self.dying])

    @cached_property
    def times(self) -> Numbers:
        """The time of each group that has an event, ``(K,)``."""
        return self.time[self.starts][self.at]

    def evaluate(self, beta: Numbers) -> Evaluated:
        """The likelihood at ``beta`` and what its derivatives are made of; not finite where β is out of all reason."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self._evaluate(beta)

    def _evaluate(self, beta: Numbers) -> Evaluated:
        score = self.x @ beta
        highest = float(score.max())
        risk = self.weight * np.exp(score - highest)
        dying, k = self.dying, np.searchsorted(self.at, self.group[self.dying])
        # Each time's sums over who is at risk, and over who has an event then.
        at_risk, at_risk_x = self._so_far(_by_group(risk, self.starts, self.x))
        own = np.concatenate([[0], np.cumsum(self.deaths)[:-1]])
        tied, tied_x = _by_group(risk[dying], own, self.x[dying])
        weight, weight_x = _by_group(self.weight[dying], own, self.x[dying])
        mean = weight / self.deaths
        part = (np.arange(len(dying)) - own[k]) / self.deaths[k]
        left = at_risk[k] - part * tied[k]
        value = float(self.weight[dying] @ (score[dying] - highest)) - float(mean[k] @ np.log(left))

        def summed(values: Numbers) -> Numbers:
            return np.asarray(mean * np.add.reduceat(values, own))

        once = (summed(1 / left), summed(part / left))
        twice = (summed(1 / left**2), summed(part / left**2), summed(part**2 / left**2))
        residual = weight_x - (once[0][:, None] * at_risk_x - once[1][:, None] * tied_x)
        return Evaluated(self, value, residual, risk, at_risk_x, tied_x, once, twice)

    def _so_far(self, sums: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
        """Sums over groups as sums over the groups of the stratum up to each that has an event."""
        found = []
        for each in sums:
            running = np.cumsum(each, axis=0)
            before = np.where(_as_tall(self.first > 0, running), running[self.first - 1], 0.0)
            found.append((running - before)[self.at])
        return found[0], found[1]

    def onwards(self, values: Numbers) -> Numbers:
        """Of each row the sum of ``values`` (K,) over the event times of its stratum up to its own."""
        spread = np.zeros(len(self.starts))
        spread[self.at] = values
        running = np.concatenate([[0.0], np.cumsum(spread)])
        found: Numbers = (running[self.last + 1] - running[np.arange(len(self.starts))])[self.group]
        return found


@dataclass(frozen=True)
class Evaluated:
    """The log-likelihood ``value`` at a β, and ``residual`` (K, p): the score of each event time, that is the sum of
    its Schoenfeld residuals."""

    sets: RiskSets
    value: float
    residual: Numbers
    risk: Numbers
    at_risk_x: Numbers
    tied_x: Numbers
    once: tuple[Numbers, Numbers]
    twice: tuple[Numbers, Numbers, Numbers]

    @property
    def score(self) -> Numbers:
        """The gradient, ``(p,)``."""
        return np.asarray(self.residual.sum(axis=0))

    def information(self, scale: Numbers | None = None) -> Numbers:
        """Minus the second derivatives, ``(p, p)``; with ``scale`` (K,) each event time's part times its own."""
        sets, scale = self.sets, np.ones(len(self.residual)) if scale is None else scale
        held = sets.onwards(scale * self.once[0])
        held[sets.dying] -= np.repeat(scale * self.once[1], sets.deaths)
        held *= self.risk
        found = np.zeros((sets.x.shape[1],) * 2)
        for low in range(0, len(held), CHUNK):
            some = sets.x[low : low + CHUNK]
            found += some.T @ (held[low : low + CHUNK, None] * some)
        a, b, c = ((scale * each)[:, None] for each in self.twice)
        crossed = (b * self.at_risk_x).T @ self.tied_x
        found -= self.at_risk_x.T @ (a * self.at_risk_x) + self.tied_x.T @ (c * self.tied_x) - crossed - crossed.T
        return found


def _by_group(values: Numbers, starts: Places, x: Numbers) -> tuple[Numbers, Numbers]:
    """Sums of ``values`` and of ``values · x`` over groups of neighbouring rows; the product is never stored."""
    ends = np.append(starts, len(values))
    weighted: Any = sparse.csr_matrix((values, np.arange(len(values)), ends), shape=(len(starts), len(values)))
    return np.add.reduceat(values, starts), np.asarray(weighted @ x)


def _as_tall(flags: NDArray[np.bool_], like: Numbers) -> NDArray[np.bool_]:
    return flags if like.ndim == 1 else flags[:, None]
