"""From overlapping pieces to words a person can read: where in the text the weight lies.

A classifier's pieces overlap (排, 排队, 队等). Each piece's weight is spread evenly over the characters where it
stands, so the characters' weights still add up to the whole; stretches where it lies thick are what is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

#: A stretch begins and ends where a character carries less than this share of the heaviest one's weight.
THICK = 0.3
_STRETCH = re.compile(r"[a-z0-9']+|[^\W_]|\S")


@dataclass(frozen=True)
class Spoke:
    """A stretch of the text and what it added to the log-odds of the label, against the mean of all labels."""

    piece: str
    weight: float


def stretches(text: str, weights: Mapping[str, float]) -> list[Spoke]:
    """The stretches of ``text`` (in its normal form) that spoke for the label, heaviest first.

    ``weights`` are by piece as ``pieces`` reads them: words are marked by ``_``, and stand whole.
    """
    heat = np.zeros(len(text))
    for piece, weight in weights.items():
        pattern = re.escape(piece)
        if piece.startswith("_"):
            pattern = r"(?<![a-z'])" + r"[^a-z]+".join(map(re.escape, piece[1:].split(" "))) + r"(?![a-z'])"
        places = [(found.start(1), found.end(1)) for found in re.finditer(f"(?=({pattern}))", text)]
        for start, end in places:
            heat[start:end] += weight / len(places) / (end - start)
    thick = THICK * heat.max(initial=0.0)
    found: list[Spoke] = []
    end_before, parts = -1, list(_STRETCH.finditer(text))
    for part in parts:
        start, end = part.span()
        if heat[start:end].max() <= thick or not part[0][0].isalnum():
            continue
        weight = float(heat[start:end].sum())
        if start == end_before and found and not (part[0][0].isascii() or found[-1].piece[-1].isascii()):
            found[-1] = Spoke(found[-1].piece + part[0], found[-1].weight + weight)
        else:
            found.append(Spoke(part[0], weight))
        end_before = end
    joined: dict[str, float] = {}
    for each in found:
        joined[each.piece] = joined.get(each.piece, 0.0) + each.weight
    return sorted((Spoke(piece, weight) for piece, weight in joined.items()), key=lambda s: (-s.weight, s.piece))
