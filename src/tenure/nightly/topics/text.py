"""What customers write (S22, S23): themes with their size, course, feeling and value at stake; causes of complaint.

The bank's themes are counted in each branch, so that branches can be compared; a branch shows its own examples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.contracts.findings import Cell, Curve, Figure, Figures, Grid, Line, Section, Unit, Verdict
from tenure.insight import months
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import Estimate, gap, jointly, mean, share, unknown
from tenure.insight.text.reading import gist
from tenure.insight.text.sentiment import DETRACTS, PROMOTES
from tenure.nightly.topics import Known, among, causes, cell, figure, said
from tenure.nightly.topics.verbatims import HAPPY, RECENT, UNHAPPY, UNTOLD, Verbatims

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Chosen = NDArray[np.bool_]

#: The months whose share is held against the nine before.
NEWEST = 3
#: Fewer verbatims of a branch, or judged ones of a theme, are read one by one.
ENOUGH, JUDGED = 20, 10
#: A month with fewer verbatims has no shares.
MONTH_ENOUGH = 10
#: Themes with a line of their own; with a row, in the bank and in a branch; with examples; examples each; branches.
LINES, ROWS, ROWS_HERE, SHOWN, EXAMPLES, BRANCHES = 4, 12, 8, 6, 2, 50
#: Themes found again on samples agree at least so well (adjusted Rand index).
STEADY = 0.8


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's themes, their course, its branches, causes of complaint; then each branch."""
    rows, found = known.voices
    told = None if found is None else Told(known, found)
    if told is None:
        number = Figure("verbatims", Unit.COUNT, rows.num_rows)
        yield known.bank, Figures("said", [number], Verdict("too_little_data", tone="warn"))
    if told is not None:
        everywhere = np.ones(len(told.of.texts), dtype=bool)
        yield known.bank, told.now(everywhere)
        yield known.bank, told.by_theme(everywhere)
        yield known.bank, told.by_month()
        if len(known.branches) > 1:
            yield known.bank, told.by_branch()
        yield known.bank, told.steadiness()
    yield from ((known.bank, section) for section in causes.sections(known, rows, told.of if told else None))
    if told is None:
        return
    yield known.bank, told.examples(everywhere)
    for org in known.branches:
        here = told.within(org)
        if org != known.bank and here.sum() >= ENOUGH:
            yield org, told.now(here)
            yield org, told.by_theme(here) if here.all() else told.here(here)
            yield org, told.examples(here)


