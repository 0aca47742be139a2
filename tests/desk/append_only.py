"""Lets a test's database be emptied although the audit trail's triggers forbid it."""

from __future__ import annotations

import importlib
from typing import Any

from django.db import connection
from django.test import TransactionTestCase

triggers = importlib.import_module("tenure.desk.control.migrations.0002_append_only")


def let_tests_empty_the_trail() -> None:
    """After each transactional test: lift the triggers, empty the tables as Django does, lay the triggers again."""
    original = TransactionTestCase._fixture_teardown
    if getattr(original, "_lifts", False):
        return

    def emptied(self: Any) -> None:
        triggers.lift(connection)
        try:
            original(self)
        finally:
            triggers.lay(connection)

    emptied._lifts = True  # type: ignore[attr-defined]
    TransactionTestCase._fixture_teardown = emptied  # type: ignore[method-assign]
