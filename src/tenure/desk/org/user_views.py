"""The page on which administrators see who may sign in, and let people in or keep them out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.desk.control.errors import Unacceptable
from tenure.desk.kit.pages import safe_next, says_no, signed_in
from tenure.desk.org import services, user_selectors

_ACTS = {
    "deactivate": services.deactivate_user,
    "unlock": services.unlock_user,
    "reset_factor": services.reset_second_factor,
    "demand_password": services.demand_new_password,
}


@never_cache
@signed_in
@require_GET
def users(request: HttpRequest) -> HttpResponse:
    """Everyone who may sign in: posts, second factor, last sign-in, and what keeps them out."""
    told = {
        name: request.GET.get(name, "").replace("\x00", "").strip()[:60] for name in ("q", "role", "state", "after")
    }
    after = told.pop("after")
    told["role"] = told["role"] if told["role"] in codes.ROLES else ""
    told["state"] = told["state"] if told["state"] in user_selectors.STATES else ""
    wanted = user_selectors.UserFilter(**told)
    found = user_selectors.users(request.user, wanted, timezone.now(), after=after)
    states = {
        "locked": _("locked out"),
        "deactivated": _("deactivated"),
        "without_factor": _("without a second factor"),
        "never": _("never signed in"),
    }
    context = {"found": found, "wanted": wanted, "after": after, "roles": codes.ROLES, "states": states}
    return render(request, "org/users.html", context)


@signed_in
@require_POST
@says_no
def act_on_user(request: HttpRequest) -> HttpResponse:
    """Let someone in or keep them out; the list comes back as it was."""
    act, username = request.POST.get("act", ""), request.POST.get("username", "").replace("\x00", "")[:60]
    if act not in _ACTS:
        raise Unacceptable(_("There is no such act."), field="act")
    user = _ACTS[act](request.user, username, timezone.now())
    told = {
        "deactivate": _("%(name)s is deactivated; their sessions and keys have ended."),
        "unlock": _("%(name)s may sign in again."),
        "reset_factor": _("%(name)s has no second factor any more; their sessions have ended."),
        "demand_password": _("%(name)s chooses a new password at the next sign-in."),
    }
    messages.success(request, told[act] % {"name": user.name})
    return redirect(safe_next(request, resolve_url("org:users")))
