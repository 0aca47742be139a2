"""What the tests of signals share: events as a core bank sends them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from tenure.desk.parties.models import Holding

#: 3 o'clock in the afternoon of today at the bank: no window of a test crosses midnight.
NOW = timezone.localtime().replace(hour=15, minute=0, second=0, microsecond=0)
YUAN = 100
_numbers = count()

Event = Callable[..., dict[str, Any]]


def account_of(party_id: str) -> str:
    """An account this customer owns."""
    return str(Holding.rows().filter(party_id=party_id, role="owner").order_by("account_id").first().account_id)


@pytest.fixture
def event(bank: Any) -> Event:
    """Makes an event of the owner's customer; a large deposit unless told otherwise."""

    def make(party_id: str = "", at: datetime | None = None, **fields: Any) -> dict[str, Any]:
        made = {
            "event_id": f"core-{next(_numbers)}",
            "kind": "deposit",
            "at": (at or NOW - timedelta(minutes=1)).isoformat(),
            "account_id": account_of(party_id or bank.party_id),
            "amount": 50_000_000 * YUAN,
        }
        return made | fields

    return make
