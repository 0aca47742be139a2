"""Jobs and their states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus as Status
from django_tasks_db.models import DBTaskResult

from tenure.desk.control.errors import NotAllowed
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of

#: A job that has run for longer has lost its worker: no job of the desk takes as long.
LONGEST = timedelta(hours=1)
#: Jobs shown in one list.
MOST = 100

WAITING, RUNNING, LOST, FAILED, DONE = "waiting", "running", "lost", "failed", "done"
STATES = (WAITING, RUNNING, LOST, FAILED, DONE)
_SHOWN = {Status.READY: WAITING, Status.RUNNING: RUNNING, Status.FAILED: FAILED, Status.SUCCESSFUL: DONE}


def job_names() -> dict[str, str]:
    """What each kind of job does, in the reader's language; others are shown by their function's name."""
    return {
        "write_export": _("Write an export"),
        "work_sheet": _("Apply or undo an edited workbook"),
        "carry_hand_over": _("Carry out or take back a hand-over"),
        "write_copy": _("Write a copy of a person's data"),
        "take_moments_of_night": _("Take the night's moments and draw whom to ask"),
        "ask_the_lost": _("Open exit interviews with whom the night found lost"),
    }


@dataclass(frozen=True, slots=True)
class Job:
    """One job: its state, when it was asked for, ran and ended, and why it failed, without a customer's values."""

    id: UUID
    name: str
    state: str
    asked_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    problem: str

    @property
    def again(self) -> bool:
        """Whether it can be run again."""
        return self.state in (FAILED, LOST)

    @property
    def seconds(self) -> float | None:
        """How long it ran."""
        return (self.ended_at - self.began_at).total_seconds() if self.began_at and self.ended_at else None


def jobs(user: User, state: str, now: datetime) -> list[Job]:
    """The newest jobs, of one state or all.

    Raises:
        NotAllowed: no post of theirs looks at the desk's running.
    """
    _must_see(user)
    rows = DBTaskResult.objects.order_by("-enqueued_at")
    if state in STATES:
        rows = rows.filter(_of(state, now))
    names = job_names()
    return [_job(row, names, now) for row in rows[:MOST]]


def counts(user: User, now: datetime) -> dict[str, int]:
    """How many jobs are in each state; finished ones are forgotten after some weeks."""
    _must_see(user)
    by_status = dict(DBTaskResult.objects.order_by().values_list("status").annotate(Count("pk")))
    found = {shown: by_status.get(status, 0) for status, shown in _SHOWN.items()}
    found[LOST] = DBTaskResult.objects.filter(_of(LOST, now)).count()
    found[RUNNING] -= found[LOST]
    return found


def _must_see(user: User) -> None:
    if not reach_of(user).may(Permission.VIEW_DATA):
        raise NotAllowed(_("None of your posts looks at background jobs."))


def _of(state: str, now: datetime) -> Q:
    begun = now - LONGEST
    narrowed = {
        WAITING: Q(status=Status.READY),
        RUNNING: Q(status=Status.RUNNING, started_at__gte=begun),
        LOST: Q(status=Status.RUNNING, started_at__lt=begun),
        FAILED: Q(status=Status.FAILED),
        DONE: Q(status=Status.SUCCESSFUL),
    }
    return narrowed[state]


def _job(row: DBTaskResult, names: dict[str, str], now: datetime) -> Job:
    function = row.task_path.rsplit(".", 1)[-1]
    state = _SHOWN[Status(row.status)]
    if state == RUNNING and row.started_at is not None and row.started_at < now - LONGEST:
        state = LOST
    # The class alone: a message or a traceback may hold a customer's values; the worker's log has the rest.
    problem = row.exception_class_path.rsplit(".", 1)[-1] if state == FAILED else ""
    return Job(row.pk, names.get(function, function), state, row.enqueued_at, row.started_at, row.finished_at, problem)
