"""The composer, the customer's page and the answer as they are used; masks; the API's one way through."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from desk.offers.conftest import NOW, TODAY, rate
from desk.pages.rendered import left_over
from desk.small_bank import SmallBank
from tenure.desk.offers import services
from tenure.desk.offers.models import Bundle, Solution
from tenure.desk.opportunities.models import Opportunity
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer

AsUser = Callable[[User], Client]
SPENDS = {"language": "zh-hans", "valid_until": (TODAY + timedelta(days=14)).isoformat()}


def _begun(client: Client, bank: SmallBank) -> str:
    return client.post(f"/offers/customer/{bank.party_id}/begin").headers["Location"]


def test_from_the_customer_to_the_plan(shelf: SmallBank, as_user: AsUser) -> None:
    client = as_user(shelf.owner)
    address = _begun(client, shelf)
    page = client.get(address).content.decode()
    assert 'value="grow|product|P03"' in page
    assert 'value="grow|product|P04"' not in page  # barred: there is nothing to tick
    form: dict[str, Any] = {
        "version": "1", "need": ["grow", "protect"], "move": "protect:up", "add": "1", "add_need": "save",
        "add_words": "孩子上学", "pick": ["grow|product|P03"], "amount:grow|product|P03": "10万", "advice": "稳",
    }  # fmt: skip
    assert client.post(address + "compose", form).status_code == 302
    one = Solution.objects.get()
    assert [need["need"] for need in one.needs] == ["protect", "grow", "save"]
    form = {
        "version": "2", "need": ["protect", "grow", "save"], "heard": ["save"], "said:save": "孩子上学",
        "pick": ["grow|product|P03", "save|product|P02"], "amount:grow|product|P03": "10万",
        "amount:save|product|P02": "5万", "act": "show", **SPENDS,
    }  # fmt: skip
    shown = client.post(address + "compose", form)
    assert shown.headers["Location"] == address + "page"
    item = {one.product_id: one.pk for one in Solution.objects.get().items.all()}
    answer = {
        "version": "4", f"answer:{item['P03']}": "no", f"answer:{item['P02']}": "yes",
        f"step:{item['P02']}": "存", f"on:{item['P02']}": TODAY.isoformat(),
    }  # fmt: skip
    assert client.post(address + "settle", answer).status_code == 302
    assert Opportunity.objects.get().amount == 5_000_000
    assert Solution.objects.get().state == "partly"
    assert "1" in client.get(f"/offers/customer/{shelf.party_id}").content.decode()


def test_the_customers_page_speaks_the_language_chosen_there(
    shelf: SmallBank, shown: Solution, as_user: AsUser
) -> None:
    client = as_user(shelf.owner)
    chinese = client.get(f"/offers/{shown.pk}/page").content.decode()
    english = client.get(f"/offers/{shown.pk}/page?language=en").content.decode()
    paper = re.search(r"<article.*</article>", english, re.S)
    assert paper is not None
    assert "R2, low to medium risk" in paper[0] and "not guaranteed" in paper[0]
    assert "Steady wealth 90 days" in paper[0] and "久谊银行" in paper[0]
    assert "R2 中低风险" in chinese and "稳盈理财 90 天" in chinese


def test_nothing_for_the_bank_alone_is_printed(shelf: SmallBank, bundle: Bundle, as_user: AsUser) -> None:
    one = services.begin(shelf.owner, shelf.party_id, now=NOW)
    choice = services.Choice("grow", f"bundle|{bundle.pk}", 1_000_000)
    one = services.compose(shelf.owner, one.pk, one.needs, [choice], "", version=1, now=NOW)
    composer = as_user(shelf.owner).get(f"/offers/{one.pk}/").content.decode()
    assert "200.00" in composer  # what the bundle costs us stands where staff choose
    until = TODAY + timedelta(days=9)
    services.show(shelf.owner, one.pk, "zh-hans", until, version=one.version, now=NOW)
    for language in ("zh-hans", "en"):
        page = as_user(shelf.owner).get(f"/offers/{one.pk}/page?language={language}").content.decode()
        paper = re.search(r"<article.*</article>", page, re.S)
        assert paper is not None
        assert "200.00" not in paper[0] and "500.00" not in paper[0]
        assert not re.search("expected|预期价值|成本|cost", paper[0].replace(_business(), ""))


def _business() -> str:
    return "expected amount held"


def test_who_deals_with_nobody_reads_a_masked_page(shelf: SmallBank, shown: Solution, as_user: AsUser) -> None:
    name = Customer.rows().get(party_id=shelf.party_id).name
    page = as_user(shelf.user("analyst")).get(f"/offers/{shown.pk}/page").content.decode()
    assert name not in page and "稳字当头" not in page and "到期前不动用" not in page
    assert name in as_user(shelf.owner).get(f"/offers/{shown.pk}/page").content.decode()


def test_a_composer_that_was_overtaken_is_told_by_whom_and_keeps_its_words(
    shelf: SmallBank, draft: Solution, as_user: AsUser
) -> None:
    client = as_user(shelf.user("branch_head"))
    told = {"version": "1", "need": ["grow"], "advice": "mine"}
    answer = client.post(f"/offers/{draft.pk}/compose", told, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer["X-Version"] == str(draft.version)
    assert shelf.owner.name in answer.content.decode()


def test_a_rating_that_ran_out_leads_to_the_test(shelf: SmallBank, draft: Solution, as_user: AsUser) -> None:
    rate(shelf.party_id, "R3", days_ago=400)
    page = as_user(shelf.owner).get(f"/offers/{draft.pk}/").content.decode()
    assert f"/knowledge/customer/{shelf.party_id}/questionnaire" in page
    assert 'value="grow|product|P03"' not in page


@pytest.mark.parametrize("address", ["", "page"])
def test_a_solution_is_seen_by_those_who_see_the_customer(
    shelf: SmallBank, shown: Solution, as_user: AsUser, address: str
) -> None:
    for user, status in (
        (shelf.owner, 200),
        (shelf.user("branch_head"), 200),
        (shelf.colleague, 404),
        (shelf.stranger, 404),
    ):
        assert as_user(user).get(f"/offers/{shown.pk}/{address}").status_code == status


def test_a_draft_has_no_page_for_the_customer(shelf: SmallBank, draft: Solution, as_user: AsUser) -> None:
    assert as_user(shelf.owner).get(f"/offers/{draft.pk}/page").status_code == 404


def test_a_program_goes_the_same_way(shelf: SmallBank, as_user: AsUser) -> None:
    client = as_user(shelf.owner)

    def call(method: str, path: str, body: Any = None) -> Any:
        told = {"data": body, "content_type": "application/json"} if body is not None else {}
        return getattr(client, method)(f"/api/v1{path}", **told)

    needs = call("get", f"/customers/{shelf.party_id}/fitting").json()
    assert [one["key"] for one in needs[0]["fits"]] == ["product|P03"]
    assert needs[0]["barred"][0]["codes"] == ["risk_too_high"]
    one = call("post", "/solutions", {"party_id": shelf.party_id}).json()
    body = {
        "version": one["version"], "needs": [{"need": "grow", "heard": True, "words": "for the child"}],
        "items": [{"need": "grow", "key": "product|P03", "amount": 10_000_000}],
    }  # fmt: skip
    barred = {**body, "items": [{"need": "grow", "key": "product|P04", "amount": 1}]}
    assert call("put", f"/solutions/{one['id']}", barred).status_code == 422
    one = call("put", f"/solutions/{one['id']}", body).json()
    assert one["needs_told"] == body["needs"], "what is read is what is sent back: the customer's words are not lost"
    one = call(
        "post", f"/solutions/{one['id']}/show", {"version": one["version"], "valid_until": SPENDS["valid_until"]}
    ).json()
    assert (one["standing"], one["level_shown"]) == ("shown", "product")
    answers = [{"item": one["items"][0]["id"], "agrees": True, "next_step": "办", "next_step_on": TODAY.isoformat()}]
    one = call("post", f"/solutions/{one['id']}/settle", {"version": one["version"], "answers": answers}).json()
    assert one["standing"] == "agreed" and one["items"][0]["opportunity_id"]
    assert [x["id"] for x in call("get", f"/customers/{shelf.party_id}/solutions").json()] == [one["id"]]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_composer_answer_and_paper_are_wholly_in_the_readers_language(
    shelf: SmallBank, bundle: Bundle, shown: Solution, as_user: AsUser, language: str
) -> None:
    client = as_user(shelf.owner)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    draft = services.begin(shelf.owner, shelf.party_id, now=NOW)
    Solution.objects.update(advice="", needs=[{"need": "grow", "heard": True, "words": ""}])
    for address in (f"/offers/{draft.pk}/", f"/offers/{shown.pk}/", f"/offers/customer/{shelf.party_id}"):
        assert left_over(client.get(address).content.decode(), language) == [], address
    manager = as_user(shelf.user("marketer"))
    manager.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for address in ("/offers/bundles/", f"/offers/bundles/{bundle.code}/", "/offers/selling"):
        told = left_over(manager.get(address).content.decode(), language)
        typed = {"安心理财包", "Steady growth", "免账户管理费", "no account fee", "spring"}
        assert [one for one in told if one not in typed] == [], address
