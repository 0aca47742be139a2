"""Looking at a trial more than once (pitfall 20): a plain interval read every week errs far more than it says.

Two remedies. ``always_valid``: look as often as you like, stop when you like, at the price of wider intervals.
``group_sequential``: a planned number of looks, with the error divided among them; narrower, but the plan must be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import optimize, stats

from tenure.errors import InputError
from tenure.insight.effects.average import Effect, Verdict, verdict_of
from tenure.insight.intervals import LEVEL, Estimate, unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray

Spending = Literal["obrien_fleming", "pocock"]

#: Points of the grid on which the statistic's density is carried from look to look (Gauss–Legendre).
GRID = 240


@dataclass(frozen=True)
class Look:
    """One look at a running trial.

    ``estimate`` carries the interval that is right under repeated looking. ``p_value`` is always valid (None with
    planned looks); ``boundary`` is what |estimate ÷ standard error| had to pass. ``verdict`` is final from the first
    look that decided: ``decided`` says whether that was now or before.
    """

    estimate: Estimate
    verdict: Verdict
    decided: bool
    boundary: float | None
    p_value: float | None


def always_valid(effects: Sequence[Effect], planned_effect: float, *, level: float = LEVEL) -> tuple[Look, ...]:
    """The looks at one trial as it grows, however many and however chosen.

    The mixture sequential probability ratio test: with V the squared standard error and τ the effect planned for,
    Λ = √(V ÷ (V + τ²)) · exp(τ² θ̂² ÷ (2V(V + τ²))); the effect is shown once Λ ≥ 1 ÷ α (Johari, Koomen, Pekelis and
    Walsh 2022, equations 5–7; Robbins 1970). The interval holds every θ₀ that Λ does not reject. It is asymptotic, as
    any interval of means: start to look when each arm has some hundred customers.

    Args:
        effects: one ``effect(...)`` a look, of all rows so far, in order of time.
        planned_effect: the size, in units of the outcome, for which the test is sharpest; any value keeps the error.

    Raises:
        InputError: a planned effect of 0.
    """
    if not planned_effect or not np.isfinite(planned_effect):
        raise InputError("planned_effect is 0", "Give the size of the effect that would be worth having.")
    looks: list[Look] = []
    mixing, decided, least_p = float(planned_effect) ** 2, None, 1.0
    for each in effects:
        value, error = each.estimate.value, each.standard_error
        if value is None or error is None:
            looks.append(_silent(each, level, decided))
            continue
        v = error**2
        log_ratio = 0.5 * np.log(v / (v + mixing)) + mixing * value**2 / (2 * v * (v + mixing))
        least_p = min(least_p, float(np.exp(-max(log_ratio, 0.0))))
        boundary = float(np.sqrt((v + mixing) / mixing * (-2 * np.log(1 - level) + np.log((v + mixing) / v))))
        estimate = Estimate(value, value - boundary * error, value + boundary * error, each.estimate.n, level)
        now = verdict_of(estimate, each.better)
        if decided is None and now in ("helped", "hurt"):
            decided = now
        looks.append(Look(estimate, decided or now, decided is not None, boundary, least_p))
    return tuple(looks)


def group_sequential(
    effects: Sequence[Effect],
    fractions: Sequence[float],
    *,
    level: float = LEVEL,
    spending: Spending = "obrien_fleming",
) -> tuple[Look, ...]:
    """The looks at one trial that were planned at ``fractions`` of its final size.

    Args:
        effects: one ``effect(...)`` a look taken so far, at most as many as planned.
        fractions: rising shares of the planned information (customers), the last 1.
    """
    edges = boundaries(fractions, level=level, spending=spending)
    if len(effects) > len(edges):
        raise InputError(f"{len(effects)} looks were taken and {len(edges)} planned", "Plan them beforehand.")
    looks: list[Look] = []
    decided: Verdict | None = None
    for each, edge in zip(effects, edges, strict=False):
        value, error = each.estimate.value, each.standard_error
        if value is None or error is None:
            looks.append(_silent(each, level, decided))
            continue
        estimate = Estimate(value, value - edge * error, value + edge * error, each.estimate.n, level)
        now = verdict_of(estimate, each.better)
        if decided is None and now in ("helped", "hurt"):
            decided = now
        looks.append(Look(estimate, decided or now, decided is not None, float(edge), None))
    return tuple(looks)


def boundaries(
    fractions: Sequence[float], *, level: float = LEVEL, spending: Spending = "obrien_fleming"
) -> NDArray[np.float64]:
    """What |z| must pass at each planned look so that all looks together err in 1 − level of trials without effect.

    Lan and DeMets 1983: of the error α/2 on each side, 2(1 − Φ(z_{α/4} ÷ √t)) is spent up to fraction t
    ("obrien_fleming": nearly nothing early) or α/2 · ln(1 + (e − 1)t) ("pocock": evenly). The density of the score is
    carried from look to look by quadrature (Armitage, McPherson and Rowe 1969).

    Raises:
        InputError: fractions that do not rise from above 0 to 1.
    """
    t = np.asarray(fractions, dtype=np.float64)
    if not len(t) or t[0] <= 0 or (np.diff(t) <= 0).any() or abs(t[-1] - 1) > 1e-9:
        raise InputError(f"fractions are {list(fractions)}; rising shares that end with 1 were expected")
    spent = np.diff(_spent(t, 1 - level, spending), prepend=0.0)
    found: list[float] = []
    nodes, weights = np.polynomial.legendre.leggauss(GRID)
    places, mass, before = np.zeros(1), np.ones(1), 0.0
    for fraction, share in zip(t, spent, strict=True):
        step = np.sqrt(fraction - before)
        edge = _edge(_crossing(places, mass, step), fraction, share)
        found.append(edge / np.sqrt(fraction))
        new = nodes * edge
        density = (stats.norm.pdf((new[:, None] - places) / step) / step) @ mass
        places, mass, before = new, density * weights * edge, fraction
    return np.array(found)


def _crossing(places: NDArray[np.float64], mass: NDArray[np.float64], step: float) -> Callable[[float], float]:
    """The chance that the score, now at ``places`` with ``mass``, lies beyond ± an edge after the next step."""

    def beyond(edge: float) -> float:
        tails = stats.norm.sf((edge - places) / step) + stats.norm.cdf((-edge - places) / step)
        return float(tails @ mass)

    return beyond


def _edge(beyond: Callable[[float], float], fraction: float, share: float) -> float:
    highest = 12.0 * np.sqrt(fraction)
    if beyond(highest) >= share:
        return float(highest)
    return float(optimize.brentq(lambda edge: beyond(edge) - share, 1e-6, highest, xtol=1e-10))


def _spent(t: NDArray[np.float64], error: float, spending: Spending) -> NDArray[np.float64]:
    if spending == "obrien_fleming":
        return np.asarray(4 * stats.norm.sf(stats.norm.isf(error / 4) / np.sqrt(t)))
    if spending == "pocock":
        return np.asarray(error * np.log(1 + (np.e - 1) * t))
    raise InputError(f"spending is {spending!r}; 'obrien_fleming' or 'pocock' was expected")


def _silent(each: Effect, level: float, decided: Verdict | None) -> Look:
    none = unknown(each.estimate.n, level)
    return Look(none, decided or "too_little_data", decided is not None, None, None)
