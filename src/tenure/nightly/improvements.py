"""What improvements and innovations changed: told by the desk, measured in the bank's answers and leavers (S29, S34).

Months are whole ones; the month in which something began belongs to neither side unless it began on its first day.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.insight import months
from tenure.insight.effects.alike import difference_alike
from tenure.insight.effects.before_after import BeforeAfter, before_after
from tenure.insight.intervals import share
from tenure.insight.months import CURVE
from tenure.nightly.topics import heard

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tenure.nightly.topics import Known

    Array = NDArray[np.float64]

#: Months looked at on either side; months within which somebody who spoke of a theme is followed.
SIDE, FOLLOWED = 12, 6
#: Fewer customers lost in both arms together tell nothing of leaving.
LOST_ENOUGH = 10
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
class _Bank:
    """What the measures look at, read once for all improvements."""

    known: Known
    every: Sequence[Improvement]
    cells: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def last(self) -> int:
        """The newest whole month."""
        window = self.known.frames.past.window
        return window.month(window.newest_end)

    @cached_property
    def answers(self) -> Any:
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


def measured(known: Known) -> list[dict[str, Any]]:
    """The rows of the published ``measured``."""
    every = told(known)
    bank = _Bank(known, every)
    return [row for one in every for row in _measures(bank, one)]


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


def _measures(bank: _Bank, one: Improvement) -> list[dict[str, Any]]:
    rows = []
    if one.treated:  # what starts everywhere at once leaves no branch to compare with
        rows = [_score(bank, one, "recommend", _promoters), _score(bank, one, "satisfaction", lambda value: value)]
        if one.themes:
            rows.append(_leaving(bank, one))
    if one.row["kind"] == "innovation":
        rows += _innovation(bank, one)
    return rows


def _promoters(value: Array) -> Array:
    """What each answer adds to the net promoter score: 100, 0 or −100."""
    return 100.0 * ((value >= 9).astype(np.float64) - (value <= 6))


def _grid(bank: _Bank, one: Improvement) -> tuple[list[int], list[int]]:
    """The months before and those after."""
    first = bank.known.frames.past.window.month(CURVE - 1)
    before = list(range(max(first, one.begins - SIDE), one.begins))
    return before, list(range(one.after, min(bank.last, one.after + SIDE - 1) + 1))


def _score(bank: _Bank, one: Improvement, name: str, of: Callable[[Array], Array]) -> dict[str, Any]:
    rows = bank.answers
    value = rows.column(name).to_numpy(zero_copy_only=False).astype(np.float64)
    kept = ~np.isnan(value)
    orgs = np.array(rows.column("org_id").to_pylist(), dtype=object)[kept]
    return _compared(bank, one, name, orgs, rows.column("month").to_numpy()[kept], of(value[kept]))


def _compared(
    bank: _Bank, one: Improvement, measure: str, orgs: NDArray[Any], month: NDArray[Any], value: Array
) -> dict[str, Any]:
    """One measure of an improvement from rows of a branch, a month and a figure."""
    arms, matched = bank.arms(one)
    before, after = _grid(bank, one)
    waves = [*before, *after]
    place = {wave: at for at, wave in enumerate(waves)}
    names = sorted(arms)
    row_of = {org: at for at, org in enumerate(names)}
    inside = [
        (row_of[o], place[m], v) for o, m, v in zip(orgs, month, value, strict=True) if o in row_of and m in place
    ]
    shape = (len(names), len(waves))
    count, total, squares = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    if inside:
        branch, wave, figure = (np.array(each) for each in zip(*inside, strict=True))
        np.add.at(count, (branch, wave), 1.0)
        np.add.at(total, (branch, wave), figure)
        np.add.at(squares, (branch, wave), figure**2)
    treated = np.array([arms[org] for org in names], dtype=bool)
    row = _row(one, measure, "waiting" if not after else "too_little_data", matched=matched)
    lines = {
        name: [_mean(total[arm, at], count[arm, at]) for at in range(len(waves))]
        for name, arm in (("treated", treated), ("control", ~treated))
    }
    row |= {
        "months": json.dumps([months.label(wave) for wave in waves]),
        "treated": json.dumps(lines["treated"]),
        "control": json.dumps(lines["control"]),
    }
    if not before or not after or not len(names):
        return row
    found = before_after(count, total, squares, treated, len(before))
    few = measure == "leaving" and total.sum() < LOST_ENOUGH
    return row | _figures(found, worse=measure == "leaving", few=few)


def _mean(total: Array, count: Array) -> float | None:
    return float(total.sum() / count.sum()) if count.sum() else None


def _figures(found: BeforeAfter, *, worse: bool, few: bool) -> dict[str, Any]:
    verdict = found.verdict
    if worse:  # the less the better
        verdict = {"helped": "hurt", "hurt": "helped"}.get(verdict, verdict)
    told: dict[str, Any] = {
        "verdict": "too_little_data" if few else verdict,
        "treated_before": _number(found.treated[0]),
        "treated_after": _number(found.treated[1]),
        "control_before": _number(found.control[0]),
        "control_after": _number(found.control[1]),
        "treated_n": found.rows[0],
        "control_n": found.rows[1],
        "treated_branches": found.branches[0],
        "control_branches": found.branches[1],
    }
    if few:
        return told
    return told | {
        "value": found.effect.value,
        "low": found.effect.low,
        "high": found.effect.high,
        "detectable": found.detectable,
        "trend": found.trend.value,
        "trend_low": found.trend.low,
        "trend_high": found.trend.high,
    }


def _leaving(bank: _Bank, one: Improvement) -> dict[str, Any]:
    """Of those who spoke of its themes in the six months before, how many were lost each month.

    After the beginning those are followed who spoke before it: who still speaks of a theme afterwards is already a
    result, and to follow them would compare unlike customers.
    """
    party, month, theme = bank.voices
    about = np.array([each in one.themes for each in theme], dtype=bool)
    spoke: dict[str, list[int]] = {}
    for who, when in zip(party[about], month[about], strict=True):
        if who is not None:
            spoke.setdefault(who, []).append(int(when))
    before, after = _grid(bank, one)
    orgs, waves, gone = [], [], []
    for who, moments in spoke.items():
        lost = bank.lost.get(who)
        for wave in (*before, *after):
            asked = min(wave, one.begins)
            if (lost is None or lost >= wave) and any(asked - FOLLOWED <= when < asked for when in moments):
                orgs.append(bank.at.get(who))
                waves.append(wave)
                gone.append(float(lost == wave))
    return _compared(bank, one, "leaving", np.array(orgs, dtype=object), np.array(waves), np.array(gone))


def _innovation(bank: _Bank, one: Improvement) -> list[dict[str, Any]]:
    rows = bank.customers
    ids, orgs = (np.array(rows.column(name).to_pylist(), dtype=object) for name in ("party_id", "org_id"))
    arms, _ = bank.arms(one)
    here = (
        np.array([arms.get(org, False) for org in orgs], dtype=bool) if one.treated else np.ones(len(ids), dtype=bool)
    )
    eligible = here & np.array([day is None for day in rows.column("left_on").to_pylist()])
    contacts, contacts_before = _contacts(bank, one)
    users = {who for who, n in contacts.items() if n > 0} if one.row["channel"] else _openers(bank, one)
    uses = np.array([who in users for who in ids], dtype=bool)
    n, adopted = int(eligible.sum()), int((eligible & uses).sum())
    found = share(adopted, n)
    adoption = _row(one, "adoption", "told" if n else "too_little_data") | {
        "value": found.value, "low": found.low, "high": found.high, "treated_n": n,
        "numbers": json.dumps({"eligible": n, "adopted": adopted}),
    }  # fmt: skip
    return [
        adoption,
        _recommended(bank, one, ids, eligible, uses),
        _saved(one, ids[eligible], contacts, contacts_before),
    ]


def _recommended(
    bank: _Bank, one: Improvement, ids: NDArray[Any], eligible: NDArray[np.bool_], uses: NDArray[np.bool_]
) -> dict[str, Any]:
    """Scores given since the beginning: of those who use it and of others of the same tier, age and habit."""
    rows, answers = bank.customers, bank.answers
    newest: dict[str, float] = {}
    for who, at, score in zip(
        *(answers.column(n).to_pylist() for n in ("party_id", "answered_at", "recommend")), strict=True
    ):
        if who is not None and score is not None and at.date() >= one.since:
            newest[who] = float(score)  # in the order of time: the last stays
    year = bank.known.as_of.year
    cells = [
        f"{tier}|{(year - born) // 15 if born else '?'}|{'?' if digital is None else int(digital * 3)}"
        for tier, born, digital in zip(*(rows.column(n).to_pylist() for n in ("tier", "born", "digital")), strict=True)
    ]
    told = eligible & np.array([who in newest for who in ids], dtype=bool)
    score = np.array([newest[who] for who in ids[told]], dtype=np.float64)
    cell, chose = np.array(cells, dtype=object).astype(str)[told], uses[told]
    found, mine, others = difference_alike(score, chose, cell) if len(score) else (None, 0, 0)
    row = _row(one, "adopters", "too_little_data") | {"treated_n": mine, "control_n": others}
    if found is None or found.value is None:
        return row
    return row | {
        "verdict": "told", "value": found.value, "low": found.low, "high": found.high,
        "treated_after": float(score[chose].mean()), "control_after": float(score[~chose].mean()),
    }  # fmt: skip


def _cubes(bank: _Bank, waves: Sequence[int], channel: str) -> dict[str, int]:
    """How often each customer made a transaction on the channel in these months."""
    found: dict[str, int] = {}
    cubes, accounts = bank.known.frames.past.cubes(), bank.known.accounts
    for wave in waves:
        if wave not in cubes:
            continue
        cube: ir.Table = cubes[wave]
        t = cube.inner_join(accounts.select("account_id", "party_id"), "account_id")
        t = t.group_by("party_id").aggregate(n=t[f"made_{channel}"].sum())
        for row in bank.known.rows(t.filter(t.n > 0)).to_pylist():
            found[row["party_id"]] = found.get(row["party_id"], 0) + int(row["n"])
    return found


def _contacts(bank: _Bank, one: Improvement) -> tuple[dict[str, int], dict[str, int]]:
    """Contacts on its channel since it began, and in as many months before; closed months only."""
    if not one.row["channel"]:
        return {}, {}
    after = list(range(one.begins, bank.last + 1))
    before = [wave - len(after) for wave in after]
    return _cubes(bank, after, one.row["channel"]), _cubes(bank, before, one.row["channel"])


def _openers(bank: _Bank, one: Improvement) -> set[str]:
    accounts = bank.known.accounts
    kept = accounts.filter((accounts.category == (one.row["category"] or "")) & (accounts.opened_on >= one.since))
    found = bank.known.rows(kept.select("party_id").distinct())
    return {str(party) for party in found.column("party_id").to_pylist()}


def _saved(
    one: Improvement, ids: NDArray[Any], contacts: Mapping[str, int], before: Mapping[str, int]
) -> dict[str, Any]:
    """What contacts beyond those of as many months before would have cost where they came from, less what they cost."""
    row = _row(one, "saving", "too_little_data")
    costs = one.row["contact_cost"], one.row["replaced_cost"]
    if not one.row["channel"] or None in costs:
        return row
    made, earlier = sum(contacts.get(who, 0) for who in ids), sum(before.get(who, 0) for who in ids)
    if not made:
        return row
    more = max(0, made - earlier)
    saved = more * (costs[1] - costs[0])
    numbers = {
        "contacts": made, "before": earlier, "more": more, "contact_cost": costs[0], "replaced_cost": costs[1],
        "saved": saved, "cost": one.row["cost"], "net": saved - (one.row["cost"] or 0),
    }  # fmt: skip
    return row | {"verdict": "told", "treated_n": made, "value": float(saved), "numbers": json.dumps(numbers)}


def _row(one: Improvement, measure: str, verdict: str, *, matched: bool = False) -> dict[str, Any]:
    return {
        "improvement_id": one.row["improvement_id"], "measure": measure, "verdict": verdict, "matched": matched,
        "since": one.since, "treated_n": 0, "control_n": 0, "treated_branches": 0, "control_branches": 0,
        "months": "[]", "treated": "[]", "control": "[]", "numbers": "{}",
    }  # fmt: skip


def _number(value: float) -> float | None:
    return None if value != value else float(value)
