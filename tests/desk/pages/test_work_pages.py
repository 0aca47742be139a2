"""The day's work on the page: logged with one key, put off, handed over, taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.kit.models import SavedView
from tenure.desk.org.models import User
from tenure.desk.work.models import Contact, Progress

AsUser = Callable[[User], Client]
pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


def test_one_key_logs_the_outcome_and_one_key_takes_it_back(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    answer = client.post(f"/today/entry/log/{bank.proposal_key}", {"outcome": "interested"}, headers=PART)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "entry settled" in page and 'hx-swap-oob="beforeend"' in page
    assert Contact.objects.get().outcome == "interested"
    assert bank.proposal_key not in _open_part(client)
    back = client.post(f"/today/entry/undo/{bank.proposal_key}", headers=PART)
    assert "entry settled" not in back.content.decode()
    assert not Progress.objects.exists()
    assert bank.proposal_key in _open_part(client)


def _open_part(client: Client) -> str:
    """The Today page up to what is settled."""
    page = client.get("/today/").content.decode()
    return page.split("今日已处理")[0]


def test_words_and_next_step_are_kept_with_the_outcome(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    form = client.get(f"/today/entry/form/log/{bank.proposal_key}", headers=PART).content.decode()
    assert 'name="words"' in form and 'name="next_step_on"' in form
    soon = timezone.localdate() + dt.timedelta(days=3)
    asked = {"outcome": "follow_up", "kind": "visit", "words": "下周再谈", "next_step_on": soon.isoformat()}
    client.post(f"/today/entry/log/{bank.proposal_key}", asked, headers=PART)
    contact = Contact.objects.get()
    assert (contact.kind, contact.words, contact.next_step_on) == ("visit", "下周再谈", soon)


def test_an_entry_put_off_leaves_the_list_and_is_offered_back(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    until = timezone.localdate() + dt.timedelta(days=1)
    client.post(f"/today/entry/snooze/{bank.proposal_key}", {"until": until.isoformat()}, headers=PART)
    assert Progress.objects.get().snoozed_until == until
    page = client.get("/today/").content.decode()
    assert bank.proposal_key not in page.split("今日已处理")[0]
    assert f"/today/entry/undo/{bank.proposal_key}" in page.rsplit("今日已处理", 1)[1]


def test_an_entry_is_handed_to_a_colleague_of_the_branch(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    form = client.get(f"/today/entry/form/hand-over/{bank.proposal_key}", headers=PART).content.decode()
    assert 'value="E2012"' in form and 'value="E3011"' not in form
    answer = client.post(f"/today/entry/hand-over/{bank.proposal_key}", {"to": "E2012", "reason": "休假"}, headers=PART)
    assert "李强" in answer.content.decode()
    assert bank.proposal_key in as_user(bank.colleague).get("/today/").content.decode()


def test_someone_elses_entry_is_not_found(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.stranger)
    for act in ("log", "snooze", "undo"):
        asked = {"outcome": "done", "until": "2099-01-01"}
        assert client.post(f"/today/entry/{act}/{bank.proposal_key}", asked, headers=PART).status_code == 404


def test_the_branch_head_works_the_branchs_pool(bank: SmallBank, as_user: AsUser) -> None:
    page = as_user(bank.user("branch_head")).get("/today/").content.decode()
    assert "无人专管" in page
    assert page.count("data-row") > 0


def test_a_contact_is_logged_from_the_customers_page_and_withdrawn(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    asked = {"outcome": "done", "kind": "meeting", "words": "到店办理续存"}
    page = client.post(f"/today/customer/{bank.party_id}/contact", asked, headers=PART).content.decode()
    assert "到店办理续存" in page
    contact = Contact.objects.get()
    gone = client.post(f"/today/contact/{contact.pk}/withdraw", headers=PART).content.decode()
    assert "到店办理续存" not in gone


def test_a_saved_view_is_ones_own_or_ones_branchs(bank: SmallBank, as_user: AsUser) -> None:
    head, colleague, stranger = (as_user(u) for u in (bank.user("branch_head"), bank.colleague, bank.stranger))
    head.post("/customers/views", {"name": "金卡临界", "query": "tier=gold&near=1&at=xyz", "shared": "1"})
    head.post("/customers/views", {"name": "我的私行", "query": "tier=private"})
    assert SavedView.objects.get(name="金卡临界").query == "tier=gold&near=1"
    assert "金卡临界" in colleague.get("/customers/").content.decode()
    assert "我的私行" not in colleague.get("/customers/").content.decode()
    assert "金卡临界" not in stranger.get("/customers/").content.decode()
    number = SavedView.objects.get(name="金卡临界").pk
    assert colleague.post(f"/customers/views/{number}/delete").status_code == 404
    assert head.post(f"/customers/views/{number}/delete").status_code == 302


def test_chosen_columns_are_shown_and_others_not(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    client.post("/customers/columns", {"column": ["habit", "nonsense"], "query": ""})
    page = client.get("/customers/").content.decode()
    assert "线上为主" in page and 'data-label="三个月变动"' not in page


def test_a_key_for_programs_is_shown_once(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    page = client.post("/account/tokens", {"name": "晨报", "scope": ["work:read"]}).content.decode()
    assert "tnr_" in page
    later = client.get("/account/").content.decode()
    assert "晨报" in later and later.count("tnr_") == 1  # its beginning, to tell keys apart


def test_a_form_never_leads_off_the_desk(bank: SmallBank, as_user: AsUser) -> None:
    answer = as_user(bank.owner).post("/account/language", {"language": "en", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/today/"
