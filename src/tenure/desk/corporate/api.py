"""API: companies, what they are buying, visits, trust, batch business. The same services as the pages.

Negotiation sheets are on their page alone: no program reads where the bank walks away.
"""

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
from tenure.desk.corporate import (
    company,
    company_services,
    selectors,
    services,
    sizing,
    standing,
    visit_selectors,
    visit_services,
)

router = Router(tags=["companies"])
_READ, _WRITE = "companies:read", "companies:write"


def _one_of(names: dict[str, codes.Name]) -> str:
    return f"one of {', '.join(names)}"


class GroupMemberDocument(Schema):
    """An owner or subsidiary; without number and name where the caller may not see it."""

    party_id: str | None = None
    name: str | None = None
    direction: str = Field(description="owner or owned")
    share: float | None = Field(None, description="0 to 1 of the whole chain; null: unknown")
    least: bool = Field(description="the share is a lower bound")
    steps: int
    ultimate: bool = Field(description="nobody further is known in that direction")


class BuyingRoleDocument(Schema):
    """What a person does in a purchase."""

    id: UUID
    role: str = Field(description=_one_of(codes.BUYING_ROLES))
    attitude: str = Field(description=_one_of(codes.ATTITUDES))
    party_id: str = Field(description="empty where the person is no customer, or not the caller's to see")
    name: str = Field(alias="label")
    post: str
    words: str


class CriterionDocument(Schema):
    """What a company judges offers by."""

    words: str
    weight: int = Field(ge=1, le=5)
    standing: str = Field("unknown", description=_one_of(codes.STANDINGS))


class PurchaseDocument(Schema):
    """Something a company is buying."""

    id: UUID
    external_id: str | None = None
    party_id: str
    about: str
    demand: str = Field(description=_one_of(codes.DEMANDS))
    stage: str = Field(description=_one_of(codes.BUYING_STAGES))
    state: str = Field(description=_one_of(codes.PURCHASE_STATES))
    decision: str
    decides_on: dt.date | None = None
    stale: bool
    opened_at: dt.datetime
    changed_at: dt.datetime
    version: int = Field(description="send it back with a change; a change of another version is refused (409)")


class WholePurchaseDocument(PurchaseDocument):
    """A purchase with its people and criteria."""

    roles: list[BuyingRoleDocument]
    criteria: list[CriterionDocument]


class NewPurchase(Schema):
    """A purchase to note."""

    about: str
    demand: str
    decision: str
    decides_on: dt.date
    stage: str = "need_seen"
    external_id: str | None = Field(None, description="your own id: the same again changes nothing")


class PurchaseMove(Schema):
    """Where the decision stands; what is left out stays."""

    version: int
    stage: str = ""
    words: str = ""
    decision: str = ""
    decides_on: dt.date | None = None


class PurchaseEnd(Schema):
    """How the company decided."""

    version: int
    state: str = Field(description="ours, others or dropped")
    words: str = ""


class NewBuyingRole(Schema):
    """A person's part: a customer's number, or a name."""

    version: int
    role: str
    party_id: str = ""
    name: str = ""
    post: str = ""
    attitude: str = "unknown"
    words: str = ""


class NewCriteria(Schema):
    """The criteria, in place of those before."""

    version: int
    criteria: list[CriterionDocument]


class NewPromise(Schema):
    """What one side promised."""

    side: str = Field(description=_one_of(codes.PROMISE_SIDES))
    words: str
    due_on: dt.date
    who: str = ""


class PromiseDocument(NewPromise):
    """A promise and what became of it."""

    id: UUID
    state: str = Field(description=_one_of(codes.PROMISE_STATES))
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
    state: str = Field(description=_one_of(codes.VISIT_STATES))
    outcome: str
    learned: str
    next_step: str
    next_step_on: dt.date | None = None
    contact_id: UUID | None = None
    version: int


class NewCompanyVisit(Schema):
    """A visit to plan."""

    aim: str
    on: dt.date
    staff_ids: list[str] = Field([], description="employee numbers; oneself where left out")
    meets: str = ""
    questions: str = Field("", description="one a line")
    bring: str = Field("", description="one a line")
    purchase_id: UUID | None = None
    external_id: str | None = None


class VisitReport(Schema):
    """A visit's report; it is logged as a contact."""

    version: int
    learned: str
    outcome: str
    promises: list[NewPromise] = []
    next_step: str = ""
    next_step_on: dt.date | None = None


