"""API: care. The same services as the pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from tenure.desk.care import balance_selectors, event_selectors, event_services, rules, selectors, services, statements
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


def must_make_events(request: HttpRequest) -> None:
    """403 for those who make no events."""
    if not reach_of(request.auth).may(Permission.MAKE_EVENTS):
        raise NotAllowed(_("Events are for those who deal with customers and for marketing."))


@router.get("/care", auth=allow("care:read"), response={200: list[CareDocument], **REFUSALS})
def list_care(
    request: HttpRequest, since: dt.date | None = None, until: dt.date | None = None, kind: str = "", rm: str = ""
) -> Any:
    """What is due from ``since`` (today) to ``until`` (a month later; at most 62 days) to the caller's customers, or to
    those of the relationship manager ``rm``; without birthdays for who sees none in the clear.
    """
    must_care(request)
    today = timezone.localdate()
    since = since or today
    if abs(since - today) > dt.timedelta(days=800):
        raise Unacceptable(_("Ask for days within two years of today."), field="since")
    until = until or since + dt.timedelta(days=30)
    if not dt.timedelta(0) <= until - since < dt.timedelta(days=rules.LONGEST_WINDOW):
        raise Unacceptable(_("Ask for 1 to %(days)s days.") % {"days": rules.LONGEST_WINDOW}, field="until")
    if kind and kind not in rules.KINDS:
        raise Unacceptable(_("“%(value)s” is none of the kinds of care.") % {"value": kind[:40]}, field="kind")
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
    must_care(request)
    if not selectors.sees(request.auth, party_id):
        raise NotFound(_("There is no customer %(number)s among yours.") % {"number": party_id})
    return [_document(line) for line in selectors.next_of_customer(request.auth, party_id, timezone.localdate(), 50)]


class BalanceShareDocument(Schema):
    """A share with Wilson's 95 % interval; without value where there are too few to tell."""

    count: int
    of: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


class BalancesDocument(Schema):
    """The four balances of a manager; without employee number: of all together."""

    staff_id: str
    name: str
    contacts: int
    customers: int
    ordinary: BalanceShareDocument
    product: BalanceShareDocument
    team: BalanceShareDocument
    whole: BalanceShareDocument


class HoldingsStatementDocument(Schema):
    """A statement issued to a customer."""

    id: UUID
    party_id: str
    span: str = Field(description="month, quarter or year")
    first_on: dt.date
    last_on: dt.date
    language: str = Field(description="zh-hans or en")
    advice: str
    content: dict[str, Any] = Field(description="figures and names as they were told; amounts in minor units")
    issued_at: dt.datetime


class NewStatement(Schema):
    """A statement to issue."""

    span: str = Field("quarter", description="month, quarter or year, the open month to date included")
    language: str = Field("zh-hans", description="zh-hans or en: the customer's")
    advice: str = Field(description="a word of advice, 10 to 1,000 characters")
    form_key: UUID = Field(description="your own id: the same again issues nothing")


@router.get(
    "/customers/{party_id}/statements",
    auth=allow("care:read"),
    response={200: list[HoldingsStatementDocument], **REFUSALS},
)
def list_statements(request: HttpRequest, party_id: str) -> Any:
    """Statements issued to a customer, the last first, at most 20."""
    must_care(request)
    if not selectors.sees(request.auth, party_id):
        raise NotFound(_("There is no customer %(number)s among yours.") % {"number": party_id})
    return statements.statements_of(request.auth, party_id)


@router.post(
    "/customers/{party_id}/statements",
    auth=allow("care:write"),
    response={frozenset({200, 201}): HoldingsStatementDocument, **WRITE_REFUSALS},
)
def issue_statement(request: HttpRequest, party_id: str, new: NewStatement) -> Any:
    """Issue a statement (201). With a ``form_key`` sent before, the statement of then is the answer (200)."""
    now = timezone.now()
    issued = services.issue_statement(request.auth, party_id, **new.dict(), now=now)
    return Status(201 if issued.issued_at == now else 200, issued)


@router.get("/statements/{uuid:number}", auth=allow("care:read"), response={200: HoldingsStatementDocument, **REFUSALS})
def get_statement(request: HttpRequest, number: UUID) -> Any:
    """One statement as it was issued."""
    must_care(request)
    found = statements.statement(request.auth, number)
    if found is None:
        raise NotFound(_("There is no such statement."))
    return found


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


@router.get("/care/balances", auth=allow("care:read"), response={200: list[BalancesDocument], **REFUSALS})
def list_balances(request: HttpRequest, branch: str = "") -> Any:
    """The four balances of the last 90 days: all together first, then each manager."""
    page = balance_selectors.balance_page(request.auth, timezone.localdate(), branch)
    if page is None:
        raise NotAllowed(_("Balances are for those who look after customers and for heads of branches."))
    return [{"staff_id": one.staff_id, "name": one.name, **asdict(one.found)} for one in (page.whole, *page.rows)]


class NewEvent(Schema):
    """An event to make."""

    title: str
    kind: str = Field(description=f"one of {', '.join(rules.EVENT_KINDS)}; seminar and product sell")
    on: dt.date
    place: str
    capacity: int = Field(description=f"seats, 1 to {rules.MOST_SEATS}")
    words: str = ""
    form_key: UUID = Field(description="your own id: the same again makes nothing")


