"""The demo bank's night is the same on DuckDB and on Spark, value by value."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tenure.contracts import PUBLISHED
from tenure.lake import connect
from tenure.nightly.publishing import files_of
from tenure.nightly.run import run

from .conftest import SmallDemo

pytestmark = pytest.mark.spark


def test_spark_and_duckdb_publish_the_same_demo_bank(small_demo: SmallDemo, tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
    if shutil.which("java") is None:
        pytest.skip("Java is not installed; the test target installs it where apt is there")
    published = {}
    for engine_name in ("duckdb", "spark[2]"):
        lake = small_demo.lake(tmp_path / engine_name.partition("[")[0])
        with connect(engine_name, memory="1GB") as engine:
            folder = run(lake, engine=engine).folder
        published[engine_name] = {name: pq.read_table(files_of(folder, name)) for name in PUBLISHED}
    duckdb, spark = published["duckdb"], published["spark[2]"]
    assert duckdb["customer"].num_rows > 250 and duckdb["timeline"].num_rows > 1000 and duckdb["proposal"].num_rows > 0
    for name in sorted(set(PUBLISHED) - {"night_step"}):  # what differs between two nights is how long they took
        assert duckdb[name].schema.types == spark[name].schema.types, name
        assert duckdb[name].to_pylist() == spark[name].to_pylist(), name
