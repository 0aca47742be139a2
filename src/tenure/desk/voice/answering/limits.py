"""How often an address may guess at links before it waits. Counted in the database, so that all workers agree: a guess
is hopeless anyhow (192 bits), this keeps the noise down and never stands in an honest customer's way."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tenure.desk.voice.answering.models import LinkGuesses

#: Wrong links from one network address within the window, after which every unknown link is told to wait.
MOST, WINDOW = 60, timedelta(minutes=10)


def must_wait(address: str, now: datetime | None = None) -> bool:
    """Whether ``address`` has guessed too often."""
    since = (now or timezone.now()) - WINDOW
    found = LinkGuesses.objects.filter(address=address[:64], guesses__gte=MOST, window_began_at__gt=since)
    return found.exists()


def note_wrong(address: str, now: datetime | None = None) -> None:
    """Count a link there is not; two at once are two. Windows that are over are swept."""
    now = now or timezone.now()
    with transaction.atomic():
        LinkGuesses.objects.filter(window_began_at__lte=now - WINDOW).delete()
        LinkGuesses.objects.get_or_create(address=address[:64], defaults={"window_began_at": now})
        LinkGuesses.objects.filter(address=address[:64]).update(guesses=F("guesses") + 1)
