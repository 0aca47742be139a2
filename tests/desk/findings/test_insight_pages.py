"""The pages of insight: who sees what, in which words, and what a customer's outlook says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from desk.small_bank import SmallBank
from tenure.contracts.findings import TOPICS
from tenure.desk.findings import selectors, words
from tenure.desk.findings.words import common
from tenure.desk.findings.written import _ALONG, Names, Writer
from tenure.desk.org.models import User

AsUser = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def read(client: Client, address: str, language: str = "en") -> str:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client.get(address).content.decode()


def test_a_topic_says_its_figures_with_their_intervals(bank: SmallBank, as_user: AsUser) -> None:
    page = read(as_user(bank.user("executive")), "/insight/opinion/")
    assert "+12.5" in page and "+3.5 … +21.5" in page
    assert page.count("<figure") >= 1, "a curve is drawn, with its table"


def test_a_branch_head_sees_the_own_branch_and_of_the_bank_only_what_names_nobody(
    bank: SmallBank, as_user: AsUser
) -> None:
    user = bank.user("branch_head")
    page = selectors.topic_page(user, "opinion")
    assert page is not None and page.at.org_id == "S1"
    assert any(unit == "party" for body in page.sections for _code, unit in body.get("columns", ()))
    assert page.bank and not any(unit == "party" for body in page.bank for _code, unit in body.get("columns", ()))
    assert as_user(user).get("/insight/opinion/?org=S2").status_code == 404
    assert as_user(user).get("/insight/nonsense/").status_code == 404


def test_people_without_branch_figures_are_refused(bank: SmallBank, as_user: AsUser) -> None:
    for role in ("relationship_manager", "teller", "lobby_manager"):
        assert as_user(bank.user(role)).get("/insight/").status_code == 403
        assert as_user(bank.user(role)).get("/insight/opinion/").status_code == 403


def test_customers_words_are_masked_for_those_who_see_nothing_in_the_clear(bank: SmallBank, as_user: AsUser) -> None:
    assert "排队时间太长" not in read(as_user(bank.user("marketer")), "/insight/opinion/")
    assert "排队时间太长" in read(as_user(bank.user("branch_head")), "/insight/opinion/")


def test_the_customer_page_part_says_what_is_ahead(bank: SmallBank, as_user: AsUser) -> None:
    part = read(as_user(bank.owner), f"/insight/customer/{bank.party_id}/")
    assert "11.0%" in part, "the likelihood of leaving within a year"
    assert "36 months" in part and "10.00k" in part
    assert as_user(bank.owner).get(f"/insight/customer/{bank.far_party_id}/").status_code == 404


@pytest.mark.parametrize("topic", words.known())
def test_every_topic_has_words_in_both_languages(topic: str) -> None:
    said = words.of(topic)
    for name in (said.title, said.means, said.does_not_mean, *said.words.values()):
        assert name.zh.strip() and name.en.strip()
    for code, name in said.words.items():
        slots = {part.split("}")[0] for part in name.en.split("{")[1:]}
        assert slots == {part.split("}")[0] for part in name.zh.split("{")[1:]}, f"{code} says other numbers in Chinese"


def test_known_topics_keep_the_order_of_the_contract() -> None:
    assert list(words.known()) == [topic for topic in TOPICS if topic in words.known()]


@pytest.mark.parametrize(
    ("unit", "zh", "en"), [("month", "月份", "Month"), ("text", "分段", "Band"), ("code", "项目", "Item")]
)
def test_the_table_of_every_chart_says_what_stands_in_its_first_column(unit: str, zh: str, en: str) -> None:
    body = {
        "kind": "curve", "code": "trend", "x_unit": unit, "unit": "count", "shape": "bars",
        "x": ["2026-05"], "lines": [{"code": "nps", "values": [1], "low": [], "high": []}],
    }  # fmt: skip
    for language, said in (("zh-hans", zh), ("en", en)):
        assert (
            Writer(words.of("opinion"), language, "CNY", Names({}, {}, {})).section(body)["chart"].first_column == said
        )
    assert all(common.WORDS[code] for code in _ALONG.values())
