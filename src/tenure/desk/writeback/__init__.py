"""What people did at the desk, on its way back to the lake.

A day at the desk is one delivery of the source “desk”: the contacts logged on it, the signals raised, the consents and
facts noted, the customers assigned, the answers given, who was received, cared for or invited, the opportunities
opened, moved and shared, the solutions shown, what companies are buying, who introduced whom, the cases of unhappy
customers, the lost ones asked why, the panels, absences and hand-overs; all that still stand. Sent twice it changes
nothing, and a day on which one came to stand otherwise since (a contact withdrawn, a signal closed, an assignment
ended) replaces what was sent before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from tenure.desk.work.models import Contact
from tenure.desk.writeback import (
    answered,
    bought,
    cared,
    handed,
    heard,
    improved,
    introduced,
    known,
    left,
    offered,
    said,
    tested,
    won,
)
from tenure.desk.writeback.merges import DayOfMerges, merges_to_write_back
from tenure.desk.writeback.table import Table

__all__ = ["DayAtTheDesk", "DayOfMerges", "days_to_write_back", "merges_to_write_back", "standing"]

#: A table comes back here in one line of a subject's module; ``contracts/lake/desk*.py`` says what its columns mean.
_TABLES: tuple[Table, ...] = (
    *said.TABLES, *known.TABLES, *cared.TABLES, *won.TABLES, *offered.TABLES, *bought.TABLES, *introduced.TABLES,
    *heard.TABLES, *left.TABLES, *answered.TABLES, *improved.TABLES, *tested.TABLES,
    *handed.TABLES,
)  # fmt: skip


@dataclass(frozen=True)
class DayAtTheDesk:
    """What stands of ``day``, as rows of the lake's tables."""

    day: date
    tables: dict[str, list[dict[str, Any]]]
    _read_at: datetime
    _ids: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(len(rows) for rows in self.tables.values())

    def written_back(self, batch_id: str) -> None:
        """Note that the lake has them as they stood when read; what changed since waits for the next night."""
        for table in _TABLES:
            noted: dict[str, Any] = {"written_back_at": self._read_at}
            if table.model is Contact:
                noted["written_back_in"] = batch_id
            for some in _pieces(self._ids[table.name]):
                table.model._default_manager.filter(pk__in=some).update(**noted)


def days_to_write_back() -> Iterator[DayAtTheDesk]:
    """Days of which the lake lacks something, or has something that stands otherwise now; oldest first."""
    read_at = timezone.now()
    days: set[date] = set()
    for table in _TABLES:
        moments = table.model._default_manager.filter(table.waiting).values_list(table.day_of, flat=True)
        days |= {timezone.localtime(at).date() for at in moments.iterator()}
    for day in sorted(days):
        tables: dict[str, list[dict[str, Any]]] = {}
        ids: dict[str, list[Any]] = {}
        for table in _TABLES:
            found = list(_on(table, day))
            ids[table.name] = [one.pk for one in found]
            tables[table.name] = [row for one in found if table.stands(one) for row in table.rows(one)]
        yield DayAtTheDesk(day, tables, read_at, ids)


def standing() -> dict[str, list[dict[str, Any]]]:
    """What stands of every day, as rows of the lake's tables, whether the lake has it yet or not."""
    return {
        table.name: [row for one in _read(table).iterator(2_000) if table.stands(one) for row in table.rows(one)]
        for table in _TABLES
    }


def _on(table: Table, day: date) -> models.QuerySet[Any]:
    begin = timezone.make_aware(datetime.combine(day, time.min))
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    within = {f"{table.day_of}__gte": begin, f"{table.day_of}__lt": end}
    return _read(table).filter(**within)


def _read(table: Table) -> models.QuerySet[Any]:
    rows = table.model._default_manager.order_by("pk").prefetch_related(*table.all_of)
    return rows.select_related(*table.with_) if table.with_ else rows


def _pieces(ids: list[Any], size: int = 10_000) -> Iterator[list[Any]]:
    for begin in range(0, len(ids), size):
        yield ids[begin : begin + size]
