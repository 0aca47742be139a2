"""NPS, CSAT and effort of every branch by moment, tier, channel and team: all cells of a level of the tree at once.

The tree has a handful of levels and hundreds of branches. At each level every answer belongs to one branch; a cell is a
branch with a kind (a moment, a tier …). So each level costs a few passes over the answers, whatever the branches are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.contracts import codes
from tenure.contracts.findings import Cell, Figure, Figures, Grid, Unit, Verdict
from tenure.insight import opinion
from tenure.nightly.topics import cell, figure

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from tenure.insight.intervals import Estimate

#: What stands in a figure's place where too few answered.
TOO_FEW = "too_few_to_say"
#: Each measure's column of the answers and the unit of its figure.
COLUMNS: dict[str, tuple[str, Unit]] = {
    "nps": ("recommend", Unit.POINTS),
    "csat": ("satisfaction", Unit.SHARE),
    "effort": ("effort", Unit.NUMBER),
}
#: Teams listed of a branch: those with the most answers.
_TEAMS = 40


@dataclass(frozen=True)
class Side:
    """A way to look at the answers: its section, the answers' column, the unit of its kinds, and their order.

    Without an ``order`` the best NPS comes first and who has too few answers last.
    """

    code: str
    column: str
    unit: Unit
    order: Sequence[str] = ()


SIDES = (
    Side("moments", "moment", Unit.CODE, tuple(codes.MOMENTS)),
    Side("tiers", "tier", Unit.TIER, tuple(reversed(codes.TIER_ORDER))),
    Side("channels", "channel", Unit.CHANNEL),
    Side("teams", "team", Unit.STAFF),
)


@dataclass(frozen=True)
class _Kinds:
    """Kinds of a side and the place of each answer's, −1 of none."""

    kinds: list[str]
    index: NDArray[np.int64]


def grids(rows: pa.Table, weights: Mapping[str, float], branches: Mapping[str, str]) -> Iterator[tuple[str, Grid]]:
    """``(org_id, section)`` of each branch with an answer, whole subtrees counted.

    ``rows`` are answers in the order of their time; ``weights`` of the customers heard, empty where there are none;
    ``branches``: each branch's path by its number. Weighted figures count the newest answer of each customer in a cell.
    """
    if not rows.num_rows:
        return
    party, weighing = _people(rows, weights)
    values = {measure.name: _floats(rows, COLUMNS[measure.name][0]) for measure in opinion.MEASURES}
    sides = {side.code: _kinds(rows, side) for side in SIDES}
    for here, at in _levels(rows, branches):
        for side in SIDES:
            kinds = sides[side.code]
            key = np.where((at >= 0) & (kinds.index >= 0), at * len(kinds.kinds) + kinds.index, -1)
            for branch, told in _level(side, kinds.kinds, key, values, party, weighing):
                yield here[branch], told


def heads(rows: pa.Table, weights: Mapping[str, float], branches: Mapping[str, str]) -> Iterator[tuple[str, Figures]]:
    """``(org_id, section)``: each branch's headline, whole subtrees counted; arguments as those of ``grids``."""
    if not rows.num_rows:
        return
    party, weighing = _people(rows, weights)
    values = {measure.name: _floats(rows, COLUMNS[measure.name][0]) for measure in opinion.MEASURES}
    for here, at in _levels(rows, branches):
        size = len(here)
        found: dict[str, opinion.Cells] = {}
        for measure in opinion.MEASURES:
            given = values[measure.name]
            found[measure.name] = opinion.cells(measure, given, at, size)
            kept = newest((at >= 0) & (party >= 0) & (weighing > 0) & ~np.isnan(given), party, at)
            found[f"{measure.name}_weighted"] = opinion.cells(measure, given[kept], at[kept], size, weighing[kept])
        answers = np.bincount(at[at >= 0], minlength=size)
        for k, org in enumerate(here):
            if org and answers[k]:
                yield org, _head({name: part.of(k) for name, part in found.items()}, found["nps"], k, int(answers[k]))


def by_month(
    rows: pa.Table, branches: Mapping[str, str]
) -> Iterator[tuple[str, opinion.Measure, NDArray[np.int64], opinion.Cells]]:
    """``(org_id, measure, months, figures)`` of each branch below the topmost, of months with ten answers and more."""
    if not rows.num_rows:
        return
    waves, month = np.unique(rows.column("month").to_numpy(), return_inverse=True)
    levels = list(_levels(rows, branches))[1:]
    for measure in opinion.MEASURES:
        given = _floats(rows, COLUMNS[measure.name][0])
        for here, at in levels:
            found = opinion.cells(
                measure, given, np.where(at >= 0, at * len(waves) + month, -1), len(here) * len(waves)
            )
            enough = (found.n >= opinion.FEWEST_TO_SAY).reshape(len(here), len(waves))
            for k, org in enumerate(here):
                kept = np.flatnonzero(enough[k])
                if org and len(kept):
                    yield org, measure, waves[kept], found.taken(k * len(waves) + kept)


def _head(told: Mapping[str, Estimate], nps: opinion.Cells, at: int, answers: int) -> Figures:
    figures = [
        figure(name, COLUMNS[name.removesuffix("_weighted")][1], told[name])
        for name in ("nps", "nps_weighted", "csat", "csat_weighted", "effort", "effort_weighted")
        if told[name].value is not None
    ]
    score, weighted = told["nps"], told["nps_weighted"]
    if score.value is None or score.low is None or score.high is None:
        return Figures("now", figures, Verdict("only_other_answers", {"n": (Unit.COUNT, answers)}))
    shares = nps.counts[at] / nps.counts[at].sum()
    kinds = ("detractors", "passives", "promoters")
    figures += [Figure(kinds[k], Unit.SHARE, float(shares[k])) for k in (2, 1, 0)]
    numbers: dict[str, tuple[Unit, Cell]] = {
        "nps": (Unit.POINTS, score.value),
        "width": (Unit.SPREAD, (score.high - score.low) / 2),
        "n": (Unit.COUNT, score.n),
    }
    if weighted.value is None:
        return Figures("now", figures, Verdict("nps_is", numbers))
    numbers["weighted"] = (Unit.POINTS, weighted.value)
    return Figures("now", figures, Verdict("nps_is_weighted", numbers))