class TrustDocument(Schema):
    """A self-judgement by the trust equation. Parts in tenths: 10 to 100."""

    id: UUID
    by: str = Field(description="user name")
    at: dt.datetime
    credibility: int
    reliability: int
    intimacy: int
    self_orientation: int
    value: float = Field(description="(credibility + reliability + intimacy) / self_orientation")
    words: str


class NewTrust(Schema):
    """Answers 1 to 10 by question, as the page asks them."""

    answers: dict[str, int]
    words: str = ""
    external_id: str | None = None


class DemandNoteBody(Schema):
    """What was asked or heard about a demand."""

    demand: str = Field(description=_one_of(codes.DEMANDS))
    state: str = Field(description=_one_of(codes.DEMAND_STATES))
    words: str = ""
    external_id: str | None = None


class BatchDocument(Schema):
    """What business with a whole company is sized from. Amounts in minor units of the reporting currency."""

    kind: str = Field(description=_one_of(codes.BATCHES))
    figures: dict[str, int | None]
    amount: int | None = Field(None, description="null: it can't be told from the data")
    low: int | None = None
    high: int | None = None
    opportunity_id: UUID | None = Field(None, description="the last opportunity made of it")


class NewBatch(Schema):
    """An opportunity to make of the figures."""

    kind: str
    amount: int
    next_step: str
    next_step_on: dt.date


def _purchase(user: Any, purchase_id: UUID) -> dict[str, Any]:
    one = selectors.purchase(user, purchase_id, timezone.localdate())
    return {
        **_listed(one),
        "roles": selectors.roles_of(user, one),
        "criteria": [
            {"words": each.words, "weight": each.weight, "standing": each.standing}
            for each in selectors.criteria_of(user, one)
        ],
    }


def _listed(one: selectors.SeenPurchase) -> dict[str, Any]:
    return {name: getattr(one, name) for name in PurchaseDocument.model_fields}


@router.get("/companies/{company_id}/group", auth=allow(_READ), response={200: list[GroupMemberDocument], **REFUSALS})
def get_group(request: HttpRequest, company_id: str) -> Any:
    """Who owns a company, to the ultimate one, and what it owns; shares multiplied along the chain."""
    found = company.group_of(request.auth, company_id)
    return [
        {
            "party_id": one.row.party_id if one.row is not None else None,
            "name": one.name or None,
            "direction": direction,
            **{name: getattr(one, name) for name in ("share", "least", "steps", "ultimate")},
        }
        for direction, members in (("owner", found.owners), ("owned", found.owned))
        for one in members
    ]


@router.post(
    "/companies/{company_id}/demands",
    auth=allow(_WRITE),
    response={204: None, **WRITE_REFUSALS},
)
def note_demand(request: HttpRequest, company_id: str, note: DemandNoteBody) -> Any:
    """Note what was asked or heard about one of the five demands."""
    company_services.note_demand(request.auth, company_id, **note.dict(), now=timezone.now())
    return Status(204, None)


@router.get("/companies/{company_id}/purchases", auth=allow(_READ), response={200: list[PurchaseDocument], **REFUSALS})
def list_purchases(request: HttpRequest, company_id: str) -> Any:
    """What a company is buying, the stale first, closed ones last; at most 20."""
    return [_listed(one) for one in selectors.purchases_of(request.auth, company_id, timezone.localdate())]


@router.post(
    "/companies/{company_id}/purchases",
    auth=allow(_WRITE),
    response={frozenset({200, 201}): WholePurchaseDocument, **WRITE_REFUSALS},
)
def open_purchase(request: HttpRequest, company_id: str, new: NewPurchase) -> Any:
    """Note that a company is buying something (201); with an ``external_id`` sent before, that one (200)."""
    now = timezone.now()
    made = services.open_purchase(request.auth, company_id, **new.dict(), now=now)
    return Status(201 if made.opened_at == now else 200, _purchase(request.auth, made.pk))


@router.get("/purchases/{uuid:purchase_id}", auth=allow(_READ), response={200: WholePurchaseDocument, **REFUSALS})
def get_purchase(request: HttpRequest, purchase_id: UUID) -> Any:
    """One purchase with its people and criteria."""
    return _purchase(request.auth, purchase_id)


