"""Two at the door at the same moment: a code opens it for one of them, and no wrong try is lost from the count."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from desk.org.at_the_door import code_at, enrolled
from desk.small_bank import PASSWORD, SmallBank, publish_small_bank
from tenure.desk.org.door import second_factor
from tenure.desk.org.models import RecoveryCode, SecondFactor, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank() -> SmallBank:
    """A bank whose rows other threads see."""
    return publish_small_bank(customers=6)


def _at_once(*acts: Callable[[], Any]) -> list[Any]:
    started, given = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            started.wait()
            given[place] = act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def _half_in(many: int) -> list[Client]:
    clients = [Client() for _ in range(many)]
    for client in clients:
        client.post("/account/sign-in", {"username": "e2011", "password": PASSWORD})
    return clients


def _give(client: Client, code: str) -> Callable[[], int]:
    return lambda: client.post("/account/sign-in/code", {"code": code}).status_code


def test_one_code_opens_the_door_for_one(bank: SmallBank) -> None:
    secret = enrolled(bank.owner, timezone.now())
    clients = _half_in(4)
    code = code_at(secret, timezone.now())
    assert sorted(_at_once(*(_give(client, code) for client in clients))) == [302, 403, 403, 403]


def test_one_recovery_code_opens_the_door_for_one(bank: SmallBank) -> None:
    enrolled(bank.owner, timezone.now())
    factor = SecondFactor.objects.get()
    RecoveryCode.objects.create(factor=factor, digest=second_factor.digest_of("k7mn-2xqr-9dfh"))
    clients = _half_in(4)
    assert sorted(_at_once(*(_give(client, "k7mn-2xqr-9dfh") for client in clients))) == [302, 403, 403, 403]


def test_no_wrong_code_is_lost_from_the_count(bank: SmallBank) -> None:
    enrolled(bank.owner, timezone.now())
    clients = _half_in(4)
    assert _at_once(*(_give(client, "000000") for client in clients)) == [403] * 4
    assert User.objects.get(username="e2011").failed_sign_ins == 4
