"""Salaries: what arrives on each payday, the same figures for the employer's account and the employee's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tenure.demo.chance import stream
from tenure.demo.clock import NEVER, Window
from tenure.demo.companies import Companies, Jobs
from tenure.demo.ledger import fen_of
from tenure.demo.lives import CAUSES, DEATH, Leaving, Lives
from tenure.demo.people import Ints, People
from tenure.demo.settings import DemoBank


@dataclass
class Wages:
    """Per paid person: employer (−1: one that is no customer), monthly pay and yearly bonuses (fen), and their days.

    ``pay`` and ``payday`` are persons × months, ``bonus`` and ``bonus_day`` persons × Spring Festivals; 0 where
    nothing is paid. ``row_of`` finds a person's row (−1: not paid here).
    """

    person: Ints
    employer: Ints
    pay: Ints
    payday: Ints
    bonus: Ints
    bonus_day: Ints
    row_of: Ints


def draw(
    settings: DemoBank,
    window: Window,
    people: People,
    companies: Companies,
    jobs: Jobs,
    lives: Lives,
    leaving: Leaving,
) -> Wages:
    """Monthly pay with a rise each April, promotions, a thirteenth month before Spring Festival; it ends with the job.

    Whoever plans to leave the bank lets the salary go elsewhere about six weeks before.
    """
    rng = stream(settings.seed, "wages")
    person = np.flatnonzero(jobs.paid_here)
    employer = jobs.employer[person]
    outside = np.array([10, 15, 25])[rng.integers(0, 3, len(person))]
    day_of_month = np.where(employer >= 0, companies.payday[employer.clip(0)], outside)
    payday = window.monthly(np.arange(1, 32))[day_of_month - 1]
    base = people.income[person] / 13
    aprils = np.cumsum((window.calendar_month == 3) & (np.arange(window.months) > 0))
    rise = 1 + rng.uniform(0, 0.06, len(person))[:, None]
    pay = base[:, None] * rise ** aprils[None, :]
    pay *= np.where(
        payday >= lives.of("promotion")[person][:, None], rng.uniform(1.12, 1.35, len(person))[:, None], 1.0
    )
    leave = leaving.active_until[: len(people)][person]
    switch = leave - rng.integers(30, 62, len(person))
    patient = np.isin(leaving.cause[person], (DEATH, CAUSES.index("matured_not_contacted")))
    ends = np.minimum(lives.of("retirement")[person], np.where(leave < NEVER, np.where(patient, leave, switch), NEVER))
    begins = jobs.begins[person]
    works = (payday > begins[:, None]) & (payday < ends[:, None])
    firm_gone = leaving.day[len(people) :][employer.clip(0)] - 5
    works &= (employer < 0)[:, None] | (payday < firm_gone[:, None])
    festivals = np.broadcast_to(window.before_spring_festival(), (len(person), len(window.before_spring_festival())))
    bonus = base[:, None] * rng.uniform(0.6, 2.2, festivals.shape)
    earns = (festivals > begins[:, None] + 90) & (festivals < ends[:, None])
    earns &= (employer < 0)[:, None] | (festivals < firm_gone[:, None])
    row_of = np.full(len(people), -1, np.int64)
    row_of[person] = np.arange(len(person))
    return Wages(
        person=person,
        employer=employer,
        pay=np.where(works, fen_of(np.round(pay, 1)), 0),
        payday=payday,
        bonus=np.where(earns, fen_of(np.round(bonus, -1)), 0),
        bonus_day=festivals,
        row_of=row_of,
    )
