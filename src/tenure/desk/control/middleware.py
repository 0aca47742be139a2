"""Gives every request an id and notes where it came from."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tenure.desk.control.origin import coming_from


class NoteOrigin:
    """Middleware: see :mod:`tenure.desk.control.origin`. The id goes back as ``X-Request-ID``.

    The address is the peer's. Behind a proxy that is the proxy's own, unless the server in front of Django
    (gunicorn's ``forwarded_allow_ips``) replaces it; a header anyone can write is not believed here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with coming_from(request.META.get("REMOTE_ADDR") or "") as here:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = here.request_id
            return response
