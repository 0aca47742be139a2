"""Many at once: one claims, a window split over two requests is seen, a killed process loses and doubles nothing."""

from __future__ import annotations

import json
import os
import signal as signals
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from desk.at_once import at_once
from desk.signals.conftest import NOW, YUAN, Event, account_of
from desk.small_bank import SmallBank, publish_small_bank
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotFound
from tenure.desk.org.models import User
from tenure.desk.signals import services, upkeep
from tenure.desk.signals.models import Event as Stored
from tenure.desk.signals.models import Signal
from tenure.desk.work import services as work
from tenure.desk.work.models import Contact, Progress, Proposal

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def bank() -> SmallBank:
    """A bank whose rows other threads and processes see."""
    return publish_small_bank(customers=24)


def _again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_of_three_who_claim_at_once_one_has_it(bank: SmallBank, event: Event) -> None:
    people = [bank.user(role) for role in ("branch_head", "lobby_manager", "teller")]
    services.take_events(bank.user("administrator"), [event() for _ in range(4)], now=NOW)
    for one in Signal.objects.filter(rule="large_deposit"):
        acts: list[Callable[[], Any]] = [
            lambda who=who, pk=one.pk: services.claim(_again(who), pk, now=NOW) for who in people
        ]
        given = at_once(*acts, lambda: upkeep.escalate_due(NOW + timedelta(hours=1)))[:3]
        assert sum(isinstance(g, Signal) for g in given) == 1, given
        assert sum(isinstance(g, Conflict) for g in given) == 2, given


def test_of_the_signal_and_the_entry_ended_at_once_each_ends_once(bank: SmallBank, event: Event) -> None:
    """Whoever was first ended both, or each one theirs; nobody waits in a circle, and no contact counts twice."""
    head = bank.user("branch_head")
    keys = dict(
        Proposal.rows().filter(rule="maturity", staff_id="E2011").values_list("party_id", "proposal_key")[:ROUNDS]
    )
    admin = bank.user("administrator")
    services.take_events(admin, [event(one, kind="maturity", amount=10_000_000) for one in keys], now=NOW)
    for one in Signal.objects.filter(rule="maturity_near"):
        key = keys[one.party_id]
        given = at_once(
            lambda pk=one.pk: services.close(_again(head), pk, "contacted", now=NOW),
            lambda key=key: work.complete(_again(bank.owner), key, "done", now=NOW),
            lambda pk=one.pk: services.close(_again(head), pk, "contacted", now=NOW),
        )
        wrong = [g for g in given if isinstance(g, Exception) and not isinstance(g, Conflict)]
        assert not wrong, given
        one.refresh_from_db()
        progress = Progress.objects.get(proposal_key=key)
        assert (one.state, progress.state) == ("closed", "done")
        contacts = list(Contact.objects.filter(party_id=one.party_id))
        assert sum(c.proposal_key == key for c in contacts) == 1, "the entry has one contact"
        both = {progress.changed_by_id, one.claimed_by_id}
        assert {c.author_id for c in contacts} == both and len(contacts) == len(both)
        assert one.settled_with == key or len(both) == 2
    assert audit.verify_chain().whole


def test_one_takes_the_end_of_both_back_from_either_side_at_once(bank: SmallBank, event: Event) -> None:
    head, key = bank.user("branch_head"), bank.proposal_key
    services.take_events(bank.user("administrator"), [event(kind="maturity", amount=10_000_000)], now=NOW)
    one = Signal.objects.get()
    services.close(head, one.pk, "contacted", now=NOW)
    given = at_once(
        lambda: work.undo(_again(head), key, now=NOW),
        lambda: services.reopen(_again(head), one.pk, now=NOW),
        lambda: services.reopen(_again(head), one.pk, now=NOW),
    )
    refused = [g for g in given if isinstance(g, Exception)]
    assert all(isinstance(g, Conflict | NotFound) for g in refused) and len(refused) <= 2, given
    one.refresh_from_db()
    assert one.state == "new" and not Progress.objects.exists()
    assert not Contact.objects.filter(withdrawn_at=None).exists()


def test_one_delivery_sent_three_times_at_once_counts_once(bank: SmallBank, event: Event) -> None:
    admin = bank.user("administrator")
    rows = [event(bank.party_ids[n % 24]) for n in range(60)]
    given = at_once(*[lambda: services.take_events(_again(admin), rows, now=NOW)] * 3)
    assert sum(g.taken for g in given) == 60 and sum(g.known for g in given) == 120, given
    assert Stored.objects.count() == 60
    assert Signal.objects.filter(rule="large_deposit").count() == 60


def test_halves_of_a_window_that_come_at_once_are_seen_together(bank: SmallBank, event: Event) -> None:
    admin = bank.user("administrator")
    for round_ in range(8):
        party = bank.party_ids[round_]
        rows = [
            event(party, kind="transfer_in", amount=19_000_000 * YUAN, at=NOW - timedelta(minutes=n)) for n in range(6)
        ]
        given = at_once(
            lambda rows=rows: services.take_events(_again(admin), rows[:3], now=NOW),
            lambda rows=rows: services.take_events(_again(admin), rows[3:], now=NOW),
        )
        assert all(isinstance(g, services.Taken) for g in given), given
        assert Signal.objects.filter(rule="frequent", party_id=party).count() == 1


SENDER = """
import json, os, sys, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.utils import timezone
from tenure.desk.org.models import User
from tenure.desk.signals import services
user = User.objects.get(pk=int(sys.argv[2]))
batches = json.load(sys.stdin)
print("ready", flush=True)
for rows in batches:
    services.take_events(user, rows, now=timezone.now())
    print(len(rows), flush=True)
"""


def test_a_sender_whose_worker_is_killed_sends_again_and_nothing_is_lost_or_doubled(bank: SmallBank) -> None:
    """A real process is killed (SIGKILL) in the middle of its batches, five times; then all is sent once more."""
    if connection.vendor != "postgresql":
        pytest.skip("the test database of SQLite is in memory: no other process reaches it")
    at = (timezone.now() - timedelta(minutes=1)).isoformat()
    accounts = [account_of(party) for party in bank.party_ids]
    batches = [
        [
            {
                "event_id": f"kill-{b}-{n}",
                "kind": "deposit",
                "at": at,
                "account_id": accounts[(b + n) % 24],
                "amount": 500_000_000 * YUAN if n % 2 else 100,
            }
            for n in range(200)
        ]
        for b in range(60)
    ]
    admin = bank.user("administrator")
    arguments = [sys.executable, "-c", SENDER, connection.settings_dict["NAME"], str(admin.pk)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tenure.desk.conf.settings"}
    killed_within = 0
    for lives in range(5):
        sender = subprocess.Popen(arguments, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert sender.stdin is not None and sender.stdout is not None
        sender.stdin.write(json.dumps(batches))
        sender.stdin.close()
        assert sender.stdout.readline().strip() == "ready"
        for _ in range(3 * lives):
            sender.stdout.readline()
        time.sleep(0.011 * (lives + 1))
        sender.send_signal(signals.SIGKILL)
        killed_within += sender.wait() == -signals.SIGKILL
        sender.stdout.close()
        # Whatever stands is whole batches, each with its signals.
        stored = Stored.objects.count()
        assert stored % 200 == 0
        assert Signal.objects.filter(rule="large_deposit").count() == stored // 2
    assert killed_within == 5
    assert 0 < Stored.objects.count() < 12_000, "they were killed within their work"
    for rows in batches:
        services.take_events(admin, rows, now=timezone.now())
    assert Stored.objects.count() == 12_000
    assert Signal.objects.filter(rule="large_deposit").count() == 6_000
