"""Loads a night's tables into the slot nobody reads, then swaps.

Loading may take minutes and is done in short transactions, so that people go on working. The swap is one
transaction that moves the mark of being current. Killed before it, readers still see yesterday, and the
next publication begins by emptying the half-filled slot.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

from django.db import connection, models, transaction
from django.utils import timezone

from tenure.contracts import PUBLISHED
from tenure.desk.publication.models import Publication
from tenure.desk.publication.slots import TABLES
from tenure.errors import DeskDatabaseError
from tenure.progress import QUIET, Progress, Task

#: Pages take moments and streams end after 25 s (desk.signals.feed.LASTS): a slot left this long ago has no reader.
GRACE_SECONDS = 35


class Rows(Protocol):
    """One published table on its way in, in the order and types of its contract."""

    @property
    def count(self) -> int:
        """How many rows there are."""

    def tuples(self) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Chunks of rows as SQLite stores them."""

    def csv(self) -> Iterator[bytes]:
        """Chunks of CSV as PostgreSQL's COPY reads them: values quoted, null empty and unquoted."""


@dataclass(frozen=True)
class Night:
    """What a night hands over. ``tables`` holds every published table by name."""

    run_id: str
    lake_id: str
    bank: str
    currency: str
    as_of: date
    tiers: Mapping[str, int]
    tables: Mapping[str, Rows]


def publish(
    night: Night,
    *,
    in_swap: Sequence[Callable[[Publication], None]] = (),
    grace_seconds: float = GRACE_SECONDS,
    progress: Progress = QUIET,
) -> Publication:
    """Publish ``night`` whole and return its publication; ``in_swap`` runs in the swap's transaction.

    Raises:
        DeskDatabaseError: the desk shows another bank's lake, another publication is under way, or a table is missing.
    """
    missing = sorted(set(PUBLISHED) - set(night.tables))
    if missing:
        raise DeskDatabaseError(f"The night did not hand over {', '.join(missing)}.", "Run `tenure nightly` again.")
    with _alone():
        current = Publication.objects.current()
        _refuse_another_lake(current, night)
        _let_readers_finish(current, grace_seconds, progress)
        Publication.objects.filter(state=Publication.State.LOADING).update(state=Publication.State.FAILED)
        publication = Publication.objects.create(
            run_id=night.run_id,
            slot="b" if current is not None and current.slot == "a" else "a",
            lake_id=night.lake_id,
            bank=night.bank,
            currency=night.currency,
            as_of=night.as_of,
            tiers=dict(night.tiers),
            rows={name: rows.count for name, rows in night.tables.items()},
        )
        with progress.task("Publishing to the desk", sum(rows.count for rows in night.tables.values())) as task:
            for name in PUBLISHED:
                _load(TABLES[name].models[publication.slot], night.tables[name], task)
        _swap(publication, in_swap)
    return publication


def _refuse_another_lake(current: Publication | None, night: Night) -> None:
    if current is not None and current.lake_id != night.lake_id:
        raise DeskDatabaseError(
            f"This desk shows {current.bank or 'another bank'} (lake {current.lake_id}); "
            f"the night is of {night.bank or 'a bank'} (lake {night.lake_id}). Contacts of two banks would mix.",
            "Give the other bank a desk of its own: set TENURE_HOME (or TENURE_DATABASE) to another place.",
        )


def _let_readers_finish(current: Publication | None, grace_seconds: float, progress: Progress) -> None:
    if current is None or current.published_at is None:
        return
    if not Publication.objects.filter(state=Publication.State.PAST).exists():
        return
    wait = (current.published_at + timedelta(seconds=grace_seconds) - timezone.now()).total_seconds()
    if wait > 0:
        with progress.task("Letting readers of the day before finish", wait) as task:
            while wait > 0:
                time.sleep(min(1.0, wait))
                task.advance(min(1.0, wait))
                wait -= 1.0


def _load(model: type[models.Model], rows: Rows, task: Task) -> None:
    """Empty ``model``'s table and fill it; indexes are built after the rows, which is several times faster."""
    table = connection.ops.quote_name(model._meta.db_table)
    indexes = [connection.ops.quote_name(index.name) for index in model._meta.indexes]
    columns = ", ".join(connection.ops.quote_name(f.column) for f in model._meta.concrete_fields if f.column)
    on_postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for index in indexes:
            cursor.execute(f"DROP INDEX IF EXISTS {index}")
        cursor.execute(f"TRUNCATE {table}" if on_postgres else f"DELETE FROM {table}")
    if on_postgres:
        with connection.cursor() as cursor:
            order = f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv)"
            with cursor.copy(order) as copy:  # psycopg's own cursor, through Django's
                for block in rows.csv():
                    copy.write(block)
                    task.advance(block.count(b"\n"))
    else:
        marks = ", ".join(["%s"] * len([f for f in model._meta.concrete_fields if f.column]))
        for chunk in rows.tuples():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", chunk)
            task.advance(len(chunk))
    for index in model._meta.indexes:
        with connection.schema_editor(atomic=False) as editor:
            editor.add_index(model, index)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")


def _swap(publication: Publication, in_swap: Sequence[Callable[[Publication], None]]) -> None:
    with transaction.atomic():
        Publication.objects.filter(state=Publication.State.CURRENT).update(state=Publication.State.PAST)
        publication.state = Publication.State.CURRENT
        publication.published_at = timezone.now()
        publication.save(update_fields=["state", "published_at"])
        for act in in_swap:
            act(publication)


@contextmanager
def _alone() -> Iterator[None]:
    """Only one publication at a time, however many machines run a night."""
    busy = DeskDatabaseError(
        "Another night is publishing to this desk.", "Wait until it has finished, then run `tenure nightly` again."
    )
    if connection.vendor == "postgresql":
        key = 0x7E4C0DE
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
            if not cursor.fetchone()[0]:
                raise busy
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
        return
    name = str(connection.settings_dict["NAME"])
    if name.startswith("file:") or name == ":memory:":  # a database in memory has one process
        yield
        return
    with Path(name + ".publishing").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise busy from None
        yield
