"""A form that is refused leads back to its page with the refusal, and with what was typed still in it."""

from __future__ import annotations

import re

import pytest

from browser.conftest import Desk
from desk.small_bank import SmallBank
from tenure.desk.control.models import Sheet
from tenure.desk.control.sheets import services as sheets
from tenure.desk.voice.complaints.models import Complaint

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_reason_typed_for_too_large_a_workbook_is_still_there(
    bank: SmallBank, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 1)
    desk.sign_in(bank.user("branch_head").username)
    desk.open("/customers/")
    form = "form[action$='/sheets/out']"
    desk.page.click(f"details:has({form}) > summary")
    desk.page.fill(f"{form} [name=reason]", "signed forms of May")
    desk.page.check(f"{form} [value=coverage]")
    desk.page.click(f"{form} button")
    desk.page.wait_for_selector(".notice.error")
    assert not Sheet.objects.exists()
    assert desk.page.input_value(f"{form} [name=reason]") == "signed forms of May"
    assert desk.page.is_checked(f"{form} [value=coverage]")
    assert desk.page.is_visible(f"{form} [name=reason]"), "it is open, to be mended and sent again"
    assert desk.page.input_value("#export-reason") == "", "the form beside it, which has a reason too, has none of it"
    desk.open("/customers/")
    assert desk.page.input_value(f"{form} [name=reason]") == "", "kept for that one page alone"


def test_the_second_complaint_taken_in_begins_empty_and_one_left_unfinished_comes_back_for_its_customer_alone(
    bank: SmallBank, desk: Desk
) -> None:
    desk.sign_in(bank.owner.username)
    form, first = "form[data-draft]", f"/complaints/new?customer={bank.party_id}"
    desk.open(first)
    desk.page.fill(f"{form} [name=words]", "等了一个小时")
    desk.open(first)
    assert desk.page.input_value(f"{form} [name=words]") == "等了一个小时", "left unfinished"
    desk.open("/complaints/new")
    assert desk.page.input_value(f"{form} [name=words]") == "", "another customer's is not theirs"
    desk.open(first)
    desk.page.fill(f"{form} [name=received_time]", "00:00")
    desk.page.click(f"{form} .btn-primary")
    desk.page.wait_for_url(re.compile(r"/complaints/[0-9a-f-]{36}/"))
    assert Complaint.objects.count() == 1
    desk.open(first)
    assert desk.page.input_value(f"{form} [name=words]") == "", "it was saved"
    assert not desk.page.is_visible(".draft-note")
