"""The door in a real browser: a second factor is set up from the picture's key, and signing in then asks for a code."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from browser.conftest import Desk
from desk.org.at_the_door import code_at
from desk.small_bank import SmallBank
from tenure.desk.control.models import AuditEvent
from tenure.desk.org.models import SecondFactor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("desk", [390, 1440], indirect=True, ids=["phone", "desk"])
def test_a_second_factor_is_set_up_and_asked_for(bank: SmallBank, desk: Desk) -> None:
    width = desk.page.viewport_size["width"]
    desk.sign_in("e2011")
    desk.open("/account/second-factor")
    desk.page.click("form[action$='/begin'] button")
    desk.page.wait_for_selector("svg.qr")
    box = desk.page.locator("svg.qr").bounding_box()
    assert box is not None and box["width"] > 150 and abs(box["width"] - box["height"]) < 2, "a picture one can scan"
    desk.page.click("details summary:has(~ #secret)")
    secret = desk.page.inner_text("#secret").replace(" ", "")
    desk.picture(f"second-factor-offer-{width}", whole=True)
    desk.page.fill("#code", code_at(secret, timezone.now()))
    desk.page.press("#code", "Enter")
    desk.page.wait_for_selector(".recovery-codes")
    codes = desk.page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    desk.picture(f"second-factor-codes-{width}", whole=True)
    assert desk.width() <= width
    desk.open("/account/second-factor")
    desk.picture(f"second-factor-set-{width}", whole=True)
    desk.open("/account/")
    desk.picture(f"account-{width}", whole=True)
    desk.page.click("form[action$='/sessions/end'] button")
    desk.page.wait_for_url("**/sign-in")

    # Codes are good for one time: let the one that confirmed it lie a minute back.
    SecondFactor.objects.update(last_step=int((timezone.now() - timedelta(minutes=2)).timestamp()) // 30)
    for code, opens in (("000000", False), (code_at(secret, timezone.now()), True)):
        desk.open("/account/sign-in")
        desk.page.fill("#username", "e2011")
        desk.page.fill("#password", bank.password)
        desk.page.press("#password", "Enter")
        desk.page.wait_for_selector("#code")
        desk.picture(f"sign-in-code-{width}")
        desk.page.fill("#code", code)
        desk.page.press("#code", "Enter")
        if opens:
            desk.page.wait_for_url("**/today/")
        else:
            desk.page.wait_for_selector(".notice.error")
            desk.complaints.clear()  # the browser notes the 403 of the refusal
    assert AuditEvent.objects.filter(act="user.sign_in").latest("pk").changes == {"by": "password+code"}
