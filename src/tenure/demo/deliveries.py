"""What the core system sends: a long history by month, then one small delivery a day; memory stays bounded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tenure.contracts import LAKE, LAKE_TABLES, Load
from tenure.demo.clock import NEVER, Window, day_of
from tenure.demo.columns import schema_of
from tenure.demo.settings import Delivery

_ROWS_HELD = 1 << 17


class _File:
    """One Parquet file being written; rows are held until a row group is worth writing."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self.rows = 0
        self._schema = schema
        self._held: list[pa.Table] = []
        self._held_rows = 0
        self._writer: pq.ParquetWriter | None = None

    def add(self, table: pa.Table) -> None:
        self._held.append(table)
        self._held_rows += table.num_rows
        self.rows += table.num_rows
        if self._held_rows >= _ROWS_HELD:
            self._flush()

    def _flush(self) -> None:
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = pq.ParquetWriter(self.path, self._schema, compression="zstd", compression_level=1)
        if self._held:
            self._writer.write_table(pa.concat_tables(self._held).combine_chunks(), row_group_size=_ROWS_HELD)
        self._held, self._held_rows = [], 0

    def close(self) -> None:
        self._flush()
        if self._writer is not None:
            self._writer.close()


class Outbox:
    """Sorts rows into deliveries. Events go by their day; a state table is written as it stood on each date."""

    def __init__(self, folder: Path, window: Window) -> None:
        self.folder = folder
        self.window = window
        #: Business dates of the deliveries: the last day of the history, then every later day.
        self.as_of = [window.cut, *range(window.cut + 1, window.end + 1)]
        history = [int(d) for d in window.month_starts if d <= window.cut]
        self._starts = np.array([window.eve, *history, *self.as_of[1:]], np.int64)
        self._names = [f"{day_of(window.eve):%Y-%m}", *(f"{day_of(d):%Y-%m}" for d in history)]
        self._names += [day_of(d).isoformat() for d in self.as_of[1:]]
        self._places = [0] * (1 + len(history)) + list(range(1, len(self.as_of)))
        self._files: dict[tuple[str, int, str], _File] = {}

    def _file(self, table: str, place: int, name: str) -> _File:
        key = (table, place, name)
        if key not in self._files:
            folder = self.folder / table / day_of(self.as_of[place]).isoformat()
            self._files[key] = _File(folder / f"{name}.parquet", schema_of(LAKE[table]))
        return self._files[key]

    def events(self, table: str, rows: pa.Table, day: NDArray[np.int64]) -> None:
        """File event rows by ``day`` (ordinals between the eve of the history and its end)."""
        if not rows.num_rows:
            return
        if day.min() < self.window.eve or day.max() > self.window.end:
            raise ValueError(f"{table}: a row is dated outside the history")
        bucket = np.searchsorted(self._starts, day, side="right") - 1
        order = np.argsort(bucket, kind="stable")
        edges = np.searchsorted(bucket[order], np.arange(len(self._starts) + 1))
        for at, name in enumerate(self._names):
            if edges[at + 1] > edges[at]:
                # Taken, not sliced: a slice for a file that is written last would keep the whole block in memory.
                part = rows.take(pa.array(order[edges[at] : edges[at + 1]]))
                self._file(table, self._places[at], name).add(part)

    def state(self, table: str, place: int, rows: pa.Table) -> None:
        """Add rows of a state table to delivery ``place``."""
        self._file(table, place, "all").add(rows)

    def finish(self) -> tuple[list[Delivery], dict[str, int]]:
        """Close every file; the deliveries in order and the rows written per table."""
        for file in self._files.values():
            file.close()
        rows: dict[str, int] = {}
        sent: list[dict[str, list[Path]]] = [{} for _ in self.as_of]
        for (table, place, _), file in sorted(self._files.items(), key=lambda item: item[0]):
            rows[table] = rows.get(table, 0) + file.rows
            sent[place].setdefault(table, []).append(file.path)
        deliveries = []
        for business_day, given in zip(self.as_of, sent, strict=True):
            tables = {t: given[t] for t in LAKE_TABLES if t in given}
            full = [t for t in tables if LAKE[t].load is Load.STATE]
            deliveries.append(Delivery(day_of(business_day), tables, full))
        return deliveries, rows


def known(day: NDArray[np.int64], as_of: int) -> NDArray[np.int64]:
    """A day as the bank knows it on ``as_of``: what lies ahead has not happened."""
    return np.where(day > as_of, NEVER, day)
