"""How the desk says no. Each is a :class:`~tenure.errors.TenureError`, so pages, API and command line word it alike.

``NotFound`` and ``NotAllowed`` are also what Django turns into 404 and 403; the other two are answered by the
view (409, 422) because what to show there is the page's affair.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404

from tenure.errors import Exit, InputError, TenureError


class NotFound(TenureError, Http404):
    """There is no such row among those the person may see; whether it exists at all is not said (404)."""

    exit_code = Exit.INPUT


class NotAllowed(TenureError, PermissionDenied):
    """None of the person's posts gives the right to do this (403)."""

    exit_code = Exit.INPUT


class Conflict(TenureError):
    """Someone was first, or the same id came with other content (409)."""

    exit_code = Exit.INPUT


class Unacceptable(InputError):
    """A value that cannot be what was meant; ``field`` names it (422)."""

    def __init__(self, message: str, remedy: str = "", *, field: str = "") -> None:
        super().__init__(message, remedy)
        self.field = field
