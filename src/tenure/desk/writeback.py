"""What people did at the desk, on its way back to the lake.

A day's contacts are one delivery of the source “desk”, identified by the day they were logged: sent twice
it changes nothing, and a day with a contact more, or one withdrawn, replaces what was sent before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from tenure.desk.parties.models import Merge
from tenure.desk.work.models import Contact


@dataclass(frozen=True)
class DayOfContacts:
    """All contacts logged on ``day`` that still stand, as rows of the lake's ``interaction`` table."""

    day: date
    rows: list[dict[str, Any]]
    _ids: list[Any]
    _read_at: datetime

    def written_back(self, batch_id: str) -> None:
        """Note that the lake has them as they stood when read; what changed since waits for the next night."""
        Contact.objects.filter(pk__in=self._ids).update(written_back_at=self._read_at, written_back_in=batch_id)


def days_to_write_back() -> Iterator[DayOfContacts]:
    """Days with a contact the lake lacks, or has though it was withdrawn since; oldest first."""
    read_at = timezone.now()
    waiting = Contact.objects.filter(
        Q(written_back_at__isnull=True, withdrawn_at__isnull=True) | Q(withdrawn_at__gt=F("written_back_at"))
    )
    days = sorted({timezone.localtime(at).date() for at in waiting.values_list("logged_at", flat=True)})
    for day in days:
        begin = timezone.make_aware(datetime.combine(day, time.min))
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
        logged = list(Contact.objects.filter(logged_at__gte=begin, logged_at__lt=end).order_by("pk"))
        standing = [_row(contact) for contact in logged if contact.withdrawn_at is None]
        yield DayOfContacts(day, standing, [contact.pk for contact in logged], read_at)


def _row(contact: Contact) -> dict[str, Any]:
    return {
        "interaction_id": f"desk-{contact.pk}",
        "party_id": contact.party_id,
        "at": timezone.localtime(contact.at).replace(tzinfo=None),
        "kind": contact.kind,
        "staff_id": contact.staff_id or None,
        "purpose": contact.purpose or None,
        "outcome": contact.outcome,
        "words": contact.words or None,
        "next_step_on": contact.next_step_on,
        "proposal_key": contact.proposal_key or None,
    }


@dataclass(frozen=True)
class DayOfMerges:
    """All merges approved or undone on ``day``, as rows of the lake's ``party_merge`` table: as they stand now."""

    day: date
    rows: list[dict[str, Any]]
    _ids: list[int]
    _read_at: datetime

    def written_back(self, batch_id: str) -> None:
        """Note that the lake has them as they stood when read."""
        Merge.objects.filter(pk__in=self._ids).update(written_back_at=self._read_at, written_back_in=batch_id)


def merges_to_write_back() -> Iterator[DayOfMerges]:
    """Days with a merge the lake lacks, or has though it was undone since; oldest first.

    A merge undone later is delivered again on the day of its undoing: of two deliveries the newer counts.
    """
    read_at = timezone.now()
    waiting = Merge.objects.filter(Q(written_back_at__isnull=True) | Q(undone_at__gt=F("written_back_at")))
    moments = waiting.values_list("merged_at", "undone_at")
    days = sorted({timezone.localtime(undone or merged).date() for merged, undone in moments})
    for day in days:
        begin = timezone.make_aware(datetime.combine(day, time.min))
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
        decided = list(
            Merge.objects.filter(
                Q(merged_at__gte=begin, merged_at__lt=end) | Q(undone_at__gte=begin, undone_at__lt=end)
            ).order_by("pk")
        )
        yield DayOfMerges(day, [_merge_row(merge) for merge in decided], [merge.pk for merge in decided], read_at)


def _merge_row(merge: Merge) -> dict[str, Any]:
    return {
        "merge_id": f"desk-{merge.pk}",
        "kept_id": merge.kept_id,
        "merged_id": merge.merged_id,
        "since": timezone.localtime(merge.merged_at).date(),
        "until": timezone.localtime(merge.undone_at).date() if merge.undone_at else None,
    }
