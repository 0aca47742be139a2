"""API: the outbox, and messages that came back."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.voice.sending import rules, selectors, services

router = Router(tags=["messages"])


class MessageDocument(Schema):
    """A message to a customer, without its words and address."""

    id: UUID
    purpose: str
    channel: str
    state: str = Field(description=f"one of {', '.join(rules.STATES)}")
    tries: int
    queued_at: dt.datetime
    next_try_at: dt.datetime | None
    sent_at: dt.datetime | None
    sender: str
    problem: str = Field(description=f"empty, or one of {', '.join(rules.PROBLEMS)}")
    told: str = Field(description="what the sender said, without addresses and numbers")


class Bounces(Schema):
    """Messages that did not arrive. Each row: ``message`` (our number, or the sender's) and ``said``."""

    bounces: list[Any] = Field(description="1 to 1,000 rows; a bad one is refused and the others are taken")


class BounceRefusal(Schema):
    """A row that was not taken."""

    index: int = Field(description="its place in the request, from 0")
    field: str
    expected: str


class BouncesTaken(Schema):
    """What became of the rows."""

    taken: int = Field(description="new; the others were known")
    refused: list[BounceRefusal]


@router.get("/messages", auth=allow("data:read"), response={200: list[MessageDocument], **REFUSALS})
def list_messages(request: HttpRequest, state: str = "", channel: str = "") -> Any:
    """The newest 100 messages to customers, of one state and channel or all."""
    return selectors.messages(request.auth, state, channel)


@router.post("/messages/{uuid:message_id}/again", auth=allow("jobs:write"), response={204: None, **WRITE_REFUSALS})
def send_message_again(request: HttpRequest, message_id: UUID) -> Any:
    """Put a message that failed back into the outbox."""
    services.send_again(request.auth, message_id, now=timezone.now())
    return Status(204, None)


@router.post("/bounces", auth=allow("events:write"), response={200: BouncesTaken, **WRITE_REFUSALS})
def take_bounces(request: HttpRequest, sent: Bounces) -> Any:
    """Tell which messages did not arrive. Send again after a failure: a message bounces once."""
    taken, refused = services.take_bounces(request.auth, sent.bounces, now=timezone.now())
    return {"taken": taken, "refused": refused}
