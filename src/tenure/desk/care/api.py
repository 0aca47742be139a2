"""API: care. The same services as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from tenure.desk.care import rules, selectors, services
from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.control.errors import NotAllowed, NotFound, Unacceptable
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of

router = Router(tags=["care"])


class CareDocument(Schema):
    """A care that is due."""

    party_id: str
    name: str
    tier: str
    kind: str = Field(description=f"one of {', '.join(rules.KINDS)}")
    due_on: dt.date = Field(description="with party_id and kind, what names it")
    on: dt.date = Field(description="the day it is shown: today while it is overdue")
    about_on: dt.date | None = None
    title: str
    reason: str = Field(description="in the language asked for (Accept-Language)")
    to_do: str


class CareKey(Schema):
    """Which care."""

    party_id: str
    kind: str
    due_on: dt.date


class Giving(CareKey):
    """How a care was given."""

    outcome: str = Field(description="done, interested, follow_up, no_answer, declined or not_relevant")
    how: str = Field("call", description="call, visit, meeting, message, email, event or other")
    words: str = ""
    next_step_on: dt.date | None = None


class Skipping(CareKey):
    """Why a care is left out."""

    reason: str


class ActDocument(Schema):
    """A care that was settled."""

    party_id: str
    kind: str
    due_on: dt.date
    state: str = Field(description="done or skipped")
    reason: str
    at: dt.datetime


def must_care(request: HttpRequest) -> None:
    """403 for those who do not deal with customers."""
    if not reach_of(request.auth).may(Permission.LOG_CONTACT):
        raise NotAllowed(_("Care is for those who deal with customers in person."))


@router.get("/care", auth=allow("care:read"), response={200: list[CareDocument], **REFUSALS})
def list_care(request: HttpRequest, since: dt.date, until: dt.date, kind: str = "", rm: str = "") -> Any:
    """What is due from ``since`` to ``until`` (at most 62 days) to the caller's customers, or to those of the
    relationship manager ``rm``; without birthdays for who sees none in the clear.
    """
    must_care(request)
    if not dt.timedelta(0) <= until - since < dt.timedelta(days=rules.LONGEST_WINDOW):
        raise Unacceptable(_("Ask for 1 to %(days)s days.") % {"days": rules.LONGEST_WINDOW}, field="until")
    if kind and kind not in rules.KINDS:
        raise Unacceptable(_("“%(value)s” is none of the kinds of care.") % {"value": kind[:40]}, field="kind")
    today = timezone.localdate()
    if abs(since - today) > dt.timedelta(days=800):
        raise Unacceptable(_("Ask for days within two years of today."), field="since")
    found = selectors.care_calendar(request.auth, since, until, today, kind=kind, rm=rm)
    return [_document(line) for line in found.lines]


def _document(line: selectors.CareLine) -> dict[str, Any]:
    due = line.due
    return {
        "party_id": due.party_id,
        "name": line.name,
        "tier": line.tier,
        "kind": due.kind,
        "due_on": due.due_on,
        "on": due.on,
        "about_on": due.about_on if due.kind not in rules.OF_BIRTH else None,
        "title": line.title,
        "reason": line.reason,
        "to_do": line.to_do,
    }


@router.get("/customers/{party_id}/care", auth=allow("care:read"), response={200: list[CareDocument], **REFUSALS})
def list_care_of_customer(request: HttpRequest, party_id: str) -> Any:
    """What one customer is due within two months and has not been given."""
    if not selectors.sees(request.auth, party_id):
        raise NotFound(_("There is no customer %(number)s among yours.") % {"number": party_id})
    must_care(request)
    return [_document(line) for line in selectors.next_of_customer(request.auth, party_id, timezone.localdate(), 50)]


@router.post("/care/given", auth=allow("care:write"), response={201: ActDocument, **WRITE_REFUSALS})
def give_care(request: HttpRequest, how: Giving) -> Any:
    """Give a due care: logs the contact and settles the care."""
    return Status(201, services.give_care(request.auth, **how.dict(), now=timezone.now()))


@router.post("/care/skipped", auth=allow("care:write"), response={201: ActDocument, **WRITE_REFUSALS})
def skip_care(request: HttpRequest, how: Skipping) -> Any:
    """Leave a due care out, with a reason."""
    return Status(201, services.skip_care(request.auth, **how.dict(), now=timezone.now()))


@router.post("/care/undone", auth=allow("care:write"), response={204: None, **WRITE_REFUSALS})
def undo_care(request: HttpRequest, which: CareKey) -> Any:
    """Take back one's own act of today."""
    services.undo_care(request.auth, **which.dict(), now=timezone.now())
    return Status(204, None)
