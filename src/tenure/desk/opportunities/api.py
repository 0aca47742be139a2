"""API: opportunities. The same services as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tenure.contracts import codes
from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.control.errors import Unacceptable
from tenure.desk.opportunities import reopening, rules, selectors, services
from tenure.desk.opportunities.filters import position_from
from tenure.desk.parties import services as parties_services

router = Router(tags=["opportunities"])
_READ, _WRITE = "opportunities:read", "opportunities:write"


class OpportunityDocument(Schema):
    """Business that may be won with a customer. Amounts are whole minor units of currency."""

    id: UUID
    external_id: str | None = None
    party_id: str
    name: str = Field(description="the customer's, masked unless the caller sees it in the clear")
    kind: str = Field(description=f"one of {', '.join(codes.BUSINESS_KINDS)}")
    title: str
    amount: int
    currency: str
    stage: str
    state: str = Field(description="open, won or lost")
    stale: bool = Field(description="its next step has passed, or nothing changed for too long at its stage")
    owner: str = Field(description="employee number")
    source: str
    source_key: str
    next_step: str
    next_step_on: dt.date | None = None
    expected_close_on: dt.date | None = None
    lost_reason: str = ""
    won_amount: int | None = None
    credit_until: dt.date | None = None
    opened_at: dt.datetime
    changed_at: dt.datetime
    closed_at: dt.datetime | None = None
    version: int = Field(description="send it back with a change; a change of another version is refused (409)")


class OpportunityPage(Schema):
    """A page of opportunities."""

    items: list[OpportunityDocument]
    count: int = Field(description="how many there are, counted no further than 1,001")
    next: str | None = Field(None, description="cursor of the page after this one")
    previous: str | None = Field(None, description="cursor of the page before this one")


class StepDocument(Schema):
    """One thing that happened to an opportunity."""

    at: dt.datetime
    by: str = Field(description="user name")
    from_stage: str = Field(description="empty: it was opened")
    to_stage: str
    state: str
    words: str
    next_step: str
    next_step_on: dt.date | None = None
    contact_id: UUID | None = None


class StageDocument(Schema):
    """A stage of a kind of business, and how likely an opportunity there is won."""

    kind: str
    stage: str
    stale_after: int = Field(description="days without a change after which an opportunity there is stale")
    probability: float
    low: float = Field(description="lower end of the 95 % interval")
    high: float = Field(description="upper end of the 95 % interval")
    closed: int = Field(description="opportunities of the last 24 months that stood there")
    won: int = Field(description="how many of them were won")
    default: float
    too_few: bool


class PipelineDocument(Schema):
    """Open opportunities of one currency: their amount, and what may be expected of it."""

    currency: str
    count: int
    amount: int
    expected: int = Field(description="sum of amount × probability")
    low: int
    high: int
    too_few: bool


class NewOpportunity(Schema):
    """An opportunity to open."""

    party_id: str
    kind: str = Field(description=f"one of {', '.join(codes.BUSINESS_KINDS)}")
    title: str
    amount: int = Field(description="whole minor units of currency")
    currency: str = Field("", description="the bank's where left out")
    stage: str = Field("", description="the kind's first where left out")
    owner: str = Field("", description="employee number; oneself where left out")
    next_step: str
    next_step_on: dt.date
    expected_close_on: dt.date | None = None
    source: str = Field("own", description=f"one of {', '.join(codes.OPPORTUNITY_SOURCES)}")
    source_key: str = ""
    external_id: str | None = Field(None, description="your own id: the same again changes nothing")


class Contact(Schema):
    """A contact with the customer, logged with the step; its words are the step's."""

    kind: str
    outcome: str


class Move(Schema):
    """To which stage, and what comes next."""

    version: int
    stage: str
    words: str = ""
    next_step: str = Field("", description="as before where left out")
    next_step_on: dt.date | None = Field(None, description="as before where left out, unless that day has passed")
    contact: Contact | None = None


class Correction(Schema):
    """What to correct; what is left out stays."""

    version: int
    title: str | None = None
    amount: int | None = None
    owner: str | None = None
    expected_close_on: dt.date | None = None


class Win(Schema):
    """How much was won."""

    version: int
    won_amount: int | None = Field(None, description="the opportunity's amount where left out")
    words: str = ""


class Loss(Schema):
    """Why it was lost."""

    version: int
    reason: str = Field(description=f"one of {', '.join(codes.LOST_REASONS)}")
    words: str = ""


class Reopening(Schema):
    """Why it is opened again, and what comes next."""

    version: int
    reason: str
    next_step: str
    next_step_on: dt.date


class OpportunitiesWanted(Schema):
    """Which opportunities, in which order."""

    kind: str = ""
    stage: str = ""
    state: str = ""
    lost: str = ""
    owner: str = ""
    stale: bool = False
    sort: Literal["stale", "amount", "expected", "changed"] = "stale"
    cursor: str = Field("", description="what next or previous said")
    limit: int = Field(25, ge=1, le=200)


def _shown(user: Any, opportunity_id: UUID) -> Any:
    return selectors.opportunity(user, opportunity_id, timezone.localdate())


@router.get("/opportunities", auth=allow(_READ), response={200: OpportunityPage, **REFUSALS})
def list_opportunities(request: HttpRequest, asked: Query[OpportunitiesWanted]) -> Any:
    """Opportunities with customers the caller sees, the stale first unless asked otherwise."""
    told = asked.dict()
    cursor, limit = told.pop("cursor"), told.pop("limit")
    wanted = selectors.filter_as_asked(told)
    position = position_from(cursor, wanted.order)
    if cursor and position is None:
        raise Unacceptable(
            _("This cursor is not one of ours."), _("Pass on what next or previous said."), field="cursor"
        )
    found = selectors.opportunity_list(request.auth, wanted, position, timezone.localdate(), limit)
    note = {"of": "opportunities", **wanted.asked()}
    parties_services.note_listing(request.auth, note, len(found.rows), timezone.now())
    return {
        "items": found.rows,
        "count": found.count,
        "next": found.page.after.encode() if found.page.after else None,
        "previous": found.page.before.encode() if found.page.before else None,
    }


