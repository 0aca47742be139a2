"""Every page, for every role, in both languages: it renders, it is translated, and it costs the queries it should."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk.addresses import ROLES
from desk.pages.rendered import left_over, words_of
from desk.small_bank import SmallBank
from tenure.desk.org.models import User
from tenure.desk.org.rules import PERMISSIONS, Permission
from tenure.desk.parties.visibility import visible_to

AsUser = Callable[[User], Client]
COUNTS = Path(__file__).with_name("query_counts.json")
PAGES: dict[str, tuple[str, Permission | None]] = {
    "today": ("/today/", None),
    "signals": ("/signals/", Permission.VIEW_CUSTOMERS),
    "signals, all": ("/signals/?list=all", Permission.VIEW_CUSTOMERS),
    "signals, rules": ("/signals/rules", Permission.MANAGE_RULES),
    "customers": ("/customers/", None),
    "customers, filtered": ("/customers/?tier=gold&near=1&sort=maturity", None),
    "twice in the books": ("/customers/duplicates/", None),
    "find": ("/customers/find?q=C0000", None),
    "opportunities": ("/opportunities/", None),
    "opportunities, a list": ("/opportunities/list?kind=deposit&sort=amount", None),
    "opportunities lost": ("/opportunities/list?state=lost&owner=all", None),
    "opportunities that wait": ("/opportunities/stale", None),
    "what companies are buying": ("/companies/", None),
    "companies that wait": ("/companies/waiting", None),
    "bundles": ("/offers/bundles/", None),
    "new bundle": ("/offers/bundles/new", Permission.MANAGE_RULES),
    "surveys": ("/surveys/", Permission.VIEW_BRANCH),
    "new survey": ("/surveys/new", Permission.MANAGE_SURVEYS),
    "how we sell": ("/offers/selling?months=6", Permission.VIEW_BRANCH),
    "causes": ("/causes/", Permission.VIEW_BRANCH),
    "a theme": ("/causes/theme?of=waiting", Permission.VIEW_BRANCH),
    "no theme": ("/causes/theme", Permission.VIEW_BRANCH),
    "corrections of themes": ("/causes/corrections", Permission.VIEW_BRANCH),
    "improvements": ("/causes/improvements/", None),
    "a new improvement": ("/causes/improvements/new", Permission.MANAGE_CAUSES),
    "actions that wait": ("/causes/improvements/strip", None),
    "cases": ("/cases/", None),
    "cases, closed": ("/cases/?list=closed&sort=opened", None),
    "cases that wait": ("/cases/strip", None),
    "complaints": ("/complaints/", None),
    "complaints closed": ("/complaints/?list=closed&sort=oldest&cause=C01", None),
    "new complaint": ("/complaints/new", Permission.LOG_CONTACT),
    "groups of complaints": ("/complaints/groups", Permission.VIEW_CUSTOMERS),
    "return on complaints": ("/complaints/return", Permission.VIEW_CUSTOMERS),
    "the week": ("/cases/week", None),
    "panels": ("/panels/", None),
    "panels ended": ("/panels/?list=ended&sort=missing", None),
    "a new panel": ("/panels/new", Permission.MANAGE_SURVEYS),
    "lost customers": ("/lost/", None),
    "why they left": ("/lost/why", None),
    "win back": ("/lost/back", None),
    "lost customers who wait": ("/lost/strip", None),
    "credit": ("/opportunities/credit/", None),
    "credit of the branch": ("/opportunities/credit/branch", Permission.CHECK_CUSTOMERS),
    "introductions": ("/network/", None),
    "thanks owed, on Today": ("/network/thanks", None),
    "introductions, thanks owed": ("/network/?thanks=1&owner=all", None),
    "ways": ("/network/paths", Permission.VIEW_CUSTOMERS),
    "ways, looked for": ("/network/paths?q=C0000", Permission.VIEW_CUSTOMERS),
    "upkeep": ("/network/upkeep", Permission.VIEW_CUSTOMERS),
    "worth of introductions": ("/network/worth", Permission.VIEW_CUSTOMERS),
    "lobby": ("/lobby/", Permission.LOG_CONTACT),
    "lobby, found": ("/lobby/find?q=C0000", Permission.LOG_CONTACT),
    "care": ("/care/", Permission.LOG_CONTACT),
    "care, a kind of another month": ("/care/?month=2026-07&kind=maturity", Permission.LOG_CONTACT),
    "care due today": ("/care/today", None),
    "events": ("/care/events/", Permission.MAKE_EVENTS),
    "balances": ("/care/balances/", Permission.VIEW_CUSTOMERS),
    "hand-overs": ("/team/", None),
    "customers to tell": ("/team/tell/", None),
    "absences": ("/team/absences/", None),
    "pool": ("/team/pool/", None),
    "branch": ("/reports/branch/", Permission.VIEW_BRANCH),
    "insight": ("/insight/", Permission.VIEW_BRANCH),
    "insight, a topic": ("/insight/opinion/", Permission.VIEW_BRANCH),
    "data": ("/reports/data/", Permission.VIEW_DATA),
    "audit": ("/audit/", Permission.VIEW_AUDIT),
    "approvals": ("/audit/changes/", None),
    "data requests": ("/requests/?list=answered", None),
    "corrections": ("/requests/corrections", None),
    "workbooks": ("/audit/sheets/", None),
    "jobs": ("/audit/jobs/", Permission.VIEW_DATA),
    "messages": ("/messages/", Permission.VIEW_DATA),
    "dictionary": ("/reports/dictionary/?q=aum", None),
    "account": ("/account/", None),
    "users": ("/account/users/?role=relationship_manager", Permission.MANAGE_USERS),
    "password": ("/account/password", None),
    "second factor": ("/account/second-factor", None),
}


def speaking(client: Client, language: str) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_wholly_in_the_readers_language(
    bank: SmallBank, as_user: AsUser, role: str, language: str
) -> None:
    user = bank.user(role)
    client = speaking(as_user(user), language)
    addresses = [(path, right) for path, right in PAGES.values()]
    row = visible_to(user).first()
    if row is not None:
        addresses += [(f"/customers/{row.party_id}/?list=1", None), (f"/today/customer/{row.party_id}", None)]
        addresses += [(f"/opportunities/customer/{row.party_id}", None)]
        addresses += [(f"/opportunities/customer/{row.party_id}/new?category=fund", None)]
        addresses += [(f"/knowledge/customer/{row.party_id}/?history=1", None)]
        addresses += [(f"/knowledge/customer/{row.party_id}/relations", None)]
        addresses += [(f"/knowledge/customer/{row.party_id}/questionnaire", Permission.LOG_CONTACT)]
        addresses += [(f"/lobby/card/{row.party_id}/?tap=cash_small", Permission.LOG_CONTACT)]
        addresses += [(f"/offers/customer/{row.party_id}", None)]
        addresses += [(f"/signals/customer/{row.party_id}", None)]
        addresses += [(f"/cases/customer/{row.party_id}", None)]
        addresses += [(f"/complaints/customer/{row.party_id}", None)]
        addresses += [(f"/panels/customer/{row.party_id}", None)]
        addresses += [(f"/requests/customer/{row.party_id}", None)]
        addresses += [(f"/requests/customer/{row.party_id}/new", Permission.LOG_CONTACT)]
        addresses += [(f"/network/customer/{row.party_id}{part}", None) for part in ("", "/worth", "/upkeep")]
        addresses += [(f"/network/to/{row.party_id}/", None)]
        addresses += [(f"/signals/add/{row.party_id}", Permission.LOG_CONTACT)]
    firm = visible_to(user).filter(kind="company").first()
    if firm is not None:
        addresses += [(f"/companies/company/{firm.party_id}/", None)]
        addresses += [(f"/companies/company/{firm.party_id}/trust", Permission.LOG_CONTACT)]
    for address, right in addresses:
        answer = client.get(address)
        if right is not None and right not in PERMISSIONS[role]:
            assert answer.status_code == 403, address
        else:
            assert answer.status_code == 200, address
        assert left_over(answer.content.decode(), language) == [], address


def test_the_scan_would_notice_a_word_left_in_the_other_language() -> None:
    assert left_over("<h1>Customers</h1><a title='Sign out'>退出</a>", "zh-hans") == ["Customers", "Sign out"]
    assert left_over("<p>2 customers rose</p><p>5 天后</p>", "en") == ["5 天后"]


def test_chinese_is_spoken_unless_someone_chooses_otherwise(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    assert "今日" in client.get("/today/", headers={"accept-language": "en"}).content.decode()
    client.post("/account/language", {"language": "en", "next": "/today/"})
    page = client.get("/today/").content.decode()
    assert '<html lang="en">' in page and "Today" in words_of(page)
    bank.owner.refresh_from_db()
    assert bank.owner.language == "en"


def test_each_page_costs_the_queries_it_is_known_to_cost(bank: SmallBank, as_user: AsUser) -> None:
    """More is a regression; less is worth noting: run with TENURE_COUNT_QUERIES=1 to write the new counts."""
    counted = {}
    for role in ("relationship_manager", "branch_head", "executive"):
        client = as_user(bank.user(role))
        client.get("/today/")
        pages = dict(PAGES) | {"customer": (f"/customers/{bank.party_id}/?list=1", None)}
        pages |= {
            "known of a customer": (f"/knowledge/customer/{bank.party_id}/", None),
            "relations": (f"/knowledge/customer/{bank.party_id}/relations", None),
            "introductions of a customer": (f"/network/customer/{bank.party_id}", None),
            "ways to a customer": (f"/network/to/{bank.party_id}/", None),
            "who came through a customer": (f"/network/customer/{bank.party_id}/worth", None),
            "upkeep of a customer": (f"/network/customer/{bank.party_id}/upkeep", None),
            "lobby card": (f"/lobby/card/{bank.party_id}/", Permission.LOG_CONTACT),
        }
        if role == "executive":  # the small bank's companies are at a branch of which the others see nothing
            pages |= {"company": ("/companies/company/C000015/", None)}
        for name, (address, right) in pages.items():
            if right is not None and right not in PERMISSIONS[role]:
                continue
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counted[f"{name} as {role}"] = len(queries)
    if os.environ.get("TENURE_COUNT_QUERIES"):
        COUNTS.write_text(json.dumps(counted, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    assert counted == json.loads(COUNTS.read_text(encoding="utf-8"))


def test_a_page_of_many_customers_costs_no_more_queries_than_one_of_one(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.user("executive"))
    client.get("/customers/")
    with CaptureQueriesContext(connection) as many:
        client.get("/customers/")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/customers/?q={bank.party_id}")
    assert len(many) <= len(few)


def test_before_the_first_night_every_page_says_what_to_run(bank: SmallBank, as_user: AsUser) -> None:
    bank.publication.delete()
    for role, address in (
        ("relationship_manager", "/today/"),
        ("executive", "/today/"),
        ("executive", "/customers/"),
        ("executive", "/reports/branch/"),
        ("executive", "/reports/data/"),
    ):
        page = as_user(bank.user(role)).get(address)
        assert page.status_code == 200
        assert "tenure nightly" in page.content.decode(), (role, address)


def test_what_is_not_there_and_what_is_not_allowed_are_said_in_words(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    lost = client.get(f"/customers/{bank.far_party_id}/")
    assert lost.status_code == 404 and "您名下没有客户" in lost.content.decode()
    barred = client.get("/reports/data/")
    assert barred.status_code == 403 and "总行" in barred.content.decode()
    assert client.get("/no/such/page").status_code == 404


def test_a_part_of_a_page_refuses_in_words_for_a_toast(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    answer = client.post(
        f"/today/entry/snooze/{bank.proposal_key}", {"until": "31 February"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422
    assert answer.headers["X-Words"]


def test_a_session_that_ended_sends_the_whole_page_to_the_door(bank: SmallBank) -> None:
    answer = Client().get("/customers/find?q=a", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/account/sign-in"
    whole = Client().get("/customers/?tier=gold")
    assert whole.headers["Location"] == "/account/sign-in?next=/customers/%3Ftier%3Dgold"


def test_every_page_forbids_what_is_not_ours_to_run(bank: SmallBank, as_user: AsUser) -> None:
    page = as_user(bank.owner).get(f"/customers/{bank.party_id}/")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    html = page.content.decode()
    assert " onclick=" not in html and "javascript:" not in html
    assert "<script>" not in html
