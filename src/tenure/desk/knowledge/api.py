"""API: what is known of a customer, their relations, and the questionnaire. The same services as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.knowledge import asking, network, questionnaires, selectors, services
from tenure.desk.parties.selectors import customer as must_see

router = Router(tags=["knowledge"])


class FactDocument(Schema):
    """Something known of a customer beyond the bank's files."""

    id: UUID
    external_id: str | None = None
    party_id: str
    kind: str = Field(description="objective, subjective or changing")
    code: str
    words: str = Field(description="masked for those who deal with no customer in person")
    bank: str
    product: str
    amount: int | None = Field(None, description="as heard, not booked; whole minor units of currency")
    currency: str
    since: dt.date | None = None
    until: dt.date | None = Field(None, description="when it is expected, or matures")
    source: str = Field(description="said, seen, questionnaire or heard")
    version: int
    state: str = Field(description="standing, replaced or retired")
    superseded_by: UUID | None = Field(None, alias="superseded_by_id")
    noted_at: dt.datetime
    ended_at: dt.datetime | None = None


class FactContent(Schema):
    """What is known."""

    words: str = ""
    source: str = Field("said", description="said, seen, questionnaire or heard")
    since: dt.date | None = None
    until: dt.date | None = Field(None, description="needed for a changing fact: when it is expected")
    bank: str = Field("", description="of other_bank_holding alone, as product and amount")
    product: str = Field("", description="a product category")
    amount: int | None = Field(None, description="whole minor units of the bank's currency")
    external_id: str | None = Field(None, description="your own id: the same again changes nothing")


class NewFact(FactContent):
    """A fact to note."""

    code: str = Field(description="one of the codes of facts, such as buying_home or other_bank_holding")


class Replacement(FactContent):
    """A newer fact for one that stands."""

    version: int = Field(description="of the fact as it was seen")


class Seen(Schema):
    """Which version of a record was seen."""

    version: int


class RatingDocument(Schema):
    """How much risk a customer bears, as known today."""

    code: str = Field(description="R1 to R5: what holds")
    given: str = Field(description="what the answers gave; what holds is lower where it was overruled")
    rated_on: dt.date
    expires_on: dt.date = Field(description="from this day on it holds no more")
    expired: bool
    expiring: bool
    source: str = Field(description="desk or file")


class AnswersDocument(Schema):
    """A customer's answers and what they give."""

    id: UUID
    external_id: str | None = None
    party_id: str
    questionnaire: str
    edition: str
    answers: dict[str, str]
    score: int
    rating: str
    channel: str
    taken_at: dt.datetime
    confirmed_at: dt.datetime | None = None
    expires_on: dt.date
    overruled_to: str
    overrule_reason: str
    version: int


class NewAnswers(Schema):
    """A customer's answers: the choice by question."""

    answers: dict[str, str]
    channel: str = Field("counter", description="counter, mobile, online or phone")
    edition: str = Field("", description="the edition asked; another than today's is refused")
    external_id: str | None = Field(None, description="your own id: the same again changes nothing")


class Overruling(Schema):
    """A lower rating, and why."""

    to: str
    reason: str
    version: int


class ChoiceDocument(Schema):
    """An answer one may choose."""

    code: str
    zh: str
    en: str


class QuestionDocument(Schema):
    """A question and its choices."""

    code: str
    zh: str
    en: str
    choices: list[ChoiceDocument]


class QuestionnaireDocument(Schema):
    """The questionnaire asked today; points stay with the bank."""

    name: str
    edition: str
    questions: list[QuestionDocument]


class TieDocument(Schema):
    """A customer related to the one asked about."""

    party_id: str | None = Field(None, description="null where they are not among the caller's customers")
    name: str = Field(description="masked as the caller must see it")
    via: str = Field(description="the customer one step nearer")
    kinds: list[str] = Field(description="what they are to that customer")
    steps: int = Field(description="1 or 2")


@router.get("/customers/{party_id}/facts", auth=allow("customers:read"), response={200: list[FactDocument], **REFUSALS})
def list_facts(request: HttpRequest, party_id: str, history: bool = False) -> Any:
    """What is known of a customer, the latest first; with ``history`` what ended too."""
    return selectors.facts_of(request.auth, party_id, history=history)


@router.post(
    "/customers/{party_id}/facts",
    auth=allow("work:write"),
    response={frozenset({200, 201}): FactDocument, **WRITE_REFUSALS},
)
def add_fact(request: HttpRequest, party_id: str, new: NewFact) -> Any:
    """Note a fact (201). With an ``external_id`` sent before, the fact of then is the answer (200)."""
    now = timezone.now()
    fact = services.add_fact(request.auth, party_id, **new.dict(), now=now)
    return Status(201 if fact.noted_at == now else 200, selectors.fact(request.auth, fact.pk))


