"""The lake: landing, snapshots and engines. Tables in Parquet, history behind atomic snapshots."""

from tenure.lake.engine import Engine, connect
from tenure.lake.landing import ControlTotal, Receipt, land_tables
from tenure.lake.schema import schema_of
from tenure.lake.snapshot import Batch, DataFile, Snapshot
from tenure.lake.store import Lake, undo

__all__ = [
    "Batch",
    "ControlTotal",
    "DataFile",
    "Engine",
    "Lake",
    "Receipt",
    "Snapshot",
    "connect",
    "land_tables",
    "schema_of",
    "undo",
]
