"""Who can introduce us: the strongest chains from customers we know to somebody we want to meet (S8)."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.errors import InputError
from tenure.insight.network.ties import Reason

if TYPE_CHECKING:
    from tenure.insight.network.graph import Network


@dataclass(frozen=True)
class Path:
    """One way to the target.

    ``parties``: from the customer who begins to the target; ``kinds``: of each tie, one fewer; ``known`` 0…1: how well
    we know the first; ``strength`` 0…1: the product along the ties; ``score`` = known × strength;
    ``exhaustive``: whether every stronger path was looked at; ``reasons``: codes with numbers, for the screen.
    """

    parties: tuple[Any, ...]
    kinds: tuple[str, ...]
    known: float
    strength: float
    score: float
    exhaustive: bool
    reasons: tuple[Reason, ...]


def best_paths(network: Network, target: Any, best: int, steps: int, effort: int) -> list[Path]:
    """The ``best`` paths of at most ``steps`` ties to ``target``, highest score first.

    Searched backwards from the target, best first: no tie is stronger than 1, so a path never gains by going on, and
    what leaves the queue is final. Ties in score go to the shorter path, then to the order of names.
    """
    if best < 1 or steps < 1:
        raise InputError(f"best {best}, steps {steps}; at least 1 of each expected")
    [goal] = network.positions([target])
    strength, kind = network.acquaintance
    known = np.where(network.parties.customer, network.parties.known, 0.0)
    names = list(network.kinds)
    # (−score or its upper bound, ties, complete last, path backwards, kinds backwards, strength)
    queue: list[tuple[float, int, int, tuple[int, ...], tuple[int, ...], float]] = [(-1.0, 0, 1, (int(goal),), (), 1.0)]
    found: list[tuple[tuple[int, ...], tuple[int, ...], float, float]] = []
    # the best complete scores so far, lowest first: what cannot reach the lowest of them need not be kept.
    complete: list[float] = []
    spent = 0
    while queue and len(found) < best and spent < effort:
        bound, length, partial, path, kinds, product = heapq.heappop(queue)
        if not partial:
            found.append((path, kinds, product, -bound))
            continue
        last = path[-1]
        begin, end = strength.indptr[last], strength.indptr[last + 1]
        for at in range(begin, end):
            after = int(strength.indices[at])
            if after in path:
                continue
            spent += 1
            onward = (*path, after), (*kinds, int(kind.data[at]) - 1), product * float(strength.data[at])
            enough = complete[0] if len(complete) == best else 0.0
            if onward[2] < enough:
                continue
            if known[after] > 0:
                heapq.heappush(complete, onward[2] * float(known[after]))
                if len(complete) > best:
                    heapq.heappop(complete)
                heapq.heappush(queue, (-onward[2] * float(known[after]), length + 1, 0, *onward))
            if length + 1 < steps:
                heapq.heappush(queue, (-onward[2], length + 1, 1, *onward))
    exhaustive = spent < effort
    return [
        Path(
            parties=tuple(network.names(path[::-1])),
            kinds=tuple(names[k] for k in kinds[::-1]),
            known=float(known[path[-1]]),
            strength=product,
            score=score,
            exhaustive=exhaustive,
            reasons=(
                Reason("known_to_us", float(known[path[-1]]), network.names(path[-1:])[0]),
                *(
                    Reason(f"tie_{names[k]}", float(strength[path[i + 1], path[i]]), network.names([path[i]])[0])
                    for i, k in reversed(list(enumerate(kinds)))
                ),
            ),
        )
        for path, kinds, product, score in found
    ]
