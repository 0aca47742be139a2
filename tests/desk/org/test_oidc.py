"""Signing in by the bank's own service, against a real provider over HTTP: who comes through, what does not hold."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from django.utils import timezone
from joserfc.jwk import RSAKey

from desk.org.at_the_door import code_at, english, enrolled, write_door
from desk.org.provider import BankProvider, bank_provider
from desk.small_bank import SmallBank, publish_small_bank
from tenure.desk.control.models import AuditEvent
from tenure.desk.org.door.oidc import said_two_factors
from tenure.desk.org.models import User

DOOR = """
[oidc]
issuer = "{issuer}"
client_id = "tenure"
label_en = "Sign in with the bank's account"
"""


@pytest.fixture
def provider(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BankProvider]:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # the provider's own demand for https
    monkeypatch.setenv("TENURE_OIDC_SECRET", "only the desk and the provider know")
    with bank_provider() as bank:
        write_door(settings, tmp_path, DOOR.format(issuer=bank.issuer))
        bank.knows("w1", preferred_username="e2011")
        yield bank


def _through(client: Client, provider: BankProvider, sub: str = "w1", next: str = "/customers/") -> Any:
    """From the desk's button through the provider's page back to the desk."""
    away = client.get("/account/sign-in/bank", {"next": next})
    return client.get(provider.consent(away.headers["Location"], sub))


def _refused(client: Client, answer: Any, why: str, words: str) -> None:
    assert answer.status_code == 403 and words in answer.content.decode()
    assert client.get("/today/").status_code == 302
    line = AuditEvent.objects.get(act="user.oidc_refused")
    assert why in line.changes["why"], line.changes


def test_the_button_is_there_when_it_is_set_up(bank: SmallBank, provider: BankProvider) -> None:
    page = english().get("/account/sign-in?next=/customers/").content.decode()
    assert "Sign in with the bank&#x27;s account" in page and "/account/sign-in/bank?next=/customers/" in page


def test_without_a_set_up_there_is_neither_button_nor_address(bank: SmallBank) -> None:
    assert "/sign-in/bank" not in english().get("/account/sign-in").content.decode()
    assert Client().get("/account/sign-in/bank").status_code == 404
    assert Client().get("/account/sign-in/bank/back?code=x&state=y").status_code == 404


def test_whom_the_bank_vouches_for_comes_in_where_they_were_going(bank: SmallBank, provider: BankProvider) -> None:
    client = Client()
    away = client.get("/account/sign-in/bank", {"next": "/customers/"}).headers["Location"]
    asked = parse_qs(urlsplit(away).query)
    assert {"state", "nonce", "code_challenge"} <= set(asked) and asked["response_type"] == ["code"]
    answer = client.get(provider.consent(away, "w1"))
    assert answer.headers["Location"] == "/customers/" and provider.verified == 1
    assert client.get("/api/v1/me").json()["username"] == "e2011"
    assert list(AuditEvent.objects.order_by("pk").values_list("act", flat=True)) == ["user.oidc", "user.sign_in"]
    assert AuditEvent.objects.get(act="user.sign_in").changes == {"by": "oidc"}


@pytest.mark.django_db(transaction=True)
def test_a_browser_goes_the_whole_way_over_http(live_server: Any, provider: BankProvider) -> None:
    publish_small_bank()
    browser = requests.Session()
    away = browser.get(f"{live_server.url}/account/sign-in/bank", allow_redirects=False, timeout=20)
    back = provider.consent(away.headers["Location"], "w1")
    page = browser.get(back, timeout=20)
    assert page.status_code == 200 and page.url.endswith("/today/")


def test_a_state_nobody_gave_is_refused(bank: SmallBank, provider: BankProvider) -> None:
    client = english()
    back = provider.consent(client.get("/account/sign-in/bank").headers["Location"], "w1")
    code = parse_qs(urlsplit(back).query)["code"][0]
    answer = client.get("/account/sign-in/bank/back", {"code": code, "state": "forged"})
    _refused(client, answer, "mismatching_state", "could not vouch for you")


def test_an_answer_meant_for_another_browser_signs_nobody_in(bank: SmallBank, provider: BankProvider) -> None:
    mine, theirs = Client(), english()
    back = provider.consent(mine.get("/account/sign-in/bank").headers["Location"], "w1")
    _refused(theirs, theirs.get(back), "mismatching_state", "could not vouch for you")


def test_a_code_works_once(bank: SmallBank, provider: BankProvider) -> None:
    client = english()
    back = provider.consent(client.get("/account/sign-in/bank").headers["Location"], "w1")
    assert client.get(back).status_code == 302
    client.post("/account/sign-out")
    _refused(client, client.get(back), "mismatching_state", "could not vouch for you")


@pytest.mark.parametrize(
    ("lie", "why"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"exp": 1_000_000_000}, "expired"),
        ({"aud": "another desk"}, "aud"),
        ({"aud": "another desk", "azp": "tenure"}, "aud"),
        ({"iss": "https://elsewhere.example"}, "iss"),
        ({"iat": int(time.time()) + 3600}, "iat"),
    ],
    ids=["nonce", "expired", "audience", "audience beside azp", "issuer", "from the future"],
)
def test_a_token_that_lies_is_refused(bank: SmallBank, provider: BankProvider, lie: dict[str, Any], why: str) -> None:
    provider.lie = lambda header, claims: claims.update(lie)
    client = english()
    _refused(client, _through(client, provider), why, "could not vouch for you")


def test_a_token_without_the_nonce_is_refused(bank: SmallBank, provider: BankProvider) -> None:
    provider.lie = lambda header, claims: claims.pop("nonce") and None
    client = english()
    _refused(client, _through(client, provider), "nonce", "could not vouch for you")


def test_a_token_signed_by_somebody_else_is_refused(bank: SmallBank, provider: BankProvider) -> None:
    provider.key = RSAKey.generate_key(2048)
    client = english()
    _refused(client, _through(client, provider), "bad_signature", "could not vouch for you")


def test_a_verifier_that_is_not_ours_gets_no_token(bank: SmallBank, provider: BankProvider) -> None:
    client = english()
    back = provider.consent(client.get("/account/sign-in/bank").headers["Location"], "w1")
    session = client.session
    key = next(name for name in sorted(session.keys()) if name.startswith("_state_bank_"))
    session[key] = session[key] | {"data": session[key]["data"] | {"code_verifier": "x" * 48}}
    session.save()
    _refused(client, client.get(back), "invalid_grant", "could not vouch for you")


@pytest.mark.parametrize("claims", [{"preferred_username": "stranger"}, {}, {"preferred_username": ["e2011"]}])
def test_whom_the_desk_does_not_know_is_not_made(bank: SmallBank, provider: BankProvider, claims: Any) -> None:
    provider.knows("x9", **claims)
    users, client = User.objects.count(), english()
    answer = _through(client, provider, "x9")
    assert answer.status_code == 403 and User.objects.count() == users
    assert AuditEvent.objects.get(act="user.oidc_refused").changes == {"why": "no such user"}


def test_deactivation_and_lock_hold_here_too(bank: SmallBank, provider: BankProvider) -> None:
    provider.knows("w2", preferred_username="e2012")
    User.objects.filter(username="e2012").update(is_active=False)
    client = english()
    _refused(client, _through(client, provider, "w2"), "deactivated", "opens no account at this desk")
    for _ in range(5):
        Client().post("/account/sign-in", {"username": "e2011", "password": "wrong"})
    assert "Try again in 15 minutes" in _through(client, provider).content.decode()
    assert client.get("/today/").status_code == 302


def test_a_claim_may_name_the_employee(bank: SmallBank, provider: BankProvider, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "by-number").mkdir()
    text = DOOR.format(issuer=provider.issuer) + 'claim = "employee"\nmatch = "staff_id"\n'
    write_door(settings, tmp_path / "by-number", text)
    provider.knows("w3", employee="E2012")
    client = Client()
    assert _through(client, provider, "w3").status_code == 302
    assert client.get("/api/v1/me").json()["username"] == "e2012"
    User.objects.filter(username="e2011").update(staff_id="E2012")
    assert _through(english(), provider, "w3").status_code == 403, "a number of two people names neither"


@pytest.mark.parametrize(
    ("trusts", "amr", "asks"), [(False, ["mfa"], True), (True, ["pwd"], True), (True, ["pwd", "otp"], False)]
)
def test_the_desks_second_factor_is_asked_for_unless_the_bank_trusts_another(
    bank: SmallBank, provider: BankProvider, settings: Any, tmp_path: Path, trusts: bool, amr: list[str], asks: bool
) -> None:
    (tmp_path / "trust").mkdir()
    text = DOOR.format(issuer=provider.issuer) + f"trust_second_factor = {str(trusts).lower()}\n"
    write_door(settings, tmp_path / "trust", text)
    provider.knows("w1", preferred_username="e2011", amr=amr)
    secret = enrolled(bank.owner, timezone.now())
    client = Client()
    answer = _through(client, provider)
    assert answer.headers["Location"] == ("/account/sign-in/code?next=/customers/" if asks else "/customers/")
    assert client.get("/today/").status_code == (302 if asks else 200)
    if asks:
        client.post("/account/sign-in/code", {"code": code_at(secret, timezone.now())})
        assert client.get("/today/").status_code == 200
        assert AuditEvent.objects.get(act="user.sign_in").changes == {"by": "oidc+code"}


def test_a_provider_that_is_away_or_calls_itself_another_is_told(
    bank: SmallBank, provider: BankProvider, settings: Any, tmp_path: Path
) -> None:
    provider.calls_itself = "https://elsewhere.example"
    answer = english().get("/account/sign-in/bank")
    assert answer.status_code == 403 and "does not answer" in answer.content.decode()
    (tmp_path / "away").mkdir()
    write_door(settings, tmp_path / "away", DOOR.format(issuer="http://localhost:9"))
    answer = english().get("/account/sign-in/bank")
    assert answer.status_code == 403 and "does not answer" in answer.content.decode()


def test_only_two_factors_are_two_factors() -> None:
    assert said_two_factors({"amr": ["mfa"]}) and said_two_factors({"amr": ["pwd", "hwk"]})
    for claims in ({}, {"amr": ["pwd"]}, {"amr": ["otp"]}, {"amr": "mfa"}, {"amr": [["mfa"]]}, {"acr": "1"}):
        assert not said_two_factors(claims)
