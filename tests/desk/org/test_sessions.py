"""A session ends by itself: after its rest, after its hours; and one comes back to where one was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from desk.org.at_the_door import english, write_door
from desk.small_bank import PASSWORD, SmallBank
from tenure.desk.control.models import AuditEvent
from tenure.desk.org.door import middleware
from tenure.desk.org.door.config import SessionLimits
from tenure.desk.org.door.sessions import ended
from tenure.desk.org.models import User

AsUser = Callable[[User], Client]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let time pass at the door: ``later(minutes=31)``; the rest of the desk keeps its clock."""
    passed = timedelta()

    class Clock:
        @staticmethod
        def now() -> datetime:
            return timezone.now() + passed

    def wait(**time: int) -> None:
        nonlocal passed
        passed += timedelta(**time)

    monkeypatch.setattr(middleware, "timezone", Clock)
    return wait


def _signed_in() -> Client:
    client = english()
    client.post("/account/sign-in", {"username": "e2011", "password": PASSWORD})
    return client


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(5, 720), st.integers(1, 24))
def test_a_session_lasts_exactly_as_long_as_the_bank_says(lasted: int, rested: int, idle: int, hours: int) -> None:
    limits = SessionLimits(idle_minutes=idle, hours=hours)
    why = ended(-lasted, -min(rested, lasted), 0, limits)
    assert (why == "") == (lasted < hours * 3600 and min(rested, lasted) < idle * 60)


def test_a_session_that_rests_half_an_hour_ends_and_leads_back(bank: SmallBank, later: Callable[..., None]) -> None:
    client = _signed_in()
    later(minutes=29)
    assert client.get("/today/").status_code == 200
    later(minutes=29)
    assert client.get("/today/").status_code == 200, "each request begins the rest anew"
    later(minutes=31)
    answer = client.get("/customers/?tier=gold")
    assert answer.headers["Location"] == "/account/sign-in?next=/customers/%3Ftier%3Dgold"
    assert "rested for 30 minutes" in client.get(answer.headers["Location"]).content.decode()
    assert "rested" not in client.get("/account/sign-in").content.decode(), "told once"
    assert AuditEvent.objects.get(act="user.time_out").changes == {"why": "idle"}
    back = {"username": "e2011", "password": PASSWORD, "next": "/customers/?tier=gold"}
    assert client.post("/account/sign-in", back).headers["Location"] == "/customers/?tier=gold"


def test_no_use_keeps_a_session_longer_than_its_hours(bank: SmallBank, later: Callable[..., None]) -> None:
    client = _signed_in()
    for _ in range(35):
        later(minutes=20)
        assert client.get("/account/password").status_code == 200
    later(minutes=20)
    answer = client.get("/account/password")
    assert answer.status_code == 302
    assert "lasted 12 hours" in client.get(answer.headers["Location"]).content.decode()


def test_a_part_and_a_form_lead_back_to_their_page(bank: SmallBank, later: Callable[..., None]) -> None:
    client = _signed_in()
    later(minutes=31)
    page = {"HX-Request": "true", "HX-Current-URL": "http://testserver/customers/?tier=gold#row-3"}
    part = client.get("/customers/find?q=a", headers=page)
    assert (part.status_code, part.headers["HX-Redirect"]) == (
        204,
        "/account/sign-in?next=/customers/%3Ftier%3Dgold",
    )
    form = client.post("/account/tokens", {"name": "x"}, headers={"Referer": "http://testserver/account/"})
    assert form.headers["Location"] == "/account/sign-in?next=/account/"
    evil = client.get("/customers/find", headers=page | {"HX-Current-URL": "http://evil.example/customers/"})
    assert evil.headers["HX-Redirect"] == "/account/sign-in"


def test_the_api_answers_401_to_a_session_that_rested(bank: SmallBank, later: Callable[..., None]) -> None:
    client = _signed_in()
    later(minutes=31)
    answer = client.get("/api/v1/me")
    assert answer.status_code == 401 and answer.headers["Content-Type"] == "application/problem+json"


def test_the_bank_says_how_long(bank: SmallBank, settings: Any, tmp_path: Path, later: Callable[..., None]) -> None:
    write_door(settings, tmp_path, "[session]\nidle_minutes = 5\n")
    client = _signed_in()
    later(minutes=5)
    assert client.get("/today/").status_code == 302


def test_use_is_written_once_a_minute(bank: SmallBank, later: Callable[..., None]) -> None:
    client = _signed_in()
    client.get("/account/password")
    later(seconds=59)
    seen = client.session["seen"]
    client.get("/account/password")
    assert client.session["seen"] == seen
    later(seconds=2)
    client.get("/account/password")
    assert client.session["seen"] > seen


def left(client: Client) -> dict[str, Any]:
    told: dict[str, Any] = client.get("/account/session").json()
    return told


def test_a_page_learns_when_its_session_ends_and_asking_does_not_lengthen_it(
    bank: SmallBank, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = _signed_in()
    monkeypatch.setattr("tenure.desk.org.door.views.timezone", middleware.timezone)
    first = left(client)
    assert (first["who"], first["why"]) == ("e2011", "idle") and 1795 <= first["left"] <= 1800
    for _ in range(4):
        later(minutes=7)
        left(client)
    assert 115 <= left(client)["left"] <= 120, "two minutes before the end the page warns"
    assert client.post("/account/session").json()["left"] == 1800, "“stay signed in”"
    later(minutes=31)
    assert left(client) == {"left": 0, "why": ""}
    assert client.get("/today/").status_code == 302


@pytest.mark.parametrize("address", ["/signals/feed", "/lobby/queue"])
def test_what_an_open_page_asks_for_by_itself_keeps_no_session(
    bank: SmallBank, later: Callable[..., None], address: str
) -> None:
    client = _signed_in()
    for _ in range(3):
        later(minutes=11)
        client.get(address)
    assert client.get("/today/").status_code == 302, "nobody was there for half an hour"


def test_the_last_hour_says_that_no_use_lengthens_it(
    bank: SmallBank, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = _signed_in()
    monkeypatch.setattr("tenure.desk.org.door.views.timezone", middleware.timezone)
    for _ in range(35):
        later(minutes=20)
        client.get("/today/")
    told = client.post("/account/session").json()
    assert told["why"] == "hours" and told["left"] <= 20 * 60


def test_whoever_comes_in_anew_gets_a_token_that_sends_the_old_page(
    bank: SmallBank, later: Callable[..., None]
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/account/sign-in")
    form = {"username": "e2011", "password": PASSWORD}
    token = client.cookies["csrftoken"].value
    client.post("/account/sign-in", form | {"csrfmiddlewaretoken": token})
    assert client.post("/account/session").status_code == 403
    answer = client.post("/account/session", headers={"X-CSRFToken": left(client)["token"]})
    assert answer.status_code == 200 and answer.json()["left"] > 0
