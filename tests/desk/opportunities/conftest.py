"""Opportunities of the small bank's people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.opportunities import services
from tenure.desk.opportunities.models import Opportunity

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
Opened = Callable[..., Opportunity]


@pytest.fixture
def opened(bank: SmallBank) -> Opened:
    """Opens an opportunity of the owner's with the owner's customer; what is given differs."""

    def make(**told: Any) -> Opportunity:
        given: dict[str, Any] = {
            "user": bank.owner,
            "party_id": bank.party_id,
            "kind": "deposit",
            "title": "three-year deposit",
            "amount": 50_000_000,
            "next_step": "call about the rate",
            "next_step_on": TODAY + timedelta(days=3),
            "now": NOW,
        } | told
        return services.open_opportunity(**given)

    return make
