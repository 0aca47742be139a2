"""SQL written once serves every expression of the same shape, and no other."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenure.lake import Engine, connect, written

Asked = Callable[[Any], Any]


@pytest.fixture
def engine() -> Any:
    written._written.clear()
    with connect("duckdb", threads=1) as it:
        yield it


@pytest.fixture
def tables(tmp_path: Path, engine: Engine) -> Callable[[int], Any]:
    """A table of which every call makes another, of the same columns."""
    numbers = itertools.count()

    def table(first: int) -> Any:
        path = tmp_path / f"{next(numbers)}.parquet"
        pq.write_table(pa.table({"a": [first, first + 1, first + 2], "b": ["x", "read_parquet", None]}), path)
        return engine.read([path])

    return table


#: Expressions of one table that differ from each other in something small.
DIFFERENT: list[Asked] = [
    lambda t: t,
    lambda t: t.filter(t.a > 1),
    lambda t: t.filter(t.a > 2),
    lambda t: t.filter(t.a >= 1),
    lambda t: t.mutate(c=ibis.literal(1)),
    lambda t: t.mutate(c=ibis.literal(1.0)),
    lambda t: t.mutate(c=ibis.literal(True)),
    lambda t: t.mutate(c=ibis.literal(0.0)),
    lambda t: t.mutate(c=ibis.literal(-0.0)),
    lambda t: t.mutate(c=ibis.literal(1, "int64")),
    lambda t: t.mutate(d=ibis.literal(1)),
    lambda t: t.order_by(t.a),
    lambda t: t.order_by(t.a.desc()),
    lambda t: t.limit(1),
    lambda t: t.limit(2),
    lambda t: t.inner_join(t.view(), "a"),
    lambda t: t.left_join(t.view(), "a"),
    lambda t: t.select(t.a, c=t.a),
    lambda t: t.select(t.a, c=t.b),
    lambda t: t.aggregate(c=t.a.sum()),
    lambda t: t.aggregate(c=t.a.sum(where=t.b == "x")),
    lambda t: t.union(t),
    lambda t: t.mutate(c=ibis.row_number().over(order_by=t.a)),
    lambda t: t.mutate(c=ibis.row_number().over(order_by=t.b)),
]


def test_what_differs_in_anything_but_the_names_of_tables_has_another_shape(tables: Callable[[int], Any]) -> None:
    t = tables(1)
    shapes = [written.shape(asked(t).op())[0] for asked in DIFFERENT]
    for one, other in itertools.combinations(range(len(shapes)), 2):
        assert shapes[one] != shapes[other], (one, other)


@pytest.mark.parametrize("asked", DIFFERENT)
def test_over_other_files_it_is_the_sql_that_would_be_written(
    asked: Asked, tables: Callable[[int], Any], engine: Any
) -> None:
    fresh, calls = type(engine._backend).compile, []

    def counted(expr: Any, **given: Any) -> str:
        calls.append(expr)
        return str(fresh(engine._backend, expr, **given))

    sql = written.once(counted)
    first, second = asked(tables(1)), asked(tables(5))
    assert sql(first) == fresh(engine._backend, first)
    assert sql(second) == fresh(engine._backend, second)
    assert len(calls) == 1, "written once"


def test_two_tables_are_not_taken_for_one(tables: Callable[[int], Any], engine: Engine) -> None:
    def both(one: Any, other: Any) -> list[dict[str, Any]]:
        return engine.arrow(one.union(other).order_by("a").select("a")).to_pylist()

    one, other = tables(1), tables(7)
    assert [row["a"] for row in both(one, other)] == [1, 2, 3, 7, 8, 9]
    assert [row["a"] for row in both(other, one)] == [1, 2, 3, 7, 8, 9]
    assert [row["a"] for row in both(one, one)] == [1, 1, 2, 2, 3, 3]


def test_columns_of_another_type_are_another_question(tmp_path: Path, engine: Engine) -> None:
    for name, values in (("whole", [1, 2]), ("text", ["1", "2"])):
        pq.write_table(pa.table({"a": values}), tmp_path / f"{name}.parquet")
    whole, text = (engine.read([tmp_path / f"{name}.parquet"]) for name in ("whole", "text"))
    assert engine.arrow(whole.mutate(b=whole.a.cast("string"))).schema.field("a").type == pa.int64()
    assert engine.arrow(text.mutate(b=text.a.cast("string"))).schema.field("a").type == pa.string()


def test_a_table_named_as_columns_begin_changes_no_column(engine: Engine) -> None:
    backend = engine._backend  # type: ignore[attr-defined]
    for name in ("a", "party"):
        backend.raw_sql(f"CREATE TABLE {name} AS SELECT 6 AS a, 7 AS a_kind, 8 AS party_id")
    for name in ("party", "a", "party"):
        asked = backend.table(name).mutate(c=ibis._.a_kind + ibis._.party_id)
        assert engine.arrow(asked).to_pylist() == [{"a": 6, "a_kind": 7, "party_id": 8, "c": 15}]
    for name in ("a", "party"):
        assert engine.arrow(backend.table(name).select("a")).to_pylist() == [{"a": 6}]
