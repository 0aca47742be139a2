"""The pool: by value, by the bank's rules, one taker. Support: by whoever leads, at once."""

from __future__ import annotations

import pytest

from desk.opportunities.conftest import Opened, opened  # noqa: F401
from desk.small_bank import SmallBank
from desk.team.conftest import NOW
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.parties.models import Assignment, Coverage, Customer
from tenure.desk.parties.visibility import visible_to
from tenure.desk.team import selectors, services, settings
from tenure.desk.team.rules import Settings


@pytest.fixture
def in_pool(bank: SmallBank) -> str:
    """A customer whom nobody leads, of the lowest tier."""
    Customer.rows().filter(party_id=bank.party_id).update(lead_staff_id=None, tier="basic")
    Coverage.rows().filter(party_id=bank.party_id).delete()
    return bank.party_id


def test_the_pool_stands_by_value_and_names_nobody_to_those_who_do_not_see_them(bank: SmallBank, in_pool: str) -> None:
    shown = {one.party_id: one for one in selectors.pool(bank.owner)}[in_pool]
    name = Customer.rows().get(party_id=in_pool).name
    assert (shown.sees, shown.may_take, shown.may_assign) == (False, True, False)
    assert "*" in shown.name and shown.name != name
    head = {one.party_id: one for one in selectors.pool(bank.user("branch_head"))}[in_pool]
    assert (head.sees, head.name, head.may_assign) == (True, name, True)
    assert in_pool not in {one.party_id for one in selectors.pool(bank.stranger)}
    assert selectors.pool(bank.user("teller")) == []
    values = [one.value for one in selectors.pool(bank.owner)]
    assert values == sorted(values, reverse=True)


def test_taken_in_one_click_the_customer_is_seen_and_the_second_is_told_who_was_first(
    bank: SmallBank, in_pool: str
) -> None:
    services.take(bank.colleague, in_pool, now=NOW)
    services.take(bank.colleague, in_pool, now=NOW)  # the same click again
    assert visible_to(bank.colleague).filter(party_id=in_pool).exists()
    with pytest.raises(Conflict, match=bank.colleague.name):
        services.take(bank.owner, in_pool, now=NOW)
    assert AuditEvent.objects.filter(act="customer.from_pool").count() == 1
    with pytest.raises(NotFound):
        services.take(bank.stranger, "C999999", now=NOW)
    with pytest.raises(NotAllowed):
        services.take(bank.user("teller"), in_pool, now=NOW)


def test_from_a_tier_on_only_the_head_assigns(bank: SmallBank, in_pool: str) -> None:
    Customer.rows().filter(party_id=in_pool).update(tier="private")
    with pytest.raises(NotAllowed):
        services.take(bank.owner, in_pool, now=NOW)
    with pytest.raises(NotAllowed):
        services.assign(bank.colleague, in_pool, "E2012", now=NOW)
    with pytest.raises(Unacceptable):
        services.assign(bank.user("branch_head"), in_pool, "E3011", now=NOW)
    services.assign(bank.user("branch_head"), in_pool, "E2012", now=NOW)
    assert Customer.rows().get(party_id=in_pool).lead_staff_id == "E2012"


def test_who_leads_as_many_as_may_be_takes_no_more(
    bank: SmallBank, in_pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "in_use", lambda: Settings(customers=1))
    with pytest.raises(Unacceptable):
        services.take(bank.owner, in_pool, now=NOW)


def test_given_back_with_a_reason_nobody_leads_and_everybody_may_take(bank: SmallBank) -> None:
    with pytest.raises(Unacceptable):
        services.give_back(bank.owner, bank.party_id, "", now=NOW)
    with pytest.raises(NotFound):
        services.give_back(bank.colleague, bank.party_id, "too far", now=NOW)
    services.give_back(bank.owner, bank.party_id, "moved to another town", now=NOW)
    assert Customer.rows().get(party_id=bank.party_id).lead_staff_id is None
    assert not visible_to(bank.owner).filter(party_id=bank.party_id).exists()
    assert bank.party_id in {one.party_id for one in selectors.pool(bank.colleague)}


def test_a_customer_with_open_business_does_not_go_to_the_pool(bank: SmallBank, opened: Opened) -> None:  # noqa: F811
    opened()
    with pytest.raises(Conflict):
        services.give_back(bank.owner, bank.party_id, "moved to another town", now=NOW)


def test_support_sees_at_once_and_no_longer_when_taken_off(bank: SmallBank) -> None:
    for user in (bank.colleague, bank.stranger):
        with pytest.raises(NotFound):
            services.add_support(user, bank.party_id, "E2012", now=NOW)
    services.add_support(bank.owner, bank.party_id, "E2012", now=NOW)
    services.add_support(bank.owner, bank.party_id, "E2012", now=NOW)
    assert visible_to(bank.colleague).filter(party_id=bank.party_id).exists()
    assert Assignment.objects.count() == 1
    with pytest.raises(NotAllowed):
        services.add_support(bank.colleague, bank.party_id, "E2001", now=NOW)
    services.end_support(bank.colleague, bank.party_id, "E2012", now=NOW)
    assert not visible_to(bank.colleague).filter(party_id=bank.party_id).exists()
    with pytest.raises(Conflict):
        services.end_support(bank.owner, bank.party_id, "E2011", now=NOW)


def test_what_support_held_goes_to_the_lead(bank: SmallBank, opened: Opened) -> None:  # noqa: F811
    services.add_support(bank.owner, bank.party_id, "E2012", now=NOW)
    one = opened(owner="E2012")
    services.end_support(bank.owner, bank.party_id, "E2012", now=NOW)
    one.refresh_from_db()
    assert one.owner == "E2011"
