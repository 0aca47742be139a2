"""What people ask about their data, in the lake: copies have their rows alone; what was erased is in no file."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner
from django.conf import settings as desk
from django.utils import timezone

from tenure.cli.person import command
from tenure.contracts import LAKE
from tenure.desk.requests import rules
from tenure.desk.requests.models import Suppressed
from tenure.lake import Engine, Lake, connect, land_tables, removing, schema_of
from tenure.nightly import persons
from tenure.nightly.publishing import ParquetRows

pytestmark = pytest.mark.django_db(transaction=True)
#: What nobody else has: if any of it is anywhere, the erasure failed.
NAME, CARD, PHONE = "欧阳测试", "330106198005051234", "13987654321"
TODAY = timezone.localdate()


def _rows(left_on: date | None = None) -> dict[str, list[dict[str, Any]]]:
    gone = {"name": NAME, "certificate_no": CARD, "certificate_kind": "identity_card", "phone": PHONE}
    return {
        "organisation": [{"org_id": "HQ", "name": "总行", "kind": "head_office"}],
        "staff": [{"staff_id": "S1", "name": "王", "org_id": "HQ", "role": "relationship_manager"}],
        "party": [
            {"party_id": "C1", "kind": "person", "org_id": "HQ", **gone, "left_on": left_on},
            {"party_id": "C2", "kind": "person", "org_id": "HQ", "name": "李四"},
        ],
        "relation": [{"party_id": "C2", "other_id": "C1", "kind": "spouse"}],
        "coverage": [{"party_id": "C1", "staff_id": "S1", "role": "lead", "since": date(2020, 1, 1)}],
        "product": [{"product_id": "D", "name": "活期", "category": "demand_deposit"}],
        "account": [
            {"account_id": f"A{n}", "party_id": f"C{n}", "product_id": "D", "currency": "CNY",
             "opened_on": date(2010, 1, 1)} for n in (1, 2)
        ],
    }  # fmt: skip


def _events() -> dict[str, list[dict[str, Any]]]:
    at = datetime(2026, 6, 1, 10)
    return {
        "transaction": [
            {"transaction_id": f"T{n}", "account_id": f"A{n}", "booked_at": at, "amount": 100 * n, "channel": "mobile",
             "kind": "transfer_in", "counterparty_account": "6222000011112222"} for n in (1, 2)
        ],
        "complaint": [
            {"complaint_id": f"K{n}", "party_id": f"C{n}", "received_at": at,
             "words": f"words of {n}", "state": "closed"}
            for n in (1, 2)
        ],
        "survey_response": [
            {"response_id": f"R{n}", "party_id": f"C{n}", "answered_at": at, "moment": "counter_service",
             "words": f"said by {n}"}
            for n in (1, 2)
        ],
    }  # fmt: skip


def _land(lake: Lake, day: date, rows: dict[str, list[dict[str, Any]]], *, full: bool = True) -> None:
    tables: dict[str, Any] = {
        name: pa.Table.from_pylist(
            [{c.name: row.get(c.name) for c in LAKE[name]} for row in given], schema=schema_of(LAKE[name]).to_pyarrow()
        )
        for name, given in rows.items()
    }
    states = [name for name in rows if not LAKE[name].day]
    land_tables(lake, "core", day, tables, full=states if full else [])


@pytest.fixture
def lake(tmp_path: Path, settings: Any) -> Lake:
    settings.HOME = tmp_path / "home"
    lake = Lake.create(tmp_path / "lake", bank="Bank")
    _land(lake, date(2026, 6, 1), {**_rows(), **_events()})
    return lake


@pytest.fixture
def engine() -> Any:
    with connect() as engine:
        yield engine


def _erased(*, since: date = TODAY) -> Suppressed:
    return Suppressed.objects.create(digest=rules.digest_of("C1", desk.SECRET_KEY), since=since, lake_next=TODAY)


def _left(lake: Lake, day: date) -> None:
    rows = _rows(left_on=day)
    _land(lake, date(2026, 6, 2), {name: rows[name] for name in rows})


def _text_of(lake: Lake) -> dict[str, str]:
    import pyarrow.parquet as pq

    return {
        str(path.relative_to(lake.path)): str(pq.read_table(path).to_pylist()) for path in lake.path.rglob("*.parquet")
    }


def _ids(lake: Lake, engine: Engine, name: str) -> set[str]:
    t = engine.table(lake, lake.head(), name)
    return set(engine.arrow(t)[LAKE[name].key[0]].to_pylist())


def test_where_nobody_was_erased_the_lake_is_not_even_looked_at(lake: Lake, engine: Engine) -> None:
    before = lake.head().number
    assert persons.erase_due(lake, engine, timezone.now()) == persons.Removed(0, {})
    assert lake.head().number == before


def test_what_no_law_keeps_goes_and_the_rest_stays_for_its_period(lake: Lake, engine: Engine) -> None:
    _left(lake, TODAY - timedelta(days=30))
    row = _erased()
    removed = persons.erase_due(lake, engine, timezone.now())
    assert removed.people == 1 and set(removed.rows) == {"relation", "coverage", "survey_response"}
    assert _ids(lake, engine, "survey_response") == {"R2"} and _ids(lake, engine, "transaction") == {"T1", "T2"}
    assert {"C1", "C2"} == _ids(lake, engine, "party")
    row.refresh_from_db()
    assert row.lake_next == rules.add_years(TODAY, 3)  # the complaint
    assert persons.erase_due(lake, engine, timezone.now()).rows == {}


def test_after_all_periods_no_file_of_the_lake_has_them(lake: Lake, engine: Engine) -> None:
    _left(lake, date(2010, 1, 1))
    row = _erased(since=date(2012, 1, 1))
    lake.derived("publication", "old", "customer.parquet").write_bytes(b"")
    shelf = lake.path / "quarantine" / "old"
    shelf.mkdir(parents=True)
    (shelf / "party.csv").write_text(f"row,value\n1,C1 {NAME}\n2,C2\n", "utf-8")
    persons.erase_due(lake, engine, timezone.now())
    for path, text in _text_of(lake).items():
        assert not [one for one in (NAME, CARD, PHONE, "'C1'", "'A1'", "words of 1") if one in text], path
    assert {"C2"} == _ids(lake, engine, "party") and {"T2"} == _ids(lake, engine, "transaction")
    assert (shelf / "party.csv").read_text("utf-8") == "row,value\n2,C2\n"
    assert not list(lake.path.glob("derived/publication/*"))
    row.refresh_from_db()
    assert row.lake_next is None


def test_rows_of_others_are_as_they_were(lake: Lake, engine: Engine) -> None:
    def of_others() -> list[Any]:
        found: list[Any] = []
        for name in ("party", "transaction", "complaint"):
            t = engine.arrow(engine.table(lake, lake.head(), name)).to_pylist()
            found += sorted((r for r in t if "C1" not in r.values() and "A1" not in r.values()), key=str)
        return found

    _left(lake, date(2010, 1, 1))
    before = of_others()
    _erased(since=date(2012, 1, 1))
    persons.erase_due(lake, engine, timezone.now())
    assert of_others() == before
    counted = {b.rows["party"] for b in lake.head().batches}
    assert counted == {1}


def test_a_delivery_that_brings_them_back_is_cleared_the_next_night(lake: Lake, engine: Engine) -> None:
    _left(lake, date(2010, 1, 1))
    _erased(since=date(2012, 1, 1))
    persons.erase_due(lake, engine, timezone.now())
    _land(lake, date(2026, 6, 3), _rows(left_on=date(2010, 1, 1)))
    assert "C1" in _ids(lake, engine, "party")
    assert persons.erase_due(lake, engine, timezone.now()).rows["party"] == 1
    assert not [path for path, text in _text_of(lake).items() if CARD in text]


def test_killed_before_the_old_files_went_the_next_night_deletes_them(
    lake: Lake, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _left(lake, date(2010, 1, 1))
    _erased(since=date(2012, 1, 1))

    def killed(lake: Lake) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(persons, "forget_the_past", killed)
    with pytest.raises(KeyboardInterrupt):
        persons.erase_due(lake, engine, timezone.now())
    monkeypatch.setattr(persons, "forget_the_past", removing.forget_the_past)
    persons.erase_due(lake, engine, timezone.now())
    assert not [path for path, text in _text_of(lake).items() if CARD in text]


def test_removing_nothing_makes_no_snapshot(lake: Lake) -> None:
    before = lake.head()
    assert removing.remove(lake, {"party": {"party_id": {"nobody"}}}) == {}
    assert lake.head() == before


def test_nothing_erased_is_published(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    from tenure.contracts import PUBLISHED

    table = PUBLISHED["relation"]
    rows = [
        {**dict.fromkeys(table.names), "party_id": a, "other_id": b, "kind": "spouse", "other_is_customer": True}
        for a, b in (("C1", "C2"), ("C2", "C1"), ("C2", "C3"))
    ]
    path = tmp_path / "relation.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema_of(table).to_pyarrow()), path)
    shown = ParquetRows.open([path], table, "Asia/Shanghai", frozenset({"C1"}))
    assert shown.count == 1 and [row[:2] for chunk in shown.tuples() for row in chunk] == [("C2", "C3")]
    assert b"C1" not in b"".join(shown.csv())


def test_the_command_writes_a_copy_of_one_person_alone(lake: Lake, tmp_path: Path) -> None:
    out = tmp_path / "copy"
    done = CliRunner().invoke(command, ["copy", "C1", "--lake", str(lake.path), "--output", str(out)])
    assert done.exit_code == 0, done.output
    told = json.loads((out / "lake.json").read_text())["tables"]
    assert {name[3:] for name in told} >= {"party", "account", "transaction", "complaint", "survey_response"}
    text = (out / "lake.json").read_text() + (out / "lake.zh.html").read_text()
    assert NAME in text and CARD in text and "words of 1" in text
    assert "李四" not in text and '"A2"' not in text and "words of 2" not in text and '"C2"' not in text
    assert "6222000011112222" not in text and "****2222" in text
    again = CliRunner().invoke(command, ["copy", "C1", "--lake", str(lake.path), "--output", str(out)])
    assert again.exit_code != 0


def test_who_comes_back_is_published_again(lake: Lake) -> None:
    _erased()
    assert CliRunner().invoke(command, ["lift", "C1"]).exit_code == 0
    assert not Suppressed.objects.exists()
    assert CliRunner().invoke(command, ["lift", "C1"]).exit_code != 0
