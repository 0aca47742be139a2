"""Merges of customers on their way back to the lake: a source of their own, so that days do not push each other out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from tenure.desk.parties.models import Merge


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
