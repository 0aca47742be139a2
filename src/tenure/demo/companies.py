"""Companies: industry, size, owners, staff on the payroll, suppliers and buyers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.demo.chance import pick, stream
from tenure.demo.clock import NEVER, Window
from tenure.demo.organisation import Organisation
from tenure.demo.people import EMPLOYED, OWNER, TRADER, Flags, Floats, Ints, People
from tenure.demo.places import COMPANY_FIRST, COMPANY_FORMS, COMPANY_PREFIXES, COMPANY_SECOND, INDUSTRIES
from tenure.demo.settings import DemoBank

_PAYDAYS = np.array([5, 8, 10, 15, 20, 25])


@dataclass
class Companies:
    """One entry per company; people are named by their position among people, companies among companies.

    ``owner`` holds ``owner_share`` percent; where there is a ``parent`` company, that holds the rest.
    """

    name: list[str]
    industry: Ints
    founded: Ints
    since: Ints
    outlet: Ints
    district: Ints
    turnover: Floats
    balance: Floats
    payday: Ints
    pays: Flags
    legal: Ints
    owner: Ints
    owner_share: Floats
    parent: Ints
    satisfaction: Floats
    loyalty: Floats
    response: Ints

    def __len__(self) -> int:
        return len(self.industry)


@dataclass
class Jobs:
    """Who works where: the employer (−1: none, or not a customer), whether pay arrives here, and when it began."""

    employer: Ints
    paid_here: Flags
    begins: Ints


@dataclass
class Trade:
    """Supplier–buyer pairs: the buyer pays the supplier on most months, on its own day."""

    supplier: Ints
    buyer: Ints
    since: Ints
    amount: NDArray[np.int64]
    day: Ints


def draw(settings: DemoBank, window: Window, organisation: Organisation, people: People) -> Companies:
    """Every company, with a legal representative and an owner taken from the people where one can be found."""
    rng = stream(settings.seed, "companies")
    c = settings.company_count
    industry = pick(rng, [3, 5, 2.5, 3, 2, 1.5, 1.2, 1, 1.5, 1.5], c)
    turnover = np.round(np.minimum(2_600_000 * np.exp(1.35 * rng.standard_normal(c)), 900_000_000), -3)
    since = np.where(
        rng.random(c) < 0.85,
        window.start - 40 - rng.exponential(1800, c).astype(np.int64).clip(0, 7000),
        window.start + 1 + (rng.random(c) * (window.end - window.start)).astype(np.int64),
    )
    outlet = pick(rng, rng.uniform(0.6, 1.6, len(organisation.outlets)), c)
    bosses = np.flatnonzero((people.occupation == OWNER) & (people.copy_of < 0))
    if len(bosses) < c:
        traders = np.flatnonzero((people.occupation == TRADER) & (people.copy_of < 0))
        bosses = np.concatenate([bosses, rng.permutation(traders)[: c - len(bosses)]])
    bosses = rng.permutation(bosses)[:c]
    legal = np.full(c, -1, np.int64)
    legal[: len(bosses)] = bosses
    rng.shuffle(legal)
    known = legal >= 0
    partner = np.where(known & (rng.random(c) < 0.3), people.spouse[legal.clip(0)], -1)
    outlet = np.where(known & (rng.random(c) < 0.7), people.outlet[legal.clip(0)], outlet)
    # Someone who owns a company deals with us from before their company does.
    mature = people.birth[legal.clip(0)] + 22 * 365
    since = np.where(known, np.maximum(since, np.minimum(mature, window.eve)), since)
    people.since[legal[known]] = np.minimum(people.since[legal[known]], since[known])
    people.quiet[legal[known]] = False
    parent, held = _groups(settings, turnover)
    return Companies(
        name=_names(rng, industry),
        industry=industry,
        founded=since - rng.integers(30, 2500, c),
        since=since,
        outlet=outlet,
        district=np.array([u.district for u in organisation.outlets])[outlet],
        turnover=turnover,
        balance=turnover * rng.uniform(0.015, 0.09, c),
        payday=_PAYDAYS[rng.integers(0, len(_PAYDAYS), c)],
        pays=rng.random(c) < 0.62,
        legal=legal,
        owner=np.where(partner >= 0, partner, legal),
        owner_share=np.where(parent >= 0, 100 - held, np.round(rng.uniform(51, 100, c))),
        parent=parent,
        satisfaction=rng.standard_normal(c),
        loyalty=rng.standard_normal(c),
        response=pick(rng, [22, 50, 16, 12], c),
    )


def _groups(settings: DemoBank, turnover: Floats) -> tuple[Ints, Floats]:
    """The parent company of about one company in seven, one of the largest, and the percent it holds."""
    rng = stream(settings.seed, "company groups")
    c = len(turnover)
    largest = np.argsort(-turnover, kind="stable")[: max(1, c // 12)]
    parent = np.where(rng.random(c) < 0.15, largest[rng.integers(0, len(largest), c)], -1)
    parent[largest] = -1
    return parent, np.round(rng.uniform(51, 90, c))


def _names(rng: np.random.Generator, industry: Ints) -> list[str]:
    """Company names, no two alike."""
    taken: dict[str, int] = {}
    found: list[str] = []
    draws = rng.integers(0, 1 << 30, (len(industry), 5))
    for kind, draw_ in zip(industry.tolist(), draws.tolist(), strict=True):
        prefix = COMPANY_PREFIXES[draw_[0] % len(COMPANY_PREFIXES)]
        trade = INDUSTRIES[kind][1].split()[draw_[1] % 5]
        form = COMPANY_FORMS[0 if draw_[4] % 10 < 8 else draw_[4] % 3]
        stem = COMPANY_FIRST[draw_[2] % len(COMPANY_FIRST)] + COMPANY_SECOND[draw_[3] % len(COMPANY_SECOND)]
        name = f"{prefix}{stem}{trade}{form}"
        step = 0
        while name in taken:
            step += 1
            stem3 = stem + COMPANY_SECOND[(draw_[0] + step) % len(COMPANY_SECOND)]
            if step > len(COMPANY_SECOND):
                stem3 = stem + COMPANY_FIRST[(draw_[1] + step) % 30] + COMPANY_SECOND[(draw_[0] + step // 30) % 30]
            name = f"{prefix}{stem3}{trade}{form}"
        taken[name] = 1
        found.append(name)
    return found


def employ(settings: DemoBank, window: Window, people: People, companies: Companies) -> Jobs:
    """Give work: some are paid by a company that banks with us, some by one that does not, some elsewhere."""
    rng = stream(settings.seed, "jobs")
    n = len(people)
    able = EMPLOYED[people.occupation] & (people.copy_of < 0)
    luck = rng.random(n)
    payers = np.flatnonzero(companies.pays)
    employer = np.full(n, -1, np.int64)
    if len(payers):
        size = companies.turnover[payers] ** 0.8 * np.array([i[2] for i in INDUSTRIES])[companies.industry[payers]]
        drawn = payers[pick(rng, size, n)]
        employer = np.where(able & (luck < 0.50), drawn, employer)
    paid_here = able & (luck < 0.62) & ~people.quiet
    begins = np.where(
        employer >= 0, np.maximum(people.since, companies.since[employer.clip(0)]) + 12, people.since + 12
    )
    begins = np.where(begins > window.end, NEVER, begins)
    return Jobs(employer, paid_here, begins)


def deal(settings: DemoBank, window: Window, companies: Companies) -> Trade:
    """Who supplies whom, and what is paid each month (fen), drawn once for both sides of the payment."""
    rng = stream(settings.seed, "trade")
    c = len(companies)
    edges = round(c * 2.2)
    size = companies.turnover**0.5
    supplier, buyer = pick(rng, size, edges), pick(rng, size, edges)
    pair = np.unique((supplier * c + buyer)[supplier != buyer])
    supplier, buyer = pair // c, pair % c
    since = np.maximum(companies.since[supplier], companies.since[buyer]) + 20
    base = np.minimum(companies.turnover[supplier], companies.turnover[buyer]) * rng.uniform(0.003, 0.02, len(pair))
    amount = base[:, None] * np.exp(0.35 * rng.standard_normal((len(pair), window.months)))
    amount *= rng.random((len(pair), window.months)) < 0.8
    day = window.monthly(rng.integers(3, 28, len(pair)))
    amount = np.where(day >= since[:, None], amount, 0)
    return Trade(supplier, buyer, since, np.rint(amount / 10).astype(np.int64) * 1000, day)
