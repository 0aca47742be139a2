"""Where each customer of the picture stands: the one asked for in the middle, the others on two rings. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

WIDTH, HEIGHT = 680, 470
_RINGS = ((0.0, 0.0), (150.0, 100.0), (295.0, 196.0))


def placed(tree: Sequence[tuple[str, str]]) -> list[tuple[float, float]]:
    """A place for each of ``tree``, given as ``(id, the id one step nearer)``, the middle first with an empty second.

    Whoever has more beyond them gets more of the circle, so that lines do not cross.
    """
    children: dict[str, list[str]] = {}
    for one, via in tree[1:]:
        children.setdefault(via, []).append(one)
    root = tree[0][0]
    places = {root: (WIDTH / 2, HEIGHT / 2)}
    near = children.get(root, [])
    weights = [max(1, len(children.get(one, []))) for one in near]
    turn, whole = -math.pi / 2, sum(weights) or 1
    for one, weight in zip(near, weights, strict=True):
        wide = 2 * math.pi * weight / whole
        places[one] = _at(turn + wide / 2, 1)
        beyond = children.get(one, [])
        for number, other in enumerate(beyond):
            places[other] = _at(turn + wide * (number + 0.5) / len(beyond), 2)
        turn += wide
    return [places[one] for one, _via in tree]


def _at(angle: float, ring: int) -> tuple[float, float]:
    across, down = _RINGS[ring]
    return round(WIDTH / 2 + across * math.cos(angle), 1), round(HEIGHT / 2 + down * math.sin(angle), 1)
