"""The page a customer answers on: without script, cookie or session; kept at every step; completed once."""

from __future__ import annotations

import re
import threading
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from types import ModuleType
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from desk.small_bank import SmallBank
from desk.voice.asked import counter_of, drawn, survey_of
from desk.voice.at_the_door import Browser
from tenure.desk.control.audit import CHAINS
from tenure.desk.control.models import AuditChain
from tenure.desk.voice.answering import door, limits
from tenure.desk.voice.answering.models import LinkGuesses
from tenure.desk.voice.surveys import link_services, services
from tenure.desk.voice.surveys.models import Invitation, Response


@pytest.fixture(autouse=True, params=["door", "desk"])
def way_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Customers are met before the desk; what comes otherwise than browsers send it finds the same pages behind it."""
    if request.param == "door":
        monkeypatch.setitem(globals(), "Client", Browser)
    return str(request.param)


def _link(bank: SmallBank, **kind: Any) -> str:
    now = timezone.now()
    token = link_services.give_link(drawn(bank, survey_of(bank, now, **kind), now).pk, now=now)
    assert token
    return f"/s/{token}"


def _shown(page: Any) -> list[str]:
    """Ids of the questions on a page."""
    return re.findall(r'name="question" value="(\w+)"', page.content.decode())


def _form(page: Any, score: str) -> dict[str, Any]:
    """The page's form, filled in: ``score`` where it is a choice, words left out."""
    html, names = page.content.decode(), _shown(page)
    told = {f"answer_{one}": score if f'name="answer_{one}" value="{score}"' in html else "" for one in names}
    return {"question": names, **told}


def _answer_all(client: Client, link: str, score: str) -> Any:
    for _step in range(12):
        page = client.get(link)
        done = client.post(link, _form(page, score))
        if done.status_code != 303:
            return done
    raise AssertionError("the questions never ended")


def test_two_questions_are_one_page_and_one_form(bank: SmallBank) -> None:
    link, client = _link(bank), Client()
    first = client.get(link)
    assert first.status_code == 200 and len(first.content) < 30_000 and not first.cookies
    assert _shown(first) == ["recommend", "why"]
    told = {"question": ["recommend", "why"], "answer_recommend": "9", "answer_why": "柜员耐心"}
    done = client.post(link, told)
    assert done.status_code == 200 and "谢谢" in done.content.decode()
    one = Response.objects.get()
    assert (one.state, one.score, one.words, one.party_id) == ("complete", 9, "柜员耐心", bank.party_id)
    assert client.get(link).status_code == 410 and Response.objects.count() == 1


def test_a_question_that_depends_on_another_is_asked_on_the_next_page_and_what_was_answered_is_kept(
    bank: SmallBank,
) -> None:
    link, client = _link(bank, kind="csat"), Client()
    first = client.get(link)
    assert _shown(first) == ["satisfaction"]
    assert client.post(link, _form(first, "2")).status_code == 303
    assert Response.objects.get().answers == {"satisfaction": 2}
    second = Client().get(link)
    assert _shown(second) == ["cause", "words"], "resumed by the same link, on another phone"
    back = client.get(link, {"q": "satisfaction"})
    assert _shown(back) == ["satisfaction"] and 'value="2" checked' in back.content.decode()
    told = {"question": ["cause", "words"], "answer_cause": ["attitude", "queue"], "answer_words": "等太久"}
    known = {one["id"] for one in Response.objects.get().version.content["questions"][1]["options"]}
    told["answer_cause"] = sorted(known)[:2]
    assert client.post(link, told).status_code == 200
    one = Response.objects.get()
    assert (one.state, one.satisfaction, one.words) == ("complete", 2, "等太久")
    assert sorted(one.answers["cause"]) == sorted(known)[:2]


def test_whoever_is_content_is_not_asked_what_was_wrong(bank: SmallBank) -> None:
    link, client = _link(bank, kind="csat"), Client()
    assert client.post(link, _form(client.get(link), "5")).status_code == 303
    assert _shown(client.get(link)) == ["words"]


