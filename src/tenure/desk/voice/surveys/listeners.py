"""Who is told of what happens in surveys: dotted paths, because those who listen lie above this app or beside it.

Each is called in the same transaction: a listener that fails undoes what it was told of, so it only notes what is
to be done and leaves the doing to a job.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.module_loading import import_string

from tenure.desk.voice.surveys.drawing import Asked
from tenure.desk.voice.surveys.models import Response
from tenure.desk.voice.surveys.questionnaire import Said

#: Called as ``heard(response, now=now)`` for every completed answer, stored already.
LISTENERS: tuple[str, ...] = ("tenure.desk.voice.cases.listening.heard",)
#: Called as ``begun(response, said, now=now)`` for every part of an answer that is kept before it is complete.
BEGUN: tuple[str, ...] = ("tenure.desk.voice.cases.listening.begun",)
#: Called as ``drawn(invitation_ids, now=now)`` for customers who are to be asked: whoever sends the links.
SENDERS: tuple[str, ...] = ()
#: Called as ``asked(numbers, since)`` for what else customers were asked: the waits between two surveys count it too.
ELSEWHERE: tuple[str, ...] = ("tenure.desk.voice.panels.reading.asked",)


def tell_heard(response: Response, now: datetime) -> None:
    """Tell the listeners of a completed answer."""
    for path in LISTENERS:
        import_string(path)(response, now=now)


def tell_begun(response: Response, said: Said, now: datetime) -> None:
    """Tell the listeners what an answer says so far: many a customer leaves before the last question."""
    for path in BEGUN:
        import_string(path)(response, said, now=now)


def tell_drawn(invitation_ids: Sequence[UUID], now: datetime) -> None:
    """Tell the senders whom to ask."""
    if invitation_ids:
        for path in SENDERS:
            import_string(path)(invitation_ids, now=now)


def asked_elsewhere(numbers: Collection[str], since: datetime) -> Iterator[tuple[str, Asked]]:
    """What these customers (every number of theirs) were asked since then by others than surveys."""
    for path in ELSEWHERE:
        yield from import_string(path)(numbers, since)
