"""A double click, in a real browser: the form is sent once, and may be sent again after going back."""

from __future__ import annotations

from typing import Any

import pytest

from browser.conftest import Desk
from desk.small_bank import SmallBank
from tenure.desk.control.models import Sheet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_double_click_sends_a_form_once(bank: SmallBank, desk: Desk) -> None:
    sent: list[str] = []

    def note(request: Any) -> None:
        if request.method == "POST" and request.url.endswith("/audit/sheets/out"):
            sent.append(request.url)

    desk.page.on("request", note)
    desk.sign_in(bank.user("branch_head").username)
    desk.open("/customers/?tier=gold")
    form = "form[action$='/sheets/out']"
    for reason, times in (("signed forms of May", 1), ("signed forms of June", 2)):
        desk.page.click(f"details:has({form}) > summary")
        desk.page.fill(f"{form} [name=reason]", reason)
        desk.page.dblclick(f"{form} button")
        desk.page.wait_for_url("**/audit/sheets/*/")
        assert len(sent) == times and Sheet.objects.count() == times
        desk.page.go_back()
        desk.page.wait_for_load_state("networkidle")
