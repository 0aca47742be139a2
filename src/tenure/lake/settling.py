"""From checked candidates to a commit: refuse a delivery that is too bad, else write its rows and make them true."""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.contracts import Load
from tenure.errors import InputError
from tenure.lake import checks, quarantine, schema, sql
from tenure.lake.checks import Candidates
from tenure.lake.delivery import Delivery, Receipt, Status
from tenure.lake.snapshot import Batch, DataFile, Snapshot
from tenure.lake.store import Lake
from tenure.progress import QUIET, Progress

if TYPE_CHECKING:
    import duckdb


def settle(
    lake: Lake,
    con: duckdb.DuckDBPyConnection,
    staging: Path,
    delivery: Delivery,
    *,
    dry_run: bool = False,
    progress: Progress = QUIET,
) -> Receipt:
    """Check a delivery's candidates and commit what is sound; the caller holds the writer's lock."""
    head = lake.head()
    day = delivery.business_date.isoformat()
    replaced = head.batch_for(delivery.source, day)
    before = head
    if replaced is not None:
        batches, files = head.without(replaced.id)
        before = replace(head, batches=batches, files=files)
    batch_id = f"{day}-{delivery.source}-{uuid.uuid4().hex[:8]}"

    with progress.task("check rows 校验"):
        checks.check(con, delivery.candidates, lake, before, delivery.source, delivery.full)
        found = quarantine.write(con, delivery, staging, batch_id)
    _refuse_if_too_bad(lake, delivery, found, batch_id, dry_run)
    _refuse_if_shrunk(con, lake, before, delivery)

    sequence = max((b.sequence for b in head.batches), default=0) + 1
    staged: dict[str, Path] = {}
    files_new: list[DataFile] = []
    with progress.task("write tables 写入", total=len(delivery.candidates)) as task:
        for each in delivery.candidates.values():
            if not dry_run:
                for file, path in _write(con, each, delivery, batch_id, sequence, staging):
                    files_new.append(file)
                    staged[file.path] = path
            task.advance()
    rows = {name: found.total[name] - found.bad[name] for name in delivery.candidates}
    batch = Batch(
        id=batch_id,
        source=delivery.source,
        business_date=day,
        content_hash=delivery.content_hash,
        landed_at=dt.datetime.now().isoformat(timespec="seconds"),
        rows=rows,
        quarantined=dict(found.bad),
        sequence=sequence,
        corrects=replaced.id if replaced else None,
    )
    status: Status = "checked" if dry_run else "corrected" if replaced else "landed"
    quarantine.summarise(found, batch, status, delivery.left_out)
    listed = lake.path / "quarantine" / batch_id
    if dry_run:
        listed = quarantine.keep(found, _shelf(lake, dry_run) / batch_id)
    else:
        staged[f"quarantine/{batch_id}"] = found.folder
        with progress.task("commit 提交"):
            lake.commit(head, (*before.batches, batch), (*before.files, *files_new), staged)
    return Receipt(
        batch=batch,
        status=status,
        rows=rows,
        quarantined=dict(found.bad),
        controls=delivery.controls,
        left_out=delivery.left_out,
        quarantine=tuple(listed / f"{t}.csv" for t, n in found.bad.items() if n),
        warnings=found.warnings,
    )


def _shelf(lake: Lake, dry_run: bool) -> Path:
    """Where quarantines are kept: in the lake, but a dry run leaves nothing there."""
    return Path(tempfile.mkdtemp(prefix="tenure-dry-run-")) if dry_run else lake.path / "quarantine"


def _refuse_if_too_bad(lake: Lake, delivery: Delivery, found: quarantine.Found, batch_id: str, dry_run: bool) -> None:
    worst = [
        (name, found.bad[name], found.total[name])
        for name in delivery.candidates
        if found.bad[name] > delivery.max_bad_share * found.total[name]
    ]
    if not worst:
        return
    kept = quarantine.keep_refused(found, _shelf(lake, dry_run), delivery, batch_id)
    table, bad, total = worst[0]
    first = found.first[table]
    raise InputError(
        f"{delivery.source} {delivery.business_date}: refused, {bad:,} of {total:,} rows of {table} are bad"
        f" (allowed share {delivery.max_bad_share:g}). First: {first}",
        f"Correct the file and send it again; every bad row is listed in {kept / f'{table}.csv'}.",
    )


