"""The lake on DuckDB: the default, on one machine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from tenure.lake import durable, written
from tenure.lake.engine import Engine

if TYPE_CHECKING:
    import pyarrow as pa


class DuckDBEngine(Engine):
    """DuckDB in this process, bounded in memory, spilling to disk beyond it."""

    name = "duckdb"

    def __init__(self, *, memory: str, threads: int | None = None, temp: Path | None = None) -> None:
        self._work = tempfile.TemporaryDirectory(prefix="tenure-duckdb-", dir=temp)
        self.scratch = Path(self._work.name)
        settings: dict[str, object] = {
            "memory_limit": memory,
            "temp_directory": self._work.name,
            # every result whose order matters is sorted explicitly; keeping insertion order costs memory
            "preserve_insertion_order": False,
        }
        if threads is not None:
            settings["threads"] = threads
        self._backend = ibis.duckdb.connect(**settings)
        self._backend.compile = written.once(self._backend.compile)
        self._backend.raw_sql("SET enable_progress_bar = false")  # the command draws its own

    def scan(self, paths: Sequence[Path]) -> ir.Table:
        return self._backend.read_parquet([str(p) for p in paths], union_by_name=True, hive_partitioning=False)

    def write(self, expr: ir.Table, path: Path, *, sort: Sequence[str] = ()) -> int:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + durable.UNFINISHED)
        try:
            self._backend.to_parquet(expr.order_by(*sort) if sort else expr, unfinished, compression="zstd")
            rows = pq.read_metadata(unfinished).num_rows
            os.replace(unfinished, path)  # noqa: PTH105
        finally:
            unfinished.unlink(missing_ok=True)
        return int(rows)

    def arrow(self, expr: ir.Table) -> pa.Table:
        rows: pa.Table = self._backend.to_pyarrow(expr)
        return rows

    def close(self) -> None:
        self._backend.disconnect()
        self._work.cleanup()
