"""API: events of the core bank, and signals. The same services as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.signals import selectors, services
from tenure.desk.signals.current_rules import in_force
from tenure.desk.signals.trying import tried_beside

router = Router(tags=["signals"])


class Events(Schema):
    """Events of the core bank, in any order. Each row: ``event_id``, ``kind``, ``at`` (with time zone), ``account_id``,
    and where they apply ``amount`` (minor units), ``currency``, ``same_name``, ``category``."""

    events: list[Any] = Field(description="1 to 10,000 rows; a bad one is refused and the others are taken")


class RefusalDocument(Schema):
    """A row that was not taken."""

    index: int = Field(description="its place in the request, from 0")
    event_id: str
    field: str
    expected: str


class TakenDocument(Schema):
    """What became of the events."""

    taken: int = Field(description="new, stored and judged")
    known: int = Field(description="sent before with the same content; nothing was done")
    signals: int = Field(description="signals raised")
    refused: list[RefusalDocument]


class ReliabilityDocument(Schema):
    """The learned share of useful signals of a source."""

    useful: int
    closed: int
    share: float
    low: float = Field(description="lower end of the 95 % interval")
    high: float
    tells: bool = Field(description="false: too few outcomes to tell")


class SignalDocument(Schema):
    """A signal: what was seen, by whom, who acts, what came of it."""

    id: UUID
    version: int
    party_id: str
    name: str
    phone: str
    tier: str
    rule: str = Field(description="a rule's name, or hand")
    title: str
    reason: str = Field(description="in the language asked for (Accept-Language)")
    words: str
    amount: int | None = None
    at: dt.datetime
    state: str = Field(description="new, claimed, escalated or closed")
    goes_to: str = Field(description="employee number; empty: the branch's pool")
    source: str = Field(description="rule@version, or hand:user")
    claimed_by: str
    claimed_at: dt.datetime | None = None
    outcome: str
    closing_words: str
    closed_at: dt.datetime | None = None
    escalates_at: dt.datetime
    led_to: UUID | None = Field(None, description="the opportunity that came of it")
    entry_key: str = Field(
        "", description="the work list's entry about the same thing, if any: one outcome settles both"
    )
    reliability: ReliabilityDocument


class NewSignal(Schema):
    """What one noticed about a customer."""

    party_id: str
    traits: list[str] = []
    words: str = ""
    external_id: str = Field("", description="your own id: the same again changes nothing")


class Ending(Schema):
    """How a signal ended."""

    outcome: str = Field(description="contacted, meeting_agreed, sold, not_relevant, wrong or unreachable")
    words: str = ""
    way: str = Field("", description="call, meeting, visit or message; empty: as people of one's post mostly speak")


class RulesWanted(Schema):
    """Other rules, as ``GET /signals/rules`` gives them."""

    rules: dict[str, Any] = Field(
        description="for every rule whether it is on and, where it compares amounts, from which (minor units) by tier"
    )
    count: int = Field(description="many transactions: at least so many")
    hours: int = Field(description="many transactions: within so many hours")
    escalate_minutes: int = Field(description="a signal nobody claims escalates after so many minutes")


class RulesDocument(RulesWanted):
    """The rules in force."""

    version: int = Field(description="0: those the desk came with")


class TriedDocument(Schema):
    """How often rules would have fired over the events of the last month."""

    events: int
    since: dt.datetime
    signals: int
    by_rule: dict[str, dict[str, int]] = Field(description="signals by rule and tier")


class TrialDocument(Schema):
    """What other rules would have done, beside the present ones."""

    now: TriedDocument
    then: TriedDocument


class RulesProposed(RulesWanted):
    """Other rules, to be put before a second person."""

    reason: str
    based_on: int = Field(description="the version they were made from")


class RulesWaitDocument(Schema):
    """The change that waits for a second person."""

    change_id: UUID


@router.post("/events", auth=allow("events:write"), response={200: TakenDocument, **WRITE_REFUSALS})
def take_events(request: HttpRequest, sent: Events) -> Any:
    """Take events and judge them at once. Send again after a failure: an id counts once."""
    return services.take_events(request.auth, sent.events, now=timezone.now())


@router.get("/signals", auth=allow("signals:read"), response={200: list[SignalDocument], **REFUSALS})
def list_signals(request: HttpRequest, which: Literal["mine", "pool", "all", "closed"] = "mine") -> Any:
    """Open signals: the caller's, the branch's pool, or all they may see; or those they closed. At most 100."""
    return selectors.waiting(request.auth, which)


@router.post("/signals", auth=allow("signals:write"), response={201: SignalDocument, **WRITE_REFUSALS})
def add_signal(request: HttpRequest, new: NewSignal) -> Any:
    """Add a signal by hand; with an ``external_id`` sent before, the signal of then is the answer."""
    made = services.add_signal(request.auth, **new.dict(), now=timezone.now())
    return Status(201, selectors.one(request.auth, made.pk))


@router.get("/signals/rules", auth=allow("signals:read"), response={200: RulesDocument, **REFUSALS})
def get_signal_rules(request: HttpRequest) -> Any:
    """The rules in force, for those who edit or check them."""
    selectors.may_look_at_rules(request.auth)
    force = in_force()
    return {"version": force.version, **force.settings.as_json()}


@router.post("/signals/rules/try", auth=allow("signals:read"), response={200: TrialDocument, **WRITE_REFUSALS})
def try_signal_rules(request: HttpRequest, wanted: RulesWanted) -> Any:
    """Try other rules on last month's events; nothing changes."""
    before, after = tried_beside(request.auth, wanted.dict(), timezone.now())
    return {"now": before, "then": after}


