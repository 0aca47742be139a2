"""Who brought whom: newcomers who were introduced by a customer they are tied to, and those who were asked in vain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tenure.demo.chance import pick, stream
from tenure.demo.clock import NEVER, Window
from tenure.demo.companies import Companies, Jobs, Trade
from tenure.demo.families import share_home
from tenure.demo.lives import Leaving
from tenure.demo.people import Flags, Floats, Ints, People
from tenure.demo.settings import DemoBank

#: Kinds of tie, the closest first; a friend is a tie that no book of the bank tells.
TIES = ("household", "representative", "family", "supply", "colleague", "friend")
#: Chance that a customer of average temper brings a newcomer they are tied to; it is multiplied by their temper.
BRINGS = np.array([0.30, 0.35, 0.20, 0.12, 0.05, 0.12])
#: Of those who are asked along such a tie, the share who come.
COMES = np.array([0.50, 0.50, 0.35, 0.20, 0.15, 0.10])
#: One customer in two hundred is a connector: three times as willing, and with this many times the friends of others.
CONNECTORS, CONNECTOR, OTHER, FRIENDS = 0.005, 3.0, 0.99, 120
#: Share of introductions that the bank took down.
RECORDED = 0.8
#: Colleagues whom a newcomer really knows; days for which one must have been a customer to introduce another.
ACQUAINTED, SETTLED = 5, 100


@dataclass
class Introductions:
    """One entry per newcomer and older customer tied to them; and one per outsider who was asked and did not come.

    ``chance``: that the older customer brought them, had nobody else; ``brought``: that it was so (one of a newcomer's
    entries at most); ``recorded``: that the bank knows. ``connector`` marks, per party, who knows and brings many.
    """

    newcomer: Ints
    elder: Ints
    tie: Ints
    chance: Floats
    brought: Flags
    recorded: Flags
    refused_elder: Ints
    refused_tie: Ints
    refused_day: Ints
    connector: Flags


def draw(
    settings: DemoBank,
    window: Window,
    people: People,
    companies: Companies,
    jobs: Jobs,
    trade: Trade,
    leaving: Leaving,
) -> Introductions:
    """Draw who was brought by whom along the ties there are, the closest tie first."""
    rng = stream(settings.seed, "introductions")
    n, since = len(people), np.concatenate([people.since, companies.since])
    connector = rng.random(len(since)) < CONNECTORS
    fresh = np.flatnonzero(people.since > window.eve)
    newcomer, elder, tie = _candidates(rng, people, companies, jobs, trade, fresh, connector[:n])
    once = np.concatenate([people.copy_of < 0, np.ones(len(companies), bool)])
    fits = (since[newcomer] > window.eve) & (since[newcomer] <= window.end) & (since[elder] < since[newcomer] - SETTLED)
    fits &= (leaving.active_until[elder] > since[newcomer]) & once[newcomer] & once[elder] & (newcomer != elder)
    newcomer, elder, tie = newcomer[fits], elder[fits], tie[fits]
    order = np.lexsort((tie, elder, newcomer))
    newcomer, elder, tie = newcomer[order], elder[order], tie[order]
    first = np.ones(len(newcomer), bool)  # a spouse who is a colleague as well counts once, by the closer tie
    first[1:] = (newcomer[1:] != newcomer[:-1]) | (elder[1:] != elder[:-1])
    newcomer, elder, tie = newcomer[first], elder[first], tie[first]
    # of a friend one only knows that they are asked; who has more friends is already counted
    temper = np.where(tie == TIES.index("friend"), 1.0, np.where(connector[elder], CONNECTOR, OTHER))
    chance = BRINGS[tie] * temper
    luck = rng.random(len(newcomer))
    won = np.flatnonzero(luck < chance)
    won = won[np.lexsort((luck[won], tie[won], newcomer[won]))]
    leads = np.ones(len(won), bool)
    leads[1:] = newcomer[won][1:] != newcomer[won][:-1]
    brought = np.zeros(len(newcomer), bool)
    brought[won[leads]] = True
    recorded = brought & (rng.random(len(newcomer)) < RECORDED)
    refused_elder, refused_tie, refused_day = _refused(rng, window, elder, tie, chance, brought, since)
    return Introductions(
        newcomer, elder, tie, chance, brought, recorded, refused_elder, refused_tie, refused_day, connector
    )


def _candidates(
    rng: np.random.Generator,
    people: People,
    companies: Companies,
    jobs: Jobs,
    trade: Trade,
    fresh: Ints,
    connector: Flags,
) -> tuple[Ints, Ints, Ints]:
    """Newcomer, older customer and kind of tie, in either order of age; who came first is not looked at here."""
    n = len(people)
    kin = [(who := np.flatnonzero(of >= 0), of[who]) for of in (people.spouse, people.father, people.mother)]
    kin += [(parent, child) for child, parent in kin[1:]]
    one, other = np.concatenate([a for a, _ in kin]), np.concatenate([b for _, b in kin])
    home = share_home(people, one, other)
    firm = np.flatnonzero(companies.legal >= 0)
    works = np.flatnonzero((jobs.employer >= 0) & (jobs.begins < NEVER))
    staff = works[np.argsort(jobs.employer[works], kind="stable")]
    clerk = fresh[(jobs.employer[fresh] >= 0) & (jobs.begins[fresh] < NEVER)]
    begin, stop = (np.searchsorted(jobs.employer[staff], jobs.employer[clerk], side) for side in ("left", "right"))
    place = begin[:, None] + (rng.random((len(clerk), ACQUAINTED)) * (stop - begin)[:, None]).astype(np.int64)
    friend = pick(rng, np.where(connector, float(FRIENDS), 1.0), len(fresh))
    parts = (
        (one[home], other[home], "household"),
        (one[~home], other[~home], "family"),
        (n + firm, companies.legal[firm], "representative"),
        (n + trade.buyer, n + trade.supplier, "supply"),
        (n + trade.supplier, n + trade.buyer, "supply"),
        (np.repeat(clerk, ACQUAINTED), staff[place].ravel(), "colleague"),
        (fresh, friend, "friend"),
    )
    tie = np.repeat([TIES.index(kind) for _, _, kind in parts], [len(a) for a, _, _ in parts])
    return np.concatenate([a for a, _, _ in parts]), np.concatenate([b for _, b, _ in parts]), tie


def _refused(
    rng: np.random.Generator, window: Window, elder: Ints, tie: Ints, chance: Floats, brought: Flags, since: Ints
) -> tuple[Ints, Ints, Ints]:
    """Who asked an outsider in vain, along which tie and when: as many as the share who come leaves."""
    elders, ties = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for kind, comes in enumerate(COMES):
        here = np.flatnonzero(tie == kind)
        count = int(brought[here].sum())
        if count:
            vain = int((rng.geometric(comes, count) - 1).sum())
            elders.append(elder[here[pick(rng, chance[here], vain)]])
            ties.append(np.full(vain, kind, np.int64))
    who = np.concatenate(elders)
    begins = np.maximum(since[who] + SETTLED, window.start).clip(max=window.end)
    day = begins + (rng.random(len(who)) * (window.end - begins + 1)).astype(np.int64)
    return who, np.concatenate(ties), day