def _levels(rows: pa.Table, branches: Mapping[str, str]) -> Iterator[tuple[list[str], NDArray[np.int64]]]:
    """Of each level of the tree its branches, and the place among them of each answer's, −1 of none."""
    org = rows.column("org_id").combine_chunks().dictionary_encode()
    chains = [branches.get(str(name), "").strip("/").split("/") for name in org.dictionary.to_pylist()]
    place = org.indices.to_numpy()
    for depth in range(max(map(len, chains), default=0)):
        above = [chain[depth] if len(chain) > depth else "" for chain in chains]
        here, index = np.unique(np.array(above), return_inverse=True)
        at = np.where(here == "", -1, np.arange(len(here)))[index][place]
        yield [str(name) for name in here], at


def _people(rows: pa.Table, weights: Mapping[str, float]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """A number for each customer, −1 of who is not known, and each answer's weight, 0 of who has none."""
    coded = rows.column("party_id").combine_chunks().dictionary_encode()
    of = np.array([weights.get(str(name), 0.0) for name in coded.dictionary.to_pylist()] + [0.0])
    index = np.asarray(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
    return index, of[index]


def _kinds(rows: pa.Table, side: Side) -> _Kinds:
    coded = rows.column(side.column).combine_chunks().dictionary_encode()
    index = np.asarray(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
    return _Kinds([str(kind) for kind in coded.dictionary.to_pylist()] or [""], index)


def _floats(rows: pa.Table, name: str) -> NDArray[np.float64]:
    import pyarrow as pa

    return np.array(rows.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def newest(keep: NDArray[np.bool_], *keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of the kept rows, in the order of their time, the newest with each combination of keys ≥ 0."""
    found = np.flatnonzero(keep)[::-1]
    joined = keys[0][found]
    for more in keys[1:]:
        joined = joined * (int(more.max(initial=0)) + 1) + more[found]
    return np.asarray(found[np.unique(joined, return_index=True)[1]])


def _level(
    side: Side,
    kinds: list[str],
    key: NDArray[np.int64],
    values: Mapping[str, NDArray[np.float64]],
    party: NDArray[np.int64],
    weighing: NDArray[np.float64],
) -> Iterator[tuple[int, Grid]]:
    present, group = np.unique(key[key >= 0], return_inverse=True)
    if not len(present):
        return
    of = np.full(len(key), -1)
    of[key >= 0] = group
    answers = np.bincount(group, minlength=len(present))
    size, weighted = len(present), bool((weighing > 0).any())
    found = {measure.name: opinion.cells(measure, values[measure.name], of, size) for measure in opinion.MEASURES}
    columns = [(side.column, side.unit), ("answers", Unit.COUNT), ("nps", Unit.POINTS)]
    shown = [found["nps"]]
    for measure in opinion.MEASURES:
        told = found[measure.name]
        if weighted:
            given = values[measure.name]
            rows = newest((of >= 0) & (party >= 0) & (weighing > 0) & ~np.isnan(given), party, of)
            told = opinion.cells(measure, given[rows], of[rows], size, weighing[rows])
        if weighted or measure is not opinion.NPS:
            shown.append(told)
            columns.append((f"{measure.name}{'_weighted' if weighted else ''}", COLUMNS[measure.name][1]))
    branch, kind = present // len(kinds), present % len(kinds)
    starts = np.flatnonzero(np.diff(branch, prepend=-1))
    for first, last in zip(starts, [*starts[1:], size], strict=True):
        order = _order(side, [kinds[k] for k in kind[first:last]], answers[first:last], found["nps"].value[first:last])
        grid: list[list[Cell]] = []
        for offset in order:
            one = int(first + offset)
            grid.append([kinds[kind[one]], int(answers[one]), *(figure_of(part, one) for part in shown)])
        yield int(branch[first]), Grid(side.code, columns, grid, _hint(grid))


def figure_of(found: opinion.Cells, group: int) -> Cell:
    """A group's figure with its interval, that too few answered, or nothing where nobody was asked that."""
    if not found.n[group]:
        return None
    return TOO_FEW if found.n[group] < opinion.FEWEST_TO_SAY else cell(found.of(group))


def _hint(grid: list[list[Cell]]) -> Verdict | None:
    """How many kinds have too few answers to say anything of."""
    few = sum(1 for row in grid if row[2] == TOO_FEW)
    return Verdict("some_too_few", {"n": (Unit.COUNT, few)}) if few else None


def _order(side: Side, kinds: list[str], answers: NDArray[Any], nps: NDArray[np.float64]) -> list[int]:
    if side.order:
        place = {kind: k for k, kind in enumerate(side.order)}
        return sorted(range(len(kinds)), key=lambda k: (place.get(kinds[k], len(place)), kinds[k]))
    kept = sorted(range(len(kinds)), key=lambda k: (-int(answers[k]), kinds[k]))[:_TEAMS]
    few = [answers[k] < opinion.FEWEST_TO_SAY or np.isnan(nps[k]) for k in range(len(kinds))]
    return sorted(kept, key=lambda k: (few[k], 0.0 if few[k] else -float(nps[k]), kinds[k]))
