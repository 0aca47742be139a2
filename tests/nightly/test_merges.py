"""Two entries made one at the desk are one in the next night, however it is worked out, and two again after an undo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.contracts import LAKE, PUBLISHED
from tenure.contracts.lake import DESK_MERGES
from tenure.desk.parties.rules import kept_counts
from tenure.lake import Engine, Lake, connect
from tenure.nightly.merges import _one, standing
from tenure.nightly.run import run

from .conftest import Standing
from .small_lake import BULK_UNTIL, deliver
from .test_incremental import published

CONSENTS = ("consent_marketing", "consent_experience", "consent_research")
#: Each names what the lake received or when, and nothing of customers.
OF_THE_NIGHT = {"night_step", "batch", "quarantine"}
#: Figures one may add up over entries.
SUMS = ("aum", "deposit", "transactions_12m", "inflow_3m", "outflow_3m", "aum_month_average", "product_count")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with connect("duckdb", memory="1GB", threads=2) as it:
        yield it


@pytest.fixture
def lake(tmp_path: Path, standing: Standing) -> Lake:
    return standing(tmp_path / "lake")


def merge(kept: str, merged: str, until: date | None = None) -> dict[str, Any]:
    return {
        "merge_id": f"{merged}-{kept}", "kept_id": kept, "merged_id": merged, "since": BULK_UNTIL, "until": until,
    }  # fmt: skip


def decided(lake: Lake, day: date, *merges: dict[str, Any]) -> None:
    deliver(lake, day, {"party_merge": list(merges)}, source=DESK_MERGES)


def night(lake: Lake, engine: Engine, *, full: bool = False) -> dict[str, list[dict[str, Any]]]:
    rows = published(run(lake, BULK_UNTIL, engine=engine, full=full))
    return {name: rows[name] for name in rows if name not in OF_THE_NIGHT}


def by_party(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["party_id"]: row for row in rows}


def test_a_merge_is_one_customer_in_every_table_quick_or_full_and_two_again_after_an_undo(
    lake: Lake, engine: Engine
) -> None:
    before = night(lake, engine)
    decided(lake, date(2026, 5, 10), merge("P1", "P5"))
    quick = night(lake, engine)
    assert quick == night(lake, engine, full=True)
    for name in PUBLISHED:
        for column in {"party_id", "other_id", "employer_id"} & set(PUBLISHED[name].names):
            assert all(row[column] != "P5" for row in quick.get(name, ())), name
    one, first, second = by_party(quick["customer"])["P1"], *(by_party(before["customer"])[n] for n in ("P1", "P5"))
    added = {name: first[name] + second[name] for name in SUMS if name != "product_count"}
    assert {name: one[name] for name in added} == added
    assert {row["account_id"] for row in quick["holding"] if row["party_id"] == "P1"} == {
        row["account_id"] for row in before["holding"] if row["party_id"] in ("P1", "P5")
    }
    heard = {
        name: {row["event_id"] for row in rows["timeline"] if row["kind"] in ("interaction", "survey") and row[
            "party_id"] in ("P1", "P5")}
        for name, rows in (("before", before), ("quick", quick))
    }  # fmt: skip
    assert heard["quick"] == heard["before"] and heard["quick"]
    assert ("P1", "S1") in {(row["party_id"], row["staff_id"]) for row in quick["coverage"]}, "who covered P5 covers P1"
    decided(lake, date(2026, 5, 11), merge("P1", "P5", until=date(2026, 5, 11)))
    assert night(lake, engine) == before
    assert night(lake, engine, full=True) == before


def test_the_kept_entrys_facts_win_holes_are_filled_and_nothing_is_there_twice(lake: Lake, engine: Engine) -> None:
    told = {
        "kind": "person", "org_id": "O1", "since": date(2019, 5, 1), "email": "a@b.cn", "name": "Other",
        "consent_marketing": False,
    }  # fmt: skip
    kept = {"kind": "person", "org_id": "O2", "since": date(2020, 1, 15), "name": "Kept", "consent_marketing": True}
    relations = [
        {"party_id": "P0", "other_id": "P1", "kind": "spouse"},
        {"party_id": "P1", "other_id": "P0", "kind": "spouse"},
        {"party_id": "P0", "other_id": "P7", "kind": "parent"},
        {"party_id": "P1", "other_id": "P7", "kind": "parent"},
    ]
    day = date(2026, 4, 28)
    entries = [{"party_id": "K", **kept}, {"party_id": "M", **told}]
    deliver(lake, day, {"party": entries, "relation": relations}, source="more")
    decided(lake, date(2026, 12, 24), merge("K", "M"), merge("P0", "P1"))
    report = run(lake, engine=engine)
    assert report.as_of == BULK_UNTIL, "what people decide at the desk makes no business date"
    found = published(report)
    one = by_party(found["customer"])["K"]
    assert (one["name"], one["org_id"], one["email"]) == ("Kept", "O2", "a@b.cn")
    assert one["since"] == date(2019, 5, 1), "a customer since the first of the entries"
    assert one["consent_marketing"] is False, "who took the consent back in one entry has taken it back"
    assert [(row["party_id"], row["other_id"]) for row in found["relation"]] == [("P0", "P7")], "none to oneself"
    assert [row["role"] for row in found["holding"] if row["account_id"] == "A0"] == ["owner"]


@given(
    st.sampled_from([*CONSENTS, "since", "left_on", "email"]),
    st.none() | st.booleans(),
    st.none() | st.booleans(),
)
def test_the_night_keeps_of_two_values_what_the_desk_said_it_would(
    column: str, kept: bool | None, merged: bool | None
) -> None:
    values = {True: date(2020, 1, 1), False: date(2024, 1, 1)}
    texts = {True: "a@b.cn", False: "c@d.cn"}
    if column not in CONSENTS:
        meant = texts if column == "email" else values
        kept, merged = (None if one is None else meant[one] for one in (kept, merged))  # type: ignore[assignment]
    blank: dict[str, Any] = dict.fromkeys(LAKE["party"].names)
    rows = [blank | {"party_id": "K", "_was": was, column: value} for was, value in (("M", merged), ("K", kept))]
    assert _one(rows)[column] == (kept if kept_counts(column, kept, merged) else merged)


def test_merges_in_a_row_lead_to_the_last() -> None:
    chain = [merge("B", "A"), merge("C", "B"), merge("E", "D", until=BULK_UNTIL)]
    assert standing(chain) == {"A": "C", "B": "C"}
    assert standing([*chain, merge("A", "C")]) == {}, "a circle stands for nobody and hangs nothing"
