"""API: customers, what they hold, their curves, relations and time lines. Masked as the caller must see them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tenure.contracts import PUBLISHED, codes
from tenure.desk.control.access import allow, session_only
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS, document
from tenure.desk.control.errors import NotFound, Unacceptable
from tenure.desk.control.masking import masked, masked_row
from tenure.desk.control.services import note_view
from tenure.desk.kit.listing import COUNT_CAP, Position
from tenure.desk.org.models import User
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties import consents, duplicates, selectors, services
from tenure.desk.parties.asking import filter_as_asked
from tenure.desk.parties.filters import SORTS
from tenure.desk.parties.rules import IN_LIST, Identity

router = Router(tags=["customers"])

_CUSTOMER, _HOLDING, _TIMELINE = PUBLISHED["customer"], PUBLISHED["holding"], PUBLISHED["timeline"]
_SEARCH = ("name_key", "phone_tail")

CustomerDocument = document("Customer", _CUSTOMER, without=_SEARCH)
CustomerInList = document("CustomerInList", _CUSTOMER, only=IN_LIST)
HoldingDocument = document("Holding", _HOLDING)
CurveDocument = document("Curve", PUBLISHED["customer_curve"])
EventDocument = document("Event", _TIMELINE)
RelationColumns = document("RelationColumns", PUBLISHED["relation"])


class Filters(Schema):
    """What the list is narrowed to, as on the page; what is left out narrows nothing."""

    q: str = Field("", description="customer number or name from its beginning, whole phone, or its last four digits")
    tier: str = ""
    branch: str = Field("", description="branch number: it and all below it")
    rm: str = Field("", description="employee number of the lead relationship manager")
    main_bank: str = ""
    habit: str = ""
    kind: str = ""
    priority: str = ""
    near: bool = Field(False, description="just below the next tier")
    maturing: bool = Field(False, description="something matures within 30 days")
    dormant: bool = False
    payroll: bool = Field(False, description="wages are paid here")
    sort: str = Field("aum", description=f"one of {', '.join(SORTS)}")


class CustomerPage(Schema):
    """A page of customers; ``next`` and ``previous`` are cursors, null at either end."""

    items: list[CustomerInList]  # type: ignore[valid-type]
    next: str | None = None
    previous: str | None = None
    count: int = Field(description=f"how many match, counted no further than {COUNT_CAP}")
    count_is_capped: bool = Field(description="whether more match than were counted")


@router.get("/customers", auth=allow("customers:read"), response={200: CustomerPage, **REFUSALS})
def list_customers(
    request: HttpRequest, filters: Query[Filters], cursor: str = "", limit: int = Query(50, ge=1, le=200)
) -> Any:
    """Customers one may see, narrowed, sorted and paged as on the page."""
    user: User = request.auth
    position = Position.decode(cursor) if cursor else None
    if cursor and position is None:
        raise Unacceptable(
            _("This cursor is not one of ours."), _("Pass on what next or previous said."), field="cursor"
        )
    wanted = filter_as_asked(filters.dict())
    found = selectors.customer_list(user, wanted, position, limit)
    reach = reach_of(user)
    services.note_listing(user, wanted.asked(), len(found.page.rows), timezone.now())
    return {
        "items": [
            {name: masked(getattr(row, name), _CUSTOMER[name], reach) for name in IN_LIST} for row in found.page.rows
        ],
        "next": found.page.after.encode() if found.page.after else None,
        "previous": found.page.before.encode() if found.page.before else None,
        "count": min(found.count, COUNT_CAP),
        "count_is_capped": found.count > COUNT_CAP,
    }


class PairDocument(Schema):
    """Two entries that may be one customer, or were proposed to be; null: not the caller's to see."""

    party_id: str | None = None
    other_id: str | None = None
    name: str | None = None
    other_name: str | None = None
    grade: str = Field(description=f"how sure: {', '.join(codes.DUPLICATE_GRADES)}")
    agrees: list[str] = Field(description="certificate, phone, name, birth_date")
    waiting: UUID | None = Field(None, description="the change by which they are to be merged")


@router.get("/customers/duplicates", auth=allow("customers:read"), response={200: list[PairDocument], **REFUSALS})
def list_duplicates(request: HttpRequest) -> Any:
    """Entries that last night found to be one customer, maybe, the surest first; at most 100, those not yet decided."""
    user: User = request.auth
    reach, pairs = reach_of(user), duplicates.pairs(user)
    services.note_listing(user, {"duplicates": "1"}, len(pairs), timezone.now())

    def name(row: Any) -> Any:
        return masked(row.name, _CUSTOMER["name"], reach) if row else None

    return [
        {
            "party_id": pair.one.party_id if pair.one else None,
            "other_id": pair.other.party_id if pair.other else None,
            "name": name(pair.one),
            "other_name": name(pair.other),
            "grade": pair.grade,
            "agrees": pair.agrees,
            "waiting": pair.waiting.pk if pair.waiting else None,
        }
        for pair in pairs
    ]


