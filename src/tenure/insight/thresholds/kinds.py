"""Of what kind a threshold is and what it may be: the reader checks a bank's own values by it."""

from __future__ import annotations

from dataclasses import field
from typing import Any


def money(minimum: int = 0) -> Any:
    """An amount in yuan, held in minor units of the reporting currency: at least ``minimum`` of these."""
    return field(metadata={"kind": "money", "minimum": minimum})


def share(minimum: float = 0, maximum: float = 1) -> Any:
    """A share, bounds included."""
    return field(metadata={"kind": "share", "minimum": minimum, "maximum": maximum})


def count(minimum: int = 0, maximum: int = 10_000) -> Any:
    """A whole number, bounds included."""
    return field(metadata={"kind": "count", "minimum": minimum, "maximum": maximum})


def switch() -> Any:
    """True or false."""
    return field(metadata={"kind": "switch"})


def tier() -> Any:
    """One of ``codes.TIER_ORDER``."""
    return field(metadata={"kind": "tier"})
