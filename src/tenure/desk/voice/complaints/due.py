"""When the regulator's time of a complaint runs out: its case's clock, or of one without a case the same terms."""

from __future__ import annotations

from datetime import datetime

from tenure.desk.voice import bank_calendar
from tenure.desk.voice.cases import rules as case_rules
from tenure.desk.voice.cases import settings as case_house
from tenure.desk.voice.cases.models import Case, CaseClock
from tenure.desk.voice.complaints.models import Complaint


def of(complaint: Complaint) -> datetime | None:
    """When it runs out; None where it stands, was stopped, or the complaint was settled."""
    if complaint.settled_at is not None:
        return None
    if complaint.case_id is not None:
        return _of_case(complaint.case_id)
    terms = case_house.in_use().clocks["regulator"]
    return case_rules.reaches(terms.counts, complaint.received_at, terms.allowance, [], bank_calendar.in_use())


def clocks_set(case: Case) -> None:
    """A case's clocks were set anew: its complaint is due when they say. Part of the case's transaction."""
    Complaint.objects.filter(case=case).update(due_at=_of_case(case.pk))


def _of_case(case_id: object) -> datetime | None:
    running = CaseClock.objects.filter(case=case_id, clock="regulator", stopped_at=None).order_by("-round")
    return running.values_list("due_at", flat=True).first()
