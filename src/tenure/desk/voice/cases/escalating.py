"""What happens when a clock runs on: the owner is reminded, the head is told, then those above.

Run by the worker every round. A worker that was down catches up: every level that was reached meanwhile is told, in
order, and each once, whoever else looks at the same moment.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tenure.desk.voice import bank_calendar
from tenure.desk.voice.cases import rules, timing
from tenure.desk.voice.cases.models import Case, CaseClock, CaseEscalation
from tenure.desk.voice.cases.opening import note, passed_over, step
from tenure.desk.voice.cases.owners import told_at

#: Clocks looked at in one round; the next round takes the rest.
MOST = 500


def escalate_due(now: datetime) -> int:
    """Tell whoever is to be told that a clock runs out or has run out; returns how many were told."""
    due = CaseClock.objects.filter(next_at__lte=now).order_by("next_at")
    told = 0
    for clock_id, case_id in list(due.values_list("pk", "case_id")[:MOST]):
        with transaction.atomic():  # one case at a time: nobody's work waits for a long round
            case = Case.objects.select_for_update().get(pk=case_id)
            told += _catch_up(case, CaseClock.objects.get(pk=clock_id), now)
    return told


def _catch_up(case: Case, clock: CaseClock, now: datetime) -> int:
    if case.state == rules.CLOSED or clock.stopped_at is not None:
        return 0
    calendar, pauses, told, aside = bank_calendar.in_use(), timing.pauses_of(case), 0, passed_over(case)
    while (reached := timing.next_level(clock, pauses, calendar)) is not None and reached <= now:
        whom = told_at(clock.level % 3, case.owner, case.org_path, aside)
        _made, new = CaseEscalation.objects.get_or_create(
            case=case, round=clock.round, clock=clock.clock, level=clock.level,
            defaults={"told": whom, "reached_at": reached, "at": now},
        )  # fmt: skip
        if new:
            kind = "escalated" if clock.level % 3 else "warned"
            step(case, kind, None, now, detail=clock.clock)
            note(None, f"case.{kind}", case, now, clock=clock.clock, level=clock.level, told=whom)
            told += 1
        clock.level += 1
    clock.next_at = timing.next_level(clock, pauses, calendar)
    clock.save(update_fields=["level", "next_at"])
    return told
