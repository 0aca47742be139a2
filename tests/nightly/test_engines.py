"""Spark and DuckDB publish the same night, to the last digit."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tenure.contracts import PUBLISHED
from tenure.lake import connect
from tenure.nightly.run import run

from .small_lake import create

#: Early in the lake's half year: a closed quarter, an open month, and little for Spark to start tasks for.
AS_OF = date(2026, 1, 20)


@pytest.mark.spark
def test_spark_and_duckdb_publish_the_same_night(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="PySpark is not installed: pip install 'tenure[spark]'")
    if shutil.which("java") is None:
        pytest.skip("there is no Java on this machine, and Spark needs one")
    published = {}
    for name in ("duckdb", "local[2]"):
        lake = create(tmp_path / name.partition("[")[0])
        with connect(name, memory="1GB") as engine:
            folder = run(lake, AS_OF, engine=engine).folder
        published[name] = {each: pq.read_table(folder / f"{each}.parquet") for each in PUBLISHED}
    for name in PUBLISHED:
        if name in ("night_step", "batch"):  # these tell when, not what
            continue
        ours, theirs = published["duckdb"][name], published["local[2]"][name]
        assert [f.type for f in ours.schema] == [f.type for f in theirs.schema], name
        assert ours.to_pylist() == theirs.to_pylist(), name
    assert published["duckdb"]["proposal"].num_rows > 0
