"""How credit is counted: days, margin, and shares that add up to the last minor unit. Pure: no database here."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

PROPOSED, IN_FORCE, OBJECTED, DISPUTED, REPLACED, REFUSED = (
    "proposed",
    "in_force",
    "objected",
    "disputed",
    "replaced",
    "refused",
)
#: An agreement that is neither in force nor past.
UNDER_WAY = (PROPOSED, OBJECTED, DISPUTED)
SETTLED = (IN_FORCE, REPLACED, REFUSED)
PARTS = ("found", "won", "serves")
#: People named for one part at most.
MOST_PEOPLE = 10


def sums_to_a_hundred(shares: Iterable[tuple[str, str, int]]) -> str:
    """The first part whose percentages of ``(part, person, percent)`` do not sum to 100; empty where all do."""
    sums: Counter[str] = Counter()
    for part, _person, percent in shares:
        sums[part] += percent
    return next((part for part in PARTS if sums[part] != 100), "")


def credit_days(
    month: dt.date, won_on: dt.date, credit_until: dt.date, since: dt.date, until: dt.date | None, today: dt.date
) -> int:
    """Days of ``month`` (its first day) on which what was won gives credit under one agreement.

    The day it was won counts, the day credit ends does not; the agreement holds from ``since`` until the day before
    ``until``. Of a month that is not over, the days up to ``today`` count.
    """
    after = (month + dt.timedelta(days=32)).replace(day=1)
    begin = max(month, won_on, since)
    end = min(after, credit_until, today + dt.timedelta(days=1), *([until] if until is not None else []))
    return max((end - begin).days, 0)


def margin(amount: int, spread_ppm: int, days: int) -> int:
    """What ``amount`` earns in ``days`` at its transfer-price spread: amount × spread × days ÷ 365, rounded half up."""
    return (2 * amount * spread_ppm * days + 365 * 1_000_000) // (2 * 365 * 1_000_000)


def split(total: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """``total`` (0 or more) shared out by ``weights`` (whole, 0 or more, not all 0) to the last minor unit.

    Largest remainder: everybody gets the whole part of theirs, and the units left over go one each to the largest
    rests, the first named first. The parts sum to ``total`` and none is a unit or more from its exact share.
    """
    whole = sum(weights.values())
    found = {key: total * weight // whole for key, weight in weights.items()}
    left = total - sum(found.values())
    by_rest = sorted(weights, key=lambda key: -(total * weights[key] % whole))  # stable: the first named first
    for key in by_rest[:left]:
        found[key] += 1
    return found


def weighted(shares: Iterable[tuple[str, str, int]], weights: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """What each ``(part, person)`` weighs of ten thousand: the part's weight × the person's percentage of it."""
    return {(part, person): weights[part] * percent for part, person, percent in shares}


def common_branch(paths: Iterable[str]) -> str:
    """The lowest branch that all ``paths`` lie at or below; ``/`` where they share none."""
    steps = [[step for step in path.split("/") if step] for path in paths]
    shared: list[str] = []
    for level in zip(*steps, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return "/" + "".join(f"{step}/" for step in shared)


def above(path: str) -> str:
    """The branch above ``path``; the whole bank's is its own."""
    return path.rstrip("/").rpartition("/")[0] + "/"


def month_of(text: str, today: dt.date) -> dt.date:
    """The first day of the month ``YYYY-MM``; this month's for anything else, and for a month to come."""
    try:
        asked = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return min(asked, today.replace(day=1))
