"""What people did at the desk, on its way back to the lake.

A day at the desk is one delivery of the source “desk”: the contacts logged on it, the signals raised, and the consents
noted and customers assigned on it, all that still stand. Sent twice it changes nothing, and a day on which one came to
stand otherwise since (a contact withdrawn, a signal closed, a consent superseded, an assignment ended) replaces what
was sent before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from tenure.contracts.signals import HAND
from tenure.desk.control.models import Consent
from tenure.desk.parties.models import Assignment, Merge
from tenure.desk.signals.models import Signal
from tenure.desk.work.models import Contact


@dataclass(frozen=True)
class _Table:
    """A table of the lake that the desk writes: from which rows, by which moment's day, and which of them wait."""

    name: str
    model: type[models.Model]
    day_of: str
    waiting: Q
    stands: Callable[[Any], bool]
    row: Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class DayAtTheDesk:
    """What stands of ``day``, as rows of the lake's tables: contacts, signals, consents, assignments."""

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
            tables[table.name] = [table.row(one) for one in found if table.stands(one)]
        yield DayAtTheDesk(day, tables, read_at, ids)


def _on(table: _Table, day: date) -> models.QuerySet[Any]:
    begin = timezone.make_aware(datetime.combine(day, time.min))
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    within = {f"{table.day_of}__gte": begin, f"{table.day_of}__lt": end}
    people = ("seen_by", "claimed_by") if table.model is Signal else ()
    rows = table.model._default_manager.filter(**within).order_by("pk")
    return rows.select_related(*people) if people else rows


def _pieces(ids: list[Any], size: int = 10_000) -> Iterator[list[Any]]:
    for begin in range(0, len(ids), size):
        yield ids[begin : begin + size]


def _local(moment: datetime | None) -> datetime | None:
    return timezone.localtime(moment).replace(tzinfo=None) if moment is not None else None


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "interaction_id": f"desk-{contact.pk}",
        "party_id": contact.party_id,
        "at": _local(contact.at),
        "kind": contact.kind,
        "staff_id": contact.staff_id or None,
        "purpose": contact.purpose or None,
        "outcome": contact.outcome,
        "words": contact.words or None,
        "next_step_on": contact.next_step_on,
        "proposal_key": contact.proposal_key or None,
    }


def _signal(signal: Signal) -> dict[str, Any]:
    return {
        "signal_id": str(signal.pk),
        "party_id": signal.party_id,
        "at": _local(signal.at),
        "rule": signal.rule,
        "rule_version": signal.rule_version,
        "seen_by": (signal.seen_by.staff_id or None) if signal.seen_by is not None else None,
        "traits": " ".join(signal.facts.get("traits", [])) or None if signal.rule == HAND else None,
        "words": signal.words or None,
        "state": signal.state,
        "staff_id": (signal.claimed_by.staff_id or None) if signal.claimed_by is not None else None,
        "claimed_at": _local(signal.claimed_at),
        "outcome": signal.outcome or None,
        "closed_at": _local(signal.closed_at),
    }


def _consent(word: Consent) -> dict[str, Any]:
    return {
        "consent_id": str(word.pk),
        "party_id": word.party_id,
        "said_at": _local(word.noted_at),
        "purpose": word.purpose,
        "given": word.given,
        "bank_said": word.bank_said,
        "way": word.way,
        "ended_at": _local(word.superseded_at),
    }


def _assignment(one: Assignment) -> dict[str, Any]:
    return {
        "assignment_id": str(one.pk),
        "party_id": one.party_id,
        "role": one.role,
        "staff_id": one.staff_id or None,
        "holds": one.holds,
        "bank_said": " ".join(said or "-" for said in one.bank_said) or None,
        "since": _local(one.since),
        "ended_at": _local(one.ended_at),
    }


_TABLES = (
    _Table(
        "interaction",
        Contact,
        "logged_at",
        Q(written_back_at__isnull=True, withdrawn_at__isnull=True) | Q(withdrawn_at__gt=F("written_back_at")),
        lambda contact: contact.withdrawn_at is None,
        _contact,
    ),
    _Table(
        "signal",
        Signal,
        "at",
        Q(written_back_at__isnull=True) | Q(changed_at__gt=F("written_back_at")),
        lambda signal: True,
        _signal,
    ),
    _Table(
        "consent",
        Consent,
        "noted_at",
        Q(written_back_at__isnull=True) | Q(superseded_at__gt=F("written_back_at")),
        lambda word: True,
        _consent,
    ),
    _Table(
        "assignment",
        Assignment,
        "since",
        Q(written_back_at__isnull=True) | Q(ended_at__gt=F("written_back_at")),
        lambda one: True,
        _assignment,
    ),
)


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