@router.post("/signals/rules", auth=allow("signals:write"), response={202: RulesWaitDocument, **WRITE_REFUSALS})
def propose_signal_rules(request: HttpRequest, wanted: RulesProposed) -> Any:
    """Put other rules before a second person; until that one approves, the present rules hold."""
    told = wanted.dict()
    reason, based_on = told.pop("reason"), told.pop("based_on")
    made = services.propose_rules(request.auth, told, reason, based_on, now=timezone.now())
    return Status(202, {"change_id": made.pk})


@router.get("/signals/{uuid:signal_id}", auth=allow("signals:read"), response={200: SignalDocument, **REFUSALS})
def get_signal(request: HttpRequest, signal_id: UUID) -> Any:
    """One signal."""
    return selectors.one(request.auth, signal_id)


@router.post(
    "/signals/{uuid:signal_id}/claim", auth=allow("signals:write"), response={200: SignalDocument, **WRITE_REFUSALS}
)
def claim_signal(request: HttpRequest, signal_id: UUID) -> Any:
    """Take a signal on."""
    services.claim(request.auth, signal_id, now=timezone.now())
    return selectors.one(request.auth, signal_id)


@router.post(
    "/signals/{uuid:signal_id}/give-back", auth=allow("signals:write"), response={200: SignalDocument, **WRITE_REFUSALS}
)
def give_signal_back(request: HttpRequest, signal_id: UUID) -> Any:
    """Give a signal one had claimed back to the branch's pool."""
    services.give_back(request.auth, signal_id, now=timezone.now())
    return selectors.one(request.auth, signal_id)


@router.post(
    "/signals/{uuid:signal_id}/close", auth=allow("signals:write"), response={200: SignalDocument, **WRITE_REFUSALS}
)
def close_signal(request: HttpRequest, signal_id: UUID, how: Ending) -> Any:
    """End a signal with its outcome."""
    services.close(request.auth, signal_id, how.outcome, how.words, now=timezone.now(), way=how.way)
    return selectors.one(request.auth, signal_id)


@router.post(
    "/signals/{uuid:signal_id}/reopen", auth=allow("signals:write"), response={200: SignalDocument, **WRITE_REFUSALS}
)
def reopen_signal(request: HttpRequest, signal_id: UUID) -> Any:
    """Take back how the caller ended a signal today; an entry of the work list that ended with it is open again."""
    services.reopen(request.auth, signal_id, now=timezone.now())
    return selectors.one(request.auth, signal_id)
