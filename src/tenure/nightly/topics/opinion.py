"""NPS, CSAT and effort of the bank and its branches (S19): weighted for who was not heard, ranked as far as can be, and
over time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.contracts.findings import Cell, Curve, Figure, Figures, Grid, Line, Section, Unit, Verdict
from tenure.insight import months, opinion
from tenure.insight.inputs import TooLittleData
from tenure.nightly.topics import Known, asked_again, cell, experience, figure, opinion_by, repaired, said
from tenure.nightly.topics.experience import floats
from tenure.nightly.topics.heard import RECENT, Heard, heard

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

#: Months of a wave.
_WAVE = 3


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's figures and what stands behind them, its branches side by side, and the months."""
    everything = Answers(experience.answers(known))
    now = everything.chosen(everything.month >= known.frames.past.window.month(RECENT - 1))
    if not len(now):
        raise TooLittleData("nobody answered in the last twelve months")
    frame = _frame(known)
    weights = frame.weight_of if frame else {}
    # of a bank so large that the frame is every k-th customer, branches would lose most of their answers to weights
    all_weighed = weights if frame and frame.step == 1 else {}
    heads = dict(opinion_by.heads(now.rows, weights, known.branches))
    grids: dict[str, list[Grid]] = {}
    for org, grid in opinion_by.grids(now.rows, weights, known.branches):
        grids.setdefault(org, []).append(grid)
    if known.bank in heads:
        yield known.bank, heads[known.bank]
    if frame:
        yield known.bank, _heard(frame)
    yield known.bank, said("waves", lambda: _waves(everything, weights, known.frames.past.window.open_month))
    yield known.bank, _branches(now, all_weighed)
    yield from ((known.bank, grid) for grid in grids.get(known.bank, ()))
    yield known.bank, said("drivers_rated", lambda: experience.drivers(now.rows, ("satisfaction", "ease")))
    yield known.bank, said("drivers_lived", lambda: experience.drivers(now.rows))
    yield known.bank, said("waits", lambda: experience.waits(now.rows))
    yield known.bank, said("asked_again", lambda: asked_again.section(known))
    yield known.bank, said("repaired", lambda: repaired.section(known))
    for measure in opinion.MEASURES:
        for section in _over_time(everything, measure):
            yield known.bank, section
    trends: dict[str, list[Section]] = {}
    for org, measure, waves, found in opinion_by.by_month(everything.rows, known.branches):
        if len(waves) >= opinion.FEWEST_WAVES:
            told = _trend(measure, waves, found, opinion.usual_penalty(len(waves)))
            trends.setdefault(org, []).extend(told)
    for org in known.branches:
        if org != known.bank and org in heads:
            yield org, heads[org]
            yield from ((org, grid) for grid in grids.get(org, ()))
            yield from ((org, section) for section in trends.get(org, ()))


@dataclass(frozen=True)
class Answers:
    """Answers in the order of their time, one row each."""

    rows: pa.Table

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def column(self, name: str) -> NDArray[Any]:
        """One column as an array."""
        found: NDArray[Any] = self.rows.column(name).to_numpy(zero_copy_only=False)
        return found

    @cached_property
    def scores(self) -> NDArray[Any]:
        """How likely they are to recommend us, 0–10."""
        return self.column("recommend")

    @cached_property
    def month(self) -> NDArray[Any]:
        """The month of each answer, as a serial."""
        return self.column("month")

    @cached_property
    def _orgs(self) -> tuple[list[str], NDArray[np.int64]]:
        names, index = np.unique(self.column("org_id").astype(str), return_inverse=True)
        return [str(name) for name in names], index

    def within(self, orgs: set[str]) -> NDArray[np.bool_]:
        """Which answers are about one of these branches."""
        names, index = self._orgs
        return np.isin(index, [k for k, name in enumerate(names) if name in orgs])

    def chosen(self, which: NDArray[np.bool_]) -> Answers:
        """Only these."""
        import pyarrow as pa

        return Answers(self.rows.filter(pa.array(which)))

    def weighed(self, weights: dict[str, float], *, each_branch: bool = False) -> tuple[Answers, NDArray[np.float64]]:
        """The newest answer of each customer who has a weight: a customer counts once, however often they came.

        With ``each_branch`` once at every branch that they spoke of.

        Raises:
            TooLittleData: none has.
        """
        parties = self.rows.column("party_id").to_pylist()
        orgs = self.rows.column("org_id").to_pylist() if each_branch else [None] * len(parties)
        newest = {who: row for row, who in enumerate(zip(parties, orgs, strict=True))}
        kept = [(row, weights[party]) for (party, _), row in newest.items() if party in weights]
        if not kept:
            raise TooLittleData("no answer has a weight")
        rows, found = zip(*kept, strict=True)
        return Answers(self.rows.take(list(rows))), np.array(found)


