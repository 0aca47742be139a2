"""Takes rows out of the lake for good: the one change of what was landed, for people whose data must go.

A removal is a snapshot like any other: files that held such rows are replaced by files without them, all at once;
killed before it, nothing has changed. The files before it are deleted by :func:`forget_the_past`.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from tenure.contracts import LAKE, Load
from tenure.lake import sql
from tenure.lake.landing import connection, plain_words
from tenure.lake.snapshot import DataFile
from tenure.lake.store import Lake

#: By table: which of its columns name whom, and the values whose rows go.
Rows = Mapping[str, Mapping[str, Collection[str]]]


def remove(lake: Lake, rows: Rows) -> dict[str, int]:
    """Remove rows from every delivery of the lake; how many of each table. Nothing to remove makes no snapshot.

    The landing's refused rows (the quarantine) lose every line that names one of the values, too.
    """
    gone: Counter[str] = Counter()
    with plain_words(lake), lake.writing(), lake.staging() as staging, connection(staging) as con:
        head = lake.head()
        kept: list[DataFile] = []
        staged: dict[str, Path] = {}
        by_batch: Counter[tuple[str, str]] = Counter()
        for file in head.files:
            wanted = {column: values for column, values in rows.get(file.table, {}).items() if values}
            if not wanted:
                kept.append(file)
                continue
            held, table = sql.parquet([lake.path / file.path]), LAKE[file.table]
            among = " OR ".join(
                f"{sql.name(column)} IN ({', '.join(sql.literal(one) for one in sorted(values))})"
                for column, values in wanted.items()
            )
            [(count,)] = con.execute(f"SELECT count(*) FROM {held} WHERE {among}").fetchall()
            if not count:
                kept.append(file)
                continue
            gone[file.table] += count
            by_batch[file.batch, file.table] += count
            if file.rows == count and not file.full:  # a full delivery of nothing still retires what was there
                continue
            fresh, rest = uuid.uuid4().hex, f"SELECT * FROM {held} WHERE NOT coalesce({among}, false)"
            order = sql.names((table.day, *table.key) if table.load is Load.EVENT else table.key)
            path = staging / f"{fresh}.parquet"
            con.execute(
                f"COPY ({rest} ORDER BY {order}) TO {sql.literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
            )
            days = file.days
            if table.load is Load.EVENT:
                day = f"CAST({sql.name(table.day)} AS DATE)"
                found = con.execute(f"SELECT DISTINCT {day} AS d FROM {sql.parquet([path])} ORDER BY d").fetchall()
                days = tuple(d.isoformat() for (d,) in found)
            where = file.path.replace(file.id, fresh)
            staged[where] = path
            kept.append(dataclasses.replace(file, id=fresh, path=where, rows=file.rows - count, days=days))
        if gone:
            batches = [
                dataclasses.replace(b, rows={name: count - by_batch[b.id, name] for name, count in b.rows.items()})
                for b in head.batches
            ]
            lake.commit(head, batches, kept, staged)
        _forget_refused(lake, {one for columns in rows.values() for values in columns.values() for one in values})
    return dict(gone)


def _forget_refused(lake: Lake, values: Collection[str]) -> None:
    """Take every line that names one of ``values`` out of the lists of refused rows."""
    for listed in sorted((lake.path / "quarantine").glob("**/*.csv")) if values else ():
        lines = listed.read_text("utf-8").splitlines(keepends=True)
        left = [line for line in lines if not any(one in line for one in values)]
        if len(left) < len(lines):
            fresh = listed.with_suffix(".fresh")
            fresh.write_text("".join(left), "utf-8")
            fresh.replace(listed)


def forget_the_past(lake: Lake) -> int:
    """Delete every snapshot but the current one, and the files only they used; how many files."""
    return lake.vacuum(keep=1)
