"""Small branches borrow strength from all: Dirichlet–multinomial empirical Bayes on the three classes.

Counts of branch i: multinomial(θᵢ); θᵢ ~ Dirichlet(α). α by maximum marginal likelihood over all branches (Minka
2000); a branch's figure is its posterior mean, (counts + α) ÷ (n + Σα), so n ÷ (n + Σα) is how far it is believed.
The intervals carry the uncertainty of α too, by draws from its normal approximation (Kass & Steffey 1989).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, plain, same_length
from tenure.insight.intervals import LEVEL, Estimate, critical, unknown
from tenure.insight.opinion.answers import NPS_CODES
from tenure.insight.opinion.groups import count_groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Branches below which nothing can be learned of how branches differ.
FEWEST_GROUPS = 5
#: Log of the concentration Σα: e¹² answers is "all branches alike" for any survey there is.
_LOG_CONCENTRATION = (-2.0, 12.0)
#: Draws behind each interval.
_DRAWS = 2_000


@dataclass(frozen=True)
class ShrunkGroups:
    """One estimate a group, in the order of ``names``.

    ``raw`` is the group's own figure (None where nobody answered), ``estimates`` the shrunk one with its interval,
    ``believed`` n ÷ (n + Σα) in 0…1; ``prior_mean`` the figure all are drawn to; ``concentration`` Σα in answers.
    """

    names: list[str]
    raw: list[float | None]
    estimates: list[Estimate]
    believed: NDArray[np.float64]
    prior_mean: float
    concentration: float
    draws: NDArray[np.float64] = field(repr=False, compare=False, default_factory=lambda: np.empty((0, 0)))
    """(draws, g): figures of all groups together, from their joint posterior."""
    level: float = LEVEL

    def beyond_all(self, parts: NDArray[np.float64]) -> list[Estimate]:
        """Each group's figure less that of all groups together, of which group i makes up ``parts[i]`` (sum 1).

        A group is part of what it is held against: the difference is (1 − part) × (group − the others), and its
        interval comes from the posterior of that difference, never from the group's own interval moved along.
        """
        spread = self.draws - self.draws @ parts[:, None]
        means = np.array([0.0 if each.value is None else each.value for each in self.estimates])
        values = means - float(means @ parts)
        tail = (1 - self.level) / 2
        low, high = np.quantile(spread, [tail, 1 - tail], axis=0)
        return [
            Estimate(float(v), min(float(lo), float(v)), max(float(hi), float(v)), each.n, self.level)
            for v, lo, hi, each in zip(values, low, high, self.estimates, strict=True)
        ]

    def of(self, name: str) -> Estimate:
        """The shrunk estimate of one group; unknown if the group was not there."""
        return self.estimates[self.names.index(name)] if name in self.names else unknown(0)


def shrink(scores: Any, groups: Any, weights: Any = None, level: float = LEVEL, *, seed: int = 42) -> ShrunkGroups:
    """NPS (points) of every group, drawn towards the bank's as far as its few answers deserve.

    ``scores`` (n,) 0–10, ``groups`` (n,) branch of each, ``weights`` as in ``nps``.

    Raises:
        InputError: as ``nps``.
        TooLittleData: fewer than 5 groups with an answer.
    """
    counted = count_groups(scores, groups, weights)
    return _shrink(counted.names, counted.counts, counted.answered, NPS_CODES, level, seed)


def shrink_shares(successes: Any, totals: Any, groups: Any, level: float = LEVEL, *, seed: int = 42) -> ShrunkGroups:
    """The same for shares (0…1): ``successes`` of ``totals`` in each group, the beta–binomial case.

    Both may be effective numbers, not whole. Raises as ``shrink``.
    """
    total = column(totals, "totals", minimum=0)
    success = column(successes, "successes", minimum=0)
    names = [str(group) for group in plain(groups, "groups")]
    same_length(successes=success, totals=total, groups=names)
    if (success > total * (1 + 1e-9)).any():
        raise InputError("more successes than totals in a group", "Totals count every member, successes among them.")
    counts = np.column_stack([success, np.maximum(total - success, 0.0)])
    return _shrink(names, counts, np.rint(total).astype(np.int64), np.array([1.0, 0.0]), level, seed)


def shrink_counts(
    names: list[str],
    counts: NDArray[np.float64],
    answered: NDArray[np.int64],
    codes: NDArray[np.float64],
    level: float = LEVEL,
    *,
    seed: int = 42,
) -> ShrunkGroups:
    """The same from counts: ``counts`` (g, k) effective answers by class, ``codes`` (k,) what an answer of each counts.

    Raises as ``shrink``.
    """
    return _shrink(names, counts, answered, codes, level, seed)


def _shrink(
    names: list[str],
    counts: NDArray[np.float64],
    answered: NDArray[np.int64],
    codes: NDArray[np.float64],
    level: float,
    seed: int,
) -> ShrunkGroups:
    critical(level)
    n = counts.sum(axis=1)
    heard = n > 0
    if heard.sum() < FEWEST_GROUPS:
        raise TooLittleData(
            f"{int(heard.sum())} groups with an answer; it takes {FEWEST_GROUPS} to learn how far groups differ"
        )
    best, spread = _fit(counts[heard])
    alpha = np.exp(best)
    posterior = counts + alpha
    means = posterior / posterior.sum(axis=1, keepdims=True) @ codes
    draws = _posterior_draws(counts, best, spread, np.random.default_rng(seed)) @ codes
    tail = (1 - level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    raw = [float(row @ codes / size) if size > 0 else None for row, size in zip(counts, n, strict=True)]
    estimates = [
        Estimate(float(mean), min(float(lo), float(mean)), max(float(hi), float(mean)), int(size), level)
        for mean, lo, hi, size in zip(means, low, high, answered, strict=True)
    ]
    concentration = float(alpha.sum())
    return ShrunkGroups(
        names,
        raw,
        estimates,
        n / (n + concentration),
        float(alpha @ codes) / concentration,
        concentration,
        draws,
        level,
    )


def _minus_log_likelihood(log_alpha: NDArray[np.float64], counts: NDArray[np.float64]) -> float:
    """Pólya's distribution without the coefficient that does not depend on α."""
    alpha = np.exp(log_alpha)
    whole = alpha.sum()
    by_group = gammaln(counts + alpha).sum(axis=1) - gammaln(counts.sum(axis=1) + whole)
    return -float(by_group.sum() + len(counts) * (gammaln(whole) - gammaln(alpha).sum()))


