"""API: lost customers. The same services as the pages."""

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
from tenure.desk.kit.listing import Position, Sort
from tenure.desk.parties import services as parties_services
from tenure.desk.voice.leaving import causes, rules, selectors, services
from tenure.desk.voice.leaving.filters import BackFilter, InterviewFilter, position_from

router = Router(tags=["lost customers"])
_READ, _WRITE = "lost:read", "lost:write"
_CAUSES = f"one of {', '.join(codes.LEAVING_CAUSES)}"


class InterviewDocument(Schema):
    """A lost customer asked why they left; what was said is masked as it must be."""

    id: UUID
    party_id: str
    name: str
    month: str = Field(description="month of the loss, YYYY-MM")
    definition: str
    data_cause: str = Field(description=f"cause by data, {_CAUSES}; empty: none")
    value: int = Field(description="average assets of the year before, minor units")
    owner: str = Field(description="employee number; empty: nobody was found")
    state: str = Field(description=f"one of {', '.join(codes.EXIT_STATES)}")
    tries: int
    result: str = Field(description=f"one of {', '.join(codes.EXIT_RESULTS)}; empty: open")
    cause: str = Field(description=f"cause in the customer's word, {_CAUSES}; empty: not told")
    words: str
    to_bank: str
    product: str
    back_words: str
    may_call: bool | None = None
    decision: str = Field(description=f"what follows, one of {', '.join(codes.WIN_BACK_DECISIONS)}; empty: open")
    due_on: dt.date
    late: bool
    opened_at: dt.datetime
    ended_at: dt.datetime | None = None
    version: int = Field(description="send it back with a change; a change of another version is refused (409)")


class InterviewPage(Schema):
    """A page of interviews."""

    items: list[InterviewDocument]
    count: int = Field(description="how many there are, counted no further than 1,001")
    next: str | None = Field(None, description="cursor of the page after this one")
    previous: str | None = Field(None, description="cursor of the page before this one")


class WinBackDocument(Schema):
    """A lost customer worth winning back; the server drew whether anybody calls."""

    id: UUID
    interview_id: UUID
    party_id: str
    name: str
    arm: str = Field(description=f"one of {', '.join(codes.ARMS)}")
    cause: str = Field(description=_CAUSES)
    value: int = Field(description="average assets of the year before, minor units")
    owner: str
    state: str = Field(description=f"one of {', '.join(codes.WIN_BACK_STATES)}")
    tries: int
    result: str = Field(description=f"one of {', '.join(codes.WIN_BACK_RESULTS)}; empty: none yet")
    words: str
    back_words: str = Field(description="what would bring them back, as they said")
    drawn_at: dt.datetime
    ended_at: dt.datetime | None = None
    version: int


class WinBackPage(Schema):
    """A page of customers to win back."""

    items: list[WinBackDocument]
    count: int
    next: str | None = None
    previous: str | None = None


class InterviewsWanted(Schema):
    """Which interviews."""

    list: Literal["team", "mine", "ended"] = "team"
    cause: str = Field("", description=f"{_CAUSES}: by word of ended ones, by data of open ones")
    cursor: str = Field("", description="what next or previous said")
    limit: int = Field(25, ge=1, le=200)


class WinBacksWanted(Schema):
    """Which customers to win back."""

    list: Literal["team", "mine", "ended", "held_out"] = "team"
    cause: str = ""
    cursor: str = ""
    limit: int = Field(25, ge=1, le=200)


class InterviewTry(Schema):
    """A call that reached nobody, or whoever would not talk."""

    version: int
    kind: str = Field("call", description=f"one of {', '.join(codes.INTERACTION_KINDS)}")


class InterviewTold(InterviewTry):
    """What the customer told."""

    cause: str = Field(description=_CAUSES)
    words: str
    to_bank: str = ""
    product: str = Field("", description="kind of product they took along")
    back_words: str = ""
    may_call: bool


class InterviewVersion(Schema):
    """From which version."""

    version: int


class WinBackNote(InterviewTry):
    """A call to win a customer back."""

    act: str = Field(description=f"one of {', '.join(rules.WIN_BACK_ACTS)}")
    words: str = ""


class LeavingCause(Schema):
    """A cause, by data and by word."""

    cause: str
    data: int
    word: int


class JudgedCause(Schema):
    """A cause by data that was put to customers."""

    cause: str
    n: int
    same: int
    low: float | None = None
    high: float | None = None
    instead: str
    trust: str = Field(description="data, word or cannot_tell")


class LeavingCauses(Schema):
    """Causes by data and by word, and how far they agree."""

    lost: int
    asked: int
    told: int
    lines: list[LeavingCause]
    judged: list[JudgedCause]
    kappa: float | None = None
    kappa_low: float | None = None
    kappa_high: float | None = None
    pairs: int
    verdict: str = Field(description="agree, partly, apart or cannot_tell")


def _page(found: selectors.Listed) -> dict[str, Any]:
    page = found.page
    return {
        "items": found.rows,
        "count": found.count,
        "next": page.after.encode() if page.after else None,
        "previous": page.before.encode() if page.before else None,
    }


