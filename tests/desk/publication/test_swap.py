"""A night reaches the desk whole or not at all, whoever reads meanwhile and whatever fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import IntegrityError, connection, transaction

from tenure.contracts import PUBLISHED, Kind, Table
from tenure.desk.parties.models import Customer, Timeline
from tenure.desk.publication import loading
from tenure.desk.publication.current import pin
from tenure.desk.publication.loading import Night, publish
from tenure.desk.publication.models import Publication
from tenure.errors import DeskDatabaseError, LakeError
from tenure.nightly.publishing import ParquetRows, publish_folder

pytestmark = pytest.mark.django_db(transaction=True)

ARROW = {
    Kind.TEXT: pa.string(),
    Kind.JSON: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.MONEY: pa.int64(),
    Kind.RATE: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us"),
    Kind.BOOLEAN: pa.bool_(),
}
SAMPLE: dict[Kind, Any] = {
    Kind.TEXT: "x",
    Kind.JSON: "[]",
    Kind.INTEGER: 1,
    Kind.MONEY: 0,
    Kind.RATE: 0.5,
    Kind.DATE: date(2026, 6, 30),
    Kind.TIMESTAMP: datetime(2026, 6, 30, 9, 30),
    Kind.BOOLEAN: False,
}


def row(table: Table, **given: Any) -> dict[str, Any]:
    """A row of ``table`` with what is needed filled in."""
    return {c.name: given.get(c.name, None if c.nullable else SAMPLE[c.kind]) for c in table}


def write_night(folder: Path, customers: list[dict[str, Any]], *, run: str = "run", **manifest: str) -> Path:
    """A publication folder as a night leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {"customer": customers}
    for name, table in PUBLISHED.items():
        schema = pa.schema([(c.name, ARROW[c.kind]) for c in table])
        pq.write_table(pa.Table.from_pylist(rows.get(name, []), schema=schema), folder / f"{name}.parquet")
    known = {"run_id": run, "lake_id": "lake-1", "bank": "Bank", "currency": "CNY", "as_of": "2026-06-30", "tiers": {}}
    (folder / "manifest.json").write_text(json.dumps(known | manifest))
    return folder


def customers(*names: str) -> list[dict[str, Any]]:
    return [row(PUBLISHED["customer"], party_id=f"C{i}", name=name) for i, name in enumerate(names)]


def publish_night(folder: Path, *names: str, **manifest: str) -> Publication:
    done: Publication = publish_folder(
        write_night(folder, customers(*names), **manifest), time_zone="Asia/Shanghai", grace_seconds=0
    )
    return done


def names() -> list[str]:
    return sorted(Customer.rows().values_list("name", flat=True))


def test_before_the_first_night_there_is_nothing_and_no_error() -> None:
    assert names() == []


def test_a_night_replaces_the_one_before(tmp_path: Path) -> None:
    publish_night(tmp_path / "1", "甲", "乙", run="1")
    publish_night(tmp_path / "2", "丙", run="2")
    assert names() == ["丙"]
    third = publish_night(tmp_path / "3", "丁", "戊", run="3")
    assert names() == ["丁", "戊"]
    assert third.slot == "b" if Publication.objects.filter(run_id="2").get().slot == "a" else third.slot == "a"
    assert Publication.objects.filter(state="current").count() == 1


def test_a_reader_keeps_the_night_it_began_with(tmp_path: Path) -> None:
    publish_night(tmp_path / "1", "昨", run="1")
    with pin():
        assert names() == ["昨"]
        publish_night(tmp_path / "2", "今", run="2")
        assert names() == ["昨"], "a page must not mix yesterday with today"
    assert names() == ["今"]


def test_a_publication_that_dies_leaves_yesterday_and_the_next_one_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_night(tmp_path / "1", "昨", run="1")
    loaded: list[str] = []
    real = loading._load

    def dies_halfway(model: Any, rows: Any, task: Any) -> None:
        real(model, rows, task)
        loaded.append(model.__name__)
        if len(loaded) == 6:
            raise KeyboardInterrupt

    monkeypatch.setattr(loading, "_load", dies_halfway)
    with pytest.raises(KeyboardInterrupt):
        publish_night(tmp_path / "2", "今", run="2")
    assert names() == ["昨"]
    monkeypatch.setattr(loading, "_load", real)
    publish_night(tmp_path / "2", "今", run="2")
    assert names() == ["今"]
    assert list(Publication.objects.order_by("id").values_list("state", flat=True)) == ["past", "failed", "current"]


