"""API: queue tickets, the lobby's card, receptions. The same services as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Router, Schema, Status
from pydantic import Field

from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.lobby import selectors, services, words

router = Router(tags=["lobby"])


_OF_TICKET = ("ticket_id", "number", "service", "state", "taken_at", "phone_tail")


class NewTicket(Schema):
    """A queue ticket as the machine tells it."""

    ticket_id: str = Field(description="your own id: the same again changes nothing, a later state moves it on")
    org_path: str = Field(description="the branch's path, /HQ/B1/S1/")
    number: str = Field(description="what the slip of paper says")
    taken_at: dt.datetime = Field(description="with time zone, within the last two days")
    service: str = Field(description="personal_cash, personal_other, wealth, corporate or loan")
    party_id: str = Field("", description="where the machine knows who took it")
    phone_tail: str = Field("", description="the last four digits typed at the machine")
    state: str = Field("waiting", description="waiting, called, served or left")
    at: dt.datetime | None = Field(None, description="when it came to that state, with time zone; left out: now")


class TicketDocument(Schema):
    """A queue ticket as it stands. Who took it is told on the lobby's page alone."""

    ticket_id: str
    org_path: str
    number: str
    taken_at: dt.datetime
    service: str
    state: str
    changed_at: dt.datetime


class WaitingDocument(Schema):
    """A ticket of today and whose it is, as the caller may see it."""

    ticket_id: str
    number: str
    service: str
    state: str
    taken_at: dt.datetime
    minutes: int = Field(description="waited so far")
    party_id: str = Field(description="empty: not known yet, or no customer of the caller's")
    name: str = Field(description="masked as the caller must see it; empty as party_id")
    tier: str
    phone_tail: str


class PersonDocument(Schema):
    """Somebody to fetch."""

    staff_id: str
    name: str
    role: str = Field(description="lead, credit, support or stand_in")
    at_desk: bool | None = Field(None, description="busy at the desk in the last half hour; null: does not sign in")


class OfferDocument(Schema):
    """What to speak about."""

    need: str
    product: str
    occasion: str


class CardDocument(Schema):
    """What the lobby needs to know of a customer, and no more: a tier and no amounts."""

    party_id: str
    name: str = Field(description="masked as the caller must see it")
    tier: str | None = None
    near_tier: str | None = None
    tier_protected_until: dt.date | None = None
    valuable: bool
    open_complaints: int
    offers: list[OfferDocument]
    fetch: list[PersonDocument]
    waiting: int = Field(description="how many others wait at the caller's branches")
    advice: str = Field(description="self_service, counter or ask")
    because: str
    reason: str = Field(description="in the language asked for (Accept-Language)")
    script: str


class NewReception(Schema):
    """What was done with somebody who came in."""

    party_id: str
    outcome: str = Field(description="diverted, fetched, served or left")
    ticket_id: str = ""
    advice: str = Field("", description="what the card advised, if it did: self_service or counter")
    because: str = ""
    business: str = Field("", description="cash, transfer or other")
    external_id: str | None = Field(None, description="your own id: the same again changes nothing")


class ReceptionDocument(Schema):
    """A reception."""

    id: UUID
    external_id: str | None = None
    party_id: str
    org_path: str
    ticket_id: str | None = None
    outcome: str
    advice: str
    because: str
    business: str
    tier: str
    waiting: int
    at: dt.datetime
    withdrawn_at: dt.datetime | None = None


@router.post(
    "/tickets", auth=allow("tickets:write"), response={frozenset({200, 201}): TicketDocument, **WRITE_REFUSALS}
)
def take_ticket(request: HttpRequest, new: NewTicket) -> Any:
    """A queue ticket was taken (201), or moved on (200). A branch that is not the caller's is 404."""
    now = timezone.now()
    ticket = services.take_ticket(request.auth, **new.dict(), now=now)
    return Status(201 if ticket.arrived_at == now else 200, ticket)


@router.get("/tickets", auth=allow("tickets:read"), response={200: list[WaitingDocument], **REFUSALS})
def list_tickets(request: HttpRequest) -> Any:
    """Who waits or was called today at the branches of the caller's posts, the longest first; at most 60."""
    return [
        {
            "party_id": one.party_id,
            "minutes": one.minutes,
            "name": one.name,
            "tier": one.tier,
            **{name: getattr(one.ticket, name) for name in _OF_TICKET},
        }
        for one in selectors.waiting(request.auth, timezone.now())
    ]


@router.get("/customers/{party_id}/lobby-card", auth=allow("tickets:read"), response={200: CardDocument, **REFUSALS})
def get_lobby_card(
    request: HttpRequest,
    party_id: str,
    business: str = "",
    amount: int | None = None,
    coins: bool = False,
    wish: str = "",
    ticket_id: str = "",
) -> Any:
    """The lobby's card of a customer, with the advice for what they came to do; ``amount`` in minor units."""
    now = timezone.now()
    card = selectors.card(request.auth, party_id, ticket_id, get_language() or "zh-hans", now)
    advice = selectors.advice(card, business, amount, coins, wish)
    services.note_card(request.auth, party_id, now=now)
    row = card.customer
    return {
        "party_id": row.party_id,
        "name": card.name,
        "tier": row.tier,
        "near_tier": row.near_tier,
        "tier_protected_until": row.tier_protected_until,
        "valuable": card.valuable,
        "open_complaints": row.open_complaints or 0,
        "offers": [{"need": one["need"], "product": one["product"], "occasion": one["trigger"]} for one in card.offers],
        "fetch": card.fetch,
        "waiting": card.waiting,
        "advice": advice.act,
        "because": advice.because,
        "reason": words.reason(advice),
        "script": words.script(advice),
    }


@router.post(
    "/receptions", auth=allow("tickets:write"), response={frozenset({200, 201}): ReceptionDocument, **WRITE_REFUSALS}
)
def log_reception(request: HttpRequest, new: NewReception) -> Any:
    """Say what was done with somebody who came in (201); the same ``external_id`` again is 200."""
    now = timezone.now()
    kept = services.log_reception(request.auth, **new.dict(), now=now)
    return Status(201 if kept.at == now else 200, kept)


@router.get("/receptions", auth=allow("tickets:read"), response={200: list[ReceptionDocument], **REFUSALS})
def list_receptions(request: HttpRequest, day: dt.date | None = None) -> Any:
    """Whom the branches of the caller's posts received on a day, today unless said otherwise; at most 200."""
    return selectors.receptions(request.auth, day or timezone.localdate())


@router.delete(
    "/receptions/{uuid:reception_id}", auth=allow("tickets:write"), response={200: ReceptionDocument, **WRITE_REFUSALS}
)
def withdraw_reception(request: HttpRequest, reception_id: UUID) -> Any:
    """Take back what one logged today."""
    return services.withdraw_reception(request.auth, reception_id, now=timezone.now())
