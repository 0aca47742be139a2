"""Several reach for one customer of the pool at the same moment: exactly one gets them, the others hear who."""

from __future__ import annotations

import pytest

from desk.at_once import at_once
from desk.small_bank import SmallBank, publish_small_bank
from desk.team.conftest import NOW
from tenure.desk.control import audit
from tenure.desk.control.models import AuditEvent
from tenure.desk.org.models import User
from tenure.desk.parties.models import Assignment, Coverage, Customer
from tenure.desk.team import services

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def bank() -> SmallBank:
    """A bank whose rows other threads see."""
    return publish_small_bank(customers=24)


def test_of_two_who_take_a_customer_exactly_one_does(bank: SmallBank) -> None:
    owner, colleague = bank.owner.pk, bank.colleague.pk
    numbers = list(Customer.rows().filter(org_path="/HQ/B1/S1/").values_list("party_id", flat=True)[:ROUNDS])
    Customer.rows().filter(party_id__in=numbers).update(lead_staff_id=None, tier="basic")
    Coverage.rows().filter(party_id__in=numbers).delete()
    for number in numbers:
        given = at_once(
            lambda n=number: services.take(User.objects.get(pk=owner), n, now=NOW),
            lambda n=number: services.take(User.objects.get(pk=colleague), n, now=NOW),
        )
        assert sorted(type(one).__name__ for one in given) == ["Conflict", "NoneType"], given
        assert Assignment.objects.filter(party_id=number, ended_at=None).count() == 1
        assert Coverage.rows().filter(party_id=number, role="lead").count() == 1
    assert AuditEvent.objects.filter(act="customer.from_pool").count() == len(numbers)
    assert audit.verify_chain().whole