class Entered(Schema):
    """Who is about to be entered, as far as it is known."""

    kind: str = Field("person", description="person or company")
    name: str = Field("", max_length=200)
    certificate_kind: str = Field("identity_card", description=", ".join(codes.CERTIFICATE_KINDS))
    certificate_no: str = Field("", max_length=40)
    phone: str = Field("", max_length=40)
    birth_date: dt.date | None = None


class LikelyDocument(Schema):
    """Someone who may be the one entered; number and name only of customers the caller may see."""

    party_id: str | None = None
    name: str | None = None
    grade: str
    agrees: list[str]
    words: str = Field(description="what was found, in the language asked for")


@router.post(
    "/customers/duplicates", auth=allow("customers:read"), response={200: list[LikelyDocument], **WRITE_REFUSALS}
)
def find_same(request: HttpRequest, entered: Entered) -> Any:
    """Who is in the books already and may be the one about to be entered.

    Certificate, phone and date of birth are checked first: what cannot be is 422 with its field.
    """
    user: User = request.auth
    reach = reach_of(user)
    found = services.look_for(user, Identity(**entered.dict()), now=timezone.now())
    return [
        {
            "party_id": one.row.party_id if one.row else None,
            "name": masked(one.row.name, _CUSTOMER["name"], reach) if one.row else None,
            "grade": one.grade,
            "agrees": list(one.agrees),
            "words": _("a customer of yours") if one.row else _("a customer of another branch"),
        }
        for one in found
    ]


class NewMerge(Schema):
    """Which entry is merged into which, and how one knows that they are one customer."""

    kept_id: str
    merged_id: str
    reason: str


class MergeProposed(Schema):
    """The change that waits for a second person."""

    change: UUID
    kept_id: str
    merged_id: str


@router.post("/customers/merges", auth=allow("customers:write"), response={201: MergeProposed, **WRITE_REFUSALS})
def propose_merge(request: HttpRequest, new: NewMerge) -> Any:
    """Propose to merge one entry into another; another person approves it (see changes)."""
    change = services.propose_merge(request.auth, new.kept_id, new.merged_id, new.reason, now=timezone.now())
    return Status(201, {"change": change.pk, **change.content})


class Reason(Schema):
    """Why; it is written down."""

    reason: str


class MergeDocument(Schema):
    """A merge and where it stands."""

    id: int
    kept_id: str
    merged_id: str
    state: str = Field(description="active or undone")
    merged_at: dt.datetime
    undone_at: dt.datetime | None = None


@router.get(
    "/customers/{party_id}/merges",
    auth=allow("customers:read"),
    response={200: list[MergeDocument], **REFUSALS},
)
def list_merges(request: HttpRequest, party_id: str) -> Any:
    """The entries merged into the customer, the last first."""
    row = selectors.customer(request.auth, party_id)
    return [one.merge for one in duplicates.merges_of(request.auth, row)]


@router.post(
    "/customers/merges/{int:merge_id}/undo",
    auth=allow("customers:write"),
    response={200: MergeDocument, **WRITE_REFUSALS},
)
def undo_merge(request: HttpRequest, merge_id: int, why: Reason) -> Any:
    """Make two entries of what was merged: both stand again at once."""
    return services.undo_merge(request.auth, merge_id, why.reason, now=timezone.now())


class Apart(Schema):
    """Two entries that are two customers, and how one knows."""

    party_id: str
    other_id: str
    reason: str


class ApartDocument(Schema):
    """Who said that two are two."""

    party_id: str
    other_id: str
    reason: str
    said_at: dt.datetime


@router.post("/customers/apart", auth=allow("customers:write"), response={200: ApartDocument, **WRITE_REFUSALS})
def tell_apart(request: HttpRequest, two: Apart) -> Any:
    """Say that two entries are two customers; the night's finding does not come back."""
    return services.tell_apart(request.auth, two.party_id, two.other_id, two.reason, now=timezone.now())


@router.get("/customers/{party_id}", auth=allow("customers:read"), response={200: CustomerDocument, **REFUSALS})
def get_customer(request: HttpRequest, party_id: str) -> Any:
    """One customer: facts and every figure of the night."""
    row = selectors.customer(request.auth, party_id)
    note_view(request.auth, _CUSTOMER, party_id, now=timezone.now())
    return masked_row(row, _CUSTOMER, reach_of(request.auth))


