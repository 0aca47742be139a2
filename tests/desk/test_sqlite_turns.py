"""How writers wait for each other in SQLite: nobody fails for having come second, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from tenure.desk.conf.database import database_from

pytestmark = pytest.mark.django_db  # what lets any database be asked; the one of these tests is their own


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[ConnectionHandler]:
    """A database of its own, whatever the others are tested on; each thread has its connection."""
    told = database_from(f"sqlite:///{tmp_path}/desk.sqlite3", tmp_path)
    handler = ConnectionHandler({"default": told})
    with handler["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE told (by INTEGER, n INTEGER)")
    yield handler
    handler["default"].close()


def _begun(handler: ConnectionHandler) -> Any:
    own = handler["default"]
    own.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    return own


def _ended(own: Any) -> None:
    own.commit()
    own.set_autocommit(True)


def test_many_who_write_at_once_all_have_their_turn(bank: ConnectionHandler) -> None:
    wrong: list[Exception] = []

    def write(by: int) -> None:
        try:
            for n in range(50):
                own = _begun(bank)
                with own.cursor() as cursor:
                    cursor.execute("INSERT INTO told VALUES (%s, %s)", [by, n])
                _ended(own)
        except Exception as no:
            wrong.append(no)
        finally:
            bank["default"].close()

    writers = [threading.Thread(target=write, args=[by]) for by in range(8)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert wrong == []
    with bank["default"].cursor() as cursor:
        assert cursor.execute("SELECT count(*), count(DISTINCT by) FROM told").fetchone() == (400, 8)


def test_who_waits_longer_than_the_connection_allows_is_told(bank: ConnectionHandler) -> None:
    holder = _begun(bank)
    told: list[Any] = []

    def wait() -> None:
        own = bank["default"]
        own.settings_dict["OPTIONS"]["timeout"] = 0.2
        try:
            _begun(bank)
        except OperationalError as no:
            told.append(str(no))
        with own.cursor() as cursor:  # statements outside transactions wait as they did
            told.append(cursor.execute("PRAGMA busy_timeout").fetchone()[0])
        own.close()

    waiting = threading.Thread(target=wait)
    waiting.start()
    waiting.join()
    assert told == ["database is locked", 200]
    _ended(holder)


def test_a_transaction_that_cannot_begin_for_another_reason_says_so_at_once(bank: ConnectionHandler) -> None:
    own = _begun(bank)
    with pytest.raises(OperationalError, match="within a transaction"):
        own._start_transaction_under_autocommit()
    _ended(own)
