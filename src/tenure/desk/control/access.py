"""How a program or a page gets at the API: a bearer token with the scope an operation asks for, or the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.security import HttpBearer, SessionAuth

from tenure.desk.control.rules import SCOPES
from tenure.desk.control.services import token_of_key
from tenure.desk.org.models import User
from tenure.desk.org.selectors import is_outside, without_clear_values


class Token(HttpBearer):
    """``Authorization: Bearer tnr_…`` with ``scope``; the request then acts as the token's owner.

    A token without ``customers:clear`` sees masked values whatever its owner sees.
    """

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> User:
        if "Accept-Language" in request.headers:  # a program says what it wants; a page has its reader's choice
            translation.activate(translation.get_language_from_request(request))
        found = token_of_key(token, timezone.now())
        if found is None:
            raise HttpError(401, _("This token is unknown, ended or expired."))
        if self.scope and self.scope not in found.scopes:
            raise HttpError(403, _("This token lacks the scope %(scope)s.") % {"scope": self.scope})
        if is_outside(found.user):
            raise HttpError(403, _("None of the posts behind this token counts from this network address."))
        request.user = found.user
        return found.user if "customers:clear" in found.scopes else without_clear_values(found.user)


class Session(SessionAuth):
    """The session of someone signed in at the desk; whatever changes something needs the CSRF token."""

    def _get_key(self, request: HttpRequest) -> str | None:
        if not request.user.is_authenticated:  # 401 rather than a word about CSRF
            return None
        return super()._get_key(request)


def allow(scope: str) -> list[Callable[[HttpRequest], Any]]:
    """Who may call an operation: tokens with ``scope`` (empty: any token) and signed-in people.

    What they may do there is decided by the services and selectors behind it, as everywhere.
    """
    if scope and scope not in SCOPES:
        raise ValueError(f"there is no scope {scope!r}")
    return [Token(scope), Session()]


def session_only() -> list[Callable[[HttpRequest], Any]]:
    """Signed-in people alone: a token must not make or find further tokens."""
    return [Session()]
