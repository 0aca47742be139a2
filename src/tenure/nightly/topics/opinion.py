"""NPS of the bank and its branches (S19): weighted for who was not heard, ranked as far as can be, and over time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.contracts import codes
from tenure.contracts.findings import Cell, Curve, Figure, Figures, Grid, Line, Section, Unit, Verdict
from tenure.insight import months, opinion
from tenure.insight.inputs import TooLittleData
from tenure.nightly.topics import Known, asked_again, cell, experience, figure, repaired, said
from tenure.nightly.topics.heard import RECENT, Heard, heard

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from tenure.insight.intervals import Estimate

#: Months of a wave.
_WAVE = 3
#: Answers below which a kind of answer has no figures of its own: they would be single customers'.
_HANDFUL = 5


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
    yield known.bank, _now(now, weights)
    if frame:
        yield known.bank, _heard(frame)
    yield known.bank, said("waves", lambda: _waves(everything, weights, known.frames.past.window.open_month))
    yield known.bank, said("branches", lambda: _branches(now, weights, all_weighed))
    yield known.bank, said("marks", lambda: experience.marks(now.rows))
    yield known.bank, _by("moments", "moment", Unit.CODE, codes.MOMENTS, now, weights)
    yield known.bank, _by("tiers", "tier", Unit.TIER, reversed(codes.TIER_ORDER), now, weights)
    yield known.bank, said("drivers_rated", lambda: experience.drivers(now.rows, ("satisfaction", "ease")))
    yield known.bank, said("drivers_lived", lambda: experience.drivers(now.rows))
    yield known.bank, said("waits", lambda: experience.waits(now.rows))
    yield known.bank, said("asked_again", lambda: asked_again.section(known))
    yield known.bank, said("repaired", lambda: repaired.section(known))
    for section in _over_time(everything):
        yield known.bank, section
    for org in known.branches:
        mine = now.chosen(now.within(known.below(org)))
        if org != known.bank and len(mine):
            yield org, _now(mine, weights)
            yield org, _by("moments", "moment", Unit.CODE, codes.MOMENTS, mine, weights)


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


def _weighted(given: Answers, weights: dict[str, float]) -> Estimate | None:
    try:
        answered, weighing = given.weighed(weights)
    except TooLittleData:
        return None
    return opinion.nps(answered.scores, weighing)


def _now(given: Answers, weights: dict[str, float]) -> Figures:
    score, weighted = opinion.nps(given.scores), _weighted(given, weights)
    figures = [figure("nps", Unit.POINTS, score)]
    if weighted:
        figures.append(
            figure("nps_weighted", Unit.POINTS, weighted),
        )
    for code, unit, column, estimate in (
        ("csat", Unit.SHARE, "satisfaction", opinion.csat),
        ("effort", Unit.NUMBER, "effort", opinion.effort),
    ):
        stated = given.rows.column(column).drop_null()
        if len(stated):
            told = estimate(stated)
            figures.append(figure(code, unit, told))
    figures += [Figure(name, Unit.SHARE, score.shares.get(name)) for name in ("promoters", "passives", "detractors")]
    assert score.value is not None and score.low is not None and score.high is not None
    numbers: dict[str, tuple[Unit, Cell]] = {
        "nps": (Unit.POINTS, score.value),
        "width": (Unit.SPREAD, (score.high - score.low) / 2),
        "n": (Unit.COUNT, score.n),
    }
    if not weighted:
        return Figures("now", figures, Verdict("nps_is", numbers))
    numbers["weighted"] = (Unit.POINTS, weighted.value)
    return Figures("now", figures, Verdict("nps_is_weighted", numbers))


def _heard(frame: Heard) -> Figures:
    answered, size = int(frame.answered.sum()) * frame.step, len(frame.answered) * frame.step
    figures = [
        Figure("frame_size", Unit.COUNT, size),
        Figure("heard", Unit.COUNT, answered),
        Figure("heard_share", Unit.SHARE, answered / size),
        Figure("response_rate", Unit.SHARE, None),
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


def _by(code: str, column: str, unit: Unit, order: Any, given: Answers, weights: dict[str, float]) -> Grid:
    """NPS raw and weighted, CSAT and effort of each kind of a column; of a handful of answers only their number."""
    member = given.column(column)
    rows: list[list[Cell]] = []
    for kind in order:
        part = given.chosen(member == kind)
        if len(part) < _HANDFUL:
            rows += [[kind, len(part), None, None, None, None]] if len(part) else []
            continue
        stated, hard = (part.rows.column(name).drop_null() for name in ("satisfaction", "effort"))
        rows.append(
            [
                kind,
                len(part),
                cell(opinion.nps(part.scores)),
                cell(_weighted(part, weights)),
                cell(opinion.csat(stated)) if len(stated) else None,
                cell(opinion.effort(hard)) if len(hard) else None,
            ]
        )
    columns = [
        (column, unit),
        ("answers", Unit.COUNT),
        ("nps", Unit.POINTS),
        ("nps_weighted", Unit.POINTS),
        ("csat", Unit.SHARE),
        ("effort", Unit.NUMBER),
    ]
    return Grid(code, columns, rows)


def _branches(given: Answers, weights: dict[str, float], all_weighed: dict[str, float]) -> Grid:
    """Each branch's score with its interval; drawn to the bank's where five or more can be, ranked as far as can be.

    Compared are weighted scores where every customer heard has a weight (``all_weighed``), else the raw ones; the
    columns' codes say which.
    """
    orgs, raw = given.column("org_id"), ""
    compared, weighing = given, None
    try:
        compared, weighing = given.weighed(all_weighed, each_branch=True)
    except TooLittleData:
        raw = "_raw"
    scores, groups = compared.scores, compared.column("org_id")
    order: list[tuple[str, int | None, int | None]] = []
    try:
        ranking = opinion.ranks(scores, groups, weighing)
        order = [(one.name, one.best, one.worst) for one in ranking.of]
        verdict = Verdict(f"ranking_{ranking.verdict}")
    except TooLittleData:
        verdict = Verdict("ranking_too_few")
    order += [(str(name), None, None) for name in np.unique(orgs) if name not in {placed for placed, *_ in order}]
    try:
        shrunk = opinion.shrink(scores, groups, weighing)
    except TooLittleData:
        shrunk = None
    rows: list[list[Cell]] = []
    for name, best, worst in order:
        here = given.chosen(orgs == name)
        places = None if best is None else f"{best}–{worst}" if best != worst else str(best)
        row: list[Cell] = [name, len(here), cell(opinion.nps(here.scores)), cell(_weighted(here, weights))]
        rows.append([*row, *([cell(shrunk.of(name))] if shrunk else []), places])
    columns = [
        ("branch", Unit.ORG),
        ("answers", Unit.COUNT),
        ("nps", Unit.POINTS),
        ("nps_weighted", Unit.POINTS),
        *([(f"nps_shrunk{raw}", Unit.POINTS)] if shrunk else []),
        (f"places{raw}", Unit.TEXT),
    ]
    return Grid("branches", columns, rows, verdict)


def _over_time(given: Answers) -> Iterator[Section]:
    """The score month by month and every change of level: when, within which months, by how much.

    Of answers as they came: of those not heard a year ago nothing is known that could weigh them.
    """
    names, values, errors = opinion.nps_by_wave(given.scores, given.month)
    waves = [int(name) for name in names]
    try:
        trend = opinion.change_points(values, errors)
    except TooLittleData:
        yield Figures("trend", (), Verdict("too_little_data", tone="warn"))
        return
    estimates = [opinion.nps(given.scores[given.month == wave]) for wave in waves]
    line = Line("nps", [e.value for e in estimates], [e.low for e in estimates], [e.high for e in estimates])
    labels = [months.label(wave) for wave in waves]
    numbers: dict[str, tuple[Unit, Cell]] = {}
    if trend.changes:
        last = trend.changes[-1]
        numbers = {
            "month": (Unit.MONTH, labels[last.at]),
            "shift": (Unit.POINTS, last.shift.value),
            "n": (Unit.COUNT, len(trend.changes)),
        }
    told = Verdict(f"trend_{trend.verdict}", numbers)
    yield Curve("trend", Unit.MONTH, [*labels], Unit.POINTS, [line], told)
    if not trend.changes:
        return
    columns = [
        ("changed_in", Unit.MONTH),
        ("not_before", Unit.MONTH),
        ("not_after", Unit.MONTH),
        ("shift", Unit.POINTS),
        ("level_since", Unit.POINTS),
    ]
    rows: list[list[Cell]] = [
        [labels[one.at], labels[one.earliest], labels[one.latest], cell(one.shift), float(trend.levels[one.at])]
        for one in trend.changes
    ]
    yield Grid("changes", columns, rows)
