"""Takes a night's publication folder to the desk's database."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from tenure.contracts import PUBLISHED, Kind, Table
from tenure.errors import LakeError
from tenure.progress import QUIET, Progress

#: Rows per insert into SQLite: the write lock is held for tens of milliseconds, so people can work meanwhile.
CHUNK = 5_000
#: Rows per block of PostgreSQL's COPY.
BLOCK = 50_000

#: Which Arrow types hold which kind of column.
_FITS: Mapping[Kind, Callable[[pa.DataType], bool]] = {
    Kind.TEXT: lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind),
    Kind.JSON: lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind),
    Kind.INTEGER: pa.types.is_integer,
    Kind.MONEY: pa.types.is_int64,
    Kind.RATE: pa.types.is_floating,
    Kind.DATE: pa.types.is_date32,
    Kind.TIMESTAMP: pa.types.is_timestamp,
    Kind.BOOLEAN: pa.types.is_boolean,
}


#: How the name of a table's part ends that stays the same for many nights.
SETTLED = "-settled.parquet"


def files_of(folder: Path, name: str) -> list[Path]:
    """The files of one table in a publication's folder: what this night wrote and, of some, a settled part."""
    settled = folder / f"{name}{SETTLED}"
    return [folder / f"{name}.parquet", *([settled] if settled.exists() else [])]


def publish_folder(
    folder: Path, *, time_zone: str, grace_seconds: float | None = None, progress: Progress = QUIET
) -> Any:
    """Publish the folder a night wrote (``manifest.json`` and one Parquet file a table); returns the Publication.

    Args:
        folder: as ``nightly.run`` leaves it.
        time_zone: the bank's; times in the lake are local, the desk's are moments.
        grace_seconds: how long a slot left by the last swap may still have readers; the default is the desk's.

    Raises:
        LakeError: the folder is not a whole publication.
        DeskDatabaseError: see ``desk.publication.loading.publish``.
    """
    from django.utils import timezone

    from tenure.desk.control.tasks import ask_the_lost, take_moments_of_night
    from tenure.desk.org.services import refresh_paths
    from tenure.desk.parties.assigning import let_assignments_speak
    from tenure.desk.parties.consents import let_the_file_speak
    from tenure.desk.publication.loading import GRACE_SECONDS, Night, publish
    from tenure.desk.requests.erasing import carry_on, suppressed_among
    from tenure.desk.requests.services import forget_old_copies, settle_corrections

    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LakeError(f"{folder} holds no finished publication.", "Run `tenure nightly` again.") from None

    def keep_in_step(_: object) -> None:
        refresh_paths()
        let_the_file_speak(timezone.now())
        let_assignments_speak(timezone.now())
        settle_corrections(timezone.now())
        carry_on(timezone.now())
        forget_old_copies(timezone.now())
        take_moments_of_night.enqueue(manifest["run_id"])  # in the swap: no publication without it, none twice
        ask_the_lost.enqueue(manifest["run_id"])

    without = frozenset(suppressed_among(_customers_in(folder)))
    return publish(
        Night(
            run_id=manifest["run_id"],
            lake_id=manifest["lake_id"],
            bank=manifest["bank"],
            currency=manifest["currency"],
            as_of=date.fromisoformat(manifest["as_of"]),
            tiers=manifest["tiers"],
            tables={
                name: ParquetRows.open(files_of(folder, name), table, time_zone, without)
                for name, table in PUBLISHED.items()
            },
        ),
        in_swap=[keep_in_step],
        grace_seconds=GRACE_SECONDS if grace_seconds is None else grace_seconds,
        progress=progress,
    )


