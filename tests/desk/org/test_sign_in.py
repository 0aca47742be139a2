"""The door: who comes in, who is kept out and for how long, and what is written down about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from desk.small_bank import PASSWORD, SmallBank
from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.control.origin import coming_from
from tenure.desk.org import lockout, services
from tenure.desk.org.models import AddressFailures, User
from tenure.desk.org.services import SignInRefused

NOW = timezone.now()


def _request() -> Any:
    request = RequestFactory().post("/")
    request.session = SessionStore()
    request.user = AnonymousUser()
    return request


def _fails(username: str, password: str, now: datetime = NOW, address: str = "10.0.0.1") -> SignInRefused:
    with coming_from(address), pytest.raises(SignInRefused) as refused:
        services.sign_in(_request(), username, password, now)
    return refused.value


def _acts() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("act", flat=True))


def test_the_right_password_opens_a_session_with_a_new_key(bank: SmallBank) -> None:
    request = _request()
    request.session["left by"] = "someone before"
    request.session.save()
    before = request.session.session_key
    user = services.sign_in(request, "e2011", PASSWORD, NOW)
    assert user == bank.owner and request.user == user
    assert request.session.session_key != before
    assert not SessionStore(before).exists(before)
    assert _acts() == ["user.sign_in"]


def test_five_wrong_passwords_lock_the_name_even_for_the_right_one(bank: SmallBank) -> None:
    for _ in range(4):
        assert _fails("e2011", "wrong").until is None
    assert _fails("e2011", "wrong").until == NOW + timedelta(minutes=15)
    assert _fails("e2011", PASSWORD).until is not None
    assert _fails("e2011", PASSWORD, NOW + timedelta(minutes=14, seconds=59))
    services.sign_in(_request(), "e2011", PASSWORD, NOW + timedelta(minutes=15))
    assert _acts() == [*["user.sign_in_failed"] * 4, "user.locked", *["user.sign_in_while_locked"] * 2, "user.sign_in"]


def test_every_further_five_lock_twice_as_long(bank: SmallBank) -> None:
    now = NOW
    for minutes in (15, 30, 60):
        for _ in range(5):
            refused = _fails("e2011", "wrong", now, address=f"10.9.{minutes}.1")
        assert refused.until == now + timedelta(minutes=minutes)
        now = refused.until
    services.sign_in(_request(), "e2011", PASSWORD, now)
    assert User.objects.get(username="e2011").failed_sign_ins == 0


@given(st.integers(-5, 10_000))
def test_locks_grow_and_end(failures: int) -> None:
    pause = lockout.lock_for(failures)
    assert (pause is not None) == (failures > 0 and failures % 5 == 0)
    if pause is not None:
        assert lockout.FIRST_LOCK <= pause <= lockout.LONGEST_LOCK
        assert pause <= (lockout.lock_for(failures + 5) or timedelta())


def test_an_address_that_guesses_many_names_must_wait(bank: SmallBank) -> None:
    for n in range(lockout.ADDRESS_FAILURES):
        _fails(f"nobody{n}", "wrong", address="10.0.0.9")
    assert _fails("e2011", PASSWORD, address="10.0.0.9").until is not None
    with coming_from("10.0.0.10"):
        services.sign_in(_request(), "e2011", PASSWORD, NOW)
    with coming_from("10.0.0.9"):
        services.sign_in(_request(), "e2012", PASSWORD, NOW + lockout.ADDRESS_WINDOW)
    assert not AddressFailures.objects.filter(address="10.0.0.9").exists()


def test_unknown_wrong_and_deactivated_are_told_the_same(bank: SmallBank) -> None:
    User.objects.filter(username="e2012").update(is_active=False)
    told = {_fails(*pair).message for pair in (("nobody", "x"), ("e2011", "x"), ("e2012", PASSWORD))}
    assert len(told) == 1


def test_an_unknown_name_costs_a_hash_like_a_known_one(bank: SmallBank, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    hashed = MD5PasswordHasher.encode

    def counted(self: Any, password: str, *args: Any, **kwargs: Any) -> str:
        made.append(password)
        return str(hashed(self, password, *args, **kwargs))

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    _fails("nobody", "one")
    _fails("e2011", "two")
    assert sorted(made) == ["one", "two"]


def test_a_wrong_name_is_written_down_as_it_was_typed(bank: SmallBank) -> None:
    _fails("adminn", "wrong")
    line = AuditEvent.objects.get()
    assert (line.actor_id, line.actor_name, line.act) == (None, "adminn", "user.sign_in_failed")


def test_no_password_is_ever_written_down(bank: SmallBank) -> None:
    _fails("e2011", "a-secret-guess")
    services.sign_in(_request(), "e2011", PASSWORD, NOW)
    for line in AuditEvent.objects.all():
        assert "a-secret-guess" not in str(vars(line)) and PASSWORD not in str(vars(line))


def test_signing_out_leaves_nothing_of_the_session(bank: SmallBank) -> None:
    request = _request()
    services.sign_in(request, "e2011", PASSWORD, NOW)
    key = request.session.session_key
    request.session.save()
    services.sign_out(request, NOW)
    assert not SessionStore().exists(key)
    assert _acts() == ["user.sign_in", "user.sign_out"]


def test_a_new_password_asks_for_the_old_one_and_for_strength(bank: SmallBank) -> None:
    request = _request()
    services.sign_in(request, "e2011", PASSWORD, NOW)
    with pytest.raises(Unacceptable) as refused:
        services.change_password(request, "not this", "a-much-better-one-4", NOW)
    assert refused.value.field == "old"
    for weak in ("short", "1234567890", "password123"):
        with pytest.raises(Unacceptable) as refused:
            services.change_password(request, PASSWORD, weak, NOW)
        assert refused.value.field == "password"
    services.change_password(request, PASSWORD, "a-much-better-one-4", NOW)
    _fails("e2011", PASSWORD)
    services.sign_in(_request(), "e2011", "a-much-better-one-4", NOW)


def test_a_deactivated_user_is_out_at_once(bank: SmallBank, client: Any) -> None:
    client.force_login(bank.owner)
    assert client.get("/api/v1/me").status_code == 200
    services.deactivate_user(None, "e2011", NOW)
    assert client.get("/api/v1/me").status_code == 401
