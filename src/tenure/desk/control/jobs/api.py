"""API: background jobs."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.control.jobs import selectors, services

router = Router(tags=["jobs"])


class JobDocument(Schema):
    """A background job."""

    id: UUID
    name: str
    state: str = Field(description="waiting, running, lost, failed or done")
    asked_at: dt.datetime
    began_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    problem: str = Field(description="the kind of failure; the worker's log has the rest")


@router.get("/jobs", auth=allow("data:read"), response={200: list[JobDocument], **REFUSALS})
def list_jobs(request: HttpRequest, state: str = "") -> Any:
    """The newest 100 jobs, of one state or all."""
    return selectors.jobs(request.auth, state, timezone.now())


@router.post("/jobs/{uuid:job_id}/again", auth=allow("jobs:write"), response={204: None, **WRITE_REFUSALS})
def run_job_again(request: HttpRequest, job_id: UUID) -> Any:
    """Put a job that failed, or lost its worker, back into the queue."""
    services.run_again(request.auth, job_id, now=timezone.now())
    return Status(204, None)
