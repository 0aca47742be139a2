"""The customers' way in: past everything that is there for people who are signed in (S21).

Whoever comes by a link or a counter's code needs no session, no sign-in, no message, no cookie and no publication, and
they are the many: most of what a request costs would be spent on nothing. So they are met before the desk. What reads
their form, checks the host, makes the page and tells of a failure is Django's own all the same. Whatever comes
otherwise than browsers send it goes on to the desk, where the same pages are behind everything else.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.core.handlers.exception import response_for_exception
from django.core.handlers.wsgi import WSGIRequest
from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.security import SecurityMiddleware
from django.urls import Resolver404, ResolverMatch, get_resolver

from tenure.desk.control.middleware import address_of
from tenure.desk.control.origin import coming_from
from tenure.desk.kit.middleware import keep_to_ourselves

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

#: What customers reach, and where it leads; a path, because what panels ask lies above.
PLACES: dict[str, str] = {
    "/s/": "tenure.desk.voice.answering.urls",
    "/q/": "tenure.desk.voice.answering.urls",
    "/p/": "tenure.desk.voice.panels.link_urls",
}
#: Bytes of a form that is read here: more than the longest answers to all questions of a page take.
MOST_BYTES = 256 * 1024
_FORM = "application/x-www-form-urlencoded"
_NOTHING = QueryDict("")

#: Seconds that somebody waits for the one before.
_MANNERS = 0.25
_one_by_one = threading.Lock()


class CustomersDoor:
    """A WSGI application before the desk's: serves customers, and passes everybody else on.

    Threads of a process share one interpreter. Who holds SQLite's lock and must wait for the interpreter after each
    statement keeps everybody waiting, so there customers are served one after the other; but nobody stands behind one
    who is slow. PostgreSQL serves many at once.
    """

    def __init__(self, desk: Application) -> None:
        self.desk = desk
        self._security = SecurityMiddleware(lambda request: HttpResponse())

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = _found(environ)
        form = _form_of(environ) if found is not None else None
        if found is None or form is None:
            return self.desk(environ, start_response)
        close_old_connections()
        request = _Request(environ)
        with coming_from(address_of(request)) as here:
            try:
                response = self._served(request, form, found)
            except Exception as wrong:  # said and logged as the desk does
                failed = WSGIRequest(environ)
                failed.resolver_match = found
                response = response_for_exception(failed, wrong)
            response.headers["X-Request-ID"] = here.request_id
        keep_to_ourselves(response)
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Content-Length"] = str(len(response.content))
        response = self._security.process_response(request, response)
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return [response.content]

    def _served(self, request: _Request, form: bytes, found: ResolverMatch) -> HttpResponse:
        request.get_host()  # refuses a host that is not ours
        request.fill(form)
        elsewhere: HttpResponse | None = self._security.process_request(request)  # to the address behind TLS
        if elsewhere is not None:
            return elsewhere
        alone = not _many_write_at_once() and _one_by_one.acquire(timeout=_MANNERS)
        try:
            response: HttpResponse = found.func(request, *found.args, **found.kwargs)
            return response
        finally:
            if alone:
                _one_by_one.release()


class _Request(HttpRequest):
    """As much of a request as customers' pages ask for: Django's own makes more with every one of them."""

    def __init__(self, environ: Environ) -> None:
        self.META = environ
        self.method = environ["REQUEST_METHOD"]
        self.path = self.path_info = environ["PATH_INFO"]
        self.GET = self.POST = _NOTHING

    def fill(self, form: bytes) -> None:
        """Take the fields of the address and of the form.

        Raises:
            TooManyFieldsSent: more than anybody is asked.
        """
        asked = self.META.get("QUERY_STRING", "")
        if asked:
            self.GET = QueryDict(asked.encode("latin-1"))
        if form:
            self.POST = QueryDict(form)

    def _get_scheme(self) -> str:
        scheme: str = self.META["wsgi.url_scheme"]
        return scheme


def _found(environ: Environ) -> ResolverMatch | None:
    """The customers' page that is asked for; None: another, or not as our own links ask for it."""
    path = environ.get("PATH_INFO", "")
    urls = PLACES.get(path[:3])
    if urls is None or not path.isascii() or environ.get("SCRIPT_NAME") or "%00" in environ.get("QUERY_STRING", ""):
        return None
    try:
        return get_resolver(urls).resolve(path)
    except Resolver404:
        return None


def _form_of(environ: Environ) -> bytes | None:
    """The form that was sent, nothing where somebody only looks; None: something else, unread or to be read again."""
    if environ["REQUEST_METHOD"] == "GET":
        return b""
    length = environ.get("CONTENT_LENGTH") or ""
    if (
        environ["REQUEST_METHOD"] != "POST"
        or environ.get("CONTENT_TYPE") != _FORM
        or "HTTP_TRANSFER_ENCODING" in environ
        or not (length.isascii() and length.isdigit() and int(length) <= MOST_BYTES)
    ):
        return None
    form: bytes = environ["wsgi.input"].read(int(length))
    if len(form) < int(length) or b"%00" in form:
        environ["wsgi.input"] = BytesIO(form)
        return None
    return form


def _many_write_at_once() -> bool:
    return connections[DEFAULT_DB_ALIAS].features.has_select_for_update