@router.post(
    "/facts/{uuid:fact_id}/replace",
    auth=allow("work:write"),
    response={frozenset({200, 201}): FactDocument, **WRITE_REFUSALS},
)
def replace_fact(request: HttpRequest, fact_id: UUID, new: Replacement) -> Any:
    """Put a newer fact in the place of one that stands; the old one is kept as history."""
    now = timezone.now()
    fact = services.replace_fact(request.auth, fact_id, **new.dict(), now=now)
    return Status(201 if fact.noted_at == now else 200, selectors.fact(request.auth, fact.pk))


@router.post("/facts/{uuid:fact_id}/retire", auth=allow("work:write"), response={200: FactDocument, **WRITE_REFUSALS})
def retire_fact(request: HttpRequest, fact_id: UUID, seen: Seen) -> Any:
    """Say that a fact is true no more."""
    fact = services.retire_fact(request.auth, fact_id, version=seen.version, now=timezone.now())
    return selectors.fact(request.auth, fact.pk)


@router.post("/facts/{uuid:fact_id}/undo", auth=allow("work:write"), response={204: None, **WRITE_REFUSALS})
def undo_fact(request: HttpRequest, fact_id: UUID) -> Any:
    """Take back one's own last act on a fact, on the same day."""
    services.undo_fact(request.auth, fact_id, now=timezone.now())
    return Status(204, None)


@router.get(
    "/customers/{party_id}/network", auth=allow("customers:read"), response={200: list[TieDocument], **REFUSALS}
)
def get_network(request: HttpRequest, party_id: str) -> Any:
    """Who belongs to a customer, two steps far: family, employer, companies and their people; at most 60."""
    found = network.network(request.auth, party_id)
    return [
        {
            "party_id": node.party_id if node.row is not None else None,
            "name": node.label,
            "via": node.via,
            "kinds": node.kinds,
            "steps": node.depth,
        }
        for node in found.nodes[1:]
    ]


@router.get(
    "/customers/{party_id}/rating", auth=allow("customers:read"), response={200: RatingDocument | None, **REFUSALS}
)
def get_rating(request: HttpRequest, party_id: str) -> Any:
    """The customer's attitude to risk in force, from the desk or the bank's file, whichever is newer."""
    return selectors.rating_of(must_see(request.auth, party_id), timezone.localdate())


@router.get("/questionnaire", auth=allow("customers:read"), response={200: QuestionnaireDocument, **REFUSALS})
def get_questionnaire(request: HttpRequest) -> Any:
    """The questionnaire asked today, in both languages."""
    asked = questionnaires.current()
    return {
        "name": asked.name,
        "edition": asked.edition,
        "questions": [
            {
                "code": one.code,
                "zh": one.name.zh,
                "en": one.name.en,
                "choices": [{"code": c.code, "zh": c.name.zh, "en": c.name.en} for c in one.choices],
            }
            for one in asked.questions
        ],
    }


@router.get(
    "/customers/{party_id}/answers", auth=allow("customers:read"), response={200: list[AnswersDocument], **REFUSALS}
)
def list_answers(request: HttpRequest, party_id: str) -> Any:
    """What the customer answered, the latest first."""
    return selectors.answers_of(request.auth, party_id)


@router.post(
    "/customers/{party_id}/answers",
    auth=allow("work:write"),
    response={frozenset({200, 201}): AnswersDocument, **WRITE_REFUSALS},
)
def give_answers(request: HttpRequest, party_id: str, new: NewAnswers) -> Any:
    """Keep a customer's answers; the rating holds once it is confirmed. 409 when they were asked too often."""
    now = timezone.now()
    kept = asking.give_answers(request.auth, party_id, **new.dict(), now=now)
    return Status(201 if kept.taken_at == now else 200, kept)


@router.post(
    "/answers/{uuid:answers_id}/confirm", auth=allow("work:write"), response={200: AnswersDocument, **WRITE_REFUSALS}
)
def confirm_answers(request: HttpRequest, answers_id: UUID) -> Any:
    """The customer has read the result and says it is theirs."""
    return asking.confirm_answers(request.auth, answers_id, now=timezone.now())


@router.post(
    "/answers/{uuid:answers_id}/overrule", auth=allow("work:write"), response={200: AnswersDocument, **WRITE_REFUSALS}
)
def overrule_rating(request: HttpRequest, answers_id: UUID, how: Overruling) -> Any:
    """Take a rating lower than the answers gave."""
    return asking.overrule_rating(request.auth, answers_id, how.to, how.reason, version=how.version, now=timezone.now())
