"""The page a customer answers on: without script, cookie or session; kept at every step; completed once."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from desk.small_bank import SmallBank
from desk.voice.asked import counter_of, drawn, survey_of
from tenure.desk.voice.answering import limits
from tenure.desk.voice.surveys import services
from tenure.desk.voice.surveys.models import Invitation, Response


@pytest.fixture(autouse=True)
def _no_guesses() -> None:
    limits._wrong.clear()


def _link(bank: SmallBank, **kind: Any) -> str:
    now = timezone.now()
    token = services.give_link(drawn(bank, survey_of(bank, now, **kind), now).pk, now=now)
    assert token
    return f"/s/{token}"


def _question(page: Any) -> str:
    found = re.search(r'name="question" value="(\w+)"', page.content.decode())
    return found[1] if found else ""


def _answer_all(client: Client, link: str, score: str) -> Any:
    for _step in range(12):
        page = client.get(link)
        name = _question(page)
        value = score if 'type="radio" name="answer" value="10"' in page.content.decode() else ""
        if not name:
            return client.post(link, {})
        done = client.post(link, {"question": name, "answer": value})
        if done.status_code != 303:
            return done
    raise AssertionError("the questions never ended")


def test_an_answer_is_kept_at_every_step_and_completed_once(bank: SmallBank) -> None:
    link, client = _link(bank), Client()
    first = client.get(link)
    assert first.status_code == 200 and len(first.content) < 30_000 and not first.cookies
    assert client.post(link, {"question": _question(first), "answer": "9"}).status_code == 303
    assert list(Response.objects.get().answers.values()) == [9]
    assert _question(Client().get(link)) != _question(first), "resumed by the same link, on another phone"
    done = _answer_all(client, link, "9")
    assert done.status_code == 200 and "谢谢" in done.content.decode()
    one = Response.objects.get()
    assert (one.state, one.score, one.party_id) == ("complete", 9, bank.party_id)
    assert client.get(link).status_code == 410 and Response.objects.count() == 1


def test_the_page_is_whole_in_either_language_and_runs_nothing(bank: SmallBank) -> None:
    link = _link(bank)
    for language, begins in (("zh-hans", "zh-Hans"), ("en", "en")):
        page = Client().get(link, {"lang": language})
        html = page.content.decode()
        assert f'<html lang="{begins}">' in html and "<script" not in html and "http" not in html
        assert "<fieldset" in html and "<legend" in html
        assert page.headers["Referrer-Policy"] == "no-referrer" and page.headers["Cache-Control"] == "no-store"
        assert "noindex" in page.headers["X-Robots-Tag"]
        style = html.partition("<style>")[2].partition("</style>")[0]
        own = b64encode(sha256(style.encode()).digest()).decode()
        policy = page.headers["Content-Security-Policy"]
        assert f"style-src 'sha256-{own}';" in policy and "unsafe" not in policy and "script" not in policy


def test_an_answer_that_cannot_be_is_refused_in_words_and_what_was_typed_stays(bank: SmallBank) -> None:
    link = _link(bank)
    page = Client().get(link)
    refused = Client().post(link, {"question": _question(page), "answer": "11", "lang": "en"})
    assert refused.status_code == 422 and 'role="alert"' in refused.content.decode()
    nothing = Client().post(link, {"question": _question(page), "lang": "en"})
    assert nothing.status_code == 422 and "needs an answer" in nothing.content.decode()


def test_unknown_and_mistyped_links_say_the_same_and_who_guesses_on_waits(bank: SmallBank) -> None:
    link = _link(bank)
    wrong = [Client().get(f"/s/{token}") for token in ("x", "A" * 32, link[3:-1])]
    assert {page.status_code for page in wrong} == {404} and len({page.content for page in wrong}) == 1
    for _ in range(limits.MOST):
        last = Client().get("/s/guess")
    assert last.status_code == 429
    assert Client().get(link).status_code == 200, "a good link is never told to wait"


def test_a_link_that_ran_out_says_so(bank: SmallBank) -> None:
    link = _link(bank)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 410
    assert Client().post(link, {"question": "recommend", "answer": "9"}).status_code == 410


def test_no_cookie_is_needed_and_another_sites_form_is_refused(bank: SmallBank) -> None:
    link, strict = _link(bank), Client(enforce_csrf_checks=True)
    name = _question(strict.get(link))
    sent = {"question": name, "answer": "3"}
    assert strict.post(link, sent, headers={"origin": "https://evil.example"}).status_code == 403
    assert strict.post(link, sent, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert not Response.objects.exists()
    assert strict.post(link, sent, headers={"origin": "null"}).status_code == 303
    assert strict.post(link, sent, headers={"origin": "http://testserver"}).status_code == 303


def test_a_double_click_on_the_last_step_thanks_twice_and_stores_once(bank: SmallBank) -> None:
    link, client = _link(bank), Client()
    assert _answer_all(client, link, "9").status_code == 200
    again = client.post(link, {})
    assert again.status_code == 200 and Response.objects.count() == 1


def test_nothing_in_the_database_joins_an_anonymous_answer_to_whom_was_asked(bank: SmallBank) -> None:
    link, client = _link(bank, anonymous=True), Client()
    assert "匿名" in client.get(link).content.decode()
    assert _answer_all(client, link, "2").status_code == 200
    assert not client.cookies
    one, asked = Response.objects.get(), Invitation.objects.get()
    assert (one.anonymous, one.party_id, one.invitation_id, one.answered_at, one.token_hash) == (
        True,
        "",
        None,
        None,
        None,
    )
    mine = {str(getattr(asked, f.attname)) for f in Invitation._meta.concrete_fields} - {"", "None", "sms"}
    theirs = {str(getattr(one, f.attname)) for f in Response._meta.concrete_fields} - {"", "None"}
    assert mine & theirs <= {str(asked.version_id), asked.org_path}
    from tenure.desk.control.models import AuditEvent

    assert not AuditEvent.objects.filter(object_id=str(one.pk)).exists()


def test_the_code_at_the_counter_begins_an_answer_by_a_button(bank: SmallBank) -> None:
    now = timezone.now()
    code, client = counter_of(bank, survey_of(bank, now), now), Client()
    assert client.get(f"/q/{code}").status_code == 200 and not Response.objects.exists()
    begun = client.post(f"/q/{code}")
    assert begun.status_code == 303 and not client.cookies
    assert _answer_all(client, begun.headers["Location"], "10").status_code == 200
    assert Response.objects.get().party_id == ""
    assert client.post("/q/unknown").status_code == 404


def test_a_step_costs_few_queries(bank: SmallBank, django_assert_max_num_queries: Any) -> None:
    link, client = _link(bank), Client()
    with django_assert_max_num_queries(8):
        page = client.get(link)
    with django_assert_max_num_queries(18):
        client.post(link, {"question": _question(page), "answer": "9"})
    assert connection.vendor
