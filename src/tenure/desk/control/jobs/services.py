"""Running a job again, and putting back what a killed worker had taken."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus as Status
from django_tasks_db.models import DBTaskResult

from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound
from tenure.desk.control.jobs.selectors import LONGEST
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of


def run_again(user: User, job_id: UUID, *, now: datetime) -> None:
    """Put a job that failed, or whose worker was killed, back into the queue.

    Raises:
        NotAllowed: no post of theirs runs the desk.
        NotFound: there is no such job.
        Conflict: it waits, runs or is done: somebody was first.
    """
    if not reach_of(user).may(Permission.RUN_JOBS):
        raise NotAllowed(_("None of your posts runs background jobs."))
    with transaction.atomic():
        job = DBTaskResult.objects.select_for_update().filter(pk=job_id).first()
        if job is None:
            raise NotFound(_("There is no such job."))
        lost = job.status == Status.RUNNING and job.started_at is not None and job.started_at < now - LONGEST
        if job.status != Status.FAILED and not lost:
            raise Conflict(_("This job waits, runs or is done already."), _("Look at the list again."))
        _put_back(job)
        audit.record(user, "job.run_again", now=now, kind="job", key=str(job.pk), changes={"task": job.task_path})


def put_back_lost(now: datetime) -> int:
    """Put back every job whose worker was killed under it; a worker does so when it starts. How many."""
    with transaction.atomic():
        lost = DBTaskResult.objects.select_for_update().filter(status=Status.RUNNING, started_at__lt=now - LONGEST)
        jobs = list(lost)
        for job in jobs:
            _put_back(job)
        if jobs:
            tasks = sorted(job.task_path for job in jobs)
            audit.record(None, "job.put_back", now=now, kind="job", changes={"tasks": tasks}, actor_name="the worker")
    return len(jobs)


def _put_back(job: DBTaskResult) -> None:
    job.status, job.started_at, job.finished_at = Status.READY, None, None
    job.exception_class_path = job.traceback = ""
    job.save(update_fields=["status", "started_at", "finished_at", "exception_class_path", "traceback"])
