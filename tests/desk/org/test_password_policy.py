"""What a password must be, is the bank's to say; what was had before and what is on every list does not come back."""

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

from desk.org.at_the_door import code_at, english, enrolled, write_door
from desk.small_bank import PASSWORD, SmallBank
from tenure.desk.control.errors import Unacceptable
from tenure.desk.org import services
from tenure.desk.org.door.config import Door, PasswordPolicy, door_of, door_to_serve
from tenure.desk.org.door.policy import holds_name, kinds_of, run_in, too_old
from tenure.desk.org.models import PasswordHistory, User
from tenure.desk.org.passwords import readable_password
from tenure.errors import SetupError

AsUser = Callable[[User], Client]
NOW = timezone.now()


def _refusal(password: str, username: str = "e2011") -> str:
    with pytest.raises(Unacceptable) as refused:
        services.set_password(None, username, password, NOW)
    assert refused.value.field == "password"
    return refused.value.message


@pytest.mark.parametrize("run", ["qwert", "TREWQ", "12345", "!@#$%", "1qaz2wsx", "abcde", "aaaaa", "zxcvb", "09876"])
def test_a_run_of_the_keyboard_is_seen_wherever_it_stands(run: str) -> None:
    assert run_in(run) and run_in(f"Hu4-{run}-x")


@pytest.mark.parametrize("word", ["property-Liberty-48", "west-lake-spring-7", "power-1234-tree", "长江-黄河-Tower-7"])
def test_words_are_no_runs(word: str) -> None:
    assert run_in(word) == ""


@given(st.text(max_size=30))
def test_kinds_are_counted_from_none_to_four(password: str) -> None:
    assert 0 <= kinds_of(password) <= 4 and (kinds_of(password) == 0) == (password == "")
    assert kinds_of(password + "aA1-") == 4


def test_the_name_is_found_both_ways_and_short_names_are_let_be() -> None:
    assert holds_name("My-E2011-pass", "e2011") and holds_name("my-1102e-pass", "e2011")
    assert not holds_name("li-na-river-48", "li") and not holds_name("maple-river-48", "e2011")


@given(st.integers(1, 3650), st.integers(0, 4000))
def test_a_password_is_too_old_from_its_last_day_on(age: int, days: int) -> None:
    now = NOW + timedelta(days=days)
    assert too_old(PasswordPolicy(longest_age_days=age), NOW, now) == (days >= age)
    assert not too_old(PasswordPolicy(longest_age_days=0), NOW, now)


def test_every_rule_refuses_in_words(bank: SmallBank, settings: Any, tmp_path: Path) -> None:
    write_door(settings, tmp_path, "[password]\nleast_length = 16\nkinds = 4\n")
    assert "16" in _refusal("Maple-river-48")
    assert "4" in _refusal("maple-river-jade-tiger-48")
    assert "qwert" in _refusal("Maple-qwerty-jade-tiger-48")
    assert "用户名" in _refusal("Maple-e2011-jade-tiger-48")
    services.set_password(None, "e2011", "Maple-river-jade-tiger-48", NOW)


def test_the_last_passwords_do_not_come_back_and_older_ones_may(bank: SmallBank, settings: Any, tmp_path: Path) -> None:
    write_door(settings, tmp_path, "[password]\nhistory = 3\n")
    had = [PASSWORD, *(f"maple-river-jade-{n}" for n in (21, 43, 65))]
    for one in had[1:]:
        services.set_password(None, "e2011", one, NOW)
    for one in had[1:]:
        assert "3" in _refusal(one)
    services.set_password(None, "e2011", PASSWORD, NOW)
    assert not PasswordHistory.objects.filter(password__contains=PASSWORD).exists(), "hashes alone are kept"
    assert not PasswordHistory.objects.exclude(user=bank.owner).exists()


