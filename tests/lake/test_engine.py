"""Engines: the same question has the same answer on DuckDB and on Spark."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lake.deliveries import MOVEMENTS, land_small
from tenure.contracts import LAKE
from tenure.errors import Exit, LakeError, SetupError
from tenure.lake import Engine, Lake, connect, schema_of


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with a correction, a later delivery of the same customers, and two months of movements."""
    folder = tmp_path_factory.mktemp("history")
    lake = Lake.create(folder / "lake")
    land_small(lake, folder)
    land_small(lake, folder, movements=MOVEMENTS.replace("100.00", "150.00"))
    later = "CUST_NO,NAME,BORN,INCOME\n007,张伟强,1999-12-31,1\n8,新客,,\n"
    moved = "NO,CUST_NO,AT,AMOUNT\n7,8,2024-03-01 00:00:00,9.99\n8,007,2024-03-31 23:59:59,-1\n"
    land_small(lake, folder, day=dt.date(2024, 3, 1), customers=later, movements=moved)
    return lake


@pytest.fixture(scope="module")
def duckdb() -> Iterator[Engine]:
    with connect("duckdb", threads=2) as engine:
        yield engine


@pytest.fixture(scope="module")
def spark() -> Iterator[Engine]:
    pytest.importorskip("pyspark", reason="PySpark is not installed: pip install 'tenure[spark]'")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is none on this machine")
    with connect("local[2]", memory="1GB") as engine:
        yield engine


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Engine:
    chosen: Engine = request.getfixturevalue(request.param)
    return chosen


def answer(engine: Engine, expr: ibis.Table) -> list[dict[str, object]]:
    return engine.arrow(expr.order_by(expr.columns[0])).to_pylist()


@pytest.mark.parametrize("name", sorted(LAKE))
def test_every_table_has_exactly_its_contracts_columns(engine: Engine, history: Lake, name: str) -> None:
    held = engine.table(history, history.head(), name)
    assert held.schema() == schema_of(LAKE[name])
    if not history.head().files_of(name):
        assert engine.arrow(held).num_rows == 0, "what nobody delivered is empty, not an error"


def test_an_unknown_table_is_named(duckdb: Engine, history: Lake) -> None:
    with pytest.raises(LakeError, match="no table 'partys'"):
        duckdb.table(history, history.head(), "partys")


@pytest.mark.spark
@pytest.mark.parametrize("snapshot", [1, 2, 3])
def test_both_engines_give_the_same_answer(duckdb: Engine, spark: Engine, history: Lake, snapshot: int) -> None:
    for name in ("party", "account", "transaction"):
        both = [answer(e, e.table(history, history.snapshot(snapshot), name)) for e in (duckdb, spark)]
        assert both[0] == both[1] and both[0]

    def by_month(engine: Engine) -> list[dict[str, object]]:
        held = engine.table(history, history.snapshot(snapshot), "transaction")
        by = held.group_by(month=held.booked_at.truncate("M").date()).agg(sum=held.amount.sum(), rows=held.count())
        return answer(engine, by)

    assert by_month(duckdb) == by_month(spark)


def test_the_newest_row_is_read_and_months_can_be_chosen(engine: Engine, history: Lake) -> None:
    head = history.head()
    party = {r["party_id"]: r["name"] for r in answer(engine, engine.table(history, head, "party"))}
    assert party["007"] == "张伟强" and len(party) == 4
    march = answer(engine, engine.table(history, head, "transaction", months=["2024-03"]))
    assert [(r["amount"], r["booked_at"]) for r in march] == [
        (999, dt.datetime(2024, 3, 1)),
        (-100, dt.datetime(2024, 3, 31, 23, 59, 59)),
    ]
    assert answer(engine, engine.table(history, head, "transaction", months=[])) == []
    assert head.months_of("transaction") == ("2024-02", "2024-03")


def test_what_is_written_is_one_sorted_file_that_reads_back_the_same(
    engine: Engine, history: Lake, tmp_path: Path
) -> None:
    held = engine.table(history, history.head(), "transaction")
    path = tmp_path / "out" / "transaction.parquet"
    assert engine.write(held, path, sort=["amount"]) == 5
    assert path.is_file() and list(path.parent.iterdir()) == [path]
    assert pq.read_table(path)["amount"].to_pylist() == [-2005, -100, 700, 999, 15000]
    assert pq.read_metadata(path).row_group(0).column(0).compression == "ZSTD"
    assert answer(engine, engine.read([path])) == answer(engine, held)
    again = engine.read([path]).filter(ibis._.amount > 0)
    assert engine.write(again, path) == 3, "a file may be replaced by what was read from it"
    assert sum(b.num_rows for b in engine.batches(held, chunk=2)) == 5
    assert max(b.num_rows for b in engine.batches(held, chunk=2)) == 2


def test_a_column_that_older_files_lack_is_null(engine: Engine, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": ["x"]}), tmp_path / "old.parquet")
    pq.write_table(pa.table({"a": ["y"], "b": pa.array([1], pa.int32())}), tmp_path / "new.parquet")
    wanted = ibis.schema({"a": "string", "b": "int64", "c": "timestamp(6)"})
    held = engine.read([tmp_path / "old.parquet", tmp_path / "new.parquet"], wanted)
    assert held.schema() == wanted
    assert answer(engine, held) == [{"a": "x", "b": None, "c": None}, {"a": "y", "b": 1, "c": None}]
    assert answer(engine, engine.read([], wanted)) == []
    with pytest.raises(ValueError, match="no schema"):
        engine.read([])


def test_a_missing_engine_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for unknown in ("polars", "spark9", "local[x]", "spark:/host:7077", "spark://"):
        with pytest.raises(SetupError, match="no engine"):
            connect(unknown)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(SetupError, match="needs Java") as wrong:
        connect("spark")
    assert "apt install" in wrong.value.remedy and wrong.value.exit_code == Exit.ENVIRONMENT
    monkeypatch.setitem(__import__("sys").modules, "pyspark.sql", None)
    with pytest.raises(SetupError, match="Spark is not installed") as wrong:
        connect("spark://host:7077")
    assert "tenure[spark]" in wrong.value.remedy


def test_duckdb_stays_within_the_memory_it_was_given(tmp_path: Path) -> None:
    with connect("duckdb", memory="200MB", threads=1, temp=tmp_path) as engine:
        many = ibis.range(3_000_000).unnest().name("n").as_table()
        spread = many.mutate(text=many.n.cast("string").hash().cast("string"))
        rows = engine.write(spread, tmp_path / "many.parquet", sort=["text"])
    assert rows == 3_000_000
    assert [p.name for p in tmp_path.iterdir()] == ["many.parquet"], "what was spilled is gone"
