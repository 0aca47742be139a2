"""Reading rows that the bank's systems send: each is taken, or refused with its place and what was expected. Pure.

What was expected is a message of the catalogue; :func:`tenure.desk.control.refusals.in_words` says it to the sender.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

#: How far ahead of ours a sender's clock may be.
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row was not taken: which, where in it, and what was expected there."""

    index: int
    event_id: str
    field: str
    expected: str
    values: Mapping[str, Any] = field(default_factory=dict)


def gettext_noop(message: str) -> str:
    """``message`` as it is: marks it for the catalogue of those who say it."""
    return message


class Wrong(ValueError):
    """A row cannot be taken: ``field`` is not what was ``expected``, a message with its ``values``."""

    def __init__(self, field: str, expected: str, **values: Any) -> None:
        super().__init__(expected % values)
        self.field, self.expected, self.values = field, expected, values

    def refusal(self, row: Any, index: int) -> Refusal:
        """What its sender is told of row ``index``."""
        event_id = row.get("event_id") if isinstance(row, Mapping) else None
        return Refusal(
            index, event_id[:80] if isinstance(event_id, str) else "", self.field, self.expected, self.values
        )


def text_of(row: Mapping[str, Any], name: str, most: int) -> str:
    """The text in ``name``. Raises Wrong where there is none, or more than ``most`` characters."""
    value = row.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most or "\x00" in value:
        raise Wrong(name, gettext_noop("text of 1 to %(most)s characters"), most=most)
    return value


def moment_of(value: Any, now: datetime, kept: timedelta) -> datetime:
    """The moment ``at``, which lies at most ``kept`` back. Raises Wrong."""
    expected = gettext_noop("a moment with its time zone, at most %(days)s days ago, such as 2026-11-22T10:15:00+08:00")
    if not isinstance(value, str):
        raise Wrong("at", expected, days=kept.days)
    try:
        at = datetime.fromisoformat(value)
        fits = at.tzinfo is not None and now - kept <= at <= now + AHEAD
    except (ValueError, OverflowError):
        raise Wrong("at", expected, days=kept.days) from None
    if not fits:
        raise Wrong("at", expected, days=kept.days)
    return at
