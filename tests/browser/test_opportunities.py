"""Opportunities in a real browser: a card goes by the keys, typed words outlive a conflict, everyone can read it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from browser.conftest import Desk
from browser.test_accessibility import _serious, axe  # noqa: F401 - a fixture
from desk.small_bank import SmallBank
from tenure.desk.opportunities import services
from tenure.desk.opportunities.credit import services as credit
from tenure.desk.opportunities.models import Opportunity

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def one(bank: SmallBank) -> Opportunity:
    """An opportunity of the owner's, beside one that is won with shares that wait."""
    now = timezone.now()
    day = timezone.localdate(now) + timedelta(days=3)

    def made(title: str) -> Opportunity:
        given = (bank.owner, bank.party_id, "deposit", title, 50_000_000, "致电", day)
        return services.open_opportunity(*given, now=now)

    won = services.win(bank.owner, made("已赢得的存款").pk, version=1, now=now)
    shares = [("found", "E2012", 100), ("won", "E2011", 100), ("serves", "E2011", 100)]
    credit.propose(bank.owner, won.pk, shares, now=now)
    return made("三年期定期")


def test_a_card_goes_on_by_the_arrow_key_and_stays_chosen(bank: SmallBank, desk: Desk, one: Opportunity) -> None:
    desk.sign_in("e2011")
    desk.open("/opportunities/")
    card = f"card-{one.pk}"
    desk.page.focus(f"#{card}")
    for stage in ("contacted", "proposed"):
        desk.page.keyboard.press("ArrowRight")
        desk.page.wait_for_selector(f"[data-stage={stage}] #{card}")
        desk.page.wait_for_function(f"document.activeElement.id === '{card}'")
    desk.page.keyboard.press("ArrowLeft")
    desk.page.wait_for_selector(f"[data-stage=contacted] #{card}")
    one.refresh_from_db()
    assert one.stage == "contacted"


def test_who_is_second_is_told_and_keeps_what_they_typed(bank: SmallBank, desk: Desk, one: Opportunity) -> None:
    desk.sign_in("e2011")
    desk.open(f"/opportunities/{one.pk}/")
    services.move(bank.user("branch_head"), one.pk, "agreed", version=1, now=timezone.now())
    desk.page.fill("#step-words", "客户要再想想")
    desk.page.click("#step button.btn-primary")
    desk.page.wait_for_selector(".toast-line.error")
    assert "沈伟" in desk.page.inner_text(".toast-line.error")
    assert desk.page.input_value("#step-words") == "客户要再想想"
    desk.complaints.clear()  # the browser notes the 409 of the refusal
    desk.page.click("#step button.btn-primary")
    desk.page.wait_for_selector(".timeline .words >> text=客户要再想想")


@pytest.mark.parametrize("desk", [1280, 390], indirect=True, ids=["desk", "phone"])
def test_everyone_can_read_it(bank: SmallBank, desk: Desk, one: Opportunity, axe: str) -> None:  # noqa: F811
    desk.sign_in("e2011")
    made = Opportunity.objects.get(state="won")
    pages = [
        "/opportunities/",
        "/opportunities/list?state=",
        f"/opportunities/{one.pk}/",
        f"/opportunities/{made.pk}/",
        f"/opportunities/shares/{made.agreements.get().pk}/",
        "/opportunities/credit/",
        "/today/",
        f"/customers/{bank.party_id}/",
    ]
    wrong = []
    for address in pages:
        desk.open(address)
        desk.settled()
        wrong += [f"{address}: {found}" for found in _serious(desk, axe)]
        assert desk.width() <= desk.page.viewport_size["width"], address
    assert wrong == []


def test_a_double_click_notes_one_step_and_nobody_is_said_to_have_been_first(
    bank: SmallBank, desk: Desk, one: Opportunity
) -> None:
    sent: list[str] = []
    desk.page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    desk.sign_in("e2011")
    desk.open(f"/opportunities/{one.pk}/")
    desk.page.fill("#step-words", "客户要再想想")
    sent.clear()
    desk.page.dblclick("#step button.btn-primary")
    desk.page.wait_for_selector(".timeline >> text=客户要再想想")
    desk.settled()
    assert [url.rsplit("/", 1)[1] for url in sent] == ["step"]
    one.refresh_from_db()
    assert one.version == 2
