"""The score over time: where it really changed, with the noise of each wave known.

Waves t = 1 … T with values y and standard errors s are cut into segments of constant level by exact dynamic
programming (optimal partitioning, Jackson et al. 2005): minimise Σ ((y − segment mean) ÷ s)² + β · changes. β is not a
rule of thumb: it is the value that a series with *no* change exceeds in ``false_alarm`` of all cases, found by
simulating such series with the same T and s.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, plain, same_length
from tenure.insight.intervals import LEVEL, Estimate
from tenure.insight.opinion.answers import NPS_CODES, adjusted_moments
from tenure.insight.opinion.groups import count_groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Changes searched for at most: a series that needs more is not one of levels.
MOST_CHANGES = 5
#: Series without a change that set the penalty.
_SIMULATED = 2_000
FEWEST_WAVES = 4
MOST_WAVES = 400


@dataclass(frozen=True)
class Change:
    """``at``: first wave of the new level (0-based); the change lies within ``earliest`` … ``latest`` at the level.

    ``shift``: new level minus old. It was looked for, so its interval is √β standard errors wide on either side, not
    1.96: as wide as the search itself demands. Its ``level`` is therefore 1 − ``false_alarm``, which sets β.
    """

    at: int
    earliest: int
    latest: int
    shift: Estimate


@dataclass(frozen=True)
class Trend:
    """``levels`` (T,): fitted level of each wave; ``penalty`` β; ``verdict``: ``changed`` or ``no_change_seen``."""

    changes: list[Change]
    levels: NDArray[np.float64]
    penalty: float
    verdict: str


def nps_by_wave(
    scores: Any, waves: Any, weights: Any = None
) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """Waves in order (of dates, numbers or texts), their NPS and its standard errors, for ``change_points``.

    The errors are adjusted as in ``nps``; waves without an answer are left out.

    Raises:
        InputError: as ``nps``; waves that are missing or of mixed kinds.
        TooLittleData: nobody answered.
    """
    members = plain(waves, "waves")
    if any(member is None or member != member for member in members):
        raise InputError("waves has missing values", "Leave those rows out, or give them a wave.")
    try:
        ordered = sorted(set(members))
    except TypeError:
        raise InputError("waves mixes kinds", "Pass dates, numbers or texts.") from None
    place = {wave: k for k, wave in enumerate(ordered)}
    # numbered with leading zeros, so that the tenth wave does not come after the first
    counted = count_groups(scores, [f"{place[member]:09d}" for member in members], weights)
    kept = np.flatnonzero(counted.answered)
    n = counted.counts.sum(axis=1)[kept]
    shares = counted.counts[kept] / n[:, None]
    errors = [adjusted_moments(row, float(size), NPS_CODES)[1] for row, size in zip(shares, n, strict=True)]
    return [str(ordered[int(counted.names[i])]) for i in kept], shares @ NPS_CODES, np.array(errors)


@cache
def usual_penalty(waves: int, false_alarm: float = 0.05, *, seed: int = 42) -> float:
    """β of a series of so many waves whose errors are alike: for many branches at once, worked out once a length.

    With errors that differ up to threefold from wave to wave the share of false alarms stays near the one asked for (a
    test measures it).
    """
    return _penalty(np.ones(waves), false_alarm, seed)


def _penalty(s: NDArray[np.float64], false_alarm: float, seed: int) -> float:
    quiet, _ = _segment(np.random.default_rng(seed).standard_normal((_SIMULATED, len(s))) * s, 1 / s**2)
    counts = np.arange(1, quiet.shape[1])
    return float(np.quantile(((quiet[:, :1] - quiet[:, 1:]) / counts).max(axis=1), 1 - false_alarm))


def change_points(
    values: Any,
    errors: Any,
    false_alarm: float = 0.05,
    level: float = LEVEL,
    *,
    seed: int = 42,
    penalty: float | None = None,
) -> Trend:
    """Changes of level in a series whose noise is known.

    ``values``, ``errors`` (T,): the figure of each wave in order and its standard error (> 0). ``level`` is that of the
    place of each change, ``false_alarm`` that of seeing one at all and so of its shift's interval. ``penalty``: a β
    known before (``usual_penalty``), in place of one simulated for these very errors.

    Raises:
        InputError: unequal lengths, an error of 0, a share outside 0…1, more than 400 waves.
        TooLittleData: fewer than 4 waves.
    """
    y, s = column(values, "values"), column(errors, "errors")
    count = same_length(values=y, errors=s)
    if count < FEWEST_WAVES:
        raise TooLittleData(f"{count} waves; a change of level takes {FEWEST_WAVES}", "Use compare for two waves.")
    if count > MOST_WAVES:
        raise InputError(f"{count} waves; at most {MOST_WAVES}", "Join days to weeks or months.")
    if (s <= 0).any():
        raise InputError("errors must be above 0", "Take them from nps_by_wave, whose errors never vanish.")
    if not 0 < false_alarm < 1:
        raise InputError(f"false_alarm {false_alarm:g}; a share between 0 and 1 was expected, such as 0.05")
    precision = 1 / s**2
    penalty = _penalty(s, false_alarm, seed) if penalty is None else penalty
    costs, last = _segment(y[None], precision)
    changes = int(np.argmin(costs[0] + penalty * np.arange(costs.shape[1])))
    starts = _starts(last[:, :, 0], changes, count)
    edges = [0, *starts, count]
    levels = np.empty(count)
    for a, b in pairwise(edges):
        levels[a:b] = np.average(y[a:b], weights=precision[a:b])
    found = [
        _change(y, precision, (edges[i - 1], edges[i], edges[i + 1]), penalty, level, false_alarm)
        for i in range(1, len(edges) - 1)
    ]
    return Trend(found, levels, penalty, "changed" if found else "no_change_seen")


def _segment(y: NDArray[np.float64], w: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Least cost of each series (m, T) with 0 … K changes, and where the last segment of each prefix starts.

    Result: ``costs`` (m, K + 1) and ``last`` (K + 1, T + 1, m).
    """
    series, count = y.shape
    most = min(MOST_CHANGES, count - 1)
    zero = np.zeros((series, 1))
    sw = np.concatenate([[0.0], np.cumsum(w)])
    sy = np.hstack([zero, np.cumsum(w * y, axis=1)])
    syy = np.hstack([zero, np.cumsum(w * y * y, axis=1)])
    best = np.full((most + 1, count + 1, series), np.inf)
    last = np.zeros((most + 1, count + 1, series), dtype=np.int64)
    for end in range(1, count + 1):
        starts = np.arange(end)
        part = sy[:, [end]] - sy[:, :end]
        cost = (syy[:, [end]] - syy[:, :end] - part**2 / (sw[end] - sw[:end])).T  # (end, m)
        best[0, end] = cost[0]
        for k in range(1, min(most, end - 1) + 1):
            total = best[k - 1, :end] + cost
            chosen = np.argmin(total[1:], axis=0) + 1
            last[k, end] = starts[chosen]
            best[k, end] = total[chosen, np.arange(series)]
    return best[:, count].T, last


