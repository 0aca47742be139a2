"""Every delivery keeps every contract, and knows nothing of the days after it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenure.contracts import LAKE, Kind, Load, Table
from tenure.contracts.lake import DESK_TABLES
from tenure.demo import Built, Delivery, lake_thresholds
from tenure.demo.columns import schema_of
from tenure.demo.phrases import COMPLAINT_CAUSES
from tenure.insight import thresholds
from tenure.lake import Lake, land_tables

OF_THE_BANK = {name: table for name, table in LAKE.items() if name not in DESK_TABLES}


def read(delivery: Delivery, table: str) -> pa.Table:
    return pa.concat_tables([pq.read_table(p) for p in delivery.tables[table]])


def faults(con: duckdb.DuckDBPyConnection, table: Table) -> list[str]:
    """What is wrong with the rows of view ``rows`` by the table's own contract."""
    found: list[str] = []

    def count(condition: str, says: str) -> None:
        bad = con.sql(f"select count(*) from rows where {condition}").fetchall()[0][0]
        if bad:
            found.append(f"{table.name}: {bad} rows {says}")

    for column in table:
        name = f'"{column.name}"'
        if not column.nullable:
            count(f"{name} is null", f"without {column.name}")
        if column.allowed:
            values = ", ".join(f"'{v}'" for v in column.allowed)
            count(f"{name} not in ({values})", f"with another {column.name}")
        if column.minimum is not None:
            count(f"{name} < {column.minimum}", f"with {column.name} too small")
        if column.maximum is not None:
            count(f"{name} > {column.maximum}", f"with {column.name} too large")
        if column.kind is Kind.TEXT:
            count(f"length({name}) > {column.max_length}", f"with {column.name} too long")
            count(f"trim({name}) = ''", f"with {column.name} blank")
    key = ", ".join(f'"{k}"' for k in table.key)
    twice = con.sql(f"select count(*) - count(distinct ({key})) from rows").fetchall()[0][0]
    if twice:
        found.append(f"{table.name}: {twice} keys twice")
    return found


def test_every_file_has_the_contract_s_columns_and_types(bank: Built) -> None:
    for delivery in bank.deliveries:
        for name, paths in delivery.tables.items():
            for path in paths:
                assert pq.read_schema(path).equals(schema_of(LAKE[name])), path


def test_values_and_keys_are_as_the_contracts_say(bank: Built) -> None:
    con = duckdb.connect()
    for name, table in OF_THE_BANK.items():
        if table.load is Load.EVENT:  # an event's key is unique over all deliveries
            parts = [read(d, name) for d in bank.deliveries if name in d.tables]
            con.register("rows", pa.concat_tables(parts))
            assert faults(con, table) == []
            continue
        for delivery in bank.deliveries:
            con.register("rows", read(delivery, name))
            assert faults(con, table) == [], delivery.business_date


def test_what_a_row_refers_to_is_known_on_its_business_date(bank: Built) -> None:
    con = duckdb.connect()
    for delivery in bank.deliveries:
        for name in delivery.tables:
            con.register("rows", read(delivery, name))
            for column, table, other in LAKE[name].foreign:
                con.register("targets", read(delivery, table))
                lost = con.sql(
                    f"""select count(*) from rows anti join targets on rows."{column}" = targets."{other}"
                        where rows."{column}" is not null"""
                ).fetchall()[0][0]
                assert lost == 0, (delivery.business_date, name, column)


def test_a_delivery_holds_its_own_day_and_the_first_all_before(bank: Built) -> None:
    first, *later = bank.deliveries
    assert [d.business_date for d in later] == [first.business_date + dt.timedelta(n) for n in (1, 2, 3, 4)]
    for delivery in bank.deliveries:
        for name in delivery.tables:
            if LAKE[name].load is Load.EVENT:
                days = read(delivery, name)[LAKE[name].day].cast(pa.date32()).to_pylist()
                assert max(days) <= delivery.business_date
                assert delivery is first or min(days) == delivery.business_date


def test_a_state_delivery_knows_nothing_of_later_days(bank: Built) -> None:
    begins = {
        "party": ("since", "left_on"),
        "account": ("opened_on", "closed_on"),
        "relation": ("since", "until"),
        "coverage": ("since", "until"),
        "complaint": ("received_at", "closed_at"),
        "staff": ("joined_on", "left_on"),
        "product": ("launched_on", "withdrawn_on"),
    }
    for delivery in bank.deliveries:
        assert set(delivery.full) == {n for n, t in OF_THE_BANK.items() if t.load is Load.STATE}
        for name, columns in begins.items():
            rows = read(delivery, name)
            for column in columns:
                days = [d for d in rows[column].cast(pa.date32()).to_pylist() if d is not None]
                assert max(days, default=delivery.business_date) <= delivery.business_date, (name, column)


def test_customers_and_accounts_appear_from_delivery_to_delivery(bank: Built) -> None:
    for name in ("party", "account"):
        counts = [read(d, name).num_rows for d in bank.deliveries]
        assert counts == sorted(counts)
        assert counts[-1] > counts[0]


def test_the_lake_takes_every_delivery_without_a_bad_row(bank: Built, tmp_path: Path) -> None:
    lake = Lake.create(tmp_path / "lake")
    for delivery in bank.deliveries:
        folders: dict[str, Path | pa.Table] = {t: delivery.folder(t) for t in delivery.tables}
        receipt = land_tables(lake, "core", delivery.business_date, folders, full=delivery.full)
        assert receipt.status == "landed"
        assert sum(receipt.quarantined.values()) == 0


def test_the_manifest_lists_what_was_written(bank: Built) -> None:
    manifest = json.loads((bank.out / "manifest.json").read_text(encoding="utf-8"))
    listed = {p for d in manifest["deliveries"] for paths in d["tables"].values() for p in paths}
    assert listed == {str(p.relative_to(bank.out)) for p in (bank.out / "source").rglob("*.parquet")}
    assert [d["business_date"] for d in manifest["deliveries"]] == [
        d.business_date.isoformat() for d in bank.deliveries
    ]


def test_the_truth_is_never_in_the_source(bank: Built) -> None:
    hidden = {c for p in bank.truth.glob("*.parquet") for c in pq.read_schema(p).names}
    hidden -= {"party_id", "staff_id", "org_id", "contact_id", "campaign_id", "role", "satisfaction", "left_on"}
    hidden -= {"invitation_id", "complaint_id"}
    hidden -= {"amount"}  # bookings have amounts of their own
    shown = {c.name for t in OF_THE_BANK.values() for c in t if t.name != "relation"}
    assert hidden & shown <= {"cause"}
    assert not list((bank.out / "source").rglob("*truth*"))


@pytest.mark.parametrize("word", ["persuadable", "do_not_disturb", "lost_cause", "matured_not_contacted"])
def test_no_word_of_the_truth_is_written_into_a_text_of_the_source(sql: duckdb.DuckDBPyConnection, word: str) -> None:
    for name, table in OF_THE_BANK.items():
        texts = [f'"{c.name}"' for c in table if c.kind is Kind.TEXT]
        told = " or ".join(f"{t} like '%{word}%'" for t in texts)
        if told:
            assert sql.sql(f"select count(*) from {name} where {told}").fetchall()[0][0] == 0


def test_every_cause_of_complaint_has_a_name_in_the_lakes_own_settings(tmp_path: Path) -> None:
    own = tmp_path / "thresholds.toml"
    own.write_text(lake_thresholds(), encoding="utf-8")
    told = thresholds.load("CNY", own).complaint_causes
    assert set(told) == set(COMPLAINT_CAUSES)