def _frame(known: Known) -> Heard | None:
    try:
        return heard(known)
    except TooLittleData:
        return None


def _heard(frame: Heard) -> Figures:
    answered, size = int(frame.answered.sum()) * frame.step, len(frame.answered) * frame.step
    figures = [
        Figure("frame_size", Unit.COUNT, size),
        Figure("heard", Unit.COUNT, answered),
        Figure("heard_share", Unit.SHARE, answered / size),
        figure("response_rate", Unit.SHARE, frame.rate) if frame.rate else Figure("response_rate", Unit.SHARE, None),
    ]
    if frame.response and frame.imbalance:
        before, after = frame.imbalance
        figures += [
            Figure("effective", Unit.COUNT, frame.response.effective_n * frame.step),
            Figure("imbalance_before", Unit.NUMBER, before),
            Figure("imbalance_after", Unit.NUMBER, after),
        ]
    told = f"frame_{frame.frame}" if frame.response else "no_weights"
    return Figures("who_was_heard", figures, Verdict(told))


def _waves(given: Answers, weights: dict[str, float], open_month: int) -> Figures:
    later = given.chosen(given.month > open_month - _WAVE)
    earlier = given.chosen((given.month > open_month - 2 * _WAVE) & (given.month <= open_month - _WAVE))
    found = opinion.compare(earlier.scores, later.scores)
    change = found.difference
    figures = [
        figure(code, Unit.POINTS, opinion.nps(each.scores))
        for code, each in (("last_wave", later), ("wave_before", earlier))
    ]
    figures.append(figure("change", Unit.POINTS, change))
    with suppress(TooLittleData):  # no weights: the raw change stands alone
        (before, of_before), (after, of_after) = earlier.weighed(weights), later.weighed(weights)
        weighted = opinion.compare(before.scores, after.scores, of_before, of_after).difference
        figures.append(figure("change_weighted", Unit.POINTS, weighted))
    figures.append(Figure("detectable", Unit.SPREAD, found.detectable))
    numbers: dict[str, tuple[Unit, Cell]] = {
        "change": (Unit.POINTS, change.value),
        "detectable": (Unit.SPREAD, found.detectable),
    }
    tone = {"up": "good", "down": "bad"}.get(found.verdict, "")
    return Figures("waves", figures, Verdict(f"waves_{found.verdict}", numbers, tone))


