"""How the API says what went wrong: problem details (RFC 9457), whatever it was and wherever it arose."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.logs import pattern_of
from tenure.desk.control.origin import origin
from tenure.errors import TenureError

CONTENT_TYPE = "application/problem+json"
log = logging.getLogger(__name__)


def problem(status: int, detail: str = "", errors: list[dict[str, Any]] | None = None) -> HttpResponse:
    """An answer of ``status`` that says what went wrong."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": f"urn:request:{origin().request_id}",
    }
    if errors:
        body["errors"] = errors
    response = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="tenure"'
    return response


def answer_with_problems(api: NinjaAPI) -> None:
    """Turn every refusal the desk knows, and every failure it does not, into problem details."""

    def of_tenure(status: int) -> Callable[[HttpRequest, Any], HttpResponse]:
        def answer(request: HttpRequest, wrong: TenureError) -> HttpResponse:
            field = getattr(wrong, "field", "")
            errors = [{"field": field, "message": wrong.message}] if field else None
            return problem(status, f"{wrong.message} {wrong.remedy}".strip(), errors)

        return answer

    for kind, status in ((NotFound, 404), (NotAllowed, 403), (Conflict, 409), (Unacceptable, 422), (TenureError, 422)):
        api.add_exception_handler(kind, of_tenure(status))

    @api.exception_handler(Http404)
    def not_found(request: HttpRequest, wrong: Exception) -> HttpResponse:
        return problem(404)

    @api.exception_handler(PermissionDenied)
    def denied(request: HttpRequest, wrong: Exception) -> HttpResponse:
        return problem(403)

    @api.exception_handler(HttpError)
    def refused(request: HttpRequest, wrong: HttpError) -> HttpResponse:
        return problem(wrong.status_code, str(wrong))

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, wrong: ValidationError) -> HttpResponse:
        errors = [
            {"field": ".".join(str(step) for step in one["loc"][1:]) or str(one["loc"][0]), "message": one["msg"]}
            for one in wrong.errors
        ]
        return problem(422, "; ".join(f"{one['field']}: {one['message']}" for one in errors), errors)

    @api.exception_handler(Exception)
    def failed(request: HttpRequest, wrong: Exception) -> HttpResponse:
        log.exception("the API failed at %s %s", request.method, pattern_of(request))
        return problem(500, "The desk failed; nothing was changed. The log has this request under its id.")


class ProblemsOutsideOperations:
    """Middleware: what goes wrong below ``/api/`` before an operation is found (no such address, no such method,
    a failing middleware) is told in problem details too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        told = response.headers.get("Content-Type", "").split(";")[0] == CONTENT_TYPE
        if response.status_code < 400 or told or not request.path.startswith("/api/"):
            return response
        plain = problem(response.status_code)
        for name in ("Allow", "Retry-After"):
            if name in response.headers:
                plain.headers[name] = response.headers[name]
        return plain
