"""API: complaints. The same services as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from tenure.contracts import codes
from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.control.errors import Unacceptable
from tenure.desk.parties import services as parties_services
from tenure.desk.voice.complaints import (
    counted_selectors,
    exports,
    given_selectors,
    giving_services,
    intake,
    selectors,
    services,
)
from tenure.desk.voice.complaints.filters import filter_from, position_from

router = Router(tags=["complaints"])
_READ, _WRITE = "complaints:read", "complaints:write"


class ComplaintDocument(Schema):
    """A complaint; what was said and names are masked as they must be. Its steps are its case's."""

    id: UUID
    number: str = Field(description="what people call it by")
    party_id: str = Field(description="empty: nobody knows who complains")
    who: str
    case: UUID | None = Field(None, description="its case, whose steps and clocks are its own")
    received_at: dt.datetime
    words: str
    wish: str
    org_path: str
    concerns: str
    channel_code: str
    business_code: str
    cause_code: str
    code_version: str = Field(description="the table of codes it is coded by; empty: not coded")
    state: str = Field(description="of its case; open or closed where there is none")
    due_on: dt.date | None = Field(None, description="when its time runs out; null: closed, or the clocks stand")
    late: bool
    disputed: int | None = Field(None, description="amount it is about, minor units of the bank's currency")
    served_by: str = Field(description="employee number of who did the transaction; empty: not known")
    settled_words: str = Field(description="how one of somebody never found was settled; masked")
    version: int = Field(description="send it back with a change; a change of another version is refused (409)")


class ComplaintPage(Schema):
    """A page of complaints."""

    items: list[ComplaintDocument]
    count: int = Field(description="how many there are, counted no further than 1,001")
    next: str | None = Field(None, description="cursor of the page after this one")
    previous: str | None = Field(None, description="cursor of the page before this one")


class ComplaintsWanted(Schema):
    """Which complaints, in which order."""

    list: Literal["open", "unknown", "closed", "all"] = "open"
    channel: str = ""
    business: str = ""
    cause: str = ""
    sort: Literal["newest", "oldest", "due", "changed"] = "newest"
    cursor: str = Field("", description="what next or previous said")
    limit: int = Field(25, ge=1, le=200)


class ComplaintsSent(Schema):
    """Complaints. Each row: ``external_id`` (its sender's number), ``channel`` (a code), ``received_at`` (with time
    zone), ``words``, and where they are known ``party_id``, ``person``, ``reach``, ``org_id``, ``concerns``,
    ``served_by``, ``wish`` and ``disputed`` (the amount it is about, minor units)."""

    complaints: list[Any] = Field(description="1 to 500 rows; a bad one is refused and the others are taken")


class TakenComplaint(Schema):
    """What became of one row."""

    external_id: str
    complaint: UUID
    number: str
    standing: str = Field(description="first: a complaint of its own; waiting: maybe one there is, a person decides")


class RefusedComplaint(Schema):
    """A row that was not taken."""

    index: int = Field(description="its place in the request, from 0")
    external_id: str
    field: str
    expected: str


class TakenComplaintsDocument(Schema):
    """What became of the rows."""

    taken: list[TakenComplaint]
    refused: list[RefusedComplaint]


class ComplaintCoding(Schema):
    """Its codes."""

    version: int
    business: str
    cause: str
    channel: str = Field("", description="left out it stays")


class ComplaintIdentity(Schema):
    """Who it is."""

    version: int
    party_id: str


class ComplaintSubject(Schema):
    """Whom it is about. An empty branch leaves it as it stands; empty employees say that nobody is known."""

    version: int
    org_id: str = ""
    concerns: str = Field("", description="employee number it is about")
    served_by: str = Field("", description="employee number of who did the transaction")


class ComplaintSettlement(Schema):
    """What was done about it."""

    version: int
    words: str


class ArrivalDecision(Schema):
    """Whether it is the same matter."""

    same: bool = Field(description="false: it becomes a complaint of its own; undoes a joining too")


class ArrivalDocument(Schema):
    """A time it came in; what was said is masked as it must be."""

    id: UUID
    complaint: UUID
    number: str = Field(description="the complaint's, as people call it")
    external_id: str | None = None
    channel_code: str
    received_at: dt.datetime
    words: str
    standing: str = Field(description=f"one of {', '.join(codes.ARRIVAL_STANDINGS)}")
    likeness: int = Field(description="to the complaint it may be of, in hundredths")


class ComplaintConcession(Schema):
    """What is conceded."""

    kind: str = Field(description=f"one of {', '.join(codes.CONCESSION_KINDS)}")
    amount: int = Field(description="minor units of the bank's currency; of points their worth")
    reason: str
    once: str = Field(description="an id of the caller's own: the same again is the same concession")


