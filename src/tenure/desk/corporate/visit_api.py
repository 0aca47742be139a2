"""API: visits to companies, planned and reported, and what was promised there. The same services as the pages."""

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
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS, codes_in_words
from tenure.desk.corporate import standing, visit_selectors, visit_services

router = Router(tags=["companies"])
_READ, _WRITE = "companies:read", "companies:write"


class NewPromise(Schema):
    """What one side promised."""

    side: str = Field(description=codes_in_words(codes.PROMISE_SIDES))
    words: str
    due_on: dt.date
    who: str = ""


class PromiseDocument(NewPromise):
    """A promise and what became of it."""

    id: UUID
    state: str = Field(description=codes_in_words(codes.PROMISE_STATES))
    settled_on: dt.date | None = None


class PromiseEnd(Schema):
    """What became of a promise."""

    state: str = Field(description="kept, broken or released")


class CompanyVisitDocument(Schema):
    """A visit: its plan and its report."""

    id: UUID
    external_id: str | None = None
    party_id: str
    purchase_id: UUID | None = None
    on: dt.date
    aim: str
    staff_ids: list[str]
    meets: str
    questions: str
    bring: str
    state: str = Field(description=codes_in_words(codes.VISIT_STATES))
    outcome: str
    learned: str
    next_step: str
    next_step_on: dt.date | None = None
    contact_id: UUID | None = None
    version: int


class CompanyVisitPlan(Schema):
    """What a visit is to be."""

    aim: str
    on: dt.date
    staff_ids: list[str] = Field([], description="employee numbers; oneself where left out")
    meets: str = ""
    questions: str = Field("", description="one a line")
    bring: str = Field("", description="one a line")
    purchase_id: UUID | None = None


class NewCompanyVisit(CompanyVisitPlan):
    """A visit to plan."""

    external_id: str | None = None


class ChangedCompanyVisit(CompanyVisitPlan):
    """A visit's plan, in place of the one before."""

    version: int


class VisitEnd(Schema):
    """Which plan is called off."""

    version: int


class VisitReport(Schema):
    """A visit's report; it is logged as a contact."""

    version: int
    learned: str
    outcome: str
    promises: list[NewPromise] = []
    next_step: str = ""
    next_step_on: dt.date | None = None


@router.get("/companies/{company_id}/visits", auth=allow(_READ), response={200: list[CompanyVisitDocument], **REFUSALS})
def list_company_visits(request: HttpRequest, company_id: str) -> Any:
    """Visits to a company, the latest first; at most 10."""
    return visit_selectors.visits_to(request.auth, company_id)


@router.post(
    "/companies/{company_id}/visits",
    auth=allow(_WRITE),
    response={frozenset({200, 201}): CompanyVisitDocument, **WRITE_REFUSALS},
)
def plan_visit(request: HttpRequest, company_id: str, new: NewCompanyVisit) -> Any:
    """Plan a visit (201); with an ``external_id`` sent before, that one (200)."""
    now = timezone.now()
    made = visit_services.plan_visit(request.auth, company_id, **new.dict(), now=now)
    return Status(201 if made.planned_at == now else 200, visit_selectors.visit(request.auth, made.pk))


@router.get("/company-visits/{uuid:visit_id}", auth=allow(_READ), response={200: CompanyVisitDocument, **REFUSALS})
def get_visit(request: HttpRequest, visit_id: UUID) -> Any:
    """One visit: its plan and its report."""
    return visit_selectors.visit(request.auth, visit_id)


@router.put(
    "/company-visits/{uuid:visit_id}",
    auth=allow(_WRITE),
    response={200: CompanyVisitDocument, **WRITE_REFUSALS},
)
def change_visit(request: HttpRequest, visit_id: UUID, plan: ChangedCompanyVisit) -> Any:
    """Change a visit's plan before it is reported."""
    visit_services.change_visit(request.auth, visit_id, **plan.dict(), now=timezone.now())
    return visit_selectors.visit(request.auth, visit_id)


@router.post(
    "/company-visits/{uuid:visit_id}/cancel",
    auth=allow(_WRITE),
    response={200: CompanyVisitDocument, **WRITE_REFUSALS},
)
def cancel_visit(request: HttpRequest, visit_id: UUID, which: VisitEnd) -> Any:
    """Call a planned visit off."""
    visit_services.cancel_visit(request.auth, visit_id, version=which.version, now=timezone.now())
    return visit_selectors.visit(request.auth, visit_id)


@router.post(
    "/company-visits/{uuid:visit_id}/report",
    auth=allow(_WRITE),
    response={200: CompanyVisitDocument, **WRITE_REFUSALS},
)
def report_visit(request: HttpRequest, visit_id: UUID, how: VisitReport) -> Any:
    """Report a visit; it is logged as a contact in the same act."""
    told = how.dict(exclude={"promises"})
    promises = [visit_services.Promised(each.side, each.words, each.due_on, each.who) for each in how.promises]
    visit_services.report_visit(request.auth, visit_id, **told, promises=promises, now=timezone.now())
    return visit_selectors.visit(request.auth, visit_id)


@router.get("/companies/{company_id}/promises", auth=allow(_READ), response={200: list[PromiseDocument], **REFUSALS})
def list_promises(request: HttpRequest, company_id: str) -> Any:
    """What was promised at visits to a company, open ones first; at most 30."""
    row = standing.company(request.auth, company_id)
    return visit_selectors.promises_of(request.auth, row.party_id)


@router.post("/promises/{uuid:promise_id}/settle", auth=allow(_WRITE), response={204: None, **WRITE_REFUSALS})
def settle_promise(request: HttpRequest, promise_id: UUID, how: PromiseEnd) -> Any:
    """Say that a promise was kept, was not, or was called off by both."""
    visit_services.settle_promise(request.auth, promise_id, how.state, now=timezone.now())
    return Status(204, None)
