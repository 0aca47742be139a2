"""Reading by API: pages follow one another without gaps, masks apply, tokens reach no further than their scopes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control import services as control
from tenure.desk.control.models import AuditEvent, Token
from tenure.desk.org.models import User

Program = Callable[..., Any]


@pytest.fixture
def program() -> Callable[..., Client]:
    """A client that signs every request with a fresh token of someone's."""

    def made(user: User, *scopes: str) -> Client:
        _token, key = control.create_token(user, "test", list(scopes), now=timezone.now())
        return Client(headers={"Authorization": f"Bearer {key}"})

    return made


def test_pages_follow_one_another_and_hold_every_customer_once(bank: SmallBank, program: Program) -> None:
    client = program(bank.user("executive"), "customers:read")
    seen: list[str] = []
    cursor = ""
    while True:
        page = client.get("/api/v1/customers", {"limit": 7, "cursor": cursor, "sort": "maturity"}).json()
        seen += [row["party_id"] for row in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert sorted(seen) == bank.party_ids


def test_money_is_whole_minor_units_with_its_currency(bank: SmallBank, program: Program) -> None:
    row = program(bank.owner, "customers:read").get(f"/api/v1/customers/{bank.party_id}").json()
    assert isinstance(row["aum"], int) and row["currency"] == "CNY"
    assert row["aum"] == row["deposit"] + row["investment"]


def test_a_token_shows_values_in_the_clear_only_with_that_scope(bank: SmallBank, program: Program) -> None:
    masked = program(bank.owner, "customers:read").get(f"/api/v1/customers/{bank.party_id}").json()
    clear = program(bank.owner, "customers:read", "customers:clear").get(f"/api/v1/customers/{bank.party_id}").json()
    assert masked["name"] == clear["name"][0] + "**"
    assert masked["phone"] == clear["phone"][:3] + "****" + clear["phone"][-4:]
    assert masked["birth_date"] == clear["birth_date"][:4] + "-**-**"
    assert "*" not in clear["name"] + clear["phone"]


def test_accounts_and_certificates_are_masked_for_everyone(bank: SmallBank, program: Program) -> None:
    client = program(bank.user("auditor"), "customers:read", "customers:clear")
    assert "*" in client.get(f"/api/v1/customers/{bank.party_id}").json()["certificate_no"]
    holdings = client.get(f"/api/v1/customers/{bank.party_id}/holdings").json()
    assert holdings and all(row["account_id"].startswith("****") for row in holdings)


def test_a_relative_one_may_not_see_is_named_by_a_mask(bank: SmallBank, program: Program) -> None:
    client = program(bank.owner, "customers:read", "customers:clear")
    relations = client.get(f"/api/v1/customers/{bank.party_id}/relations").json()
    hidden = [row for row in relations if not row["other_is_visible"]]
    assert hidden and all(row["other_name"].endswith("**") for row in hidden)


def test_a_token_does_nothing_outside_its_scopes(bank: SmallBank, program: Program) -> None:
    client = program(bank.owner, "work:read")
    assert client.get("/api/v1/worklist").status_code == 200
    refused = client.get("/api/v1/customers")
    assert refused.status_code == 403 and refused.headers["Content-Type"] == "application/problem+json"
    assert "customers:read" in refused.json()["detail"]


def test_a_token_gives_nothing_its_owner_lacks(bank: SmallBank, program: Program) -> None:
    client = program(bank.user("teller"), "branch:read", "data:read", "exports:write")
    assert client.get("/api/v1/branches").status_code == 403
    assert client.get("/api/v1/data/nights").status_code == 403
    body = {"reason": "curiosity"}
    assert client.post("/api/v1/exports", body, content_type="application/json").status_code == 403


@pytest.mark.parametrize("key", ["", "nonsense", "tnr_guessed"])
def test_an_unknown_token_is_told_so(bank: SmallBank, key: str) -> None:
    answer = Client(headers={"Authorization": f"Bearer {key}"}).get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_ends_with_its_time_its_revocation_and_its_owner(bank: SmallBank) -> None:
    now = timezone.now()
    token, key = control.create_token(bank.owner, "nightly", ["work:read"], now=now, days=1)
    assert control.token_of_key(key, now) == token
    assert control.token_of_key(key, token.expires_at) is None
    User.objects.filter(pk=bank.owner.pk).update(is_active=False)
    assert control.token_of_key(key, now) is None
    User.objects.filter(pk=token.user_id).update(is_active=True)
    control.revoke_token(bank.owner, token.pk, now=now)
    assert control.token_of_key(key, now) is None


def test_a_form_sent_again_makes_no_second_key_and_shows_the_one_it_made(
    bank: SmallBank, as_user: Callable[[User], Client]
) -> None:
    client = as_user(bank.owner)
    form_key = re.findall(r'name="form_key" value="([^"]+)"', client.get("/account/").content.decode())[0]
    form = {"name": "nightly", "scope": ["work:read"], "form_key": form_key}
    shown = [re.findall(r"tnr_[\w-]{40,}", client.post("/account/tokens", form).content.decode()) for _once in range(2)]
    assert shown[0] == shown[1] and len(shown[0]) == 1
    token = Token.objects.get(user=bank.owner)
    assert control.token_of_key(shown[0][0], timezone.now()) == token
    assert AuditEvent.objects.filter(act="token.create").count() == 1
    other = as_user(bank.user("teller")).post("/account/tokens", form).content.decode()
    assert shown[0][0] not in other, "a form's key says nothing to anybody else"
    control.revoke_token(bank.owner, token.pk, now=timezone.now())
    again = client.post("/account/tokens", form).content.decode()
    assert shown[0][0] not in again and 'role="alert"' in again


def test_a_key_that_cannot_be_made_leaves_what_was_chosen(bank: SmallBank, as_user: Callable[[User], Client]) -> None:
    page = as_user(bank.owner).post("/account/tokens", {"name": "n" * 81, "scope": ["work:read"]}).content.decode()
    assert "n" * 81 in page and 'value="work:read" checked' in page


def test_the_key_is_kept_nowhere(bank: SmallBank) -> None:
    token, key = control.create_token(bank.owner, "nightly", ["work:read"], now=timezone.now())
    assert key not in {str(value) for value in vars(token).values()}
    assert token.prefix == key[:10] and len(key) > 40


def test_a_token_finds_and_makes_no_tokens(bank: SmallBank, program: Program) -> None:
    client = program(bank.owner, "work:read")
    assert client.get("/api/v1/tokens").status_code == 401


def test_a_page_changes_nothing_without_its_csrf_token(bank: SmallBank) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bank.owner)
    body = {"name": "x", "scopes": ["work:read"]}
    assert client.post("/api/v1/tokens", body, content_type="application/json").status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/v1/nothing-here", 404),
        ("get", "/api/v2/customers", 404),
        ("put", "/api/v1/customers", 405),
        ("get", "/api/v1/customers?limit=0", 422),
        ("get", "/api/v1/customers?cursor=%21", 422),
        ("get", "/api/v1/customers?tier=emerald", 422),
        ("get", "/api/v1/customers/NOBODY", 404),
    ],
)
def test_every_refusal_is_problem_details(
    bank: SmallBank, program: Program, method: str, path: str, status: int
) -> None:
    answer = getattr(program(bank.owner, "customers:read"), method)(path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status and told["title"]
    assert told["instance"] == f"urn:request:{answer.headers['X-Request-ID']}"


def test_the_api_page_needs_nothing_from_the_network(bank: SmallBank, as_user: Callable[[User], Client]) -> None:
    page = as_user(bank.owner).get("/api/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "https://" not in text and "cdn" not in text
    assert "<script>" not in text  # the content security policy would stop it


def test_a_program_reads_reasons_in_the_language_it_asks_for(bank: SmallBank, program: Program) -> None:
    client = program(bank.owner, "work:read")
    chinese, english = (
        client.get("/api/v1/worklist", headers={"Accept-Language": language}).json()[0]["reason"]
        for language in ("zh-Hans", "en")
    )
    assert "到期" in chinese and "matures" in english


def test_a_program_is_refused_in_the_language_it_asks_for(bank: SmallBank, program: Program) -> None:
    client = program(bank.owner, "work:read")
    for language, lacks in (("en", "This token lacks the scope"), ("zh-Hans", "密钥缺少权限")):
        answer = client.get("/api/v1/customers", headers={"Accept-Language": language})
        assert answer.status_code == 403 and lacks in answer.json()["detail"]


@pytest.mark.parametrize(
    "filters", [{"branch": "nowhere"}, {"rm": "nobody"}, {"q": "' OR 1=1 --"}, {"q": "没有这个人"}]
)
def test_what_nobody_is_matches_nobody(bank: SmallBank, program: Program, filters: dict[str, str]) -> None:
    page = program(bank.user("executive"), "customers:read").get("/api/v1/customers", filters).json()
    assert (page["items"], page["count"], page["next"]) == ([], 0, None)