class ConcessionDocument(Schema):
    """A concession."""

    id: UUID
    kind: str
    amount: int
    currency: str
    state: str = Field(description=f"one of {', '.join(codes.CONCESSION_STATES)}")
    over: str = Field(description="the limit it is above: alone, complaint, year; empty: none")
    made_at: dt.datetime


class ComplaintLetter(Schema):
    """A letter to be written."""

    kind: str = Field(description=f"one of {', '.join(codes.LETTER_KINDS)}")
    language: Literal["zh-hans", "en"] = "zh-hans"
    words: str = Field("", description="the decision and why, the papers, or the reason for more time")
    channel: str = Field("", description="of the outbox; empty: it is printed")
    once: str = Field(description="an id of the caller's own: the same again is the same letter")


class ComplaintLetterDocument(Schema):
    """A letter as it was written, masked as it must be."""

    id: UUID
    kind: str
    language: str
    subject: str
    text: str
    channel: str
    made_at: dt.datetime


class ReturnPeriod(Schema):
    """Received from when to when."""

    first: dt.date | None = Field(None, description="left out: the first of this year")
    last: dt.date | None = Field(None, description="left out: today")


class ReturnLine(Schema):
    """A line of the return; ``received`` is the sum of the six after it."""

    by: str = Field(description=f"total, {', '.join(('channel', 'business', 'cause', 'branch'))}")
    code: str
    name: str
    received: int
    in_15: int
    in_30: int
    in_60: int
    later: int
    open: int
    overdue: int
    repeat: int
    group: int


class ReturnDocument(Schema):
    """The regulator's return of the complaints the caller may see."""

    adds_up: bool
    lines: list[ReturnLine]


def _document(one: Any) -> dict[str, Any]:
    names = (
        "id", "number", "party_id", "who", "received_at", "words", "wish", "org_path", "concerns", "channel_code",
        "business_code", "cause_code", "code_version", "due_on", "late", "disputed", "served_by", "settled_words",
        "version",
    )  # fmt: skip
    state = one.case.state if one.case is not None else "open" if one.open else "closed"
    return {**{n: getattr(one, n) for n in names}, "case": one.row.case_id, "state": state}


def _arrival(one: Any) -> dict[str, Any]:
    names = ("external_id", "channel_code", "received_at", "standing", "likeness")
    told = {name: getattr(one.row, name) for name in names}
    return {**told, "id": one.row.pk, "complaint": one.row.complaint_id, "number": one.number, "words": one.words}


def _shown(request: HttpRequest, complaint_id: UUID) -> dict[str, Any]:
    return _document(selectors.complaint(request.auth, complaint_id, timezone.now()))


@router.get("/complaints", auth=allow(_READ), response={200: ComplaintPage, **REFUSALS})
def list_complaints(request: HttpRequest, asked: Query[ComplaintsWanted]) -> Any:
    """Complaints the caller may see, the newest first."""
    told = asked.dict()
    cursor, limit, now = told.pop("cursor"), told.pop("limit"), timezone.now()
    position = position_from(cursor) if cursor else None
    if cursor and position is None:
        raise Unacceptable(_("This is no cursor of this list."), field="cursor")
    wanted = filter_from(told)
    found = selectors.complaint_list(request.auth, wanted, position, now, limit)
    parties_services.note_listing(request.auth, {"of": "complaints", **wanted.asked()}, len(found.rows), now)
    page = found.page
    return {
        "items": [_document(one) for one in found.rows], "count": found.count,
        "next": page.after.encode() if page.after else None, "previous": page.before.encode() if page.before else None,
    }  # fmt: skip


@router.post("/complaints", auth=allow(_WRITE), response={200: TakenComplaintsDocument, **WRITE_REFUSALS})
def take_complaints(request: HttpRequest, sent: ComplaintsSent) -> Any:
    """Take complaints in. Send again after a failure: an external id counts once. One like another of the same person
    waits for a person to say whether it is the same."""
    return intake.take_many(request.auth, sent.complaints, now=timezone.now())


@router.get("/complaints/return", auth=allow(_READ), response={200: ReturnDocument, **REFUSALS})
def get_complaints_return(request: HttpRequest, asked: Query[ReturnPeriod]) -> Any:
    """The regulator's return of a period, with the control that every part adds up; without any about the caller."""
    last = asked.last or timezone.localdate()
    first, last = exports.period({"first": f"{asked.first or last.replace(month=1, day=1)}", "last": f"{last}"})
    found = counted_selectors.regulator_return(request.auth, first, last, timezone.now())
    lines = [("total", "", _("Total"), found.counted.total), *found.lines]
    figures = [name for name in ReturnLine.model_fields if name not in ("by", "code", "name")]
    return {
        "adds_up": found.counted.adds_up,
        "lines": [
            {"by": by, "code": code, "name": name, **{one: getattr(line, one) for one in figures}}
            for by, code, name, line in lines
        ],
    }


