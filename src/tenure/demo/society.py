"""The whole population as it is known before any money moves: people, companies, ties, plans, visits, contacts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tenure.demo import companies as firms
from tenure.demo import contacts, families, identity, introductions, loans, names, people, queues, transfers, wages
from tenure.demo.chance import stream
from tenure.demo.clock import NEVER, Window
from tenure.demo.columns import joined, words
from tenure.demo.coverage import Coverage, assign
from tenure.demo.lives import Leaving, Lives, intend, live
from tenure.demo.organisation import Organisation, found
from tenure.demo.people import Flags, Floats, Ints, People
from tenure.demo.products import Shelf, catalogue
from tenure.demo.settings import DemoBank
from tenure.progress import QUIET, Progress


@dataclass
class Society:
    """Everything that is planned; parties are numbered people first, then companies."""

    settings: DemoBank
    window: Window
    organisation: Organisation
    shelf: Shelf
    people: People
    companies: firms.Companies
    jobs: firms.Jobs
    lives: Lives
    leaving: Leaving
    coverage: Coverage
    trial: contacts.Trial
    interactions: contacts.Interactions
    tickets: queues.Tickets
    mortgages: loans.Mortgages
    wages: wages.Wages
    transfers: transfers.Transfers
    introductions: introductions.Introductions
    consents: dict[str, Flags]
    since: Ints
    names: pa.Array
    papers: pa.Array
    credit_codes: pa.Array

    @property
    def persons(self) -> int:
        """How many parties are people; companies follow them."""
        return len(self.people)

    @property
    def parties(self) -> int:
        """People and companies."""
        return len(self.since)

    @property
    def gone(self) -> Ints:
        """Day each party's relationship ends in the books (NEVER for those who merely fall silent)."""
        return np.where(self.leaving.closes, self.leaving.day, NEVER)


def gather(settings: DemoBank, progress: Progress = QUIET) -> Society:
    """Draw the population. Needs about 1.5 KB per customer at twelve months of history."""
    window = Window(settings.until, settings.months, settings.last_days)
    with progress.task("The population: people, families, companies", 3) as task:
        organisation = found(settings, window)
        shelf = Shelf(catalogue(window))
        persons = people.draw(settings, window, organisation)
        families.marry_and_descend(settings, persons)
        people.duplicate(settings, persons)
        companies = firms.draw(settings, window, organisation, persons)
        jobs = firms.employ(settings, window, persons, companies)
        task.advance()
        happenings = live(settings, window, persons, jobs)
        coverage = assign(settings, window, organisation, persons, companies)
        mortgages = loans.draw_mortgages(settings, window, persons, happenings)
        leaving = intend(settings, window, persons, companies, jobs, mortgages.opened < NEVER)
        consents = _consents(settings, len(persons) + len(companies))
        trial = contacts.campaign(settings, window, persons, leaving, consents["marketing"][: len(persons)], shelf)
        since = np.concatenate([persons.since, companies.since])
        response = np.concatenate([persons.response, companies.response])
        worth = np.concatenate([persons.wealth, companies.balance])
        interactions = contacts.work(
            settings, window, organisation, persons, coverage, leaving, trial, response, since, worth
        )
        trial = trial.kept(trial.day < leaving.active_until[trial.party])
        trial.buys_on = np.where(trial.buys_on < leaving.active_until[trial.party] - 60, trial.buys_on, NEVER)
        task.advance()
        paid = wages.draw(settings, window, persons, companies, jobs, happenings, leaving)
        moves = transfers.draw(settings, window, persons, companies, leaving)
        brought = introductions.draw(settings, window, persons, companies, jobs, moves.trade, leaving)
        task.advance()
    with progress.task("Visits and queues at the outlets"):
        tickets = queues.visit(settings, window, organisation, persons, companies, since, leaving.active_until)
    return Society(
        settings=settings,
        window=window,
        organisation=organisation,
        shelf=shelf,
        people=persons,
        companies=companies,
        jobs=jobs,
        lives=happenings,
        leaving=leaving,
        coverage=coverage,
        trial=trial,
        interactions=interactions,
        tickets=tickets,
        mortgages=mortgages,
        wages=paid,
        transfers=moves,
        introductions=brought,
        consents=consents,
        since=since,
        names=pa.concat_arrays([_person_names(persons), pa.array(companies.name)]),
        papers=identity.identity_numbers(persons),
        credit_codes=identity.credit_codes(companies, settings.seed),
    )


def _person_names(persons: People) -> pa.Array:
    return joined(words(names.SURNAMES, persons.surname), words(names.GIVEN, persons.given))


def _consents(settings: DemoBank, size: int) -> dict[str, Flags]:
    """Three consents, given or refused one by one."""
    rng = stream(settings.seed, "consents")
    open_mind: Floats = rng.normal(0, 0.5, size)
    shares = {"marketing": 0.64, "experience": 0.76, "research": 0.48}
    return {k: np.asarray(rng.normal(0, 1, size) + open_mind < _normal_quantile(p)) for k, p in shares.items()}


def _normal_quantile(share: float) -> float:
    """The quantile of N(0, 1.25), for the few shares used here."""
    from statistics import NormalDist

    return NormalDist(0, 1.25**0.5).inv_cdf(share)


def slices(owner: Ints, edges: Ints) -> NDArray[np.int64]:
    """Where each block of parties begins in rows sorted by ``owner``."""
    return np.searchsorted(owner, edges)
