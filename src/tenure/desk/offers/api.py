"""API: bundles, what fits a customer, solutions, and how branches sell. The same services as the pages.

The customer's page of a solution is in ``paper_api``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from tenure.contracts import codes
from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.offers import rules, selectors, services
from tenure.desk.offers import selling as sales
from tenure.desk.offers.bundles import selectors as bundle_reads
from tenure.desk.offers.bundles import services as bundle_services
from tenure.desk.offers.fitting import fitting

router = Router(tags=["offers"])
_READ, _WRITE = "offers:read", "offers:write"


class BundleServiceDocument(Schema):
    """Something a bundle gives beside its products."""

    code: str = Field(description=f"one of {', '.join(codes.BUNDLE_SERVICES)}")
    zh: str = Field("", description="what exactly, in Chinese")
    en: str = ""
    cost: int = Field(0, description="what it costs the bank a year, in minor units")


class BundleTermsDocument(Schema):
    """Who may have a bundle; what is left out is not asked."""

    kinds: list[str] = []
    tier_least: str = ""
    aum_least: int | None = Field(None, description="average of the month, minor units")
    holds: list[str] = Field([], description="categories they must hold, all of them")
    lacks: list[str] = Field([], description="categories they must not hold, any of them")


class BundleWanted(Schema):
    """A bundle as it should be; a second person puts it in force."""

    code: str = Field(description="short name, the same for all its versions")
    based_on: int = Field(0, description="the version it was made from; 0 for a new bundle")
    name_zh: str
    name_en: str
    needs: list[str]
    products: list[str] = Field(description="product numbers, the one it is sold for first")
    services: list[BundleServiceDocument] = []
    terms: BundleTermsDocument = BundleTermsDocument()
    price: int = Field(0, description="what the customer pays a year, in minor units")
    owner: str = Field(description="employee number of who answers for it")
    valid_from: dt.date
    valid_until: dt.date
    reason: str


class BundleDocument(Schema):
    """The newest version of a bundle."""

    id: UUID
    code: str
    version: int
    name_zh: str
    name_en: str
    standing: str = Field(description="offered, ahead, ended or withdrawn")
    needs: list[str]
    products: list[str]
    services: list[BundleServiceDocument]
    terms: BundleTermsDocument
    price: int
    currency: str
    cost: int = Field(description="what its services cost the bank a year")
    owner: str
    valid_from: dt.date
    valid_until: dt.date


class BundleWaitsDocument(Schema):
    """The change that waits for a second person."""

    change_id: UUID


class BundleWithdrawal(Schema):
    """Why a bundle is withdrawn, and which version one saw."""

    version: int
    reason: str


class FittingOfferDocument(Schema):
    """A product or bundle beside a customer."""

    key: str = Field(description="product|number or bundle|id; what a solution's item names")
    name: str
    category: str
    risk_level: str
    fits: bool
    codes: list[str] = Field(description="why it may not be offered; empty: it may")
    reasons: list[str] = Field(description="the same in words")


class FeltDocument(Schema):
    """A need with what serves it. Expected value and likelihood are for staff, never for the customer."""

    need: str
    name: str
    heard: bool
    trigger: str = Field(description="why now, in words")
    due_on: dt.date | None = None
    propensity: float | None = None
    expected_value: int | None = None
    fits: list[FittingOfferDocument]
    barred: list[FittingOfferDocument]


class SolutionItemDocument(Schema):
    """Something offered for a need, and what became of it."""

    id: UUID
    need: str
    name: str
    product_id: str
    category: str
    bundle_id: UUID | None = None
    amount: int
    words: str
    state: str = Field(description="open, agreed or declined")
    opportunity_id: UUID | None = None


class NeedTold(Schema):
    """A need in its place."""

    need: str
    heard: bool = Field(False, description="the customer told it")
    words: str = ""


class SolutionDocument(Schema):
    """A solution. Amounts are whole minor units of currency."""

    id: UUID
    party_id: str
    standing: str = Field(description=f"one of {', '.join(codes.SOLUTION_STATES)}")
    manager: str
    needs: list[str] = Field(description="in their order")
    needs_told: list[NeedTold] = Field(description="the same with the customer's words, as a change sends them back")
    items: list[SolutionItemDocument]
    advice: str
    currency: str
    language: str
    shown_on: dt.date | None = None
    valid_until: dt.date | None = None
    settled_on: dt.date | None = None
    level_shown: str
    level_agreed: str
    declined_reason: str
    version: int = Field(description="send it back with a change; a change of another version is refused (409)")


class SolutionBegun(Schema):
    """For whom."""

    party_id: str


class ItemChosen(Schema):
    """Something chosen for a need."""

    need: str
    key: str
    amount: int
    words: str = ""


class Composition(Schema):
    """A draft's needs in their order, and what is chosen."""

    version: int
    needs: list[NeedTold]
    items: list[ItemChosen]
    advice: str = ""