def test_a_page_opened_before_an_upgrade_may_still_send_its_one_question(bank: SmallBank) -> None:
    link, client = _link(bank), Client()
    assert client.post(link, {"question": "recommend", "answer": "9"}).status_code == 303
    assert Response.objects.get().answers == {"recommend": 9}
    assert _shown(client.get(link)) == ["why"]
    assert client.post(link, {"question": "why", "answer": "words"}).status_code == 200


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
    told = {"question": ["recommend", "why"], "answer_recommend": "11", "answer_why": "排队 <太久>", "lang": "en"}
    refused = Client().post(link, told)
    html = refused.content.decode()
    assert refused.status_code == 422 and 'role="alert"' in html and "排队 &lt;太久&gt;</textarea>" in html
    assert not Response.objects.exists()
    nothing = Client().post(link, told | {"answer_recommend": ""})
    html = nothing.content.decode()
    assert nothing.status_code == 422 and "needs an answer" in html and "排队 &lt;太久&gt;</textarea>" in html
    assert Response.objects.get().answers["why"] == "排队 <太久>", "what can be kept is"
    strange = Client().post(link, {"question": "no_such", "answer": "1", "lang": "en"})
    assert strange.status_code == 422 and "no such question" in strange.content.decode()
    empty = Client().post(link, {"lang": "en"})
    assert empty.status_code == 422 and Response.objects.get().state == "partial"


def test_what_one_customer_answered_is_on_nobody_elses_page(bank: SmallBank) -> None:
    now = timezone.now()
    version = survey_of(bank, now)
    mine, other = (
        link_services.give_link(drawn(bank, version, now, party_id=one).pk, now=now) for one in bank.party_ids[:2]
    )
    before = Client().get(f"/s/{other}").content
    Client().post(f"/s/{mine}", {"question": ["recommend", "why"], "answer_why": "我的原话"})
    assert "我的原话" in Client().get(f"/s/{mine}", {"q": "why"}).content.decode()
    assert Client().get(f"/s/{other}").content == before and "我的原话" not in before.decode()


def test_unknown_and_mistyped_links_say_the_same_and_who_guesses_on_waits(bank: SmallBank) -> None:
    link = _link(bank)
    wrong = [Client().get(f"/s/{token}") for token in ("x", "A" * 32, link[3:-1])]
    assert {page.status_code for page in wrong} == {404} and len({page.content for page in wrong}) == 1
    for _ in range(limits.MOST):
        last = Client().get("/s/guess")
    assert last.status_code == 429
    assert Client().get(link).status_code == 200, "a good link is never told to wait"


def test_guesses_are_counted_by_all_workers_together_and_forgotten_after_a_while(bank: SmallBank) -> None:
    now = timezone.now()
    for _ in range(limits.MOST):
        assert not limits.must_wait("10.0.0.9", now)
        limits.note_wrong("10.0.0.9", now)
    assert limits.must_wait("10.0.0.9", now) and not limits.must_wait("10.0.0.8", now)
    assert LinkGuesses.objects.get(address="10.0.0.9").guesses == limits.MOST, "another worker reads the same"
    later = now + limits.WINDOW
    assert not limits.must_wait("10.0.0.9", later)
    limits.note_wrong("10.0.0.8", later)
    assert list(LinkGuesses.objects.values_list("address", "guesses")) == [("10.0.0.8", 1)], "what is over is swept"


def test_a_link_that_ran_out_says_so(bank: SmallBank) -> None:
    link = _link(bank)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 410
    assert Client().post(link, {"question": "recommend", "answer": "9"}).status_code == 410


def test_no_cookie_is_needed_and_another_sites_form_is_refused(bank: SmallBank) -> None:
    link, strict = _link(bank), Client(enforce_csrf_checks=True)
    sent = {"question": "recommend", "answer": "3"}
    headers = strict.get(link).headers
    assert headers["X-Frame-Options"] == "DENY" and headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in headers["Permissions-Policy"] and headers["X-Request-ID"]
    assert strict.get(link, headers={"host": "evil.example"}).status_code == 400
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


