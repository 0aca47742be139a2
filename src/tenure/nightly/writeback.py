"""Brings what people did at the desk, contacts and merges, back into the lake, where the next night reads it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from tenure.contracts import LAKE
from tenure.contracts.lake import DESK_MERGES, DESK_SOURCE, PARTY_MERGE
from tenure.lake import Lake, land_tables, schema_of
from tenure.progress import QUIET, Progress


def write_back(lake: Lake, *, progress: Progress = QUIET) -> int:
    """Land every day of contacts the lake lacks; returns how many contacts those days hold.

    Killed anywhere it can simply run again: a day already landed changes nothing, and only then is the desk
    told. A day whose contacts were all withdrawn is corrected to nothing.
    """
    from tenure.desk.writeback import days_to_write_back

    contacts = 0
    schema = schema_of(LAKE["interaction"]).to_pyarrow()
    days = list(days_to_write_back())
    with progress.task("Writing contacts back to the lake", len(days)) as task:
        for day in days:
            rows: list[dict[str, Any]] = day.rows
            receipt = land_tables(
                lake, DESK_SOURCE, day.day, {"interaction": pa.Table.from_pylist(rows, schema=schema)}
            )
            day.written_back(receipt.batch.id)
            contacts += len(day.rows)
            task.advance()
    return contacts


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
