"""Work the web process leaves to the worker (``tenure worker``). The queue's library is known to this file alone."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from tenure.desk.control import exports


@task()
def write_export(export_id: str) -> None:
    """Write the file of an export."""
    exports.write(export_id, timezone.now())
