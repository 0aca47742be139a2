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

#: Each row is looked at on a thread of its own: a mail server that answers slowly holds up no escalation.
ROUNDS: tuple[tuple[str, ...], ...] = (
    (
        "tenure.desk.signals.upkeep.escalate_due",
        "tenure.desk.signals.upkeep.forget_old_events",
        "tenure.desk.voice.cases.escalating.escalate_due",
    ),
    (
        "tenure.desk.voice.surveys.link_services.end_links",
        "tenure.desk.voice.panels.link_services.end_links",
        "tenure.desk.voice.sending.upkeep.collect_and_send",
    ),
    ("tenure.desk.voice.surveys.waves.draw_due",),
)


def go_round(paths: tuple[str, ...]) -> None:
    """Do all of these once."""
    try:
        for path in paths:
            try:
                with pin():
                    import_string(path)(now=timezone.now())
            except Exception:  # the database may be away; the next round does it
                log.exception("%s could not be done", path)
    finally:
        connection.close()


def keep_up(*, once: bool, every: float = 15.0) -> None:
    """Do it now and, unless ``once``, every ``every`` seconds on threads of their own as long as the worker lives."""

    def go_on(paths: tuple[str, ...]) -> None:
        while True:
            time.sleep(every)
            go_round(paths)

    for paths in ROUNDS:
        go_round(paths)
        if not once:
            threading.Thread(target=go_on, args=[paths], name="rounds", daemon=True).start()
