"""The live feed: whoever may see the customer hears of a signal within seconds, and nobody else does."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from desk.small_bank import SmallBank, publish_small_bank
from tenure.desk.org.models import User
from tenure.desk.parties.models import Absence
from tenure.desk.signals import feed, services
from tenure.desk.signals.models import Signal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank() -> SmallBank:
    """A bank whose rows the watcher's thread sees."""
    return publish_small_bank(customers=24)


@pytest.fixture(autouse=True)
def watcher(monkeypatch: pytest.MonkeyPatch) -> Iterator[feed.Watcher]:
    """A watcher of the test's own, that looks often and ends with the test."""
    made = feed.Watcher()
    monkeypatch.setattr(feed, "WATCHER", made)
    monkeypatch.setattr(feed, "EVERY", 0.1)
    monkeypatch.setattr(feed, "LASTS", 3.0)
    yield made
    deadline = time.monotonic() + 20
    while made._thread is not None and time.monotonic() < deadline:
        time.sleep(0.1)


def _heard(user: User, into: list[dict[str, Any]], last: str = "") -> threading.Thread:
    def listen() -> None:
        try:
            for piece in feed.stream(user, last):
                for line in piece.decode().splitlines():
                    if line.startswith("data: {"):
                        into.append(json.loads(line[6:]))
        finally:
            connection.close()

    thread = threading.Thread(target=listen)
    thread.start()
    return thread


def test_a_signal_is_heard_by_those_who_see_the_customer_and_by_nobody_else(bank: SmallBank) -> None:
    heard: dict[str, list[dict[str, Any]]] = {"owner": [], "branch_head": [], "colleague": [], "stranger": []}
    people = {"branch_head": bank.user("branch_head")} | {
        name: getattr(bank, name) for name in ("owner", "colleague", "stranger")
    }
    threads = [_heard(people[name], into) for name, into in heard.items()]
    time.sleep(0.5)
    signal = services.add_signal(bank.user("teller"), bank.party_id, ["leaving"], now=timezone.now())
    told = time.monotonic()
    while not heard["owner"] and time.monotonic() - told < 3:
        time.sleep(0.02)
    assert time.monotonic() - told < 2, "within seconds"
    services.claim(people["branch_head"], signal.pk, now=timezone.now())
    for thread in threads:
        thread.join()
    for name in ("owner", "branch_head"):
        assert [(one["id"], one["version"], one["state"]) for one in heard[name]] == [
            (str(signal.pk), 1, "new"),
            (str(signal.pk), 2, "claimed"),
        ]
    assert heard["colleague"] == heard["stranger"] == []
    told = {"id", "version", "state", "mine", "pool"}
    assert all(set(one) == told for one in heard["owner"]), "nothing that needs a mask"


def test_who_comes_again_hears_what_was_missed(bank: SmallBank) -> None:
    before = str(int((timezone.now() - timedelta(seconds=1)).timestamp() * 1e6))
    services.add_signal(bank.user("teller"), bank.party_id, ["leaving"], now=timezone.now())
    heard: list[dict[str, Any]] = []
    _heard(bank.owner, heard, before).join()
    assert len({(one["id"], one["version"]) for one in heard}) == 1


@pytest.mark.parametrize("last", ["", "soon", "-1", "9" * 40, "1e5"])
def test_a_mark_that_means_nothing_is_as_none(bank: SmallBank, last: str) -> None:
    assert abs((feed._moment_of(last) - timezone.now()).total_seconds()) < 601


def test_the_clock_escalates_while_anybody_listens(bank: SmallBank) -> None:
    signal = services.add_signal(bank.user("teller"), bank.party_id, ["leaving"], now=timezone.now())
    Signal.objects.update(escalates_at=timezone.now())
    heard: list[dict[str, Any]] = []
    _heard(bank.owner, heard).join()
    signal.refresh_from_db()
    assert signal.state == "escalated" and heard[-1]["state"] == "escalated"


def test_of_too_many_listeners_the_last_come_again_and_miss_nothing(
    bank: SmallBank, settings: Any, watcher: feed.Watcher
) -> None:
    settings.FEED_LISTENERS = 0
    (told,) = feed.stream(bank.owner, "")
    asked, mark = told.decode().split()[1::2]
    assert asked == "15000"
    signal = services.add_signal(bank.user("teller"), bank.party_id, ["leaving"], now=timezone.now())
    again = b"".join(feed.stream(bank.owner, mark)).decode()
    assert str(signal.pk) in again
    last = re.findall(r"^id: (\d+)$", again, re.MULTILINE)[-1]
    assert int(last) > int(mark), "and goes on from there"
    assert watcher.listeners == 0


def test_the_address_streams_to_who_sees_customers(bank: SmallBank, as_user: Callable[[User], Client]) -> None:
    answer = as_user(bank.owner).get("/signals/feed")
    assert answer.headers["Content-Type"] == "text/event-stream" and answer.streaming
    assert as_user(bank.user("administrator")).get("/signals/feed").status_code == 403


def test_who_listens_hears_of_a_colleagues_customers_only_while_standing_in(bank: SmallBank) -> None:
    colleague, today = bank.colleague, timezone.localdate()
    services.add_signal(bank.owner, bank.party_id, ["asks_loan"], now=timezone.now())
    Signal.objects.update(goes_to=bank.owner.staff_id)
    changes = feed.selectors.changed_since(timezone.now() - timedelta(minutes=1))
    assert changes and not list(feed._told(colleague, changes))
    away = Absence.objects.create(
        staff_id=bank.owner.staff_id, stand_in=colleague.staff_id, kind="leave", first_on=today, last_on=today,
        noted_by=bank.owner, noted_at=timezone.now(),
    )  # fmt: skip
    told = [json.loads(piece.split(b"data: ")[1]) for piece in feed._told(colleague, changes)]
    assert len(told) == len(changes)
    assert all(one["mine"] and not one["pool"] for one in told), "theirs to act on, so it is announced as theirs"
    away.ended_at = timezone.now()
    away.save()
    assert not list(feed._told(colleague, changes))
