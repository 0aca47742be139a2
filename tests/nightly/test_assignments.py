"""Who was named at the desk to look after a customer does so in the next night: lead, team and work list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest

from tenure.contracts.lake import DESK_SOURCE
from tenure.lake import Engine, connect
from tenure.nightly.run import run

from .conftest import Standing
from .small_lake import BULK_UNTIL, deliver
from .test_incremental import published


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with connect("duckdb", memory="1GB", threads=2) as it:
        yield it


def said(number: str, party: str, role: str, staff: str | None, **told: Any) -> dict[str, Any]:
    at = datetime.combine(BULK_UNTIL, time(10))
    row = {"assignment_id": number, "party_id": party, "role": role, "staff_id": staff, "holds": True}
    return row | {"bank_said": None, "since": at, "ended_at": None} | told


def test_leads_pool_and_team_are_as_the_desk_said(tmp_path: Path, engine: Engine, standing: Standing) -> None:
    lake = standing(tmp_path / "lake")
    # The bank's file: S1 leads P3 by the customer's own row, P5 by coverage; nobody leads P1 and P2.
    words = [
        said("1", "P1", "lead", "S1", bank_said="-"),
        said("2", "P5", "lead", None, bank_said="S1"),
        said("3", "P3", "lead", None, bank_said="S9"),  # it said S9 then, and has spoken since
        said("4", "P2", "support", "S1"),
        said("5", "P2", "support", "S1", holds=False, ended_at=datetime.combine(BULK_UNTIL, time(9))),
    ]
    long_ago = datetime(2022, 4, 1, 10)
    named = {"assignment": [said("0", "P7", "lead", "S1", bank_said="-", since=long_ago)]}
    deliver(lake, long_ago.date(), named, source=DESK_SOURCE)
    deliver(lake, BULK_UNTIL, {"assignment": words}, source=DESK_SOURCE)
    night = published(run(lake, BULK_UNTIL, engine=engine))
    leads = {row["party_id"]: row["lead_staff_id"] for row in night["customer"]}
    assert [leads[party] for party in ("P1", "P5", "P3", "P2")] == ["S1", None, "S1", None]
    assert leads["P7"] == "S1", "a lead named four years ago still leads"
    cover = {row["party_id"]: row["role"] for row in night["coverage"]}
    assert [cover.get(party) for party in ("P1", "P5", "P3", "P2")] == ["lead", None, "lead", "support"]
    assert {row["staff_id"] for row in night["proposal"] if row["party_id"] == "P5"} <= {None}
