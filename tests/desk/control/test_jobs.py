"""Background jobs: seen by who runs the desk, run again when they failed or lost their worker, and never doubled."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus as Status
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

import tenure.desk
from desk.small_bank import SmallBank
from tenure.desk.control import exports
from tenure.desk.control import services as control
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound
from tenure.desk.control.jobs import selectors, services
from tenure.desk.control.models import AuditEvent, Export

DESK = Path(tenure.desk.__file__).parent


@pytest.fixture(autouse=True)
def _own_home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


def test_every_job_has_a_name_people_read() -> None:
    modules = [import_module(f"tenure.desk.{path.parent.name}.tasks") for path in DESK.glob("*/tasks.py")]
    jobs = {name for module in modules for name, one in vars(module).items() if isinstance(one, Task)}
    assert len(jobs) > 5 and jobs == set(selectors.job_names())


@pytest.fixture
def export(bank: SmallBank, django_capture_on_commit_callbacks: Any) -> Export:
    """An export that waits, with its job in the queue."""
    with django_capture_on_commit_callbacks(execute=True):
        return control.request_export(
            bank.user("branch_head"), "customers", {}, "review", now=timezone.now(), language="en"
        )


def _work() -> None:
    """Run what waits as a worker does, but in the test's own transaction."""
    for job in DBTaskResult.objects.ready():
        job.claim("worker")
        try:
            job.set_successful(job.task.call(*job.args_kwargs["args"], **job.args_kwargs["kwargs"]))
        except OSError as wrong:
            job.set_failed(wrong)


def test_a_job_that_failed_is_run_again_and_then_does_its_work(
    bank: SmallBank, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator, now = bank.user("administrator"), timezone.now()

    def full(*_args: Any, **_named: Any) -> int:
        raise OSError(28, "No space left on device; 张三 13800000000")

    with monkeypatch.context() as broken:
        broken.setattr(exports, "write_workbook", full)
        _work()
    (job,) = selectors.jobs(administrator, selectors.FAILED, now)
    assert job.problem == "OSError" and job.again  # the message may hold a customer's values
    assert selectors.counts(administrator, now)[selectors.FAILED] == 1
    services.run_again(administrator, job.id, now=now)
    _work()
    export.refresh_from_db()
    assert export.state == Export.State.READY
    (job,) = selectors.jobs(administrator, selectors.DONE, now)
    assert not job.again
    with pytest.raises(Conflict):
        services.run_again(administrator, job.id, now=now)
    assert AuditEvent.objects.filter(act="job.run_again").count() == 1


def test_a_job_whose_worker_was_killed_is_put_back_by_the_next_worker(bank: SmallBank, export: Export) -> None:
    now = timezone.now()
    DBTaskResult.objects.update(status=Status.RUNNING, started_at=now - timedelta(minutes=59))
    assert services.put_back_lost(now) == 0  # it may still be at work
    assert [job.state for job in selectors.jobs(bank.user("administrator"), "", now)] == [selectors.RUNNING]
    later = now + timedelta(minutes=2)
    assert [job.state for job in selectors.jobs(bank.user("administrator"), "", later)] == [selectors.LOST]
    assert services.put_back_lost(later) == 1
    _work()
    export.refresh_from_db()
    assert export.state == Export.State.READY and DBTaskResult.objects.count() == 1


def test_who_runs_the_desk_sees_jobs_and_an_administrator_runs_them(
    bank: SmallBank, export: Export, as_user: Any
) -> None:
    number = DBTaskResult.objects.get().pk
    DBTaskResult.objects.update(status=Status.FAILED, exception_class_path="builtins.OSError")
    for role, sees in (("analyst", 200), ("auditor", 200), ("administrator", 200), ("branch_head", 403)):
        page = as_user(bank.user(role)).get("/audit/jobs/")
        assert page.status_code == sees, role
        assert ('/again"' in page.content.decode()) == (role == "administrator")
    with pytest.raises(NotAllowed):
        services.run_again(bank.user("analyst"), number, now=timezone.now())
    with pytest.raises(NotFound):
        services.run_again(bank.user("administrator"), uuid4(), now=timezone.now())
    assert as_user(bank.user("administrator")).post(f"/audit/jobs/{number}/again").status_code == 302
    assert DBTaskResult.objects.get().status == Status.READY
