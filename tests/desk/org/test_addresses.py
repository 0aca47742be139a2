"""A post bound to network addresses is there from inside them and nowhere else: pages, API, tokens and the door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from desk.org.at_the_door import english, write_door
from desk.small_bank import PASSWORD, SmallBank
from tenure.desk.control import services as control
from tenure.desk.control.models import AuditEvent
from tenure.desk.control.origin import coming_from
from tenure.desk.org import services as org
from tenure.desk.org.door.config import Door
from tenure.desk.org.models import User
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.visibility import visible_to
from tenure.desk.work import services as work

AsUser = Callable[[User], Client]
INSIDE, OUTSIDE = "10.1.2.3", "192.0.2.7"


@pytest.fixture
def bound(settings: Any, tmp_path: Path) -> None:
    """Relationship managers work from 10.1.0.0/16 alone."""
    write_door(settings, tmp_path, '[addresses]\nrelationship_manager = ["10.1.0.0/16", "fd00:1::/32"]\n')


def _sees(user: User, address: str) -> int:
    with coming_from(address):
        return visible_to(User.objects.get(pk=user.pk)).count()


@given(st.ip_addresses(v=4))
def test_a_range_holds_exactly_its_addresses(address: IPv4Address) -> None:
    network = IPv4Network("10.1.0.0/16")
    door = Door(addresses={"teller": (network,)})
    assert door.counts_from("teller", str(address)) == (address in network)
    assert door.counts_from("teller", f"::ffff:{address}") == (address in network), "as a dual-stack socket tells it"
    assert door.counts_from("auditor", str(address))


@pytest.mark.parametrize("nonsense", ["", "unknown", "10.1.2", "10.1.2.3, 10.1.2.4", "2001:db8::1"])
def test_what_is_no_address_inside_is_outside(nonsense: str) -> None:
    assert not Door(addresses={"teller": (IPv4Network("10.1.0.0/16"),)}).counts_from("teller", nonsense)


def test_rows_and_rights_are_there_from_inside_only(bank: SmallBank, bound: None) -> None:
    assert _sees(bank.owner, INSIDE) == _sees(bank.owner, "fd00:1::9") > 0
    assert _sees(bank.owner, OUTSIDE) == 0
    with coming_from(OUTSIDE):
        assert not reach_of(bank.owner).permissions
        assert reach_of(bank.user("executive")).permissions, "roles without ranges count from anywhere"
    assert reach_of(bank.owner).permissions, "off the web every post counts"


def test_of_two_posts_the_one_that_counts_remains(bank: SmallBank, bound: None) -> None:
    org.give_post(None, "e2011", "lobby_manager", "S1", timezone.now())
    with coming_from(OUTSIDE):
        assert reach_of(bank.owner).roles == {"lobby_manager"}
    client = english()
    client.post("/account/sign-in", {"username": "e2011", "password": PASSWORD}, REMOTE_ADDR=OUTSIDE)
    page = client.get("/account/", REMOTE_ADDR=OUTSIDE).content.decode()
    assert page.count("does not count from this network address") == 1
    assert [post["role"] for post in client.get("/api/v1/me", REMOTE_ADDR=OUTSIDE).json()["posts"]] == ["lobby_manager"]
    assert "does not count" not in client.get("/account/", REMOTE_ADDR=INSIDE).content.decode()


def test_signing_in_from_outside_is_refused_in_words(bank: SmallBank, bound: None) -> None:
    client = english()
    answer = client.post("/account/sign-in", {"username": "e2011", "password": PASSWORD}, REMOTE_ADDR=OUTSIDE)
    assert answer.status_code == 403 and "from this network address" in answer.content.decode()
    wrong = client.post("/account/sign-in", {"username": "e2011", "password": "guess"}, REMOTE_ADDR=OUTSIDE)
    assert "network address" not in wrong.content.decode(), "a guess learns nothing of posts"
    assert client.get("/today/", REMOTE_ADDR=INSIDE).status_code == 302
    assert AuditEvent.objects.get(act="user.outside_addresses").address == OUTSIDE
    assert client.post("/account/sign-in", {"username": "e2011", "password": PASSWORD}, REMOTE_ADDR=INSIDE).url


def test_a_session_that_moves_outside_ends(bank: SmallBank, as_user: AsUser, bound: None) -> None:
    client, stranger = as_user(bank.owner), as_user(bank.user("executive"))
    assert client.get("/today/", REMOTE_ADDR=INSIDE).status_code == 200
    assert client.get("/today/", REMOTE_ADDR=OUTSIDE).status_code == 302
    assert client.get("/today/", REMOTE_ADDR=INSIDE).status_code == 302
    assert stranger.get("/today/", REMOTE_ADDR=OUTSIDE).status_code == 200


def test_a_token_counts_from_where_its_owner_would(bank: SmallBank, bound: None) -> None:
    _token, key = control.create_token(bank.owner, "walk", ["customers:read"], now=timezone.now())
    sent = {"Authorization": f"Bearer {key}"}
    assert Client().get("/api/v1/customers", headers=sent, REMOTE_ADDR=INSIDE).status_code == 200
    refused = Client().get("/api/v1/customers", headers=sent, REMOTE_ADDR=OUTSIDE)
    assert refused.status_code == 403 and "网络地址" in refused.json()["detail"]


def test_a_forged_forwarding_header_moves_nobody_inside(bank: SmallBank, as_user: AsUser, bound: None) -> None:
    client = as_user(bank.owner)
    answer = client.get("/today/", REMOTE_ADDR=OUTSIDE, headers={"X-Forwarded-For": INSIDE})
    assert answer.status_code == 302


def test_behind_a_proxy_the_readers_address_counts(
    bank: SmallBank, as_user: AsUser, bound: None, settings: Any
) -> None:
    settings.PROXIES = 1
    client = as_user(bank.owner)
    assert client.get("/today/", REMOTE_ADDR="10.1.0.1", headers={"X-Forwarded-For": INSIDE}).status_code == 200
    outside = {"X-Forwarded-For": f"{INSIDE}, {OUTSIDE}"}
    assert client.get("/today/", REMOTE_ADDR="10.1.0.1", headers=outside).status_code == 302


def test_work_is_handed_to_a_colleague_wherever_the_giver_sits(bank: SmallBank, bound: None) -> None:
    """The head works from another building: whether the colleague works lists is not a matter of the head's address."""
    with coming_from(OUTSIDE):
        assert work.hand_over(
            bank.user("branch_head"), bank.proposal_key, "E2012", "on leave", now=timezone.now() + timedelta(hours=1)
        )
