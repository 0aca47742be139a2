"""API: cases of the closed loop. The same services as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tenure.contracts import codes
from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.control.errors import Unacceptable
from tenure.desk.parties import services as parties_services
from tenure.desk.voice.cases import digest, rules, selectors, services
from tenure.desk.voice.cases.filters import filter_from, position_from

router = Router(tags=["cases"])
_READ, _WRITE = "cases:read", "cases:write"


class CaseDocument(Schema):
    """An unhappy customer and how far it has been repaired; what was said and written is masked as it must be."""

    id: UUID
    number: str = Field(description="what people call it by")
    party_id: str
    name: str
    source: str = Field(description=f"one of {', '.join(codes.CASE_SOURCES)}")
    source_key: str
    score: int | None = Field(None, description="0–10, of a survey's answer")
    words: str
    owner: str = Field(description="employee number; empty: nobody was found")
    state: str = Field(description=f"one of {', '.join(codes.CASE_STATES)}")
    round: int = Field(description="goes up when it is opened again")
    cause: str
    offer: str
    action: str
    result: str
    due_at: dt.datetime | None = Field(None, description="when the next clock runs out; null: closed, or they stand")
    late: bool
    opened_at: dt.datetime
    acknowledged_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    version: int = Field(description="send it back with a change; a change of another version is refused (409)")


class CasePage(Schema):
    """A page of cases."""

    items: list[CaseDocument]
    count: int = Field(description="how many there are, counted no further than 1,001")
    next: str | None = Field(None, description="cursor of the page after this one")
    previous: str | None = Field(None, description="cursor of the page before this one")


class CaseClockDocument(Schema):
    """A clock of a case."""

    clock: str = Field(description=f"one of {', '.join(codes.CASE_CLOCKS)}")
    counts: str = Field(description="wall, working or days")
    due_at: dt.datetime | None = None
    stopped_at: dt.datetime | None = None
    late: bool
    held: bool = Field(description="an open pause lies before its end")


class CaseStepDocument(Schema):
    """One thing that happened to a case."""

    at: dt.datetime
    by: str = Field(description="user name; empty: by itself")
    kind: str = Field(description=f"one of {', '.join(codes.CASE_STEPS)}")
    state: str
    detail: str
    words: str
    contact_id: UUID | None = None


class CasesWanted(Schema):
    """Which cases, in which order."""

    list: Literal["team", "mine", "told", "closed"] = "team"
    source: str = ""
    state: str = ""
    cause: str = ""
    late: bool = False
    sort: Literal["due", "opened"] = "due"
    cursor: str = Field("", description="what next or previous said")
    limit: int = Field(25, ge=1, le=200)


class NewCase(Schema):
    """Somebody is unhappy."""

    party_id: str
    source: str = Field("hand", description=f"one of {', '.join(rules.BY_HAND)}")
    source_key: str = Field("", description="which occasion: the same again gives the same case; a new one if left out")
    words: str = ""
    concerns: str = Field("", description="employee it is about, who may not own it")


class CaseWords(Schema):
    """What was said or offered."""

    version: int
    words: str = ""


class CaseReached(CaseWords):
    """How the customer was called; ``no_answer`` is a try and the clock runs on."""

    kind: str = Field("call", description=f"one of {', '.join(codes.INTERACTION_KINDS)}")
    outcome: str = Field("done", description=f"one of {', '.join(codes.OUTCOMES)}")


class CaseCause(CaseWords):
    """Why it happened."""

    cause: str = Field(description=f"one of {', '.join(codes.CASE_CAUSES)}")


class CaseAgreement(CaseWords):
    """Whether the customer finds the offer fair."""

    agrees: bool


class CaseClosing(Schema):
    """What was done about it."""

    version: int
    result: str = Field(description=f"one of {', '.join(codes.CASE_RESULTS)}")
    action: str
    cause: str = Field("", description="where none was named yet")


class CasePauseBody(CaseWords):
    """Whom the bank waits for."""

    reason: str = Field(description=f"one of {', '.join(codes.CASE_PAUSES)}")


class CaseVersion(Schema):
    """From which version."""

    version: int


class CaseReason(Schema):
    """Why, for who approves it."""

    reason: str


class CaseHandOver(CaseWords):
    """To whom."""

    to_staff: str


class SaidDocument(Schema):
    """What one customer said."""

    at: dt.date
    score: int
    words: str


class WeekDocument(Schema):
    """What customers said in a week, and how who was unhappy was dealt with."""

    monday: dt.date
    answers: int
    thanks: list[SaidDocument]
    unhappy: list[SaidDocument]
    opened: int
    reached: int
    in_time: int = Field(description="of those opened: reached within 24 hours")
    closed: int
    causes: list[tuple[str, int]]


def _shown(request: HttpRequest, case_id: UUID) -> Any:
    return selectors.case(request.auth, case_id, timezone.now())


@router.get("/cases", auth=allow(_READ), response={200: CasePage, **REFUSALS})
def list_cases(request: HttpRequest, asked: Query[CasesWanted]) -> Any:
    """Cases of customers the caller sees, what runs out first comes first."""
    told = asked.dict()
    cursor, limit = told.pop("cursor"), told.pop("limit")
    wanted = filter_from(told)
    for name in ("source", "state", "cause"):
        if told[name] and not getattr(wanted, name):
            raise Unacceptable(
                _("“%(value)s” is none of the values of %(field)s.") % {"value": told[name][:60], "field": name},
                field=name,
            )
    position = position_from(cursor, wanted.order)
    if cursor and position is None:
        raise Unacceptable(
            _("This cursor is not one of ours."), _("Pass on what next or previous said."), field="cursor"
        )
    now = timezone.now()
    found = selectors.case_list(request.auth, wanted, position, now, limit)
    parties_services.note_listing(request.auth, {"of": "cases", **wanted.asked()}, len(found.rows), now)
    return {
        "items": found.rows,
        "count": found.count,
        "next": found.page.after.encode() if found.page.after else None,
        "previous": found.page.before.encode() if found.page.before else None,
    }


@router.post("/cases", auth=allow(_WRITE), response={frozenset({200, 201}): CaseDocument, **WRITE_REFUSALS})
def open_case(request: HttpRequest, new: NewCase) -> Any:
    """Open a case (201); of an occasion that has one, that one is the answer (200)."""
    now = timezone.now()
    told = {**new.dict(), "source_key": new.source_key or str(uuid4())}
    made = services.open_case(request.auth, **told, now=now)
    if made.opened_at == now:
        return Status(201, selectors.receipt(request.auth, made, now))
    return Status(200, _shown(request, made.pk))


@router.get("/cases/week", auth=allow(_READ), response={200: WeekDocument, **REFUSALS})
def get_week(request: HttpRequest, of: dt.date | None = None) -> Any:
    """A week in the customers' words; the last whole one where ``of``, a day of it, is left out."""
    day = of or timezone.localdate() - dt.timedelta(days=7)
    if not 2000 <= day.year <= 2100:
        raise Unacceptable(_("This day cannot be."), field="of")
    told = digest.week_of(request.auth, day - dt.timedelta(days=day.weekday()))
    shown = len(told.thanks) + len(told.unhappy)
    parties_services.note_listing(request.auth, {"of": "week", "monday": f"{told.monday}"}, shown, timezone.now())
    return told