@router.get("/complaints/{uuid:complaint_id}", auth=allow(_READ), response={200: ComplaintDocument, **REFUSALS})
def get_complaint(request: HttpRequest, complaint_id: UUID) -> Any:
    """One complaint."""
    return _shown(request, complaint_id)


@router.get("/complaints/arrivals/waiting", auth=allow(_READ), response={200: list[ArrivalDocument], **REFUSALS})
def list_waiting_arrivals(request: HttpRequest) -> Any:
    """What came in again and may be the same matter, the longest waiting first, 100 at most; for complaint handlers."""
    return [_arrival(row) for row in selectors.waiting_arrivals(request.auth, 100)]


@router.post(
    "/complaints/arrivals/{uuid:arrival_id}/decide", auth=allow(_WRITE),
    response={200: ComplaintDocument, **WRITE_REFUSALS},
)  # fmt: skip
def decide_arrival(request: HttpRequest, arrival_id: UUID, body: ArrivalDecision) -> Any:
    """Say whether what came in again is the same matter; gives the complaint it is of now."""
    found = services.decide_arrival(request.auth, arrival_id, body.same, now=timezone.now())
    return _shown(request, found.pk)


@router.get(
    "/complaints/{uuid:complaint_id}/arrivals", auth=allow(_READ), response={200: list[ArrivalDocument], **REFUSALS}
)
def list_arrivals(request: HttpRequest, complaint_id: UUID) -> Any:
    """Every time it came in."""
    one = selectors.complaint(request.auth, complaint_id, timezone.now())
    return [_arrival(row) for row in selectors.arrivals_of(request.auth, one)]


@router.post(
    "/complaints/{uuid:complaint_id}/subject", auth=allow(_WRITE), response={200: ComplaintDocument, **WRITE_REFUSALS}
)
def set_complaint_subject(request: HttpRequest, complaint_id: UUID, body: ComplaintSubject) -> Any:
    """Say which branch and whom it is about; whoever thereby has an interest hands it over."""
    now = timezone.now()
    found = services.set_subject(request.auth, complaint_id, **body.dict(), now=now)
    return _document(selectors.receipt(request.auth, found, now))


@router.post(
    "/complaints/{uuid:complaint_id}/settle", auth=allow(_WRITE), response={200: ComplaintDocument, **WRITE_REFUSALS}
)
def settle_complaint(request: HttpRequest, complaint_id: UUID, body: ComplaintSettlement) -> Any:
    """Settle one whose person was never found; that of a customer ends with its case."""
    services.settle_unknown(request.auth, complaint_id, **body.dict(), now=timezone.now())
    return _shown(request, complaint_id)


@router.post(
    "/complaints/{uuid:complaint_id}/code", auth=allow(_WRITE), response={200: ComplaintDocument, **WRITE_REFUSALS}
)
def code_complaint(request: HttpRequest, complaint_id: UUID, body: ComplaintCoding) -> Any:
    """Code it, or code it anew."""
    services.code(request.auth, complaint_id, **body.dict(), now=timezone.now())
    return _shown(request, complaint_id)


@router.post(
    "/complaints/{uuid:complaint_id}/identify", auth=allow(_WRITE), response={200: ComplaintDocument, **WRITE_REFUSALS}
)
def identify_complaint(request: HttpRequest, complaint_id: UUID, body: ComplaintIdentity) -> Any:
    """Say which customer an unknown person is."""
    services.identify(request.auth, complaint_id, **body.dict(), now=timezone.now())
    return _shown(request, complaint_id)


@router.post(
    "/complaints/{uuid:complaint_id}/concessions",
    auth=allow(_WRITE), response={200: ConcessionDocument, **WRITE_REFUSALS},
)  # fmt: skip
def concede(request: HttpRequest, complaint_id: UUID, body: ComplaintConcession) -> Any:
    """Concede something; above a limit it waits for a second person."""
    return giving_services.grant(request.auth, complaint_id, **body.dict(), now=timezone.now())


@router.post(
    "/complaints/{uuid:complaint_id}/letters",
    auth=allow(_WRITE), response={200: ComplaintLetterDocument, **WRITE_REFUSALS},
)  # fmt: skip
def write_complaint_letter(request: HttpRequest, complaint_id: UUID, body: ComplaintLetter) -> Any:
    """Write a letter, to be printed or sent."""
    made = giving_services.write_letter(request.auth, complaint_id, **body.dict(), now=timezone.now())
    one = selectors.complaint(request.auth, complaint_id, timezone.now())
    return given_selectors.letter(request.auth, one, made.pk)
