"""Outlets: who comes, when, how long they wait, who gives up; first come, first served at a few counters."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from tenure.contracts import codes
from tenure.demo.chance import pick, pick_rows, stream
from tenure.demo.clock import NEVER, Window
from tenure.demo.companies import Companies
from tenure.demo.organisation import Organisation
from tenure.demo.people import RETIRED, Flags, Ints, People
from tenure.demo.settings import DemoBank

SERVICES = tuple(codes.TICKET_SERVICES)
CASH, OTHER, WEALTH, CORPORATE, LOAN = range(len(SERVICES))
OPENS, CLOSES = 9 * 3600, 17 * 3600
_PATIENCE = 75 * 60
# Arrivals by half hour from 9:00: pensioners come when the doors open, the rest around noon and before four.
_ARRIVALS = np.array([14, 15, 13, 11, 9, 6, 4, 4, 6, 8, 9, 8, 6, 4, 2, 0.6])


@dataclass
class Tickets:
    """One entry per ticket; ``party`` is −1 for a walk-in; seconds of the day, −1 where it did not happen."""

    outlet: Ints
    day: Ints
    taken: Ints
    party: Ints
    service: Ints
    called: Ints
    ended: Ints
    counter: Ints


def visit(
    settings: DemoBank,
    window: Window,
    organisation: Organisation,
    people: People,
    companies: Companies,
    since: Ints,
    ends: Ints,
) -> Tickets:
    """Visits of customers and walk-ins over the history, served at the outlets' counters.

    ``since`` and ``ends`` bound each party's life with the bank (people, then companies).
    """
    rng = stream(settings.seed, "visits")
    n = len(people)
    retired = people.occupation == RETIRED
    rate = np.where(people.quiet, 0.006, 0.03 + 2.1 * np.maximum(1 - people.digital, 0) ** 2.2)
    rate = np.concatenate([rate, np.full(len(companies), 0.55)])
    outlet_of = np.concatenate([people.outlet, companies.outlet])
    weight = np.where(window.holiday, 0.0, np.where(window.weekday < 5, 1.0, 0.35))
    open_days = np.flatnonzero(weight > 0)
    party_parts: list[Ints] = []
    day_parts: list[Ints] = []
    for month in range(window.months):
        first, last = int(window.month_starts[month]), int(window.month_ends[month])
        count = rng.poisson(rate * (last - first + 1) / 30.4)
        who = np.repeat(np.arange(len(rate)), count)
        here = weight[first - window.start : last - window.start + 1]
        if not here.sum():
            continue
        day = first + pick(rng, here, len(who))
        pension = (who < n) & retired[np.minimum(who, n - 1)] & (rng.random(len(who)) < 0.45)
        day = np.where(pension, window.working(np.minimum(first + 14 + rng.integers(0, 3, len(who)), last)), day)
        alive = (day > since[who]) & (day < ends[who])
        party_parts.append(who[alive])
        day_parts.append(day[alive])
    party, day = np.concatenate(party_parts), np.concatenate(day_parts)
    outlets = len(organisation.outlets)
    own = len(party) / outlets / max(len(open_days), 1)
    strangers = rng.poisson(np.maximum(24 - own, 4) * np.tile(weight[open_days], (outlets, 1)))
    at, when = np.nonzero(strangers)
    repeat = strangers[at, when]
    outlet = np.concatenate([outlet_of[party], np.repeat(at, repeat)])
    day = np.concatenate([day, np.repeat(window.start + open_days[when], repeat)])
    party = np.concatenate([party, np.full(int(repeat.sum()), -1)])
    elderly = np.concatenate([people.age(window.start) > 60, np.zeros(len(companies), bool)])[party.clip(0)]
    services = np.where((party >= 0) & elderly, 1, 0)
    weights = np.array([[34, 40, 14, 0, 12], [58, 30, 11, 0, 1]], float)[services]
    service = np.where(party >= n, CORPORATE, pick_rows(rng, weights))
    early = np.where(elderly & (rng.random(len(party)) < 0.5), 0.45, 1.0)
    edges = np.cumsum(_ARRIVALS)
    half = np.searchsorted(edges, rng.random(len(party)) * edges[-1] * early, side="right")
    taken = OPENS + half * 1800 + rng.integers(0, 1800, len(party))
    order = np.argsort((outlet * NEVER + day) * 86_400 + taken, kind="stable")
    outlet, day, taken, party, service = (x[order] for x in (outlet, day, taken, party, service))
    mean = np.array([6.5, 8.5, 15.0, 13.0, 17.0])[service] * 60
    length = np.clip(mean * np.exp(0.55 * rng.standard_normal(len(party)) - 0.15), 60, 5400).astype(np.int64)
    patience = rng.exponential(_PATIENCE, len(party)).astype(np.int64) + 240
    per_day = np.bincount(outlet, minlength=outlets) / max(len(open_days), 1)
    # A further counter opens on some days; at some outlets on most, at others seldom.
    usual = np.maximum(np.round(per_day / 26), 1).astype(np.int64)
    generous = rng.uniform(0.05, 0.8, outlets)
    extra = rng.random((outlets, len(window.days))) < generous[:, None]
    counters = usual[outlet] + extra[outlet, day - window.start]
    called, ended, counter = _serve(outlet, day, taken, length, patience, counters)
    return Tickets(outlet, day, taken, party, service, called, ended, counter)


def _serve(
    outlet: Ints, day: Ints, taken: Ints, length: Ints, patience: Ints, counters: Ints
) -> tuple[Ints, Ints, Ints]:
    """First come, first served, outlet by outlet and day by day; whoever's patience ends first goes home."""
    called = np.full(len(outlet), -1, np.int64)
    ended, counter = called.copy(), called.copy()
    heads = np.flatnonzero(np.diff(outlet * NEVER + day, prepend=-1))
    tails = np.append(heads[1:], len(outlet))
    came, stays, waits = taken.tolist(), length.tolist(), patience.tolist()
    for head, tail, desks in zip(heads.tolist(), tails.tolist(), counters[heads].tolist(), strict=True):
        free = [(OPENS, desk) for desk in range(desks)]
        for ticket in range(head, tail):
            at, desk = free[0]
            begins = max(at, came[ticket] + 20)
            if begins - came[ticket] > waits[ticket]:
                continue
            done = begins + stays[ticket]
            heapq.heapreplace(free, (done, desk))
            called[ticket], ended[ticket], counter[ticket] = begins, done, desk
    return called, ended, counter


def served(tickets: Tickets) -> Flags:
    """Tickets of those who were served."""
    return np.asarray(tickets.called >= 0)
