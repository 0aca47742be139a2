"""API: who looks after whom, the pool, absences, hand-overs. The same services as the pages."""

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
from tenure.desk.team import absences, handing, selectors, services

router = Router(tags=["team"])


class MemberDocument(Schema):
    """One of those who look after a customer."""

    staff_id: str
    name: str
    role: str = Field(description="lead, credit, support or stand_in")
    acting: str = Field(description="who stands in for them today; empty: they are here")


class TeamDocument(Schema):
    """Who looks after a customer."""

    lead: str = Field(description="employee number; empty: nobody, the customer is in the pool")
    members: list[MemberDocument]


class SomebodyNamed(Schema):
    """An employee."""

    staff_id: str


class GivenBack(Schema):
    """Why a customer goes back to the pool."""

    reason: str


class InPoolDocument(Schema):
    """A customer whom nobody leads; the name is masked for those who do not see the customer."""

    party_id: str
    name: str
    tier: str
    value: int = Field(description="monthly average assets, minor units")
    may_take: bool
    may_assign: bool


class AbsenceDocument(Schema):
    """Somebody is away, and who stands in; both days are counted."""

    id: UUID
    staff_id: str
    stand_in: str
    kind: str
    first_on: dt.date
    last_on: dt.date
    called_off: bool


class NewAbsence(Schema):
    """An absence."""

    staff_id: str
    first_on: dt.date
    last_on: dt.date
    kind: str = Field(description="leave, sick, training, seconded or other")
    stand_in: str = Field("", description="employee number; empty: who is kept for good")


class AbsenceEnd(Schema):
    """The last day of an absence instead; before its first day calls it off."""

    last_on: dt.date


class StandInPairDocument(Schema):
    """A manager and who stands in for them; empty: nobody."""

    staff_id: str
    stand_in: str


class StandInNamed(Schema):
    """Who stands in from now on; empty: nobody."""

    stand_in: str = ""


class HandoverWanted(Schema):
    """Which customers of whom go to whom; amounts in minor units, what is left out asks for nothing."""

    from_staff: str
    to_staff: list[str]
    credit_from: dt.date = Field(description="from this day on the new manager's share of serving gives them credit")
    split: str = Field("number", description="number or value")
    tier: str = ""
    branch: str = ""
    kind: str = ""
    least: int | None = Field(None, ge=0, le=10**17)
    most: int | None = Field(None, ge=0, le=10**17)
    party_id: str = ""


class HandoverProposed(HandoverWanted):
    """The same, with a reason and your own id: the same again changes nothing."""

    reason: str
    external_id: str


class LoadDocument(Schema):
    """How many customers a manager leads."""

    staff_id: str
    before: int
    after: int
    most: int
    daily: int | None = Field(None, description="customers they can contact a day")


class PlanLineDocument(Schema):
    """One customer of a plan."""

    party_id: str
    role: str
    to_staff: str


class PlanDocument(Schema):
    """What a hand-over would do."""

    customers: list[PlanLineDocument]
    moves: dict[str, int] = Field(description="entries, signals, opportunities, introductions … that go along")
    loads: list[LoadDocument]


class HandoverDocument(Schema):
    """A hand-over."""

    id: UUID
    from_staff: str
    to_staff: list[str]
    rule: dict[str, Any]
    split: str
    credit_from: dt.date
    reason: str
    state: str = Field(description="waiting, refused, moving, done, undoing or undone")
    made_by: str
    made_at: dt.datetime
    approved_by: str | None = None
    counts: dict[str, int] = Field(description="customers by state")


class HandoverLineDocument(Schema):
    """One customer of a hand-over."""

    id: int
    party_id: str
    role: str
    to_staff: str
    state: str
    hindered: str
    to_tell: bool
    told_how: str
    told_at: dt.datetime | None = None


class HandoverWithLines(HandoverDocument):
    """A hand-over with its customers, at most 200."""

    lines: list[HandoverLineDocument]


class WayOfTelling(Schema):
    """How a customer was told."""

    how: str = Field(description="letter or call")


