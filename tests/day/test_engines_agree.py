"""The demo bank's night is the same on DuckDB and on Spark, value by value."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tenure.contracts import PUBLISHED
from tenure.demo import DemoBank, build
from tenure.lake import Lake, connect
from tenure.lake.spark_engine import SparkEngine
from tenure.nightly.publishing import files_of
from tenure.nightly.run import run

from .conftest import SmallDemo, deliver

pytestmark = pytest.mark.spark

#: What a night of 300 customers takes on Spark is compiling Java for each query and 200 empty partitions; the soak test
#: runs it as it comes.
INTERPRETED = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}

#: Java compiles thoroughly what will run for hours, which takes longer than a small bank's night.
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def published_by(engine_name: str, lake: Lake, settings: dict[str, str] | None = None) -> dict[str, Any]:
    """Every table a night publishes on this engine; of Spark, with these settings."""
    with connect(engine_name, memory="1GB") as engine:
        if isinstance(engine, SparkEngine):
            for name, value in (settings or {}).items():
                engine._session.conf.set(name, value)
        return read(run(lake, engine=engine).folder)


def read(folder: Path) -> dict[str, Any]:
    return {name: pq.read_table(files_of(folder, name)) for name in PUBLISHED}


@pytest.fixture
def _spark() -> None:
    pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
    if shutil.which("java") is None:
        pytest.skip("Java is not installed; the test target installs it where apt is there")


@pytest.mark.usefixtures("_spark")
def test_spark_and_duckdb_publish_the_same_demo_bank(
    small_demo: SmallDemo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JDK_JAVA_OPTIONS", SHORT_LIVED)
    duckdb, spark = (
        read(small_demo.published),
        published_by("spark[2]", small_demo.lake(tmp_path / "lake"), INTERPRETED),
    )
    assert duckdb["customer"].num_rows > 250 and duckdb["timeline"].num_rows > 1000 and duckdb["proposal"].num_rows > 0
    for name in sorted(set(PUBLISHED) - {"night_step"}):  # what differs between two nights is how long they took
        assert duckdb[name].schema.types == spark[name].schema.types, name
        assert duckdb[name].to_pylist() == spark[name].to_pylist(), name


@pytest.mark.soak
@pytest.mark.usefixtures("_spark")
def test_spark_and_duckdb_foretell_the_same_of_every_customer(tmp_path: Path) -> None:
    """Long enough a history for the model of leaving: panel, scores, reasons and values."""
    built = build(DemoBank(customers=1000, months=30, until=date(2026, 6, 30), seed=7, last_days=1), tmp_path / "bank")

    def landed(path: Path) -> Lake:
        lake = Lake.create(path, bank="Demo Bank")
        for delivery in built.deliveries:
            deliver(lake, delivery)
        return lake

    duckdb, spark = (published_by(name, landed(tmp_path / name[:5])) for name in ("duckdb", "spark[2]"))
    assert duckdb["outlook"].num_rows > 500
    for name in ("outlook", "need", "lost"):
        assert duckdb[name].to_pylist() == spark[name].to_pylist(), name
