"""The pages of insight: who sees what, in which words, and what a customer's outlook says."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from desk.small_bank import SmallBank
from tenure.contracts.codes import Name
from tenure.contracts.findings import TOPICS, Grid, Unit, encoded
from tenure.desk.control.errors import NotFound
from tenure.desk.findings import selectors, words
from tenure.desk.findings.models import Outlook
from tenure.desk.findings.words import common
from tenure.desk.findings.written import _ALONG, Names, Writer
from tenure.desk.org.models import Post, User
from tenure.insight.trap import QUADRANTS

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


#: What the first customer's part must say: the reason's sentence, cause, quadrant, needs with their products, gates,
#: occasions and evidence.
SAID = {
    "en": (
        "Assets are 80.0% of what they were three months ago", "No payroll has stopped", "A better rate elsewhere",
        "Satisfied and staying", "Growing wealth", "Steady wealth 90 days", "Money matures", "Idle deposits 30.00k",
        "Protection", "Riskier than the customer may bear", "A spouse newly on record", "Children known: 1",
        "What colleagues have", "CSI 300 fund", "Risk rating expired: assess again first", "Colleagues who have it: 7",
        "Likely by the model: 3.40 times as likely as the average", "Transactions made in three months: 31",
    ),
    "zh-hans": (
        "资产为三个月前的 80.0%", "没有代发停止的迹象", "他行收益更高", "满意且忠诚", "财富增值", "稳盈理财 90 天",
        "资金到期", "闲置存款 3.00", "保障", "产品风险高于客户承受能力", "配偶新登记", "子女 1 个", "同事都有",
        "沪深 300 指数基金",
        "风险测评已过期：先重新测评", "持有的同事 7 人", "可能性为平均的 3.40 倍", "近三个月主动交易 31 笔",
    ),
}  # fmt: skip
#: What the part of a lost customer must say, of whom somebody was in contact with.
LOST = {
    "en": (
        "Left, or closed every account", "Money matured and nobody called",
        "Assets against the own year: from 97.0% to 31.0%", "Contacts of three months: from 0.40 to 0.00",
        "Something matured in three months and nobody was in touch", "王芳: 2 contacts, the last on",
    ),
    "zh-hans": (
        "销户或账户全部关闭", "到期无人联系", "资产较自身年均：由 97.0% 变为 31.0%",
        "近三个月有到期，但无人联系", "王芳：2 次，最近",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_customers_part_is_in_words_in_both_languages(bank: SmallBank, as_user: AsUser, language: str) -> None:
    client = as_user(bank.user("executive"))
    part = html.unescape(read(client, "/insight/customer/C000001/", language))
    assert [text for text in SAID[language] if text not in part] == []
    lost = html.unescape(read(client, "/insight/customer/C000015/", language))
    assert [text for text in LOST[language] if text not in lost] == []
    nobody = {"en": "Nobody was in contact in the six months before", "zh-hans": "此前半年没有人联系过"}[language]
    assert nobody in html.unescape(read(client, "/insight/customer/C000030/", language)) and nobody not in lost
    for code in ("risk_too_high", "trigger_", "seen_", "of_aum", "better_rate", "lost_", "matured_not"):
        assert code not in part + lost, f"{code} is a code, not words"


@pytest.mark.parametrize("code", QUADRANTS)
def test_the_quadrant_has_a_place_of_its_own(bank: SmallBank, as_user: AsUser, code: str) -> None:
    """It comes from what was said and done; whether there is a model of leaving is another matter."""
    party = f"C00000{QUADRANTS.index(code) + 1}"
    outlook = Outlook.rows().get(party_id=party)
    Outlook.rows().filter(party_id=party).update(survival=None)
    try:
        part = html.unescape(read(as_user(bank.user("executive")), f"/insight/customer/{party}/"))
    finally:
        Outlook.rows().filter(party_id=party).update(survival=outlook.survival)
    assert words.of("trap").say(code, "en") in part and "Likelihood of leaving" not in part


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


SIGN = "Marks jump at the counter"


def test_signs_of_begging_are_the_auditors_alone(bank: SmallBank, as_user: AsUser) -> None:
    assert SIGN in read(as_user(bank.user("auditor")), "/insight/signs/")
    assert "/insight/signs/" in read(as_user(bank.user("auditor")), "/insight/")
    for role in ("branch_head", "executive", "analyst", "marketer"):
        client = as_user(bank.user(role))
        assert client.get("/insight/signs/").status_code == 404, role
        for address in ("/insight/", "/insight/opinion/"):
            page = read(client, address)
            assert "/insight/signs/" not in page and SIGN not in page, (role, address)
    for role in ("relationship_manager", "teller", "administrator"):
        assert as_user(bank.user(role)).get("/insight/signs/").status_code == 403, role


def test_an_auditor_of_a_part_of_the_bank_hears_of_that_part_alone(bank: SmallBank) -> None:
    whole = selectors.topic_page(bank.user("auditor"), "signs")
    assert whole is not None and whole.sections
    part = bank.user("auditor")
    head = Post.objects.get(user=bank.user("branch_head"))
    Post.objects.filter(user=part).update(org_id=head.org_id, org_path=head.org_path)
    page = selectors.topic_page(part, "signs")
    assert page is not None and page.at.org_id == "S1" and page.bank == []
    assert all(row[0] == "S1" for body in page.sections for row in body.get("rows", ()))
    told = selectors.headlines(part)
    assert told["signs"]["code"] == "signs"


LOUD = "Loyal customers who may have been passed over"


def test_whether_concessions_are_fair_is_for_auditors_executives_and_complaint_handlers(
    bank: SmallBank, as_user: AsUser
) -> None:
    for role in ("auditor", "executive", "complaint_handler"):
        client = as_user(bank.user(role))
        assert LOUD in read(client, "/insight/fairness/"), role
        if role != "complaint_handler":
            assert "/insight/fairness/" in read(client, "/insight/"), role
    for role in ("branch_head", "analyst", "marketer"):
        client = as_user(bank.user(role))
        assert client.get("/insight/fairness/").status_code == 404, role
        assert "/insight/fairness/" not in read(client, "/insight/"), role
    for role in ("relationship_manager", "lobby_manager", "teller"):
        assert as_user(bank.user(role)).get("/insight/fairness/").status_code == 403, role


def test_who_handles_complaints_reads_of_fairness_and_of_nothing_else(bank: SmallBank, as_user: AsUser) -> None:
    handler = bank.user("complaint_handler")
    assert selectors.topics_of(handler) == ("fairness",)
    for address in ("/insight/", "/insight/opinion/", "/insight/signs/"):
        assert as_user(handler).get(address).status_code == 403, address
    assert "/insight/fairness/" in read(as_user(handler), "/complaints/")
    page = selectors.topic_page(handler, "fairness")
    assert page is not None and page.bank == []


def test_no_program_hears_of_signs_but_an_auditors(bank: SmallBank) -> None:
    with pytest.raises(NotFound):
        selectors.topic_page(bank.user("executive"), "signs")


def test_where_too_few_answered_the_page_says_so_in_the_figure_s_place() -> None:
    body = {
        "kind": "grid", "code": "moments", "columns": [["moment", "code"], ["answers", "count"], ["nps", "points"]],
        "rows": [["app_use", 4, "too_few_to_say"]], "verdict": None,
    }  # fmt: skip
    for language, said in (("zh-hans", "太少"), ("en", "too few")):
        row = Writer(words.of("opinion"), language, "CNY", Names({}, {}, {})).section(body)["rows"][0]
        assert row[2][1].text == said


def test_a_number_that_machines_give_is_told_by_its_name_and_a_code_of_the_banks_with_it() -> None:
    number = "c1b42fc2-2bfc-49d3-a36b-266a48424b1e"
    body = encoded(
        Grid(
            "panels",
            [("panel", Unit.BANK_CODE)],
            [["all"], [number], ["C05"], ["C06"]],
            names={
                "all": Name("全部小组", "All panels"),
                number: Name("一键续存", "Renew in a tap"),
                "C05": Name("系统", "Systems"),
            },
        )
    )
    rows = Writer(words.of("effects"), "zh-hans", "CNY", Names({}, {}, {})).section(body)["rows"]
    assert [row[0][1].text for row in rows] == ["全部小组", "一键续存", "C05 系统", "C06"]
