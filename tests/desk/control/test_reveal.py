"""Seeing what is masked takes the right, a reason, and leaves a line."""

from __future__ import annotations

import pytest
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control.errors import NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.parties.models import Customer, Holding
from tenure.desk.parties.services import reveal

REASON = "identity check at the counter"


def test_what_is_revealed_is_logged_with_its_reason_and_without_the_value(bank: SmallBank) -> None:
    row = Customer.rows().get(party_id=bank.party_id)
    shown = reveal(bank.user("branch_head"), bank.party_id, ["certificate_no"], REASON, now=timezone.now())
    assert shown == {"certificate_no": row.certificate_no}
    line = AuditEvent.objects.get(act="customer.reveal")
    assert (line.object_id, line.reason, line.changes) == (bank.party_id, REASON, {"columns": ["certificate_no"]})
    assert row.certificate_no not in str(vars(line))


def test_account_numbers_come_whole(bank: SmallBank) -> None:
    shown = reveal(bank.user("auditor"), bank.party_id, ["account_id"], REASON, now=timezone.now())
    held = Holding.rows().filter(party_id=bank.party_id).values_list("account_id", flat=True)
    assert shown["account_id"] == sorted(held)


@pytest.mark.parametrize("role", ["relationship_manager", "lobby_manager", "teller", "complaint_handler", "analyst"])
def test_without_the_right_nothing_is_revealed(bank: SmallBank, role: str) -> None:
    with pytest.raises(NotAllowed):
        reveal(bank.user(role), bank.party_id, ["certificate_no"], REASON, now=timezone.now())


def test_one_column_without_the_right_refuses_all(bank: SmallBank) -> None:
    with pytest.raises(NotAllowed):
        reveal(bank.owner, bank.party_id, ["phone", "certificate_no"], REASON, now=timezone.now())
    assert reveal(bank.owner, bank.party_id, ["phone"], REASON, now=timezone.now())["phone"]


def test_a_customer_of_another_branch_is_not_there(bank: SmallBank) -> None:
    with pytest.raises(NotFound):
        reveal(bank.user("branch_head"), bank.far_party_id, ["certificate_no"], REASON, now=timezone.now())


@pytest.mark.parametrize(
    ("columns", "reason"),
    [(["certificate_no"], ""), (["certificate_no"], " "), ([], REASON), (["aum"], REASON), (["no_such"], REASON)],
)
def test_a_reason_and_a_masked_column_are_needed(bank: SmallBank, columns: list[str], reason: str) -> None:
    with pytest.raises(Unacceptable):
        reveal(bank.user("branch_head"), bank.party_id, columns, reason, now=timezone.now())
    assert not AuditEvent.objects.filter(act="customer.reveal").exists()
