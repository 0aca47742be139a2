"""Pages of surveys: who sees which, the builder by its buttons alone, a refusal that loses nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
import segno
from django.conf import settings
from django.test import Client

from desk.bank_rows import PATHS
from desk.small_bank import SmallBank
from desk.voice.surveys.conftest import NOW, Live, invited, moment, send
from tenure.desk.org.models import User
from tenure.desk.org.selectors import branches_of
from tenure.desk.voice.surveys import making_services as making
from tenure.desk.voice.surveys import services
from tenure.desk.voice.surveys.models import Response, Survey

AsUser = Callable[[User], Client]


@pytest.fixture
def draft(bank: SmallBank) -> Survey:
    """A survey the marketer has begun."""
    return making.make_survey(bank.user("marketer"), "counter-csat", "csat", "counter_service", False, now=NOW)


def typed(page: str) -> dict[str, list[str]]:
    """The builder's form as a browser would send it back."""
    form = re.search(r"<form[^>]*data-builder.*?</form>", page, re.S)
    assert form
    body, found = form.group(), {}

    def put(name: str, value: str) -> None:
        found.setdefault(name, []).append(value)

    for tag in re.findall(r"<input[^>]*>", body):
        told = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if told.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        put(told["name"], told.get("value", ""))
    for name, choices in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', body, re.S):
        chosen = re.search(r'value="([^"]*)" selected', choices) or re.search(r'value="([^"]*)"', choices)
        put(name, chosen.group(1) if chosen else "")
    found.pop("csrfmiddlewaretoken", None)
    return found


def press(client: Client, act: str, **changes: Any) -> Any:
    form = typed(client.get("/surveys/counter-csat/draft").content.decode())
    return client.post("/surveys/counter-csat/draft", {**form, **changes, "act": act})


def ids(code: str = "counter-csat") -> list[str]:
    return [one["id"] for one in Survey.objects.get(code=code).draft["content"]["questions"]]


def test_the_builder_sent_back_as_it_is_changes_nothing(bank: SmallBank, draft: Survey, as_user: AsUser) -> None:
    assert press(as_user(bank.user("marketer")), "save").status_code == 302
    after = Survey.objects.get()
    assert (after.version, after.draft) == (1, draft.draft)


def test_questions_are_added_moved_and_removed_by_buttons(bank: SmallBank, draft: Survey, as_user: AsUser) -> None:
    client = as_user(bank.user("marketer"))
    assert ids() == ["satisfaction", "cause", "words"]
    answer = press(client, "add:single")
    assert answer.headers["Location"].endswith("#q1") and ids()[-1] == "q1"
    press(client, "save", q3_text_zh="再来吗", q3_text_en="Again?", q3_option=["", ""],
          q3_option_zh=["会", "不会"], q3_option_en=["Yes", "No"])  # fmt: skip
    kept = Survey.objects.get().draft["content"]["questions"][3]
    assert [one["id"] for one in kept["options"]] == ["o1", "o2"] and kept["text"]["en"] == "Again?"
    press(client, "up:q1")
    assert ids() == ["satisfaction", "cause", "q1", "words"]
    # which question it depends on is chosen first, then after which answers
    assert press(client, "if:words", q3_after="q1").headers["Location"].endswith("#if-words")
    assert Survey.objects.get().draft["content"]["questions"][3]["show_if"] == {"question": "q1", "in": []}
    assert "可以提交" not in client.get("/surveys/counter-csat/draft").content.decode()
    press(client, "save", q3_in=["o2"])
    assert Survey.objects.get().draft["content"]["questions"][3]["show_if"] == {"question": "q1", "in": ["o2"]}
    page = client.get("/surveys/counter-csat/draft").content.decode()
    assert ">3. 再来吗</option>" in page, "what it may hang on is chosen by what it asks"
    assert 'value="o2" checked> 不会</label>' in page
    assert '不会 → <a href="#words">4. 还有什么想告诉我们？</a>' in page


def condition(name: str) -> Any:
    return next(one for one in Survey.objects.get().draft["content"]["questions"] if one["id"] == name)["show_if"]


