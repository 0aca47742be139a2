"""Hears the answers to surveys, and opens a case for whoever is unhappy (S22). Listed in ``surveys.listeners``."""

from __future__ import annotations

from datetime import datetime

from tenure.desk.parties.models import Customer
from tenure.desk.publication.current import pin
from tenure.desk.voice.cases import rules
from tenure.desk.voice.cases import settings as house
from tenure.desk.voice.cases.models import Case
from tenure.desk.voice.cases.opening import find_or_open, note
from tenure.desk.voice.surveys.models import Response
from tenure.desk.voice.surveys.questionnaire import Said

_SOURCES = ("survey", "words")


def heard(answer: Response, *, now: datetime) -> None:
    """Open a case for an unhappy answer, in the transaction in which it was completed; heard twice it opens one.

    Nobody can be called about an anonymous answer: it has no case.
    """
    _hear(answer, Said(answer.score, answer.satisfaction, answer.effort, answer.words), now)


def begun(answer: Response, said: Said, *, now: datetime) -> None:
    """Open the case at the first unhappy word: who is angry may leave before the last question, and is called too."""
    _hear(answer, said, now)


def _hear(answer: Response, said: Said, now: datetime) -> None:
    if not answer.party_id:
        return
    source = rules.unhappy_source(said.score, said.satisfaction, said.words, house.in_use().unhappy)
    if not source or _goes_on(answer, said, now):
        return
    with pin():  # the page it comes from is pinned to no publication
        org_path = Customer.rows().filter(party_id=answer.party_id).values_list("org_path", flat=True).first()
        find_or_open(
            source, _key(answer), answer.party_id, org_path or answer.org_path, by=None, now=now,
            words=said.words, score=said.score,
        )  # fmt: skip


def _goes_on(answer: Response, said: Said, now: datetime) -> bool:
    """Whether the answer has its case already, which then says what was said since; its manager reads the whole."""
    # by its first words or by its score: what came first named the source
    case = Case.objects.filter(source__in=_SOURCES, source_key=_key(answer)).first()
    if case is None:
        return False
    words = said.words[: rules.WORDS]
    if (words, said.score) != (case.words, case.score):
        Case.objects.filter(pk=case.pk).update(words=words, score=said.score, changed_at=now)
        note(None, "case.heard", case, now)
    return True


def _key(answer: Response) -> str:
    return f"{rules.OF_ANSWERS}{answer.pk}"
