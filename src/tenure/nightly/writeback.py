"""Brings what people did at the desk back into the lake, where the next night reads it."""

from __future__ import annotations

import pyarrow as pa

from tenure.contracts import LAKE
from tenure.contracts.lake import DESK_MERGES, DESK_SOURCE, INTERACTION, PARTY_MERGE
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
            # A delivery replaces all of its day, so what is empty need not be told; a day of nothing is one such table.
            told = {name: found for name, found in day.tables.items() if found} or {INTERACTION.name: []}
            tables = {
                name: pa.Table.from_pylist(found, schema=schema_of(LAKE[name]).to_pyarrow())
                for name, found in told.items()
            }
            receipt = land_tables(lake, DESK_SOURCE, day.day, dict(tables))
            day.written_back(receipt.batch.id)
            rows += day.rows
            task.advance()
    return rows


def write_back_corrections(lake: Lake) -> int:
    """Write the desk's corrections of themes into the lake's list of them; how many lines are otherwise than before.

    The list is replaced whole, so it repeats harmlessly, and a correction taken back at the desk is out of it.
    """
    from tenure.desk.writeback.improved import corrections_standing
    from tenure.nightly.theme_corrections import take_over

    return take_over(lake.path, corrections_standing())


def write_back_merges(lake: Lake, *, progress: Progress = QUIET) -> int:
    """Land every day of merges the lake lacks; returns how many merges those days hold. It repeats harmlessly."""
    from tenure.desk.writeback import merges_to_write_back

    merges = 0
    schema = schema_of(PARTY_MERGE).to_pyarrow()
    days = list(merges_to_write_back())
    with progress.task("Writing merges back to the lake", len(days)) as task:
        for day in days:
            rows = pa.Table.from_pylist(day.rows, schema=schema)
            receipt = land_tables(lake, DESK_MERGES, day.day, {PARTY_MERGE.name: rows})
            day.written_back(receipt.batch.id)
            merges += len(day.rows)
            task.advance()
    return merges
