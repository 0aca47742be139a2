"""What the lake holds at one moment: a snapshot of batches and data files, and how it is written down."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from tenure.contracts import LAKE, Load


@dataclass(frozen=True)
class Batch:
    """One delivery: everything a source sent for one business date.

    ``sequence`` counts commits, so that of two deliveries for the same day the later one is known.
    ``rows`` and ``quarantined`` count rows per table; ``corrects`` is the batch this one replaced.
    """

    id: str
    source: str
    business_date: str
    content_hash: str
    landed_at: str
    rows: dict[str, int]
    quarantined: dict[str, int]
    sequence: int
    corrects: str | None = None


@dataclass(frozen=True)
class DataFile:
    """One immutable Parquet file.

    ``path`` is relative to the lake. ``month`` (``YYYY-MM``) and ``days`` (distinct ISO days) describe an
    event table's file and are empty for a state table's; ``full`` marks a state delivery that was complete,
    so that keys it doesn't hold are retired.
    """

    id: str
    table: str
    path: str
    batch: str
    business_date: str
    month: str
    rows: int
    full: bool = False
    days: tuple[str, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """The lake as it stood after one commit. Nothing in it ever changes."""

    number: int
    parent: int | None
    committed_at: str
    batches: tuple[Batch, ...] = ()
    files: tuple[DataFile, ...] = field(default=(), repr=False)

    def files_of(self, table: str, months: Collection[str] | None = None) -> tuple[DataFile, ...]:
        """The files of ``table``; of an event table, only those of ``months`` (``YYYY-MM``) if given."""
        files = self._files_by_table.get(table, ())
        if months is None or LAKE[table].load is Load.STATE:
            return files
        return tuple(f for f in files if f.month in months)

    def current_files_of(self, table: str) -> tuple[DataFile, ...]:
        """The files of a state table that can still hold something true.

        From the newest full delivery of a source on, older files of that source hold only what was
        delivered again or is retired. Which delivery is newest goes by business date, then by sequence.
        """
        files = self.files_of(table)
        newest: dict[str, tuple[str, int]] = {}
        for file in files:
            if file.full:
                batch = self.batch(file.batch)
                newest[batch.source] = max(newest.get(batch.source, ("", 0)), self._place(file))
        return tuple(f for f in files if self._place(f) >= newest.get(self.batch(f.batch).source, ("", 0)))

    def months_of(self, table: str) -> tuple[str, ...]:
        """The months an event table has rows in, in order."""
        return tuple(sorted({f.month for f in self.files_of(table)}))

    def batch(self, batch_id: str) -> Batch:
        """The batch named ``batch_id``; ``KeyError`` where the snapshot has none."""
        return self._batches_by_id[batch_id]

    def batch_for(self, source: str, business_date: str) -> Batch | None:
        """What ``source`` delivered for ``business_date``, if anything."""
        return next((b for b in self.batches if b.source == source and b.business_date == business_date), None)

    def without(self, batch_id: str) -> tuple[tuple[Batch, ...], tuple[DataFile, ...]]:
        """Batches and files that remain when a batch is taken out."""
        return (
            tuple(b for b in self.batches if b.id != batch_id),
            tuple(f for f in self.files if f.batch != batch_id),
        )

    def _place(self, file: DataFile) -> tuple[str, int]:
        return file.business_date, self.batch(file.batch).sequence

    @cached_property
    def _batches_by_id(self) -> dict[str, Batch]:
        return {b.id: b for b in self.batches}

    @cached_property
    def _files_by_table(self) -> dict[str, tuple[DataFile, ...]]:
        found: dict[str, list[DataFile]] = {}
        for file in self.files:
            found.setdefault(file.table, []).append(file)
        return {table: tuple(files) for table, files in found.items()}


def encode(snapshot: Snapshot) -> str:
    """The snapshot as the text of its manifest."""
    return json.dumps(
        {
            "number": snapshot.number,
            "parent": snapshot.parent,
            "committed_at": snapshot.committed_at,
            "batches": [asdict(b) for b in snapshot.batches],
            "files": [asdict(f) for f in snapshot.files],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def decode(manifest: str) -> Snapshot:
    """The inverse of :func:`encode`; ``ValueError``, ``KeyError`` or ``TypeError`` if the text is damaged."""
    held: dict[str, Any] = json.loads(manifest)
    return Snapshot(
        number=int(held["number"]),
        parent=held["parent"],
        committed_at=held["committed_at"],
        batches=tuple(Batch(**b) for b in held["batches"]),
        files=tuple(DataFile(**{**f, "days": tuple(f["days"])}) for f in held["files"]),
    )
