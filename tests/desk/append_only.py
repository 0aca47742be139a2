"""Empties a test's database quickly, and although the triggers of what is append-only forbid it."""

from __future__ import annotations

import importlib
from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase

triggers = importlib.import_module("tenure.desk.control.migrations.0002_append_only")
TRIGGERS = (
    triggers,
    importlib.import_module("tenure.desk.voice.cases.migrations.0003_steps_stand_as_they_were_written"),
)

#: What Django keeps of the models themselves: the same after every test.
OF_DJANGO = {"django_migrations", "django_content_type", "auth_permission"}


def let_tests_empty_the_trail() -> None:
    """After each transactional test: lift the triggers, empty the tables as Django does, lay the triggers again.

    Of two hundred tables a test writes to thirty: only those that hold something are emptied, and the content types
    stand as they are instead of being deleted and written anew.
    """
    original = TransactionTestCase._fixture_teardown
    if getattr(original, "_lifts", False):
        return

    def emptied(self: Any) -> None:
        for each in TRIGGERS:
            each.lift(connection)
        try:
            _empty()
        finally:
            for each in TRIGGERS:
                each.lay(connection)

    emptied._lifts = True  # type: ignore[attr-defined]
    TransactionTestCase._fixture_teardown = emptied  # type: ignore[method-assign]


def _empty() -> None:
    tables = sorted(set(connection.introspection.django_table_names(only_existing=True)) - OF_DJANGO)
    with connection.cursor() as cursor:
        held = []
        for some in (tables[k : k + 100] for k in range(0, len(tables), 100)):  # SQLite joins no more than 500
            asked = (f"SELECT '{one}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(one)})" for one in some)
            cursor.execute(" UNION ALL ".join(asked))
            held += [name for (name,) in cursor.fetchall()]
        names = [connection.ops.quote_name(name) for name in held]
        if not names:
            return
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(names)} CASCADE")
            return
        with connection.constraint_checks_disabled(), transaction.atomic():
            for name in names:
                cursor.execute(f"DELETE FROM {name}")
