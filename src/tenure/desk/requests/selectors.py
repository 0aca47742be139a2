"""Reading requests: who sees which, and what a page shows of one."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tenure.contracts.codes import Name
from tenure.contracts.published import CUSTOMER, TIMELINE
from tenure.desk.control.errors import NotFound
from tenure.desk.control.masking import masked
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import below, reach_of
from tenure.desk.parties.visibility import numbers_of, visible_to
from tenure.desk.requests import erasing
from tenure.desk.requests.models import Correction, PersonRequest

#: Requests shown in one list.
MOST = 200
LISTS = ("open", "mine", "answered")
State = PersonRequest.State


def requests_of(user: User) -> QuerySet[PersonRequest]:
    """The requests ``user`` may see: those they received, and those at the branches of who handles, checks or audits.

    By the branch and not by the customer: after an erasure the customer is nobody's, the request still is.
    """
    reach, rule = reach_of(user), Q(received_by=user)
    if any(reach.may(one) for one in (Permission.HANDLE_REQUESTS, Permission.CHECK_CUSTOMERS, Permission.VIEW_AUDIT)):
        rule |= below(reach.paths)
    return PersonRequest.objects.filter(rule)


def request_of(user: User, number: UUID) -> PersonRequest:
    """One request.

    Raises:
        NotFound: there is none among those they see.
    """
    found = requests_of(user).select_related("received_by", "owner", "answered_by").filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such request."))
    return found


def request_list(user: User, which: str, kind: str = "") -> list[PersonRequest]:
    """Requests of one list, the soonest due first; answered ones the last answered first."""
    rows = requests_of(user).select_related("received_by", "owner")
    if kind:
        rows = rows.filter(kind=kind)
    if which == "answered":
        return list(rows.filter(state=State.ANSWERED).order_by("-answered_at", "id")[:MOST])
    rows = rows.exclude(state=State.ANSWERED)
    return list((rows.filter(owner=user) if which == "mine" else rows).order_by("due_on", "id")[:MOST])


def names_of(user: User, numbers: list[str]) -> dict[str, str]:
    """Names of customers ``user`` sees, as they may see them."""
    reach = reach_of(user)
    rows = visible_to(user).filter(party_id__in=numbers).values_list("party_id", "name")
    return {number: masked(name, CUSTOMER["name"], reach) or "" for number, name in rows}


def corrections_of(user: User, request: PersonRequest) -> list[dict[str, Any]]:
    """The corrections asked for in a request, values as ``user`` may see them."""
    return [told_of(user, one) for one in request.corrections.select_related("asked_by")]


def waiting_corrections(user: User) -> list[dict[str, Any]]:
    """Corrections the core system has not made yet, of the requests ``user`` sees; the oldest first."""
    rows = Correction.objects.filter(state=Correction.State.ASKED, request__in=requests_of(user))
    return [told_of(user, one) for one in rows.select_related("asked_by")[:MOST]]


def told_of(user: User, one: Correction) -> dict[str, Any]:
    """A correction with its values as ``user`` may see them."""
    column, reach = CUSTOMER[one.column], reach_of(user)
    shown = [date.fromisoformat(v) if one.column == "birth_date" and v else v for v in (one.stood, one.should_be)]
    stood, should_be = (str(masked(value, column, reach) or "") for value in shown)
    return {
        "id": one.pk, "party_id": one.party_id, "column": column, "stood": stood, "should_be": should_be,
        "evidence": masked(one.evidence, TIMELINE["words"], reach), "state": one.state,
        "asked_by": one.asked_by.name, "asked_at": one.asked_at, "ended_at": one.ended_at,
    }  # fmt: skip


def about(user: User, party_id: str) -> dict[str, Any]:
    """What stands on a customer's record: open corrections and requests.

    Raises:
        NotFound: there is no such customer among those they see.
    """
    numbers = numbers_of(user, party_id)
    if not numbers:
        raise NotFound(_("There is no customer %(number)s among yours.") % {"number": party_id[:40]})
    waiting = Correction.objects.filter(party_id__in=numbers, state=Correction.State.ASKED).select_related("asked_by")
    open_ones = PersonRequest.objects.filter(party_id__in=numbers).exclude(state=State.ANSWERED).order_by("due_on")
    return {"corrections": [told_of(user, one) for one in waiting], "requests": list(open_ones)}


def erasure_plan(user: User, request: PersonRequest, today: date) -> list[erasing.Line]:
    """What an erasure would take and leave, for who sees the customer still."""
    numbers = numbers_of(user, request.party_id)
    return erasing.plan(numbers, today) if numbers else []


def erased_by(request: PersonRequest) -> list[tuple[Name, int, int, str | None]]:
    """What an erasure took, as it was approved: the table, its rows gone, those that stay, and until when (ISO)."""
    return [(erasing.name_of(table), gone, stay, until) for table, gone, stay, until in request.erased]