@router.post(
    "/opportunities",
    auth=allow(_WRITE),
    response={frozenset({200, 201}): OpportunityDocument, **WRITE_REFUSALS},
)
def open_opportunity(request: HttpRequest, new: NewOpportunity) -> Any:
    """Open an opportunity (201). With an ``external_id`` sent before, that one is the answer (200)."""
    now = timezone.now()
    made = services.open_opportunity(request.auth, **new.dict(), now=now)
    return Status(201 if made.opened_at == now else 200, _shown(request.auth, made.pk))


@router.get("/opportunities/pipeline", auth=allow(_READ), response={200: list[PipelineDocument], **REFUSALS})
def get_pipeline(request: HttpRequest, kind: str = "", owner: str = "") -> Any:
    """What the open opportunities amount to, and what may be expected of it, by currency."""
    wanted = selectors.filter_as_asked({"kind": kind, "owner": owner})
    found = selectors.pipeline_of(request.auth, wanted, timezone.localdate())
    names = ("count", "amount", "expected", "low", "high", "too_few")
    return [{"currency": at, **{name: getattr(one, name) for name in names}} for at, one in found.items()]


@router.get("/opportunities/stages", auth=allow(_READ), response={200: list[StageDocument], **REFUSALS})
def list_stages(request: HttpRequest) -> Any:
    """Every kind's stages in their order, and how likely each is won."""
    known = selectors.likelihoods()
    return [
        StageDocument(
            kind=kind,
            stage=stage.code,
            stale_after=stage.stale_after,
            probability=likely.mean,
            low=likely.low,
            high=likely.high,
            closed=likely.closed,
            won=likely.won,
            default=likely.default,
            too_few=likely.too_few,
        )
        for kind, stages in rules.STAGES.items()
        for stage in stages
        for likely in (known[kind, stage.code],)
    ]


@router.get("/opportunities/{uuid:opportunity_id}", auth=allow(_READ), response={200: OpportunityDocument, **REFUSALS})
def get_opportunity(request: HttpRequest, opportunity_id: UUID) -> Any:
    """One opportunity."""
    return _shown(request.auth, opportunity_id)


@router.get(
    "/opportunities/{uuid:opportunity_id}/steps", auth=allow(_READ), response={200: list[StepDocument], **REFUSALS}
)
def list_steps(request: HttpRequest, opportunity_id: UUID) -> Any:
    """What happened to an opportunity, the last first, at most 100."""
    names = ("at", "from_stage", "to_stage", "state", "words", "next_step", "next_step_on", "contact_id")
    found = selectors.steps_of(request.auth, _shown(request.auth, opportunity_id))
    return [{**{name: getattr(step, name) for name in names}, "by": step.by.username} for step in found]


@router.post(
    "/opportunities/{uuid:opportunity_id}/move",
    auth=allow(_WRITE),
    response={200: OpportunityDocument, **WRITE_REFUSALS},
)
def move_opportunity(request: HttpRequest, opportunity_id: UUID, how: Move) -> Any:
    """Bring it to a stage, with what comes next; with ``contact`` the words are logged as a contact too."""
    contact = services.ContactMade(how.contact.kind, how.contact.outcome) if how.contact else None
    told = how.dict(exclude={"contact"})
    services.move(request.auth, opportunity_id, **told, contact=contact, now=timezone.now())
    return _shown(request.auth, opportunity_id)


@router.patch(
    "/opportunities/{uuid:opportunity_id}",
    auth=allow(_WRITE),
    response={200: OpportunityDocument, **WRITE_REFUSALS},
)
def edit_opportunity(request: HttpRequest, opportunity_id: UUID, how: Correction) -> Any:
    """Correct its title, amount, owner or the day it is expected to close."""
    services.edit(request.auth, opportunity_id, **how.dict(), now=timezone.now())
    return _shown(request.auth, opportunity_id)


@router.post(
    "/opportunities/{uuid:opportunity_id}/win",
    auth=allow(_WRITE),
    response={200: OpportunityDocument, **WRITE_REFUSALS},
)
def win_opportunity(request: HttpRequest, opportunity_id: UUID, how: Win) -> Any:
    """Close it as won."""
    services.win(request.auth, opportunity_id, **how.dict(), now=timezone.now())
    return _shown(request.auth, opportunity_id)


@router.post(
    "/opportunities/{uuid:opportunity_id}/lose",
    auth=allow(_WRITE),
    response={200: OpportunityDocument, **WRITE_REFUSALS},
)
def lose_opportunity(request: HttpRequest, opportunity_id: UUID, how: Loss) -> Any:
    """Close it as lost, for a reason."""
    services.lose(request.auth, opportunity_id, **how.dict(), now=timezone.now())
    return _shown(request.auth, opportunity_id)


@router.post(
    "/opportunities/{uuid:opportunity_id}/reopen",
    auth=allow(_WRITE),
    response={200: OpportunityDocument, **WRITE_REFUSALS},
)
def reopen_opportunity(request: HttpRequest, opportunity_id: UUID, how: Reopening) -> Any:
    """Open a closed one again: within 90 days of a loss, 30 of a win, whose credit is taken back."""
    reopening.reopen(request.auth, opportunity_id, **how.dict(), now=timezone.now())
    return _shown(request.auth, opportunity_id)
