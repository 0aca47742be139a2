"""Gets Django and the desk's database ready for a command."""

from __future__ import annotations

import os

from tenure.errors import DeskDatabaseError
from tenure.progress import Progress


def prepare() -> None:
    """Load the desk's settings and apps; call before importing anything of ``tenure.desk`` with models."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.desk.conf.settings")
    import django

    django.setup()


def up_to_date(progress: Progress) -> None:
    """Bring the desk's tables to this version.

    Raises:
        DeskDatabaseError: the database cannot be reached, or is of a newer version than this program.
    """
    from django.core.management import call_command
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except OperationalError as wrong:
        raise DeskDatabaseError(
            f"The desk's database does not answer: {str(wrong).strip().splitlines()[0]}",
            "Start it, or correct TENURE_DATABASE; `tenure doctor` checks the rest.",
        ) from None
    known = set(executor.loader.disk_migrations)
    newer = sorted(
        f"{app} {name}"
        for app, name in executor.loader.applied_migrations
        if app in executor.loader.migrated_apps and (app, name) not in known
    )
    if newer:
        raise DeskDatabaseError(
            f"The desk's database is of a newer version of Tenure ({newer[-1]}).",
            "Install that version, or give this one a database of its own (TENURE_HOME or TENURE_DATABASE).",
        )
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with progress.task("Preparing the desk's database"):
            call_command("migrate", verbosity=0, interactive=False)
