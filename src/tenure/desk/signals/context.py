"""What every page knows of signals."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from tenure.desk.org.models import User
from tenure.desk.signals.selectors import count_waiting, sound_of


def signals(request: HttpRequest) -> dict[str, Any]:
    """``signals_waiting`` and ``signals_sound``; asked for only where a page shows them, once."""

    @cache
    def waiting() -> int:
        return count_waiting(request.user) if isinstance(request.user, User) else 0

    @cache
    def sound() -> bool:
        return isinstance(request.user, User) and sound_of(request.user)

    return {"signals_waiting": waiting, "signals_sound": sound}
