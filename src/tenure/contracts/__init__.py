"""Contracts: what each table of the lake and of the publication is. Written once, used everywhere."""

from tenure.contracts.columns import Column, DataClass, Kind, Load, Mask, Table
from tenure.contracts.lake import LAKE, LAKE_TABLES, LOAD_ORDER
from tenure.contracts.published import PUBLISHED, PUBLISHED_TABLES

__all__ = [
    "LAKE",
    "LAKE_TABLES",
    "LOAD_ORDER",
    "PUBLISHED",
    "PUBLISHED_TABLES",
    "Column",
    "DataClass",
    "Kind",
    "Load",
    "Mask",
    "Table",
]
