"""The lake on Apache Spark: the same expressions, on a cluster the bank already has or on this machine."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from tenure.errors import SetupError
from tenure.lake import durable
from tenure.lake.engine import Engine

if TYPE_CHECKING:
    import pyarrow as pa


class SparkEngine(Engine):
    """A Spark session. On a cluster the lake's path must be one that every worker can read."""

    name = "spark"

    def __init__(self, master: str, *, memory: str, temp: Path | None = None) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise SetupError("Spark is not installed", "Install it with `pip install 'tenure[spark]'`.") from None
        if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
            raise SetupError(
                "Spark needs Java, and there is none on this machine",
                "Install a Java runtime, 17 or newer (Debian: `apt install default-jre-headless`), or set JAVA_HOME.",
            )
        self._work = tempfile.TemporaryDirectory(prefix="tenure-spark-", dir=temp)
        self.scratch = Path(self._work.name)
        try:
            self._session = (
                SparkSession.builder.master(master)
                .appName("tenure")
                .config("spark.driver.memory", memory.lower().removesuffix("b"))
                .config("spark.ui.enabled", "false")
                .config("spark.sql.session.timeZone", "UTC")  # times are the bank's local ones, without a zone
                .config("spark.sql.parquet.inferTimestampNTZ.enabled", "true")
                .config("spark.sql.timestampType", "TIMESTAMP_NTZ")
                .config("spark.sql.execution.arrow.pyspark.enabled", "true")
                .config("spark.sql.ansi.enabled", "true")
                .config("spark.local.dir", self._work.name)
                .config("spark.sql.warehouse.dir", str(Path(self._work.name, "warehouse")))
                .getOrCreate()
            )
            self._session.sparkContext.setLogLevel("ERROR")
        except Exception as wrong:
            self._work.cleanup()
            raise SetupError(
                f"Spark did not start at {master}: {str(wrong).splitlines()[0]}",
                "Check that the master is reachable from here, or use --engine duckdb.",
            ) from wrong
        self._backend = ibis.pyspark.connect(self._session)

    def scan(self, paths: Sequence[Path]) -> ir.Table:
        frame = self._session.read.option("mergeSchema", "true").parquet(*(str(p) for p in paths))
        name = ibis.util.gen_name("tenure_scan")
        frame.createOrReplaceTempView(name)
        return self._backend.table(name)

    def write(self, expr: ir.Table, path: Path, *, sort: Sequence[str] = ()) -> int:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = path.with_name(path.name + ".parts" + durable.UNFINISHED)
        shutil.rmtree(folder, ignore_errors=True)
        try:
            frame = self._session.sql(ibis.to_sql(expr, dialect="pyspark")).repartition(1)
            if sort:
                frame = frame.sortWithinPartitions(*sort)
            frame.write.option("compression", "zstd").parquet(str(folder))
            [part] = folder.glob("part-*.parquet")
            rows = pq.read_metadata(part).num_rows
            os.replace(part, path)  # noqa: PTH105
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return int(rows)

    def arrow(self, expr: ir.Table) -> pa.Table:
        rows: pa.Table = self._backend.to_pyarrow(expr)
        return rows

    def close(self) -> None:
        self._session.stop()
        self._work.cleanup()
