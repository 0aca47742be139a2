"""A bundle in force, and the owner's customer as one who may be offered things."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control.changes.services import approve
from tenure.desk.offers import rules, services
from tenure.desk.offers.bundles.services import Wanted, propose_bundle
from tenure.desk.offers.models import Bundle, Solution
from tenure.desk.parties.models import Customer, Product

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
#: What the tests' products are by risk: time deposit none, wealth R2, fund R4.
RISKS = {"P03": "R2", "P04": "R4"}


def rate(party_id: str, rating: str | None, days_ago: int = 30) -> None:
    """The bank's file rates the customer, so many days ago."""
    on = TODAY - timedelta(days=days_ago) if rating else None
    Customer.rows().filter(party_id=party_id).update(risk_rating=rating, risk_rated_on=on)


@pytest.fixture
def shelf(bank: SmallBank) -> SmallBank:
    """The small bank with rated products, and its first customer rated R3 without anything against them."""
    for number, level in RISKS.items():
        Product.rows().filter(product_id=number).update(risk_level=level)
    Customer.rows().filter(party_id=bank.party_id).update(
        open_complaints=0, consent_marketing=True, tier="gold", birth_date=TODAY.replace(year=TODAY.year - 40, day=1)
    )
    rate(bank.party_id, "R3")
    return bank


def wanted(**told: Any) -> Wanted:
    """A bundle somebody wants; what is given differs."""
    given: dict[str, Any] = {
        "name_zh": "安心理财包",
        "name_en": "Steady growth",
        "needs": ["grow", "save"],
        "products": ["P03", "P02"],
        "services": [("fee_waiver", "免账户管理费", "no account fee", 12_000), ("vip_line", "", "", 8_000)],
        "terms": rules.Terms(kinds=("person",), tier_least="gold"),
        "price": 0,
        "owner": "E2011",
        "valid_from": TODAY,
        "valid_until": TODAY + timedelta(days=60),
    }
    return Wanted(**{**given, **told})


def in_force(bank: SmallBank, code: str = "steady-growth", based_on: int = 0, **told: Any) -> Bundle:
    """A bundle made by the marketer and approved by the executive."""
    change = propose_bundle(bank.user("marketer"), code, wanted(**told), "spring", based_on=based_on, now=NOW)
    approve(bank.user("executive"), change.pk, now=NOW)
    return Bundle.objects.get(code=code, version=based_on + 1)


@pytest.fixture
def bundle(shelf: SmallBank) -> Bundle:
    """The bundle in force."""
    return in_force(shelf)


Composed = Callable[..., Solution]


def chosen(one: Solution, bank: SmallBank, *choices: services.Choice, needs: Any = None) -> Solution:
    """``one`` with these choices, composed by the owner."""
    order = needs or [{"need": need} for need in dict.fromkeys(choice.need for choice in choices)]
    return services.compose(bank.owner, one.pk, order, choices, "稳字当头", version=one.version, now=NOW)


WEALTH = services.Choice("grow", "product|P03", 10_000_000)
DEPOSIT = services.Choice("save", "product|P02", 5_000_000, "到期前不动用")


@pytest.fixture
def draft(shelf: SmallBank) -> Solution:
    """A draft with a deposit and wealth management: two needs."""
    return chosen(services.begin(shelf.owner, shelf.party_id, now=NOW), shelf, WEALTH, DEPOSIT)


@pytest.fixture
def shown(shelf: SmallBank, draft: Solution) -> Solution:
    """The draft as it was shown."""
    until = TODAY + timedelta(days=14)
    return services.show(shelf.owner, draft.pk, "zh-hans", until, version=draft.version, now=NOW)


def yes(on_day: int = 3) -> services.Answer:
    """Agreed, with a step some days from now."""
    return services.Answer(True, "一起办理", TODAY + timedelta(days=on_day))


NO = services.Answer(False)
