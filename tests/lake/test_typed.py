"""Tables that have the contract's columns already land under the same checks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lake.deliveries import rows
from tenure.errors import InputError
from tenure.lake import Lake, land_tables

DAY = dt.date(2024, 2, 29)


def organisation(*numbers: str) -> pa.Table:
    return pa.Table.from_pylist([{"org_id": n, "name": f"网点{n}", "kind": "outlet"} for n in numbers])


def test_a_folder_of_files_is_one_table_and_a_key_is_once_in_all_of_them(lake: Lake, tmp_path: Path) -> None:
    folder = tmp_path / "organisation"
    (folder / "deeper").mkdir(parents=True)
    pq.write_table(organisation("1", "2"), folder / "a.parquet")
    pq.write_table(organisation("3"), folder / "deeper" / "b.parquet")
    assert land_tables(lake, "core", DAY, {"organisation": folder}).rows == {"organisation": 3}
    assert land_tables(lake, "core", DAY, {"organisation": folder}).status == "unchanged"
    pq.write_table(organisation("3", "2"), folder / "deeper" / "b.parquet")
    with pytest.raises(InputError, match=r"b\.parquet, row 2, column org_id: '2' \(duplicate\)"):
        land_tables(lake, "core", DAY, {"organisation": folder})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"org_id": pa.array([7])}, "organisation.org_id is text, the file has it as BIGINT"),
        ({"opened_on": ["2024-01-01"]}, "organisation.opened_on is date, the file has it as VARCHAR"),
        ({"nmae": ["x"]}, "organisation has no column 'nmae'"),
        ({"kind": None}, "organisation lacks the column 'kind'"),
    ],
)
def test_a_column_that_does_not_fit_is_named(lake: Lake, change: dict[str, object], told: str) -> None:
    columns = {**{n: organisation("1")[n] for n in ("org_id", "name", "kind")}, **change}
    table = pa.table({n: v for n, v in columns.items() if v is not None})
    with pytest.raises(InputError) as wrong:
        land_tables(lake, "core", DAY, {"organisation": table})
    assert told in wrong.value.message and wrong.value.remedy
    assert lake.head().number == 0


def test_a_time_with_a_zone_is_refused_for_the_bank_keeps_its_own(lake: Lake) -> None:
    at = pa.array([dt.datetime(2024, 2, 29, 9)], pa.timestamp("us", tz="UTC"))
    ticket = pa.table({"ticket_id": ["1"], "org_id": ["1"], "taken_at": at})
    with pytest.raises(InputError, match=r"queue_ticket\.taken_at is timestamp") as wrong:
        land_tables(lake, "core", DAY, {"organisation": organisation("1"), "queue_ticket": ticket})
    assert "without a zone" in wrong.value.remedy


def test_what_is_not_there_or_not_parquet_is_named(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no Parquet file for organisation"):
        land_tables(lake, "core", DAY, {"organisation": tmp_path / "nothing.parquet"})
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no Parquet file for organisation"):
        land_tables(lake, "core", DAY, {"organisation": tmp_path / "empty"})
    (tmp_path / "half.parquet").write_bytes(b"PAR1 half a file")
    with pytest.raises(InputError, match=r"half\.parquet: not readable as Parquet"):
        land_tables(lake, "core", DAY, {"organisation": tmp_path / "half.parquet"})
    with pytest.raises(InputError, match="is no name of a source"):
        land_tables(lake, "../core", DAY, {"organisation": organisation("1")})
    with pytest.raises(InputError, match="no table 'organization'"):
        land_tables(lake, "core", DAY, {"organization": organisation("1")})


def test_every_precision_of_time_and_every_width_of_number_is_kept(lake: Lake) -> None:
    at = dt.datetime(2024, 2, 29, 9, 30, 0, 123000)
    ticket = pa.table(
        {
            "ticket_id": pa.array(["1"]).dictionary_encode(),
            "org_id": pa.array(["1"], pa.large_string()),
            "taken_at": pa.array([at], pa.timestamp("ms")),
            "called_at": pa.array([at], pa.timestamp("ns")),
            "abandoned": [False],
            "counter_no": [""],
            "service": pa.nulls(1),
        }
    )
    land_tables(lake, "core", DAY, {"organisation": organisation("1"), "queue_ticket": ticket})
    [held] = rows(lake, "queue_ticket")
    assert (held["taken_at"], held["called_at"], held["abandoned"]) == (at, at, False)
    assert held["counter_no"] is None, "an empty text is no value"
    assert held["service"] is None


def test_a_full_delivery_of_nothing_retires_everything_of_its_source(lake: Lake) -> None:
    land_tables(lake, "core", DAY, {"organisation": organisation("1", "2")}, full=["organisation"])
    land_tables(lake, "core", DAY + dt.timedelta(1), {"organisation": organisation("1")[:0]}, full=["organisation"])
    assert rows(lake, "organisation") == []