def test_when_an_act_of_the_swap_fails_the_swap_did_not_happen(tmp_path: Path) -> None:
    publish_night(tmp_path / "1", "昨", run="1")
    folder = write_night(tmp_path / "2", customers("今"), run="2")
    night = Night(
        "2", "lake-1", "Bank", "CNY", date(2026, 7, 1), {},
        {n: ParquetRows.open([folder / f"{n}.parquet"], t, "UTC") for n, t in PUBLISHED.items()},
    )  # fmt: skip

    def fails(_: Publication) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        publish(night, in_swap=[fails], grace_seconds=0)
    assert names() == ["昨"]
    with pytest.raises(DeskDatabaseError, match="customer"):
        publish(replace(night, tables={k: v for k, v in night.tables.items() if k != "customer"}), grace_seconds=0)


def test_another_banks_night_is_refused(tmp_path: Path) -> None:
    publish_night(tmp_path / "1", "甲", run="1")
    with pytest.raises(DeskDatabaseError, match="two banks") as refused:
        publish_night(tmp_path / "2", "乙", run="2", lake_id="lake-2", bank="Other")
    assert "TENURE_HOME" in refused.value.remedy
    assert names() == ["甲"]


def test_the_database_itself_allows_one_current_publication(tmp_path: Path) -> None:
    publish_night(tmp_path / "1", "甲", run="1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.create(
            run_id="x", slot="b", state="current", lake_id="l", currency="CNY", as_of=date(2026, 1, 1)
        )


def test_two_nights_cannot_publish_at_once(tmp_path: Path) -> None:
    refused: list[BaseException] = []

    def second() -> None:
        try:
            publish_night(tmp_path / "2", "乙", run="2")
        except DeskDatabaseError as wrong:
            refused.append(wrong)
        finally:
            connection.close()

    with holding_the_lock():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert len(refused) == 1
    publish_night(tmp_path / "3", "丙", run="3")
    assert names() == ["丙"]


@contextmanager
def holding_the_lock() -> Iterator[None]:
    with loading._alone():
        yield


def test_every_kind_of_value_arrives_as_it_was(tmp_path: Path) -> None:
    table = PUBLISHED["customer"]
    odd = row(
        table,
        party_id="C'1\",\\",
        name='欧阳 "引号", 逗号\n换行',
        email="",
        birth_date=date(1950, 2, 28),
        annual_income=9_007_199_254_740_993,  # beyond a float's whole numbers
        consent_marketing=True,
        consent_research=False,
        categories='{"活期": [1, null]}',
        score=12.5,
    )
    folder = write_night(tmp_path / "1", [odd])
    event = row(PUBLISHED["timeline"], party_id="C1", at=datetime(2026, 6, 30, 23, 59, 59), event_id="e")
    schema = pa.schema([(c.name, ARROW[c.kind]) for c in PUBLISHED["timeline"]])
    pq.write_table(pa.Table.from_pylist([event], schema=schema), folder / "timeline.parquet")
    publish_folder(folder, time_zone="Asia/Shanghai", grace_seconds=0)
    got = Customer.rows().get()
    for name in ("party_id", "name", "birth_date", "annual_income", "consent_marketing", "consent_research", "score"):
        assert getattr(got, name) == odd[name], name
    assert got.email == ""
    assert got.phone is None
    assert got.categories == {"活期": [1, None]}
    assert Timeline.rows().get().at.isoformat() == "2026-06-30T15:59:59+00:00"


def test_an_unfinished_folder_is_refused(tmp_path: Path) -> None:
    folder = write_night(tmp_path / "1", customers("甲"))
    (folder / "manifest.json").unlink()
    with pytest.raises(LakeError, match="no finished publication"):
        publish_folder(folder, time_zone="UTC", grace_seconds=0)
    folder = write_night(tmp_path / "2", customers("甲"))
    (folder / "relation.parquet").unlink()
    with pytest.raises(LakeError, match=r"relation\.parquet"):
        publish_folder(folder, time_zone="UTC", grace_seconds=0)


def test_a_column_of_another_type_is_refused(tmp_path: Path) -> None:
    folder = write_night(tmp_path / "1", customers("甲"))
    path = folder / "proposal.parquet"
    empty = pq.read_table(path)
    at = empty.schema.get_field_index("due_on")
    pq.write_table(empty.set_column(at, "due_on", pa.array([], pa.timestamp("us"))), path)
    with pytest.raises(LakeError, match="due_on is timestamp"):
        publish_folder(folder, time_zone="UTC", grace_seconds=0)