class Showing(Schema):
    """In which language, and until when it holds."""

    version: int
    language: str = "zh-hans"
    valid_until: dt.date


class ItemAnswer(Schema):
    """What the customer said to an item; agreed to, it has a next step on a day."""

    item: UUID
    agrees: bool
    next_step: str = ""
    next_step_on: dt.date | None = None
    owner: str = Field("", description="employee number; oneself where left out")


class Settlement(Schema):
    """The customer's answer to every item."""

    version: int
    answers: list[ItemAnswer]
    reason: str = Field("", description=f"where nothing is agreed to: one of {', '.join(codes.LOST_REASONS)}")
    words: str = ""


class SolutionVersion(Schema):
    """The version one saw."""

    version: int


class SoldDocument(Schema):
    """How somebody sold; products include opportunities won without a solution."""

    name: str
    products: int
    service: int
    solution: int
    shown: int
    settled: int
    agreed: int
    share: float | None = None
    interval: tuple[float, float] | None = None
    too_few: bool


class SellingDocument(Schema):
    """How branches sell, at three levels."""

    since: dt.date
    whole: SoldDocument
    branches: list[SoldDocument]
    managers: list[SoldDocument]
    months: list[SoldDocument]


def _told(user: Any, solution_id: UUID) -> dict[str, Any]:
    return _solution(selectors.solution(user, solution_id, timezone.localdate()))


def _solution(one: selectors.Seen) -> dict[str, Any]:
    names = (
        "id", "party_id", "standing", "manager", "advice", "currency", "language", "shown_on", "valid_until",
        "settled_on", "level_shown", "level_agreed", "declined_reason", "version", "items", "needs_told",
    )  # fmt: skip
    return {**{name: getattr(one, name) for name in names}, "needs": [need["need"] for need in one.needs_told]}


@router.get("/bundles", auth=allow(_READ), response={200: list[BundleDocument], **REFUSALS})
def list_bundles(request: HttpRequest) -> Any:
    """The newest version of every bundle, the offered ones first."""
    found = bundle_reads.bundles(request.auth, timezone.localdate())
    names = set(BundleDocument.model_fields) - {"standing"}
    return [{**{name: getattr(one.row, name) for name in names}, "standing": one.standing} for one in found]


@router.post("/bundles", auth=allow(_WRITE), response={202: BundleWaitsDocument, **WRITE_REFUSALS})
def propose_bundle(request: HttpRequest, wanted: BundleWanted) -> Any:
    """Put a bundle, or another version of one, before a second person."""
    told = wanted.dict()
    code, reason, based_on = told.pop("code"), told.pop("reason"), told.pop("based_on")
    told["services"] = [(one["code"], one["zh"], one["en"], one["cost"]) for one in told["services"]]
    told["terms"] = rules.terms_from(told["terms"])
    made = bundle_services.propose_bundle(
        request.auth, code, bundle_services.Wanted(**told), reason, based_on=based_on, now=timezone.now()
    )
    return Status(202, {"change_id": made.pk})


@router.post("/bundles/{code}/withdraw", auth=allow(_WRITE), response={204: None, **WRITE_REFUSALS})
def withdraw_bundle(request: HttpRequest, code: str, how: BundleWithdrawal) -> Any:
    """Stop offering a bundle at once."""
    bundle_services.withdraw_bundle(request.auth, code, how.reason, version=how.version, now=timezone.now())
    return Status(204, None)


