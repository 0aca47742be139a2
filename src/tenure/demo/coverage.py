"""Who looks after whom: relationship managers are hired for the valued customers, the rest stay in the pool."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tenure.contracts import codes
from tenure.demo.chance import stream
from tenure.demo.clock import NEVER, Window
from tenure.demo.companies import Companies
from tenure.demo.organisation import Organisation, hire
from tenure.demo.people import Ints, People
from tenure.demo.settings import DemoBank

ROLES = tuple(codes.COVERAGE_ROLES)
#: Yuan from which a person is worth a manager of their own, and how many such people one manager can keep.
VALUED, PORTFOLIO = 60_000, 210


@dataclass
class Coverage:
    """Assignments (party, worker, role, since, until) and the lead of each party at the end (−1: common pool)."""

    party: Ints
    worker: Ints
    role: Ints
    since: Ints
    until: Ints
    lead: Ints

    def leads_on(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Party, worker, since, until of the lead assignments."""
        lead = self.role == ROLES.index("lead")
        return self.party[lead], self.worker[lead], self.since[lead], self.until[lead]


def assign(
    settings: DemoBank, window: Window, organisation: Organisation, people: People, companies: Companies
) -> Coverage:
    """Hire managers and divide the valued customers among them, richest first; some managers leave and hand over."""
    rng = stream(settings.seed, "coverage")
    n = len(people)
    rows: list[tuple[Ints, int, str, int, int]] = []
    lead = np.full(n + len(companies), -1, np.int64)
    chosen = rng.random(n)
    units = {u.org_id: u for u in organisation.units}
    for place, outlet in enumerate(organisation.outlets):
        mine = np.flatnonzero((people.outlet == place) & (people.wealth >= VALUED) & ~people.quiet)
        mine = mine[(chosen[mine] < 0.88) | (people.wealth[mine] > 1_000_000)]
        mine = mine[np.argsort(-people.wealth[mine], kind="stable")]
        managers = max(1, round(len(mine) / PORTFOLIO))
        mine = mine[: managers * 290]
        team = [
            hire(organisation, rng, outlet, "relationship_manager", int(rng.integers(8, 16)), window.start - 600)
            for _ in range(managers)
        ]
        for turn, worker in enumerate(team):
            own = mine[turn::managers]
            gone = rng.random() < 0.12 and window.end - window.start > 200
            if gone:
                leaves = int(rng.integers(window.start + 120, window.end - 30))
                organisation.workers[worker].left = leaves
                heir = hire(organisation, rng, outlet, "relationship_manager", 10, leaves - 20)
                rows.append((own[people.since[own] < leaves - 20], worker, "lead", window.start - 500, leaves))
                rows.append((own, heir, "lead", leaves + 1, NEVER))
                lead[own] = heir
            else:
                rows.append((own, worker, "lead", window.start - 500, NEVER))
                lead[own] = worker
            if managers > 1:
                shared = own[rng.random(len(own)) < 0.08]
                rows.append((shared, team[(turn + 1) % managers], "support", window.start - 200, NEVER))
    for sub in sorted({u.parent_id for u in organisation.outlets if u.parent_id}):
        below = [i for i, u in enumerate(organisation.outlets) if u.parent_id == sub]
        firms = np.flatnonzero(np.isin(companies.outlet, below) & (rng.random(len(companies)) < 0.8))
        count = max(1, round(len(firms) / 90))
        for turn in range(count):
            worker = hire(organisation, rng, units[sub], "relationship_manager", 6, window.start - 600)
            own = firms[turn::count]
            rows.append((n + own, worker, "lead", window.start - 500, NEVER))
            lead[n + own] = worker
            bosses = np.unique(companies.legal[own])
            rows.append((bosses[bosses >= 0], worker, "credit", window.start - 300, NEVER))
    party = np.concatenate([r[0] for r in rows])
    size = [len(r[0]) for r in rows]
    since = np.repeat([r[3] for r in rows], size)
    began = np.concatenate([people.since, companies.since])[party] + 3
    return Coverage(
        party=party,
        worker=np.repeat([r[1] for r in rows], size),
        role=np.repeat([ROLES.index(r[2]) for r in rows], size),
        since=np.maximum(since, began),
        until=np.repeat([r[4] for r in rows], size),
        lead=lead,
    )
