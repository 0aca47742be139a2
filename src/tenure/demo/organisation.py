"""The bank itself: head office, city branch, sub-branches, outlets, and the people who work there."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.demo import names
from tenure.demo.chance import stream
from tenure.demo.clock import NEVER, Window, ordinal
from tenure.demo.places import DISTRICTS, ROADS_EN
from tenure.demo.settings import DemoBank

BANK = "锦江示范银行"
BANK_EN = "Jinjiang Demo Bank"


@dataclass(frozen=True)
class Unit:
    """One node of the branch tree."""

    org_id: str
    name: str
    name_en: str
    parent_id: str | None
    kind: str
    district: int
    opened: int


@dataclass
class Worker:
    """One employee; ``skill`` (0–1) is truth and never leaves ``truth/``."""

    staff_id: str
    name: str
    org_id: str
    role: str
    capacity: int | None
    joined: int
    left: int
    skill: float


@dataclass
class Organisation:
    """Units and workers; outlets are numbered from 0 in the order of ``outlets``."""

    units: list[Unit]
    workers: list[Worker]
    outlets: list[Unit]
    begging: int

    def outlet_ids(self) -> NDArray[np.object_]:
        """The outlets' numbers in order."""
        return np.array([u.org_id for u in self.outlets], object)

    def staff_at(self, org_id: str, role: str) -> list[int]:
        """Which workers (by position) hold a post at a unit."""
        return [i for i, w in enumerate(self.workers) if w.org_id == org_id and w.role == role]


def outlet_count(customers: int) -> int:
    """Outlets grow slower than customers: 2 at 500, 9 at 5,000, 43 at 100,000, 144 at a million.

    Nine, at three sub-branches, let an improvement that starts in some be compared with others.
    """
    return max(2, round(9 * (customers / 5000) ** (0.6 if customers < 5000 else 0.5233)))


def found(settings: DemoBank, window: Window) -> Organisation:
    """The branch tree with its standing staff; relationship managers are hired once customers are known."""
    rng = stream(settings.seed, "organisation")
    units = [
        Unit("0000000", f"{BANK}总行", f"{BANK_EN} Head Office", None, "head_office", 0, ordinal_of(1997)),
        Unit("0280000", "成都分行", "Chengdu Branch", "0000000", "branch", 0, ordinal_of(1998)),
    ]
    outlets: list[Unit] = []
    count = outlet_count(settings.customers)
    per_sub = min(max(math.ceil(count / max(2, count // 3)), 1), 9)
    for number in range(count):
        sub, place = divmod(number, per_sub)
        district = sub % len(DISTRICTS)
        zh, en, _, roads = DISTRICTS[district]
        round_ = sub // len(DISTRICTS)
        suffix, suffix_en = (f"第{'二三四五六七八九十'[round_ - 1]}", f" No. {round_ + 1}") if round_ else ("", "")
        sub_id = f"028{sub + 1:02d}00"
        if place == 0:
            opened = ordinal_of(1999) + int(rng.integers(0, 2000))
            units.append(
                Unit(
                    sub_id,
                    f"{zh[:-1]}{suffix}支行",
                    f"{en}{suffix_en} Sub-branch",
                    "0280000",
                    "sub_branch",
                    district,
                    opened,
                )
            )
        road = roads.split()[place % 6]
        mark, mark_en = (f"{suffix}", suffix_en) if round_ else ("", "")
        second, second_en = ("东", " East") if place >= 6 else ("", "")
        outlet = Unit(
            f"028{sub + 1:02d}{place + 1:02d}",
            f"{road}{second}{mark}网点",
            f"{ROADS_EN[road]}{second_en}{mark_en} Outlet",
            sub_id,
            "outlet",
            district,
            ordinal_of(2000) + int(rng.integers(0, 2500)),
        )
        units.append(outlet)
        outlets.append(outlet)
    organisation = Organisation(units, [], outlets, begging=1 % count)
    for unit in units:
        for role, number, capacity in _POSTS[unit.kind]:
            for _ in range(number):
                hire(organisation, rng, unit, role, capacity, window.start - int(rng.integers(200, 5000)))
    return organisation


_POSTS: dict[str, tuple[tuple[str, int, int | None], ...]] = {
    "head_office": (("executive", 2, None), ("auditor", 1, None), ("administrator", 1, None), ("analyst", 2, None)),
    "branch": (
        ("executive", 1, None),
        ("marketer", 2, None),
        ("complaint_handler", 2, 20),
        ("analyst", 1, None),
        ("administrator", 1, None),
        ("auditor", 1, None),
    ),
    "sub_branch": (("branch_head", 1, 3), ("marketer", 1, None), ("complaint_handler", 1, 15)),
    "outlet": (("branch_head", 1, 4), ("lobby_manager", 1, 10), ("teller", 3, None)),
}


def hire(
    organisation: Organisation,
    rng: np.random.Generator,
    unit: Unit,
    role: str,
    capacity: int | None,
    joined: int,
) -> int:
    """Add a worker and return their position."""
    born = 1996 - int(rng.integers(0, 33))
    male = rng.random(1) < 0.42
    surname = names.SURNAMES[int(names.draw_surnames(rng, 1)[0])]
    given = names.GIVEN[int(names.draw_given(rng, male, np.array([born]))[0])]
    skill = float(np.clip(rng.beta(3.2, 2.4), 0.08, 0.98))
    staff_id = f"{2000001 + len(organisation.workers)}"
    joined = max(joined, unit.opened)
    organisation.workers.append(Worker(staff_id, surname + given, unit.org_id, role, capacity, joined, NEVER, skill))
    return len(organisation.workers) - 1


def ordinal_of(year: int) -> int:
    """The first day of a year."""
    from datetime import date

    return ordinal(date(year, 1, 1))
