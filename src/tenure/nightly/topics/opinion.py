"""NPS of the bank and its branches (S19): with interval, shrunk, ranked as far as can be, and over time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.contracts.findings import Cell, Curve, Figure, Figures, Grid, Line, Section, Unit, Verdict
from tenure.insight import months, opinion
from tenure.nightly.topics import Known, said

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

#: Months of answers that the figures of today rest on.
_RECENT = 12


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's figures, its branches side by side, and the months."""
    answers = _answers(known)
    scores, orgs, month = (
        answers.column(name).to_numpy(zero_copy_only=False) for name in ("recommend", "org_id", "month")
    )
    since = known.frames.past.window.month(_RECENT - 1)
    recent = month >= since
    yield known.bank, _now(scores[recent], answers.filter(recent))
    yield known.bank, said("branches", lambda: _branches(scores[recent], orgs[recent]))
    yield known.bank, said("trend", lambda: _trend(scores, month))
    for org in known.branches:
        below = known.below(org)
        mine = recent & np.isin(orgs, list(below))
        if org != known.bank and mine.any():
            yield org, _now(scores[mine], answers.filter(mine))


def _answers(known: Known) -> pa.Table:
    survey = known.source("survey_response")
    survey = survey.filter(survey.recommend.notnull() & survey.org_id.notnull())
    survey = survey.filter(survey.answered_at.date() <= known.as_of)
    at = survey.answered_at
    return known.rows(
        survey.select("recommend", "satisfaction", "org_id", month=(at.year() * 12 + at.month() - 1).cast("int64"))
        .order_by("month", "org_id")
    )  # fmt: skip


def _now(scores: NDArray[Any], answers: pa.Table) -> Figures:
    score = opinion.nps(scores)
    figures = [Figure("nps", Unit.POINTS, score.value, score.low, score.high, score.n)]
    stated = answers.column("satisfaction").drop_null()
    if len(stated):
        satisfied = opinion.csat(stated)
        figures.append(Figure("csat", Unit.SHARE, satisfied.value, satisfied.low, satisfied.high, satisfied.n))
    figures += [Figure(name, Unit.SHARE, score.shares.get(name)) for name in ("promoters", "passives", "detractors")]
    verdict = None
    if score.value is not None and score.low is not None and score.high is not None:
        width = (score.high - score.low) / 2
        verdict = Verdict(
            "nps_is", {"nps": (Unit.POINTS, score.value), "width": (Unit.SPREAD, width), "n": (Unit.COUNT, score.n)}
        )
    return Figures("now", figures, verdict)


def _branches(scores: NDArray[Any], orgs: NDArray[Any]) -> Grid:
    ranking, shrunk = opinion.ranks(scores, orgs), opinion.shrink(scores, orgs)
    rows: list[list[Cell]] = []
    for one in ranking.of:
        believed = shrunk.of(one.name)
        places = None if one.best is None else f"{one.best}–{one.worst}" if one.best != one.worst else str(one.best)
        rows.append([one.name, one.n, one.nps, (believed.value, believed.low, believed.high), places])
    columns = [
        ("branch", Unit.ORG),
        ("answers", Unit.COUNT),
        ("nps", Unit.POINTS),
        ("nps_shrunk", Unit.POINTS),
        ("places", Unit.TEXT),
    ]
    return Grid("branches", columns, rows, Verdict(f"ranking_{ranking.verdict}"))


def _trend(scores: NDArray[Any], month: NDArray[Any]) -> Curve:
    waves = sorted(set(month.tolist()))
    estimates = [opinion.nps(scores[month == wave]) for wave in waves]
    line = Line("nps", [e.value for e in estimates], [e.low for e in estimates], [e.high for e in estimates])
    _waves, values, errors = opinion.nps_by_wave(scores, month)
    trend = opinion.change_points(values, errors)
    numbers: dict[str, tuple[Unit, Cell]] = {}
    if trend.changes:
        last = trend.changes[-1]
        numbers = {"month": (Unit.MONTH, months.label(int(waves[last.at]))), "shift": (Unit.POINTS, last.shift.value)}
    return Curve(
        "trend",
        Unit.MONTH,
        [months.label(int(w)) for w in waves],
        Unit.POINTS,
        [line],
        Verdict(f"trend_{trend.verdict}", numbers),
    )
