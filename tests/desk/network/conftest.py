"""A network without chance: nobody is related until a test says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.network import services
from tenure.desk.network.models import Introduction
from tenure.desk.parties.models import Customer, Relation

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
#: Customers of the owner's who agree to marketing and complain of nothing; one more who may be met.
INTRODUCER, ANOTHER, NEWCOMER = "C000005", "C000007", "C000011"
Asked = Callable[..., Introduction]


def tie(one: str, other: str, kind: str, since: date | None = None) -> None:
    """``other`` is ``kind`` to ``one``."""
    Relation.models["a"].objects.create(party_id=one, other_id=other, kind=kind, since=since, other_is_customer=True)


@pytest.fixture
def alone(bank: SmallBank) -> SmallBank:
    """The small bank with nobody related or employed, and one who became a customer today."""
    Relation.models["a"].objects.all().delete()
    Customer.models["a"].objects.filter(party_id=NEWCOMER).update(since=TODAY)
    Customer.models["a"].objects.update(employer_id=None, open_complaints=0, last_recommend=None)
    return bank


@pytest.fixture
def asked(alone: SmallBank) -> Asked:
    """The owner asks one of theirs; what is given differs."""

    def make(**told: Any) -> Introduction:
        given: dict[str, Any] = {
            "user": alone.owner,
            "introducer_id": INTRODUCER,
            "about": "anyone who opens a business",
            "now": NOW,
        } | told
        return services.ask(**given)

    return make
