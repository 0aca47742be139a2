"""API: introductions, the ways to somebody, what came through a customer. The same services as the pages."""

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
from tenure.desk.network import paths, selectors, services, worth
from tenure.desk.network.filters import position_from
from tenure.desk.parties import selectors as parties
from tenure.desk.parties import services as parties_services

router = Router(tags=["network"])
_READ, _WRITE = "network:read", "network:write"


class IntroductionDocument(Schema):
    """One request to one customer, and whom they named. Names are masked as the caller must see them."""

    id: UUID
    external_id: str | None = None
    introducer_id: str
    introducer: str
    target_id: str = Field("", alias="target_seen", description="empty where the caller does not see them")
    about: str
    state: str = Field(description=f"one of {', '.join(codes.INTRODUCTION_STATES)}")
    owner: str = Field(description="employee number of who works on it")
    asked_on: dt.date | None = None
    given_name: str = Field("", alias="given")
    given_phone: str = Field("", alias="phone")
    given_id: str = Field("", alias="given_seen")
    given_on: dt.date | None = None
    contacted_on: dt.date | None = None
    closed_on: dt.date | None = None
    reason: str
    converted_id: str = Field("", alias="became_seen")
    opportunity_id: UUID | None = None
    thanked_on: dt.date | None = None
    thanked_how: str
    thanks_owed: bool
    version: int = Field(description="send it back with a change; a change of another version is refused (409)")


class IntroductionPage(Schema):
    """A page of introductions."""

    items: list[IntroductionDocument]
    count: int = Field(description="how many there are, counted no further than 1,001")
    next: str | None = Field(None, description="cursor of the page after this one")
    previous: str | None = Field(None, description="cursor of the page before this one")


class IntroductionsWanted(Schema):
    """Which introductions, in which order."""

    state: str = ""
    owner: str = ""
    thanks: bool = Field(False, description="only those whose introducer was not thanked yet")
    sort: Literal["changed", "asked"] = "changed"
    cursor: str = Field("", description="what next or previous said")
    limit: int = Field(25, ge=1, le=200)


class StopDocument(Schema):
    """Somebody on a way; without a number they are a colleague's customer."""

    party_id: str = ""
    name: str = ""
    branch: str = Field("", description="whose customer they are, where not the caller's")
    ask: str = Field("", description="whom to ask there")
    kind: str = Field("", description=f"what they are to the stop before: {', '.join(codes.PATH_TIES)}; or empty")
    strength: float = Field(description="how likely a word passes from the stop before, 0 to 1")


class WayDocument(Schema):
    """A way from a customer of the caller's to whom they want to meet."""

    stops: list[StopDocument]
    strength: float = Field(description="contact × willingness × standing × every tie; it ranks and is no chance")
    contact: float
    willingness: float
    standing: float
    hindrance: str = Field(description="why the first is not asked now: refused, complaint, thanks, waiting, rhythm")
    not_before: dt.date | None = None


class BalanceDocument(Schema):
    """What stands between us and one introducer."""

    asked: int
    given: int
    converted: int
    thanks_owed: int
    hindrance: str
    not_before: dt.date | None = None


class CameDocument(Schema):
    """Who came through a customer, and what they hold; only those the caller sees are added up."""

    party_ids: list[str]
    elsewhere: int = Field(description="how many more came who are colleagues' customers")
    aum: int = Field(description="monthly average assets of those seen, minor units")
    value: int = Field(description="published value of those seen, minor units")
    valued: int = Field(description="of how many a value is published")


class NewRequest(Schema):
    """A request for an introduction."""

    introducer_id: str
    about: str = ""
    target_id: str = ""
    words: str = ""
    external_id: str | None = Field(None, description="your own id: the same again changes nothing")


class NamedUnasked(Schema):
    """Whom a customer named of their own accord."""

    introducer_id: str
    name: str = ""
    phone: str = ""
    party_id: str = ""
    may_call: bool = Field(description="they know of it and agreed to be called; without that nothing is kept")
    words: str = ""
    external_id: str | None = None


