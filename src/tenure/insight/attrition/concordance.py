"""How often of two customers the one with the higher score left first (Harrell et al. 1982), in n log n steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Places = NDArray[np.int64]


def concordance(
    score: Numbers,
    time: Numbers,
    event: NDArray[np.bool_],
    stratum: Places | None = None,
    weight: Numbers | None = None,
) -> float | None:
    """Of all pairs of one stratum of whom it is known who left first, the share in which they had the higher score.

    All ``(n,)``; a pair counts with the product of its weights, one of equal scores half. Who left at a time stayed
    less long than who was last seen at it; two who left at the same time say nothing. None: no such pair.
    """
    n = len(time)
    stratum = np.zeros(n, dtype=np.int64) if stratum is None else stratum
    weight = np.ones(n) if weight is None else weight
    order = np.lexsort((score, ~event, time, stratum))  # of equal times the leavers first, by score
    score, time, event = score[order], time[order], event[order]
    stratum, weight = stratum[order], weight[order]
    left = np.where(event, weight, 0.0)
    # Scores as places over all strata: what stands in a later stratum is never lower.
    by_score = np.lexsort((score, stratum))
    new = (np.diff(score[by_score]) != 0) | (np.diff(stratum[by_score]) != 0)
    place = np.empty(n, dtype=np.int64)
    place[by_score] = np.concatenate([[0], np.cumsum(new)])
    new = (np.diff(time) != 0) | np.diff(event) | (np.diff(stratum) != 0)
    together = np.concatenate([[0], np.cumsum(new)])
    later = _later_alike(stratum, left, weight) - _later_alike(together, left, weight)
    pairs = float(left @ later)
    if not pairs:
        return None
    # Leavers of one time stand by rising score: none of them has a lower one after it.
    lower = _later_and_lower(place, left, weight)
    equal = left @ (
        _later_alike(place, left, weight) - _later_alike(together * (place.max() + 1) + place, left, weight)
    )
    return (lower + float(equal) / 2) / pairs


def _later_alike(key: Places, left: Numbers, weight: Numbers) -> Numbers:
    """Of each row the weight of those that follow it with its key."""
    by_key = np.argsort(key, kind="stable")
    running = np.cumsum(weight[by_key])
    ends = np.append(np.flatnonzero(np.diff(key[by_key])), len(key) - 1)
    sizes = np.diff(np.concatenate([[-1], ends]))
    found = np.empty(len(key))
    found[by_key] = np.repeat(running[ends], sizes) - running
    return found


def _later_and_lower(place: Places, left: Numbers, weight: Numbers) -> float:
    """Σ left · weight over pairs whose second follows the first and has the lower place.

    Such a pair's places agree in their upper bits up to one where the first has 1 and the second 0: bit by bit, from
    the highest, rows are parted by it and keep their order within each part.
    """
    found = 0.0
    for bit in reversed(range(int(place.max()).bit_length())):
        part, high = place >> (bit + 1), (place >> bit) & 1 == 1
        zero = np.cumsum(np.where(high, 0.0, weight))
        ends = np.append(np.flatnonzero(np.diff(part)), len(part) - 1)
        sizes = np.diff(np.concatenate([[-1], ends]))
        to_come = np.repeat(zero[ends], sizes) - zero
        found += float(left[high] @ to_come[high])
        order = np.argsort(place >> bit, kind="stable")
        place, left, weight = place[order], left[order], weight[order]
    return found
