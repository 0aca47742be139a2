"""What only the lake holds about a person, and nothing about anybody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenure.lake import connect
from tenure.nightly.persons import parts_of, rows_about

from .small_lake import create


@pytest.mark.parametrize("number", ["P0", "P1"])
def test_a_persons_rows_are_theirs_and_their_accounts(tmp_path: Path, number: str) -> None:
    lake = create(tmp_path / "lake")
    with connect("duckdb", memory="1GB", threads=2) as engine:
        found = rows_about(lake, engine, [number])
    assert {row["party_id"] for row in found["party"]} == {number}
    accounts = {row["account_id"] for row in found["account"]} | {
        row["account_id"] for row in found.get("account_holder", [])
    }
    assert "A0" in accounts, "P1 holds P0's account with them"
    assert {row["account_id"] for row in found["transaction"]} <= accounts
    assert len(found["balance"]) > 20
    assert not any("staff_id" in row or "counterparty_name" in row for rows in found.values() for row in rows)
    parts = parts_of(found)
    assert [part.name for part in parts] == list(found)
    assert all(len(row) == len(part.columns) for part in parts for row in part.rows)


def test_nobody_of_that_number_has_nothing(tmp_path: Path) -> None:
    lake = create(tmp_path / "lake")
    with connect("duckdb", memory="1GB", threads=2) as engine:
        assert rows_about(lake, engine, ["NOBODY"]) == {}