@router.get(
    "/customers/{party_id}/holdings",
    auth=allow("customers:read"),
    response={200: list[HoldingDocument], **REFUSALS},  # type: ignore[valid-type]
)
def list_holdings(request: HttpRequest, party_id: str) -> Any:
    """What the customer holds: open accounts and their part in others'."""
    selectors.customer(request.auth, party_id)
    reach = reach_of(request.auth)
    return [masked_row(row, _HOLDING, reach) for row in selectors.holdings(request.auth, party_id)]


@router.get("/customers/{party_id}/curve", auth=allow("customers:read"), response={200: CurveDocument, **REFUSALS})
def get_curve(request: HttpRequest, party_id: str) -> Any:
    """The customer's last 24 months, oldest first."""
    selectors.customer(request.auth, party_id)
    row = selectors.curve(request.auth, party_id)
    if row is None:
        raise NotFound(_("This customer has no months yet."))
    return masked_row(row, PUBLISHED["customer_curve"], reach_of(request.auth))


class RelationDocument(RelationColumns):  # type: ignore[misc, valid-type]
    """A relation; the other's name as the caller may see it, or masked where the other is not theirs to see."""

    other_name: str | None = None
    other_is_visible: bool


@router.get(
    "/customers/{party_id}/relations",
    auth=allow("customers:read"),
    response={200: list[RelationDocument], **REFUSALS},
)
def list_relations(request: HttpRequest, party_id: str) -> Any:
    """Whom the customer is related to, in force now."""
    selectors.customer(request.auth, party_id)
    reach = reach_of(request.auth)
    return [
        {
            **masked_row(one.relation, PUBLISHED["relation"], reach),
            "other_name": masked(one.other.name, _CUSTOMER["name"], reach) if one.other else one.masked_name,
            "other_is_visible": one.other is not None,
        }
        for one in selectors.relatives(request.auth, party_id)
    ]


class EventPage(Schema):
    """A stretch of the time line, newest first; ``next`` is the ``cursor`` of the following one."""

    items: list[EventDocument]  # type: ignore[valid-type]
    next: str | None = None


@router.get("/customers/{party_id}/timeline", auth=allow("customers:read"), response={200: EventPage, **REFUSALS})
def list_events(
    request: HttpRequest, party_id: str, kind: str = "", cursor: str = "", limit: int = Query(50, ge=1, le=200)
) -> Any:
    """The customer's time line on every channel."""
    selectors.customer(request.auth, party_id)
    found = selectors.events(request.auth, party_id, kind, cursor, limit)
    reach = reach_of(request.auth)
    return {"items": [masked_row(row, _TIMELINE, reach) for row in found.rows], "next": found.more or None}


class ConsentDocument(Schema):
    """Whether a customer agrees to a purpose; null: not asked."""

    purpose: str = Field(description="marketing, experience or research")
    agrees: bool | None = None
    noted_at: dt.datetime | None = Field(None, description="null: as the bank's file says")
    noted_by: str
    way: str


class Word(Schema):
    """What a customer said."""

    given: bool
    way: str = Field(description="in_person, phone, online or letter")


@router.get(
    "/customers/{party_id}/consents",
    auth=allow("customers:read"),
    response={200: list[ConsentDocument], **REFUSALS},
)
def list_consents(request: HttpRequest, party_id: str) -> Any:
    """What the customer agrees to: the bank's file, and what they said at the desk since."""
    return consents.consents_of(request.auth, party_id)


@router.put(
    "/customers/{party_id}/consents/{purpose}",
    auth=allow("work:write"),
    response={200: list[ConsentDocument], **WRITE_REFUSALS},
)
def note_consent(request: HttpRequest, party_id: str, purpose: str, said: Word) -> Any:
    """Note that the customer agrees or refuses; it counts at once. The same again changes nothing."""
    consents.note_consent(request.auth, party_id, purpose, said.given, said.way, now=timezone.now())
    return consents.consents_of(request.auth, party_id)


class Revelation(Schema):
    """Which masked values to see, and why."""

    columns: list[str] = Field(description="masked columns of the customer; account_id for all account numbers")
    reason: str


class Revealed(Schema):
    """Values in the clear."""

    values: dict[str, Any]
    at: dt.datetime


@router.post("/customers/{party_id}/reveal", auth=session_only(), response={200: Revealed, **WRITE_REFUSALS})
def reveal(request: HttpRequest, party_id: str, wanted: Revelation) -> Any:
    """Masked values in the clear, for a reason that is written down; at the desk only, never with a token."""
    now = timezone.now()
    values = services.reveal(request.auth, party_id, wanted.columns, wanted.reason, now=now)
    return {"values": values, "at": now}
