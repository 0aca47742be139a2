"""The customers' way in: past everything that is there for people who are signed in."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, get_resolver

from tenure.desk.kit.middleware import PERMISSIONS

#: What customers reach, and where it leads; a path, because what panels ask lies above.
PLACES: dict[str, str] = {
    "/s/": "tenure.desk.voice.answering.urls",
    "/q/": "tenure.desk.voice.answering.urls",
    "/p/": "tenure.desk.voice.panels.link_urls",
}


#: Seconds that somebody waits for the one before.
_MANNERS = 0.25
_one_by_one = threading.Lock()


class CustomersDoor:
    """Middleware: leads whoever comes by a link or a code straight to its page.

    There is no session, no sign-in, no message, no cookie and no publication there, so what looks for them stands
    after this and is not asked. Headers that it would have set are set here; those of the page are the page's.

    Threads of a process share one interpreter. Who holds SQLite's lock and must wait for the interpreter after each
    statement keeps everybody waiting, so there customers are served one after the other; but nobody stands behind one
    who is slow. PostgreSQL serves many at once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        urls = PLACES.get(request.path_info[:3])
        if urls is None:
            return self.get_response(request)
        try:
            found = get_resolver(urls).resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.get_host()  # refuses a host that is not ours
        request.resolver_match = found
        response = self._served(request, found)
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Permissions-Policy"] = PERMISSIONS
        response.headers["Content-Length"] = str(len(response.content))
        return response

    @staticmethod
    def _served(request: HttpRequest, found: ResolverMatch) -> HttpResponse:
        _ = request.POST  # what is sent is read before: a slow sender has nobody wait
        alone = not _many_write_at_once() and _one_by_one.acquire(timeout=_MANNERS)
        try:
            response: HttpResponse = found.func(request, *found.args, **found.kwargs)
            return response
        finally:
            if alone:
                _one_by_one.release()


def _many_write_at_once() -> bool:
    return connections[DEFAULT_DB_ALIAS].features.has_select_for_update
