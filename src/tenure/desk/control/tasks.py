"""Work the web process leaves to the worker (``tenure worker``). The queue's library is known to this file alone."""

from __future__ import annotations

from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task

from tenure.desk.control import exports
from tenure.desk.publication.current import pin


@task()
def write_export(export_id: str) -> None:
    """Write the file of an export."""
    exports.write(export_id, timezone.now())


@task()
def work_sheet(sheet_id: str) -> None:
    """Put an approved workbook's edits into force, or take them back."""
    from tenure.desk.control.sheets import services as sheets

    sheets.work(sheet_id, timezone.now())


@task()
def take_moments_of_night(run_id: str) -> None:
    """Take the moments of truth a night published and draw whom to ask; by its path, as below."""
    with pin():
        import_string("tenure.desk.voice.surveys.night.take_published")(now=timezone.now())


@task()
def ask_the_lost(run_id: str) -> None:
    """Open an exit interview with everybody a night found newly lost; by its path, as above."""
    with pin():
        import_string("tenure.desk.voice.leaving.opening.open_for_lost")(now=timezone.now())


@task()
def write_copy(request_id: str) -> None:
    """Write the desk's part of a person's copy; known by its path, because control lies below that app."""
    import_string("tenure.desk.requests.services.build_copy")(request_id, timezone.now())
