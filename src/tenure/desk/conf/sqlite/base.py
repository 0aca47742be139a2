"""How transactions wait for each other in SQLite, where one writes at a time.

SQLite itself sleeps 1, 2, 5, 10, … 100 ms between two looks, each who waits for himself: among many short transactions
the database then stands idle while all of them sleep, and who came first may be last. Here one thread of a process
looks, often, and the others stand behind it.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

#: Seconds between two looks: the first time, and at most.
_FIRST, _MOST = 0.0002, 0.002
_next = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but for how a transaction begins."""

    def _start_transaction_under_autocommit(self) -> None:
        """Begin, waiting at most the connection's ``timeout`` in seconds for whoever writes now.

        Raises:
            OperationalError: the database was not free in that time.
        """
        seconds = self._longest()
        until = time.monotonic() + seconds
        in_front = _next.acquire(timeout=seconds)  # whoever waited so long behind others looks once for himself
        try:
            self._begin(until)
        finally:
            if in_front:
                _next.release()

    def _begin(self, until: float) -> None:
        own: Any = self.connection
        pause = _FIRST
        own.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    super()._start_transaction_under_autocommit()
                    return
                except OperationalError as no:
                    if not _is_taken(no) or time.monotonic() >= until:
                        raise
                time.sleep(pause)
                pause = min(pause * 1.5, _MOST)
        finally:
            own.execute(f"PRAGMA busy_timeout = {round(1000 * self._longest())}")

    def _longest(self) -> float:
        return float(self.settings_dict["OPTIONS"]["timeout"])


def _is_taken(no: OperationalError) -> bool:
    """Whether somebody else writes: the lower byte of SQLite's code, whose upper ones say how."""
    return getattr(no.__cause__, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
