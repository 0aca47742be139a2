"""What every page knows of approvals."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from tenure.desk.control.changes.selectors import count_to_check
from tenure.desk.org.models import User


def approvals(request: HttpRequest) -> dict[str, Any]:
    """``to_check``: how many changes wait for the reader; counted only where a page shows it, once."""

    @cache
    def to_check() -> int:
        return count_to_check(request.user) if isinstance(request.user, User) else 0

    return {"to_check": to_check}