def test_a_branch_that_became_impossible_says_so_at_its_field_until_it_is_mended(
    bank: SmallBank, draft: Survey, as_user: AsUser
) -> None:
    client, address = as_user(bank.user("marketer")), "/surveys/counter-csat/draft"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    stands = {"question": "satisfaction", "in": ["1", "2", "3"]}

    def told() -> str:
        press(client, "save")  # saving anything else drops no condition unseen
        page = html.unescape(client.get(address).content.decode())
        found = re.search(r'aria-invalid="true" aria-describedby="(w\d+)".*?id="\1"[^>]*>(.*?)</p>', page, re.S)
        assert found, "the field is marked and says why"
        return re.sub(r"<[^>]+>|\s+", " ", found.group(2)).strip()

    press(client, "up:cause")  # asked before what it hangs on
    assert told().startswith("“2. All in all, how satisfied were you this time?” is asked after it: move this")
    answer = press(client, "propose", reason="soon")
    assert answer.status_code == 422 and '<a href="#cause">Question 1</a>' in answer.content.decode()
    assert condition("cause") == stands
    press(client, "down:cause")
    assert "aria-invalid" not in client.get(address).content.decode()

    press(client, "remove:satisfaction")
    assert told() == "The question it depended on was removed: choose another, or let it always be asked."
    assert condition("cause") == stands, "nobody wanted it asked of everybody"
    assert 'type="checkbox" name="q0_in"' not in client.get(address).content.decode(), "answers of nothing"
    press(client, "save", q0_after="")
    assert condition("cause") is None

    # a choice that goes leaves its tick behind, and a new one never takes its place
    press(client, "add:single")
    press(client, "save", q2_text_zh="再来吗", q2_text_en="Again?", q2_option=["", ""], q2_option_zh=["会", "不会"],
          q2_option_en=["Yes", "No"])  # fmt: skip
    press(client, "add:words")
    press(client, "save", q3_text_zh="为何", q3_text_en="Why?", q3_after="q1")
    assert told() == "Tick after which answers it is asked, or let it always be asked."
    press(client, "save", q3_in=["o2"])
    gone = {"q2_option": ["o1", "o2", ""], "q2_option_zh": ["会", "", "也许"], "q2_option_en": ["Yes", "", "Maybe"]}
    press(client, "save", **gone)
    assert told() == "An answer ticked here is no longer one of “3. Again?”: untick it, and tick others."
    assert condition("q2") == {"question": "q1", "in": ["o2"]}
    options = Survey.objects.get().draft["content"]["questions"][2]["options"]
    assert [one["id"] for one in options] == ["o1", "o3"]
    assert "(a choice that was removed)" in client.get(address).content.decode()
    # nor does a new question take the place of one that went
    press(client, "remove:q1")
    press(client, "add:single")
    assert ids() == ["cause", "words", "q2", "q3"] and condition("q2")["question"] == "q1"


def test_each_preview_tells_the_branch_in_its_own_language(bank: SmallBank, draft: Survey, as_user: AsUser) -> None:
    page = as_user(bank.user("marketer")).get("/surveys/counter-csat/draft").content.decode()
    chinese, english = re.findall(r'<section class="preview".*?</section>', html.unescape(page), re.S)
    assert "仅当“1. 总体来说，您对这次服务满意吗？”的回答为以下之一时询问：1–3" in chinese
    assert "1–3 → 2. 哪些方面让您不满意？" in chinese
    assert "Asked only where “1. All in all, how satisfied were you this time?” was answered with: 1–3" in english
    assert "1–3 → 2. What was not good?" in english
    assert "satisfaction" not in chinese + english, "an id says nothing to who builds"


def test_the_second_who_saves_is_told_and_loses_nothing(bank: SmallBank, draft: Survey, as_user: AsUser) -> None:
    client = as_user(bank.user("executive"))
    form = typed(client.get("/surveys/counter-csat/draft").content.decode())
    press(as_user(bank.user("marketer")), "save", title_en="First")
    answer = client.post("/surveys/counter-csat/draft", {**form, "title_en": "Second", "share": "12", "act": "save"})
    page = answer.content.decode()
    assert answer.status_code == 409 and bank.user("marketer").name in page
    assert 'value="Second"' in page and 'value="12"' in page
    assert Survey.objects.get().draft["content"]["title"]["en"] == "First"
    # sent once more, knowing, it goes through
    assert client.post("/surveys/counter-csat/draft", {**typed(page), "act": "save"}).status_code == 302
    assert Survey.objects.get().draft["content"]["title"]["en"] == "Second"


def test_a_number_that_is_none_is_told_and_stays_in_the_form(bank: SmallBank, draft: Survey, as_user: AsUser) -> None:
    answer = press(as_user(bank.user("marketer")), "save", quota="many", title_en="Kept")
    page = answer.content.decode()
    assert answer.status_code == 422 and 'value="many"' in page and 'value="Kept"' in page


def test_an_unfinished_draft_is_saved_and_says_what_it_lacks(bank: SmallBank, draft: Survey, as_user: AsUser) -> None:
    answer = press(as_user(bank.user("marketer")), "propose", q0_text_en="", reason="soon")
    page = answer.content.decode()
    assert answer.status_code == 422 and 'value="soon"' in page
    assert Survey.objects.get().draft["content"]["questions"][0]["text"]["en"] == ""


def test_from_a_ready_made_one_to_live_by_pages_alone(bank: SmallBank, as_user: AsUser) -> None:
    maker, checker = as_user(bank.user("marketer")), as_user(bank.user("executive"))
    told = {"code": "counter-csat", "kind": "csat", "moment": "counter_service", "anonymous": ""}
    assert maker.post("/surveys/new", told).headers["Location"] == "/surveys/counter-csat/draft"
    assert press(maker, "propose", reason="每季一次").status_code == 302
    page = checker.get("/audit/changes/").content.decode()
    change = re.search(r"/audit/changes/([0-9a-f-]{36})/", page)
    assert change
    shown = checker.get(change.group()).content.decode()
    assert "您对这次服务满意吗" in shown
    checker.post(f"{change.group()}decide", {"act": "approve", "words": ""})
    assert Survey.objects.get().state == "live"
    listed = as_user(bank.user("branch_head")).get("/surveys/").content.decode()
    assert "您对这次服务满意吗" in listed and "/surveys/new" not in listed