@router.get("/cases/{uuid:case_id}", auth=allow(_READ), response={200: CaseDocument, **REFUSALS})
def get_case(request: HttpRequest, case_id: UUID) -> Any:
    """One case."""
    return _shown(request, case_id)


@router.get("/cases/{uuid:case_id}/clocks", auth=allow(_READ), response={200: list[CaseClockDocument], **REFUSALS})
def list_case_clocks(request: HttpRequest, case_id: UUID) -> Any:
    """Its clocks, of the round it is in."""
    return selectors.clocks_of(_shown(request, case_id), timezone.now())


@router.get("/cases/{uuid:case_id}/steps", auth=allow(_READ), response={200: list[CaseStepDocument], **REFUSALS})
def list_case_steps(request: HttpRequest, case_id: UUID) -> Any:
    """What happened to it, the last first."""
    steps = selectors.steps_of(request.auth, _shown(request, case_id))
    names = ("at", "kind", "state", "detail", "words", "contact_id")
    return [{**{n: getattr(one, n) for n in names}, "by": one.by.username if one.by else ""} for one in steps]


def _changes(name: str) -> Any:
    """The decorator of an operation that changes a case."""
    return router.post(
        f"/cases/{{uuid:case_id}}/{name}", auth=allow(_WRITE), response={200: CaseDocument, **WRITE_REFUSALS}
    )


