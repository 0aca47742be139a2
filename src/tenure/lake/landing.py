"""Landing: a delivery is read, checked and committed whole, or refused whole and nothing has changed."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import uuid
from collections.abc import Callable, Collection, Iterator
from collections.abc import Mapping as Mapping_
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import duckdb

from tenure.contracts import LOAD_ORDER, Load
from tenure.errors import InputError, SetupError
from tenure.lake import checks, mapped, quarantine, reading, schema, sql, typed
from tenure.lake.checks import Candidates
from tenure.lake.control import ControlTotal, controls_of
from tenure.lake.engine import default_memory
from tenure.lake.mapping import Mapping, SourceFile
from tenure.lake.quarantine import FileFault
from tenure.lake.reading import Delivered, Staged
from tenure.lake.snapshot import Batch, DataFile, Snapshot
from tenure.lake.store import Lake
from tenure.progress import QUIET, Progress, Task

if TYPE_CHECKING:
    import pyarrow as pa

Status = Literal["landed", "unchanged", "corrected", "checked"]


@dataclass(frozen=True)
class Receipt:
    """What became of a delivery.

    ``status``: ``landed``; ``corrected``, it replaced ``batch.corrects``; ``unchanged``, the lake had it
    already; ``checked``, a dry run. ``left_out`` counts rows per table that the mapping's filters left, by reason.
    """

    batch: Batch
    status: Status
    rows: Mapping_[str, int]
    quarantined: Mapping_[str, int]
    controls: tuple[ControlTotal, ...] = ()
    left_out: Mapping_[str, Mapping_[str, int]] = field(default_factory=dict)
    quarantine: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Delivery:
    """Rows ready to be checked: what :func:`settle` needs to know of them, however they were read.

    ``file_faults`` are rows per table that could not even be read; ``max_retired_share`` bounds how much
    smaller a full delivery may be than what it replaces.
    """

    source: str
    business_date: dt.date
    content_hash: str
    candidates: Mapping_[str, Candidates]
    full: Collection[str]
    max_bad_share: float
    max_retired_share: float = 1.0
    file_faults: Mapping_[str, list[FileFault]] = field(default_factory=dict)
    controls: tuple[ControlTotal, ...] = ()
    left_out: Mapping_[str, Mapping_[str, int]] = field(default_factory=dict)


def land(
    lake: Lake,
    mapping: Mapping,
    source_dir: Path,
    *,
    business_date: dt.date | None = None,
    dry_run: bool = False,
    progress: Progress = QUIET,
) -> Receipt:
    """Land the bank's files in ``source_dir`` as ``mapping`` says, whole or not at all.

    A delivery is known by source, business date and content: sent twice it changes nothing, with other content it
    replaces what it corrects. ``business_date`` goes before the mapping's own. ``dry_run`` checks and commits nothing.

    ``InputError`` if a file is missing, unreadable, incomplete or not as its control totals say, or if more than
    the mapping's share of a table's rows are bad (they are listed in the quarantine it names); ``SetupError`` if
    the disk is full; ``LakeError`` if someone else is writing.
    """
    day = business_date or mapping.business_date
    if day is None:
        raise InputError(
            f"{mapping.path.name}: no business date", "Give --business-date, or business_date in the mapping."
        )
    with lake.writing(), lake.staging() as staging, connection(staging) as con, plain_words(lake):
        with progress.task("inspect files 检查文件", total=len(mapping.files)) as task:
            delivered = {key: _inspect(spec, source_dir, task) for key, spec in mapping.files.items()}
        _refuse_copies(delivered)
        content = digest({"mapping": mapping.digest} | {k: sorted(f.sha256 for f in fs) for k, fs in delivered.items()})
        already = already_landed(lake, mapping.source, day, content)
        if already is not None:
            return already
        _refuse_same_events(lake, mapping, day, content)
        staged: dict[str, list[Staged]] = {}
        for key, files in delivered.items():
            with progress.task(f"read {mapping.files[key].pattern} 读取") as task:
                staged[key] = [
                    reading.stage(each, staging / f"{key}-{i}.parquet", task) for i, each in enumerate(files)
                ]
                _refuse_unlike(staged[key])
        controls = controls_of(con, mapping, staged, source_dir)
        with progress.task("map columns 转换"):
            candidates, left_out = mapped.candidates(con, mapping, staged, day, staging)
        faults: dict[str, list[FileFault]] = {}
        for part in mapping.parts:
            if part.source:
                unread = [fault for file in staged[part.source] for fault in file.faults]
                faults.setdefault(part.table.name, []).extend(unread)
        delivery = Delivery(
            source=mapping.source,
            business_date=day,
            content_hash=content,
            candidates=candidates,
            full={p.table.name for p in mapping.parts if p.mode == "full"},
            max_bad_share=mapping.max_bad_share,
            max_retired_share=mapping.max_retired_share,
            file_faults=faults,
            controls=controls,
            left_out=left_out,
        )
        return settle(lake, con, staging, delivery, dry_run=dry_run, progress=progress)


def land_tables(
    lake: Lake,
    source: str,
    business_date: dt.date,
    tables: dict[str, Path | pa.Table],
    *,
    full: Collection[str] = (),
    max_bad_share: float = 0.0,
    progress: Progress = QUIET,
) -> Receipt:
    """Land tables that have the contract's columns already: Parquet files, folders of them, or Arrow tables.

    The checks and the meaning of a batch are those of :func:`land`. ``full`` names the state tables that
    are complete. ``InputError`` if a column is unknown or of another type, or more than ``max_bad_share``
    of a table's rows are bad.
    """
    unknown = [t for t in (*tables, *full) if t not in {each.name for each in LOAD_ORDER}]
    if unknown:
        raise InputError(f"{source}: the lake has no table {unknown[0]!r}", "Use the names in the data dictionary.")
    with lake.writing(), lake.staging() as staging, connection(staging) as con, plain_words(lake):
        paths = typed.stage(tables, staging)
        content = typed.content_hash(paths, full)
        already = already_landed(lake, source, business_date, content)
        if already is not None:
            return already
        delivery = Delivery(
            source=source,
            business_date=business_date,
            content_hash=content,
            candidates={
                t.name: typed.candidates(con, t, paths[t.name], business_date) for t in LOAD_ORDER if t.name in paths
            },
            full=full,
            max_bad_share=max_bad_share,
        )
        return settle(lake, con, staging, delivery, progress=progress)


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
    if not dry_run:
        quarantine.summarise(found, batch, status, delivery.left_out)
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
        quarantine=tuple(lake.path / "quarantine" / batch_id / f"{t}.csv" for t, n in found.bad.items() if n),
        warnings=found.warnings,
    )


def already_landed(lake: Lake, source: str, business_date: dt.date, content: str) -> Receipt | None:
    """The receipt for a delivery that the lake holds already, unchanged."""
    held = lake.head().batch_for(source, business_date.isoformat())
    if held is None or held.content_hash != content:
        return None
    return Receipt(batch=held, status="unchanged", rows=held.rows, quarantined=held.quarantined)


def _inspect(spec: SourceFile, folder: Path, task: Task) -> list[Delivered]:
    found = [reading.inspect(spec, path) for path in reading.find(spec, folder)]
    task.advance()
    return found


def _refuse_copies(delivered: Mapping_[str, list[Delivered]]) -> None:
    """One file delivered twice under two names would count everything twice."""
    for files in delivered.values():
        seen: dict[str, Delivered] = {}
        for file in files:
            twin = seen.setdefault(file.sha256, file)
            if twin is not file:
                raise InputError(
                    f"{file.path}: the same content as {twin.path.name} ({file.spec.place})", "Deliver it once."
                )


def _refuse_unlike(files: list[Staged]) -> None:
    for other in files[1:]:
        if other.columns != files[0].columns:
            raise InputError(
                f"{other.delivered.path}: its columns are not those of {files[0].delivered.path.name}",
                f"Give files of different kinds their own section ({other.delivered.spec.place}).",
            )


def _refuse_same_events(lake: Lake, mapping: Mapping, day: dt.date, content: str) -> None:
    """The same events under two business dates are one delivery sent with the wrong date."""
    if all(p.table.load is Load.STATE for p in mapping.parts):
        return
    for batch in lake.head().batches:
        if batch.source == mapping.source and batch.content_hash == content:
            raise InputError(
                f"{mapping.source} {day}: these files are already in the lake as {batch.business_date}"
                f" (batch {batch.id})",
                f"Send the files of {day}; or undo that batch first if its date was wrong.",
            )


def digest(parts: Mapping_[str, object]) -> str:
    """The identity of a delivery's content: a hash over named parts, in any order."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


