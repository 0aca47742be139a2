"""What happens to every request before anything else: it gets an id and an origin, and must be text."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

from tenure.desk.control.origin import coming_from


class NoteOrigin:
    """Middleware: see :mod:`tenure.desk.control.origin`. The id goes back as ``X-Request-ID``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with coming_from(address_of(request)) as here:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = here.request_id
            return response


def address_of(request: HttpRequest) -> str:
    """The client's address. Behind ``TENURE_PROXIES`` proxies it is what the outermost of them wrote down.

    Each proxy appends whom it heard from; what stands further left anybody can have written and is not believed.
    """
    peer: str = request.META.get("REMOTE_ADDR") or ""
    if settings.PROXIES:
        heard = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
        if len(heard) >= settings.PROXIES:
            return heard[-settings.PROXIES][:64]
    return peer


class RefuseNul:
    """Middleware: a NUL character is in no word or number, and PostgreSQL fails on it; it is refused here (400)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.META.get("QUERY_STRING", "")
        text = request.content_type in ("application/json", "application/x-www-form-urlencoded")
        if (
            "\x00" in request.path
            or "%00" in asked
            or (text and (b"%00" in request.body or rb"\u0000" in request.body))
        ):
            return HttpResponseBadRequest("a NUL character is not text", content_type="text/plain")
        return self.get_response(request)
