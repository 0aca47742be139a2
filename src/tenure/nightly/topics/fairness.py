"""Whether customers with the same kind of complaint get alike (S16): the loyal as the loud, whoever they are.

A complaint decided in two years is compared with others of the same cause and business, with what it is about (the
amount in dispute, where it is known) and what is at stake (the customer's assets in the month before). Of what was
given two things are asked: how often anything was, and how much where something was. All comparisons of a page are
one family by Holm's procedure: where everybody is treated alike, one page in twenty names anything at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.contracts.codes import Name
from tenure.contracts.findings import Cell, Figure, Figures, Grid, Section, Unit, Verdict
from tenure.insight.effects import Treated, treated_alike
from tenure.insight.intervals import holm, share
from tenure.nightly.fairness_settings import CHANNELS, Settings, settings
from tenure.nightly.topics import Known, among, cell, times
from tenure.nightly.topics.conceded import Cases

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

#: Decided complaints below which nothing is said of a bank, and of a part of it.
ENOUGH, ENOUGH_HERE = 40, 100
#: Complaints of a group that is looked at, and groups of a kind at most: the largest.
LEAST, MOST = 10, 40
#: The passed over: months back, how many others alike there are, which share of them got something, rows.
LATELY, ALIKE, USUALLY, SHOWN = 12, 10, 0.25, 30
FAMILY = 0.05


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's page, then that of each part of it with decided complaints enough."""
    held = settings(known.own("fairness.toml"))
    cases = Cases.of(known, held)
    if len(cases.given) < ENOUGH:
        numbers: dict[str, tuple[Unit, Cell]] = {"n": (Unit.COUNT, len(cases.given)), "least": (Unit.COUNT, ENOUGH)}
        few = [Figure("decided", Unit.COUNT, len(cases.given))]
        yield known.bank, Figures("fairness", few, Verdict("fairness_too_few", numbers, "warn"))
        return
    for org in known.branches:
        inside = among(cases.org, known.below(org))
        if org == known.bank:
            inside = np.ones(len(inside), dtype=bool)
        elif inside.sum() < ENOUGH_HERE or inside.all():
            continue
        yield from ((org, section) for section in Page(known, cases.only(inside), held).sections())