def _fit(counts: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """log α at the maximum, and the covariance of log α there."""
    share = counts.sum(axis=0) + 0.5
    share /= share.sum()

    # log of the concentration, and log ratios of the shares: nearly orthogonal, so the search is short
    def to_alpha(x: NDArray[np.float64]) -> NDArray[np.float64]:
        ratios = np.append(x[1:], 0.0)
        return np.asarray(x[0] + ratios - np.log(np.exp(ratios).sum()), dtype=np.float64)

    def objective(x: NDArray[np.float64]) -> float:
        # a wide N(log 30, 3²) on the concentration: branches exactly alike would send it to infinity
        return _minus_log_likelihood(to_alpha(x), counts) + float(x[0] - np.log(30.0)) ** 2 / 18

    start = np.append(np.log(30.0), np.log(share[:-1] / share[-1]))
    bounds = [_LOG_CONCENTRATION, *[(-12.0, 12.0)] * (len(share) - 1)]
    found = minimize(objective, start, method="L-BFGS-B", bounds=bounds).x
    step = 1e-3
    size = len(found)
    hessian = np.empty((size, size))
    eye = np.eye(size) * step
    for i in range(size):
        for j in range(i + 1):
            corners = [
                sign * objective(found + a * eye[i] + b * eye[j])
                for a, b, sign in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
            ]
            hessian[i, j] = hessian[j, i] = sum(corners) / (4 * step**2)
    values, vectors = np.linalg.eigh(hessian)
    covariance = vectors @ np.diag(1 / np.maximum(values, 1 / 9)) @ vectors.T
    jacobian = np.column_stack([(to_alpha(found + e) - to_alpha(found - e)) / (2 * step) for e in eye])
    return to_alpha(found), jacobian @ covariance @ jacobian.T


def _posterior_draws(
    counts: NDArray[np.float64],
    log_alpha: NDArray[np.float64],
    covariance: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """(draws, g, k) shares from the posterior of each group, α drawn anew each time."""
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    alphas = np.exp(np.clip(log_alpha + rng.standard_normal((_DRAWS, len(log_alpha))) @ root.T, -20, 20))
    gammas = rng.standard_gamma(counts[None] + alphas[:, None])
    gammas = np.maximum(gammas, 1e-300)
    shares: NDArray[np.float64] = gammas / gammas.sum(axis=2, keepdims=True)
    return shares
