"""Brings what the desk wrote back into the lake, where the next night reads it."""

from __future__ import annotations

import pyarrow as pa

from tenure.contracts import LAKE
from tenure.contracts.lake import DESK_SOURCE
from tenure.lake import Lake, land_tables, schema_of
from tenure.progress import QUIET, Progress


def write_back(lake: Lake, *, progress: Progress = QUIET) -> int:
    """Land every day at the desk of which the lake lacks something; returns how many rows those days hold.

    Killed anywhere it can simply run again: a day already landed changes nothing, and only then is the desk
    told. A day of which nothing stands any more is corrected to nothing.
    """
    from tenure.desk.writeback import days_to_write_back

    rows = 0
    with progress.task("Writing the desk's work back to the lake") as task:
        for day in days_to_write_back():
            tables = {
                name: pa.Table.from_pylist(found, schema=schema_of(LAKE[name]).to_pyarrow())
                for name, found in day.tables.items()
            }
            receipt = land_tables(lake, DESK_SOURCE, day.day, dict(tables))
            day.written_back(receipt.batch.id)
            rows += day.rows
            task.advance()
    return rows