@dataclass(frozen=True)
class Told:
    """The recent verbatims, and the sections that tell of those chosen: ``(n,)`` booleans."""

    known: Known
    of: Verbatims

    @cached_property
    def assets(self) -> dict[str, int]:
        """AUM of each customer who wrote something."""
        wrote = sorted({party for party in self.of.party_id if party})
        figures = self.known.figures
        found = self.known.rows(figures.filter(figures.aum.notnull()).select("party_id", "aum"))
        held: dict[str, Any] = {row["party_id"]: row["aum"] for row in found.to_pylist()}
        return {party: held[party] for party in wrote if party in held}

    def within(self, org: str) -> Chosen:
        """Those about the branch or one below it."""
        return among(self.of.org_id, self.known.below(org))

    def about(self, key: str) -> Chosen:
        """Those of the theme."""
        return np.asarray(self.of.theme == key, dtype=bool)

    def unhappy(self, chosen: Chosen) -> Estimate:
        """Share of the unhappy among survey answers whose words tell a feeling."""
        told = self.of.feeling[chosen]
        return share(int((told == UNHAPPY).sum()), int((told != UNTOLD).sum()))

    def recommend(self, chosen: Chosen) -> Estimate:
        """The mean score of the answers; unknown of few."""
        scores = self.of.recommend[chosen]
        scores = scores[~np.isnan(scores)]
        return mean(scores) if len(scores) >= JUDGED else unknown(len(scores))

    def at_stake(self, chosen: Chosen) -> int:
        """AUM of the customers who were unhappy when they said it, each once: a happy customer stakes nothing."""
        return self._held(self.speakers(chosen & self._unhappy_voice))

    def praised(self, chosen: Chosen) -> int:
        """AUM of the customers who only spoke well of it, each once."""
        return self._held(self.speakers(chosen & self._happy_voice) - self.speakers(chosen & self._unhappy_voice))

    def unhappy_customers(self, chosen: Chosen) -> int:
        """How many customers were unhappy when they said it."""
        return len(self.speakers(chosen & self._unhappy_voice))

    def speakers(self, chosen: Chosen) -> set[str]:
        """The customers who said it; words without a name are nobody's."""
        return {each for each in self.of.party_id[chosen] if each}

    def _held(self, who: set[str]) -> int:
        return sum(self.assets.get(party, 0) for party in who)

    def now(self, chosen: Chosen) -> Figures:
        """How much was written, how much of it names a theme, how much is unhappy; what is said most, what hurts."""
        n = int(chosen.sum())
        named = share(sum(key is not None for key in self.of.theme[chosen]), n)
        unhappy = self.unhappy(chosen)
        figures = [
            Figure("verbatims", Unit.COUNT, n),
            figure("unhappy", Unit.SHARE, unhappy),
            Figure("unhappy_assets", Unit.MONEY, self.at_stake(chosen)),
            Figure("named", Unit.SHARE, named.value, named.low, named.high, n),
        ]
        sizes = Counter(key for key in self.of.theme[chosen] if key is not None)
        if not sizes:
            return Figures("said", figures)
        most = min(sizes, key=lambda key: (-sizes[key], key))
        numbers: dict[str, tuple[Unit, Cell]] = {
            "n": (Unit.COUNT, n),
            "theme": (Unit.CODE, self.of.labelled(most)),
            "share": (Unit.SHARE, sizes[most] / n),
        }
        worst = self._worst(chosen, list(sizes))
        if worst is None:
            return Figures("said", figures, Verdict("said_most", numbers))
        key, hurt = worst
        numbers |= {
            "worst": (Unit.CODE, self.of.labelled(key)),
            "unhappy": (Unit.SHARE, hurt.value),
            "stake": (Unit.MONEY, self.at_stake(chosen & self.about(key))),
        }
        return Figures("said", figures, Verdict("said_most_and_worst", numbers, tone="warn"))

    @cached_property
    def _unhappy_voice(self) -> Chosen:
        """Complaints, cases, words that are unhappy; where words tell no feeling, the score speaks."""
        low = (self.of.feeling == UNTOLD) & (self.of.recommend <= DETRACTS)
        return np.asarray((self.of.feeling == UNHAPPY) | low | self.of.complaint, dtype=bool)

    @cached_property
    def _happy_voice(self) -> Chosen:
        high = (self.of.feeling == UNTOLD) & (self.of.recommend >= PROMOTES)
        return np.asarray(((self.of.feeling == HAPPY) | high) & ~self.of.complaint, dtype=bool)

    def _worst(self, chosen: Chosen, keys: list[str]) -> tuple[str, Estimate] | None:
        """The theme that is surely more unhappy than half, the largest number of the unhappy first."""
        found = []
        for key in sorted(keys):
            hurt = self.unhappy(chosen & self.about(key))
            if hurt.n >= JUDGED and hurt.low is not None and hurt.value is not None and hurt.low > 0.5:
                found.append((-hurt.value * hurt.n, key, hurt))
        return min(found)[1:] if found else None

    def by_theme(self, chosen: Chosen) -> Grid:
        """Each theme: size, course, feeling, score, and what stands behind it."""
        n = int(chosen.sum())
        newest = self.of.month >= self.known.frames.past.window.month(NEWEST - 1)
        level = jointly(len(self.of.keys))
        rows: list[list[Cell]] = []
        changed: list[tuple[float, str]] = []
        for key in self.of.keys:
            mine = chosen & self.about(key)
            halves = [(int((mine & half).sum()), int((chosen & half).sum())) for half in (newest, ~newest)]
            course = gap(share(*halves[0]), share(*halves[1]))
            sure = gap(share(*halves[0], level), share(*halves[1], level))
            if sure.excludes() and sure.value is not None:
                changed.append((sure.value, key))
            rows.append(
                [
                    self.of.labelled(key),
                    self.of.said_with(key),
                    int(mine.sum()),
                    int((mine & (self.of.source == "complaint")).sum()),
                    cell(share(int(mine.sum()), n)),
                    cell(course, 100),
                    self._judged(mine),
                    cell(self.recommend(mine)),
                    self.at_stake(mine),
                ]
            )
        columns = [
            ("theme", Unit.CODE),
            ("said_with", Unit.TEXT),
            ("verbatims", Unit.COUNT),
            ("complaints", Unit.COUNT),
            ("share", Unit.SHARE),
            ("course", Unit.POINTS),
            ("unhappy", Unit.SHARE),
            ("recommend", Unit.NUMBER),
            ("at_stake", Unit.MONEY),
        ]
        verdict = Verdict("no_course")
        if changed:
            points, key = max(changed, key=lambda one: (abs(one[0]), one[1]))
            verdict = Verdict(
                "grew" if points > 0 else "shrank",
                {"theme": (Unit.CODE, self.of.labelled(key)), "points": (Unit.POINTS, 100 * points)},
            )
        return Grid("themes", columns, rows[:ROWS], verdict)

    def here(self, here: Chosen) -> Grid:
        """A branch's themes beside those of all other branches."""
        n, others = int(here.sum()), int((~here).sum())
        level = jointly(len(self.of.keys))
        rows: list[tuple[int, list[Cell]]] = []
        apart: list[tuple[float, str]] = []
        for key in self.of.keys:
            mine, theirs = here & self.about(key), int((~here & self.about(key)).sum())
            count = int(mine.sum())
            if not count:
                continue
            sure = gap(share(count, n, level), share(theirs, others, level))
            if sure.excludes() and sure.value is not None and sure.value > 0:
                apart.append((sure.value, key))
            rows.append(
                (
                    -count,
                    [
                        self.of.labelled(key),
                        count,
                        cell(share(count, n)),
                        theirs / others,
                        self._judged(mine),
                        cell(self.recommend(mine)),
                        self.at_stake(mine),
                    ],
                )
            )
        columns = [
            ("theme", Unit.CODE),
            ("verbatims", Unit.COUNT),
            ("share", Unit.SHARE),
            ("elsewhere", Unit.SHARE),
            ("unhappy", Unit.SHARE),
            ("recommend", Unit.NUMBER),
            ("at_stake", Unit.MONEY),
        ]
        verdict = Verdict("like_the_others")
        if apart:
            points, key = max(apart)
            numbers: dict[str, tuple[Unit, Cell]] = {
                "theme": (Unit.CODE, self.of.labelled(key)),
                "points": (Unit.POINTS, 100 * points),
            }
            verdict = Verdict("stands_out", numbers)
        rows.sort(key=lambda row: row[0])
        return Grid("themes_here", columns, [cells for _, cells in rows[:ROWS_HERE]], verdict)

    def by_month(self) -> Curve:
        """The share of the largest themes in each month."""
        window = self.known.frames.past.window
        waves = [window.month(back) for back in reversed(range(RECENT))]
        sizes = [int((self.of.month == wave).sum()) for wave in waves]
        lines = []
        for key in self.of.keys[:LINES]:
            mine = self.about(key)
            counts = [int((mine & (self.of.month == wave)).sum()) for wave in waves]
            shares = [count / n if n >= MONTH_ENOUGH else None for count, n in zip(counts, sizes, strict=True)]
            lines.append(Line(self.of.labelled(key), shares))
        return Curve("by_month", Unit.MONTH, [months.label(wave) for wave in waves], Unit.SHARE, lines)

    def examples(self, chosen: Chosen) -> Grid:
        """For each theme the sentence most often said, and the newest other one: in the customers' own words."""
        rows: list[list[Cell]] = []
        sizes = Counter(key for key in self.of.theme[chosen] if key is not None)
        for key in sorted(sizes, key=lambda key: (-sizes[key], key))[:SHOWN]:
            spoken: dict[str, list[int]] = {}
            for at in np.flatnonzero(chosen & self.about(key)).tolist():
                spoken.setdefault(gist(self.of.texts[at]), []).append(at)
            ranked = sorted(spoken.values(), key=lambda places: (-len(places), -places[-1]))
            newest = sorted(ranked[1:], key=lambda places: -places[-1])
            for places in [*ranked[:1], *newest[: EXAMPLES - 1]]:
                scores = self.of.recommend[places]
                given = scores[~np.isnan(scores)]
                rows.append(
                    [
                        self.of.labelled(key),
                        self.of.texts[places[-1]],
                        len(places),
                        float(given.mean()) if len(given) else None,
                        self.of.day[places[-1]].isoformat(),
                    ]
                )
        columns = [
            ("theme", Unit.CODE),
            ("words", Unit.WORDS),
            ("times", Unit.COUNT),
            ("recommend", Unit.NUMBER),
            ("newest", Unit.DATE),
        ]
        return Grid("examples", columns, rows)

    def by_branch(self) -> Section:
        """Branches with enough verbatims: how unhappy, what they hear most, what only they hear so much of."""
        return said("branches", self._branches)

    def _branches(self) -> Grid:
        parents = {path.strip("/").split("/")[-2] for path in self.known.branches.values() if path.count("/") > 2}
        found = []
        for org in self.known.branches:
            here = self.within(org)
            if org in parents or here.sum() < ENOUGH:
                continue
            found.append((org, here))
        if not found:
            raise TooLittleData("no branch with enough verbatims")
        level = jointly(len(self.of.keys) * len(found))
        rows: list[tuple[float, list[Cell]]] = []
        widest: tuple[float, str, str] | None = None
        for org, here in found:
            n, others = int(here.sum()), int((~here).sum())
            sizes = Counter(key for key in self.of.theme[here] if key is not None)
            most = min(sizes, key=lambda key: (-sizes[key], key)) if sizes else None
            gaps = []
            for key in sizes:
                theirs = int((~here & self.about(key)).sum())
                sure = gap(share(sizes[key], n, level), share(theirs, others, level))
                if sure.excludes() and sure.value is not None and sure.value > 0:
                    gaps.append((sure.value, key, theirs / others))
            apart = max(gaps) if gaps else None
            if apart and (widest is None or apart[0] > widest[0]):
                widest = (apart[0], org, apart[1])
            unhappy = self.unhappy(here)
            rows.append(
                (
                    -(unhappy.value or 0.0),
                    [
                        org,
                        n,
                        cell(unhappy),
                        most and self.of.labelled(most),
                        apart and self.of.labelled(apart[1]),
                        apart and sizes[apart[1]] / n,
                        apart and apart[2],
                    ],
                )
            )
        columns = [
            ("branch", Unit.ORG),
            ("verbatims", Unit.COUNT),
            ("unhappy", Unit.SHARE),
            ("most", Unit.CODE),
            ("apart", Unit.CODE),
            ("apart_here", Unit.SHARE),
            ("elsewhere", Unit.SHARE),
        ]
        rows.sort(key=lambda row: (row[0], str(row[1][0])))
        verdict = Verdict("branches_alike")
        if widest is not None:
            points, org, key = widest
            verdict = Verdict(
                "branch_apart",
                {
                    "branch": (Unit.ORG, org),
                    "theme": (Unit.CODE, self.of.labelled(key)),
                    "points": (Unit.POINTS, 100 * points),
                },
                tone="warn",
            )
        return Grid("branches", columns, [cells for _, cells in rows[:BRANCHES]], verdict)

    def steadiness(self) -> Figures:
        """How much of the themes is the sample's doing, and how far the judgement of feelings can be relied on."""
        of = self.of
        figures = [
            Figure("steady", Unit.NUMBER, float(np.mean(of.steady)), min(of.steady), max(of.steady)),
            figure("right", Unit.SHARE, of.right),
        ]
        if of.kept.can_tell:
            figures.insert(1, figure("kept", Unit.SHARE, of.kept))
        if of.corrected or of.idle:
            figures.append(Figure("corrections", Unit.COUNT, len(of.corrected)))
        if of.idle:
            figures.append(Figure("corrections_idle", Unit.COUNT, of.idle))
        steady = float(np.mean(of.steady)) >= STEADY
        return Figures("steadiness", figures, Verdict("themes_steady" if steady else "themes_shaky"))

    def _judged(self, chosen: Chosen) -> Cell:
        found = self.unhappy(chosen)
        return cell(found) if found.n >= JUDGED else None
