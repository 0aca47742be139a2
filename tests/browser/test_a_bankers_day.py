"""A banker's day in a real browser: sign in, work the list by keys, find a customer, read the page, on any width."""

from __future__ import annotations

from typing import Any

import pytest

from browser.conftest import Desk
from desk.small_bank import SmallBank
from tenure.desk.control.models import AuditEvent
from tenure.desk.parties.models import Customer
from tenure.desk.work.models import Contact, Progress

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    "/today/",
    "/customers/",
    "/customers/{party}/?list=1",
    "/reports/branch/",
    "/reports/dictionary/",
    "/account/",
    "/lobby/",
    "/knowledge/customer/{party}/questionnaire",
)


def at(desk: Desk) -> Any:
    """The entry under the keys."""
    return desk.page.locator("[data-row].at")


def test_a_wrong_password_is_told_and_a_right_one_opens_the_day(bank: SmallBank, desk: Desk) -> None:
    desk.open("/account/sign-in")
    desk.picture("sign-in")
    desk.page.fill("#username", "e2011")
    desk.page.fill("#password", "not-the-password")
    desk.page.press("#password", "Enter")
    desk.page.wait_for_selector(".notice.error")
    assert "不正确" in desk.page.inner_text(".notice.error")
    desk.complaints.clear()  # the browser notes the 403 of the refusal
    desk.page.fill("#password", bank.password)
    desk.page.press("#password", "Enter")
    desk.page.wait_for_url("**/today/")
    assert desk.page.locator("h1").inner_text() == "今日"


def test_the_list_is_worked_by_keys_and_an_act_is_taken_back(bank: SmallBank, desk: Desk) -> None:
    desk.sign_in("e2011")
    desk.settled()
    first = at(desk).get_attribute("id")
    desk.page.keyboard.press("j")
    second = at(desk).get_attribute("id")
    assert first != second
    desk.page.keyboard.press("k")
    assert at(desk).get_attribute("id") == first
    before = desk.page.locator("#day .figure-value").first.inner_text()
    desk.page.keyboard.press("2")
    desk.page.wait_for_selector(f"#{first}.settled")
    assert Contact.objects.get().outcome == "interested"
    assert at(desk).get_attribute("id") == second, "the next open entry comes under the keys"
    assert desk.page.locator("#day .figure-value").first.inner_text() != before
    assert desk.page.locator(".toast-line").count() == 1
    desk.picture("today-logged")
    desk.page.keyboard.press("u")
    desk.page.wait_for_selector(f"#{first}:not(.settled)")
    assert not Progress.objects.exists()
    assert Contact.objects.get().withdrawn_at is not None


def test_an_entry_is_logged_in_words_put_off_and_handed_over(bank: SmallBank, desk: Desk) -> None:
    desk.sign_in("e2011")
    desk.settled()
    one = at(desk).get_attribute("id")
    desk.page.keyboard.press("w")
    desk.page.wait_for_selector(f"#{one} .entry-form")
    desk.page.fill(f"#words-{one}", "想把到期的定期转成大额存单")
    desk.picture("today-words")
    desk.page.press(f"#words-{one}", "Enter")
    desk.page.wait_for_selector(f"#{one}.settled")
    assert Contact.objects.get().words == "想把到期的定期转成大额存单"
    two = at(desk).get_attribute("id")
    desk.page.keyboard.press("s")
    desk.page.wait_for_selector(f"#{two} .entry-form")
    desk.picture("today-snooze")
    desk.page.click(f"#{two} .entry-form [data-key='3']")
    desk.page.wait_for_selector(f"#{two}.settled")
    three = at(desk).get_attribute("id")
    desk.page.keyboard.press("h")
    desk.page.wait_for_selector(f"#{three} .entry-form")
    desk.page.select_option(f"#to-{three}", "E2012")
    desk.page.fill(f"#reason-{three}", "下周休假")
    desk.picture("today-hand-over")
    desk.page.click(f"#{three} .entry-form .btn-primary")
    desk.page.wait_for_selector(f"#{three}.settled")
    assert sorted(Progress.objects.values_list("state", flat=True)) == ["done", "handed_over", "snoozed"]


def test_escape_leaves_a_form_without_a_trace(bank: SmallBank, desk: Desk) -> None:
    desk.sign_in("e2011")
    desk.settled()
    one = at(desk).get_attribute("id")
    desk.page.keyboard.press("s")
    desk.page.wait_for_selector(f"#{one} .entry-form")
    desk.settled()  # a person presses a key once the form stands, not in the middle of its coming
    desk.page.keyboard.press("Escape")
    desk.page.wait_for_selector(f"#{one} .entry-form", state="detached")
    desk.settled()
    assert at(desk).get_attribute("id") == one
    desk.page.keyboard.press("1")
    desk.page.wait_for_selector(f"#{one}.settled")


