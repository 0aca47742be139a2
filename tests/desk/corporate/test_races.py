"""Two people at the same company at the same moment: one wins, the other is told; what is sent twice is one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk.at_once import at_once
from desk.corporate.conftest import NOW, TODAY
from desk.small_bank import SmallBank, publish_small_bank
from tenure.desk.control.errors import Conflict
from tenure.desk.corporate import company_services, negotiation_services, services, visit_services
from tenure.desk.corporate.models import BuyingRole, NegotiationSheet, Purchase
from tenure.desk.corporate.visit_services import Promised
from tenure.desk.opportunities.models import Opportunity
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer
from tenure.desk.work.models import Contact

pytestmark = pytest.mark.django_db(transaction=True)
FIRM = "C000015"
#: Both look after the company by their posts at its branch.
WHO = ("E3011", "E3001")


@pytest.fixture
def bank() -> SmallBank:
    """A bank whose rows other threads see."""
    made = publish_small_bank(customers=24)
    assert Customer.rows().filter(party_id=FIRM, lead_staff_id="E3011").exists()
    return made


def _user(staff_id: str) -> User:
    return User.objects.get(staff_id=staff_id)


def _purchase(**told: str) -> Purchase:
    return services.open_purchase(_user("E3011"), FIRM, "a loan", "financing", "whom to ask", TODAY, now=NOW, **told)


def test_a_purchase_sent_thrice_at_once_is_one(bank: SmallBank) -> None:
    given = at_once(*(lambda: _purchase(external_id="once") for _ in range(3)))
    assert len({one.pk for one in given}) == 1 and Purchase.objects.count() == 1


def test_two_add_a_person_at_once_and_one_is_told(bank: SmallBank) -> None:
    one = _purchase()
    given = at_once(
        *(
            lambda staff=staff: services.put_role(
                _user(staff), one.pk, "decider", version=1, now=NOW, name=f"of {staff}"
            )
            for staff in WHO
        )
    )
    assert sum(isinstance(what, Conflict) for what in given) == 1, given
    assert BuyingRole.objects.count() == 1


def test_two_write_the_next_edition_at_once_and_one_is_told(bank: SmallBank) -> None:
    one = _purchase()
    given = at_once(
        *(
            lambda staff=staff: negotiation_services.write_sheet(
                _user(staff), one.pk, staff, "limit", [], number=0, now=NOW
            )
            for staff in WHO
        )
    )
    assert sum(isinstance(what, Conflict) for what in given) == 1, given
    assert NegotiationSheet.objects.count() == 1


def test_a_visit_reported_twice_at_once_is_one_contact(bank: SmallBank) -> None:
    visit = visit_services.plan_visit(_user("E3011"), FIRM, "looms", TODAY, now=NOW)
    promises = [Promised("us", "an offer", TODAY)]
    given = at_once(
        *(
            lambda staff=staff: visit_services.report_visit(
                _user(staff), visit.pk, "learned", "done", version=1, now=NOW, promises=promises
            )
            for staff in WHO
        )
    )
    assert sum(isinstance(what, Conflict) for what in given) == 1, given
    assert Contact.objects.count() == 1 and visit.promises.count() == 1


def test_a_batch_opportunity_pressed_twice_at_once_is_one(bank: SmallBank) -> None:
    on = TODAY + timedelta(days=3)
    given = at_once(
        *(
            lambda: company_services.make_opportunity(_user("E3011"), FIRM, "payroll", 100, "call", on, now=NOW)
            for _ in range(3)
        )
    )
    assert len({one.pk for one in given}) == 1, given
    assert Opportunity.objects.count() == 1