def test_a_password_past_its_age_leads_to_its_change_and_nowhere_else(bank: SmallBank) -> None:
    User.objects.filter(username="e2011").update(password_set_at=timezone.now() - timedelta(days=90))
    client = english()
    client.post("/account/sign-in", {"username": "e2011", "password": PASSWORD, "next": "/customers/"})
    for address in ("/customers/", "/account/", "/account/second-factor"):
        assert client.get(address).headers["Location"] == "/account/password", address
    assert client.get("/api/v1/me").status_code == 403
    assert "older than 90 days" in client.get("/account/password").content.decode()
    same = client.post("/account/password", {"old": PASSWORD, "new": PASSWORD, "again": PASSWORD})
    assert same.status_code == 422 and "none of the last 5" in same.content.decode()
    fresh = "Maple-river-jade-48"
    assert client.post("/account/password", {"old": PASSWORD, "new": fresh, "again": fresh}).status_code == 302
    assert client.get("/customers/").status_code == 200
    other = Client()
    other.post("/account/sign-in", {"username": "e2012", "password": PASSWORD})
    assert other.get("/today/").status_code == 200


def test_age_holds_after_the_second_factor_too(bank: SmallBank) -> None:
    secret = enrolled(bank.owner, timezone.now())
    User.objects.filter(username="e2011").update(password_set_at=timezone.now() - timedelta(days=400))
    client = Client()
    client.post("/account/sign-in", {"username": "e2011", "password": PASSWORD})
    client.post("/account/sign-in/code", {"code": code_at(secret, timezone.now())})
    assert client.get("/today/").headers["Location"] == "/account/password"


def test_what_is_wrong_stands_at_its_field(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    for data, place in (
        ({"old": "no", "new": "Maple-river-jade-48", "again": "Maple-river-jade-48"}, "old-wrong"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "new-wrong"),
        ({"old": PASSWORD, "new": "Maple-river-jade-48", "again": "Maple"}, "again-wrong"),
    ):
        page = client.post("/account/password", data).content.decode()
        assert f'id="{place}"' in page and page.count('class="wrong"') == 1


@pytest.mark.django_db
def test_made_passwords_meet_the_strictest_rule(settings: Any, tmp_path: Path) -> None:
    write_door(settings, tmp_path, "[password]\nleast_length = 32\nkinds = 4\n")
    for _ in range(30):
        services._strong(readable_password(32), User(username="xyz", name="x"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[password]\nleast_length = 4", "least_length = 4.*8 to 32"),
        ("[password]\nkinds = true", "kinds = True.*1 to 4"),
        ("[password]\nlength = 12", "length = 12.*Settings are: least_length"),
        ("[passwords]\nkinds = 3", "passwords.*Settings are: second_factor"),
        ("password = 3", "password = 3.*\\[password\\]"),
        ('second_factor = ["king"]', "king.*Roles are: relationship_manager"),
        ('second_factor = "auditor"', "no list.*administrator"),
        ("[session]\nidle_minutes = 0", "idle_minutes = 0.*5 to 720"),
        ('[addresses]\nteller = ["10.1.0.1/16"]', "10.1.0.1/16.*10.1.0.0/16"),
        ("[addresses]\nteller = []", "teller.*10.1.0.0/16"),
        ('[addresses]\nking = ["10.1.0.0/16"]', "king.*Roles are"),
        ('[oidc]\nissuer = "https://login.example"', "lacks client_id"),
        ('[oidc]\nissuer = "http://login.example"\nclient_id = "t"', "not https"),
        ('[oidc]\nissuer = "https://login.example"\nclient_id = "t"\nmatch = "name"', "username or staff_id"),
        ('[oidc]\nclient_secret = "x"', "client_secret.*Settings are"),
        ("[password", "not TOML"),
    ],
)
def test_a_door_file_that_cannot_be_meant_says_which_key_and_what_to_write(
    text: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "door.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SetupError, match=f"(?s)door.toml.*{said}"):
        door_of(tmp_path)


def test_the_desk_does_not_start_without_the_providers_secret_and_commands_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TENURE_OIDC_SECRET", raising=False)
    (tmp_path / "door.toml").write_text('[oidc]\nissuer = "https://login.example"\nclient_id = "t"\n', encoding="utf-8")
    assert door_of(tmp_path).oidc is not None
    with pytest.raises(SetupError, match="TENURE_OIDC_SECRET"):
        door_to_serve(tmp_path)


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert door_of(tmp_path) == Door()
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "door.toml").write_text("[password]\nkinds = 2\n", encoding="utf-8")
    assert door_of(tmp_path / "some").password == PasswordPolicy(kinds=2)