def test_a_refusal_is_said_in_a_toast_and_the_page_stays(bank: SmallBank, desk: Desk) -> None:
    desk.sign_in("e2011")
    desk.settled()
    one = at(desk).get_attribute("id")
    desk.page.keyboard.press("s")
    desk.page.wait_for_selector(f"#{one} .entry-form")
    desk.page.fill(f"#until-{one}", "2020-01-01")
    desk.page.click(f"#{one} .entry-form .btn-primary")
    desk.page.wait_for_selector(".toast-line.error")
    assert "明天" in desk.page.inner_text(".toast-line.error")
    assert desk.page.locator(f"#{one} .entry-form").count() == 1
    desk.complaints.clear()  # the browser notes the 422 of the refusal


def test_a_customer_is_found_by_ctrl_k_from_anywhere(bank: SmallBank, desk: Desk) -> None:
    row = Customer.rows().get(party_id=bank.party_id)
    desk.sign_in("e2011")
    desk.page.keyboard.press("Control+k")
    desk.page.wait_for_selector("dialog#search[open]")
    desk.page.keyboard.type(row.phone[-4:])
    desk.page.wait_for_selector("#found a[href*='/customers/']")
    desk.picture("search")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**/customers/**")
    assert row.name in desk.page.locator("h1").inner_text()
    desk.settled()
    desk.page.keyboard.press("?")
    desk.page.wait_for_selector("dialog#help[open]")
    desk.picture("keys")
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("g")
    desk.page.keyboard.press("t")
    desk.page.wait_for_url("**/today/")


def test_the_list_is_narrowed_paged_and_walked(bank: SmallBank, desk: Desk) -> None:
    desk.sign_in("e1001")
    desk.open("/customers/")
    desk.page.keyboard.press("]")
    desk.page.wait_for_url("**at=**")
    desk.page.keyboard.press("[")
    desk.settled()
    desk.page.select_option("select[name=tier]", "gold")
    desk.page.wait_for_url("**tier=gold**")
    desk.settled()
    assert desk.page.locator("tbody tr").count() == 12
    desk.page.keyboard.press("j")
    desk.page.keyboard.press("j")
    second = desk.page.locator("tr.at a[data-opens-row]").get_attribute("href")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url(f"**{second}")
    here = desk.page.url
    desk.page.keyboard.press("]")
    desk.page.wait_for_function(f"location.href !== {here!r}")
    desk.page.keyboard.press("[")
    desk.page.wait_for_url(f"**{second}")


def test_a_certificate_is_revealed_for_a_reason_that_is_kept(bank: SmallBank, desk: Desk) -> None:
    row = Customer.rows().get(party_id=bank.party_id)
    desk.sign_in("e2001")
    desk.open(f"/customers/{row.party_id}/")
    assert row.certificate_no not in desk.page.content()
    desk.page.click("#v-certificate_no button")
    desk.page.fill("#why-certificate_no", "核对开户证件")
    desk.page.press("#why-certificate_no", "Enter")
    desk.page.wait_for_selector("#v-certificate_no strong")
    assert desk.page.inner_text("#v-certificate_no strong") == row.certificate_no
    assert AuditEvent.objects.get(act="customer.reveal").reason == "核对开户证件"


def test_a_figure_tells_how_it_is_worked_out_and_a_chart_has_its_table(bank: SmallBank, desk: Desk) -> None:
    desk.sign_in("e2011")
    desk.open(f"/customers/{bank.party_id}/")
    desk.settled()
    desk.page.click(".figures .figure:first-child .why summary")
    assert "Σ B(d) ÷ D" in desk.page.inner_text(".figures .figure:first-child .why-body")
    desk.picture("figure-why")
    assert desk.page.locator("[data-chart=asset-curve] svg path").count() > 3
    desk.page.click("[data-chart-box]:has([data-chart=asset-curve]) summary")
    rows = desk.page.locator("[data-chart-box]:has([data-chart=asset-curve]) tbody tr")
    assert rows.count() == 24 and rows.first.is_visible()


def test_a_contact_is_logged_on_the_customers_page(bank: SmallBank, desk: Desk) -> None:
    desk.sign_in("e2011")
    desk.open(f"/customers/{bank.party_id}/")
    desk.page.wait_for_selector(".log-drop")
    desk.page.keyboard.press("l")
    desk.page.click("#log label:has(input[value=interested])")
    desk.page.fill("#log-words", "对大额存单有意向")
    desk.page.press("#log-words", "Enter")
    desk.page.wait_for_selector("#work .timeline li")
    assert "对大额存单有意向" in desk.page.inner_text("#work .timeline")
    assert Contact.objects.get().outcome == "interested"


@pytest.mark.parametrize("desk", [375, 1440], indirect=True, ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_is_wider_than_its_window_in_either_language(bank: SmallBank, desk: Desk, language: str) -> None:
    window = desk.page.viewport_size["width"]
    desk.sign_in("e2001")
    if language == "en":
        desk.page.click(".language button")
        desk.page.wait_for_selector("html[lang=en]")
    for path in PAGES:
        desk.open(path.format(party=bank.party_id))
        desk.settled()
        name = path.replace("{party}/?list=1", "one").strip("/").replace("/", "-")
        desk.picture(f"{name}-{language}-{window}")
        assert desk.width() <= window, path
