"""Signs that marks were asked for or customers picked, branch by branch: for the auditor, who looks into them.

Four signs of the last twelve months: a *jump* of marks at the counter beyond what the same branch's customers say
elsewhere; answers *at once*, while the customer still stands there; *bursts* of answers closer together than the
branch's own traffic brings about; and a *gap to the silent*: those heard should, by what is known of both, be more
pleased than those not heard. Beside them stands where customers themselves write that marks were asked for. No device
is looked at: none is recorded, and an answer by a counter's code is never tied to a telephone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tenure.contracts.findings import Cell, Figure, Figures, Grid, Section, Unit, Verdict
from tenure.insight import opinion
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import share
from tenure.nightly.topics import Known, among, cell, experience
from tenure.nightly.topics.experience import floats
from tenure.nightly.topics.heard import RECENT, Heard, heard

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Seconds after the question in which nobody answers who has gone home with their telephone in the pocket.
AT_ONCE = 90
#: Seconds between two answers at one branch that make them close together, and those of a branch's day.
CLOSE, DAY = 120, 8 * 3600
_SIGNS = ("jump", "at_once", "bursts", "silent_gap")
#: Units of a sign's figure.
_UNITS = {"jump": Unit.POINTS, "at_once": Unit.SHARE, "bursts": Unit.SHARE, "silent_gap": Unit.NUMBER}
_FEWEST = 20
#: By how much honest branches are taken to differ where a bank has too few to learn it: points of NPS, shares on the
#: scale of ``quick_share`` (0.2 is 1 to 4 % or 10 to 18 %), points of 10.
_SPREADS = {"jump": 15.0, "at_once": 0.2, "bursts": 0.2, "silent_gap": 0.2}
#: Words shown, the newest.
_EXAMPLES = 10
#: Branches listed at most.
_MOST = 300


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's branches and, for each part of the bank, its own; then what customers themselves say of it.

    Raises:
        TooLittleData: too few branches have answers, and no customer says that marks were asked for.
    """
    said = list(asked_for(known))
    try:
        yield from list(_branches(known))
    except TooLittleData:
        if not said:
            raise
        yield known.bank, Figures("signs", (), Verdict("too_little_data", tone="warn"))
    yield from said


def asked_for(known: Known) -> Iterator[tuple[str, Section]]:
    """Where customers write that marks were asked for: counted by branch, and the newest words."""
    _rows, found = known.voices
    if found is None or not found.asked.any():
        return
    for at in known.branches:
        inside = among(found.org_id, known.below(at))
        if at == known.bank:
            inside = np.ones(len(inside), dtype=bool)
        asked = np.flatnonzero(inside & found.asked)
        if not len(asked):
            continue
        counted: list[tuple[int, list[Cell]]] = []
        for name in sorted({str(org) for org in found.org_id[asked] if org is not None}):
            here = np.asarray(found.org_id == name, dtype=bool)
            part = share(int((here & found.asked).sum()), int(here.sum()))
            counted.append(
                (-int((here & found.asked).sum()), [name, int(here.sum()), int((here & found.asked).sum()), cell(part)])
            )
        columns = [("branch", Unit.ORG), ("verbatims", Unit.COUNT), ("asked", Unit.COUNT), ("asked_share", Unit.SHARE)]
        numbers: dict[str, tuple[Unit, Cell]] = {"n": (Unit.COUNT, len(asked)), "branches": (Unit.COUNT, len(counted))}
        counted.sort(key=lambda row: (row[0], str(row[1][0])))
        yield at, Grid("asked_words", columns, [row for _n, row in counted[:_MOST]], Verdict("asked_counted", numbers))
        newest = sorted(asked.tolist(), key=lambda k: found.day[k], reverse=True)[:_EXAMPLES]
        words: list[list[Cell]] = [[found.org_id[k], found.texts[k], found.day[k].isoformat()] for k in newest]
        yield at, Grid("asked_examples", [("branch", Unit.ORG), ("words", Unit.WORDS), ("newest", Unit.DATE)], words)


