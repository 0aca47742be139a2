"""The night that reads only what is new publishes exactly what the night that reads everything publishes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tenure.contracts import PUBLISHED
from tenure.lake import Engine, Lake, connect, undo
from tenure.nightly import past
from tenure.nightly import run as nightly
from tenure.nightly.outlook import Outlook
from tenure.nightly.publishing import files_of
from tenure.nightly.run import NightReport, run

from .conftest import Standing
from .small_lake import BULK_UNTIL, create, deliver, events

LATE = date(2026, 1, 20)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with connect("duckdb", memory="1GB", threads=2) as it:
        yield it


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory, standing: Standing) -> Lake:
    return standing(tmp_path_factory.mktemp("bank") / "lake")


def published(report: NightReport) -> dict[str, list[dict[str, Any]]]:
    """Every table but the steps, which tell how long things took."""
    return {
        name: pq.read_table(files_of(report.folder, name)).to_pylist() for name in PUBLISHED if name != "night_step"
    }


def both_ways(lake: Lake, as_of: date, engine: Engine) -> tuple[dict[str, Any], dict[str, Any], NightReport]:
    quick_report = run(lake, as_of, engine=engine)
    quick = published(quick_report)
    full = published(run(lake, as_of, engine=engine, full=True))
    return quick, full, quick_report


def read_by(report: NightReport, step: str) -> int | None:
    return next(s.rows_read for s in report.steps if s.step == step)


@contextmanager
def figures_alone() -> Iterator[None]:
    """Nights that work out every table of figures, and leave outlook and topics empty."""

    def nothing_ahead(night: nightly._Night, known: Any, step: Any) -> Any:
        night.outlook = Outlook(night.past, known.accounts)
        for name in ("outlook", "need", "lost"):
            night._publish_rows(name, [])
        return known

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nightly, "TOPICS", ())
        patch.setattr(nightly._Night, "_ahead", nothing_ahead)
        yield


def test_nights_after_each_kind_of_delivery_equal_full_ones(lake: Lake, engine: Engine) -> None:
    """One story, since each night builds on the last: more days, a late batch, a correction, an undo, a new month.

    Outlook and topics rest on the figures and on the past by the same names; they are worked out on the nights on
    which what they keep must be made anew: after the correction of a closed month, and when a month closes.
    """
    new = events(date(2026, 4, 29), date(2026, 4, 30))
    deliver(lake, date(2026, 4, 30), new)
    with figures_alone():
        quick, full, report = both_ways(lake, date(2026, 4, 30), engine)
    assert quick == full
    assert read_by(report, "activity") == len(new["transaction"]), "a night reads the new days' transactions only"

    late = events(LATE, LATE, seed="late")
    late["balance"] = [{**late["balance"][0], "account_id": "NEW", "day": date(2026, 4, 30)}][:0]
    receipt = deliver(lake, LATE, {k: v for k, v in late.items() if v}, source="cards")
    with figures_alone():
        quick, full, report = both_ways(lake, date(2026, 4, 30), engine)
    assert quick == full
    assert read_by(report, "activity") == len(late["transaction"]), "an old month's late batch is read alone"
    with_late = quick

    corrected = {"transaction": [{**t, "amount": t["amount"] * 2} for t in late["transaction"]]}
    deliver(lake, LATE, corrected, source="cards")
    quick, full, _ = both_ways(lake, date(2026, 4, 30), engine)
    assert quick == full and quick["finding"] and quick["need"]
    assert quick["customer_curve"] != with_late["customer_curve"]

    corrected_batch = lake.head().batch_for("cards", LATE.isoformat())
    assert corrected_batch is not None
    undo(lake, corrected_batch.id)
    with figures_alone():
        quick = published(run(lake, date(2026, 4, 30), engine=engine))
    # equal, table by table, to what a full night made of the same deliveries above
    undone = {name: rows for name, rows in quick.items() if name not in ("batch", "quarantine")}
    assert undone == {name: with_late[name] for name in undone}, "undoing the correction restores what it replaced"
    assert receipt is not None

    deliver(lake, date(2026, 5, 2), events(date(2026, 5, 1), date(2026, 5, 2)))
    quick, full, _ = both_ways(lake, date(2026, 5, 2), engine)
    assert quick == full
    assert {r["last_month"] for r in quick["customer_curve"]} == {"2026-04"}


def test_a_slice_of_the_accounts_at_a_time_says_what_all_at_once_say(tmp_path: Path, standing: Standing) -> None:
    lake = standing(tmp_path / "lake")
    with figures_alone(), connect("duckdb", memory="1GB", threads=2) as engine:
        whole = published(run(lake, BULK_UNTIL, engine=engine, full=True))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(past, "SLICE", 4)
            sliced = published(run(lake, BULK_UNTIL, engine=engine, full=True))
        kept = sorted((lake.path / "derived" / "night" / "history").glob("*-accounts-*-of-*.parquet"))
    assert len(kept) > 2
    assert sum(pq.read_metadata(path).num_rows > 0 for path in kept) > 1, "more than one slice has accounts"
    assert sliced == whole and whole["customer_curve"]


def test_duplicates_are_looked_for_again_when_an_entry_changes_or_begins(
    tmp_path: Path, engine: Engine, standing: Standing
) -> None:
    bank = standing(tmp_path / "bank")

    def pairs(day: date) -> list[tuple[str, str]]:
        rows = published(run(bank, day, engine=engine))["duplicate"]
        return [(row["party_id"], row["other_id"]) for row in rows]

    with figures_alone():
        twin = {"party_id": "TWIN", "kind": "person", "name": "Name 7", "org_id": "O1", "since": date(2026, 4, 30),
                "birth_date": date(1980, 8, 10), "phone": "13800000007"}  # fmt: skip
        deliver(bank, BULK_UNTIL, {"party": [twin]}, source="branch")
        assert pairs(BULK_UNTIL) == [], "nobody is found twice before they begin"
        assert pairs(date(2026, 4, 30)) == [("P7", "TWIN")], "the same files of another day"
        deliver(bank, date(2026, 5, 2), {"party": [{**twin, "phone": "13900000000", "name": "Other"}]}, source="branch")
        assert pairs(date(2026, 5, 2)) == [], "looked for again when a fact changed"


def test_nothing_later_than_the_night_leaks_into_it(tmp_path: Path, engine: Engine, standing: Standing) -> None:
    told = create(tmp_path / "told")
    deliver(told, date(2026, 5, 2), events(date(2026, 4, 29), date(2026, 5, 2)))
    knew_nothing = standing(tmp_path / "innocent")
    after, before = (published(run(each, BULK_UNTIL, engine=engine)) for each in (told, knew_nothing))
    for name in PUBLISHED:
        if name not in ("night_step", "batch"):
            assert after[name] == before[name], name
    customers = {row["party_id"]: row for row in before["customer"]}
    assert "LATER" not in customers, "who comes on the 30th isn't a customer on the 28th"
    assert customers["P3"]["open_complaints"] == 1, "a complaint closed on the 30th is open on the 28th"
    assert "NEW" not in {row["account_id"] for row in before["holding"]}


def test_a_publication_has_its_contracts_columns_and_keys_and_a_manifest(lake: Lake, engine: Engine) -> None:
    report = run(lake, BULK_UNTIL, engine=engine)
    for name, contract in PUBLISHED.items():
        read = pq.read_table(files_of(report.folder, name))
        assert tuple(column for column in read.column_names if not column.startswith("_")) == contract.names
        rows = read.to_pylist()
        keys = [tuple(row[k] for k in contract.key) for row in rows]
        assert len(set(keys)) == len(keys), name
        for column in contract:
            held = [row[column.name] for row in rows]
            assert column.nullable or None not in held, (name, column.name)
            if column.allowed:
                assert set(held) - {None} <= set(column.allowed), (name, column.name)
            if column.kind == "json":
                assert all(json.loads(value) is not None for value in held if value is not None), (name, column.name)
    manifest = json.loads((report.folder / "manifest.json").read_text())
    assert manifest["rows"]["customer"] == report.customers == 12
    assert manifest["tiers"]["gold"] == 5_000_000
    assert any("USD" in note for note in report.notes), "an account without a rate is reported"


def test_a_finished_night_run_again_does_no_work_and_says_the_same(lake: Lake, engine: Engine) -> None:
    first = run(lake, BULK_UNTIL, engine=engine)
    again = run(lake, BULK_UNTIL, engine=engine)
    assert again == first


def test_the_work_list_keeps_to_the_contract_of_its_rules(lake: Lake, engine: Engine) -> None:
    from tenure.contracts.worklist import BY_NAME

    report = run(lake, BULK_UNTIL, engine=engine)
    entries = pq.read_table(report.folder / "proposal.parquet").to_pylist()
    assert entries
    for entry in entries:
        assert set(json.loads(entry["facts"])) == set(BY_NAME[entry["rule"]].facts)
        assert entry["proposal_key"].startswith(f"{entry['rule']}:{entry['party_id']}:")
        assert entry["value_at_stake"] >= 0
    ann = sorted((e for e in entries if e["staff_id"] == "S1"), key=lambda e: e["rank"])
    assert [e["rank"] for e in ann] == list(range(1, len(ann) + 1))
    assert len({e["party_id"] for e in ann if e["within_capacity"]}) == 2, "Ann can see two customers a day"
    assert {e["party_id"] for e in ann} <= {"P0", "P3", "P5", "P6", "P9"}, "P5 is hers by coverage"
