"""Reading rows that the bank's systems send: each is taken, or refused with its place and what was expected. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

#: How far ahead of ours a sender's clock may be.
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row was not taken: which, where in it, and what was expected there."""

    index: int
    event_id: str
    field: str
    expected: str


class Wrong(ValueError):
    """A row cannot be taken: ``field`` is not what was ``expected``."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(expected)
        self.field, self.expected = field, expected

    def refusal(self, row: Any, index: int) -> Refusal:
        """What its sender is told of row ``index``."""
        event_id = row.get("event_id") if isinstance(row, Mapping) else None
        return Refusal(index, event_id[:80] if isinstance(event_id, str) else "", self.field, self.expected)


def text_of(row: Mapping[str, Any], name: str, most: int) -> str:
    """The text in ``name``. Raises Wrong where there is none, or more than ``most`` characters."""
    value = row.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most or "\x00" in value:
        raise Wrong(name, _("text of 1 to %(most)s characters") % {"most": most})
    return value


def moment_of(value: Any, now: datetime, kept: timedelta) -> datetime:
    """The moment ``at``, which lies at most ``kept`` back. Raises Wrong."""
    expected = _("a moment with its time zone, at most %(days)s days ago, such as 2026-11-22T10:15:00+08:00")
    expected %= {"days": kept.days}
    if not isinstance(value, str):
        raise Wrong("at", expected)
    try:
        at = datetime.fromisoformat(value)
        fits = at.tzinfo is not None and now - kept <= at <= now + AHEAD
    except (ValueError, OverflowError):
        raise Wrong("at", expected) from None
    if not fits:
        raise Wrong("at", expected)
    return at
