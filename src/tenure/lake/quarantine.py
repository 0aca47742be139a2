"""Rows that were refused: kept with row, column, value, rule and what was expected, for whoever corrects the file."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tenure.contracts import Load
from tenure.lake import checks, durable, sql
from tenure.lake.snapshot import Batch

if TYPE_CHECKING:
    import duckdb

    from tenure.lake.delivery import Delivery

HEADER = ("file", "row", "column", "field", "value", "rule", "expected_zh", "expected_en", "raw")


class FileFault(NamedTuple):
    """A row that could not be read at all: a wrong number of columns, a number Excel has rounded."""

    file: str
    row: int
    column: str
    value: str
    rule: str
    raw: str


@dataclass
class Found:
    """What the checks found: rows per table, bad rows per table, the first fault of each in words."""

    folder: Path
    total: dict[str, int] = field(default_factory=dict)
    bad: dict[str, int] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    rules: dict[str, dict[str, int]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def write(con: duckdb.DuckDBPyConnection, delivery: Delivery, staging: Path, batch_id: str) -> Found:
    """Write ``<table>.csv`` for every table with bad rows into a staged folder."""
    found = Found(staging / "quarantine" / batch_id)
    found.folder.mkdir(parents=True)
    for name, each in delivery.candidates.items():
        unread = delivery.file_faults.get(name, [])
        bad_rows = f"(SELECT DISTINCT _file, _row, _nth FROM {each.faults})"
        [(bad,)] = con.execute(f"SELECT count(*) FROM {bad_rows}").fetchall()
        found.total[name] = each.total + len(unread)
        found.bad[name] = bad + len(unread)
        if not found.bad[name]:
            continue
        rules: dict[str, int] = {}
        # with a byte-order mark, so that Excel shows the Chinese
        with (found.folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file)
            out.writerow(HEADER)
            for line in _lines(con, each, unread, delivery.business_date.isoformat()):
                rules[str(line[5])] = rules.get(str(line[5]), 0) + 1
                found.first.setdefault(name, _in_words(line))
                out.writerow(line)
        found.rules[name] = rules
    found.warnings = tuple(_warnings(con, delivery))
    return found


def summarise(found: Found, batch: Batch, status: str, left_out: Mapping[str, Mapping[str, int]]) -> None:
    """Write ``summary.json`` for the pages that show the last batches."""
    durable.write_text(
        found.folder / "summary.json",
        json.dumps(
            {
                "batch": batch.id,
                "source": batch.source,
                "business_date": batch.business_date,
                "at": batch.landed_at,
                "status": status,
                "corrects": batch.corrects,
                "tables": {
                    name: {
                        "rows": batch.rows[name],
                        "quarantined": batch.quarantined[name],
                        "rules": found.rules.get(name, {}),
                        "first": found.first.get(name, ""),
                        "left_out": dict(left_out.get(name, {})),
                    }
                    for name in batch.rows
                },
                "warnings": list(found.warnings),
            },
            ensure_ascii=False,
            indent=2,
        ),
    )


def keep_refused(found: Found, shelf: Path, delivery: Delivery, batch_id: str) -> Path:
    """Keep the quarantine of a delivery that was refused whole, on ``shelf``; where it is."""
    batch = Batch(
        id=batch_id,
        source=delivery.source,
        business_date=delivery.business_date.isoformat(),
        content_hash=delivery.content_hash,
        landed_at=dt.datetime.now().isoformat(timespec="seconds"),
        rows=dict.fromkeys(found.total, 0),
        quarantined=dict(found.bad),
        sequence=0,
    )
    summarise(found, batch, "refused", delivery.left_out)
    return keep(found, shelf / batch_id)


def keep(found: Found, place: Path) -> Path:
    """Move a quarantine from the staging folder to where it stays."""
    shutil.move(found.folder, place)
    return place


def _lines(
    con: duckdb.DuckDBPyConnection, each: checks.Candidates, unread: list[FileFault], business_date: str
) -> Iterator[tuple[object, ...]]:
    for fault in unread:
        wanted = checks.expectation(each, "", fault.rule, business_date)
        yield (fault.file, fault.row, fault.column, "", fault.value, fault.rule, wanted.zh, wanted.en, fault.raw)
    cursor = con.execute(
        f"SELECT f._file, f._row, f.field, f.value, f.rule, any_value(o._raw) FROM {each.faults} f"
        f" LEFT JOIN {each.original} o ON o._file = f._file AND o._row = f._row"
        " GROUP BY ALL ORDER BY f._file, f._row, f.field, f.rule"
    )
    while chunk := cursor.fetchmany(10_000):
        for file, row, field_name, value, rule, raw in chunk:
            wanted = checks.expectation(each, field_name, rule, business_date)
            column = each.source_columns.get(field_name, field_name)
            yield (Path(file).name, row, column, field_name, value, rule, wanted.zh, wanted.en, raw)


def _in_words(line: tuple[object, ...]) -> str:
    file, row, column, _, value, rule, _, expected, _ = line
    shown = "empty" if value in (None, "") else repr(value)
    place = f"{file}, row {row}, column {column}" if column else f"{file}, row {row}"  # some faults are a whole row's
    return f"{place}: {shown} ({rule}); expected {expected}"


def _warnings(con: duckdb.DuckDBPyConnection, delivery: Delivery) -> list[str]:
    """What is odd but no reason to refuse a row."""
    odd = []
    for name, each in delivery.candidates.items():
        kept = checks.kept_rows(con, each)
        if kept:
            odd.append(f"{name}: {kept:,} rows in quarantine stay as they were delivered before")
    if "account" in delivery.candidates:
        good = delivery.candidates["account"].good
        [(count,)] = con.execute(f"SELECT count(*) FROM {good} WHERE closed_on < opened_on").fetchall()
        if count:
            odd.append(f"account: {count:,} rows are closed before they were opened")
    day = sql.literal(delivery.business_date)
    for name, each in delivery.candidates.items():
        if each.table.load is Load.EVENT:
            [(count,)] = con.execute(
                f"SELECT count(*) FROM {each.good} WHERE CAST({sql.name(each.table.day)} AS DATE) > {day}"
            ).fetchall()
            if count:
                odd.append(f"{name}: {count:,} rows are dated after the business date {delivery.business_date}")
    return odd
