"""Lets a test's database be emptied although the triggers of what is append-only forbid it."""

from __future__ import annotations

import importlib
from typing import Any

from django.db import connection
from django.test import TransactionTestCase

triggers = importlib.import_module("tenure.desk.control.migrations.0002_append_only")
TRIGGERS = (
    triggers,
    importlib.import_module("tenure.desk.voice.cases.migrations.0003_steps_stand_as_they_were_written"),
)


def let_tests_empty_the_trail() -> None:
    """After each transactional test: lift the triggers, empty the tables as Django does, lay the triggers again."""
    original = TransactionTestCase._fixture_teardown
    if getattr(original, "_lifts", False):
        return

    def emptied(self: Any) -> None:
        for each in TRIGGERS:
            each.lift(connection)
        try:
            original(self)
        finally:
            for each in TRIGGERS:
                each.lay(connection)

    emptied._lifts = True  # type: ignore[attr-defined]
    TransactionTestCase._fixture_teardown = emptied  # type: ignore[method-assign]