class ChangedEvent(Schema):
    """An event's particulars, in place of those before."""

    version: int = Field(description="the event's as you read it")
    title: str
    kind: str = Field(description=f"one of {', '.join(rules.EVENT_KINDS)}; seminar and product sell")
    on: dt.date
    place: str
    capacity: int = Field(description=f"seats, 1 to {rules.MOST_SEATS}, no fewer than are taken")
    words: str = ""


class EventEnd(Schema):
    """Why an event is cancelled."""

    reason: str


class CareEventDocument(Schema):
    """An event of the caller's branches."""

    id: UUID
    title: str
    kind: str
    on: dt.date
    place: str
    capacity: int
    words: str
    cancelled_at: dt.datetime | None = None
    version: int


class GuestDocument(Schema):
    """An invited customer of the caller's."""

    party_id: str
    name: str
    state: str = Field(description="invited, accepted, declined, attended or absent")
    version: int
    changed_at: dt.datetime


class EventWithGuests(CareEventDocument):
    """An event with the caller's guests; ``hidden`` more are guests of colleagues."""

    guests: list[GuestDocument]
    hidden: int
    seats_left: int


class Inviting(Schema):
    """Whom to invite."""

    party_ids: list[str] = Field(description=f"at most {rules.MOST_INVITED}")


class InvitedDocument(Schema):
    """What came of inviting; customers without consent to marketing are left out of events that sell."""

    new: int
    before: int
    without_consent: list[str]
    unknown: list[str]


class Answer(Schema):
    """A guest's answer or attendance."""

    party_id: str
    state: str
    version: int = Field(description="the invitation's as you read it")


@router.get("/care/events", auth=allow("care:read"), response={200: list[CareEventDocument], **REFUSALS})
def list_care_events(request: HttpRequest) -> Any:
    """Events to come and of the last year, at most 100 of each."""
    must_make_events(request)
    coming, past = event_selectors.events(request.auth, timezone.localdate())
    return [*coming, *past]


@router.post(
    "/care/events", auth=allow("care:write"), response={frozenset({200, 201}): CareEventDocument, **WRITE_REFUSALS}
)
def make_event(request: HttpRequest, new: NewEvent) -> Any:
    """Make an event at the branch of the caller's post (201; 200 for one made before by that ``form_key``)."""
    now = timezone.now()
    made = event_services.make_event(request.auth, **new.dict(), now=now)
    return Status(201 if made.made_at == now else 200, made)


@router.get("/care/events/{uuid:number}", auth=allow("care:read"), response={200: EventWithGuests, **REFUSALS})
def get_care_event(request: HttpRequest, number: UUID) -> Any:
    """One event with the caller's guests."""
    must_make_events(request)
    page = event_selectors.event_page(request.auth, number, timezone.localdate())
    if page is None:
        raise NotFound(_("There is no such event at your branches."))
    fields = {name: getattr(page.event, name) for name in CareEventDocument.model_fields}
    guests = [
        {
            "party_id": one.invitation.party_id,
            "name": one.name,
            "state": one.invitation.state,
            "version": one.invitation.version,
            "changed_at": one.invitation.changed_at,
        }
        for one in page.guests
    ]
    return {**fields, "guests": guests, "hidden": page.hidden, "seats_left": page.seats_left}


@router.put("/care/events/{uuid:number}", auth=allow("care:write"), response={200: CareEventDocument, **WRITE_REFUSALS})
def change_event(request: HttpRequest, number: UUID, how: ChangedEvent) -> Any:
    """Change an event, as its owner or whoever answers for its branch."""
    return event_services.change_event(request.auth, number, **how.dict(), now=timezone.now())


@router.post(
    "/care/events/{uuid:number}/cancel", auth=allow("care:write"), response={200: CareEventDocument, **WRITE_REFUSALS}
)
def cancel_event(request: HttpRequest, number: UUID, how: EventEnd) -> Any:
    """Cancel an event, saying why; who was invited stays on record."""
    return event_services.cancel_event(request.auth, number, how.reason, now=timezone.now())


@router.post(
    "/care/events/{uuid:number}/invitations",
    auth=allow("care:write"),
    response={200: InvitedDocument, **WRITE_REFUSALS},
)
def invite_to_event(request: HttpRequest, number: UUID, whom: Inviting) -> Any:
    """Invite customers; those invited already stay as they are."""
    found = event_services.invite(request.auth, number, whom.party_ids, now=timezone.now())
    return {**asdict(found), "without_consent": [party_id for party_id, _name in found.without_consent]}


@router.post(
    "/care/events/{uuid:number}/answers", auth=allow("care:write"), response={200: GuestDocument, **WRITE_REFUSALS}
)
def answer_invitation(request: HttpRequest, number: UUID, answer: Answer) -> Any:
    """Note a guest's answer, or on the day whether they came; 409 when every seat is taken."""
    guest = event_services.answer_invitation(request.auth, number, **answer.dict(), now=timezone.now())
    page = event_selectors.event_page(request.auth, number, timezone.localdate())
    name = next((one.name for one in page.guests if one.invitation.pk == guest.pk), "") if page else ""
    return {
        "party_id": guest.party_id,
        "name": name,
        "state": guest.state,
        "version": guest.version,
        "changed_at": guest.changed_at,
    }
