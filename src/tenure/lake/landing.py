"""Landing: a delivery is read, checked and committed whole, or refused whole and nothing has changed."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
from collections.abc import Collection, Iterator
from collections.abc import Mapping as Items
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from tenure.contracts import LOAD_ORDER, Load
from tenure.errors import InputError, SetupError
from tenure.lake import delivered as arriving
from tenure.lake import mapped, reading, typed
from tenure.lake.control import controls_of
from tenure.lake.delivered import Delivered
from tenure.lake.delivery import Delivery, Receipt
from tenure.lake.engine import default_memory
from tenure.lake.mapping import SOURCE_NAME, Mapping, SourceFile
from tenure.lake.quarantine import FileFault
from tenure.lake.reading import Staged
from tenure.lake.settling import settle
from tenure.lake.store import Lake
from tenure.progress import QUIET, Progress, Task

if TYPE_CHECKING:
    import pyarrow as pa


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
    with plain_words(lake), lake.writing(), lake.staging() as staging, connection(staging) as con:
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
        for table, key in {(p.table.name, p.source) for p in mapping.parts if p.source}:
            faults.setdefault(table, []).extend(fault for file in staged[key] for fault in file.faults)
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
    if not SOURCE_NAME.fullmatch(source):  # it becomes part of a folder's name
        raise InputError(f"{source!r} is no name of a source", "Use up to 40 letters, digits, - and _.")
    unknown = [t for t in (*tables, *full) if t not in {each.name for each in LOAD_ORDER}]
    if unknown:
        raise InputError(f"{source}: the lake has no table {unknown[0]!r}", "Use the names in the data dictionary.")
    with plain_words(lake), lake.writing(), lake.staging() as staging, connection(staging) as con:
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


def already_landed(lake: Lake, source: str, business_date: dt.date, content: str) -> Receipt | None:
    """The receipt for a delivery that the lake holds already, unchanged."""
    held = lake.head().batch_for(source, business_date.isoformat())
    if held is None or held.content_hash != content:
        return None
    return Receipt(batch=held, status="unchanged", rows=held.rows, quarantined=held.quarantined)


def _inspect(spec: SourceFile, folder: Path, task: Task) -> list[Delivered]:
    found = [arriving.inspect(spec, path) for path in arriving.find(spec, folder)]
    task.advance()
    return found


def _refuse_copies(delivered: Items[str, list[Delivered]]) -> None:
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


def digest(parts: Items[str, object]) -> str:
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
    con.execute("SET enable_progress_bar = false")  # the command draws its own
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
