"""Before a session ends the page asks whether anybody is there; when it has ended, what was typed is still there."""

from __future__ import annotations

import time

import pytest
from django.contrib.sessions.models import Session

from browser.conftest import Desk
from browser.test_accessibility import _serious, axe  # noqa: F401 - a fixture
from desk.small_bank import PASSWORD, SmallBank
from tenure.desk.work.models import Contact

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def rest(desk: Desk, seconds: int) -> None:
    """Let the session and the page rest for so long."""
    for kept in Session.objects.all():
        told = kept.get_decoded()
        told["seen"] = int(time.time()) - seconds
        kept.session_data = Session.get_session_store_class()().encode(told)
        kept.save()
    desk.page.clock.fast_forward(seconds * 1000)


@pytest.mark.parametrize("desk", [390, 1280], indirect=True, ids=["phone", "desk"])
def test_stay_signed_in_and_come_back_lose_nothing_typed(bank: SmallBank, desk: Desk, axe: str) -> None:  # noqa: F811
    width = desk.page.viewport_size["width"]
    desk.page.clock.install()
    desk.sign_in("e2011")
    desk.open(f"/customers/{bank.party_id}/")
    desk.page.click(".log-drop > summary")
    words = desk.page.locator("#log [data-words]")
    words.fill("想了解大额存单")
    rest(desk, 28 * 60 + 30)
    desk.page.wait_for_selector("#session[open]")
    assert desk.page.evaluate("document.activeElement.matches('[data-session-stay]')"), "Enter stays"
    desk.picture(f"session-warning-{width}")
    assert list(_serious(desk, axe)) == []
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_selector("#session:not([open])", state="attached")
    assert words.input_value() == "想了解大额存单"

    Session.objects.all().delete()
    desk.page.clock.fast_forward(31 * 60 * 1000)
    desk.page.wait_for_selector("[data-session-part=over]:visible")
    desk.picture(f"session-over-{width}")
    desk.page.click("[data-session-on]")
    desk.page.wait_for_selector("[data-session-no]:visible")
    with desk.page.context.expect_page() as opened:
        desk.page.click("[data-session-part=over] a")
    door = opened.value
    door.fill("#username", "e2011")
    door.fill("#password", PASSWORD)
    door.press("#password", "Enter")
    door.wait_for_url("**/today/")
    door.close()
    desk.page.click("[data-session-on]")
    desk.page.wait_for_selector("#session:not([open])", state="attached")
    assert words.input_value() == "想了解大额存单"
    desk.page.click("#log label:has([value=interested])")
    words.press("Control+Enter")
    desk.settled()
    assert Contact.objects.get().words == "想了解大额存单", "the old page's form is sent with the new session's token"
    desk.complaints.clear()  # the feed of an ended session
