"""What a night works out once and keeps: Parquet files under the lake's ``derived/night/``, named by their origin.

A cached table's name says everything it depends on (the data files it was made of and the thresholds it uses), so
it is never stale: other input, other name. ``--full`` makes each of them anew. What no live data file and no
current night needs is swept.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis.expr.datatypes as dt
import pyarrow as pa
import pyarrow.parquet as pq

from tenure.lake import durable

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.lake import Engine, Lake

#: Raised whenever the meaning of a cached table changes, so that no night mixes old and new arithmetic.
ARITHMETIC = 1


def key(*parts: Any) -> str:
    """A short name for what a table depends on."""
    text = json.dumps([ARITHMETIC, *parts], sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def write_rows(rows: pa.Table, path: Path) -> None:
    """Write a table made in memory to one Parquet file, whole or not at all."""
    unfinished = path.with_name(path.name + durable.UNFINISHED)
    pq.write_table(rows, unfinished, compression="zstd")
    unfinished.replace(path)


def typed(expr: ir.Table) -> ir.Table:
    """The table with 64-bit whole numbers, doubles, days and microseconds, whatever the engine made of them.

    A cast to the type Ibis believes a column to have would be dropped as needless, though an engine's literal may be
    narrower, its sum wider and its day plus days a moment; a cast to the same type without null is kept.
    """

    def sure(name: str, kind: dt.DataType) -> ir.Value:
        if kind.is_integer():
            return expr[name].cast(dt.Int64(nullable=False))
        if kind.is_floating() or kind.is_decimal():
            return expr[name].cast(dt.Float64(nullable=False))
        if kind.is_date():
            return expr[name].cast(dt.Date(nullable=False))
        if kind.is_timestamp():
            return expr[name].cast(dt.Timestamp(scale=6, nullable=False))
        return expr[name]

    return expr.select(**{name: sure(name, kind) for name, kind in expr.schema().items()})


class Cache:
    """Makes a table unless it is there already, and remembers which ones this night used."""

    def __init__(self, lake: Lake, engine: Engine, *, full: bool = False) -> None:
        self.lake, self.engine, self.full = lake, engine, full
        self.used: set[Path] = set()
        self.made: dict[Path, int] = {}

    def path(self, folder: str, name: str) -> Path:
        """Where a cached table stands."""
        return self.lake.derived("night", folder, f"{name}.parquet")

    def has(self, path: Path) -> bool:
        """Whether a table is there to be used: always made anew once in a full night."""
        return path in self.made or (path.exists() and not self.full)

    def keep(self, folder: str, name: str, make: Callable[[], ir.Table], *, sort: Sequence[str] = ()) -> Path:
        """The table ``make`` gives, from the cache if it is there."""
        path = self.path(folder, name)
        self.used.add(path)
        if not self.has(path):
            self.made[path] = self.engine.write(typed(make()), path, sort=sort)
        return path

    def keep_rows(self, folder: str, name: str, make: Callable[[], pa.Table]) -> pa.Table:
        """The table in memory that ``make`` gives, from the cache if it is there."""
        path = self.path(folder, name)
        self.used.add(path)
        if not self.has(path):
            rows = make()
            path.parent.mkdir(parents=True, exist_ok=True)
            write_rows(rows, path)
            self.made[path] = rows.num_rows
        return pq.read_table(path)

    def rows_made(self, paths: Iterable[Path]) -> int:
        """Rows written this night into these tables; those that were there count nothing."""
        return sum(self.made.get(path, 0) for path in paths)

    def sweep(self, folder: str, keep: Callable[[Path], bool] = lambda _: False) -> int:
        """Delete the tables of a folder that this night didn't use and ``keep`` doesn't want; how many."""
        gone = [path for path in self.lake.derived("night", folder).glob("*.parquet") if path not in self.used]
        gone = [path for path in gone if not keep(path)]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def drop(self, folder: str) -> None:
        """Delete a folder of cached tables."""
        shutil.rmtree(self.lake.derived("night", folder), ignore_errors=True)