@contextmanager
def connection(staging: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB for one landing, bounded in memory, spilling into the staging folder."""
    spill = staging / "spill"
    con = duckdb.connect(
        config={
            "memory_limit": default_memory(),
            "temp_directory": str(spill),
            "preserve_insertion_order": "false",
            "autoinstall_known_extensions": "false",
        }
    )
    try:
        yield con
    finally:
        con.close()


@contextmanager
def plain_words(lake: Lake) -> Iterator[None]:
    """Turn a full disk, however it is reported, into one clear error; the lake is as it was."""
    try:
        yield
    except OSError as wrong:
        if wrong.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise _disk_full(lake) from wrong
        raise
    except duckdb.Error as wrong:
        if any(words in str(wrong) for words in _DISK_FULL):
            raise _disk_full(lake) from wrong
        raise


#: How DuckDB words it; it keeps no error number.
_DISK_FULL = ("No space left", "quota exceeded", "File too large", "max_temp_directory_size")


def _disk_full(lake: Lake) -> SetupError:
    return SetupError(
        f"{lake.path}: the disk is full; the delivery was not landed and the lake is as it was",
        "Free some room, or move the lake to a larger disk, and run the same command again.",
    )


def _refuse_if_too_bad(lake: Lake, delivery: Delivery, found: quarantine.Found, batch_id: str, dry_run: bool) -> None:
    worst = [
        (name, found.bad[name], found.total[name])
        for name in delivery.candidates
        if found.bad[name] > delivery.max_bad_share * found.total[name]
    ]
    if not worst:
        return
    kept = quarantine.keep_refused(found, lake, delivery, batch_id)
    table, bad, total = worst[0]
    first = found.first[table]
    raise InputError(
        f"{delivery.source} {delivery.business_date}: refused, {bad:,} of {total:,} rows of {table} are bad"
        f" (allowed share {delivery.max_bad_share:g}). First: {first}",
        f"Correct the file and send it again; every bad row is listed in {kept / f'{table}.csv'}."
        + ("" if not dry_run else " (dry run)"),
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
            f" (SELECT count(*) FROM {held} h ANTI JOIN {each.good} g USING ({keys}))"
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
    table, day = each.table, delivery.business_date
    columns = sql.names(table.names)
    order = sql.names((*([table.day] if table.day else []), *table.key))
    described: Callable[..., DataFile] = lambda file_id, path, **rest: DataFile(  # noqa: E731
        id=file_id, table=table.name, path=path, batch=batch_id, business_date=day.isoformat(), **rest
    )
    if table.load is Load.STATE:
        file_id = uuid.uuid4().hex
        path = staging / f"{file_id}.parquet"
        marks = f"{sql.literal(day)} AS {schema.DELIVERED_FOR}, {sequence}::BIGINT AS {schema.DELIVERY}"
        rows = _copy(con, f"SELECT {columns}, {marks} FROM {each.good} ORDER BY {order}", path)
        where = f"data/{table.name}/business_date={day.isoformat()}/{file_id}.parquet"
        full = table.name in delivery.full
        if rows or full:
            yield described(file_id, where, month="", rows=rows, full=full), path
        return
    months = con.execute(
        f"SELECT {checks.month_of(table)} AS month, list_sort(list(DISTINCT CAST({sql.name(table.day)} AS DATE)))"
        f" FROM {each.good} GROUP BY month ORDER BY month"
    ).fetchall()
    for month, days in months:
        file_id = uuid.uuid4().hex
        path = staging / f"{file_id}.parquet"
        begin = dt.date.fromisoformat(f"{month}-01")
        end = (begin + dt.timedelta(days=32)).replace(day=1)
        this_month = f"{sql.name(table.day)} >= {sql.literal(begin)} AND {sql.name(table.day)} < {sql.literal(end)}"
        rows = _copy(con, f"SELECT {columns} FROM {each.good} WHERE {this_month} ORDER BY {order}", path)
        where = f"data/{table.name}/month={month}/{file_id}.parquet"
        yield described(file_id, where, month=month, rows=rows, days=tuple(d.isoformat() for d in days)), path


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    [(rows,)] = con.execute(f"COPY ({query}) TO {sql.literal(str(path))} (FORMAT parquet, COMPRESSION zstd)").fetchall()
    return int(rows)
