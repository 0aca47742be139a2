"""API: the customers of a panel: who was asked, what they answered, who came, what they said, how they were told."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from tenure.contracts import codes
from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.parties import services as parties_services
from tenure.desk.voice.panels import outcome_services, rules, selectors, taking_part_services
from tenure.desk.voice.panels.api import PanelVersion

router = Router(tags=["panels"])
_READ, _WRITE = "panels:read", "panels:write"


class PanelMemberDocument(Schema):
    """A customer who was invited. Who is the control is shown to nobody."""

    id: UUID
    party_id: str
    name: str
    state: str = Field(description=f"one of {', '.join(codes.PANEL_MEMBER_STATES)}")
    channel: str
    round: int
    invited_at: dt.datetime
    expires_at: dt.datetime
    answered_at: dt.datetime | None = None
    feedback: int
    told_at: dt.datetime | None = None
    told_how: str = Field(description=f"one of {', '.join(codes.PANEL_TOLD)}; empty: not yet")
    told_problem: str = Field(description="why the message did not reach them")
    version: int


class PanelFeedbackDocument(Schema):
    """What a participant said of a session, words masked as the caller must see them."""

    id: UUID
    party_id: str
    session_id: UUID
    rating: int
    words: str
    source: str = Field(description=f"one of {', '.join(codes.PANEL_FEEDBACK_SOURCES)}")
    given_at: dt.datetime
    outcome: str = Field(description=f"one of {', '.join(codes.PANEL_OUTCOMES)}; empty: not decided")
    outcome_words: str


class PanelAnswer(PanelVersion):
    """What somebody invited said."""

    answer: Literal["accepted", "declined", "withdrawn"]


class PanelAttendance(Schema):
    """Whether somebody took part."""

    state: Literal["attended", "absent"]


class PanelSaid(Schema):
    """What somebody said of a session."""

    rating: int = Field(description="1 to 5")
    words: str = ""


class PanelTold(PanelVersion):
    """How a participant was told."""

    how: Literal["call", "in_person"]


def _member(one: selectors.MemberSeen) -> dict[str, Any]:
    names = (
        "state", "channel", "round", "invited_at", "expires_at", "answered_at", "told_at", "told_how", "told_problem",
        "version",
    )  # fmt: skip
    told = {name: getattr(one.row, name) for name in names}
    return {"id": one.row.pk, "party_id": one.party_id, "name": one.name, "feedback": one.gave, **told}


@router.get("/panels/{uuid:panel_id}/members", auth=allow(_READ), response={200: list[PanelMemberDocument], **REFUSALS})
def list_panel_members(request: HttpRequest, panel_id: UUID, state: str = "") -> Any:
    """Customers the caller sees who were invited, those who take part first; at most 300."""
    one = selectors.panel(request.auth, panel_id)
    found = selectors.members(request.auth, one, state if state in codes.PANEL_MEMBER_STATES else "")
    parties_services.note_listing(request.auth, {"of": "panel", "panel": one.row.number}, len(found), timezone.now())
    return [_member(each) for each in found]


@router.get(
    "/panels/{uuid:panel_id}/feedback", auth=allow(_READ), response={200: list[PanelFeedbackDocument], **REFUSALS}
)
def list_panel_feedback(request: HttpRequest, panel_id: UUID) -> Any:
    """What customers the caller sees said, what is not decided first; at most 300."""
    one = selectors.panel(request.auth, panel_id)
    found = selectors.said(request.auth, one)
    told = {"of": "feedback of a panel", "panel": one.row.number}
    parties_services.note_listing(request.auth, told, len(found), timezone.now())
    return [
        {
            **{name: getattr(each.row, name) for name in ("id", "rating", "source", "given_at")},
            "party_id": each.party_id,
            "session_id": each.row.attendance.session_id,
            "words": each.words,
            "outcome": each.row.outcome.kind if each.row.outcome else "",
            "outcome_words": each.row.outcome.words if each.row.outcome else "",
        }
        for each in found
    ]


@router.post(
    "/panels/members/{uuid:member_id}/answer", auth=allow(_WRITE), response={200: PanelMemberDocument, **WRITE_REFUSALS}
)
def answer_panel(request: HttpRequest, member_id: UUID, body: PanelAnswer) -> Any:
    """Note what somebody invited answered, or that they withdrew."""
    given: dict[str, Any] = {"version": body.version, "now": timezone.now()}
    if body.answer == rules.WITHDRAWN:
        taking_part_services.withdraw(request.auth, member_id, **given)
    else:
        taking_part_services.note_answer(request.auth, member_id, body.answer, **given)
    return _member(selectors.member(request.auth, member_id))


@router.post(
    "/panels/members/{uuid:member_id}/told", auth=allow(_WRITE), response={200: PanelMemberDocument, **WRITE_REFUSALS}
)
def tell_panel_member(request: HttpRequest, member_id: UUID, body: PanelTold) -> Any:
    """Note that a participant was told by phone or in person what came of what they said."""
    outcome_services.note_told(request.auth, member_id, body.how, version=body.version, now=timezone.now())
    return _member(selectors.member(request.auth, member_id))


@router.post(
    "/panels/sessions/{uuid:session_id}/members/{uuid:member_id}/attendance",
    auth=allow(_WRITE),
    response={200: PanelMemberDocument, **WRITE_REFUSALS},
)
def note_panel_attendance(request: HttpRequest, session_id: UUID, member_id: UUID, body: PanelAttendance) -> Any:
    """Note whether somebody took part in a session."""
    taking_part_services.note_attendance(request.auth, session_id, member_id, body.state, now=timezone.now())
    return _member(selectors.member(request.auth, member_id))


@router.post(
    "/panels/sessions/{uuid:session_id}/members/{uuid:member_id}/feedback",
    auth=allow(_WRITE),
    response={200: PanelMemberDocument, **WRITE_REFUSALS},
)
def note_panel_feedback(request: HttpRequest, session_id: UUID, member_id: UUID, body: PanelSaid) -> Any:
    """Note what somebody said of a session, once."""
    taking_part_services.note_feedback(request.auth, session_id, member_id, body.rating, body.words, now=timezone.now())
    return _member(selectors.member(request.auth, member_id))
