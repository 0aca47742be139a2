"""A signal sent over the API appears on an open page at once, beside the count and with the sound one asked for."""

from __future__ import annotations

import json
import urllib.request

import pytest
from django.utils import timezone

from browser.conftest import Desk
from desk.small_bank import SmallBank
from tenure.desk.control.services import create_token
from tenure.desk.signals.models import Signal

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
