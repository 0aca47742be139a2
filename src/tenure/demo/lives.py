"""What happens to people: life events, and why and when some of them mean to leave the bank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tenure.demo.chance import pick_rows, stream
from tenure.demo.clock import NEVER, Window
from tenure.demo.companies import Companies, Jobs
from tenure.demo.people import OWNER, RETIRED, TRADER, Flags, Ints, People
from tenure.demo.settings import DemoBank

EVENTS = (
    "wedding",
    "child_born",
    "house_bought",
    "promotion",
    "retirement",
    "inheritance",
    "demolition_compensation",
    "business_growth",
)
CAUSES = (
    "better_rate_elsewhere",
    "bad_service",
    "moved_away",
    "job_change",
    "matured_not_contacted",
    "fees",
    "family_moved_bank",
    "death",
    "too_many_contacts",
)
#: Days from a death to the closing of the books.
ESTATE_DAYS = 45
DEATH, ANNOYED = CAUSES.index("death"), CAUSES.index("too_many_contacts")


@dataclass
class Lives:
    """Day of each life event per person (NEVER where it does not happen); rows follow EVENTS."""

    day: Ints

    def of(self, event: str) -> Ints:
        """The days of one event."""
        return np.asarray(self.day[EVENTS.index(event)])


@dataclass
class Leaving:
    """Per party (people, then companies): when they mean to leave, why, what they do, and what became of it.

    ``planned`` is the day in a world without contact, ``day`` the real one; ``closes`` says whether they close their
    accounts or merely fall silent; ``rescued`` that a contact kept them, ``annoyed`` that one drove them away.
    """

    planned: Ints
    cause: Ints
    closes: Flags
    day: Ints
    rescued: Flags
    annoyed: Flags

    @property
    def active_until(self) -> Ints:
        """Day from which nothing more happens by their own hand: heirs close the books weeks after a death."""
        return np.where((self.cause == DEATH) & (self.day < NEVER), self.day - ESTATE_DAYS, self.day)


def live(settings: DemoBank, window: Window, people: People, jobs: Jobs) -> Lives:
    """Draw life events at ages where they happen."""
    rng = stream(settings.seed, "lives")
    n = len(people)
    age = people.age(window.start)
    years = window.years
    trader = np.isin(people.occupation, (TRADER, OWNER))
    yearly = {
        "wedding": np.where((people.spouse >= 0) & (age < 36), 0.10, 0.0),
        "child_born": np.where((people.spouse >= 0) & (age > 21) & (age < 43), 0.07, 0.0),
        "house_bought": np.where((age > 25) & (age < 52), 0.022, 0.002),
        "promotion": np.where(jobs.paid_here & (age < 50), 0.07, 0.0),
        "retirement": np.zeros(n),
        "inheritance": np.where(age > 35, 0.006, 0.001),
        "demolition_compensation": np.where(age > 30, 0.006, 0.0),
        "business_growth": np.where(trader, 0.10, 0.0),
    }
    day = np.full((len(EVENTS), n), NEVER, np.int64)
    for number, event in enumerate(EVENTS):
        happens = rng.random(n) < 1 - np.exp(-yearly[event] * years)
        when = window.start + 60 + (rng.random(n) * max(window.end - window.start - 70, 1)).astype(np.int64)
        happens &= (when > people.since + 100) & ~people.quiet & ~people.steady & (people.copy_of < 0)
        day[number] = np.where(happens, when, NEVER)
    # A couple marries, has a child and buys a home together: the wife's draw holds for both.
    wives = np.flatnonzero(~people.male & (people.spouse >= 0))
    for event in ("wedding", "child_born", "house_bought"):
        row = day[EVENTS.index(event)]
        row[people.spouse[wives]] = NEVER if event == "house_bought" else row[wives]
    limit = people.birth + (np.where(people.male, 60, 55) * 365.25).astype(np.int64)
    retires = (limit > window.start + 30) & (limit <= window.end) & jobs.paid_here
    day[EVENTS.index("retirement")] = np.where(retires, limit, NEVER)
    return Lives(day)


def intend(
    settings: DemoBank,
    window: Window,
    people: People,
    companies: Companies,
    jobs: Jobs,
    keeps: Flags,
) -> Leaving:
    """Draw who would leave, when and why, before anyone has contacted them.

    Loyalty weighs four times as much as satisfaction in the yearly hazard, so that the satisfied leave too. ``keeps``
    marks people tied by a mortgage, who leave only by death.
    """
    rng = stream(settings.seed, "leaving")
    n, c = len(people), len(companies)
    age = people.age(window.end)
    hazard = 0.055 * np.exp(-0.85 * people.loyalty - 0.2 * people.satisfaction)
    hazard *= np.where(people.since > window.start, 1.3, 1.0) * np.where(age > 65, 0.7, 1.0)
    hazard *= np.array([1.5, 0.45, 2.0, 0.8])[people.response]
    hazard *= np.where(people.quiet | keeps, 0.0, 1.0)
    mind = rng.exponential(1, n) / np.maximum(hazard, 1e-9)
    begins = np.maximum(window.start + 70, people.since + 150)
    planned = np.minimum(begins + mind * 365.25, NEVER).astype(np.int64)
    poor = people.satisfaction < -0.6
    weights = np.stack(
        [
            np.where(people.wealth > 50_000, 2.6, 1.0),
            np.where(poor, 3.0, 0.5),
            np.where(age < 45, 1.0, 0.3),
            np.where(jobs.paid_here & (people.occupation != RETIRED), 2.6, 0.0),
            np.where(people.wealth > 30_000, 1.8, 0.2),
            np.full(n, 0.5),
            np.where(people.spouse >= 0, 0.6, 0.1),
            np.zeros(n),
            np.zeros(n),
        ],
        axis=1,
    )
    cause = pick_rows(rng, weights)
    mortality = 0.0006 * np.exp(0.085 * np.maximum(age - 40, 0))
    death = np.maximum(window.start, people.since) + 60 + (rng.exponential(1, n) / mortality * 365.25).astype(np.int64)
    dies = (death < planned) & (death <= window.end) & (people.copy_of < 0)
    planned = np.where(dies, death, planned)
    cause = np.where(dies, DEATH, cause)
    closes = (rng.random(n) < 0.42) | dies
    firm_hazard = 0.045 * np.exp(-0.7 * companies.loyalty - 0.2 * companies.satisfaction)
    firm = np.maximum(window.start + 90, companies.since + 200) + rng.exponential(1, c) / firm_hazard * 365.25
    planned = np.concatenate([planned, np.minimum(firm, NEVER).astype(np.int64)])
    cause = np.concatenate([cause, pick_rows(rng, np.tile([3, 2, 1, 0, 0.5, 1.5, 0, 0, 0], (c, 1)).astype(float))])
    closes = np.concatenate([closes, rng.random(c) < 0.4])
    planned = np.where(planned <= window.end, planned, NEVER)
    cause = np.where(planned < NEVER, cause, -1)
    nobody = np.zeros(n + c, bool)
    return Leaving(planned, cause, closes & (planned < NEVER), planned.copy(), nobody.copy(), nobody.copy())
