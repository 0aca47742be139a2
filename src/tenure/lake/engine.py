"""What reads and writes the lake's tables: one set of Ibis expressions, on DuckDB or on Spark."""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from tenure.contracts import LAKE, Load
from tenure.errors import LakeError, SetupError
from tenure.lake import schema
from tenure.lake.snapshot import DataFile, Snapshot
from tenure.lake.store import Lake

if TYPE_CHECKING:
    import pyarrow as pa


class Engine(ABC):
    """Evaluates Ibis expressions over Parquet files. Get one from :func:`connect`; close it when done."""

    name: str
    #: A folder of this engine's own, gone when it is closed.
    scratch: Path

    def table(self, lake: Lake, snapshot: Snapshot, name: str, months: Collection[str] | None = None) -> ir.Table:
        """A table of the lake as of ``snapshot``, with exactly its contract's columns and types.

        State tables: what is true now, one row per key — the newest by business date and then by order of
        landing; rows missing from the newest full delivery of their source are retired. Event tables: all
        rows, or those of ``months`` (``YYYY-MM``). A table nobody delivered is empty.
        """
        if name not in LAKE:
            raise LakeError(f"the lake has no table {name!r}", f"It has {', '.join(LAKE)}.")
        contract = LAKE[name]
        if contract.load is Load.EVENT:
            return self.read(_paths(lake, snapshot.files_of(name, months)), schema.schema_of(contract))
        files = snapshot.current_files_of(name)
        rows = self.read(_paths(lake, files), schema.stored_schema_of(contract))
        if len({f.batch for f in files}) > 1:  # within one delivery the landing has refused a key twice
            newest_first = [rows[schema.DELIVERED_FOR].desc(), rows[schema.DELIVERY].desc()]
            place = ibis.row_number().over(group_by=[rows[k] for k in contract.key], order_by=newest_first)
            rows = rows.mutate(_place=place).filter(ibis._._place == 0)
        return rows.select(*contract.names)

    def read(self, paths: Sequence[Path], schema: ibis.Schema | None = None) -> ir.Table:
        """The rows of some Parquet files.

        With ``schema`` the result has exactly its columns and types; columns the files lack are null.
        No paths give an empty table, and need a ``schema``.
        """
        if not paths:
            if schema is None:
                raise ValueError("no files to read, and no schema to say what an empty table looks like")
            return self.empty(schema)
        rows = self.scan(paths)
        if schema is None:
            return rows
        return rows.select(
            **{
                name: (rows[name].cast(kind) if name in rows.columns else ibis.null(kind))
                for name, kind in schema.items()
            }
        )

    def empty(self, schema: ibis.Schema) -> ir.Table:
        """A table of no rows."""
        nulls: ir.Table = ibis.range(1).unnest().name("_one").as_table()
        return nulls.filter(ibis.literal(False)).select(**{n: ibis.null(k) for n, k in schema.items()})

    @abstractmethod
    def scan(self, paths: Sequence[Path]) -> ir.Table:
        """The rows of some Parquet files (at least one), by column name, folders' names ignored."""

    @abstractmethod
    def write(self, expr: ir.Table, path: Path, *, sort: Sequence[str] = ()) -> int:
        """Write the rows to one Parquet file (zstd) at ``path`` in one step; returns their number."""

    @abstractmethod
    def arrow(self, expr: ir.Table) -> pa.Table:
        """The rows as an Arrow table in memory."""

    def batches(self, expr: ir.Table, chunk: int = 50_000) -> Iterator[pa.RecordBatch]:
        """The rows as Arrow batches of at most ``chunk`` rows, never all in memory."""
        # by way of a file: Spark would collect the whole result in its driver
        passing = self.scratch / f"{ibis.util.gen_name('batches')}.parquet"
        try:
            self.write(expr, passing)
            with pq.ParquetFile(passing) as file:
                yield from file.iter_batches(batch_size=chunk)
        finally:
            passing.unlink(missing_ok=True)

    @abstractmethod
    def close(self) -> None:
        """Give back memory, files and processes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def connect(
    url: str = "duckdb", *, memory: str | None = None, threads: int | None = None, temp: Path | None = None
) -> Engine:
    """An engine: ``duckdb``, ``spark`` (this machine), ``spark[2]`` (two cores of it) or ``spark://host:port``.

    ``memory`` bounds DuckDB (or Spark's driver), such as ``"4GB"``; by default 4 GB or 60 % of the machine's memory,
    whichever is less. ``temp`` is where what doesn't fit is spilled. ``SetupError`` if none is known or installed.
    """
    refuse_unknown(url)
    if url == "duckdb":
        from tenure.lake.duckdb_engine import DuckDBEngine

        return DuckDBEngine(memory=memory or default_memory(), threads=threads, temp=temp)
    from tenure.lake.spark_engine import SparkEngine

    return SparkEngine(_spark_master(url, threads), memory=memory or default_memory(), temp=temp)


#: What names Spark: this machine, with so many cores of it, or a cluster's master.
_SPARK = re.compile(r"(spark|local)(\[(\*|[1-9]\d*)\])?|(spark|k8s)://\S+|yarn")


def refuse_unknown(url: str) -> None:
    """Say that :func:`connect` knows no such engine, before anything is begun.

    Raises:
        SetupError: it does not; whether a known one is installed and answers is seen when it is connected to.
    """
    if url != "duckdb" and not _SPARK.fullmatch(url):
        raise SetupError(
            f"there is no engine {url!r}",
            "Use duckdb, spark (this machine), spark[2] (two cores of it) or spark://host:port.",
        )


def default_memory() -> str:
    """4 GB, or 60 % of this machine's memory where that is less."""
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{min(4_000, int(installed * 0.6 / 1e6))}MB"


def _spark_master(url: str, threads: int | None) -> str:
    if url.startswith("spark["):
        return "local" + url.removeprefix("spark")
    if url in ("spark", "local"):
        return f"local[{threads or '*'}]"
    return url


def _paths(lake: Lake, files: Sequence[DataFile]) -> list[Path]:
    return [lake.path / f.path for f in files]