class Named(Schema):
    """Whom the customer named."""

    version: int
    name: str = ""
    phone: str = ""
    party_id: str = ""
    may_call: bool = Field(description="they know of it and agreed to be called; without that nothing is kept")


class Reached(Schema):
    """That the one named was reached."""

    version: int


class Became(Schema):
    """Which customer they became, and what came of it."""

    version: int
    party_id: str
    opportunity_id: UUID | None = None


class NothingCame(Schema):
    """Why nothing came of it."""

    version: int
    reason: str = Field(description=f"one of {', '.join(codes.INTRODUCTION_REASONS)}")


class Thanked(Schema):
    """How the introducer was thanked."""

    version: int
    how: str = Field(description=f"one of {', '.join(codes.THANKS)}")


@router.get("/introductions", auth=allow(_READ), response={200: IntroductionPage, **REFUSALS})
def list_introductions(request: HttpRequest, asked: Query[IntroductionsWanted]) -> Any:
    """Introductions by customers the caller sees."""
    told = asked.dict()
    cursor, limit = told.pop("cursor"), told.pop("limit")
    wanted = selectors.filter_as_asked(told)
    position = position_from(cursor, wanted.order)
    if cursor and position is None:
        raise Unacceptable(
            _("This cursor is not one of ours."), _("Pass on what next or previous said."), field="cursor"
        )
    found = selectors.introduction_list(request.auth, wanted, position, limit)
    note = {"of": "introductions", **wanted.asked()}
    parties_services.note_listing(request.auth, note, len(found.rows), timezone.now())
    return {
        "items": found.rows,
        "count": found.count,
        "next": found.page.after.encode() if found.page.after else None,
        "previous": found.page.before.encode() if found.page.before else None,
    }


@router.post(
    "/introductions",
    auth=allow(_WRITE),
    response={frozenset({200, 201}): IntroductionDocument, **WRITE_REFUSALS},
)
def ask_introduction(request: HttpRequest, new: NewRequest) -> Any:
    """Note that a customer was asked (201). With an ``external_id`` sent before, that one is the answer (200)."""
    now = timezone.now()
    made = services.ask(request.auth, **new.dict(), now=now)
    return Status(201 if made.made_at == now else 200, selectors.introduction(request.auth, made.pk))


@router.post(
    "/introductions/unasked",
    auth=allow(_WRITE),
    response={frozenset({200, 201}): IntroductionDocument, **WRITE_REFUSALS},
)
def note_unasked_introduction(request: HttpRequest, new: NamedUnasked) -> Any:
    """Note whom a customer named of their own accord (201); the same ``external_id`` again changes nothing (200)."""
    now = timezone.now()
    made = services.note_unasked(request.auth, **new.dict(), now=now)
    return Status(201 if made.made_at == now else 200, selectors.introduction(request.auth, made.pk))


@router.get(
    "/introductions/{uuid:introduction_id}", auth=allow(_READ), response={200: IntroductionDocument, **REFUSALS}
)
def get_introduction(request: HttpRequest, introduction_id: UUID) -> Any:
    """One introduction."""
    return selectors.introduction(request.auth, introduction_id)


@router.post(
    "/introductions/{uuid:introduction_id}/named",
    auth=allow(_WRITE),
    response={200: IntroductionDocument, **WRITE_REFUSALS},
)
def name_introduced(request: HttpRequest, introduction_id: UUID, how: Named) -> Any:
    """Note whom the customer named."""
    services.note_named(request.auth, introduction_id, **how.dict(), now=timezone.now())
    return selectors.introduction(request.auth, introduction_id)


