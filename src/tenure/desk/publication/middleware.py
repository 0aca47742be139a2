"""Pins every request to one publication, so that a page never mixes yesterday with today."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tenure.desk.publication.current import pin


class PinPublication:
    """Middleware: see :func:`tenure.desk.publication.current.pin`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with pin() as publication:
            request.publication = publication  # type: ignore[attr-defined]
            return self.get_response(request)
