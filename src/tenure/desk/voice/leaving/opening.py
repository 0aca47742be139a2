"""Opening interviews with those a night found newly lost, and deciding who is to be won back. Parts of transactions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from tenure.desk.control import audit, consents
from tenure.desk.findings.models import Lost
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import desk_user_of, reach_of
from tenure.desk.parties.models import Customer
from tenure.desk.parties.visibility import entries_of, standing
from tenure.desk.publication.current import pinned
from tenure.desk.voice.cases.models import Case
from tenure.desk.voice.cases.owners import right_owner
from tenure.desk.voice.leaving import rules
from tenure.desk.voice.leaving import settings as house
from tenure.desk.voice.leaving.models import Interview, WinBack

#: Lost customers looked at in one transaction.
AT_ONCE = 200


def open_for_lost(*, now: datetime) -> int:
    """Open an interview with everybody newly lost by the publication in force; again, or twice at once, nothing new.

    Returns:
        How many were new.
    """
    publication = pinned()
    if publication is None:
        return 0
    since = rules.first_month(publication.as_of, house.in_use().fresh_months)
    fresh = Lost.rows().filter(month__gte=since, party_id__in=standing(Customer.rows()).values("party_id"))
    lost = list(fresh.order_by("party_id"))
    known = set(Interview.objects.filter(month__gte=since).values_list("party_id", "month"))
    new = [one for one in lost if (one.party_id, one.month) not in known]
    opened = 0
    for first in range(0, len(new), AT_ONCE):
        with transaction.atomic():
            opened += open_each(new[first : first + AT_ONCE], now)
    return opened


def open_each(lost: Iterable[Any], now: datetime) -> int:
    """Open an interview for each of these published losses that has none; how many were opened."""
    listed = list(lost)
    customers = {row.party_id: row for row in Customer.rows().filter(party_id__in=[one.party_id for one in listed])}
    opened = 0
    for one in listed:
        if one.party_id in customers:
            opened += _open(one, customers[one.party_id], now)
    return opened


def _open(lost: Any, customer: Any, now: datetime) -> bool:
    concerns = _blamed(customer)
    passed_over = {concerns}
    if lost.cause in rules.NOT_BY_THE_LEAD:
        passed_over.add(customer.lead_staff_id or "")
    try:
        with transaction.atomic():
            made = Interview.objects.create(
                party_id=lost.party_id, month=lost.month, org_path=customer.org_path, definition=lost.definition,
                data_cause=lost.cause or "", confidence=lost.confidence, value=max(customer.aum_year_average or 0, 0),
                owner=who_asks(lost.party_id, customer.org_path, passed_over), concerns=concerns, opened_at=now,
                due_on=timezone.localdate(now) + timedelta(days=house.in_use().due_days), changed_at=now,
            )  # fmt: skip
    except IntegrityError:  # another worker was first
        return False
    note(None, "exit.open", made, now, owner=made.owner)
    return True


def who_asks(party_id: str, org_path: str, without: Iterable[str]) -> str:
    """Who asks, or calls to win back: whoever a case would be given to, if they deal with customers; else nobody, and
    the interview stands in the team's list."""
    found = right_owner(party_id, org_path, without)
    user = desk_user_of(found)
    return found if user is not None and reach_of(user).may(Permission.LOG_CONTACT) else ""


def _blamed(customer: Any) -> str:
    """The lead, where a case of the customer is about them; else nobody."""
    lead = customer.lead_staff_id or ""
    blamed = lead and Case.objects.filter(party_id__in=entries_of(customer.party_id), concerns=lead).exists()
    return lead if blamed else ""


def decide(one: Interview, customer: Any, now: datetime) -> None:
    """Say what follows from an interview that ends: who is worth winning back is drawn, once, to be called or held out.

    Whoever ends the interview decides nothing of it: what they wrote says who is worth it, and among those the server
    draws, so that those held out are a random part of them.
    """
    terms = house.in_use()
    cause = rules.cause_of(one.result, one.cause, one.data_cause)
    marketing = consents.of_customer(customer, entries_of(customer.party_id))["marketing"][0]
    why_not = rules.worth_it(one.value, cause, rules.agrees(marketing, one.may_call), terms)
    if why_not:
        one.decision = why_not
        return
    one.decision = rules.arm_of(settings.SECRET_KEY, one.party_id, one.month, terms.held_out_percent)
    treated = one.decision == rules.TREATED
    WinBack.objects.create(
        interview=one, party_id=one.party_id, org_path=one.org_path, arm=one.decision, cause=cause, value=one.value,
        held_out_percent=terms.held_out_percent, owner=one.owner if treated else "", drawn_at=now, changed_at=now,
        state=rules.OPEN if treated else rules.HELD_OUT,
    )  # fmt: skip


def note(by: User | None, act: str, row: Interview | WinBack, now: datetime, **changes: Any) -> None:
    """The line of the trail: codes and numbers, never what anybody said."""
    told = {"customer": row.party_id, "state": row.state, **changes}
    kind = "interview" if isinstance(row, Interview) else "win_back"
    audit.record(by, act, now=now, kind=kind, key=str(row.pk), changes=told, actor_name="" if by else "the desk")
