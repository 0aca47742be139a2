"""What else is about the same thing as an entry: a signal of these days, open, taken by somebody, or ended.

Both are one piece of work: whoever sees one sees the other, and one outcome settles both. Signals lie above the work
list, so what knows them is named by path, as followers of customers are (``parties.assigning``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.utils.module_loading import import_string

from tenure.desk.org.models import User

_KNOWS = "tenure.desk.signals.beside.SIGNALS"


@dataclass(frozen=True, slots=True)
class Beside:
    """A signal as whoever reads the entry sees it. ``settles``: what they log with the entry would end it too."""

    id: UUID
    title: str
    state: str
    who: str
    at: datetime
    outcome: str
    mine: bool
    settles: bool


class Knows(Protocol):
    """What knows signals."""

    def about(self, user: User, entries: Sequence[Any]) -> Mapping[str, Sequence[Beside]]:
        """Signals about the same thing as each of these published entries of customers ``user`` sees, by its key."""

    def settle(self, user: User, entry: Any, outcome: str, now: datetime) -> None:
        """End what is ``user``'s to end of the signals about ``entry``, whose locked row was just finished."""

    def take_back(self, user: User, proposal_key: str, now: datetime) -> None:
        """Let the signals that were ended with this entry stand as they did before."""


def signals() -> Knows:
    """What knows signals."""
    found: Knows = import_string(_KNOWS)
    return found