def _branches(given: Answers, all_weighed: dict[str, float]) -> Grid:
    """Each branch's figures with their intervals; drawn to the bank's where five or more can be, ranked by NPS as far
    as can be.

    Compared are weighted figures where every customer heard has a weight (``all_weighed``), else the raw ones; the
    columns' codes say which.
    """
    compared, weighing, raw = given, None, ""
    try:
        compared, weighing = given.weighed(all_weighed, each_branch=True)
    except TooLittleData:
        raw = "_raw"
    names, index = np.unique(given.column("org_id").astype(str), return_inverse=True)
    place = {str(name): k for k, name in enumerate(names)}
    groups = np.array([place[str(org)] for org in compared.column("org_id")])
    order: list[tuple[str, int | None, int | None]] = []
    try:
        ranking = opinion.ranks(compared.scores, compared.column("org_id"), weighing)
        order = [(one.name, one.best, one.worst) for one in ranking.of]
        verdict = Verdict(f"ranking_{ranking.verdict}")
    except TooLittleData:
        verdict = Verdict("ranking_too_few")
    order += [(str(name), None, None) for name in names if name not in {placed for placed, *_ in order}]
    told: list[tuple[str, Unit, Callable[[int], Cell]]] = []
    for measure in opinion.MEASURES:
        column, unit = opinion_by.COLUMNS[measure.name]
        found = opinion.cells(measure, floats(compared.rows, column), groups, len(names), weighing)
        own = measure.name + ("_weighted" if weighing is not None else "")
        try:
            drawn = (f"{measure.name}_shrunk{raw}", unit, partial(_drawn, found.shrunk(list(place)), list(place)))
        except TooLittleData:
            drawn = None
        if drawn is None or measure is opinion.NPS:
            told.append((own, unit, partial(opinion_by.figure_of, found)))
        if drawn is not None:
            told.append(drawn)
    answers = np.bincount(index, minlength=len(names))
    rows: list[list[Cell]] = []
    for name, best, worst in order:
        places = None if best is None else f"{best}–{worst}" if best != worst else str(best)
        at = place[name]
        rows.append([name, int(answers[at]), *(figure_at(at) for _, _, figure_at in told), places])
    columns = [
        ("branch", Unit.ORG),
        ("answers", Unit.COUNT),
        *((code, unit) for code, unit, _ in told),
        (f"places{raw}", Unit.TEXT),
    ]
    return Grid("branches", columns, rows, verdict)


def _drawn(shrunk: opinion.ShrunkGroups, names: list[str], at: int) -> Cell:
    return cell(shrunk.of(names[at]))


def _over_time(given: Answers, measure: opinion.Measure) -> Iterator[Section]:
    """The bank's figure month by month.

    Of answers as they came: of those not heard a year ago nothing is known that could weigh them.
    """
    waves, index = np.unique(given.month, return_inverse=True)
    found = opinion.cells(measure, floats(given.rows, opinion_by.COLUMNS[measure.name][0]), index, len(waves))
    there = np.flatnonzero(found.n)
    if len(there) or measure is opinion.NPS:
        yield from _trend(measure, waves[there], found.taken(there))


def _trend(
    measure: opinion.Measure, waves: NDArray[np.int64], found: opinion.Cells, penalty: float | None = None
) -> Iterator[Section]:
    """A figure month by month and every change of level: when, within which months, by how much."""
    unit = opinion_by.COLUMNS[measure.name][1]
    trend_code, changes_code = (
        code if measure is opinion.NPS else f"{code}_{measure.name}" for code in ("trend", "changes")
    )
    try:
        trend = opinion.change_points(found.value, found.error, penalty=penalty)
    except TooLittleData:
        yield Figures(trend_code, (), Verdict("too_little_data", tone="warn"))
        return
    line = Line(measure.name, *(part.tolist() for part in (found.value, found.low, found.high)))
    labels = [months.label(int(wave)) for wave in waves]
    numbers: dict[str, tuple[Unit, Cell]] = {}
    if trend.changes:
        last = trend.changes[-1]
        numbers = {
            "month": (Unit.MONTH, labels[last.at]),
            "shift": (unit, last.shift.value),
            "n": (Unit.COUNT, len(trend.changes)),
        }
    moved = "changed" if measure is opinion.NPS else "moved"
    told = Verdict(f"trend_{moved}" if trend.changes else "trend_no_change_seen", numbers)
    yield Curve(trend_code, Unit.MONTH, [*labels], unit, [line], told)
    if not trend.changes:
        return
    columns = [
        ("changed_in", Unit.MONTH),
        ("not_before", Unit.MONTH),
        ("not_after", Unit.MONTH),
        ("shift", unit),
        ("level_since", unit),
    ]
    rows: list[list[Cell]] = [
        [labels[one.at], labels[one.earliest], labels[one.latest], cell(one.shift), float(trend.levels[one.at])]
        for one in trend.changes
    ]
    yield Grid(changes_code, columns, rows)
