"""Who is told in the transaction that a case's clocks were set anew, and who names what a complaint's steps are about;
by path, so that nobody is imported from above."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache

from django.utils.module_loading import import_string

from tenure.desk.voice.cases.models import Case

CLOCKS = ("tenure.desk.voice.complaints.due.clocks_set",)
STEPS = "tenure.desk.voice.complaints.wording.step_words"


@cache
def clock_listeners() -> tuple[Callable[[Case], None], ...]:
    """Those of :data:`CLOCKS`."""
    return tuple(import_string(path) for path in CLOCKS)


def step_words(kind: str, detail: str, at: datetime) -> str:
    """What a step of a complaint is about, in the reader's language: the channel it came by, how it was coded."""
    return str(import_string(STEPS)(kind, detail, at))
