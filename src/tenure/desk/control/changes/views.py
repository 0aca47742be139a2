"""Changes that wait for a second pair of eyes, and what became of those one made or checked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.desk.control.changes import selectors, services
from tenure.desk.control.changes.kinds import kind_of
from tenure.desk.kit.pages import says_no, signed_in

LISTS = {"waiting": selectors.to_check, "made": selectors.made_by, "checked": selectors.checked_by}


@never_cache
@signed_in
@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, what they made, what they decided."""
    which = request.GET.get("list", "")
    which = which if which in LISTS else "waiting"
    found = [_labelled(change, request) for change in LISTS[which](request.user)]
    return render(request, "control/changes.html", {"found": found, "which": which, "most": selectors.MOST})


@never_cache
@signed_in
@require_GET
def change(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """One change: what it would do, why, and the two buttons for who may decide."""
    found = _labelled(selectors.change(request.user, change_id), request)
    context = {
        "change": found,
        "lines": kind_of(found).lines(found, request.user),
        "may_check": found.state == "waiting" and selectors.may_check(request.user, found),
        "own": found.made_by_id == request.user.pk,
    }
    return render(request, "control/change.html", context)


def _labelled(change: Any, request: HttpRequest) -> Any:
    kind = kind_of(change)
    change.title = kind.name()
    change.about, change.address = kind.about(change, request.user)
    return change


@signed_in
@require_POST
@says_no
def decide(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Approve, reject or withdraw a change."""
    act, words, now = request.POST.get("act", ""), request.POST.get("words", ""), timezone.now()
    if act == "approve":
        services.approve(request.user, change_id, words, now=now)
        messages.success(request, _("Approved; it is in force now."))
    elif act == "withdraw":
        services.withdraw(request.user, change_id, now=now)
        messages.success(request, _("Withdrawn."))
    else:
        services.reject(request.user, change_id, words, now=now)
        messages.success(request, _("Rejected; its maker sees why."))
    return redirect("control:changes")