def _handover(one: Any) -> dict[str, Any]:
    fields = ("from_staff", "to_staff", "rule", "split", "credit_from", "reason", "state", "made_at")
    told = {name: getattr(one, name) for name in fields}
    by = one.approved_by.username if one.approved_by else None
    return {
        "id": one.pk,
        **told,
        "made_by": one.made_by.username,
        "approved_by": by,
        "counts": selectors.counts_of(one),
    }


def _absence(one: Any) -> dict[str, Any]:
    fields = ("staff_id", "stand_in", "kind", "first_on", "last_on")
    return {"id": one.pk, **{name: getattr(one, name) for name in fields}, "called_off": one.ended_at is not None}


def _wanted(asked: HandoverWanted) -> handing.Wanted:
    told = {name: getattr(asked, name) for name in HandoverWanted.model_fields}
    return handing.Wanted(**told)


@router.get("/customers/{party_id}/team", auth=allow("team:read"), response={200: TeamDocument, **REFUSALS})
def get_team(request: HttpRequest, party_id: str) -> Any:
    """Who looks after a customer, and who stands in today."""
    return selectors.team(request.auth, party_id)


@router.post(
    "/customers/{party_id}/team/support", auth=allow("team:write"), response={200: TeamDocument, **WRITE_REFUSALS}
)
def add_support(request: HttpRequest, party_id: str, asked: SomebodyNamed) -> Any:
    """Put a colleague on the customer's team, at once."""
    services.add_support(request.auth, party_id, asked.staff_id, now=timezone.now())
    return selectors.team(request.auth, party_id)


@router.post("/customers/{party_id}/team/support/end", auth=allow("team:write"), response={204: None, **WRITE_REFUSALS})
def end_support(request: HttpRequest, party_id: str, asked: SomebodyNamed) -> Any:
    """Take somebody off the customer's team; what they held goes to the lead."""
    services.end_support(request.auth, party_id, asked.staff_id, now=timezone.now())
    return Status(204, None)


@router.post("/customers/{party_id}/team/give-back", auth=allow("team:write"), response={204: None, **WRITE_REFUSALS})
def give_back_to_pool(request: HttpRequest, party_id: str, asked: GivenBack) -> Any:
    """Give a customer back to the pool."""
    services.give_back(request.auth, party_id, asked.reason, now=timezone.now())
    return Status(204, None)


@router.get("/pool", auth=allow("team:read"), response={200: list[InPoolDocument], **REFUSALS})
def list_pool(request: HttpRequest, tier: str = "") -> Any:
    """Customers whom nobody leads, by value; at most 200."""
    return selectors.pool(request.auth, tier)


@router.post("/pool/{party_id}/take", auth=allow("team:write"), response={204: None, **WRITE_REFUSALS})
def take_from_pool(request: HttpRequest, party_id: str) -> Any:
    """Take a customer; of several who try exactly one does."""
    services.take(request.auth, party_id, now=timezone.now())
    return Status(204, None)


@router.post("/pool/{party_id}/assign", auth=allow("team:write"), response={204: None, **WRITE_REFUSALS})
def assign_from_pool(request: HttpRequest, party_id: str, asked: SomebodyNamed) -> Any:
    """Give a customer of the pool to a colleague, as branch head."""
    services.assign(request.auth, party_id, asked.staff_id, now=timezone.now())
    return Status(204, None)


@router.get("/absences", auth=allow("team:read"), response={200: list[AbsenceDocument], **REFUSALS})
def list_absences(request: HttpRequest) -> Any:
    """Absences now and to come that the caller may know of."""
    return [_absence(one.absence) for one in selectors.absences(request.auth, timezone.localdate())]


@router.post("/absences", auth=allow("team:write"), response={200: AbsenceDocument, **WRITE_REFUSALS})
def note_absence(request: HttpRequest, asked: NewAbsence) -> Any:
    """Note an absence; the same again changes nothing."""
    told = (asked.staff_id, asked.first_on, asked.last_on, asked.kind, asked.stand_in)
    return _absence(absences.note_absence(request.auth, *told, now=timezone.now()))


