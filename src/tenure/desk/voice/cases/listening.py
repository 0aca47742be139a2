"""Hears the answers to surveys, and opens a case for whoever is unhappy (S22). Listed in ``surveys.listeners``."""

from __future__ import annotations

from datetime import datetime

from tenure.desk.parties.models import Customer
from tenure.desk.publication.current import pin
from tenure.desk.voice.cases import rules
from tenure.desk.voice.cases import settings as house
from tenure.desk.voice.cases.opening import find_or_open
from tenure.desk.voice.surveys.models import Response


def heard(answer: Response, *, now: datetime) -> None:
    """Open a case for an unhappy answer, in the transaction in which it was completed; heard twice it opens one.

    Nobody can be called about an anonymous answer: it has no case.
    """
    if not answer.party_id:
        return
    source = rules.unhappy_source(answer.score, answer.satisfaction, answer.words, house.in_use().unhappy)
    if not source:
        return
    with pin():  # the page it comes from is pinned to no publication
        org_path = Customer.rows().filter(party_id=answer.party_id).values_list("org_path", flat=True).first()
        find_or_open(
            source, f"{rules.OF_ANSWERS}{answer.pk}", answer.party_id, org_path or answer.org_path, by=None, now=now,
            words=answer.words, score=answer.score,
        )  # fmt: skip
