"""A signal sent over the API appears on an open page at once, beside the count and with the sound one asked for."""

from __future__ import annotations

import json
import urllib.request
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from browser.conftest import Desk
from desk.small_bank import SmallBank
from tenure.desk.control.services import create_token
from tenure.desk.signals.models import Signal
from tenure.desk.signals.services import add_signal, claim

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
#: Stands before the page's own scripts and counts the tones they play.
TONES = """
window.tones = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) {
  window.tones.push(this.frequency.value);
  return start.apply(this, at);
};
"""


@pytest.mark.parametrize("desk", [390, 1280], indirect=True, ids=["phone", "desk"])
@pytest.mark.parametrize("sound", [True, False], ids=["sound on", "sound off"])
def test_a_signal_sent_over_the_api_appears_on_the_open_page(bank: SmallBank, desk: Desk, sound: bool) -> None:
    desk.page.add_init_script(TONES)
    desk.sign_in("e2011")
    desk.open("/signals/")
    if sound:
        desk.page.click("form[action$='/sound'] button")
        desk.page.wait_for_selector("form[action$='/sound'] button[aria-pressed=true]")
    desk.page.mouse.click(5, 5)  # a browser sounds for those alone who have touched the page
    _token, key = create_token(bank.user("teller"), "counter", ["signals:write"], now=timezone.now())
    sent = urllib.request.Request(
        f"{desk.address}/api/v1/signals",
        json.dumps({"party_id": bank.party_id, "traits": ["leaving"], "external_id": "t-1"}).encode(),
        {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(sent) as answer:
        number = json.load(answer)["id"]
    desk.page.wait_for_selector("#toasts a", timeout=20_000)
    assert number in desk.page.inner_html("#toasts")
    assert desk.page.evaluate("window.tones") == ([660, 880] if sound else [])
    desk.picture(f"signal-arrives-{desk.page.viewport_size['width']}")
    assert Signal.objects.count() == 1


@pytest.mark.parametrize("desk", [1280], indirect=True, ids=["desk"])
def test_a_signal_for_a_colleague_leads_nobody_to_an_empty_list(bank: SmallBank, desk: Desk) -> None:
    head = bank.user("branch_head")
    desk.sign_in(head.username)
    desk.open("/signals/")
    figure = desk.page.locator("[data-signal-count]").first
    now = timezone.now()
    signal = add_signal(bank.user("teller"), bank.party_id, ["leaving"], now=now)  # nobody's: the head's too
    expect(figure).to_have_text("1", timeout=20_000)
    assert desk.page.locator("[data-signal-more]").is_visible()
    desk.open("/signals/")
    claim(bank.owner, signal.pk, now=timezone.now())
    expect(figure).to_be_hidden(timeout=20_000)
    mine = Signal.objects.create(
        cause="salary_stopped:mine", party_id=bank.party_id, org_path=signal.org_path, rule="salary_stopped", facts={},
        at=now, goes_to=bank.owner.staff_id, escalates_at=now + timedelta(hours=1), changed_at=timezone.now(),
    )  # fmt: skip
    for _ in range(100):
        if str(mine.pk) in desk.page.evaluate("sessionStorage.getItem('tenure-signals')"):
            break
        desk.page.wait_for_timeout(200)
    else:
        raise AssertionError("the page did not hear of it")
    assert figure.is_hidden() and desk.page.locator("[data-signal-more]").is_hidden()
    assert desk.page.locator("#toasts a").count() == 0
