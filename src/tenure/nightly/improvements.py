"""What improvements and innovations changed: told by the desk, measured in the bank's answers and leavers (S29, S34).

Months are whole ones; the month in which something began belongs to neither side unless it began on its first day.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.insight import months
from tenure.insight.effects.before_after import BeforeAfter, before_after
from tenure.insight.months import CURVE
from tenure.nightly.improved import Bank, Improvement, blank, told
from tenure.nightly.innovations import innovation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tenure.nightly.topics import Known

    Array = NDArray[np.float64]

#: Months looked at on either side; months within which somebody who spoke of a theme is followed.
SIDE, FOLLOWED = 12, 6
#: Fewer customers lost in both arms together tell nothing of leaving.
LOST_ENOUGH = 10


def measured(known: Known) -> list[dict[str, Any]]:
    """The rows of the published ``measured``."""
    every = told(known)
    bank = Bank(known, every)
    return [row for one in every for row in _measures(bank, one)]


def _measures(bank: Bank, one: Improvement) -> list[dict[str, Any]]:
    rows = []
    if one.treated:  # what starts everywhere at once leaves no branch to compare with
        rows = [_score(bank, one, "recommend", _promoters), _score(bank, one, "satisfaction", lambda value: value)]
        if one.themes:
            rows.append(_leaving(bank, one))
    if one.row["kind"] == "innovation":
        rows += innovation(bank, one)
    return rows


def _promoters(value: Array) -> Array:
    """What each answer adds to the net promoter score: 100, 0 or −100."""
    return 100.0 * ((value >= 9).astype(np.float64) - (value <= 6))


def _grid(bank: Bank, one: Improvement) -> tuple[list[int], list[int]]:
    """The months before and those after."""
    first = bank.known.frames.past.window.month(CURVE - 1)
    before = list(range(max(first, one.begins - SIDE), one.begins))
    return before, list(range(one.after, min(bank.last, one.after + SIDE - 1) + 1))


def _score(bank: Bank, one: Improvement, name: str, of: Callable[[Array], Array]) -> dict[str, Any]:
    rows = bank.answers
    value = rows.column(name).to_numpy(zero_copy_only=False).astype(np.float64)
    kept = ~np.isnan(value)
    orgs = np.array(rows.column("org_id").to_pylist(), dtype=object)[kept]
    return _compared(bank, one, name, orgs, rows.column("month").to_numpy()[kept], of(value[kept]))


def _compared(
    bank: Bank, one: Improvement, measure: str, orgs: NDArray[Any], month: NDArray[Any], value: Array
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
    row = blank(one, measure, "waiting" if not after else "too_little_data", matched=matched)
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


def _leaving(bank: Bank, one: Improvement) -> dict[str, Any]:
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


def _number(value: float) -> float | None:
    return None if value != value else float(value)