@router.post(
    "/absences/{uuid:absence_id}/end", auth=allow("team:write"), response={200: AbsenceDocument, **WRITE_REFUSALS}
)
def end_absence(request: HttpRequest, absence_id: UUID, asked: AbsenceEnd) -> Any:
    """Let an absence end earlier, or call it off."""
    return _absence(absences.end_absence(request.auth, absence_id, asked.last_on, now=timezone.now()))


@router.get("/stand-ins", auth=allow("team:read"), response={200: list[StandInPairDocument], **REFUSALS})
def list_stand_ins(request: HttpRequest) -> Any:
    """Who stands in for whom at the caller's branches."""
    return selectors.pairs(request.auth)


@router.put("/stand-ins/{staff_id}", auth=allow("team:write"), response={204: None, **WRITE_REFUSALS})
def set_stand_in(request: HttpRequest, staff_id: str, asked: StandInNamed) -> Any:
    """Keep who stands in for an employee."""
    absences.set_pair(request.auth, staff_id, asked.stand_in, now=timezone.now())
    return Status(204, None)


@router.post("/hand-overs/plan", auth=allow("team:read"), response={200: PlanDocument, **WRITE_REFUSALS})
def plan_hand_over(request: HttpRequest, asked: HandoverWanted) -> Any:
    """What a hand-over would do; nothing is done or kept."""
    made = handing.plan(request.auth, _wanted(asked), now=timezone.now())
    return {
        "customers": [{"party_id": x.row.party_id, "role": x.role, "to_staff": x.to_staff} for x in made.lines],
        "moves": made.moves,
        "loads": [
            {"staff_id": one, "before": x.customers, "after": made.after[one], "most": x.most, "daily": x.daily}
            for one, x in made.before.items()
        ],
    }


@router.post("/hand-overs", auth=allow("team:write"), response={200: HandoverDocument, **WRITE_REFUSALS})
def propose_hand_over(request: HttpRequest, asked: HandoverProposed) -> Any:
    """Put a hand-over before a second person; a background job carries it out once it is approved."""
    made = handing.propose(request.auth, _wanted(asked), asked.reason, asked.external_id, now=timezone.now())
    return _handover(made)


@router.get("/hand-overs", auth=allow("team:read"), response={200: list[HandoverDocument], **REFUSALS})
def list_hand_overs(request: HttpRequest) -> Any:
    """Hand-overs the caller made, is named in, or whose branch they head; the newest 50."""
    return [_handover(one) for one in selectors.handovers(request.auth)]


@router.get("/hand-overs/{uuid:handover_id}", auth=allow("team:read"), response={200: HandoverWithLines, **REFUSALS})
def get_hand_over(request: HttpRequest, handover_id: UUID) -> Any:
    """One hand-over and what became of each customer."""
    one = selectors.handover(request.auth, handover_id)
    return {**_handover(one), "lines": [seen.line for seen in selectors.lines_of(request.auth, one)]}


@router.post(
    "/hand-overs/{uuid:handover_id}/undo", auth=allow("team:write"), response={200: HandoverDocument, **WRITE_REFUSALS}
)
def undo_hand_over(request: HttpRequest, handover_id: UUID, asked: GivenBack) -> Any:
    """Take a hand-over back, by a background job."""
    return _handover(handing.undo(request.auth, handover_id, asked.reason, now=timezone.now()))


@router.get("/customers-to-tell", auth=allow("team:read"), response={200: list[HandoverLineDocument], **REFUSALS})
def list_customers_to_tell(request: HttpRequest) -> Any:
    """The caller's customers who are to be told who looks after them now; at most 200."""
    return [seen.line for seen in selectors.to_tell(request.auth)]


@router.post(
    "/customers-to-tell/{int:line_id}", auth=allow("team:write"), response={200: HandoverLineDocument, **WRITE_REFUSALS}
)
def tell_customer(request: HttpRequest, line_id: int, asked: WayOfTelling) -> Any:
    """Note that a customer was told."""
    return handing.tell(request.auth, line_id, asked.how, now=timezone.now())
