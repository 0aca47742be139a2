from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.insight import exact

_CON = ibis.duckdb.connect()
_AMOUNT = st.integers(-(10**15), 10**15)


def _half_away(value: Fraction) -> int:
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


@settings(max_examples=40, deadline=None)
@given(st.lists(_AMOUNT, min_size=1, max_size=50), st.integers(1, 400))
def test_division_rounds_halves_away_from_zero_exactly(amounts: list[int], by: int) -> None:
    t = ibis.memtable(pa.table({"x": amounts}))
    got = _CON.to_pyarrow(t.select(r=exact.rounded(t.x, by))).column("r").to_pylist()
    assert got == [_half_away(Fraction(x, by)) for x in amounts]


@settings(max_examples=40, deadline=None)
@given(st.lists(_AMOUNT, min_size=1, max_size=50), st.integers(1, 8_999 * exact.MILLION))
def test_conversion_is_exact_where_the_product_would_overflow(amounts: list[int], rate: int) -> None:
    amounts = [a // 9_000 for a in amounts]  # results below 2⁵¹, as the contract of the function says
    t = ibis.memtable(pa.table({"x": amounts, "f": [rate] * len(amounts)}))
    got = _CON.to_pyarrow(t.select(r=exact.converted(t.x, t.f))).column("r").to_pylist()
    assert got == [_half_away(Fraction(x * rate, exact.MILLION)) for x in amounts]


def test_a_sum_of_money_is_written_as_a_whole_number_and_not_as_a_float(tmp_path: Path) -> None:
    t = ibis.memtable(pa.table({"x": [2**60, 3]}))
    _CON.to_parquet(t.aggregate(s=exact.total(t.x)), tmp_path / "s.parquet")
    read = pq.read_table(tmp_path / "s.parquet")
    assert read.schema.field("s").type == pa.int64()
    assert read.column("s").to_pylist() == [2**60 + 3]


def test_the_sum_of_nothing_is_nought() -> None:
    t = ibis.memtable(pa.table({"x": [1]}))
    assert _CON.to_pyarrow(t.aggregate(s=exact.total(t.x, t.x > 5))).column("s").to_pylist() == [0]


@pytest.mark.parametrize(("share", "text"), [(0.0, "0.0000"), (0.25, "0.2500"), (1.0, "1.0000"), (0.00004, "0.0000")])
def test_shares_are_written_with_fixed_decimals(share: float, text: str) -> None:
    t = ibis.memtable(pa.table({"x": [share]}))
    assert _CON.to_pyarrow(t.select(s=exact.share_text(t.x, 4))).column("s").to_pylist() == [text]


def test_tables_laid_side_by_side_keep_everyone_of_the_first() -> None:
    spine = ibis.memtable(pa.table({"k": ["a", "b"]}))
    parts = [ibis.memtable(pa.table({"k": ["a"], "x": [1]})), ibis.memtable(pa.table({"k": ["b"], "y": [2]}))]
    joined = exact.side_by_side(spine, parts, "k")
    assert joined.columns == ("k", "x", "y")
    got = {r["k"]: (r["x"], r["y"]) for r in _CON.to_pyarrow(joined).to_pylist()}
    assert got == {"a": (1, None), "b": (None, 2)}
    assert dt.int64 == joined.x.type()
