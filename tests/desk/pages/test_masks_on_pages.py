"""What a page shows of a person is what their reader's post allows, and asking for more is written down."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from desk.small_bank import SmallBank
from tenure.desk.control.models import AuditEvent
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer

AsUser = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "name", "phone"),
    [
        ("relationship_manager", True, True),
        ("branch_head", True, True),
        ("teller", True, False),
        ("marketer", False, False),
        ("executive", False, False),
        ("auditor", True, True),
    ],
)
def test_names_and_phones_are_masked_as_the_post_demands(
    bank: SmallBank, as_user: AsUser, role: str, name: bool, phone: bool
) -> None:
    row = Customer.rows().get(party_id=bank.party_id)
    client = as_user(bank.user(role))
    page = client.get(f"/customers/{row.party_id}/").content.decode()
    assert (row.name in page) == name
    assert (row.phone in page) == phone
    assert row.certificate_no not in page and row.certificate_no[6:14] not in page
    listed = client.get("/customers/", {"q": row.party_id}).content.decode()
    assert (row.name in listed) == name
    found = client.get("/customers/find", {"q": row.party_id}).content.decode()
    assert (row.name in found) == name
    assert (row.phone in found) == phone


def test_account_numbers_are_never_whole_on_the_page(bank: SmallBank, as_user: AsUser) -> None:
    page = as_user(bank.user("branch_head")).get(f"/customers/{bank.party_id}/").content.decode()
    assert "62170012" not in page


def test_revealing_takes_a_reason_and_leaves_a_line(bank: SmallBank, as_user: AsUser) -> None:
    row = Customer.rows().get(party_id=bank.party_id)
    client = as_user(bank.user("branch_head"))
    address = f"/customers/{row.party_id}/reveal/certificate_no"
    assert row.certificate_no not in client.get(address).content.decode()
    bare = client.post(address, {"reason": " "}, headers={"HX-Request": "true"})
    assert bare.status_code == 422 and row.certificate_no not in bare.content.decode()
    shown = client.post(address, {"reason": "开立账户核对证件"}, headers={"HX-Request": "true"})
    assert row.certificate_no in shown.content.decode()
    line = AuditEvent.objects.filter(act="customer.reveal").get()
    assert (line.object_id, line.reason) == (row.party_id, "开立账户核对证件")
    assert as_user(bank.owner).post(address, {"reason": "curious enough"}).status_code == 403


def test_opening_a_customer_leaves_a_line(bank: SmallBank, as_user: AsUser) -> None:
    as_user(bank.owner).get(f"/customers/{bank.party_id}/")
    assert AuditEvent.objects.filter(act="customer.open", object_id=bank.party_id).count() == 1


def test_the_page_is_watermarked_with_its_reader(bank: SmallBank, as_user: AsUser) -> None:
    page = as_user(bank.owner).get(f"/customers/{bank.party_id}/").content.decode()
    assert f"{bank.owner.name} {bank.owner.staff_id}" in page


def test_refused_values_stay_hidden_on_the_data_page(bank: SmallBank, as_user: AsUser) -> None:
    page = as_user(bank.user("administrator")).get("/reports/data/").content.decode()
    assert "transaction_20260630.csv" in page and "2026-02-31" not in page


def test_export_is_offered_only_to_those_who_may(bank: SmallBank, as_user: AsUser) -> None:
    assert "/customers/export" not in as_user(bank.owner).get("/customers/").content.decode()
    client = as_user(bank.user("branch_head"))
    assert "/customers/export" in client.get("/customers/").content.decode()
    assert client.post("/customers/export", {"reason": "季度回访名单", "query": "tier=gold"}).status_code == 302
    assert "季度回访名单" in client.get("/customers/").content.decode()
    assert as_user(bank.owner).post("/customers/export", {"reason": "季度回访名单"}).status_code == 403


def test_the_auditor_reads_who_revealed_what_and_why(bank: SmallBank, as_user: AsUser) -> None:
    head = as_user(bank.user("branch_head"))
    head.post(f"/customers/{bank.party_id}/reveal/certificate_no", {"reason": "开立账户核对证件"})
    page = as_user(bank.user("auditor")).get("/audit/", {"key": bank.party_id, "act": "customer.reveal"})
    assert "开立账户核对证件" in page.content.decode()
    assert head.get("/audit/").status_code == 403
    empty = as_user(bank.user("auditor")).get("/audit/", {"day": "no day", "before": "x", "actor": "nobody"})
    assert empty.status_code == 200
