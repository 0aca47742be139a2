"""What happens to signals and events with time: nobody claims one and it escalates; events grow old and go.

Idempotent and set by set, so that whoever comes first does it: the feed's watcher of any server process, or the
worker. Nothing else wakes up by itself here.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from tenure.desk.control import audit
from tenure.desk.signals.models import Event, Signal
from tenure.desk.signals.reading import KEPT

log = logging.getLogger(__name__)


def escalate_due(now: datetime) -> int:
    """Make signals nobody claimed in time everybody's who sees the customer; returns how many."""
    due = Signal.objects.filter(state=Signal.State.NEW, escalates_at__lte=now)
    if not due.exists():
        return 0
    with transaction.atomic():
        moved = due.update(state=Signal.State.ESCALATED, version=F("version") + 1, changed_at=now)
        if moved:
            audit.record(
                None, "signal.escalate", now=now, kind="signal", changes={"signals": moved}, actor_name="the clock"
            )
    return moved


def forget_old_events(now: datetime) -> int:
    """Remove events older than they are kept; returns how many."""
    removed, _ = Event.objects.filter(at__lt=now - KEPT).delete()
    return removed


def keep_up(*, once: bool, every: float = 15.0) -> None:
    """Do both now and, unless ``once``, every ``every`` seconds on a thread of its own as long as the worker lives."""

    def round_() -> None:
        try:
            escalate_due(timezone.now())
            forget_old_events(timezone.now())
        except Exception:  # the database may be away; the next round does it
            log.exception("signals could not be kept up")
        finally:
            connection.close()

    def go_on() -> None:
        while True:
            time.sleep(every)
            round_()

    round_()
    if not once:
        threading.Thread(target=go_on, name="signals", daemon=True).start()
