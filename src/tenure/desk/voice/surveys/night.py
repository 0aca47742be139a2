"""Moments the bank's own files tell of: the morning after, a ticket or an account opened is a moment of truth (S21).

What the bank's systems send at once comes through the API (``moment_services``); a bank whose systems send nothing has
its customers asked all the same. The id is the file's, so a system that sends the same id has told of the same moment.
A complaint's end is not on the published time line: it comes through the API alone.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from tenure.desk.parties.models import Timeline
from tenure.desk.publication.current import pinned
from tenure.desk.voice.surveys.moment_services import draw, place, store
from tenure.desk.voice.surveys.reading import Incoming

#: Kinds of event on the time line, and the moment each is.
MOMENTS = {"ticket": "counter_service", "opened": "product_opened"}
#: Days before the publication's day that are still asked about: a night that failed is caught up with, no older one.
FRESH = 2
#: Moments stored and drawn in one transaction.
AT_ONCE = 2_000


def take_published(*, now: datetime) -> int:
    """Take the moments of the last days from the publication in force and draw whom to ask; done again, nothing new.

    Returns:
        How many moments were new.
    """
    publication = pinned()
    if publication is None:
        return 0
    since = timezone.make_aware(datetime.combine(publication.as_of - timedelta(days=FRESH), time.min))
    until = timezone.make_aware(datetime.combine(publication.as_of + timedelta(days=1), time.min))
    rows = Timeline.rows().filter(kind__in=MOMENTS, at__gte=since, at__lt=until).order_by("at", "event_id")
    told = (_moment(row) for row in rows.iterator(chunk_size=AT_ONCE))
    new = 0
    while some := list(islice(told, AT_ONCE)):
        with transaction.atomic():
            placed, _strange = place(some)
            stored, _differing = store(placed, None, now)
            draw(stored, now=now)
        new += len(stored)
    return new


def _moment(row: Any) -> Incoming:
    return Incoming(
        0, row.event_id[:80], MOMENTS[row.kind], row.at, row.party_id, row.org_id or "", row.staff_id or "",
        reference=row.event_id[:80],
    )  # fmt: skip
