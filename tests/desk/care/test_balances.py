"""The four balances are counted from contacts, each once, and seen by those whose they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.test import Client
from django.utils import timezone

from desk.care.conftest import NOW, TODAY
from desk.small_bank import SmallBank
from tenure.desk.care.balance_selectors import balance_page, meaning
from tenure.desk.care.rules import share_of
from tenure.desk.org.models import User
from tenure.desk.parties.models import Timeline
from tenure.desk.work.services import log_contact

AsUser = Callable[[User], Client]


def test_a_manager_is_measured_by_their_own_contacts(bank: SmallBank) -> None:
    page = balance_page(bank.owner, TODAY)
    assert page is not None
    (row,) = page.rows
    published = Timeline.rows().filter(kind="interaction", staff_id="E2011", at__gte=NOW - timedelta(days=89))
    assert row.found.contacts == published.count() == 20
    assert row.found.ordinary.of == 20 and row.found.product.of == 0  # what those were about is not known
    assert row.found.customers == len({one.party_id for one in published})


def test_a_contact_the_lake_took_over_from_the_desk_is_counted_once(bank: SmallBank) -> None:
    before = balance_page(bank.owner, TODAY)
    contact = log_contact(bank.owner, bank.party_id, "call", "interested", now=NOW)
    logged = balance_page(bank.owner, TODAY)
    Timeline.rows().filter(kind="interaction", party_id=bank.party_id).update(
        event_id=f"interaction:desk-{contact.pk}", at=NOW
    )
    after = balance_page(bank.owner, TODAY)
    assert before and logged and after
    assert logged.whole.found.contacts == before.whole.found.contacts + 1
    assert after.whole.found.contacts == before.whole.found.contacts  # the published one became the desk's
    assert logged.whole.found.product.count == 1


def test_two_colleagues_at_one_customer_are_a_team(bank: SmallBank) -> None:
    head = bank.user("branch_head")
    before = balance_page(bank.owner, TODAY)
    log_contact(head, bank.party_id, "visit", "done", now=NOW)
    after = balance_page(bank.owner, TODAY)
    assert before and after
    assert after.rows[0].found.team.count == before.rows[0].found.team.count + 1
    assert after.rows[0].found.contacts == before.rows[0].found.contacts  # the head's contact is the head's


def test_a_head_sees_their_branchs_managers_and_no_others(bank: SmallBank) -> None:
    page = balance_page(bank.user("branch_head"), TODAY)
    assert page is not None and {one.staff_id for one in page.rows} == {"E2011", "E2012"}
    assert page.whole.found.contacts == sum(one.found.contacts for one in page.rows)
    assert balance_page(bank.user("administrator"), TODAY) is None


def test_the_share_of_ordinary_days_is_that_of_the_calendar(bank: SmallBank) -> None:
    page = balance_page(bank.owner, date(2026, 8, 31))  # 3 June to 31 August: the Dragon Boat alone, seven days
    assert page is not None and round(page.ordinary_days * 90) == 83


def test_words_are_said_only_where_the_whole_interval_says_so() -> None:
    few, low, near = share_of(3, 10), share_of(5, 100), share_of(48, 100)
    said = [meaning("product", one, 0.5) for one in (few, low, near)]
    assert len(set(said)) == 3


def test_the_page_shows_everyone_their_own(bank: SmallBank, as_user: AsUser) -> None:
    Timeline.rows().filter(kind="interaction").update(at=timezone.now() - timedelta(days=2))
    own = as_user(bank.owner).get("/care/balances/").content.decode()
    assert "王芳" in own and "李强" not in own
    branch = as_user(bank.user("branch_head")).get("/care/balances/").content.decode()
    assert "王芳" in branch and "李强" in branch and "秦岚" not in branch
