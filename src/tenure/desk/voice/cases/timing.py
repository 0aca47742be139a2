"""The clocks of a case: set going, held by pauses, stopped; and when the next of them runs out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tenure.desk.voice import bank_calendar
from tenure.desk.voice.cases import rules
from tenure.desk.voice.cases import settings as house
from tenure.desk.voice.cases.listeners import clock_listeners
from tenure.desk.voice.cases.models import Case, CaseClock
from tenure.desk.voice.clocks import Calendar, Pause


def pauses_of(case: Case) -> list[Pause]:
    """When the case's clocks stood, and stand."""
    return list(case.pauses.values_list("began_at", "ended_at"))


def set_going(case: Case, now: datetime) -> None:
    """Begin the clocks of the case's round; part of a service's transaction."""
    terms = house.in_use().clocks
    for name in rules.clocks_of(case.source):
        CaseClock.objects.create(
            case=case, round=case.round, clock=name, counts=terms[name].counts, began_at=now,
            allowance=terms[name].allowance, levels=list(terms[name].levels),
        )  # fmt: skip
    set_anew(case)


def stop(case: Case, now: datetime, *names: str) -> None:
    """Stop clocks whose end was reached; without names all of them."""
    running = case.clocks.filter(stopped_at=None)
    if names:
        running = running.filter(clock__in=names)
    running.update(stopped_at=now, next_at=None)
    set_anew(case)


def set_anew(case: Case) -> None:
    """Work out when each running clock runs out and when somebody is told; sets the case's ``due_at``, not saved."""
    calendar, pauses, due = bank_calendar.in_use(), pauses_of(case), []
    for clock in case.clocks.filter(stopped_at=None):
        clock.due_at = reaches(clock, clock.allowance, pauses, calendar)
        clock.next_at = next_level(clock, pauses, calendar)
        clock.save(update_fields=["due_at", "next_at"])
        if clock.due_at is not None:
            due.append(clock.due_at)
    case.due_at = min(due, default=None)
    for listener in clock_listeners():
        listener(case)


def reaches(clock: Any, minutes: int, pauses: list[Pause], calendar: Calendar) -> datetime | None:
    """When ``clock`` has counted so many minutes."""
    return rules.reaches(clock.counts, clock.began_at, minutes, pauses, calendar)


def next_level(clock: Any, pauses: list[Pause], calendar: Calendar) -> datetime | None:
    """When the next level of a running clock is reached; None after the last, or while it stands."""
    if clock.level >= len(clock.levels):
        return None
    return reaches(clock, clock.levels[clock.level], pauses, calendar)