@router.post(
    "/introductions/{uuid:introduction_id}/contacted",
    auth=allow(_WRITE),
    response={200: IntroductionDocument, **WRITE_REFUSALS},
)
def contact_introduced(request: HttpRequest, introduction_id: UUID, how: Reached) -> Any:
    """Note that the one named was reached."""
    services.contacted(request.auth, introduction_id, **how.dict(), now=timezone.now())
    return selectors.introduction(request.auth, introduction_id)


@router.post(
    "/introductions/{uuid:introduction_id}/convert",
    auth=allow(_WRITE),
    response={200: IntroductionDocument, **WRITE_REFUSALS},
)
def convert_introduction(request: HttpRequest, introduction_id: UUID, how: Became) -> Any:
    """Note the customer they became, and the opportunity that came of it."""
    services.convert(request.auth, introduction_id, **how.dict(), now=timezone.now())
    return selectors.introduction(request.auth, introduction_id)


@router.post(
    "/introductions/{uuid:introduction_id}/end",
    auth=allow(_WRITE),
    response={200: IntroductionDocument, **WRITE_REFUSALS},
)
def end_introduction(request: HttpRequest, introduction_id: UUID, how: NothingCame) -> Any:
    """Note that nothing came of it; name and phone are erased."""
    services.end(request.auth, introduction_id, **how.dict(), now=timezone.now())
    return selectors.introduction(request.auth, introduction_id)


@router.post(
    "/introductions/{uuid:introduction_id}/thank",
    auth=allow(_WRITE),
    response={200: IntroductionDocument, **WRITE_REFUSALS},
)
def thank_introducer(request: HttpRequest, introduction_id: UUID, how: Thanked) -> Any:
    """Note that the introducer was thanked."""
    services.thank(request.auth, introduction_id, **how.dict(), now=timezone.now())
    return selectors.introduction(request.auth, introduction_id)


@router.get("/customers/{party_id}/ways", auth=allow(_READ), response={200: list[WayDocument], **REFUSALS})
def list_ways(request: HttpRequest, party_id: str) -> Any:
    """The ways from the caller's customers to one they see, the strongest first; whom not to ask now, last."""
    target = parties.customer(request.auth, party_id)
    found = paths.ways_to(request.auth, target, timezone.localdate())
    every = [*found.ways, *found.hindered]
    shown = {"of": "paths", "to": target.party_id}
    parties_services.note_listing(request.auth, shown, len(every), timezone.now())
    return [
        WayDocument(
            stops=[
                StopDocument(
                    party_id=stop.row.party_id if stop.row is not None else "",
                    name=stop.label,
                    branch=stop.branch,
                    ask=stop.ask,
                    kind=stop.kind,
                    strength=stop.strength,
                )
                for stop in way.stops
            ],
            strength=way.strength,
            contact=way.contact,
            willingness=way.willing,
            standing=way.weighs,
            hindrance=way.hindrance,
            not_before=way.again_on,
        )
        for way in every
    ]


@router.get(
    "/customers/{party_id}/introductions/balance", auth=allow(_READ), response={200: BalanceDocument, **REFUSALS}
)
def get_introducer_balance(request: HttpRequest, party_id: str) -> Any:
    """What stands between us and one introducer: asked, named, converted, thanks owed, and when to ask again."""
    found = selectors.standing_with(request.auth, party_id, timezone.localdate(), 0)
    counts = {name: getattr(found.balance, name) for name in ("asked", "given", "converted", "thanks_owed")}
    return {**counts, "hindrance": found.hindrance, "not_before": found.again_on}


@router.get("/customers/{party_id}/came", auth=allow(_READ), response={200: CameDocument, **REFUSALS})
def get_who_came(request: HttpRequest, party_id: str) -> Any:
    """Who came through a customer, and what they hold today."""
    found = worth.worth_of(request.auth, party_id)
    return {
        "party_ids": [one.row.party_id for one in found.came],
        "elsewhere": found.elsewhere,
        "aum": found.aum,
        "value": found.value,
        "valued": found.valued,
    }
