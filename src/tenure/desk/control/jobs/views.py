"""The page of background jobs."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.desk.control.jobs import selectors, services
from tenure.desk.kit.pages import says_no, signed_in


def state_names() -> dict[str, str]:
    """States as people call them."""
    return {
        selectors.WAITING: _("waiting"),
        selectors.RUNNING: _("running"),
        selectors.LOST: _("worker lost"),
        selectors.FAILED: _("failed"),
        selectors.DONE: _("done"),
    }


@never_cache
@signed_in
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """What waits, runs, failed and is done."""
    now, state = timezone.now(), request.GET.get("state", "")
    found, counts, names = selectors.jobs(request.user, state, now), selectors.counts(request.user, now), state_names()
    context = {
        "found": [(job, names[job.state]) for job in found],
        "states": [(one, names[one], counts[one]) for one in selectors.STATES],
        "state": state,
        "most": selectors.MOST,
    }
    return render(request, "control/jobs.html", context)


@signed_in
@require_POST
@says_no
def again(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Run a job again."""
    services.run_again(request.user, job_id, now=timezone.now())
    messages.success(request, _("Back in the queue; a worker takes it within seconds."))
    return redirect("control:jobs")
