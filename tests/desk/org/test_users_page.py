"""Administrators see who may sign in, let people in and keep them out; nobody else does, none of them themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.org.at_the_door import english
from desk.small_bank import PASSWORD, SmallBank
from tenure.contracts import codes
from tenure.desk.control.errors import NotAllowed, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.org import services, user_selectors
from tenure.desk.org.models import SecondFactor, User
from tenure.desk.org.user_selectors import UserFilter

AsUser = Callable[[User], Client]
ACTS = ("deactivate", "unlock", "reset_factor", "demand_password")


def act(client: Client, name: str, username: str) -> int:
    answer = client.post("/account/users/act", {"act": name, "username": username, "next": "/account/users/?q=e"})
    return answer.status_code


def listed(admin: User, **wanted: str) -> list[str]:
    found = user_selectors.users(admin, UserFilter(**wanted), timezone.now())
    return [line.username for line in found.lines]


def test_the_page_says_who_may_sign_in_and_what_keeps_them_out(bank: SmallBank, as_user: AsUser) -> None:
    admin, now = bank.user("administrator"), timezone.now()
    User.objects.filter(username="e2011").update(locked_until=now + timedelta(minutes=9), last_login=now)
    User.objects.filter(username="e2012").update(is_active=False)
    SecondFactor.objects.create(user=bank.owner, secret="x", begun_at=now, confirmed_at=now, last_step=1)
    assert listed(admin, state="locked") == ["e2011"]
    assert listed(admin, state="deactivated") == ["e2012"]
    assert "e2011" not in listed(admin, state="never") and "e2012" in listed(admin, state="never")
    assert "e2011" not in listed(admin, state="without_factor")
    assert listed(admin, q="E201") == ["e2011", "e2012"]
    assert set(listed(admin, role="administrator")) == {admin.username}
    client = as_user(admin)
    page = client.get("/account/users/").content.decode()
    assert bank.owner.name in page


def test_a_long_list_goes_on_where_it_ended_and_shows_everyone_once(
    bank: SmallBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_selectors, "SIZE", 3)
    admin, seen, after = bank.user("administrator"), [], ""
    while True:
        found = user_selectors.users(admin, UserFilter(), timezone.now(), after=after)
        seen += [line.username for line in found.lines]
        if not (after := found.more):
            break
    assert seen == sorted(User.objects.values_list("username", flat=True))


@pytest.mark.parametrize("role", [role for role in codes.ROLES if role != "administrator"])
def test_nobody_else_sees_or_acts(bank: SmallBank, as_user: AsUser, role: str) -> None:
    client = as_user(bank.user(role))
    assert client.get("/account/users/").status_code == 403
    before = list(User.objects.order_by("pk").values())
    assert {act(client, one, "e2012") for one in ACTS} == {403}
    assert list(User.objects.order_by("pk").values()) == before


def test_who_is_deactivated_is_out_at_once_and_in_again_when_unlocked(bank: SmallBank, as_user: AsUser) -> None:
    admin = as_user(bank.user("administrator"))
    theirs = english()
    door = {"username": "e2011", "password": PASSWORD}
    theirs.post("/account/sign-in", door)
    assert theirs.get("/today/").status_code == 200
    for _ in range(2):  # a double click
        assert act(admin, "deactivate", "e2011") == 302
    assert theirs.get("/today/").status_code == 302
    assert theirs.post("/account/sign-in", door).status_code == 403
    for _ in range(2):
        assert act(admin, "unlock", "e2011") == 302
    assert theirs.post("/account/sign-in", door).status_code == 302
    acts = [one for one in AuditEvent.objects.order_by("pk").values_list("act", flat=True) if one.startswith("user.")]
    assert (acts.count("user.deactivate"), acts.count("user.unlock")) == (1, 1)


def test_an_unlocked_name_may_try_again_at_once(bank: SmallBank) -> None:
    client, admin = english(), bank.user("administrator")
    for _ in range(5):
        client.post("/account/sign-in", {"username": "e2011", "password": "wrong"})
    door = {"username": "e2011", "password": PASSWORD}
    assert client.post("/account/sign-in", door).status_code == 403
    services.unlock_user(admin, "e2011", timezone.now())
    assert client.post("/account/sign-in", door).status_code == 302


def test_a_new_password_is_asked_for_before_anything_else_and_once(bank: SmallBank) -> None:
    admin, client = bank.user("administrator"), english()
    door = {"username": "e2011", "password": PASSWORD}
    client.post("/account/sign-in", door)
    for _ in range(2):
        services.demand_new_password(admin, "e2011", timezone.now())
    assert AuditEvent.objects.filter(act="user.password_due").count() == 1
    assert client.get("/today/").headers["Location"].startswith("/account/sign-in"), "the session has ended"
    client.post("/account/sign-in", door)
    assert client.get("/today/").headers["Location"] == "/account/password"
    new = "maple-river-Jade-48"
    client.post("/account/password", {"old": PASSWORD, "new": new, "again": new})
    assert client.get("/today/").status_code == 200
    assert not User.objects.get(username="e2011").password_due
    client.post("/account/sign-out")
    client.post("/account/sign-in", {"username": "e2011", "password": new})
    assert client.get("/today/").status_code == 200


def test_no_administrator_locks_themselves_out(bank: SmallBank) -> None:
    admin = bank.user("administrator")
    for service in (services.deactivate_user, services.demand_new_password):
        with pytest.raises(Unacceptable):
            service(admin, admin.username, timezone.now())
    admin.refresh_from_db()
    assert admin.is_active and not admin.password_due


def test_of_two_administrators_who_deactivate_each_other_one_stays(bank: SmallBank) -> None:
    first = bank.user("administrator")
    services.create_user(first, "second", "二号", "maple-river-jade-48", timezone.now())
    services.give_post(first, "second", "administrator", "", timezone.now())
    second = User.objects.get(username="second")
    assert second.is_active  # as they were read when both pages were open
    services.deactivate_user(first, "second", timezone.now())
    with pytest.raises(NotAllowed):
        services.deactivate_user(second, first.username, timezone.now())
    first.refresh_from_db()
    assert first.is_active


def test_a_page_of_many_users_costs_no_more_queries_than_one_of_one(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.user("administrator"))
    client.get("/account/users/")
    with CaptureQueriesContext(connection) as many:
        client.get("/account/users/")
    with CaptureQueriesContext(connection) as few:
        client.get("/account/users/?q=e2011")
    assert len(many) <= len(few)
