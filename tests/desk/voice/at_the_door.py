"""A customer's browser that comes as through the web server: to the customers' door, and by it to the desk."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler

from tenure.desk.voice.answering import door


class _Through(ClientHandler):
    """What the door does not serve itself it passes on to the test client's own desk."""

    passed_on = 0

    def __call__(self, environ: dict[str, Any]) -> Any:
        told: list[Any] = []
        served = door.CustomersDoor(lambda environ, start: [])
        with patch.object(door, "close_old_connections"):  # a test's is inside its transaction, as ClientHandler knows
            body = b"".join(served(environ, lambda status, headers: told.append((status, headers))))
        if not told:
            self.passed_on += 1
            return super().__call__(environ)
        ((status, headers),) = told
        response: Any = HttpResponse(body, status=int(status[:3]), headers=dict(headers))
        response.wsgi_request = WSGIRequest(environ)
        return response


class Browser(Client):
    """Django's test client, sending forms as a page without script does."""

    def __init__(self, enforce_csrf_checks: bool = False, **defaults: Any) -> None:
        super().__init__(enforce_csrf_checks, **{"HTTP_HOST": "testserver", **defaults})
        self.handler: _Through = _Through(enforce_csrf_checks)

    def post(self, path: str, data: Any = None, **more: Any) -> Any:  # type: ignore[override]
        form = urlencode(data or {}, doseq=True)
        return super().post(path, form, content_type="application/x-www-form-urlencoded", **more)

    @property
    def passed_on(self) -> int:
        """How many requests the door left to the desk."""
        return self.handler.passed_on
