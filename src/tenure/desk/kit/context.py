"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from tenure.desk.org.selectors import reach_of


def desk(request: HttpRequest) -> dict[str, Any]:
    """The publication read, and what the person may do."""
    return {"publication": getattr(request, "publication", None), "reach": reach_of(request.user)}
