"""What a company is buying: who may touch it, who decides in it, and what happens when two change it at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from desk.corporate.conftest import NOW, TODAY, Opened
from desk.small_bank import SmallBank
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.corporate import negotiation_services, selectors, services
from tenure.desk.corporate.models import BuyingRole, NegotiationSheet, Purchase
from tenure.desk.parties.models import Coverage

SHEET = {"aims": "the payroll too", "limits": "3.2 %", "trades": [("a lower fee", "the payroll")]}


def test_the_one_who_decides_and_the_one_who_uses_are_kept_apart(bank: SmallBank, bought: Opened) -> None:
    one = bought()
    services.put_role(bank.owner, one.pk, "user", version=1, now=NOW, party_id=bank.party_id, post="cashier")
    services.put_role(bank.owner, one.pk, "decider", version=2, now=NOW, name="周总", post="finance director")
    people = selectors.roles_of(bank.owner, selectors.purchase(bank.owner, one.pk, TODAY))
    assert [(person.role, person.is_customer) for person in people] == [("decider", False), ("user", True)]
    assert [role.role for role in selectors.roles_held_by(bank.owner, bank.party_id)] == ["user"]


def test_who_is_said_again_is_corrected_and_not_there_twice(bank: SmallBank, bought: Opened) -> None:
    one = bought()
    services.put_role(bank.owner, one.pk, "decider", version=1, now=NOW, name="周总", attitude="doubts")
    services.put_role(bank.owner, one.pk, "decider", version=2, now=NOW, name="周总", attitude="supports")
    assert [role.attitude for role in BuyingRole.objects.all()] == ["supports"]


def test_a_person_is_a_customer_or_a_name_and_never_both(bank: SmallBank, bought: Opened) -> None:
    one = bought()
    for wrong in ({}, {"name": "周总", "party_id": bank.party_id}, {"party_id": bank.far_party_id}):
        with pytest.raises(Unacceptable):
            services.put_role(bank.owner, one.pk, "decider", version=1, now=NOW, **wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        BuyingRole.objects.create(purchase=one, role="decider", changed_by=bank.owner, changed_at=NOW)


def test_a_person_beyond_ones_reach_is_no_more_than_a_masked_name(bank: SmallBank, bought: Opened) -> None:
    one = bought()
    services.put_role(bank.owner, one.pk, "decider", version=1, now=NOW, party_id=bank.party_id)
    BuyingRole.objects.filter(party_id=bank.party_id).update(party_id=bank.far_party_id)
    (person,) = selectors.roles_of(bank.owner, selectors.purchase(bank.owner, one.pk, TODAY))
    assert person.party_id == "" and person.label.endswith("*")


def test_the_second_to_change_a_purchase_is_told_who_was_first_and_changes_nothing(
    bank: SmallBank, bought: Opened
) -> None:
    one = bought()
    services.move_on(bank.owner, one.pk, version=1, now=NOW, stage="comparing")
    for second in (
        lambda: services.move_on(bank.user("branch_head"), one.pk, version=1, now=NOW, stage="deciding"),
        lambda: services.put_role(bank.user("branch_head"), one.pk, "user", version=1, now=NOW, name="小刘"),
        lambda: services.put_criteria(bank.user("branch_head"), one.pk, [("price", 5, "level")], version=1, now=NOW),
    ):
        with pytest.raises(Conflict, match="王芳"):
            second()
    one.refresh_from_db()
    assert (one.stage, one.version) == ("comparing", 2) and not BuyingRole.objects.exists()


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_nobody_else_finds_it(bank: SmallBank, bought: Opened, who: str) -> None:
    one, user = bought(), getattr(bank, who)
    with pytest.raises(NotFound):
        selectors.purchase(user, one.pk, TODAY)
    with pytest.raises(NotFound):
        services.move_on(user, one.pk, version=1, now=NOW, stage="deciding")
    with pytest.raises(NotFound):
        negotiation_services.write_sheet(user, one.pk, **SHEET, number=0, now=NOW)


def test_who_only_looks_changes_nothing(bank: SmallBank, bought: Opened) -> None:
    one = bought()
    for role in ("executive", "analyst", "auditor"):
        with pytest.raises(NotAllowed):
            services.move_on(bank.user(role), one.pk, version=1, now=NOW, stage="deciding")


def test_sent_twice_it_is_one_purchase(bank: SmallBank, bought: Opened) -> None:
    assert bought(external_id="p1").pk == bought(external_id="p1").pk
    assert Purchase.objects.count() == 1 and AuditEvent.objects.filter(act="purchase.open").count() == 1
    with pytest.raises(Conflict):
        bought(external_id="p1", about="something else")


def test_a_person_has_no_company_page(bank: SmallBank, bought: Opened) -> None:
    with pytest.raises(NotFound):
        bought(party_id=bank.party_id)


def test_a_decision_that_passed_or_a_month_of_silence_comes_to_the_top(bank: SmallBank, bought: Opened) -> None:
    quiet = bought(about="cash pooling", decides_on=TODAY + timedelta(days=200))
    soon = bought(decides_on=TODAY + timedelta(days=5))
    assert selectors.waiting(bank.owner, TODAY).purchases == []
    late = TODAY + timedelta(days=6)
    assert [one.id for one in selectors.waiting(bank.owner, late).purchases] == [soon.pk]
    much_later = TODAY + timedelta(days=30)
    assert {one.id for one in selectors.waiting(bank.owner, much_later).purchases} == {quiet.pk, soon.pk}
    services.close_purchase(bank.owner, soon.pk, "ours", version=1, now=NOW)
    assert {one.id for one in selectors.waiting(bank.owner, much_later).purchases} == {quiet.pk}
    with pytest.raises(Conflict):
        services.move_on(bank.owner, soon.pk, version=2, now=NOW, stage="agreeing")


def test_criteria_are_replaced_whole_and_each_is_named_once(bank: SmallBank, bought: Opened) -> None:
    one = bought()
    services.put_criteria(bank.owner, one.pk, [("price", 5, "behind"), ("speed", 3, "ahead")], version=1, now=NOW)
    services.put_criteria(bank.owner, one.pk, [("speed", 4, "ahead")], version=2, now=NOW)
    seen = selectors.purchase(bank.owner, one.pk, TODAY)
    assert [(c.words, c.weight, c.standing) for c in selectors.criteria_of(bank.owner, seen)] == [("speed", 4, "ahead")]
    for wrong in ([("price", 0, "level")], [("price", 6, "level")], [("price", 1, "best")], [("a", 1, "level")] * 2):
        with pytest.raises(Unacceptable):
            services.put_criteria(bank.owner, one.pk, wrong, version=3, now=NOW)


# -- negotiation ----------------------------------------------------------------------------------------------------


def test_limits_are_read_by_the_team_and_the_branch_head_alone(bank: SmallBank, bought: Opened) -> None:
    one = bought()
    negotiation_services.write_sheet(bank.owner, one.pk, **SHEET, number=0, now=NOW)
    for user in (bank.owner, bank.user("branch_head")):
        assert selectors.sheets_of(user, selectors.purchase(user, one.pk, TODAY))[0].limits == "3.2 %"
    for role in ("teller", "lobby_manager", "complaint_handler", "executive", "auditor", "marketer", "analyst"):
        user = bank.user(role)
        seen = selectors.purchase(user, one.pk, TODAY)  # they see the company and what it buys
        with pytest.raises(NotAllowed):
            selectors.sheets_of(user, seen)
        with pytest.raises(NotAllowed):
            negotiation_services.write_sheet(user, one.pk, **SHEET, number=1, now=NOW)
        assert selectors.edition_of(user, one.pk) == 0


def test_a_manager_who_joins_the_team_reads_them_too(bank: SmallBank, bought: Opened, company: str) -> None:
    one = bought()
    negotiation_services.write_sheet(bank.owner, one.pk, **SHEET, number=0, now=NOW)
    Coverage.models["a"].objects.create(party_id=company, staff_id="E2012", role="support")
    seen = selectors.purchase(bank.colleague, one.pk, TODAY)
    assert len(selectors.sheets_of(bank.colleague, seen)) == 1


def test_every_edition_is_kept_and_none_is_written_over_unseen(bank: SmallBank, bought: Opened) -> None:
    one, head = bought(), bank.user("branch_head")
    first = negotiation_services.write_sheet(bank.owner, one.pk, **SHEET, number=0, now=NOW)
    assert (
        negotiation_services.write_sheet(bank.owner, one.pk, **SHEET, number=0, now=NOW).pk == first.pk
    )  # pressed twice
    with pytest.raises(Conflict, match="王芳"):
        negotiation_services.write_sheet(head, one.pk, **{**SHEET, "limits": "3.0 %"}, number=0, now=NOW)
    negotiation_services.write_sheet(head, one.pk, **{**SHEET, "limits": "3.0 %"}, number=1, now=NOW)
    assert [sheet.limits for sheet in NegotiationSheet.objects.all()] == ["3.0 %", "3.2 %"]


def test_nothing_is_given_for_nothing(bank: SmallBank, bought: Opened) -> None:
    with pytest.raises(Unacceptable):
        negotiation_services.write_sheet(bank.owner, bought().pk, "a", "b", [("a lower fee", "")], number=0, now=NOW)
