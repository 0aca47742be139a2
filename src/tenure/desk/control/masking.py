"""Values as a reader may see them. Pages and API show a C2 or C3 value through here and in no other way."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from tenure.contracts import Column, DataClass, Mask, Table
from tenure.desk.control.masks import hide, patterns_of
from tenure.desk.control.rules import in_clear
from tenure.desk.org.rules import Reach


def masked(value: Any, column: Column, reach: Reach) -> Any:
    """``value`` of ``column`` as someone of ``reach`` may see it: itself, or masked text; None stays None.

    A masked date shows its year alone; text without a pattern of its own is hidden whole.
    """
    if value is None or in_clear(column, reach):
        return value
    if isinstance(value, date):
        return f"{value.year}-**-**"
    return hide(str(value), column.mask or Mask.HIDDEN, patterns_of(Path(settings.HOME)))


def masked_row(row: Any, table: Table, reach: Reach) -> dict[str, Any]:
    """Every column of ``row`` (a published row) as someone of ``reach`` may see it."""
    return {column.name: masked(getattr(row, column.name), column, reach) for column in table}


def clear_columns(table: Table, reach: Reach) -> list[str]:
    """Names of the C2 and C3 columns of ``table`` that someone of ``reach`` sees unmasked; what the trail notes."""
    return [c.name for c in table if c.data_class is not DataClass.C1 and in_clear(c, reach)]
