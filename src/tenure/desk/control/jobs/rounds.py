"""What wakes up by itself: work that is looked at every few seconds by the worker, all of it in one place.

Each is a function of the moment, by its path, because control lies below the apps. Each is idempotent and catches up:
a worker that was down, or two of them, do everything once. One that fails hinders no other; the next round tries again.
"""

from __future__ import annotations

import logging
import threading
import time

from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from tenure.desk.publication.current import pin

log = logging.getLogger(__name__)

ROUNDS: tuple[str, ...] = (
    "tenure.desk.signals.upkeep.escalate_due",
    "tenure.desk.signals.upkeep.forget_old_events",
    "tenure.desk.voice.cases.escalating.escalate_due",
)


def go_round() -> None:
    """Do all of it once."""
    try:
        for path in ROUNDS:
            try:
                with pin():
                    import_string(path)(timezone.now())
            except Exception:  # the database may be away; the next round does it
                log.exception("%s could not be done", path)
    finally:
        connection.close()


def keep_up(*, once: bool, every: float = 15.0) -> None:
    """Do it now and, unless ``once``, every ``every`` seconds on a thread of its own as long as the worker lives."""

    def go_on() -> None:
        while True:
            time.sleep(every)
            go_round()

    go_round()
    if not once:
        threading.Thread(target=go_on, name="rounds", daemon=True).start()
