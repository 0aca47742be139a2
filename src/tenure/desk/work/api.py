"""API: the work list, and contacts. The same services as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.control.errors import NotFound
from tenure.desk.work import selectors, services

router = Router(tags=["work"])


class BesideDocument(Schema):
    """A signal about the same thing as an entry: one outcome settles both."""

    id: UUID
    title: str = Field(description="in the language asked for (Accept-Language)")
    state: str = Field(description="new, claimed, escalated or closed")
    who: str = Field(description="who claimed or closed it; empty: nobody yet")
    at: dt.datetime = Field(description="when it was raised, claimed or closed, the last of these")
    outcome: str
    settles: bool = Field(description="finishing the entry ends the signal too")


class EntryDocument(Schema):
    """A work-list entry: whom to contact, why, worth what, by when."""

    key: str
    party_id: str
    name: str
    phone: str
    tier: str
    rule: str
    title: str
    reason: str = Field(description="in the language asked for (Accept-Language)")
    to_do: str
    value_at_stake: int = Field(description="whole minor units of currency")
    currency: str
    due_on: dt.date
    rank: int
    within_capacity: bool
    state: str = Field(description="empty, snoozed, handed_over or done")
    staff_id: str = Field(description="whose list it is on; empty: the branch's pool")
    open_complaints: int
    last_contact_on: dt.date | None = None
    signals: list[BesideDocument] = Field([], description="signals of these days about the same thing")


class ContactDocument(Schema):
    """A contact logged at the desk."""

    id: UUID
    external_id: str | None = None
    party_id: str
    at: dt.datetime
    kind: str
    outcome: str
    words: str
    purpose: str
    next_step_on: dt.date | None = None
    proposal_key: str
    staff_id: str
    logged_at: dt.datetime
    withdrawn_at: dt.datetime | None = None


class NewContact(Schema):
    """A contact to log."""

    party_id: str
    kind: str = Field(description="call, visit, meeting, message, email, event or other")
    outcome: str = Field(description="done, interested, follow_up, no_answer, declined or not_relevant")
    words: str = ""
    purpose: str = ""
    next_step_on: dt.date | None = None
    proposal_key: str = Field("", description="the entry it finishes, if any")
    external_id: str | None = Field(None, description="your own id: the same again changes nothing")
    at: dt.datetime | None = Field(None, description="when, with time zone; now where left out")


class Completion(Schema):
    """How an entry ended."""

    outcome: str
    words: str = ""
    kind: str = "call"


class Snooze(Schema):
    """Until when to put an entry off."""

    until: dt.date


class HandOver(Schema):
    """To whom to give an entry, and why."""

    to_staff_id: str
    reason: str


class Standing(Schema):
    """Where an entry stands."""

    proposal_key: str
    state: str
    snoozed_until: dt.date | None = None
    handed_to: str
    changed_at: dt.datetime


@router.get("/worklist", auth=allow("work:read"), response={200: list[EntryDocument], **REFUSALS})
def list_entries(request: HttpRequest) -> Any:
    """Today's list, best first; at most 200 entries and what was handed over."""
    return selectors.todays_list(request.auth, timezone.localdate())


@router.get("/worklist/{key}", auth=allow("work:read"), response={200: EntryDocument, **REFUSALS})
def get_entry(request: HttpRequest, key: str) -> Any:
    """One entry, done or not."""
    found = selectors.entry(request.auth, key, timezone.localdate())
    if found is None:
        raise NotFound(_("There is no such entry on your list."))
    return found


@router.post("/worklist/{key}/complete", auth=allow("work:write"), response={201: ContactDocument, **WRITE_REFUSALS})
def complete_entry(request: HttpRequest, key: str, how: Completion) -> Any:
    """Finish an entry: logs the contact and takes the entry off every list."""
    contact = services.complete(request.auth, key, how.outcome, how.words, now=timezone.now(), kind=how.kind)
    return Status(201, contact)


@router.post("/worklist/{key}/snooze", auth=allow("work:write"), response={200: Standing, **WRITE_REFUSALS})
def snooze_entry(request: HttpRequest, key: str, how: Snooze) -> Any:
    """Put an entry off."""
    return services.snooze(request.auth, key, how.until, now=timezone.now())


@router.post("/worklist/{key}/hand-over", auth=allow("work:write"), response={200: Standing, **WRITE_REFUSALS})
def hand_over_entry(request: HttpRequest, key: str, how: HandOver) -> Any:
    """Give an entry to a colleague of the customer's branch."""
    return services.hand_over(request.auth, key, how.to_staff_id, how.reason, now=timezone.now())


@router.post("/worklist/{key}/undo", auth=allow("work:write"), response={204: None, **WRITE_REFUSALS})
def undo_entry(request: HttpRequest, key: str) -> Any:
    """Take back one's own last act on an entry, on the same day."""
    services.undo(request.auth, key, now=timezone.now())
    return Status(204, None)


@router.post("/contacts", auth=allow("work:write"), response={frozenset({200, 201}): ContactDocument, **WRITE_REFUSALS})
def log_contact(request: HttpRequest, new: NewContact) -> Any:
    """Log a contact (201). With an ``external_id`` sent before, the contact of then is the answer (200) and nothing
    is written; with that id and other content, 409.
    """
    now = timezone.now()
    contact = services.log_contact(request.auth, **new.dict(), now=now)
    return Status(201 if contact.logged_at == now else 200, contact)


@router.get("/contacts/{uuid:contact_id}", auth=allow("work:read"), response={200: ContactDocument, **REFUSALS})
def get_contact(request: HttpRequest, contact_id: UUID) -> Any:
    """One contact."""
    found = selectors.contact(request.auth, contact_id)
    if found is None:
        raise NotFound(_("There is no such contact."))
    return found


@router.delete(
    "/contacts/{uuid:contact_id}", auth=allow("work:write"), response={200: ContactDocument, **WRITE_REFUSALS}
)
def withdraw_contact(request: HttpRequest, contact_id: UUID) -> Any:
    """Withdraw a contact one logged today."""
    return services.withdraw_contact(request.auth, contact_id, now=timezone.now())


@router.get(
    "/customers/{party_id}/contacts", auth=allow("work:read"), response={200: list[ContactDocument], **REFUSALS}
)
def list_contacts(request: HttpRequest, party_id: str) -> Any:
    """Contacts with a customer logged at the desk, the last first, at most 50."""
    found = selectors.contacts_of(request.auth, party_id)
    if not found and not selectors.sees(request.auth, party_id):
        raise NotFound(_("There is no customer %(number)s among yours.") % {"number": party_id})
    return found
