"""Who is told in the transaction that a case's clocks were set anew, by path, so that nobody is imported from above."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.utils.module_loading import import_string

from tenure.desk.voice.cases.models import Case

CLOCKS = ("tenure.desk.voice.complaints.due.clocks_set",)


@cache
def clock_listeners() -> tuple[Callable[[Case], None], ...]:
    """Those of :data:`CLOCKS`."""
    return tuple(import_string(path) for path in CLOCKS)
