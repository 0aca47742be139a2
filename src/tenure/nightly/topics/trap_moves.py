"""Who moved from quadrant to quadrant of satisfaction and loyalty, from one month's end to the next (S20).

Both ends are judged alike, by the rules of the list and with what was known then: the newest answer of the year before,
the deeds as they stood, and a leaving probability of trees that had seen nothing later (or none at either end). So a
night that starts from nothing tells the same as one that has run every day, and what is learned later changes no past.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.contracts import codes
from tenure.contracts.findings import Cell, Grid, Section, Unit, Verdict
from tenure.insight import months, trap
from tenure.insight.intervals import share
from tenure.nightly.topics import Known, cell, trap_past

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Months back whose ends are compared: the last closed one and the one before it.
ENDS = (2, 1)
#: Beside the quadrants: no answer of the last year or no behaviour to be read; lost, or hardly anything left.
SILENT, GONE = "silent", "gone"
#: Customers named.
_MOST = 50
_FROM = (*trap.QUADRANTS, SILENT)
_TO = (*trap.QUADRANTS, SILENT, GONE)


@dataclass(frozen=True)
class End:
    """One month's end: by customer (sorted) their quadrant, :data:`SILENT` among them, and average assets."""

    month: str
    place: dict[str, str]
    assets: dict[str, int]
    tier: dict[str, str]
    org: dict[str, str]
    satisfaction: dict[str, int]


@dataclass(frozen=True)
class Moves:
    """Both ends, and whether a leaving probability was among what was judged by."""

    before: End
    after: End
    by_probability: bool

    def of(self, orgs: set[str] | None) -> Counter[tuple[str, str]]:
        """How many went from where to where, of some branches or of all; who was not here before is not counted."""
        return Counter(
            (place, self.after.place.get(party, GONE))
            for party, place in self.before.place.items()
            if orgs is None or self.before.org[party] in orgs
        )

    def into(self, orgs: set[str] | None) -> list[str]:
        """Who came into satisfied-but-leaving from elsewhere, the most assets first."""
        found = [
            party
            for party, place in self.after.place.items()
            if place == "trapped"
            and self.before.place.get(party) != "trapped"
            and (orgs is None or self.after.org[party] in orgs)
        ]
        return sorted(found, key=lambda party: (-self.after.assets[party], party))


def between(known: Known) -> Moves:
    """The quadrants at the last two months' ends."""
    chances = trap_past.chances(known, ENDS)
    before, after = (_end(known, back, chance) for back, chance in zip(ENDS, chances, strict=True))
    return Moves(before, after, chances[0] is not None)


def sections(known: Known, moved: Moves) -> Iterator[tuple[str, Section]]:
    """The bank's table and list of who moved into satisfied-but-leaving, then each branch's."""
    yield known.bank, _table(moved, None)
    yield known.bank, _came(moved, None)
    for org in known.branches:
        below = known.below(org)
        if org != known.bank and any(place[0] != SILENT for place in moved.of(below)):
            yield org, _table(moved, below)
            yield org, _came(moved, below)


def _end(known: Known, back: int, chance: Any) -> End:
    rows, done, rules = trap_past.standing(known, back, chance)
    said = rows.column("satisfaction").to_pylist()
    content = np.array([answer is not None and answer >= rules.satisfied_from for answer in said], dtype=bool)
    told = np.array([answer is not None for answer in said], dtype=bool) & done.known
    place: NDArray[np.int64] = np.where(content, 0, 2) + done.leaving
    parties = [str(one) for one in rows.column("party_id").to_pylist()]
    quadrant = [trap.QUADRANTS[p] if t else SILENT for p, t in zip(place, told, strict=True)]
    tiers = [codes.TIER_ORDER[t] for t in rows.column("tier").to_numpy(zero_copy_only=False).astype(int).tolist()]
    assets = rows.column("assets").to_numpy(zero_copy_only=False).astype(np.int64).tolist()
    return End(
        month=months.label(known.frames.past.window.month(back)),
        place=dict(zip(parties, quadrant, strict=True)),
        assets=dict(zip(parties, assets, strict=True)),
        tier=dict(zip(parties, tiers, strict=True)),
        org=dict(zip(parties, (str(o) for o in rows.column("org_id").to_pylist()), strict=True)),
        satisfaction={p: int(a) for p, a in zip(parties, said, strict=True) if a is not None},
    )


def _table(moved: Moves, orgs: set[str] | None) -> Grid:
    """From each quadrant to each: how many, their share of it with its interval, and the assets they had before."""
    counts, worth = moved.of(orgs), Counter[tuple[str, str]]()
    for party, place in moved.before.place.items():
        if orgs is None or moved.before.org[party] in orgs:
            worth[place, moved.after.place.get(party, GONE)] += moved.before.assets[party]
    rows: list[list[Cell]] = []
    for start in _FROM:
        whole = sum(n for (place, _to), n in counts.items() if place == start)
        for end in _TO:
            if n := counts[start, end]:
                rows.append([start, end, n, cell(share(n, whole)), worth[start, end]])
    columns = [
        ("from_quadrant", Unit.CODE), ("to_quadrant", Unit.CODE), ("customers", Unit.COUNT),
        ("part_of_from", Unit.SHARE), ("moved_assets", Unit.MONEY),
    ]  # fmt: skip
    stayed = sum(n for (place, _to), n in counts.items() if place == "loyal_satisfied")
    turned = counts["loyal_satisfied", "trapped"]
    numbers: dict[str, tuple[Unit, Cell]] = {
        "before": (Unit.MONTH, moved.before.month),
        "after": (Unit.MONTH, moved.after.month),
        "n": (Unit.COUNT, turned),
        "of": (Unit.COUNT, stayed),
        "assets": (Unit.MONEY, worth["loyal_satisfied", "trapped"]),
        "back": (Unit.COUNT, counts["trapped", "loyal_satisfied"]),
        "gone": (Unit.COUNT, counts["trapped", GONE]),
        "basis": (Unit.CODE, "by_outlook" if moved.by_probability else "by_deeds"),
    }
    if not any(place != SILENT for place, _to in counts):
        return Grid("moves", columns, [], Verdict("moves_nobody", {"before": numbers["before"]}, "warn"))
    return Grid("moves", columns, rows, Verdict("moves_are", numbers, "bad" if turned else ""))


def _came(moved: Moves, orgs: set[str] | None) -> Grid:
    """Who came into satisfied-but-leaving within the month, by name."""
    after, before = moved.after, moved.before
    found = moved.into(orgs)
    rows: list[list[Cell]] = [
        [
            party, after.tier[party], after.assets[party], after.assets[party] - before.assets.get(party, 0),
            after.satisfaction.get(party), before.place.get(party, "newly_here"),
        ]
        for party in found[:_MOST]
    ]  # fmt: skip
    columns = [
        ("customer", Unit.PARTY), ("tier", Unit.TIER), ("assets", Unit.MONEY), ("assets_change", Unit.MONEY),
        ("answer", Unit.COUNT), ("from_quadrant", Unit.CODE),
    ]  # fmt: skip
    numbers: dict[str, tuple[Unit, Cell]] = {
        "n": (Unit.COUNT, len(found)),
        "shown": (Unit.COUNT, len(rows)),
        "after": (Unit.MONTH, after.month),
        "assets": (Unit.MONEY, sum(after.assets[party] for party in found)),
    }
    return Grid("moved_in", columns, rows, Verdict("moved_in_some" if rows else "moved_in_nobody", numbers))
