"""What every request of a signed-in person passes: does the session still hold, and is it of use yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.desk.kit.addresses import address
from tenure.desk.org.door import services
from tenure.desk.org.door.selectors import door, owed
from tenure.desk.org.door.sessions import note_use
from tenure.desk.org.selectors import is_outside

#: Where one pays what a session owes, and what one may do meanwhile.
PLACES = {"password": "org:password", "second_factor": "org:second-factor"}
MEANWHILE = {
    "password": {"password", "sign-out", "language"},
    "second_factor": {"second-factor", "begin-second-factor", "confirm-second-factor", "sign-out", "language"},
}


#: What an open page asks for by itself, with nobody at it: it does not keep a session.
UNATTENDED = ("org:session", "signals:feed", "lobby:queue")


class AtTheDoor:
    """Middleware: ends a session that rested or lasted too long or comes from outside, before anything is looked at,
    and leads whoever owes something to where it is done; everything else waits until then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now()
            why = (
                "addresses" if is_outside(request.user) else note_use(request, now, door().session, used=_used(request))
            )
            if why:
                services.put_out(request, now, why=why)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Let the request go on, or lead it away."""
        if not request.user.is_authenticated:
            return None
        debt = owed(request)
        here = request.resolver_match
        if not debt or (here is not None and here.namespace == "org" and here.url_name in MEANWHILE[debt]):
            return None
        place = resolve_url(PLACES[debt])
        if request.path.startswith("/api/"):
            return HttpResponseForbidden(_("First do what the desk asks of you after signing in."))
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": place})
        return redirect(place)


def _used(request: HttpRequest) -> bool:
    """Whether a person asked, and not the page by itself."""
    return request.method != "GET" or request.path not in map(address, UNATTENDED)
