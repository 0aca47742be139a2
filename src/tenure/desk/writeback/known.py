"""What people know of customers: facts, and the questionnaire on risk."""

from __future__ import annotations

from django.db.models import Q

from tenure.desk.knowledge.models import Answers, Fact
from tenure.desk.writeback.table import NEW, Row, Table, changed, local, number_of


def _fact(fact: Fact) -> list[Row]:
    before = getattr(fact, "supersedes", None)
    return [
        {
            "fact_id": str(fact.pk),
            "party_id": fact.party_id,
            "noted_at": local(fact.noted_at),
            "kind": fact.kind,
            "code": fact.code,
            "words": fact.words or None,
            "bank": fact.bank or None,
            "product": fact.product or None,
            "amount": fact.amount,
            "currency": fact.currency or None,
            "since": fact.since,
            "until": fact.until,
            "source": fact.source,
            "replaces_id": str(before.pk) if before is not None else None,
            "staff_id": number_of(fact.author),
            "ended_at": local(fact.ended_at),
        }
    ]


def _answers(one: Answers) -> list[Row]:
    chosen = " ".join(f"{question}:{choice}" for question, choice in sorted(one.answers.items()))
    return [
        {
            "answers_id": str(one.pk),
            "party_id": one.party_id,
            "taken_at": local(one.taken_at),
            "questionnaire": one.questionnaire,
            "edition": one.edition,
            "answers": chosen or None,
            "score": one.score,
            "rating": one.rating,
            "channel": one.channel,
            "confirmed_at": local(one.confirmed_at),
            "expires_on": one.expires_on,
            "overruled_to": one.overruled_to or None,
            "overruled_at": local(one.overruled_at),
            "staff_id": number_of(one.author),
        }
    ]


TABLES = (
    Table(
        "known_fact",
        Fact,
        "noted_at",
        (NEW & ~Q(state=Fact.State.UNDONE)) | changed("changed_at"),
        _fact,
        lambda fact: fact.state != Fact.State.UNDONE,
        with_=("author", "supersedes"),
    ),
    Table(
        "risk_answers",
        Answers,
        "taken_at",
        NEW | changed("confirmed_at") | changed("overruled_at"),
        _answers,
        with_=("author",),
    ),
)
