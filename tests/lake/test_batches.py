"""What a delivery means: sent twice, corrected, late, taken back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from lake.deliveries import CUSTOMERS, DAY, MOVEMENTS, deliver, land_small, mapping, rows
from tenure.errors import InputError, LakeError
from tenure.lake import Lake, land, land_tables, undo


def test_what_was_sent_is_what_is_read(lake: Lake, tmp_path: Path) -> None:
    receipt = land_small(lake, tmp_path)
    assert receipt.status == "landed"
    assert receipt.rows == {"organisation": 1, "party": 3, "product": 1, "account": 3, "transaction": 3}
    by_number = {r["party_id"]: r for r in rows(lake, "party")}
    assert set(by_number) == {"0001234567890123456", "0000000000000000042", "007"}
    assert by_number["0000000000000000042"]["name"] == "李, 娜"
    assert by_number["0001234567890123456"]["annual_income"] == 12000050
    assert by_number["007"]["birth_date"] is None
    assert [(r["amount"], r["booked_at"]) for r in rows(lake, "transaction")] == [
        (10000, dt.datetime(2024, 2, 28, 9, 30)),
        (-2005, dt.datetime(2024, 2, 29, 10)),
        (700, dt.datetime(2024, 2, 29)),
    ]


def test_a_batch_sent_twice_changes_nothing(lake: Lake, tmp_path: Path) -> None:
    first = land_small(lake, tmp_path)
    before = sorted(p for p in lake.path.rglob("*") if p.is_file())
    second = land_small(lake, tmp_path)
    assert second.status == "unchanged"
    assert second.batch == first.batch
    assert sorted(p for p in lake.path.rglob("*") if p.is_file()) == before
    assert lake.head().number == 1


def test_a_corrected_batch_replaces_the_old_one_whole(lake: Lake, tmp_path: Path) -> None:
    first = land_small(lake, tmp_path)
    receipt = land_small(lake, tmp_path, movements=MOVEMENTS.replace("100.00", "150.00").replace("3,0000", "4,0000"))
    assert receipt.status == "corrected"
    assert receipt.batch.corrects == first.batch.id
    assert [(r["transaction_id"], r["amount"]) for r in rows(lake, "transaction")] == [
        ("1", 15000),
        ("2", -2005),
        ("4", 700),
    ]
    assert [b.id for b in lake.head().batches] == [receipt.batch.id]
    assert len(rows(lake, "transaction", at=lake.snapshot(1))) == 3, "the old snapshot stays readable"


def test_undo_takes_a_batch_out_and_brings_back_what_it_corrected(lake: Lake, tmp_path: Path) -> None:
    first = land_small(lake, tmp_path)
    corrected = land_small(lake, tmp_path, movements=MOVEMENTS.replace("100.00", "150.00"))
    undo(lake, corrected.batch.id)
    assert [b.id for b in lake.head().batches] == [first.batch.id]
    assert rows(lake, "transaction")[0]["amount"] == 10000
    undo(lake, first.batch.id)
    assert lake.head().batches == () and lake.head().files == ()
    assert rows(lake, "transaction") == []
    assert lake.head().number == 4, "undoing is a commit like any other"


def test_undoing_what_is_not_there_names_what_is(lake: Lake, tmp_path: Path) -> None:
    held = land_small(lake, tmp_path).batch.id
    with pytest.raises(LakeError, match="no batch nonsense") as wrong:
        undo(lake, "nonsense")
    assert held in wrong.value.remedy


def party(number: str, name: str) -> dict[str, object]:
    return {"party_id": number, "kind": "person", "name": name, "org_id": "HO"}


def deliver_parties(lake: Lake, day: int, people: dict[str, str], *, full: bool, source: str = "demo") -> None:
    tables: dict[str, Path | pa.Table] = {"party": pa.Table.from_pylist([party(n, x) for n, x in people.items()])}
    if not lake.head().files_of("organisation"):
        tables["organisation"] = pa.table({"org_id": ["HO"], "name": ["总行"], "kind": ["head_office"]})
    land_tables(lake, source, dt.date(2024, 3, day), tables, full=["party"] if full else [])


def names(lake: Lake) -> dict[object, object]:
    return {r["party_id"]: r["name"] for r in rows(lake, "party")}


def test_the_newest_row_of_a_key_wins(lake: Lake) -> None:
    deliver_parties(lake, 1, {"1": "one", "2": "two"}, full=False)
    deliver_parties(lake, 2, {"2": "two again"}, full=False)
    assert names(lake) == {"1": "one", "2": "two again"}


def test_a_late_delivery_does_not_go_before_a_newer_one(lake: Lake) -> None:
    deliver_parties(lake, 1, {"1": "first"}, full=False)
    deliver_parties(lake, 5, {"1": "fifth"}, full=False)
    deliver_parties(lake, 3, {"1": "third", "3": "late"}, full=False)
    assert names(lake) == {"1": "fifth", "3": "late"}


def test_a_full_delivery_retires_what_it_lacks_but_only_of_its_source(lake: Lake) -> None:
    deliver_parties(lake, 1, {"1": "one", "2": "two"}, full=True)
    deliver_parties(lake, 1, {"9": "elsewhere"}, full=True, source="other")
    deliver_parties(lake, 2, {"2": "two", "3": "three"}, full=True)
    assert names(lake) == {"2": "two", "3": "three", "9": "elsewhere"}
    deliver_parties(lake, 3, {"1": "back"}, full=False)
    assert names(lake) == {"1": "back", "2": "two", "3": "three", "9": "elsewhere"}


def test_of_two_sources_for_one_day_the_later_landed_wins(lake: Lake) -> None:
    deliver_parties(lake, 1, {"1": "a"}, full=False)
    deliver_parties(lake, 1, {"1": "b"}, full=False, source="other")
    assert names(lake) == {"1": "b"}


def test_an_event_that_is_in_the_lake_already_is_refused(lake: Lake, tmp_path: Path) -> None:
    land_small(lake, tmp_path)
    again = "NO,CUST_NO,AT,AMOUNT\n9,007,2024-02-29,1\n2,007,2024-02-29,5\n"
    with pytest.raises(InputError, match=r"movement\.csv, row 3, column NO: '2' \(duplicate\)"):
        land_small(lake, tmp_path, day=dt.date(2024, 3, 1), movements=again)


def test_the_same_events_under_another_date_are_refused(lake: Lake, tmp_path: Path) -> None:
    land_small(lake, tmp_path)
    with pytest.raises(InputError, match="already in the lake as 2024-02-29"):
        land_small(lake, tmp_path, day=dt.date(2024, 3, 1))


def test_a_changed_mapping_makes_a_changed_delivery(lake: Lake, tmp_path: Path) -> None:
    land_small(lake, tmp_path)
    changed = mapping(tmp_path, share=0.5)
    assert land(lake, changed, deliver(tmp_path), business_date=DAY).status == "corrected"


def test_a_dry_run_says_everything_and_changes_nothing(lake: Lake, tmp_path: Path) -> None:
    receipt = land(lake, mapping(tmp_path), deliver(tmp_path), dry_run=True)
    assert receipt.status == "checked" and receipt.rows["party"] == 3
    assert lake.head().number == 0
    with pytest.raises(InputError, match="rows of party are bad") as wrong:
        land(lake, mapping(tmp_path), deliver(tmp_path, CUSTOMERS.replace("1985-03-14", "x")), dry_run=True)
    listed = Path(wrong.value.remedy.split("listed in ")[1].rstrip("."))
    assert "1985" not in listed.read_text("utf-8-sig") and "x" in listed.read_text("utf-8-sig")
    assert list((lake.path / "quarantine").iterdir()) == []
    assert list((lake.path / "data").iterdir()) == []


def test_half_a_full_delivery_is_refused_before_it_retires_the_other_half(lake: Lake, tmp_path: Path) -> None:
    many = "CUST_NO,NAME,BORN,INCOME\n" + "".join(f"{i:04},客户{i},,\n" for i in range(100))
    whole, half = mapping(tmp_path, mode="full"), "".join(many.splitlines(keepends=True)[:51])
    nothing = "NO,CUST_NO,AT,AMOUNT\n"
    land(lake, whole, deliver(tmp_path, many, nothing), business_date=dt.date(2024, 3, 1))
    with pytest.raises(InputError, match="lacks 50 of the 100 rows"):
        land(lake, whole, deliver(tmp_path, half, nothing), business_date=dt.date(2024, 3, 2))
    assert len(rows(lake, "party")) == 100
