"""API: panels of customers who test products, from plan to end. The same services as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tenure.contracts import codes
from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.voice.panels import (
    drawing_services,
    outcome_services,
    selectors,
    services,
    taking_part_services,
)
from tenure.desk.voice.panels.filters import filter_from

router = Router(tags=["panels"])
_READ, _WRITE = "panels:read", "panels:write"


class PanelLine(Schema):
    """A panel in a list."""

    id: UUID
    number: str
    title: str
    category: str
    state: str = Field(description=f"one of {', '.join(codes.PANEL_STATES)}")
    owner: str = Field(description="employee number")
    wanted: int
    accepted: int = Field(description="how many take part")
    invited: int
    held_out: int = Field(description="listed and not invited: the control")
    feedback: int
    rating: float | None = Field(None, description="mean of 1 to 5")
    starts_on: dt.date
    ends_on: dt.date
    version: int


class PanelSessionDocument(Schema):
    """A session of a panel."""

    id: UUID
    at: dt.datetime
    way: str = Field(description=f"one of {', '.join(codes.PANEL_SESSION_WAYS)}")
    place: str
    cancelled_at: dt.datetime | None = None
    attended: int
    absent: int


class PanelDocument(PanelLine):
    """A panel with its plan, sessions and what is owed to those who spoke."""

    title_en: str
    purpose: str
    purpose_en: str
    tiers: list[str]
    branches: list[str]
    kinds: list[str]
    months: int
    channels: list[str]
    held_out_percent: int
    eligible: int | None = Field(None, description="who could be asked when the order was drawn")
    rounds: int
    drawn_at: dt.datetime | None = None
    ended_words: str
    undecided: int = Field(description="things said that nobody has decided on")
    untold: int = Field(description="participants who do not know what came of all they said")
    sessions: list[PanelSessionDocument]


class PanelsWanted(Schema):
    """Which panels, in which order."""

    list: Literal["open", "mine", "ended"] = "open"
    state: str = ""
    category: str = ""
    sort: Literal["newest", "starts", "title", "missing"] = "newest"


class PanelPlanBody(Schema):
    """What it is to be."""

    title: str = Field(description="what is tested, as customers read it")
    purpose: str
    owner: str = Field(description="employee number")
    wanted: int
    starts_on: dt.date
    ends_on: dt.date
    title_en: str = ""
    purpose_en: str = ""
    category: str = ""
    tiers: list[str] = []
    branches: list[str] = []
    kinds: list[str] = []
    months: int = 0
    channels: list[str] = ["sms", "wechat"]


class NewPanelPlan(PanelPlanBody):
    """A plan."""

    key: str = Field(description="the caller's own: sent again it gives the same panel")


class ChangedPanelPlan(PanelPlanBody):
    """A plan as it is to be from now on."""

    version: int


class PanelVersion(Schema):
    """From which version."""

    version: int


class PanelAsk(PanelVersion):
    """Why, for who approves it."""

    reason: str


class PanelEnd(PanelVersion):
    """How it ends."""

    act: Literal["close", "drop"]
    words: str


class PanelHandOver(PanelVersion):
    """To whom."""

    to_staff: str


class PanelSessionBody(PanelVersion):
    """When, how and where."""

    at: dt.datetime
    way: str = Field(description=f"one of {', '.join(codes.PANEL_SESSION_WAYS)}")
    place: str


class PanelDecision(PanelVersion):
    """What comes of what was said."""

    feedback: list[UUID]
    kind: str = Field(description=f"one of {', '.join(codes.PANEL_OUTCOMES)}")
    words: str = Field(description="what is done, or why not; participants read it")


class PanelTelling(Schema):
    """To how many a message goes."""

    messages: int


def _line(one: selectors.PanelSeen) -> dict[str, Any]:
    names = ("title", "category", "state", "owner", "wanted", "starts_on", "ends_on", "version")
    return {
        "id": one.row.pk, "number": one.row.number, "accepted": one.accepted, "invited": one.invited,
        "held_out": one.held_out, "feedback": one.said, "rating": one.rating,
        **{name: getattr(one.row, name) for name in names},
    }  # fmt: skip


def _panel(user: Any, panel_id: UUID) -> dict[str, Any]:
    one, now = selectors.panel(user, panel_id), timezone.now()
    names = (
        "title_en", "purpose", "purpose_en", "tiers", "branches", "kinds", "months", "channels", "held_out_percent",
        "eligible", "rounds", "drawn_at", "ended_words",
    )  # fmt: skip
    owed = selectors.owed_to(one)
    sessions = [
        {
            **{name: getattr(each.row, name) for name in ("id", "at", "way", "place", "cancelled_at")},
            "attended": each.attended,
            "absent": each.absent,
        }
        for each in selectors.sessions(user, one, [], now)
    ]
    return {
        **_line(one), **{name: getattr(one.row, name) for name in names}, "undecided": owed["undecided"],
        "untold": owed["untold"], "sessions": sessions,
    }  # fmt: skip


@router.get("/panels", auth=allow(_READ), response={200: list[PanelLine], **REFUSALS})
def list_panels(request: HttpRequest, wanted: Query[PanelsWanted]) -> Any:
    """The first hundred panels the caller sees."""
    return [_line(one) for one in selectors.panels(request.auth, filter_from(wanted.dict())).rows]


@router.post("/panels", auth=allow(_WRITE), response={201: PanelDocument, **WRITE_REFUSALS})
def plan_panel(request: HttpRequest, body: NewPanelPlan) -> Any:
    """Plan a panel; the same key again gives the same one."""
    told = body.dict()
    key = told.pop("key")
    made = services.plan(request.auth, services.Plan(**told), key, now=timezone.now())
    return Status(201, _panel(request.auth, made.pk))


@router.get("/panels/{uuid:panel_id}", auth=allow(_READ), response={200: PanelDocument, **REFUSALS})
def get_panel(request: HttpRequest, panel_id: UUID) -> Any:
    """One panel."""
    return _panel(request.auth, panel_id)


@router.put("/panels/{uuid:panel_id}", auth=allow(_WRITE), response={200: PanelDocument, **WRITE_REFUSALS})
def edit_panel(request: HttpRequest, panel_id: UUID, body: ChangedPanelPlan) -> Any:
    """Change a plan that is not approved yet."""
    told = body.dict()
    version = told.pop("version")
    services.edit(request.auth, panel_id, services.Plan(**told), version=version, now=timezone.now())
    return _panel(request.auth, panel_id)


def _changes(name: str) -> Any:
    """The decorator of an operation that changes a panel."""
    return router.post(
        f"/panels/{{uuid:panel_id}}/{name}", auth=allow(_WRITE), response={200: PanelDocument, **WRITE_REFUSALS}
    )


@_changes("ask")
def ask_panel(request: HttpRequest, panel_id: UUID, body: PanelAsk) -> Any:
    """Put a plan before a second person."""
    services.ask(request.auth, panel_id, body.reason, version=body.version, now=timezone.now())
    return _panel(request.auth, panel_id)


@_changes("draw")
def draw_panel(request: HttpRequest, panel_id: UUID, body: PanelVersion) -> Any:
    """Draw whom to invite; again, who stands next in the order."""
    drawing_services.draw(request.auth, panel_id, version=body.version, now=timezone.now())
    return _panel(request.auth, panel_id)


@_changes("hand-over")
def hand_over_panel(request: HttpRequest, panel_id: UUID, body: PanelHandOver) -> Any:
    """Give it to another owner."""
    services.hand_over(request.auth, panel_id, body.to_staff, version=body.version, now=timezone.now())
    return _panel(request.auth, panel_id)


@_changes("end")
def end_panel(request: HttpRequest, panel_id: UUID, body: PanelEnd) -> Any:
    """Close it once everybody who spoke was told, or drop one that was not opened."""
    services.end(request.auth, panel_id, body.act, body.words, version=body.version, now=timezone.now())
    return _panel(request.auth, panel_id)


@_changes("sessions")
def plan_panel_session(request: HttpRequest, panel_id: UUID, body: PanelSessionBody) -> Any:
    """Plan a session; whoever takes part is told by message."""
    at = body.at if body.at.tzinfo is not None else timezone.make_aware(body.at)
    taking_part_services.plan_session(
        request.auth, panel_id, at, body.way, body.place, version=body.version, now=timezone.now()
    )
    return _panel(request.auth, panel_id)


@_changes("decisions")
def decide_panel_feedback(request: HttpRequest, panel_id: UUID, body: PanelDecision) -> Any:
    """Decide on what was said: taken up or not, and why."""
    outcome_services.decide(
        request.auth, panel_id, body.feedback, body.kind, body.words, version=body.version, now=timezone.now()
    )
    return _panel(request.auth, panel_id)


@router.post("/panels/{uuid:panel_id}/tell", auth=allow(_WRITE), response={200: PanelTelling, **WRITE_REFUSALS})
def tell_panel(request: HttpRequest, panel_id: UUID, body: PanelVersion) -> Any:
    """Write to everybody on all of whose words was decided what came of it."""
    return {"messages": outcome_services.tell(request.auth, panel_id, version=body.version, now=timezone.now())}


@router.post(
    "/panels/sessions/{uuid:session_id}/cancel", auth=allow(_WRITE), response={200: PanelDocument, **WRITE_REFUSALS}
)
def cancel_panel_session(request: HttpRequest, session_id: UUID) -> Any:
    """Cancel a session nobody took part in."""
    done = taking_part_services.cancel_session(request.auth, session_id, now=timezone.now())
    return _panel(request.auth, done.panel_id)
