"""What managers and campaigns did, and what it changed: contacts, trials with a held-out arm, rescues, annoyance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.contracts import codes
from tenure.demo import phrases
from tenure.demo.chance import pick, pick_rows, stream
from tenure.demo.clock import NEVER, Window, seconds
from tenure.demo.coverage import Coverage
from tenure.demo.holdings import CATEGORIES, SMALLEST
from tenure.demo.lives import ANNOYED, CAUSES, DEATH, ESTATE_DAYS, Leaving
from tenure.demo.organisation import Organisation
from tenure.demo.people import Flags, Ints, People
from tenure.demo.products import Shelf
from tenure.demo.settings import DemoBank

KINDS = tuple(codes.INTERACTION_KINDS)
OUTCOMES = tuple(codes.OUTCOMES)
DONE, INTERESTED, FOLLOW_UP, NO_ANSWER, DECLINED = (
    OUTCOMES.index(o) for o in ("done", "interested", "follow_up", "no_answer", "declined")
)
#: Chance to buy within a campaign, by response type: left alone, and contacted.
BUY_ALONE = np.array([0.020, 0.100, 0.005, 0.200])
BUY_CONTACTED = np.array([0.240, 0.100, 0.005, 0.020])
#: Chance that one contact drives a do-not-disturb customer away.
ANNOYANCE = 0.03
#: What a campaign's call costs on the median, and a message, in fen.
COST_OF_CALL, COST_OF_MESSAGE = 650, 8
#: Days before the planned day of leaving within which a contact can keep a persuadable customer.
KEEPS_WITHIN = 75
_OFFERS = ("wealth_management", "time_deposit", "fund", "wealth_management", "insurance", "precious_metal")


@dataclass
class Interactions:
    """Contacts by managers, one entry each; ``worker`` by position, codes by position in contracts."""

    party: Ints
    worker: Ints
    day: Ints
    second: Ints
    kind: Ints
    purpose: Ints
    outcome: Ints
    note: Ints
    next_step: Ints

    def kept(self, which: Flags | Ints) -> Interactions:
        """Only the entries marked, or those at the positions given, in that order."""
        return Interactions(**{k: v[which] for k, v in vars(self).items()})


@dataclass
class Trial:
    """Campaign entries (both arms), what each cost (fen; 0 for the held out) and, as truth, what it did.

    Truth: what each person bought (yuan) and when; ``saved`` marks contacts that kept a customer whom no talk of a
    manager's kept, ``annoyed`` those that drove one away.
    """

    campaign: Ints
    party: Ints
    day: Ints
    second: Ints
    treated: Flags
    channel: Ints
    product: Ints
    outcome: Ints
    bought: Flags
    buys_on: Ints
    amount: NDArray[np.float64]
    cost: Ints
    saved: Flags
    annoyed: Flags
    category: list[str]

    def kept(self, which: Flags | Ints) -> Trial:
        """Only the entries marked; the categories belong to campaigns and stay."""
        return Trial(**{k: v if k == "category" else v[which] for k, v in vars(self).items()})


def respond_rate(response: Ints) -> NDArray[np.float64]:
    """Share of contacts that reach someone who listens."""
    return np.asarray(np.array([0.72, 0.66, 0.5, 0.34])[response])


def work(
    settings: DemoBank,
    window: Window,
    organisation: Organisation,
    people: People,
    coverage: Coverage,
    leaving: Leaving,
    trial: Trial,
    response: Ints,
    since: Ints,
    worth: NDArray[np.float64],
) -> Interactions:
    """Contacts made by lead managers over the history; ``leaving`` is updated with whom they kept or drove away."""
    rng = stream(settings.seed, "interactions")
    party, worker, begins, ends = coverage.leads_on()
    begins = np.maximum(begins, window.start)
    active = np.where(leaving.cause == DEATH, leaving.planned - ESTATE_DAYS, leaving.planned)
    ends = np.minimum(np.minimum(ends, window.end), active[party] - 1)
    skill = np.array([w.skill for w in organisation.workers])
    yearly = (1.2 + 4.2 * skill[worker]) * (0.75 + 0.28 * np.log10(np.maximum(worth[party], 1e4) / 1e4))
    count = rng.poisson(np.maximum(ends - begins, 0) / 365.25 * yearly)
    row = np.repeat(np.arange(len(party)), count)
    day = window.working(begins[row] + (rng.random(len(row)) * (ends - begins + 1)[row]).astype(np.int64))
    purpose = pick(rng, [38, 0, 22, 26, 4, 10], len(row))
    persons = party[row] < len(people)
    birthdays, birth_rows = _birthdays(rng, window, people, party, begins, ends, skill[worker])
    risky = np.flatnonzero(
        (leaving.cause[party] != DEATH) & (leaving.planned[party] > begins) & (leaving.planned[party] <= ends + 1)
    )
    sees = rng.random(len(risky)) < 0.2 + 0.6 * skill[worker[risky]]
    risky = risky[sees]
    before = leaving.planned[party[risky]] - rng.integers(8, 50, len(risky))
    purpose = np.concatenate(
        [
            np.where(persons | (purpose != phrases.EVENT), purpose, phrases.CARE),
            np.full(len(birth_rows), phrases.BIRTHDAY),
            np.full(len(risky), phrases.OUTFLOW),
        ]
    )
    row = np.concatenate([row, birth_rows, risky])
    day = np.concatenate([day, birthdays, window.working(np.maximum(before, begins[risky]))])
    kept = (day >= begins[row]) & (day <= ends[row]) & (day >= window.start)
    row, day, purpose = row[kept], day[kept], purpose[kept]
    made = _outcomes(rng, window, party[row], worker[row], day, purpose, response, skill)
    made = made.kept(~_in_held_out(made, trial))
    _effects(rng, window, made, leaving, response, skill, trial)
    made = made.kept((made.day < leaving.active_until[made.party]) & (made.day > since[made.party]))
    order = np.lexsort((made.party, made.second, made.day))
    return made.kept(order)


def _birthdays(
    rng: np.random.Generator,
    window: Window,
    people: People,
    party: Ints,
    begins: Ints,
    ends: Ints,
    skill: NDArray[np.float64],
) -> tuple[Ints, Ints]:
    """Birthday greetings: the days and the coverage rows they belong to."""
    rows, days = [], []
    person = np.flatnonzero(party < len(people))
    birth = people.birth[party[person]]
    # The month and day of birth, as days after 1 January of the year of birth.
    offset = birth - birth.astype("datetime64[D]").astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    for year in np.unique(window.year):
        first = int(np.datetime64(f"{year}-01-01").astype(np.int64))
        day = first + offset
        sent = (day >= begins[person]) & (day <= ends[person]) & (rng.random(len(person)) < 0.55 * skill[person])
        rows.append(person[sent])
        days.append(window.working(day[sent]))
    return np.concatenate(days), np.concatenate(rows)


def _outcomes(
    rng: np.random.Generator,
    window: Window,
    party: Ints,
    worker: Ints,
    day: Ints,
    purpose: Ints,
    response: Ints,
    skill: NDArray[np.float64],
) -> Interactions:
    size = len(party)
    kind = pick(rng, [50, 7, 13, 26, 1, 3], size)
    kind = np.where(purpose == phrases.BIRTHDAY, np.where(rng.random(size) < 0.6, 3, 0), kind)
    listens = rng.random(size) < respond_rate(response[party])
    weights = np.stack(
        [
            np.where(listens, 14 + 26 * skill[worker], 1),
            np.where(listens, 26.0, 2),
            np.where(listens, 18.0, 6),
            np.where(listens, 4.0, 48),
            np.where(listens, 16.0, 40),
            np.full(size, 2.0),
        ],
        axis=1,
    )
    outcome = pick_rows(rng, weights)
    ahead = np.where(np.isin(outcome, (FOLLOW_UP, INTERESTED)), day + rng.integers(2, 20, size), NEVER)
    return Interactions(
        party=party,
        worker=worker,
        day=day,
        second=np.clip(seconds(rng, "clearing", size), 9 * 3600, 17 * 3600 + 1800),
        kind=kind,
        purpose=purpose,
        outcome=outcome,
        note=rng.integers(0, 6, size),
        next_step=np.where(ahead < NEVER, np.maximum(window.working(ahead), day), NEVER),
    )


def _in_held_out(made: Interactions, trial: Trial) -> Flags:
    """Recommendations to someone who is being held out of a campaign that month would spoil the test."""
    held = ~trial.treated
    lookup: dict[int, list[int]] = {}
    for who, when in zip(trial.party[held].tolist(), trial.day[held].tolist(), strict=True):
        lookup.setdefault(who, []).append(when)
    spoils = np.zeros(len(made.party), bool)
    for at in np.flatnonzero(made.purpose == phrases.RECOMMEND).tolist():
        days = lookup.get(int(made.party[at]))
        spoils[at] = days is not None and any(abs(int(made.day[at]) - d) <= 30 for d in days)
    return spoils


def _effects(
    rng: np.random.Generator,
    window: Window,
    made: Interactions,
    leaving: Leaving,
    response: Ints,
    skill: NDArray[np.float64],
    trial: Trial,
) -> None:
    """A talk in the two months before the planned day may keep a persuadable; any may annoy a do-not-disturb.

    Campaign calls count like a talk with a manager of little skill, so the held-out arm shows what they changed.
    """
    talked, reached = made.outcome != NO_ANSWER, trial.treated & (trial.outcome != NO_ANSWER)
    who = np.concatenate([made.party[talked], trial.party[reached]])
    when = np.concatenate([made.day[talked], trial.day[reached]])
    craft = np.concatenate([skill[made.worker[talked]], np.full(int(reached.sum()), 0.2)])
    gap = leaving.planned[who] - when
    near = (gap > 0) & (gap <= KEEPS_WITHIN) & (response[who] == 0) & (leaving.cause[who] != DEATH)
    chance = 0.45 + 0.45 * craft
    ties = np.isin(leaving.cause[who], [CAUSES.index(c) for c in ("moved_away", "job_change")])
    chance *= np.where(ties, 0.5, 1.0)
    kept = near & (rng.random(len(who)) < chance)
    saved = np.unique(who[kept])
    leaving.rescued[saved] = True
    leaving.day[saved] = NEVER
    hurt = (response[who] == 3) & (rng.random(len(who)) < ANNOYANCE)
    off = when[hurt] + rng.integers(20, 90, int(hurt.sum()))
    off = np.where(off <= window.end, off, NEVER)
    first = np.full(len(leaving.day), NEVER)
    np.minimum.at(first, who[hurt], off)
    earlier = first < leaving.day
    entry = np.flatnonzero(reached)
    mine = np.arange(len(who)) >= int(talked.sum())
    _credit(trial.saved, entry, trial.party, kept[mine] & ~np.isin(who[mine], who[kept & ~mine]))
    moved = earlier[who[hurt]] & (off == first[who[hurt]]) & (off < NEVER)
    gone = np.zeros(len(who), bool)
    gone[np.flatnonzero(hurt)[moved]] = True
    _credit(trial.annoyed, entry, trial.party, gone[mine] & ~np.isin(who[mine], who[gone & ~mine]))
    leaving.annoyed[earlier] = True
    leaving.cause[earlier] = ANNOYED
    leaving.day[earlier] = first[earlier]


def _credit(marks: Flags, entry: Ints, party: Ints, did: Flags) -> None:
    """Mark the entries that did it, once for each customer: one is kept, or lost, once."""
    did_it = entry[did]
    marks[did_it[np.unique(party[did_it], return_index=True)[1]]] = True


def _costs(settings: DemoBank, number: int, channel: Ints, treated: Flags) -> Ints:
    """What the contacts of a campaign cost, in fen: a call its minutes, a message its fee, the held out nothing."""
    rng = stream(settings.seed, "campaign costs", number)
    calls = np.round(COST_OF_CALL * rng.lognormal(0, 0.35, len(channel)), -1)
    return np.where(treated, np.where(channel == 0, calls, COST_OF_MESSAGE), 0).astype(np.int64)


def campaign(
    settings: DemoBank,
    window: Window,
    people: People,
    leaving: Leaving,
    consents: Flags,
    shelf: Shelf,
) -> Trial:
    """One campaign a quarter among people who agree to marketing; a fifth of each is held out at random."""
    rng = stream(settings.seed, "campaigns")
    days = window.monthly(12)[1::3]
    days = days[days <= window.end - 5]
    parts: list[Trial] = []
    categories = [_OFFERS[i % len(_OFFERS)] for i in range(len(days))]
    for number, start in enumerate(days.tolist()):
        on_sale = (shelf.category == categories[number]) & (shelf.launched <= start) & (shelf.withdrawn > start + 45)
        product = int(rng.choice(np.flatnonzero(on_sale)))
        able = consents & (people.since < start - 60) & (leaving.planned[: len(people)] > start) & ~people.quiet
        able &= (people.copy_of < 0) & (people.wealth > 2_000) & (people.risk >= shelf.risk[product])
        who = np.flatnonzero(able & (rng.random(len(people)) < 0.22))
        size = len(who)
        treated = rng.random(size) < 0.8
        response = people.response[who]
        chance = np.where(treated, BUY_CONTACTED[response], BUY_ALONE[response])
        bought = rng.random(size) < chance
        when = np.minimum(start + rng.integers(1, 21, size), window.end)
        weights = np.tile([0.0, 20.0, 18.0, 30.0, 30.0, 2.0], (size, 1))
        outcome = np.where(bought, DONE, pick_rows(rng, weights))
        channel = pick(rng, [0.6, 0.4], size)
        # who buys buys a whole contract: what lies below the smallest would be money moved and nothing opened
        smallest = SMALLEST[CATEGORIES.index(categories[number])]
        amount = np.maximum(np.round(0.25 * people.wealth[who] * rng.uniform(0.4, 1.4, size), -3), smallest)
        parts.append(
            Trial(
                campaign=np.full(size, number),
                party=who,
                day=np.full(size, start),
                second=seconds(rng, "clearing", size),
                treated=treated,
                channel=np.where(treated, channel, -1),
                product=np.full(size, product),
                outcome=np.where(treated, outcome, -1),
                bought=bought,
                buys_on=np.where(bought, when, NEVER),
                amount=amount,
                cost=_costs(settings, number, channel, treated),
                saved=np.zeros(size, bool),
                annoyed=np.zeros(size, bool),
                category=categories,
            )
        )
    columns = {k: np.concatenate([vars(p)[k] for p in parts]) for k in vars(parts[0]) if k != "category"}
    return Trial(**columns, category=categories)
