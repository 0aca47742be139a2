"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from tenure.desk.kit.menu import Menu, menu
from tenure.desk.kit.pages import page_of
from tenure.desk.org.door.selectors import session_left
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import Reach, reach_of


def desk(request: HttpRequest) -> dict[str, Any]:
    """The publication read, what the person may do (``may.log_contact`` …), the page they are on, their menu, and
    seconds until their session ends."""
    reach = reach_of(request.user)
    may = _may(reach)
    return {
        "publication": getattr(request, "publication", None),
        "reach": reach,
        "may": may,
        "here": page_of(request),
        "menu": SimpleLazyObject(lambda: _menu(request, may)),
        "session_left": session_left(request, timezone.now())[0],
    }


def _menu(request: HttpRequest, may: dict[str, bool]) -> Menu:
    at = request.resolver_match
    return menu(may, at.namespace if at is not None else "", (at.url_name or "") if at is not None else "")


def _may(reach: Reach) -> dict[str, bool]:
    return {permission.name.lower(): reach.may(permission) for permission in Permission}
