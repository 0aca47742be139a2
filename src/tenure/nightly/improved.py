"""The improvements the desk told of, and what of the bank their measures look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.insight import months
from tenure.nightly.topics import heard

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tenure.nightly.topics import Known

#: Control branches the night takes for each branch treated, and at least in all.
NEAREST, CONTROLS = 3, 5
#: Improvements that are measured: from their beginning on, also once they are kept.
MEASURED = ("running", "measured", "kept")


@dataclass(frozen=True)
class Improvement:
    """An improvement as the desk told it: a row of the lake's ``improvement`` and the branches of its arms."""

    row: Mapping[str, Any]
    treated: Sequence[str]
    control: Sequence[str]

    @property
    def since(self) -> date:
        """The day it began."""
        day: date = self.row["starts_on"]
        return day

    @property
    def begins(self) -> int:
        """The serial of the month it began in."""
        return months.serial(self.since)

    @property
    def after(self) -> int:
        """The first month that is wholly after it began."""
        return self.begins if self.since.day == 1 else self.begins + 1

    @property
    def themes(self) -> set[str]:
        """Keys of its themes."""
        return set((self.row["themes"] or "").splitlines())


@dataclass(frozen=True)
class Bank:
    """What the measures look at, read once for all improvements."""

    known: Known
    every: Sequence[Improvement]

    @cached_property
    def last(self) -> int:
        """The newest whole month."""
        window = self.known.frames.past.window
        return window.month(window.newest_end)

    @cached_property
    def answers(self) -> Any:
        """Who answered what where and when, in the order of time."""
        rows = heard.answers(self.known)
        at = rows.answered_at
        month = (at.year().cast("int64") * 12 + at.month().cast("int64") - 1).cast("int64")
        return self.known.rows(
            rows.select(
                "party_id", "org_id", "recommend", "satisfaction", "answered_at", month=month
            ).order_by("answered_at")
        )  # fmt: skip

    @cached_property
    def voices(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Customer, month and theme of everything said in the months the night sees."""
        rows, found = self.known.voices
        if found is None:
            nothing = np.array([], dtype=object)
            return nothing, nothing, nothing
        texts = rows.column("words").to_pylist()
        different = list(dict.fromkeys(texts))
        of = dict(zip(different, found.themes.assign(different), strict=True))
        return (
            np.array(rows.column("party_id").to_pylist(), dtype=object),
            rows.column("month").to_numpy(),
            np.array([of[text] for text in texts], dtype=object),
        )

    @cached_property
    def customers(self) -> Any:
        """Every customer with their branch, tier, assets, age and habit."""
        figures = self.known.figures
        since = figures.birth_date
        return self.known.rows(
            figures.select(
                "party_id", "org_id", "tier", "aum", "left_on", born=since.year(),
                digital=figures.digital_share_12m,
            )
        )  # fmt: skip

    @cached_property
    def lost(self) -> dict[str, int]:
        """The month in which each lost customer was lost."""
        if self.known.losses is None:
            return {}
        rows = self.known.rows(self.known.losses.select("party_id", "lost"))
        return {str(row["party_id"]): int(row["lost"]) for row in rows.to_pylist() if row["lost"] is not None}

    @cached_property
    def at(self) -> dict[str, str]:
        """The branch of each customer."""
        rows = self.customers
        return dict(zip(rows.column("party_id").to_pylist(), rows.column("org_id").to_pylist(), strict=True))

    def arms(self, one: Improvement) -> tuple[dict[str, bool], bool]:
        """Each branch that counts, and whether it is treated; whether the night chose the control."""
        treated = {org for told in one.treated if told in self.known.branches for org in self.known.below(told)}
        if one.control:
            control = {org for told in one.control if told in self.known.branches for org in self.known.below(told)}
            return {**dict.fromkeys(control - treated, False), **dict.fromkeys(treated, True)}, False
        return {**dict.fromkeys(self._alike(one, treated), False), **dict.fromkeys(treated, True)}, True

    def _alike(self, one: Improvement, treated: set[str]) -> set[str]:
        """Branches most like those treated in how many customers they have and what these hold.

        Not in the score itself: branches chosen for a low score would rise by themselves (regression to the mean).
        Where another improvement of the same theme runs is no control.
        """
        elsewhere = {
            org for other in self.every if other is not one and other.themes & one.themes
            for told in other.treated if told in self.known.branches for org in self.known.below(told)
        }  # fmt: skip
        held: dict[str, list[int]] = {}
        rows = self.customers
        for org, aum in zip(rows.column("org_id").to_pylist(), rows.column("aum").to_pylist(), strict=True):
            held.setdefault(org, []).append(aum or 0)
        size = {
            org: np.array([np.log(len(each)), np.log1p(max(0, sum(each)) / len(each))]) for org, each in held.items()
        }
        free = sorted(set(size) - treated - elsewhere)
        if not free or not treated & set(size):
            return set(free)
        spread = np.std([size[org] for org in size], axis=0) + 1e-9
        chosen: set[str] = set()
        ranked = {
            org: sorted(free, key=lambda other: (float((((size[org] - size[other]) / spread) ** 2).sum()), other))
            for org in sorted(treated & set(size))
        }
        for nearest in ranked.values():
            chosen.update(nearest[:NEAREST])
        for other in [other for place in zip(*ranked.values(), strict=True) for other in place]:
            if len(chosen) >= CONTROLS:
                break
            chosen.add(other)
        return chosen


def told(known: Known) -> list[Improvement]:
    """The improvements that have begun by ``as_of`` and are measured."""
    table, branches = known.source("improvement"), known.source("improvement_branch")
    rows = known.rows(table.filter((table.starts_on <= known.as_of) & table.state.isin(MEASURED))).to_pylist()
    arms: dict[tuple[str, str], list[str]] = {}
    for row in known.rows(branches).to_pylist():
        arms.setdefault((row["improvement_id"], row["arm"]), []).append(row["org_id"])
    return [
        Improvement(
            row, arms.get((row["improvement_id"], "treated"), []), arms.get((row["improvement_id"], "control"), [])
        )
        for row in sorted(rows, key=lambda row: row["improvement_id"])
    ]


def blank(one: Improvement, measure: str, verdict: str, *, matched: bool = False) -> dict[str, Any]:
    """A row of the published ``measured`` that tells nothing yet."""
    return {
        "improvement_id": one.row["improvement_id"], "measure": measure, "verdict": verdict, "matched": matched,
        "since": one.since, "treated_n": 0, "control_n": 0, "treated_branches": 0, "control_branches": 0,
        "months": "[]", "treated": "[]", "control": "[]", "numbers": "{}",
    }  # fmt: skip
