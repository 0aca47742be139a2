"""The live feed: one watcher a process looks at the database once a second; listeners wait for it to tell.

However many people listen, the database is asked once a second and no listener keeps a connection. A stream ends by
itself after :data:`LASTS`, so that no publication waits for it; the browser comes again and says what it had last.
Streams carry ids, versions and states alone: the page then asks for the row, where masks and rights apply.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from tenure.desk.org.models import User
from tenure.desk.parties.visibility import acts_for, look_again
from tenure.desk.signals import selectors, upkeep

EVERY = 1.0
LASTS = 25.0
#: A word now and then, so that a listener who has gone is noticed.
HEARTBEAT = 5.0
#: A transaction that took long is seen late: looks overlap by so much, and what was told once is not told again.
OVERLAP = timedelta(seconds=15)
#: Changes told one by one; of more the page loads its list anew.
MOST = 50
log = logging.getLogger(__name__)

Change = tuple[str, int, str, str, str, datetime]


class Watcher:
    """Looks for changed signals while anybody listens, and wakes the listeners."""

    def __init__(self) -> None:
        self.news = threading.Condition()
        self._told: deque[tuple[int, Change]] = deque(maxlen=5000)
        self._seen: dict[tuple[str, int], datetime] = {}
        self._number = 0
        self.listeners = 0
        self._thread: threading.Thread | None = None
        self._since = datetime.now(UTC)

    def enter(self) -> int | None:
        """Begin to listen: the number of the last change told, or None where too many listen already."""
        with self.news:
            if self.listeners >= settings.FEED_LISTENERS:
                return None
            self.listeners += 1
            if self._thread is None:
                self._since = timezone.now() - OVERLAP
                self._thread = threading.Thread(target=self._watch, name="signals", daemon=True)
                self._thread.start()
            return self._number

    def leave(self) -> None:
        """End to listen."""
        with self.news:
            self.listeners -= 1

    def after(self, number: int, wait: float) -> tuple[int, list[Change]]:
        """Changes told after ``number``, waiting up to ``wait`` seconds for one."""
        with self.news:
            self.news.wait_for(lambda: self._number > number, wait)
            return self._number, [change for place, change in self._told if place > number]

    def _watch(self) -> None:
        idle = 0.0
        while True:
            try:
                self._look()
            except Exception:  # the database may be away for a moment; listeners simply hear nothing
                log.exception("the watcher of signals could not look")
            finally:
                connection.close()
            with self.news:
                idle = 0.0 if self.listeners else idle + max(EVERY, 0.1)
                if idle > LASTS:
                    self._thread = None
                    return
            time.sleep(EVERY)

    def _look(self) -> None:
        now = timezone.now()
        upkeep.escalate_due(now)
        changes = selectors.changed_since(self._since - OVERLAP)
        with self.news:
            for change in changes:
                key = (change[0], change[1])
                if key not in self._seen:
                    self._seen[key] = change[5]
                    self._number += 1
                    self._told.append((self._number, change))
            old = now - 4 * OVERLAP
            self._seen = {key: at for key, at in self._seen.items() if at > old}
            # A full look goes on where it ended; else from the moment of this one.
            self._since = changes[-1][5] + OVERLAP if len(changes) >= 2000 else now
            self.news.notify_all()


WATCHER = Watcher()


def stream(user: User, last: str) -> Iterator[bytes]:
    """What ``user`` hears: changes of signals about customers they see, from what they had last on."""
    number = WATCHER.enter()
    if number is None:  # no thread is left to wait on: EventSource comes again by itself and hears what it missed
        yield b"retry: 15000\n" + _mark(last)
        yield from _told(user, selectors.changed_since(_moment_of(last) - timedelta(seconds=2)))
        return
    try:
        yield b"retry: 1000\n" + _mark(last)
        ends = time.monotonic() + LASTS
        yield from _told(user, selectors.changed_since(_moment_of(last) - timedelta(seconds=2)))
        while (left := ends - time.monotonic()) > 0:
            number, changes = WATCHER.after(number, min(HEARTBEAT, left))
            yield from _told(user, changes) if changes else iter([b": here\n\n"])
    finally:
        WATCHER.leave()


def _told(user: User, changes: list[Change]) -> Iterator[bytes]:
    """The changes ``user`` may know of, each as an event whose id is the moment, in microseconds."""
    look_again(user)
    seen = selectors.among_visible(user, {change[3] for change in changes}) if changes else frozenset()
    mine = {*acts_for(user)} - {""} if seen else set()
    if not connection.in_atomic_block:
        connection.close()  # not held while waiting
    found = [change for change in changes if change[3] in seen]
    if not found:
        return
    latest = int(max(change[5] for change in found).timestamp() * 1e6)
    if len(found) > MOST:
        yield f"id: {latest}\nevent: many\ndata: {len(found)}\n\n".encode()
        return
    for pk, version, state, _, to, at in found:
        said = json.dumps({"id": pk, "version": version, "state": state, "mine": to in mine, "pool": not to})
        yield f"id: {int(at.timestamp() * 1e6)}\nevent: signal\ndata: {said}\n\n".encode()


def _mark(last: str) -> bytes:
    """From where to hear on, for a browser that has heard nothing yet."""
    return b"\n" if last else f"id: {int(timezone.now().timestamp() * 1e6)}\n\n".encode()


def _moment_of(last: str) -> datetime:
    """The moment a browser had last; now where it says none, ten minutes ago at most."""
    now = timezone.now()
    try:
        said = datetime.fromtimestamp(int(last) / 1e6, UTC)
    except (ValueError, OverflowError, OSError):
        return now
    return min(max(said, now - timedelta(minutes=10)), now)