def _refuse_if_shrunk(con: duckdb.DuckDBPyConnection, lake: Lake, before: Snapshot, delivery: Delivery) -> None:
    """A full delivery that is much smaller than the last one is more likely half a file than lost customers."""
    for name in delivery.full:
        if name not in delivery.candidates or delivery.max_retired_share >= 1:
            continue
        each = delivery.candidates[name]
        files = [f for f in before.current_files_of(name) if before.batch(f.batch).source == delivery.source]
        if not files:
            continue
        keys = sql.names(each.table.key)
        held = f"(SELECT DISTINCT {keys} FROM {sql.parquet([lake.path / f.path for f in files])})"
        [(total, gone)] = con.execute(
            f"SELECT (SELECT count(*) FROM {held}),"
            f" (SELECT count(*) FROM {held} h ANTI JOIN (SELECT {keys} FROM {each.good} UNION ALL"
            f" SELECT {keys} FROM {each.kept}) g USING ({keys}))"
        ).fetchall()
        if gone > delivery.max_retired_share * total:
            raise InputError(
                f"{delivery.source} {delivery.business_date}: refused, the full delivery of {name} lacks {gone:,} of"
                f" the {total:,} rows the lake has (allowed share {delivery.max_retired_share:g}); is it half a file?",
                "Send the complete file; or, if they really are gone, raise `max_retired_share` in the mapping.",
            )


def _write(
    con: duckdb.DuckDBPyConnection,
    each: Candidates,
    delivery: Delivery,
    batch_id: str,
    sequence: int,
    staging: Path,
) -> Iterator[tuple[DataFile, Path]]:
    """Write a table's sound rows to staged files: one for a state table, one a month for an event table."""
    table = each.table
    day = delivery.business_date.isoformat()
    columns = sql.names(table.names)
    if table.load is Load.STATE:
        file_id = uuid.uuid4().hex
        path = staging / f"{file_id}.parquet"
        marks = f"DATE '{day}' AS {schema.DELIVERED_FOR}, {sequence}::BIGINT AS {schema.DELIVERY}"
        order = sql.names(table.key)
        held = f"SELECT {columns}, {marks} FROM {each.good}"
        if checks.kept_rows(con, each):
            held = f"{held} UNION ALL BY NAME SELECT * FROM {each.kept}"
        stored = f"{columns}, {schema.DELIVERED_FOR}, {schema.DELIVERY}"
        rows = _copy(con, f"SELECT {stored} FROM ({held}) ORDER BY {order}", path)
        where = f"data/{table.name}/business_date={day}/{file_id}.parquet"
        full = table.name in delivery.full
        if rows or full:  # a full delivery of nothing still retires what was there
            yield DataFile(file_id, table.name, where, batch_id, day, month="", rows=rows, full=full), path
        return
    order = sql.names((table.day, *table.key))
    dated = sql.name(table.day)
    months = con.execute(
        f"SELECT {checks.month_of(table)} AS month, list_sort(list(DISTINCT CAST({dated} AS DATE)))"
        f" FROM {each.good} GROUP BY month ORDER BY month"
    ).fetchall()
    for month, days in months:
        file_id = uuid.uuid4().hex
        path = staging / f"{file_id}.parquet"
        begin = dt.date.fromisoformat(f"{month}-01")
        end = (begin + dt.timedelta(days=32)).replace(day=1)
        in_month = f"{dated} >= {sql.literal(begin)} AND {dated} < {sql.literal(end)}"
        rows = _copy(con, f"SELECT {columns} FROM {each.good} WHERE {in_month} ORDER BY {order}", path)
        where = f"data/{table.name}/month={month}/{file_id}.parquet"
        on = tuple(d.isoformat() for d in days)
        yield DataFile(file_id, table.name, where, batch_id, day, month=month, rows=rows, days=on), path


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    [(rows,)] = con.execute(f"COPY ({query}) TO {sql.literal(str(path))} (FORMAT parquet, COMPRESSION zstd)").fetchall()
    return int(rows)
