"""The lake: landing, snapshots and engines. Tables in Parquet, history behind atomic snapshots."""

from tenure.lake.control import ControlTotal
from tenure.lake.delivery import Receipt
from tenure.lake.engine import Engine, connect, refuse_unknown
from tenure.lake.landing import land, land_tables
from tenure.lake.mapping import Mapping
from tenure.lake.schema import schema_of
from tenure.lake.snapshot import Batch, DataFile, Snapshot
from tenure.lake.store import Lake, undo

__all__ = [
    "Batch",
    "ControlTotal",
    "DataFile",
    "Engine",
    "Lake",
    "Mapping",
    "Receipt",
    "Snapshot",
    "connect",
    "land",
    "land_tables",
    "refuse_unknown",
    "schema_of",
    "undo",
]