@router.post(
    "/purchases/{uuid:purchase_id}/move",
    auth=allow(_WRITE),
    response={200: WholePurchaseDocument, **WRITE_REFUSALS},
)
def move_purchase(request: HttpRequest, purchase_id: UUID, how: PurchaseMove) -> Any:
    """Say where the company's decision stands, and what it decides next."""
    services.move_on(request.auth, purchase_id, **how.dict(), now=timezone.now())
    return _purchase(request.auth, purchase_id)


@router.post(
    "/purchases/{uuid:purchase_id}/close",
    auth=allow(_WRITE),
    response={200: WholePurchaseDocument, **WRITE_REFUSALS},
)
def close_purchase(request: HttpRequest, purchase_id: UUID, how: PurchaseEnd) -> Any:
    """Say how the company decided."""
    services.close_purchase(request.auth, purchase_id, **how.dict(), now=timezone.now())
    return _purchase(request.auth, purchase_id)


@router.put(
    "/purchases/{uuid:purchase_id}/roles",
    auth=allow(_WRITE),
    response={200: WholePurchaseDocument, **WRITE_REFUSALS},
)
def put_buying_role(request: HttpRequest, purchase_id: UUID, new: NewBuyingRole) -> Any:
    """Say what a person does in a purchase; said again of the same person and role, it is corrected."""
    services.put_role(request.auth, purchase_id, **new.dict(), now=timezone.now())
    return _purchase(request.auth, purchase_id)


@router.put(
    "/purchases/{uuid:purchase_id}/criteria",
    auth=allow(_WRITE),
    response={200: WholePurchaseDocument, **WRITE_REFUSALS},
)
def put_criteria(request: HttpRequest, purchase_id: UUID, new: NewCriteria) -> Any:
    """Say what the company judges offers by, in place of what was said before."""
    told = [(each.words, each.weight, each.standing) for each in new.criteria]
    services.put_criteria(request.auth, purchase_id, told, version=new.version, now=timezone.now())
    return _purchase(request.auth, purchase_id)


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


@router.get("/companies/{company_id}/trust", auth=allow(_READ), response={200: list[TrustDocument], **REFUSALS})
def list_trust(request: HttpRequest, company_id: str) -> Any:
    """How a company's trust was judged, the latest first; self-judgements, not what the customer said."""
    return [_trust(one) for one in selectors.trust_of(request.auth, company_id)]


def _trust(one: Any) -> dict[str, Any]:
    names = ("id", "at", *codes.TRUST_PARTS, "value", "words")
    return {**{name: getattr(one, name) for name in names}, "by": one.by.username}


@router.post(
    "/companies/{company_id}/trust",
    auth=allow(_WRITE),
    response={frozenset({200, 201}): TrustDocument, **WRITE_REFUSALS},
)
def judge_trust(request: HttpRequest, company_id: str, new: NewTrust) -> Any:
    """Keep a self-judgement (201); with an ``external_id`` sent before, that one (200)."""
    now = timezone.now()
    made = company_services.judge_trust(request.auth, company_id, **new.dict(), now=now)
    kept = next(one for one in selectors.trust_of(request.auth, company_id) if one.pk == made.pk)
    return Status(201 if made.at == now else 200, _trust(kept))


@router.get("/companies/{company_id}/batch", auth=allow(_READ), response={200: list[BatchDocument], **REFUSALS})
def list_batch_business(request: HttpRequest, company_id: str) -> Any:
    """What payroll and acquiring are sized from, and how much they come to where that can be told."""
    row = standing.company(request.auth, company_id)
    done = sizing.sized_before(request.auth, row.party_id)
    found = []
    for kind in codes.BATCHES:
        figures, estimate = sizing.figures_of(request.auth, row, kind)
        found.append(
            {
                "kind": kind,
                "figures": figures,
                "amount": estimate.amount if estimate else None,
                "low": estimate.low if estimate else None,
                "high": estimate.high if estimate else None,
                "opportunity_id": done[kind].opportunity_id if kind in done else None,
            }
        )
    return found


@router.post("/companies/{company_id}/batch", auth=allow(_WRITE), response={200: dict[str, UUID], **WRITE_REFUSALS})
def make_batch_opportunity(request: HttpRequest, company_id: str, new: NewBatch) -> Any:
    """Make an opportunity of the figures of payroll or acquiring; answers with its id."""
    made = company_services.make_opportunity(request.auth, company_id, **new.dict(), now=timezone.now())
    return {"opportunity_id": made.pk}
