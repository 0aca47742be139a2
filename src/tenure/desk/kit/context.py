"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import Reach, reach_of


def desk(request: HttpRequest) -> dict[str, Any]:
    """The publication read, and what the person may do (``may.log_contact`` …)."""
    reach = reach_of(request.user)
    return {"publication": getattr(request, "publication", None), "reach": reach, "may": _may(reach)}


def _may(reach: Reach) -> dict[str, bool]:
    return {permission.name.lower(): reach.may(permission) for permission in Permission}