@pytest.mark.parametrize("way_in", ["door"], indirect=True)
def test_a_step_costs_few_queries_and_asks_for_nothing_of_people_who_sign_in(
    bank: SmallBank, django_assert_max_num_queries: Any
) -> None:
    now, client = timezone.now(), Client()
    client.force_login(bank.owner)
    version = survey_of(bank, now)
    one, link = (f"/s/{link_services.give_link(drawn(bank, version, now).pk, now=now)}" for _ in range(2))
    client.post(one, _form(client.get(one), "9"))  # the questionnaire is read
    AuditChain.objects.bulk_create([AuditChain(number=n) for n in range(CHAINS)], ignore_conflicts=True)  # all begun
    with django_assert_max_num_queries(3) as asked:
        page = client.get(link)
    assert not any("session" in one["sql"] or "publication" in one["sql"] for one in asked.captured_queries)
    with django_assert_max_num_queries(11):  # two of them the test's own savepoint
        assert client.post(link, _form(page, "9")).status_code == 200
    assert connection.vendor


@pytest.mark.parametrize("way_in", ["door"], indirect=True)
def test_nobody_stands_behind_a_customer_whose_answer_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Customers are served one after the other, but only for as long as each is quick."""
    goes_on, within = threading.Event(), threading.Event()

    def page(request: HttpRequest, which: str) -> HttpResponse:
        if which == "slow":
            within.set()
            goes_on.wait(30)
        return HttpResponse(which)

    addresses: Any = ModuleType("addresses")
    addresses.urlpatterns = [path("s/<str:which>", page)]
    monkeypatch.setitem(door.PLACES, "/s/", addresses)
    slow = threading.Thread(target=lambda: Browser().get("/s/slow"))
    slow.start()
    assert within.wait(30)
    assert Browser().get("/s/quick").content == b"quick"
    assert slow.is_alive(), "it was answered while the other still waits"
    goes_on.set()
    slow.join()


@pytest.mark.parametrize("way_in", ["door"], indirect=True)
def test_what_browsers_do_not_send_goes_on_to_the_desk_and_finds_the_same_page(bank: SmallBank) -> None:
    link, browser = _link(bank), Browser()
    seen = browser.get(link)
    assert seen.status_code == 200 and browser.passed_on == 0
    for sent in (
        lambda: browser.head(link),
        lambda: browser.get(f"{link}/"),
        lambda: browser.get(link, {"q": "\x00"}),
        lambda: super(Browser, browser).post(link, {"question": "recommend", "answer": "9"}),  # in parts
        lambda: browser.post(link, {"question": "why", "answer": "x\x00"}),
        lambda: browser.post(link, {"question": "why", "answer": "长" * door.MOST_BYTES}),
    ):
        before = browser.passed_on
        assert sent().status_code in (200, 303, 400, 404, 422)
        assert browser.passed_on == before + 1
    assert Response.objects.get().answers == {"recommend": 9}, "the form in parts was kept"


@pytest.mark.parametrize("way_in", ["door"], indirect=True)
def test_what_fails_at_the_door_is_said_and_logged_as_by_the_desk(
    bank: SmallBank, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    link, browser = _link(bank), Browser(raise_request_exception=False)
    many = browser.post(link, {f"f{n}": "" for n in range(2_000)})
    assert many.status_code == 400 and many.headers["X-Request-ID"]
    monkeypatch.setattr(services, "answer", lambda *_, **__: 1 / 0)
    failed = browser.post(link, {"question": "recommend", "answer": "9"})
    assert failed.status_code == 500 and browser.passed_on == 0
    assert failed.headers["X-Frame-Options"] == "DENY" and "default-src" in failed.headers["Content-Security-Policy"]
    assert "Internal Server Error" in caplog.text and not Response.objects.exists()
