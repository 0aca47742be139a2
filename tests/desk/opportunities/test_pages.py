"""The pages with something on them: in both languages, by owner, colleague and stranger, and when two are at it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk.opportunities.conftest import NOW, TODAY, Opened
from desk.pages.rendered import left_over
from desk.small_bank import SmallBank
from tenure.desk.control.models import AuditEvent
from tenure.desk.opportunities import services
from tenure.desk.opportunities.credit import services as credit
from tenure.desk.opportunities.models import Agreement, Opportunity
from tenure.desk.org.models import User

AsUser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
BOTH = [("found", "E2012", 100), ("won", "E2011", 100), ("serves", "E2011", 100)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_with_something_on_it_is_in_the_readers_language(
    bank: SmallBank, opened: Opened, as_user: AsUser, language: str
) -> None:
    one, lost = opened(title="X1", next_step="X2"), opened(title="X3", next_step="X4")
    services.move(bank.owner, one.pk, "contacted", version=1, now=NOW, words="X5")
    services.lose(bank.owner, lost.pk, "price", version=1, now=NOW)
    old = opened(title="X6", next_step="X7", next_step_on=TODAY, now=NOW - timedelta(days=40))
    won = services.win(bank.owner, opened(title="X8", next_step="X9").pk, version=1, now=NOW)
    credit.propose(bank.owner, won.pk, [(p, "E2011", 100) for p, _s, _n in BOTH], "X10", now=NOW)
    made = credit.propose(bank.owner, won.pk, BOTH, now=NOW)
    pages = [
        "/opportunities/",
        "/opportunities/list?state=",
        "/opportunities/list?state=lost",
        f"/opportunities/{one.pk}/",
        f"/opportunities/{old.pk}/",
        f"/opportunities/{won.pk}/",
        f"/opportunities/{lost.pk}/",
        f"/opportunities/shares/{made.pk}/",
        f"/opportunities/customer/{bank.party_id}",
        "/opportunities/credit/",
        "/opportunities/stale",
    ]
    for user in (bank.owner, bank.user("branch_head")):
        client = as_user(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        for address in [*pages, *(["/opportunities/credit/branch"] if user.staff_id == "E2001" else [])]:
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert left_over(answer.content.decode(), language) == [], address
    credit.answer(bank.colleague, made.pk, False, "X11", now=NOW)
    credit.dispute(bank.owner, made.pk, "X12", now=NOW)
    head = as_user(bank.user("branch_head"))
    head.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for address in (f"/opportunities/{won.pk}/", f"/opportunities/shares/{made.pk}/", "/audit/changes/"):
        answer = head.get(address)
        assert answer.status_code == 200
        assert left_over(answer.content.decode(), language) == [], address


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_no_page_of_it_is_for_who_does_not_see_the_customer(
    bank: SmallBank, opened: Opened, as_user: AsUser, who: str
) -> None:
    one = opened()
    client = as_user(getattr(bank, who))
    assert "three-year" not in client.get("/opportunities/?owner=all").content.decode()
    assert "three-year" not in client.get("/opportunities/list?owner=all&state=").content.decode()
    assert client.get(f"/opportunities/{one.pk}/").status_code == 404
    for act in ("move", "step", "edit", "win", "lose", "shares"):
        assert client.post(f"/opportunities/{one.pk}/{act}", {"stage": "agreed", "version": "1"}).status_code == 404
    one.refresh_from_db()
    assert one.version == 1


def test_a_card_moves_by_its_button_and_the_board_comes_back(bank: SmallBank, opened: Opened, as_user: AsUser) -> None:
    one = opened()
    answer = as_user(bank.owner).post(
        f"/opportunities/{one.pk}/move?kind=deposit", {"stage": "contacted", "version": "1"}, headers=HTMX
    )
    assert answer.status_code == 200 and f'id="card-{one.pk}"' in answer.content.decode()
    one.refresh_from_db()
    assert one.stage == "contacted"


def test_a_form_refused_because_somebody_was_first_learns_who_and_which_version(
    bank: SmallBank, opened: Opened, as_user: AsUser
) -> None:
    """The page keeps what was typed; sent again with the version it was told, it goes through."""
    one = opened()
    services.move(bank.user("branch_head"), one.pk, "proposed", version=1, now=NOW)
    form = {"stage": "agreed", "version": "1", "words": "they agreed", "next_step": "open", "next_step_on": str(TODAY)}
    client = as_user(bank.owner)
    answer = client.post(f"/opportunities/{one.pk}/step", form, headers=HTMX)
    assert answer.status_code == 409
    assert "沈伟" in unquote(answer["X-Words"]) and answer["X-Version"] == "2"
    again = client.post(f"/opportunities/{one.pk}/step", form | {"version": "2"}, headers=HTMX)
    assert again.status_code == 204 and again["HX-Redirect"] == f"/opportunities/{one.pk}/"
    one.refresh_from_db()
    assert one.stage == "agreed"


def test_the_new_form_of_a_need_is_filled_in_and_pressed_twice_opens_one(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    form = client.get(f"/opportunities/customer/{bank.party_id}/new?category=fund").content.decode()
    assert '<option value="investment" selected>' in form and '<option value="need" selected>' in form
    sent = {
        "once": "form-1",
        "kind": "investment",
        "title": "index fund",
        "amount": "50万",
        "next_step": "meet",
        "next_step_on": (TODAY + timedelta(days=2)).isoformat(),
        "source": "need",
        "source_key": "fund",
    }
    for _time in range(2):
        assert client.post(f"/opportunities/customer/{bank.party_id}/new", sent, headers=HTMX).status_code == 200
    one = Opportunity.objects.get()
    assert (one.amount, one.source, one.source_key) == (50_000_000, "need", "fund")
    refused = client.post(
        f"/opportunities/customer/{bank.party_id}/new", sent | {"amount": "much", "once": "form-2"}, headers=HTMX
    )
    assert refused.status_code == 422


def test_shares_are_proposed_answered_and_seen_by_who_is_named(
    bank: SmallBank, opened: Opened, as_user: AsUser
) -> None:
    won = services.win(bank.owner, opened().pk, version=1, now=NOW)
    form = {
        "found_staff": ["E2012 李强", ""],
        "found_percent": ["100", ""],
        "won_staff": ["E2011", "E2012"],
        "won_percent": ["60", "40"],
        "serves_staff": ["E2011"],
        "serves_percent": ["100"],
    }
    assert as_user(bank.owner).post(f"/opportunities/{won.pk}/shares", form, headers=HTMX).status_code == 204
    made = Agreement.objects.get()
    colleague = as_user(bank.colleague)
    assert "three-year deposit" in colleague.get("/opportunities/stale").content.decode()
    page = colleague.get(f"/opportunities/shares/{made.pk}/").content.decode()
    customer = bank.party_id
    assert "three-year deposit" in page and customer not in page
    assert colleague.post(f"/opportunities/shares/{made.pk}/answer", {"agrees": "1"}, headers=HTMX).status_code == 204
    made.refresh_from_db()
    assert made.state == "in_force"
    statement = colleague.get("/opportunities/credit/").content.decode()
    assert "three-year deposit" in statement and customer not in statement
    assert as_user(bank.stranger).get(f"/opportunities/shares/{made.pk}/").status_code == 404
    bad = as_user(bank.owner).post(f"/opportunities/{won.pk}/shares", form | {"won_percent": ["x", "40"]}, headers=HTMX)
    assert bad.status_code == 422


def test_looking_at_names_is_written_down(bank: SmallBank, opened: Opened, as_user: AsUser) -> None:
    one = opened()
    client = as_user(bank.owner)
    client.get("/opportunities/")
    client.get("/opportunities/list")
    client.get(f"/opportunities/{one.pk}/")
    acts = list(AuditEvent.objects.order_by("position").values_list("act", flat=True))
    assert acts.count("customer.list") == 2 and acts.count("customer.open") == 1


def test_many_cards_cost_no_more_queries_than_one(bank: SmallBank, opened: Opened, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    opened()
    client.get("/opportunities/")
    for address in ("/opportunities/?kind=deposit", "/opportunities/list", "/opportunities/stale"):
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        for number in range(6):
            opened(title=f"more {number}")
        with CaptureQueriesContext(connection) as many:
            client.get(address)
        assert len(many) <= len(few), address


@pytest.mark.parametrize("at", ["!", "WyIyMDI2IiwieCIsMF0", "W251bGwsIm5vIHV1aWQiLDBd", "WzEsMiwzXQ"])
@pytest.mark.parametrize("sort", ["stale", "amount", "changed", "expected", "luck"])
def test_a_place_that_is_none_shows_page_one(
    bank: SmallBank, opened: Opened, as_user: AsUser, at: str, sort: str
) -> None:
    opened()
    answer = as_user(bank.owner).get(f"/opportunities/list?at={at}&sort={sort}")
    assert answer.status_code == 200 and "three-year" in answer.content.decode()
