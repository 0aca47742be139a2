"""API: requests of people about their data. The same services as the pages; copies are fetched at the desk alone."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from tenure.contracts import codes
from tenure.contracts.published import TIMELINE
from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.control.masking import masked
from tenure.desk.org.models import User
from tenure.desk.org.selectors import reach_of
from tenure.desk.requests import rules, selectors, services

router = Router(tags=["requests"])


class PersonRequestDocument(Schema):
    """A request of a person about their data."""

    id: UUID
    party_id: str
    kind: str = Field(description=f"one of {', '.join(codes.REQUEST_KINDS)}")
    way: str
    asked_by: str = Field(description=f"one of {', '.join(codes.REQUEST_ASKERS)}")
    identity: str = Field(description=f"one of {', '.join(codes.IDENTITY_CHECKS)}")
    words: str = Field(description="masked unless the caller sees it in the clear")
    received_at: dt.datetime
    due_on: dt.date = Field(description="the last day to answer")
    owner: str
    state: str = Field(description=f"one of {', '.join(codes.REQUEST_STATES)}")
    outcome: str = Field(description=f"one of {', '.join(codes.REQUEST_OUTCOMES)}, empty until answered")
    answered_at: dt.datetime | None
    version: int


class PersonRequestBody(Schema):
    """What is asked for, by whom, and how it is known that it is them."""

    party_id: str
    kind: str
    way: str
    asked_by: str = "person"
    identity: str
    representative: str = Field("", description="who asks, where it is not the person")
    words: str = ""
    form_key: UUID | None = Field(None, description="the caller's own key: sent twice it makes one request")


class PuttingForward(Schema):
    """To the second person: why it is in order."""

    reason: str


class CorrectionBody(Schema):
    """What the core system is to correct."""

    column: str = Field(description=f"one of {', '.join(rules.CORRECTABLE)}")
    should_be: str
    evidence: str


class CorrectionDocument(Schema):
    """A correction asked of the core system; values are masked unless the caller sees them in the clear."""

    id: UUID
    party_id: str
    column: str
    stood: str
    should_be: str
    evidence: str
    state: str = Field(description="asked, done or withdrawn")
    asked_at: dt.datetime
    ended_at: dt.datetime | None


class AnswerBody(Schema):
    """The answer; what is not granted whole says why."""

    outcome: str
    words: str = ""
    language: str = "zh-hans"
    version: int


def _document(user: User, one: Any) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in PersonRequestDocument.model_fields if name != "owner"}
    hidden = masked(one.words, TIMELINE["words"], reach_of(user))
    return {**told, "owner": one.owner.name if one.owner else "", "words": hidden}


def _correction(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "column": told["column"].name}


@router.get("/requests", auth=allow("requests:read"), response={200: list[PersonRequestDocument], **REFUSALS})
def list_requests(request: HttpRequest, state: str = "open") -> Any:
    """Requests at the caller's branches, the soonest due first; ``state``: open, mine or answered."""
    found = selectors.request_list(request.auth, state if state in selectors.LISTS else "open")
    return [_document(request.auth, one) for one in found]


@router.post("/requests", auth=allow("requests:write"), response={201: PersonRequestDocument, **WRITE_REFUSALS})
def receive_request(request: HttpRequest, body: PersonRequestBody) -> Any:
    """Note a request of a customer; the clock runs from today."""
    told = body.model_dump(exclude={"party_id", "form_key"})
    made = services.receive(request.auth, body.party_id, told, body.form_key or uuid4(), now=timezone.now())
    return Status(201, _document(request.auth, made))


@router.get("/requests/corrections", auth=allow("requests:read"), response={200: list[CorrectionDocument], **REFUSALS})
def list_corrections(request: HttpRequest) -> Any:
    """What the core system is asked to correct and has not yet; the oldest first."""
    return [_correction(told) for told in selectors.waiting_corrections(request.auth)]


@router.get("/requests/{number}", auth=allow("requests:read"), response={200: PersonRequestDocument, **REFUSALS})
def get_request(request: HttpRequest, number: UUID) -> Any:
    """One request."""
    return _document(request.auth, selectors.request_of(request.auth, number))


@router.post(
    "/requests/{number}/put-forward", auth=allow("requests:write"),
    response={200: PersonRequestDocument, **WRITE_REFUSALS},
)  # fmt: skip
def put_request_forward(request: HttpRequest, number: UUID, body: PuttingForward) -> Any:
    """Put a copy or an erasure before a second person."""
    return _document(request.auth, services.put_forward(request.auth, number, body.reason, now=timezone.now()))


@router.post(
    "/requests/{number}/corrections", auth=allow("requests:write"), response={201: CorrectionDocument, **WRITE_REFUSALS}
)
def ask_correction(request: HttpRequest, number: UUID, body: CorrectionBody) -> Any:
    """Order a correction of the bank's file."""
    made = services.ask_correction(request.auth, number, body.column, body.should_be, body.evidence, now=timezone.now())
    return Status(201, _correction(selectors.told_of(request.auth, made)))


@router.post(
    "/requests/{number}/answer", auth=allow("requests:write"), response={200: PersonRequestDocument, **WRITE_REFUSALS}
)
def answer_request(request: HttpRequest, number: UUID, body: AnswerBody) -> Any:
    """Answer a request."""
    found = services.answer(
        request.auth, number, body.outcome, body.words, body.language, body.version, now=timezone.now()
    )
    return _document(request.auth, found)
