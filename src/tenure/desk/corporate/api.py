"""API: companies, what they are buying, trust, batch business. The same services as the pages.

Visits and promises are in ``visit_api``, negotiation sheets in ``negotiation_api``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Router, Schema, Status
from pydantic import Field

from tenure.contracts import codes
from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS, codes_in_words
from tenure.desk.corporate import company, company_services, selectors, services, sizing, standing

router = Router(tags=["companies"])
_READ, _WRITE = "companies:read", "companies:write"


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
    role: str = Field(description=codes_in_words(codes.BUYING_ROLES))
    attitude: str = Field(description=codes_in_words(codes.ATTITUDES))
    party_id: str = Field(description="empty where the person is no customer, or not the caller's to see")
    name: str = Field(alias="label")
    post: str
    words: str


class CriterionDocument(Schema):
    """What a company judges offers by."""

    words: str
    weight: int = Field(ge=1, le=5)
    standing: str = Field("unknown", description=codes_in_words(codes.STANDINGS))


class PurchaseDocument(Schema):
    """Something a company is buying."""

    id: UUID
    external_id: str | None = None
    party_id: str
    about: str
    demand: str = Field(description=codes_in_words(codes.DEMANDS))
    stage: str = Field(description=codes_in_words(codes.BUYING_STAGES))
    state: str = Field(description=codes_in_words(codes.PURCHASE_STATES))
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


class PurchaseVersion(Schema):
    """Which purchase is changed, as one read it."""

    version: int


class NewCriteria(Schema):
    """The criteria, in place of those before."""

    version: int
    criteria: list[CriterionDocument]


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

    demand: str = Field(description=codes_in_words(codes.DEMANDS))
    state: str = Field(description=codes_in_words(codes.DEMAND_STATES))
    words: str = ""
    external_id: str | None = None


class DemandNoteDocument(Schema):
    """What was last asked or heard about a demand."""

    state: str = Field(description=codes_in_words(codes.DEMAND_STATES))
    words: str
    by: str = Field(description="user name")
    at: dt.datetime


class DemandDocument(Schema):
    """One of the five demands of a company, with what speaks for it."""

    demand: str = Field(description=codes_in_words(codes.DEMANDS))
    held: list[str] = Field(description="categories of products that serve it and that the company has")
    need: str | None = Field(None, description="the category the night found a need of; null: none")
    evidence: list[str] = Field(description="why, in the language asked for (Accept-Language)")
    figures: dict[str, int | None] = Field(description="amounts in minor units of the reporting currency; counts")
    note: DemandNoteDocument | None = None


class BatchDocument(Schema):
    """What business with a whole company is sized from. Amounts in minor units of the reporting currency."""

    kind: str = Field(description=codes_in_words(codes.BATCHES))
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


@router.get("/companies/{company_id}/demands", auth=allow(_READ), response={200: list[DemandDocument], **REFUSALS})
def list_demands(request: HttpRequest, company_id: str) -> Any:
    """The five demands of a company: what serves them here, what the data say, what was asked or heard last."""
    user, row = request.auth, standing.company(request.auth, company_id)
    found = company.demands_of(user, row, company.partners_of(user, row), get_language() or "zh-hans")
    return [
        {
            "demand": one.code,
            "held": one.held,
            "need": one.need["row"].category if one.need else None,
            "evidence": one.need["evidence"] if one.need else [],
            "figures": {name: value for name, value, _unit in one.facts},
            "note": {"state": one.note.state, "words": one.note.words, "by": one.note.by.username, "at": one.note.at}
            if one.note
            else None,
        }
        for one in found
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


@router.post(
    "/purchases/{uuid:purchase_id}/roles/{uuid:role_id}/end",
    auth=allow(_WRITE),
    response={200: WholePurchaseDocument, **WRITE_REFUSALS},
)
def end_buying_role(request: HttpRequest, purchase_id: UUID, role_id: UUID, which: PurchaseVersion) -> Any:
    """Take a person off a purchase; ``version`` is the purchase's."""
    services.end_role(request.auth, purchase_id, role_id, version=which.version, now=timezone.now())
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