@dataclass
class Page:
    """What is told of some complaints: every comparison first, as what is found depends on all of them."""

    known: Known
    cases: Cases
    held: Settings
    compared: list[Compared] = field(default_factory=list)

    def sections(self) -> Iterator[Section]:
        """The headline, the loyal beside the loud, group by group, the loyal who were passed over."""
        groups = [
            self._of("by_loudness", Unit.CODE, {"complained_before": self.cases.earlier > 0,
                                                "public_channel": self.cases.public}),
            self._of("by_tier", Unit.TIER, _each(self.cases.tier), assets=False),
            self._of("by_sex", Unit.CODE, dict(list(_each(self.cases.sex).items())[:1]), self.cases.sex != ""),
            self._of("by_age", Unit.CODE, _each(self.cases.age), self.cases.age != ""),
            self._of("by_channel", Unit.BANK_CODE, _each(self.cases.channel)),
            self._of("by_branch", Unit.ORG, _each(self.cases.org)),
        ]  # fmt: skip
        quiet = self.cases.loyal & ~self.cases.loud
        pair = Compared("loyal_and_quiet", quiet, *self._differences(quiet, quiet | self.cases.loud))
        self.compared.append(pair)
        self._judge()
        yield self._now()
        yield self._loyal_or_loud(pair)
        yield from (self._grid(code, unit, rows) for code, unit, rows in groups if len(rows) > (code not in _SINGLE))
        yield self._passed_over()

    def _of(
        self, code: str, unit: Unit, groups: dict[str, Flags], among_: Flags | None = None, *, assets: bool = True
    ) -> tuple[str, Unit, list[Compared]]:
        everybody = np.ones(len(self.cases.given), dtype=bool) if among_ is None else among_
        rows = [
            Compared(name, which & everybody, *self._differences(which & everybody, everybody, assets=assets))
            for name, which in groups.items()
            if name and LEAST <= (which & everybody).sum() <= everybody.sum() - LEAST
        ]
        self.compared += rows
        return code, unit, rows

    def _differences(self, which: Flags, within: Flags, *, assets: bool = True) -> tuple[Treated, Treated]:
        """How often anything was given, and the logarithm of how much where something was."""
        cases = self.cases
        x = cases.known_of(assets=assets)
        often = treated_alike(
            cases.given[within].astype(float), which[within], cases.kind[within], x[within], cluster=cases.party[within]
        )
        paid = within & cases.given
        much = treated_alike(
            np.log(np.where(paid, cases.amount, 1.0))[paid], which[paid], cases.kind[paid], x[paid],
            cluster=cases.party[paid],
        )  # fmt: skip
        return often, much

    def _judge(self) -> None:
        tested = [
            (one, name) for one in self.compared for name in ("often", "much") if getattr(one, name).p is not None
        ]
        found = holm(np.array([getattr(one, name).p for one, name in tested]), FAMILY) if tested else ()
        for (one, name), named in zip(tested, found, strict=True):
            one.found[name] = bool(named)

    @cached_property
    def _tests(self) -> int:
        return sum(each.p is not None for one in self.compared for each in (one.often, one.much))

    def _now(self) -> Figures:
        cases, paid = self.cases, self.cases.amount[self.cases.given]
        part = share(int(cases.given.sum()), len(cases.given))
        unlike = sum(any(one.found.values()) for one in self.compared)
        figures = [
            Figure("decided", Unit.COUNT, len(cases.given)),
            Figure("given_share", Unit.SHARE, part.value, part.low, part.high, part.n),
            Figure("given_median", Unit.MONEY, float(np.median(paid)) if len(paid) else None),
            Figure("given_total", Unit.MONEY, float(paid.sum())),
            Figure("comparisons", Unit.COUNT, self._tests),
            Figure("not_approved", Unit.COUNT, self._refused()),
        ]
        numbers: dict[str, tuple[Unit, Cell]] = {"n": (Unit.COUNT, unlike), "tests": (Unit.COUNT, self._tests)}
        if not self._tests:
            return Figures("fairness", figures, Verdict("fairness_cannot_tell", numbers, "warn"))
        if unlike:
            return Figures("fairness", figures, Verdict("fairness_unlike", numbers, "warn"))
        return Figures("fairness", figures, Verdict("fairness_alike", numbers))

    def _refused(self) -> int:
        """Concessions put up at the desk to these customers that a second person did not approve."""
        t = self.known.source("concession")
        rows = self.known.rows(
            t.filter((t.state == "refused") & (t.made_at.date() <= self.known.as_of)).select("party_id")
        )
        whose = set(self.cases.party.tolist())
        return sum(party in whose for party in rows.column("party_id").to_pylist())

    def _loyal_or_loud(self, pair: Compared) -> Grid:
        cases, quiet = self.cases, pair.which
        rows = [self._row("loyal_and_quiet", quiet), self._row("loud", cases.loud)]
        difference: Cell = cell(pair.often.estimate, 100)
        rows[0][4] = difference
        rows[0][5] = _ratio(pair.much)
        columns: list[tuple[str, Unit]] = [
            ("who", Unit.CODE), ("complaints", Unit.COUNT), ("given_share", Unit.SHARE), ("given_median", Unit.MONEY),
            ("often_apart", Unit.POINTS), ("much_apart", Unit.SHARE),
        ]  # fmt: skip
        numbers: dict[str, tuple[Unit, Cell]] = {
            "quiet": (Unit.SHARE, float(cases.given[quiet].mean()) if quiet.any() else None),
            "loud": (Unit.SHARE, float(cases.given[cases.loud].mean()) if cases.loud.any() else None),
            "points": (Unit.POINTS, times(pair.often.estimate.value, 100)),
            "n": (Unit.COUNT, pair.often.n),
            "others": (Unit.COUNT, pair.often.others),
        }
        if pair.often.p is None:
            return Grid("loyal_or_loud", columns, rows, Verdict("loyal_cannot_tell", numbers, "warn"))
        if not any(pair.found.values()):
            return Grid("loyal_or_loud", columns, rows, Verdict("loyal_as_the_loud", numbers))
        sure = pair.often if pair.found.get("often") else pair.much
        less = sure.estimate.value is not None and sure.estimate.value < 0
        return Grid(
            "loyal_or_loud", columns, rows,
            Verdict("loud_get_more", numbers, "bad") if less else Verdict("loyal_get_more", numbers, "good"),
        )  # fmt: skip

    def _row(self, name: str, which: Flags) -> list[Cell]:
        given = self.cases.given[which]
        paid = self.cases.amount[which & self.cases.given]
        part = share(int(given.sum()), len(given))
        return [name, len(given), cell(part), float(np.median(paid)) if len(paid) else None, None, None]

    def _grid(self, code: str, unit: Unit, compared: list[Compared]) -> Grid:
        rows: list[list[Cell]] = []
        for one in sorted(compared, key=lambda one: one.place)[:MOST]:
            row = self._row(one.name, one.which)
            row[4], row[5] = cell(one.often.estimate, 100), _ratio(one.much)
            rows.append([*row, one.verdict])
        columns: list[tuple[str, Unit]] = [
            (_HEADS[code], unit), ("complaints", Unit.COUNT), ("given_share", Unit.SHARE), ("given_median", Unit.MONEY),
            ("often_apart", Unit.POINTS), ("much_apart", Unit.SHARE), ("verdict", Unit.CODE),
        ]  # fmt: skip
        names = self._named({**CHANNELS, **self.held.channels}, rows) if unit is Unit.BANK_CODE else {}
        return Grid(code, columns, rows, names=names)

    def _passed_over(self) -> Grid:
        """The loyal and quiet of the last year to whom nothing was given where others alike usually got something."""
        cases = self.cases
        newest = self.known.frames.past.window.month(LATELY - 1)
        passed = np.flatnonzero(cases.loyal & ~cases.loud & ~cases.given & (cases.month >= newest))
        rows: list[tuple[float, float, list[Cell]]] = []
        for at in passed.tolist():
            alike = (cases.kind == cases.kind[at]) & (cases.party != cases.party[at])
            got = alike & cases.given
            if alike.sum() < ALIKE or got.sum() < USUALLY * alike.sum():
                continue
            usual = float(got.sum() / alike.sum())
            middle = float(np.median(cases.amount[got]))
            told: list[Cell] = [cases.party[at], cases.day[at], cases.cause[at], int(alike.sum()), usual, middle]
            rows.append((-usual, -float(cases.assets[at]), told))
        rows.sort(key=lambda row: (row[0], row[1], str(row[2][0])))
        shown = [row for *_order, row in rows[:SHOWN]]
        columns: list[tuple[str, Unit]] = [
            ("customer", Unit.PARTY), ("received", Unit.DATE), ("cause", Unit.BANK_CODE), ("alike_n", Unit.COUNT),
            ("alike_given", Unit.SHARE), ("alike_median", Unit.MONEY),
        ]  # fmt: skip
        numbers: dict[str, tuple[Unit, Cell]] = {"n": (Unit.COUNT, len(shown)), "all": (Unit.COUNT, len(rows))}
        verdict = Verdict("passed_over_listed" if rows else "nobody_passed_over", numbers)
        causes = self.known.frames.past.thresholds.complaint_causes
        return Grid("passed_over", columns, shown, verdict, names=self._named(causes, shown, 2))

    def _named(self, told: Any, rows: list[list[Cell]], column: int = 0) -> dict[str, Name]:
        shown = {str(row[column]) for row in rows}
        return {code: told[code] for code in sorted(shown & set(told))}


