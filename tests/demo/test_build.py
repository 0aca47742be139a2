"""A seed is a bank: the same files every time, whatever order or portions they are made in."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tenure.demo import Built, DemoBank, build, deliveries, happenings, registers
from tenure.demo.bank import PEOPLE_BLOCK
from tenure.demo.daily_life import PeopleBlock
from tenure.demo.holdings import market
from tenure.demo.society import gather
from tenure.demo.wording import name_pool
from tenure.errors import InputError

TINY = DemoBank(customers=240, months=7, until=date(2025, 3, 12), seed=3, last_days=2)


def fingerprints(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(TINY, tmp_path_factory.mktemp("tiny") / "bank")


def test_the_same_settings_give_the_same_files(tiny: Built, tmp_path: Path) -> None:
    again = build(TINY, tmp_path / "again")
    assert fingerprints(again.out) == fingerprints(tiny.out)


def test_another_seed_is_another_bank(tiny: Built, tmp_path: Path) -> None:
    other = build(replace(TINY, seed=4), tmp_path / "other")
    ours, theirs = fingerprints(tiny.out), fingerprints(other.out)
    assert all(theirs.get(f) != h for f, h in ours.items() if "transaction" in f)


def test_the_rows_do_not_depend_on_how_many_are_held_at_a_time(
    tiny: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "_ROWS_HELD", 500)
    monkeypatch.setattr(registers, "_SLICE", 70)
    monkeypatch.setattr(happenings, "_SLICE", 300)
    portioned = build(TINY, tmp_path / "portioned")
    for one, other in zip(tiny.deliveries, portioned.deliveries, strict=True):
        for table, paths in one.tables.items():
            for mine, theirs in zip(paths, other.tables[table], strict=True):
                assert pq.read_table(mine).equals(pq.read_table(theirs)), mine


def test_a_block_of_customers_is_the_same_whichever_was_drawn_before() -> None:
    society = gather(DemoBank(customers=2 * PEOPLE_BLOCK + 400, months=6, companies=0.02, seed=9))
    levels, (_, spans) = market(9, society.window), name_pool(9)

    def drawn(first: int) -> np.ndarray:
        tickets = np.flatnonzero((society.tickets.party >= first) & (society.tickets.party < first + PEOPLE_BLOCK))
        books = PeopleBlock(society, first, first + PEOPLE_BLOCK, levels, spans, tickets).settle()
        return np.stack([books.rows["account"], books.rows["day"], books.rows["amount"]])

    second_first = drawn(PEOPLE_BLOCK)
    assert not np.array_equal(drawn(0), second_first)
    assert np.array_equal(drawn(PEOPLE_BLOCK), second_first)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept")
    with pytest.raises(InputError, match="not empty"):
        build(TINY, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["kept.txt"]


def test_a_bank_that_stands_already_is_kept_and_another_is_not_overwritten(tmp_path: Path) -> None:
    first = build(TINY, tmp_path / "bank")
    before = {p: p.stat().st_mtime_ns for p in first.out.rglob("*")}
    assert build(TINY, tmp_path / "bank") == first
    assert {p: p.stat().st_mtime_ns for p in first.out.rglob("*")} == before
    with pytest.raises(InputError, match="not this demo bank"):
        build(replace(TINY, seed=99), tmp_path / "bank")
    next(first.out.rglob("*.parquet")).unlink()
    with pytest.raises(InputError, match="not this demo bank"):
        build(TINY, tmp_path / "bank")


def test_a_build_that_was_stopped_leaves_nothing_that_looks_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(registers, "write", stop)
        with pytest.raises(KeyboardInterrupt):
            build(TINY, tmp_path / "bank")
    assert not (tmp_path / "bank").exists()
    assert build(TINY, tmp_path / "bank").out.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["bank"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("customers", 12),
        ("months", 1),
        ("companies", 0.9),
        ("last_days", 0),
        ("activity", 0),
        ("until", date(1999, 1, 1)),
    ],
)
def test_a_setting_that_cannot_be_met_is_refused_by_name(setting: str, value: object) -> None:
    with pytest.raises(InputError, match=setting):
        replace(TINY, **{setting: value})


def test_activity_scales_the_number_of_payments(tiny: Built, tmp_path: Path) -> None:
    busy = build(replace(TINY, activity=3.0), tmp_path / "busy")
    assert busy.rows["transaction"] > 1.6 * tiny.rows["transaction"]
    assert busy.rows["party"] == tiny.rows["party"]
