"""Where each customer of the picture stands: the one asked for in the middle, the others on two rings. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

WIDTH, HEIGHT = 680, 500
_RINGS = ((0.0, 0.0), (140.0, 120.0), (255.0, 215.0))
#: Beyond this many around the middle every other stands a little farther out, so that names do not meet.
_CROWDED, _ASIDE = 8, 1.35
#: Letters of a name shown, and the room two lines of that many take beside a sign of this radius.
LETTERS, LABEL_WIDTH, LABEL_HEIGHT, RADIUS = 7, 94, 28, 12
#: Room for a name around the outermost.
_MARGIN_ACROSS, _MARGIN_DOWN = LABEL_WIDTH + 24, 48
Box = tuple[float, float, float, float]


def side(x: float, y: float, *, middle: bool = False) -> str:
    """Where a name stands at its sign: outwards, so that lines from the middle do not cross it."""
    across, down = x - WIDTH / 2, y - HEIGHT / 2
    if middle:
        return "below"
    if abs(across) > 0.4 * abs(down):
        return "right" if across > 0 else "left"
    return "below" if down > 0 else "above"


def boxes(x: float, y: float, where: str) -> tuple[Box, Box]:
    """The room a sign and its name take, each as left, top, right, bottom."""
    sign = (x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS)
    if where in ("left", "right"):
        left = x + RADIUS + 4 if where == "right" else x - RADIUS - 4 - LABEL_WIDTH
        return sign, (left, y - LABEL_HEIGHT / 2, left + LABEL_WIDTH, y + LABEL_HEIGHT / 2)
    top = y + RADIUS + 3 if where == "below" else y - RADIUS - 3 - LABEL_HEIGHT
    return sign, (x - LABEL_WIDTH / 2, top, x + LABEL_WIDTH / 2, top + LABEL_HEIGHT)


def readable(places: Sequence[tuple[float, float]]) -> bool:
    """Whether no name lies on another name or on a sign; the middle's comes first."""
    found = [boxes(x, y, side(x, y, middle=not number)) for number, (x, y) in enumerate(places)]
    for number, (sign, name) in enumerate(found):
        for other_sign, other_name in found[number + 1 :]:
            if _meet(name, other_name) or _meet(name, other_sign) or _meet(sign, other_name):
                return False
    return True


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


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
    left, right = min(x for x, _y in places) - _MARGIN_ACROSS, max(x for x, _y in places) + _MARGIN_ACROSS
    top, bottom = min(y for _x, y in places) - _MARGIN_DOWN, max(y for _x, y in places) + _MARGIN_DOWN
    return math.floor(left), math.floor(top), math.ceil(right - left), math.ceil(bottom - top)


def _at(angle: float, ring: int, farther: float = 1.0) -> tuple[float, float]:
    across, down = (farther * radius for radius in _RINGS[ring])
    return round(WIDTH / 2 + across * math.cos(angle), 1), round(HEIGHT / 2 + down * math.sin(angle), 1)