@dataclass
class Compared:
    """One group beside all others: how often, and how much; ``found`` which of the two differ for sure."""

    name: str
    which: Flags
    often: Treated
    much: Treated
    found: dict[str, bool] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """In a word."""
        if self.often.p is None and self.much.p is None:
            return "too_few_alike"
        for name, more, less in (("often", "more_often", "less_often"), ("much", "larger", "smaller")):
            value = getattr(self, name).estimate.value
            if self.found.get(name) and value is not None:
                return more if value > 0 else less
        return "as_others"

    @property
    def place(self) -> tuple[float, str]:
        """What is least to be expected first."""
        told = [each.p for each in (self.often, self.much) if each.p is not None]
        return min(told, default=2.0), self.name


#: What the first column of each grid is called; those that may have a single row.
_HEADS = {
    "by_loudness": "loudness", "by_tier": "tier", "by_sex": "sex", "by_age": "age", "by_channel": "channel_code",
    "by_branch": "branch",
}  # fmt: skip
_SINGLE = ("by_loudness", "by_sex")


def _each(values: NDArray[np.object_]) -> dict[str, Flags]:
    """The groups of a column, the commonest last: of two that are each other's mirror the smaller is told."""
    names, counts = np.unique(values.astype(str), return_counts=True)
    order = sorted(zip(counts.tolist(), names.tolist(), strict=True))
    named = [name for _count, name in order if name]
    return {name: np.asarray(values == name, dtype=bool) for name in named}


def _ratio(much: Treated) -> Cell:
    """How many times as large, less one, with its interval."""
    found = much.estimate
    if found.value is None or found.low is None or found.high is None:
        return None
    return float(np.expm1(found.value)), float(np.expm1(found.low)), float(np.expm1(found.high))
