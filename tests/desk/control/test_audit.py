"""The trail cannot be changed, and what was changed all the same is found."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control import audit
from tenure.desk.control.models import AuditChain, AuditEvent
from tenure.desk.control.origin import coming_from
from tenure.desk.org.models import User
from tenure.errors import DeskDatabaseError

NOW = timezone.make_aware(dt.datetime(2026, 7, 1, 9, 30, 15, 123_456))


@pytest.fixture
def trail(bank: SmallBank) -> SmallBank:
    """Twelve lines by three people."""
    for n in range(12):
        user = (bank.owner, bank.colleague, bank.stranger)[n % 3]
        audit.record(user, "customer.open", now=NOW, kind="customer", key=f"C{n}", changes={"n": n, "words": "看"})
    return bank


def _tampered(statement: str) -> None:
    from desk.append_only import triggers

    triggers.lift(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)
    triggers.lay(connection)


def test_a_trail_as_written_is_whole(trail: SmallBank) -> None:
    verdict = audit.verify_chain()
    assert verdict.whole and verdict.events == 12


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE control_auditevent SET act = 'x'",
        "DELETE FROM control_auditevent",
        "UPDATE control_auditevent SET actor_name = 'nobody' WHERE position = 1",
    ],
)
def test_the_database_itself_refuses_to_change_a_line(trail: SmallBank, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert audit.verify_chain().whole


def test_the_model_refuses_too(trail: SmallBank) -> None:
    line = AuditEvent.objects.first()
    assert line is not None
    for change in (
        line.save,
        line.delete,
        AuditEvent.objects.all().delete,
        lambda: AuditEvent.objects.update(act="x"),
        lambda: AuditEvent.objects.bulk_update([line], ["act"]),
    ):
        with pytest.raises(DeskDatabaseError, match="append-only"):
            change()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE control_auditevent SET reason = 'because' WHERE position = 2", "changed since"),
        ("UPDATE control_auditevent SET actor_id = 999 WHERE position = 3", "changed since"),
        ("UPDATE control_auditevent SET changes = '{\"n\": 7}' WHERE position = 1", "changed since"),
        ("UPDATE control_auditevent SET at = '2026-07-01 01:00:00+00:00' WHERE position = 1", "changed since"),
        ("DELETE FROM control_auditevent WHERE position = 2", "missing"),
        ("DELETE FROM control_auditevent WHERE position = 4", "its head says 4"),
        ("DELETE FROM control_auditevent", "its head says 4"),
        ("DELETE FROM control_auditchain", "its head is missing"),
    ],
)
def test_tampering_behind_the_desks_back_shows(trail: SmallBank, statement: str, found: str) -> None:
    _tampered(statement)
    verdict = audit.verify_chain()
    assert not verdict.whole
    assert any(found in words for words in verdict.broken), verdict.broken


def test_a_line_says_where_it_came_from(bank: SmallBank) -> None:
    with coming_from("10.1.2.3") as here:
        line = audit.record(bank.owner, "customer.open", now=NOW)
    assert (line.address, line.request_id) == ("10.1.2.3", here.request_id)
    assert audit.record(None, "user.create", now=NOW, actor_name="command line").address == ""


def test_whatever_a_service_writes_down_reads_back_sealed(bank: SmallBank) -> None:
    audit.record(
        bank.owner,
        "entry.snooze",
        now=NOW,
        changes={"until": dt.date(2026, 7, 2), "share": 0.1, "many": {"b", "a"}, "at": NOW, "nul": "a\x00b"},
        reason="",
    )
    line = AuditEvent.objects.get()
    assert line.changes == {
        "until": "2026-07-02", "share": "0.1", "many": ["a", "b"], "at": NOW.isoformat(), "nul": "ab",
    }  # fmt: skip
    assert audit.verify_chain().whole


def test_a_service_that_fails_leaves_no_line(bank: SmallBank) -> None:
    with transaction.atomic():
        audit.record(bank.owner, "contact.log", now=NOW)
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()
    audit.record(bank.owner, "contact.log", now=NOW)
    assert audit.verify_chain().whole


@pytest.mark.django_db(transaction=True)
def test_the_chain_holds_when_many_write_at_once() -> None:
    users = [User.objects.create(username=f"u{n}", name="x", pk=16 * n + 1) for n in range(4)]  # one chain for all
    started = threading.Barrier(4)

    def write(user: User) -> None:
        try:
            started.wait()
            for n in range(10):
                audit.record(user, "customer.open", now=timezone.now(), key=str(n))
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditChain.objects.get().length == 40
    assert audit.verify_chain() == audit.Verdict(40, ())