@dataclass(frozen=True)
class ParquetRows:
    """A published table in Parquet files, on its way into a database (``desk.publication.loading.Rows``)."""

    paths: Sequence[Path]
    table: Table
    time_zone: str
    count: int
    #: Customers whose rows stay out: they were erased.
    without: frozenset[str] = frozenset()

    @classmethod
    def open(
        cls, paths: Sequence[Path], table: Table, time_zone: str, without: frozenset[str] = frozenset()
    ) -> ParquetRows:
        """Read the files' size and check that they have the contract's columns.

        Raises:
            LakeError: a file is absent or has other columns.
        """
        rows = cls(paths, table, time_zone, sum(_checked_rows(path, table) for path in paths), without)
        if not (without and rows._naming):
            return rows
        return replace(rows, count=sum(batch.num_rows for batch in rows._batches(BLOCK)))

    @property
    def _naming(self) -> list[str]:
        return [name for name in ("party_id", "other_id") if name in self.table]

    def tuples(self) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Chunks of rows as SQLite stores them: dates and moments (UTC) as text, truth as 0 or 1."""
        for batch in self._batches(CHUNK):
            columns = [self._for_sqlite(batch.column(i), c.kind).to_pylist() for i, c in enumerate(self.table)]
            yield list(zip(*columns, strict=True))

    def csv(self) -> Iterator[bytes]:
        """Blocks of CSV for COPY: every value quoted, null empty."""
        options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid")
        for batch in self._batches(BLOCK):
            columns = [self._for_postgres(batch.column(i), c.kind) for i, c in enumerate(self.table)]
            block = io.BytesIO()
            pyarrow.csv.write_csv(pa.table(columns, names=list(self.table.names)), block, options)
            yield block.getvalue()

    def _batches(self, size: int) -> Iterator[pa.RecordBatch]:
        for path in self.paths:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=size, columns=list(self.table.names)):
                    yield self._left(batch)

    def _left(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """``batch`` without rows of people who were erased."""
        if not self.without:
            return batch
        gone = pa.array(sorted(self.without), pa.string())
        for name in self._naming:
            batch = batch.filter(pc.invert(pc.is_in(batch.column(name).cast(pa.string()), gone)))
        return batch

    def _moments(self, values: Any) -> Any:
        local: Any = pc.assume_timezone(
            values.cast(pa.timestamp("us")), self.time_zone, ambiguous="earliest", nonexistent="latest"
        )
        return local.cast(pa.timestamp("us", tz="UTC"))

    def _for_sqlite(self, values: Any, kind: Kind) -> Any:
        match kind:
            case Kind.DATE:
                return values.cast(pa.string())
            case Kind.BOOLEAN:
                return values.cast(pa.int8())
            case Kind.TIMESTAMP:
                return pc.strftime(self._moments(values), format="%Y-%m-%d %H:%M:%S")
            case _:
                return values

    def _for_postgres(self, values: Any, kind: Kind) -> Any:
        return self._moments(values) if kind is Kind.TIMESTAMP else values


def _customers_in(folder: Path) -> Iterator[str]:
    """The numbers a publication would show, read when asked for; a missing file is said later."""
    path = folder / "customer.parquet"
    if path.exists():
        yield from map(str, pq.read_table(path, columns=["party_id"])["party_id"].to_pylist())


def _checked_rows(path: Path, table: Table) -> int:
    """How many rows the file has, once its columns are the contract's."""
    try:
        with pq.ParquetFile(path) as file:
            schema, count = file.schema_arrow, int(file.metadata.num_rows)
            names = tuple(name for name in schema.names if not name.startswith("_"))  # those are the night's own
    except FileNotFoundError:
        raise LakeError(f"The publication lacks {path.name}.", "Run `tenure nightly` again.") from None
    remedy = "Run `tenure nightly --full` with this version."
    if names != table.names:
        raise LakeError(f"{path} has columns {', '.join(names)}; the contract says {', '.join(table.names)}.", remedy)
    for column in table:
        if not _FITS[column.kind](schema.field(column.name).type):
            raise LakeError(
                f"{path}: {column.name} is {schema.field(column.name).type}; the contract says {column.kind}.",
                remedy,
            )
    return count
