"""API: upkeep. The same services as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from tenure.contracts import codes
from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.network.upkeep import selectors, services
from tenure.desk.parties.selectors import customer as must_see

router = Router(tags=["network"])
_READ, _WRITE = "network:read", "network:write"


class UpkeepDocument(Schema):
    """What was spent on one person of a customer's. Amounts are whole minor units of currency."""

    id: UUID
    party_id: str
    person: str = Field(description="on whom, masked as the caller must see it; empty: the customer")
    part: str = Field(description=f"one of {', '.join(codes.BUYING_ROLES)}")
    kind: str = Field(description=f"one of {', '.join(codes.UPKEEP_KINDS)}")
    amount: int
    currency: str
    spent_on: dt.date
    purpose: str
    official: bool
    state: str = Field(description=f"one of {', '.join(codes.UPKEEP_STATES)}")
    staff_id: str


class NewUpkeep(Schema):
    """An expense to note; above a limit it waits for a second person."""

    part: str = Field(description=f"one of {', '.join(codes.BUYING_ROLES)}")
    kind: str = Field(description=f"one of {', '.join(codes.UPKEEP_KINDS)}")
    amount: int = Field(description="whole minor units of the bank's currency")
    spent_on: dt.date
    purpose: str
    person: str = ""
    official: bool = Field(description="a public official: the bank's limit is never passed")
    external_id: str | None = Field(None, description="your own id: the same again changes nothing")


class UpkeepPart(Schema):
    """What was spent on a part, and with how many of the customers business was won afterwards: no proof of a cause."""

    part: str
    amount: int
    share: float
    customers: int
    won_afterwards: int
    low: float | None = None
    high: float | None = None


@router.get("/customers/{party_id}/upkeep", auth=allow(_READ), response={200: list[UpkeepDocument], **REFUSALS})
def list_upkeep(request: HttpRequest, party_id: str) -> Any:
    """What was spent for a customer, the last first, at most 50."""
    return selectors.upkeep_of(request.auth, must_see(request.auth, party_id).party_id)


@router.post(
    "/customers/{party_id}/upkeep",
    auth=allow(_WRITE),
    response={frozenset({200, 201}): UpkeepDocument, **WRITE_REFUSALS},
)
def note_upkeep(request: HttpRequest, party_id: str, new: NewUpkeep) -> Any:
    """Note an expense (201); the same ``external_id`` again changes nothing (200)."""
    now = timezone.now()
    made = services.note_upkeep(request.auth, party_id, **new.dict(), now=now)
    return Status(201 if made.made_at == now else 200, selectors.seen(request.auth, [made])[0])


@router.post("/upkeep/{uuid:upkeep_id}/withdraw", auth=allow(_WRITE), response={200: UpkeepDocument, **WRITE_REFUSALS})
def withdraw_upkeep(request: HttpRequest, upkeep_id: UUID) -> Any:
    """Take back what one noted today."""
    one = services.withdraw_upkeep(request.auth, upkeep_id, now=timezone.now())
    return selectors.seen(request.auth, [one])[0]


@router.get("/upkeep/year", auth=allow(_READ), response={200: list[UpkeepPart], **REFUSALS})
def get_upkeep_year(request: HttpRequest) -> Any:
    """How a year's upkeep for the customers one sees divides between deciders, influencers and users."""
    found = selectors.year_of(request.auth, timezone.localdate())
    return [
        UpkeepPart(
            part=one.part,
            amount=one.amount,
            share=one.share,
            customers=one.won.of,
            won_afterwards=one.won.count,
            low=one.won.low,
            high=one.won.high,
        )
        for one in found.parts
    ]