@_changes("acknowledge")
def acknowledge_case(request: HttpRequest, case_id: UUID, body: CaseReached) -> Any:
    """The customer was called, the matter acknowledged; logged as a contact."""
    services.acknowledge(request.auth, case_id, **body.dict(), now=timezone.now())
    return _shown(request, case_id)


@_changes("listen")
def listen_case(request: HttpRequest, case_id: UUID, body: CaseWords) -> Any:
    """What the customer said."""
    services.listen(request.auth, case_id, **body.dict(), now=timezone.now())
    return _shown(request, case_id)


@_changes("cause")
def name_case_cause(request: HttpRequest, case_id: UUID, body: CaseCause) -> Any:
    """Why it happened."""
    services.name_cause(request.auth, case_id, **body.dict(), now=timezone.now())
    return _shown(request, case_id)


@_changes("offer")
def offer_case(request: HttpRequest, case_id: UUID, body: CaseWords) -> Any:
    """A fair solution was offered."""
    services.offer(request.auth, case_id, **body.dict(), now=timezone.now())
    return _shown(request, case_id)


@_changes("agreement")
def agree_case(request: HttpRequest, case_id: UUID, body: CaseAgreement) -> Any:
    """Whether the customer agrees."""
    services.agree(request.auth, case_id, **body.dict(), now=timezone.now())
    return _shown(request, case_id)


@_changes("close")
def close_case(request: HttpRequest, case_id: UUID, body: CaseClosing) -> Any:
    """Close it with a result and what was done."""
    services.close(request.auth, case_id, **body.dict(), now=timezone.now())
    return _shown(request, case_id)


@_changes("pause")
def pause_case(request: HttpRequest, case_id: UUID, body: CasePauseBody) -> Any:
    """Stop its clocks while the bank waits for somebody else."""
    services.pause(request.auth, case_id, **body.dict(), now=timezone.now())
    return _shown(request, case_id)


@_changes("resume")
def resume_case(request: HttpRequest, case_id: UUID, body: CaseVersion) -> Any:
    """Let its clocks run again."""
    services.resume(request.auth, case_id, **body.dict(), now=timezone.now())
    return _shown(request, case_id)


@_changes("hand-over")
def hand_over_case(request: HttpRequest, case_id: UUID, body: CaseHandOver) -> Any:
    """Give it to a colleague of the customer's branch."""
    services.hand_over(request.auth, case_id, **body.dict(), now=timezone.now())
    return _shown(request, case_id)


@_changes("reopen")
def reopen_case(request: HttpRequest, case_id: UUID, body: CaseWords) -> Any:
    """Open it again within thirty days of its closing."""
    services.reopen(request.auth, case_id, **body.dict(), now=timezone.now())
    return _shown(request, case_id)


@router.post("/cases/{uuid:case_id}/extend", auth=allow(_WRITE), response={202: CaseDocument, **WRITE_REFUSALS})
def extend_case(request: HttpRequest, case_id: UUID, body: CaseReason) -> Any:
    """Ask for more time to decide a complaint; a second person approves it."""
    services.ask_extension(request.auth, case_id, body.reason, now=timezone.now())
    return Status(202, _shown(request, case_id))


@router.post("/cases/{uuid:case_id}/recuse", auth=allow(_WRITE), response={204: None, **WRITE_REFUSALS})
def recuse_case(request: HttpRequest, case_id: UUID, body: CaseWords) -> Any:
    """Stand aside from one's own case because of an interest in it; one may see it no more."""
    services.recuse(request.auth, case_id, **body.dict(), now=timezone.now())
    return Status(204, None)
