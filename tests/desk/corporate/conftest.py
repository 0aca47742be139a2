"""Companies of the small bank, and what they are buying."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.corporate import services
from tenure.desk.corporate.models import Purchase
from tenure.desk.parties.models import Coverage, Customer

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
Opened = Callable[..., Purchase]


@pytest.fixture
def company(bank: SmallBank) -> str:
    """A company the owner looks after: the other branch's by the books, made the owner's here."""
    Customer.rows().filter(party_id="C000015").update(org_id="S1", org_path="/HQ/B1/S1/", lead_staff_id="E2011")
    Coverage.rows().filter(party_id="C000015").delete()
    Coverage.models["a"].objects.create(party_id="C000015", staff_id="E2011", role="lead")
    return "C000015"


@pytest.fixture
def bought(bank: SmallBank, company: str) -> Opened:
    """Opens a purchase of the owner's company; what is given differs."""

    def make(**told: Any) -> Purchase:
        given: dict[str, Any] = {
            "user": bank.owner,
            "party_id": company,
            "about": "a loan for the new looms",
            "demand": "financing",
            "decision": "which banks are asked for an offer",
            "decides_on": TODAY + timedelta(days=10),
            "now": NOW,
        } | told
        return services.open_purchase(**given)

    return make