def test_figures_of_a_branch_are_for_those_who_look_at_it(bank: SmallBank, live: Live, as_user: AsUser) -> None:
    live()
    send(bank, moment(bank.party_ids[1], org_id="S1"), moment(bank.far_party_id, org_id="S2"))
    _one, token = invited(bank)
    services.complete(token, {"recommend": 1, "why": "绝密的原话"}, language="zh", now=NOW)
    whole = as_user(bank.user("executive")).get("/surveys/counter-nps/").content.decode()
    own = as_user(bank.user("branch_head")).get("/surveys/counter-nps/").content.decode()
    rows = {role: len(re.findall(r'<tr><th scope="row">[^<]+</th><td class="end num">', page))
            for role, page in (("whole", whole), ("own", own))}  # fmt: skip
    assert rows == {"whole": 2, "own": 1}
    assert "绝密的原话" not in whole + own
    for role in ("relationship_manager", "teller", "administrator"):
        assert as_user(bank.user(role)).get("/surveys/counter-nps/").status_code == 403
    assert as_user(bank.user("branch_head")).get("/surveys/counter-nps/draft").status_code == 403
    assert as_user(bank.user("executive")).get("/surveys/nothing/").status_code == 404


def test_what_was_answered_is_told_of_the_branches_one_looks_at(bank: SmallBank, live: Live, as_user: AsUser) -> None:
    version = live("counter-csat", "csat").versions.get()
    told = {"state": "complete", "answered_on": NOW.date(), "answered_at": NOW, "counted_at": NOW}
    for path, count, answers in (
        (PATHS["S1"], 10, {"satisfaction": 2, "cause": ["waiting"]}),
        (PATHS["S2"], 30, {"satisfaction": 5, "words": "绝密的原话"}),
    ):
        for _again in range(count):
            Response.objects.create(
                version=version, anonymous=False, org_path=path, moment="counter_service", channel="counter",
                started_on=NOW.date(), answers=answers, **told,
            )  # fmt: skip

    def shares(role: str) -> list[tuple[str, str]]:
        page = as_user(bank.user(role)).get("/surveys/counter-csat/").content.decode()
        assert "绝密的原话" not in page
        page = page[page.index('id="answers"') :]
        rows = re.findall(r'<th scope="row">([^<]+?)(?: <small>.*?</small>)?</th>.*?<td class="end">(\d+)%', page)
        assert rows
        return [(name, share) for name, share in rows if share != "0"]

    assert shares("branch_head") == [("2", "100"), ("等候时间", "100")]
    assert shares("executive") == [("2", "25"), ("5", "75"), ("等候时间", "100")]
    read = as_user(bank.user("branch_head")).get("/surveys/counter-csat/").content.decode()
    assert "被问到的 10 人中，10 人作答" in read and "被问到的 10 人中，0 人留言" in read


def test_a_code_is_put_up_and_taken_down_by_the_page(bank: SmallBank, live: Live, as_user: AsUser) -> None:
    survey = live()
    head = as_user(bank.user("branch_head"))
    head.post("/surveys/counter-nps/counter", {"org_id": "S1"})
    head.post("/surveys/counter-nps/counter", {"org_id": "S1"})
    code = survey.counter_codes.get()
    page = head.get("/surveys/counter-nps/").content.decode()
    assert code.code in page
    wide = [page[at.start() - 40 : at.start()] for at in re.finditer('<table class="dense"', page)]
    assert wide and all('class="scroll"' in before for before in wide), "a phone scrolls the table and not the page"
    head.post("/surveys/counter-nps/counter/end", {"org_id": "S1"})
    assert code.code not in head.get("/surveys/counter-nps/").content.decode()


def test_a_branch_prints_the_poster_of_its_own_code_and_nobody_elses(
    bank: SmallBank, live: Live, as_user: AsUser
) -> None:
    live()
    head = bank.user("branch_head")
    client, own = as_user(head), branches_of(head).first()
    address = f"/surveys/counter-nps/counter/{own.org_id}/poster"
    assert client.get(address).status_code == 404, "no code was made yet"
    made = making.make_counter_code(head, "counter-nps", own.org_id, now=NOW)
    page = client.get(address).content.decode()
    link = f"http://127.0.0.1:8000/q/{made.code}"
    assert link in page and "<svg" in page and "voice.toml" in page, "it says that phones cannot reach this machine"
    drawn = segno.make(link, error="q", micro=False)
    assert str(drawn.svg_inline(scale=8, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None)) in page
    assert address in client.get("/surveys/counter-nps/").content.decode()
    assert as_user(bank.user("relationship_manager")).get(address).status_code == 403
    elsewhere = next(one for one in branches_of(bank.user("executive")) if not one.org_path.startswith(own.org_path))
    making.make_counter_code(bank.user("executive"), "counter-nps", elsewhere.org_id, now=NOW)
    assert client.get(f"/surveys/counter-nps/counter/{elsewhere.org_id}/poster").status_code == 404
