"""A visit logged in under twenty seconds, counted in keys and taps, and losing nothing when the line is down."""

from __future__ import annotations

import pytest

from browser.conftest import Desk
from desk.small_bank import SmallBank
from tenure.desk.knowledge.models import Fact
from tenure.desk.lobby.models import Reception
from tenure.desk.work.models import Contact

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
#: Keys and taps beside the words themselves: half a second each. A form that needs more is noticed here.
MOST_KEYS, MOST_TAPS = 6, 5
WORDS = "聊了大额存单，下周带利率表再来"


class Counted:
    """Keys pressed and places tapped, each counted."""

    def __init__(self, desk: Desk) -> None:
        self.page, self.acts = desk.page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.acts += 1

    def tap(self, selector: str) -> None:
        self.page.tap(selector)
        self.acts += 1


def test_a_visit_with_words_and_next_step_takes_a_few_keys(bank: SmallBank, desk: Desk) -> None:
    desk.sign_in("e2011")
    desk.open(f"/customers/{bank.party_id}/")
    desk.settled()
    hand = Counted(desk)
    hand.press("v", "2")
    desk.page.keyboard.type(WORDS)
    hand.press("Tab", "ArrowRight", "ArrowRight", "Control+Enter")
    desk.page.wait_for_selector("#work .timeline .words")
    contact = Contact.objects.get()
    assert (contact.kind, contact.outcome, contact.words) == ("visit", "interested", WORDS)
    assert contact.next_step_on is not None and (contact.next_step_on - contact.at.date()).days in (7, 8)
    assert hand.acts <= MOST_KEYS
    assert desk.page.locator(".draft-note").count() == 0


@pytest.mark.parametrize("desk", [390], indirect=True)
def test_on_a_phone_a_visit_takes_a_few_taps(bank: SmallBank, desk: Desk) -> None:
    desk.sign_in("e2011")
    desk.open(f"/customers/{bank.party_id}/")
    desk.settled()
    hand = Counted(desk)
    hand.tap("[data-logs=visit]")
    hand.tap("#log label:has([value=interested])")
    hand.tap("#log [data-words]")
    desk.page.keyboard.type(WORDS)
    hand.tap("#log fieldset:nth-of-type(3) label:nth-of-type(3)")
    hand.tap("#log .btn-primary")
    desk.page.wait_for_selector("#work .timeline .words")
    contact = Contact.objects.get()
    assert (contact.kind, contact.outcome, contact.words) == ("visit", "interested", WORDS)
    assert contact.next_step_on is not None and hand.acts <= MOST_TAPS
    assert desk.width() <= 390


def test_what_was_typed_survives_a_line_that_is_down_and_is_saved_once(bank: SmallBank, desk: Desk) -> None:
    desk.sign_in("e2011")
    desk.open(f"/customers/{bank.party_id}/")
    desk.settled()
    desk.page.keyboard.press("v")
    desk.page.keyboard.press("2")
    desk.page.keyboard.type(WORDS)
    desk.page.context.set_offline(True)
    desk.page.keyboard.press("Control+Enter")
    desk.page.wait_for_selector(".toast-line.error")
    assert not Contact.objects.exists()
    desk.page.context.set_offline(False)
    desk.open(f"/customers/{bank.party_id}/")
    desk.settled()
    assert desk.page.input_value("#log [data-words]") == WORDS
    assert desk.page.is_checked("#log [name=outcome][value=interested]")
    assert desk.page.locator("#log .draft-note").count() == 1
    desk.complaints.clear()  # the browser notes the failed request
    desk.page.focus("#log [data-words]")
    desk.page.keyboard.press("Control+Enter")
    desk.page.keyboard.press("Control+Enter")
    desk.page.wait_for_selector("#work .timeline .words")
    desk.settled()
    assert Contact.objects.count() == 1
    assert desk.page.input_value("#log [data-words]") == "", "saved: nothing is kept"


def test_a_fact_is_noted_and_the_graph_is_walked_by_enter(bank: SmallBank, desk: Desk) -> None:
    from tenure.desk.parties.models import Relation

    Relation.models["a"].objects.get_or_create(
        party_id=bank.party_id, other_id="C000007", kind="spouse", defaults={"other_is_customer": True}
    )
    desk.sign_in("e2011")
    desk.open(f"/customers/{bank.party_id}/")
    desk.settled()
    desk.page.click("#known summary:has(.bi-plus)")
    desk.page.select_option("#f-code", "taste")
    desk.page.fill("#f-words", "爱喝龙井")
    desk.page.keyboard.press("Control+Enter")
    desk.page.wait_for_selector("#known .known-words:has-text('爱喝龙井')")
    assert Fact.objects.get().words == "爱喝龙井"
    desk.picture("customer-known")
    desk.page.click(".sections a[href='#relatives']")
    assert desk.page.is_visible("#relatives a[href*=C000007]"), "a link to a folded part opens it"
    desk.page.click("#relations > summary")
    desk.page.focus("#relations .network a[href*=C000007]")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**/customers/C000007/**")
    desk.page.wait_for_selector("#relations[open] .network")


@pytest.mark.parametrize("desk", [390], indirect=True)
def test_the_lobby_finds_advises_and_logs_by_taps(bank: SmallBank, desk: Desk) -> None:
    desk.sign_in("e2002")
    desk.open("/lobby/")
    desk.page.fill("#lobby-q", bank.party_id)
    desk.page.wait_for_selector("#lobby-found a")
    desk.page.tap("#lobby-found a")
    desk.page.wait_for_selector(".lobby-card")
    desk.page.tap(".taps label:has([value=cash_small])")
    desk.page.wait_for_selector(".advice.counter")
    desk.picture("lobby-phone")
    desk.page.tap(".receive .btn-primary")
    desk.page.wait_for_selector(".received")
    kept = Reception.objects.get()
    assert (kept.outcome, kept.advice, kept.because) == ("served", "counter", "nobody_waits")
    assert desk.width() <= 390
