"""The builder of surveys by the keys alone and on a phone: a branch is chosen by words."""

from __future__ import annotations

import pytest
from django.utils import timezone

from browser.conftest import Desk
from browser.test_accessibility import _serious, axe  # noqa: F401 - a fixture
from desk.small_bank import SmallBank
from tenure.desk.voice.surveys import making_services as making
from tenure.desk.voice.surveys.models import Survey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADDRESS = "/surveys/counter-csat/draft"


@pytest.fixture
def draft(bank: SmallBank) -> Survey:
    """A survey begun: overall, what was not good (after 1–3), words (always asked)."""
    return making.make_survey(
        bank.user("marketer"), "counter-csat", "csat", "counter_service", False, now=timezone.now()
    )


def condition() -> object:
    return Survey.objects.get().draft["content"]["questions"][2]["show_if"]


def test_a_branch_is_chosen_by_the_keys_without_the_page_leaving_at_every_arrow(
    bank: SmallBank, desk: Desk, draft: Survey
) -> None:
    desk.sign_in(bank.user("marketer").username)
    desk.open(ADDRESS)
    field = desk.page.locator("#a2")
    field.focus()
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("ArrowDown")
    assert "哪些方面让您不满意" in field.locator("option:checked").inner_text()
    assert condition() is None, "arrows only choose"
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**#if-words")
    assert condition() == {"question": "cause", "in": []}
    desk.page.keyboard.press("Tab")  # the page goes on at the field, then come its answers
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Space")
    with desk.page.expect_navigation():
        desk.page.keyboard.press("Control+Enter")
    assert condition() == {"question": "cause", "in": ["waiting"]}
    assert "等候时间 → 3. 还有什么想告诉我们？" in desk.page.inner_text("#cause .leads")


@pytest.mark.parametrize("desk", [390], indirect=True)
def test_a_branch_is_chosen_on_a_phone_and_everyone_can_read_it(
    bank: SmallBank,
    desk: Desk,
    draft: Survey,
    axe: str,  # noqa: F811
) -> None:
    desk.sign_in(bank.user("marketer").username)
    desk.open(ADDRESS)
    desk.page.locator("#a2").tap()
    desk.page.select_option("#a2", "satisfaction")
    desk.page.wait_for_url("**#if-words")
    desk.page.locator("#if-words label", has_text="5").tap()
    with desk.page.expect_navigation():
        desk.page.locator("button.btn-primary[value=save]").tap()
    assert condition() == {"question": "satisfaction", "in": ["5"]}
    assert desk.width() <= 390
    assert list(_serious(desk, axe)) == []