def _branches(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's branches and, for each part of the bank, its own."""
    rows = experience.answers(known)
    month = rows.column("month").to_numpy()
    rows = rows.filter(pa.array(month >= known.frames.past.window.month(RECENT - 1)))
    names = sorted(name for name in set(rows.column("org_id").to_pylist()) if name in known.branches)
    place = {name: k for k, name in enumerate(names)}
    org = np.array([place.get(str(name), -1) for name in rows.column("org_id").to_pylist()], dtype=np.int64)
    shown, tests = _figures(rows, org, len(names))
    try:
        frame = heard(known)
        shown["silent_gap"], tests["silent_gap"] = _silent(frame, rows, place)
    except TooLittleData:
        pass
    found = opinion.found(tests, spreads=_SPREADS)
    if not found:
        raise TooLittleData("too few branches have answers enough to say how far honest ones differ")
    said = _Said(names, np.bincount(org[org >= 0], minlength=len(names)), shown, found, rows, org)
    for at in known.branches:
        inside = [place[name] for name in known.below(at) if name in place]
        if inside and (at == known.bank or len(inside) < len(names)):
            yield from ((at, section) for section in said.of(inside, whole=at == known.bank))


_Test = tuple["NDArray[Any]", "NDArray[Any]"]


def _figures(rows: pa.Table, org: NDArray[np.int64], size: int) -> tuple[dict[str, NDArray[Any]], dict[str, _Test]]:
    """Each sign as people read it (B,), and on the scale on which branches are compared with its error."""
    counter = np.array([moment == "counter_service" for moment in rows.column("moment").to_pylist()], dtype=bool)
    scores = floats(rows, "recommend")
    here, there = (opinion.cells(opinion.NPS, scores, np.where(which, org, -1), size) for which in (counter, ~counter))
    enough = (here.n >= _FEWEST) & (there.n >= _FEWEST)
    jump, error = opinion.gap(here.value, here.error, there.value, there.error, enough)
    seconds = floats(rows, "seconds")
    timed = counter & (org >= 0) & (seconds >= 0)
    told = np.bincount(org[timed], minlength=size)
    quick = np.bincount(org[timed & (seconds < AT_ONCE)], minlength=size)
    close, expected = _bursts(rows, org, timed, size)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = {
            name: np.where(told >= _FEWEST, hits / told, np.nan)
            for name, hits in (("at_once", quick), ("bursts", close))
        }
    tests = {
        "jump": (jump, error),
        "at_once": opinion.quick_share(quick, told),
        "bursts": opinion.quick_share(close, told, expected),
    }
    return {"jump": jump, **shares}, tests


def _bursts(
    rows: pa.Table, org: NDArray[np.int64], timed: NDArray[np.bool_], size: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Answers within two minutes of the one before at their branch, and the share that the day's number brings about.

    With m answers spread over a day of eight hours an answer has another in the two minutes before it with 1 − e^(−(m −
    1) · 120 ÷ 28,800).
    """
    whole = rows.column("answered_at").cast(pa.timestamp("s"), safe=False)
    at = whole.cast(pa.int64()).to_numpy(zero_copy_only=False)[timed]
    of = org[timed]
    order = np.lexsort((at, of))
    at, of = at[order], of[order]
    together = np.zeros(len(at), dtype=bool)
    together[1:] = (of[1:] == of[:-1]) & (np.diff(at) <= CLOSE)
    _, index, counts = np.unique(of * 1_000_000 + at // 86_400, return_inverse=True, return_counts=True)
    chance = 1 - np.exp(-(counts[index] - 1) * CLOSE / DAY)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = np.bincount(of, chance, size) / np.bincount(of, minlength=size)
    return np.bincount(of, together, size), expected


def _silent(frame: Heard, rows: pa.Table, place: dict[str, int]) -> tuple[NDArray[Any], _Test]:
    """By what is known of everybody: how much more pleased the heard should be than the silent of the same branch."""
    from tenure.insight.opinion.covariates import design_of

    known_before = frame.rows.select(
        ["kind", "tier", "habit", "age", "tenure_months", "visits", "occasions", "active_months", "complained"]
    )
    _, design = design_of(known_before)
    party, org = ([str(one) for one in frame.rows.column(name).to_pylist()] for name in ("party_id", "org_id"))
    newest = dict(zip(map(str, rows.column("party_id").to_pylist()), floats(rows, "recommend").tolist(), strict=True))
    scores = np.array([newest.get(one, np.nan) for one in party])
    groups = np.array([place.get(name, -1) for name in org], dtype=np.int64)
    values, errors = opinion.silent_gap(design, frame.answered, scores, groups, len(place))
    return values, (values, errors)


class _Said:
    """The signs of all branches, ready to be told of some of them."""

    def __init__(
        self,
        names: list[str],
        answers: NDArray[Any],
        shown: dict[str, NDArray[Any]],
        found: dict[str, tuple[opinion.Sign, NDArray[np.bool_]]],
        rows: pa.Table,
        org: NDArray[np.int64],
    ) -> None:
        self.names, self.answers, self.shown, self.found = names, answers, shown, found
        self._rows, self._org = rows, org
        self.out = np.any([out for _, out in found.values()], axis=0)

    def of(self, inside: list[int], *, whole: bool) -> Iterator[Section]:
        """What is told of these branches: how many were looked at, what stands out, and every branch's figures."""
        looked = {name: int((~np.isnan(sign.p[inside])).sum()) for name, (sign, _) in self.found.items()}
        out = [k for k in inside if self.out[k]]
        numbers: dict[str, tuple[Unit, Cell]] = {"n": (Unit.COUNT, len(out))}
        if whole and out:
            numbers |= self._without(out)
        code = ("signs_found_bank" if whole else "signs_found") if out else "signs_none"
        figures = [Figure("branches_with_signs", Unit.COUNT, len(out))]
        figures += [Figure(f"looked_{name}", Unit.COUNT, looked.get(name, 0)) for name in _SIGNS]
        yield Figures("signs", figures, Verdict(code, numbers, "warn" if out else ""))
        if out:
            yield self._found(out)
        yield self._all(inside)

    def _without(self, out: list[int]) -> dict[str, tuple[Unit, Cell]]:
        """The bank's NPS with and without the counter's answers of these branches."""
        scores = floats(self._rows, "recommend")
        counter = np.array([moment == "counter_service" for moment in self._rows.column("moment").to_pylist()])
        told: dict[str, tuple[Unit, Cell]] = {}
        for code, kept in (("with", np.ones(len(scores), bool)), ("without", ~(counter & np.isin(self._org, out)))):
            group = np.where(kept, 0, -1)
            told[code] = (Unit.POINTS, opinion.cells(opinion.NPS, scores, group, 1).of(0).value)
        return told

    def _found(self, out: list[int]) -> Grid:
        rows: list[list[Cell]] = []
        for name in _SIGNS:
            sign, which = self.found.get(name, (None, None))
            if sign is None or which is None:
                continue
            for k in sorted((k for k in out if which[k]), key=lambda k: float(sign.p[k])):
                beyond = float(sign.beyond[k] / sign.error[k])
                rows.append([self.names[k], f"sign_{name}", int(self.answers[k]), beyond])
        columns = [
            ("branch", Unit.ORG),
            ("sign", Unit.CODE),
            ("answers", Unit.COUNT),
            ("errors_beyond", Unit.NUMBER),
        ]
        return Grid("signs_found_at", columns, rows)

    def _all(self, inside: list[int]) -> Grid:
        told = [name for name in _SIGNS if name in self.found]
        order = sorted(inside, key=lambda k: (not self.out[k], min(self._p(name, k) for name in told)))[:_MOST]
        rows: list[list[Cell]] = []
        for k in order:
            figures = [self.shown[name][k] for name in told]
            cells: list[Cell] = [None if np.isnan(value) else float(value) for value in figures]
            verdict = "stands_out" if self.out[k] else "usual" if any(c is not None for c in cells) else "not_looked_at"
            rows.append([self.names[k], int(self.answers[k]), *cells, verdict])
        columns = [
            ("branch", Unit.ORG),
            ("answers", Unit.COUNT),
            *((name, _UNITS[name]) for name in told),
            ("verdict", Unit.CODE),
        ]
        return Grid("signs_by_branch", columns, rows)

    def _p(self, name: str, k: int) -> float:
        p = float(self.found[name][0].p[k])
        return 2.0 if np.isnan(p) else p
