"""The second factor: a code opens the door once, a phone that is lost does not lock anyone out for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from desk.org.at_the_door import code_at, codes_on, english, enrolled, secret_on, write_door
from desk.small_bank import PASSWORD, SmallBank
from tenure.desk.control.errors import Conflict, NotAllowed
from tenure.desk.control.models import AuditEvent
from tenure.desk.org import services
from tenure.desk.org.door import second_factor
from tenure.desk.org.models import RecoveryCode, SecondFactor, User
from tenure.errors import SetupError

AsUser = Callable[[User], Client]
#: RFC 6238, appendix B, SHA-1, cut to six digits: seconds since 1970 and code.
RFC = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def _acts() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("act", flat=True))


def _half(client: Client, username: str = "e2011") -> None:
    answer = client.post("/account/sign-in", {"username": username, "password": PASSWORD, "next": "/customers/"})
    assert answer.headers["Location"] == "/account/sign-in/code?next=/customers/"


def _code(client: Client, code: str) -> Any:
    return client.post("/account/sign-in/code", {"code": code, "next": "/customers/"})


@pytest.mark.parametrize(("seconds", "code"), RFC.items())
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    now = timezone.datetime.fromtimestamp(seconds, tz=timezone.get_default_timezone())
    assert second_factor.step_of(RFC_SECRET, code, now, -1) == seconds // 30


@given(st.integers(-5, 5), st.integers(0, 29))
def test_a_code_holds_one_step_to_either_side_and_no_further(steps: int, seconds: int) -> None:
    now = timezone.datetime.fromtimestamp(1_800_000_000 + seconds, tz=timezone.get_default_timezone())
    code = code_at(RFC_SECRET, now, steps)
    assert (second_factor.step_of(RFC_SECRET, code, now, 0) is not None) == (abs(steps) <= 1)


def test_what_is_no_code_opens_nothing() -> None:
    for code in ("", "12345", "1234567", "abcdef", "１２３４５６", "-12345", "\x00" * 6):
        assert second_factor.step_of(RFC_SECRET, code, timezone.now(), 0) is None


def test_the_password_alone_opens_nothing_and_the_code_opens_the_desk(bank: SmallBank) -> None:
    secret = enrolled(bank.owner, timezone.now())
    client = Client()
    _half(client)
    assert client.get("/today/").status_code == 302 and client.get("/api/v1/me").status_code == 401
    answer = _code(client, code_at(secret, timezone.now()))
    assert answer.headers["Location"] == "/customers/"
    assert client.get("/today/").status_code == 200
    line = AuditEvent.objects.get(act="user.sign_in")
    assert line.changes == {"by": "password+code"}


def test_a_code_works_once_even_for_somebody_who_saw_it(bank: SmallBank) -> None:
    secret = enrolled(bank.owner, timezone.now())
    first, second = Client(), english()
    code = code_at(secret, timezone.now())
    _half(first)
    _half(second)
    assert _code(first, code).status_code == 302
    again = _code(second, code)
    assert again.status_code == 403 and "was used already" in again.content.decode()
    assert second.get("/today/").status_code == 302


def test_wrong_codes_lock_the_name_and_the_password_does_not_begin_the_count_anew(bank: SmallBank) -> None:
    secret = enrolled(bank.owner, timezone.now())
    client = english()
    for _ in range(4):
        _half(client)
        assert "Try again" not in _code(client, "000000").content.decode()
    assert "Try again in 15 minutes" in _code(client, "000000").content.decode()
    assert _code(client, code_at(secret, timezone.now())).status_code == 403, "a locked door looks at no code"
    assert client.post("/account/sign-in", {"username": "e2011", "password": PASSWORD}).status_code == 403
    assert _acts() == [
        *["user.second_factor.refused"] * 4,
        "user.locked",
        *["user.sign_in_while_locked"] * 2,
    ]


def test_half_an_entry_ends_with_its_minutes_and_with_a_new_password(bank: SmallBank) -> None:
    secret = enrolled(bank.owner, timezone.now())
    client = Client()
    _half(client)
    services.set_password(None, "e2011", "maple-river-jade-48", timezone.now())
    assert _code(client, code_at(secret, timezone.now())).headers["Location"] == "/account/sign-in"
    late = Client()
    late.post("/account/sign-in", {"username": "e2011", "password": "maple-river-jade-48"})
    session = late.session
    session["half"] = session["half"] | {"at": session["half"]["at"] - 301}
    session.save()
    assert _code(late, code_at(secret, timezone.now())).headers["Location"] == "/account/sign-in"


def test_enrolling_shows_picture_and_key_and_takes_the_apps_code(bank: SmallBank, as_user: AsUser) -> None:
    client, elsewhere = as_user(bank.owner), as_user(bank.owner)
    client.post("/account/second-factor/begin")
    page = client.get("/account/second-factor").content.decode()
    assert "<svg" in page and 'class="qr"' in page
    secret = secret_on(page)
    client.post("/account/second-factor/begin")  # a second click
    assert secret_on(client.get("/account/second-factor").content.decode()) == secret
    assert client.post("/account/second-factor/confirm", {"code": "000000"}).status_code == 422
    done = client.post("/account/second-factor/confirm", {"code": code_at(secret, timezone.now())})
    codes = codes_on(done.content.decode())
    assert len(set(codes)) == 10
    assert codes_on(client.get("/account/second-factor").content.decode()) == [], "shown once"
    assert client.get("/today/").status_code == 200
    assert elsewhere.get("/today/").status_code == 302, "a session opened without it has ended"
    again = client.post("/account/second-factor/confirm", {"code": code_at(secret, timezone.now())})
    assert again.status_code == 302 and RecoveryCode.objects.count() == 10
    assert _acts() == ["user.second_factor.begin", "user.second_factor.enrol"]


def test_neither_secret_nor_codes_lie_open_in_the_database(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    client.post("/account/second-factor/begin")
    secret = secret_on(client.get("/account/second-factor").content.decode())
    page = client.post("/account/second-factor/confirm", {"code": code_at(secret, timezone.now())})
    kept = str([vars(one) for model in (SecondFactor, RecoveryCode, AuditEvent) for one in model.objects.all()])
    kept += str(dict(client.session))
    assert secret not in kept
    assert not [code for code in codes_on(page.content.decode()) if code in kept or code.replace("-", "") in kept]


def test_a_secret_outlives_a_change_of_the_installations_secret_and_no_more(settings: Any) -> None:
    kept, digest = second_factor.sealed(RFC_SECRET), second_factor.digest_of("k7mn-2xqr-9dfh")
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another secret, as long as the first one was"
    with pytest.raises(SetupError, match="reset-second-factor"):
        second_factor.opened(kept)
    settings.SECRET_KEY_FALLBACKS = [before]
    assert second_factor.opened(kept) == RFC_SECRET
    assert digest in second_factor.digests_of("K7MN 2XQR 9DFH")


def test_a_recovery_code_opens_once_and_is_counted(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    client.post("/account/second-factor/begin")
    secret = secret_on(client.get("/account/second-factor").content.decode())
    page = client.post("/account/second-factor/confirm", {"code": code_at(secret, timezone.now())})
    code = codes_on(page.content.decode())[3]
    for expected in (302, 403):
        fresh = Client()
        _half(fresh)
        assert _code(fresh, code.upper().replace("-", " ")).status_code == expected
    assert AuditEvent.objects.get(act="user.recovery_code").changes == {"left": 9}


def test_new_recovery_codes_end_the_old_ones(bank: SmallBank, as_user: AsUser) -> None:
    secret = enrolled(bank.owner, timezone.now())
    client = as_user(bank.owner)
    assert client.post("/account/second-factor/recovery-codes", {"code": "000000"}).status_code == 422
    first = codes_on(
        client.post("/account/second-factor/recovery-codes", {"code": code_at(secret, timezone.now())}).content.decode()
    )
    second = codes_on(client.post("/account/second-factor/recovery-codes", {"code": first[0]}).content.decode())
    assert len(second) == 10 and not set(first) & set(second)
    assert client.post("/account/second-factor/recovery-codes", {"code": first[1]}).status_code == 422


def test_removing_takes_the_password_and_a_code(bank: SmallBank, as_user: AsUser) -> None:
    secret = enrolled(bank.owner, timezone.now())
    client = as_user(bank.owner)
    code = code_at(secret, timezone.now())
    for password, typed in (("wrong", code), (PASSWORD, "000000")):
        answer = client.post("/account/second-factor/remove", {"password": password, "code": typed})
        assert answer.status_code == 422 and 'class="wrong"' in answer.content.decode()
    assert SecondFactor.objects.exists()
    assert client.post("/account/second-factor/remove", {"password": PASSWORD, "code": code}).status_code == 302
    assert not SecondFactor.objects.exists() and client.get("/today/").status_code == 200
    assert User.objects.get(username="e2011").failed_sign_ins == 2, "guesses in an open session count as at the door"


def test_a_second_factor_is_each_ones_own(bank: SmallBank, as_user: AsUser) -> None:
    secret = enrolled(bank.owner, timezone.now())
    code = code_at(secret, timezone.now())
    for other in (bank.colleague, bank.stranger):
        client = as_user(other)
        client.post("/account/second-factor/remove", {"password": PASSWORD, "code": code})
        client.post("/account/second-factor/recovery-codes", {"code": code})
    assert SecondFactor.objects.filter(user=bank.owner).exists() and not RecoveryCode.objects.exists()


def test_an_administrator_takes_away_what_is_lost_and_nobody_else_does(bank: SmallBank, as_user: AsUser) -> None:
    enrolled(bank.owner, timezone.now())
    client = as_user(bank.owner)
    with pytest.raises(NotAllowed):
        services.reset_second_factor(bank.user("executive"), "e2011", timezone.now())
    services.reset_second_factor(bank.user("administrator"), "e2011", timezone.now())
    assert client.get("/today/").status_code == 302, "sessions end"
    fresh = Client()
    fresh.post("/account/sign-in", {"username": "e2011", "password": PASSWORD})
    assert fresh.get("/today/").status_code == 200
    with pytest.raises(Conflict):
        services.reset_second_factor(None, "e2011", timezone.now())
    assert _acts() == ["user.second_factor.reset", "user.sign_in"]


def test_a_role_that_must_have_one_can_do_nothing_until_it_is_there(
    bank: SmallBank, settings: Any, tmp_path: Path
) -> None:
    write_door(settings, tmp_path, 'second_factor = ["auditor"]')
    user = bank.user("auditor")
    client = english()
    client.post("/account/sign-in", {"username": user.username, "password": PASSWORD})
    for address in ("/today/", "/customers/", "/account/", "/account/password"):
        assert client.get(address).headers["Location"] == "/account/second-factor", address
    assert client.get("/today/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/account/second-factor"
    assert client.get("/api/v1/me").status_code == 403
    assert client.post("/account/tokens", {"name": "x", "scope": "customers:read"}).status_code == 302
    client.post("/account/second-factor/begin")
    page = client.get("/account/second-factor").content.decode()
    assert "Your post asks for a second factor" in page
    done = client.post("/account/second-factor/confirm", {"code": code_at(secret_on(page), timezone.now())})
    assert len(codes_on(done.content.decode())) == 10
    assert client.get("/today/").status_code == 200
    other = Client()
    other.post("/account/sign-in", {"username": "e2011", "password": PASSWORD})
    assert other.get("/today/").status_code == 200, "other roles go on as before"


def test_signing_out_everywhere_ends_every_session(bank: SmallBank, as_user: AsUser) -> None:
    here, there, colleague = as_user(bank.owner), as_user(bank.owner), as_user(bank.colleague)
    assert here.post("/account/sessions/end").headers["Location"] == "/account/sign-in"
    assert [one.get("/today/").status_code for one in (here, there, colleague)] == [302, 302, 200]
    assert as_user(bank.owner).get("/today/").status_code == 200
    assert _acts() == ["user.sign_out_everywhere"]


def test_an_offer_is_confirmed_within_its_time(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    client.post("/account/second-factor/begin")
    secret = secret_on(client.get("/account/second-factor").content.decode())
    SecondFactor.objects.update(begun_at=timezone.now() - timedelta(minutes=31))
    client.post("/account/second-factor/confirm", {"code": code_at(secret, timezone.now())})
    assert SecondFactor.objects.get().confirmed_at is None
    client.post("/account/second-factor/begin")
    assert secret_on(client.get("/account/second-factor").content.decode()) != secret
