"""What happens to signals and events with time: nobody claims one and it escalates; events grow old and go.

Idempotent and set by set, so that whoever comes first does it: the feed's watcher of any server process, or the
worker's rounds (``control.jobs.rounds``).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from tenure.desk.control import audit
from tenure.desk.signals.models import Event, Signal
from tenure.desk.signals.reading import KEPT


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