@router.get("/customers/{party_id}/fitting", auth=allow(_READ), response={200: list[FeltDocument], **REFUSALS})
def get_fitting(request: HttpRequest, party_id: str) -> Any:
    """A customer's needs in order, for each what may be offered and what may not, with every reason."""
    return fitting(request.auth, party_id, timezone.localdate()).needs


@router.get("/customers/{party_id}/solutions", auth=allow(_READ), response={200: list[SolutionDocument], **REFUSALS})
def list_solutions(request: HttpRequest, party_id: str) -> Any:
    """A customer's solutions, the last first."""
    return [_solution(one) for one in selectors.of_customer(request.auth, party_id, timezone.localdate())]


@router.post("/solutions", auth=allow(_WRITE), response={200: SolutionDocument, **WRITE_REFUSALS})
def begin_solution(request: HttpRequest, begun: SolutionBegun) -> Any:
    """Begin a solution; the answer is the customer's draft, if there is one."""
    return _told(request.auth, services.begin(request.auth, begun.party_id, now=timezone.now()).pk)


@router.get("/solutions/{uuid:solution_id}", auth=allow(_READ), response={200: SolutionDocument, **REFUSALS})
def get_solution(request: HttpRequest, solution_id: UUID) -> Any:
    """One solution."""
    return _told(request.auth, solution_id)


@router.put("/solutions/{uuid:solution_id}", auth=allow(_WRITE), response={200: SolutionDocument, **WRITE_REFUSALS})
def compose_solution(request: HttpRequest, solution_id: UUID, how: Composition) -> Any:
    """Set a draft's needs, what is chosen for each, and the words of advice. A barred choice is refused (422)."""
    services.compose(
        request.auth,
        solution_id,
        [one.dict() for one in how.needs],
        [services.Choice(**one.dict()) for one in how.items],
        how.advice,
        version=how.version,
        now=timezone.now(),
    )
    return _told(request.auth, solution_id)


@router.post(
    "/solutions/{uuid:solution_id}/show", auth=allow(_WRITE), response={200: SolutionDocument, **WRITE_REFUSALS}
)
def show_solution(request: HttpRequest, solution_id: UUID, how: Showing) -> Any:
    """Show a draft to the customer; every gate is judged again."""
    services.show(request.auth, solution_id, how.language, how.valid_until, version=how.version, now=timezone.now())
    return _told(request.auth, solution_id)


@router.post(
    "/solutions/{uuid:solution_id}/settle", auth=allow(_WRITE), response={200: SolutionDocument, **WRITE_REFUSALS}
)
def settle_solution(request: HttpRequest, solution_id: UUID, how: Settlement) -> Any:
    """Note the answer to every item; what is agreed to becomes an opportunity. Every gate is judged again."""
    answers = {one.item: services.Answer(one.agrees, one.next_step, one.next_step_on, one.owner) for one in how.answers}
    services.settle(
        request.auth,
        solution_id,
        answers,
        version=how.version,
        now=timezone.now(),
        reason=how.reason,
        words=how.words,
    )
    return _told(request.auth, solution_id)


@router.post(
    "/solutions/{uuid:solution_id}/drop", auth=allow(_WRITE), response={200: SolutionDocument, **WRITE_REFUSALS}
)
def drop_solution(request: HttpRequest, solution_id: UUID, how: SolutionVersion) -> Any:
    """Give a draft up."""
    services.drop(request.auth, solution_id, version=how.version, now=timezone.now())
    return _told(request.auth, solution_id)


@router.get("/selling", auth=allow("branch:read"), response={200: SellingDocument, **REFUSALS})
def get_selling(request: HttpRequest, months: Literal[3, 6, 12] = 12) -> Any:
    """How the branches within reach sold: at which level, and how many of those shown a solution agreed."""
    found = sales.selling(request.auth, months, timezone.localdate())

    def sold(name: str, one: rules.Sold) -> dict[str, Any]:
        return {"name": name, **{key: getattr(one, key) for key in SoldDocument.model_fields if key != "name"}}

    return {
        "since": found.since,
        "whole": sold("", found.whole),
        **{
            group: [sold(name, one) for name, one in getattr(found, group)]
            for group in ("branches", "managers", "months")
        },
    }
