"""Customers drawn from the models' own stories, so that a fit can be held against the truth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CDNOW_BGNBD = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
CDNOW_PARETO = {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}


def watched(n: int, seed: int) -> tuple[np.random.Generator, Array]:
    made = np.random.default_rng(seed)
    return made, made.uniform(27, 39, n)


def leaving_at_purchases(n: int, seed: int, r: float, alpha: float, a: float, b: float) -> tuple[Array, Array, Array]:
    """x, t_x, T of BG/NBD customers."""
    made, T = watched(n, seed)
    rate, leaves = made.gamma(r, 1 / alpha, n), made.beta(a, b, n)
    x, t_x, now, alive = np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n, dtype=bool)
    while alive.any():
        now[alive] += made.exponential(1 / np.maximum(rate[alive], 1e-300))
        alive &= now <= T
        x[alive] += 1
        t_x[alive] = now[alive]
        alive &= made.random(n) >= leaves
    return x, t_x, T


def leaving_unseen(
    n: int, seed: int, r: float, alpha: float, s: float, beta: float, ahead: float = 0
) -> tuple[Array, Array, Array, Array, Array]:
    """x, t_x, T of Pareto/NBD customers, whether each is alive at T, and the purchases in the time ahead."""
    made, T = watched(n, seed)
    rate, lifetime = made.gamma(r, 1 / alpha, n), made.exponential(1 / made.gamma(s, 1 / beta, n))
    till = np.minimum(lifetime, T)
    x = made.poisson(rate * till).astype(float)
    # the last of x uniform moments
    t_x = np.where(x > 0, till * made.random(n) ** (1 / np.maximum(x, 1)), 0.0)
    later = made.poisson(rate * np.clip(lifetime - T, 0, ahead)).astype(float)
    return x, t_x, T, lifetime > T, later


def cohort_of_a_quarter(
    n: int, seed: int, weeks: float, r: float, alpha: float, s: float, beta: float
) -> tuple[Array, NDArray[np.int64], Array]:
    """Pareto/NBD customers who begin within twelve weeks: the week each began, and whose and in which week each
    repeat purchase up to ``weeks`` was."""
    made = np.random.default_rng(seed)
    began = made.uniform(0, 12, n)
    rate, lifetime = made.gamma(r, 1 / alpha, n), made.exponential(1 / made.gamma(s, 1 / beta, n))
    watched = np.minimum(lifetime, weeks - began)
    who = np.repeat(np.arange(n), made.poisson(rate * watched))
    return began, who, began[who] + watched[who] * made.random(len(who))


def in_periods(
    n: int, seed: int, periods: int, alpha: float, beta: float, gamma: float, delta: float
) -> tuple[Array, Array, Array]:
    """x, t_x, n of BG/BB customers."""
    made = np.random.default_rng(seed)
    p, theta = made.beta(alpha, beta, n), made.beta(gamma, delta, n)
    x, t_x, alive = np.zeros(n), np.zeros(n), np.ones(n, dtype=bool)
    for period in range(1, periods + 1):
        alive &= made.random(n) >= theta
        buys = alive & (made.random(n) < p)
        x += buys
        t_x[buys] = period
    return x, t_x, np.full(n, float(periods))