def _starts(last: NDArray[np.int64], changes: int, count: int) -> list[int]:
    found: list[int] = []
    end = count
    for k in range(changes, 0, -1):
        end = int(last[k, end])
        found.insert(0, end)
    return found


def _change(
    y: NDArray[np.float64],
    w: NDArray[np.float64],
    between: tuple[int, int, int],
    penalty: float,
    level: float,
    false_alarm: float,
) -> Change:
    """One change between its neighbours: its shift, and the places its likelihood ratio does not refuse."""
    start, at, end = between
    sw, swy = np.cumsum(w[start:end]), np.cumsum(w[start:end] * y[start:end])
    left_w, left_y = sw[:-1], swy[:-1]
    right_w, right_y = sw[-1] - left_w, swy[-1] - left_y
    gain = left_y**2 / left_w + right_y**2 / right_w
    kept = np.flatnonzero(gain >= gain.max() + 2 * np.log(1 - np.sqrt(level))) + start + 1  # Hansen 2000
    here = at - start - 1
    shift = float(right_y[here] / right_w[here] - left_y[here] / left_w[here])
    half = float(np.sqrt(penalty * (1 / left_w[here] + 1 / right_w[here])))
    return Change(
        at,
        int(min(kept.min(), at)),
        int(max(kept.max(), at)),
        Estimate(shift, shift - half, shift + half, end - start, 1 - false_alarm),
    )
