"""Where each customer of the picture stands: the one asked for in the middle, the others on two rings. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

WIDTH, HEIGHT = 600, 480
_RINGS = ((0.0, 0.0), (125.0, 100.0), (240.0, 190.0))
#: Beyond this many around the middle every other stands a little farther out, so that names do not meet.
_CROWDED, _ASIDE = 8, 1.35
#: Room for a name around the outermost.
_MARGIN = 58


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
    for place, (one, weight) in enumerate(zip(near, weights, strict=True)):
        wide = 2 * math.pi * weight / whole
        aside = len(near) > _CROWDED and place % 2 and one not in children
        places[one] = _at(turn + wide / 2, 1, _ASIDE if aside else 1.0)
        beyond = children.get(one, [])
        for number, other in enumerate(beyond):
            places[other] = _at(turn + wide * (number + 0.5) / len(beyond), 2)
        turn += wide
    return [places[one] for one, _via in tree]


def frame(places: Sequence[tuple[float, float]]) -> tuple[int, int, int, int]:
    """Left, top, width and height of what holds all ``places`` with their names."""
    left, right = min(x for x, _y in places) - _MARGIN, max(x for x, _y in places) + _MARGIN
    top, bottom = min(y for _x, y in places) - _MARGIN / 2, max(y for _x, y in places) + _MARGIN
    return math.floor(left), math.floor(top), math.ceil(right - left), math.ceil(bottom - top)


def _at(angle: float, ring: int, farther: float = 1.0) -> tuple[float, float]:
    across, down = (farther * radius for radius in _RINGS[ring])
    return round(WIDTH / 2 + across * math.cos(angle), 1), round(HEIGHT / 2 + down * math.sin(angle), 1)
