"""What of a customer's time line is kept from one reader, though they see the customer: what is about themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from django.utils.module_loading import import_string

from tenure.desk.org.models import User

#: Who knows of such events; paths and not imports, because these apps lie above.
KEEPERS = (
    "tenure.desk.voice.cases.reading.kept_contacts",
    "tenure.desk.voice.complaints.reading.kept_events",
)


@cache
def _keepers() -> tuple[Callable[[User, Iterable[str]], set[str]], ...]:
    return tuple(import_string(path) for path in KEEPERS)


def kept_from(user: User, numbers: list[str]) -> set[str]:
    """Events (``event_id``) of the customer of these numbers that ``user`` may not read: complaints about them, and
    what was logged in dealing with those. Asked once per request and kept on the user."""
    if not user.staff_id:
        return set()
    known: dict[tuple[str, ...], set[str]] = user.__dict__.setdefault("_kept", {})
    if tuple(numbers) not in known:
        known[tuple(numbers)] = set().union(*(keeper(user, numbers) for keeper in _keepers()))
    return known[tuple(numbers)]