def _asked(cause: str, cursor: str, sort: Sort) -> Position | None:
    if cause and cause not in codes.LEAVING_CAUSES:
        raise Unacceptable(
            _("“%(value)s” is none of the values of %(field)s.") % {"value": cause[:60], "field": "cause"},
            field="cause",
        )
    position = position_from(cursor, sort)
    if cursor and position is None:
        raise Unacceptable(
            _("This cursor is not one of ours."), _("Pass on what next or previous said."), field="cursor"
        )
    return position


@router.get("/lost/interviews", auth=allow(_READ), response={200: InterviewPage, **REFUSALS})
def list_interviews(request: HttpRequest, asked: Query[InterviewsWanted]) -> Any:
    """Exit interviews of customers the caller sees, what is due first comes first."""
    told, now = asked.dict(), timezone.now()
    wanted = InterviewFilter(told["list"], told["cause"])
    position = _asked(told["cause"], told["cursor"], wanted.order)
    found = selectors.interview_list(request.auth, wanted, position, now, told["limit"])
    parties_services.note_listing(request.auth, {"of": "interviews", **wanted.asked()}, len(found.rows), now)
    return _page(found)


@router.get("/lost/win-backs", auth=allow(_READ), response={200: WinBackPage, **REFUSALS})
def list_win_backs(request: HttpRequest, asked: Query[WinBacksWanted]) -> Any:
    """Whom to win back, the most at stake first; ``held_out``: whom nobody calls, for comparison."""
    told, now = asked.dict(), timezone.now()
    wanted = BackFilter(told["list"], told["cause"])
    position = _asked(told["cause"], told["cursor"], wanted.order)
    found = selectors.win_back_list(request.auth, wanted, position, now, told["limit"])
    parties_services.note_listing(request.auth, {"of": "win-backs", **wanted.asked()}, len(found.rows), now)
    return _page(found)


@router.get("/lost/causes", auth=allow(_READ), response={200: LeavingCauses, **REFUSALS})
def get_leaving_causes(request: HttpRequest, org_id: str = "") -> Any:
    """Why customers left, by data and by their own word, of all the caller sees or of a branch and below."""
    found = causes.causes(request.auth, org_id[:40])
    parties_services.note_listing(request.auth, {"of": "causes of leaving"}, found.asked, timezone.now())
    names = ("lost", "asked", "told", "lines", "judged", "verdict")
    kappa = {"kappa": found.kappa.value, "kappa_low": found.kappa.low, "kappa_high": found.kappa.high}
    return {**{name: getattr(found, name) for name in names}, **kappa, "pairs": found.kappa.n}


@router.get("/lost/interviews/{uuid:interview_id}", auth=allow(_READ), response={200: InterviewDocument, **REFUSALS})
def get_interview(request: HttpRequest, interview_id: UUID) -> Any:
    """One interview."""
    return selectors.interview(request.auth, interview_id, timezone.now())


@router.get("/lost/win-backs/{uuid:win_back_id}", auth=allow(_READ), response={200: WinBackDocument, **REFUSALS})
def get_win_back(request: HttpRequest, win_back_id: UUID) -> Any:
    """One customer to win back."""
    return selectors.win_back(request.auth, win_back_id, timezone.now())


def _changes(name: str) -> Any:
    """The decorator of an operation that changes an interview."""
    return router.post(
        f"/lost/interviews/{{uuid:interview_id}}/{name}",
        auth=allow(_WRITE),
        response={200: InterviewDocument, **WRITE_REFUSALS},
    )


@_changes("try")
def try_interview(request: HttpRequest, interview_id: UUID, body: InterviewTry) -> Any:
    """A call reached nobody; the third ends the interview."""
    services.note_try(request.auth, interview_id, **body.dict(), now=timezone.now())
    return get_interview(request, interview_id)


@_changes("told")
def write_interview(request: HttpRequest, interview_id: UUID, body: InterviewTold) -> Any:
    """The customer told us why; ends the interview and decides what follows."""
    given = body.dict()
    version, kind = given.pop("version"), given.pop("kind")
    services.write_down(request.auth, interview_id, kind, services.Told(**given), version=version, now=timezone.now())
    return get_interview(request, interview_id)


@_changes("refused")
def refuse_interview(request: HttpRequest, interview_id: UUID, body: InterviewTry) -> Any:
    """The customer would not talk: they are left in peace."""
    services.note_refusal(request.auth, interview_id, **body.dict(), now=timezone.now())
    return get_interview(request, interview_id)


@_changes("pass-on")
def pass_interview_on(request: HttpRequest, interview_id: UUID, body: InterviewVersion) -> Any:
    """The customer blames the one whose interview it is: whoever is in charge of the branch asks."""
    services.pass_on(request.auth, interview_id, version=body.version, now=timezone.now())
    return get_interview(request, interview_id)


@router.post(
    "/lost/win-backs/{uuid:win_back_id}/notes", auth=allow(_WRITE), response={200: WinBackDocument, **WRITE_REFUSALS}
)
def note_win_back(request: HttpRequest, win_back_id: UUID, body: WinBackNote) -> Any:
    """A call to win the customer back, logged as a contact."""
    services.note_win_back(request.auth, win_back_id, **body.dict(), now=timezone.now())
    return get_win_back(request, win_back_id)
