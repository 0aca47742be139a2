"""Exact contributions of shallow trees by tables, for many rows: the Shapley values of path-dependent TreeSHAP.

A leaf's part of a feature's Shapley value depends on a row only through the yes and no of the splits on the way to the
leaf (Lundberg et al. 2020, algorithm 1: a feature is either followed, weight 1 or 0, or averaged over, weight the
share of the training rows). A part of a tree with at most eight splits, those above it included, so has 256 kinds
of rows at most: each kind's contributions are worked out once, and a row only looks up its own. Same numbers as
LightGBM's ``pred_contrib`` to rounding, and some twenty times faster.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import lightgbm as lgb
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: Splits of one table: 2⁸ kinds of rows.
MOST_SPLITS = 8
#: Rows worked on at once: their columns stay in the processor's cache.
ROWS = 4096
#: LightGBM takes numbers closer to nought than this for nought.
_NOUGHT = 1e-35


@dataclass(frozen=True)
class Split:
    """Go left where ``column`` ≤ ``threshold``; what is missing (NaN, or nought, or neither) goes by ``left``."""

    column: int
    threshold: float
    missing: str
    left: bool


@dataclass(frozen=True)
class Part:
    """A part of a tree: its splits (places in the tree's list), its columns, and ``table (columns, 2 ** splits)``."""

    splits: tuple[int, ...]
    columns: tuple[int, ...]
    table: Numbers


@dataclass(frozen=True)
class Tables:
    """All trees of a booster; ``base`` is the mean score over the rows of training."""

    trees: tuple[tuple[tuple[Split, ...], tuple[Part, ...]], ...]
    base: float
    width: int

    @classmethod
    def of(cls, booster: lgb.Booster) -> Tables | None:
        """The tables of a booster; None where a tree is deeper than a table, or splits by category."""
        model = booster.dump_model()
        trees, base = [], 0.0
        for each in model["tree_info"]:
            root = each["tree_structure"]
            base += _mean(root)
            if "split_index" in root:
                grown = _grown(root)
                if grown is None:
                    return None
                trees.append(grown)
        return cls(tuple(trees), base, int(model["max_feature_idx"]) + 1)

    def contributions(self, matrix: NDArray[Any]) -> Numbers:
        """Shape ``(n, k + 1)``: the features, then the base; each row sums to its score."""
        out = np.zeros((self.width + 1, len(matrix)))
        out[-1] = self.base
        for start in range(0, len(matrix), ROWS):
            rows = np.asfortranarray(matrix[start : start + ROWS])
            self._add(rows, out[:, start : start + ROWS])
        return np.ascontiguousarray(out.T)

    def _add(self, rows: NDArray[Any], out: Numbers) -> None:
        gone = np.isnan(rows)
        holes = gone.any(axis=0)
        for splits, parts in self.trees:
            left = [_goes_left(rows, gone, holes, split).view(np.uint8) for split in splits]
            for part in parts:
                kind = np.zeros(len(rows), dtype=np.intp)
                for bit, place in enumerate(part.splits):
                    kind |= left[place].astype(np.intp) << bit
                for column, values in zip(part.columns, part.table, strict=True):
                    out[column] += values.take(kind)


def _goes_left(
    rows: NDArray[Any], gone: NDArray[np.bool_], holes: NDArray[np.bool_], split: Split
) -> NDArray[np.bool_]:
    values = rows[:, split.column]
    if split.missing != "NaN" and holes[split.column]:
        values = np.where(gone[:, split.column], 0.0, values)
    found: NDArray[np.bool_] = values <= split.threshold  # never of a NaN
    if split.missing == "Zero":
        found = np.where(np.abs(values) <= _NOUGHT, split.left, found)
    elif split.missing == "NaN" and split.left and holes[split.column]:
        found |= gone[:, split.column]
    return found


def _count(node: Mapping[str, Any]) -> int:
    return int(node["internal_count"] if "split_index" in node else node.get("leaf_count", 1))


def _mean(node: Mapping[str, Any]) -> float:
    if "split_index" not in node:
        return float(node["leaf_value"])
    both = [node["left_child"], node["right_child"]]
    return sum(_mean(child) * _count(child) for child in both) / _count(node)


def _grown(root: Mapping[str, Any]) -> tuple[tuple[Split, ...], tuple[Part, ...]] | None:
    splits: list[Split] = []
    parts: list[Part] = []

    def number(node: Mapping[str, Any]) -> bool:
        """Put the splits below a node on the list, in the order of ``split_index``."""
        if "split_index" not in node:
            return True
        if node["decision_type"] != "<=":
            return False
        places[node["split_index"]] = len(splits)
        splits.append(
            Split(node["split_feature"], float(node["threshold"]), node["missing_type"], bool(node["default_left"]))
        )
        return number(node["left_child"]) and number(node["right_child"])

    def divide(node: Mapping[str, Any], way: list[tuple[int, bool, float]]) -> bool:
        """Make the table of a node's leaves, or of each side's where both have too many splits for one."""
        below = _splits_of(node)
        own = [*dict.fromkeys([place for place, _, _ in way]), *(places[index] for index in below)]
        if len(own) <= MOST_SPLITS:
            parts.append(_part(node, way, own, splits, places))
            return True
        if not below:
            return False
        return all(divide(child, [*way, step]) for child, step in _sides(node, places))

    places: dict[int, int] = {}
    if not number(root) or not divide(root, []):
        return None
    return tuple(splits), tuple(parts)


def _sides(
    node: Mapping[str, Any], places: Mapping[int, int]
) -> list[tuple[Mapping[str, Any], tuple[int, bool, float]]]:
    """Both children, each with the step that leads there: split, whether left, share of the rows."""
    here = places[node["split_index"]]
    return [
        (node[name], (here, name == "left_child", _count(node[name]) / _count(node)))
        for name in ("left_child", "right_child")
    ]


def _splits_of(node: Mapping[str, Any]) -> list[int]:
    if "split_index" not in node:
        return []
    return [node["split_index"], *_splits_of(node["left_child"]), *_splits_of(node["right_child"])]


def _part(
    node: Mapping[str, Any],
    way: list[tuple[int, bool, float]],
    own: Sequence[int],
    splits: Sequence[Split],
    places: Mapping[int, int],
) -> Part:
    columns = tuple(sorted({splits[place].column for place in own}))
    kinds = np.arange(2 ** len(own))
    bits = {place: (kinds >> bit) & 1 == 1 for bit, place in enumerate(own)}
    table = np.zeros((len(columns), len(kinds)))

    def descend(here: Mapping[str, Any], path: list[tuple[int, bool, float]]) -> None:
        if "split_index" in here:
            for child, step in _sides(here, places):
                descend(child, [*path, step])
            return
        followed: dict[int, NDArray[np.bool_]] = {}
        shares: dict[int, float] = {}
        for place, left, share in path:
            column = splits[place].column
            went = bits[place] == left
            followed[column] = followed[column] & went if column in followed else went
            shares[column] = shares.get(column, 1.0) * share
        met = list(followed)
        kind = sum(
            (followed[column].astype(np.intp) << k for k, column in enumerate(met)), np.zeros(len(kinds), np.intp)
        )
        worth = shapley([shares[column] for column in met]) * float(here["leaf_value"])
        for k, column in enumerate(met):
            table[columns.index(column)] += worth[k].take(kind)

    descend(node, way)
    return Part(tuple(own), columns, table)


def shapley(shares: Sequence[float]) -> Numbers:
    """Shapley values of a leaf worth 1 whose players have weight 1 or 0 when followed, ``shares`` when averaged over.

    Shape ``(players, 2 ** players)``: bit k of the second place says whether player k is on the way to the leaf.
    """
    d = len(shares)
    on = ((np.arange(2**d)[:, None] >> np.arange(d)) & 1).astype(np.float64)
    out = np.zeros((d, 2**d))
    for k in range(d):
        others = [j for j in range(d) if j != k]
        for size in range(d):
            weight = math.factorial(size) * math.factorial(d - size - 1) / math.factorial(d)
            for chosen in combinations(others, size):
                rest = math.prod(shares[j] for j in others if j not in chosen)
                out[k] += weight * rest * np.prod(on[:, list(chosen)], axis=1)
        out[k] *= on[:, k] - shares[k]
    return out
