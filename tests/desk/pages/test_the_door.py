"""Signing in, its lock, and changing one's password, as the page tells them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from desk.small_bank import SmallBank
from tenure.desk.org.models import User

AsUser = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def test_a_locked_door_says_for_how_many_minutes(bank: SmallBank) -> None:
    client = Client()
    for _ in range(5):
        answer = client.post("/account/sign-in", {"username": "e2011", "password": "wrong"})
        assert answer.status_code == 403
    assert "请 15 分钟后再试" in answer.content.decode()
    right = client.post("/account/sign-in", {"username": "e2011", "password": bank.password})
    assert "分钟后再试" in right.content.decode(), "the right password does not open it either"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Try again in 15 minutes." in client.post("/account/sign-in", {"username": "e2011"}).content.decode()


def test_an_unknown_name_and_a_wrong_password_look_alike(bank: SmallBank) -> None:
    pages = [
        Client().post("/account/sign-in", {"username": name, "password": "wrong"}).content.decode()
        for name in ("e2012", "nobody")
    ]
    assert "用户名或密码不正确" in pages[0]
    assert [page.count("不正确") for page in pages] == [1, 1]


def test_one_goes_on_to_where_one_was_going(bank: SmallBank) -> None:
    client = Client()
    asked = {"username": "e2011", "password": bank.password, "next": "/customers/?tier=gold"}
    assert client.post("/account/sign-in", asked).headers["Location"] == "/customers/?tier=gold"
    evil = Client().post("/account/sign-in", {**asked, "next": "//evil.example/"})
    assert evil.headers["Location"] == "/today/"


def test_a_password_is_changed_with_the_old_one_and_twice_the_new(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    fresh = "Maple-river-jade-tiger"
    wrong = client.post("/account/password", {"old": bank.password, "new": fresh, "again": fresh + "x"})
    assert "不一致" in wrong.content.decode()
    wrong = client.post("/account/password", {"old": "not it", "new": fresh, "again": fresh})
    assert "当前密码不正确" in wrong.content.decode()
    done = client.post("/account/password", {"old": bank.password, "new": fresh, "again": fresh}, follow=True)
    assert "密码已修改" in done.content.decode()
    assert bank.owner.check_password(fresh)


def test_signing_out_closes_the_desk(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    opened = client.get("/account/sign-out")
    assert opened.status_code == 405, "a link somebody sends signs nobody out"
    assert "此地址没有页面" in opened.content.decode() and opened.headers["Allow"] == "POST"
    client.post("/account/sign-out")
    assert client.get("/today/").status_code == 302


def test_the_other_language_is_chosen_on_the_answer_to_a_form_and_leads_back_to_its_page(
    bank: SmallBank, as_user: AsUser
) -> None:
    client, page = as_user(bank.owner), {"Referer": "http://testserver/account/?list=1"}
    answer = client.post("/account/tokens", {"name": "晨报", "scope": ["work:read"]}, headers=page).content.decode()
    assert 'name="next" value="/account/?list=1"' in answer and 'name="next" value="/account/tokens"' not in answer
