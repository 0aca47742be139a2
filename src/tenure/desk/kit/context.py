"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from tenure.desk.org.door.selectors import session_left
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import Reach, reach_of


def desk(request: HttpRequest) -> dict[str, Any]:
    """The publication read, what the person may do (``may.log_contact`` …), and seconds until their session ends."""
    reach = reach_of(request.user)
    return {
        "publication": getattr(request, "publication", None),
        "reach": reach,
        "may": _may(reach),
        "session_left": session_left(request, timezone.now())[0],
    }


def _may(reach: Reach) -> dict[str, bool]:
    return {permission.name.lower(): reach.may(permission) for permission in Permission}
