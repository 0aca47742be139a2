"""Signals go where their customer goes; see ``parties.assigning.Follower``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tenure.desk.org.models import User
from tenure.desk.signals import rules
from tenure.desk.signals.current_rules import in_force
from tenure.desk.signals.models import Signal

State = Signal.State


class _Signals:
    """Those meant for somebody first, and those they claimed and have not closed."""

    def name(self) -> str:
        return _("Open signals")

    def count(self, numbers: Sequence[str], staff_id: str) -> int:
        return self._of(numbers, staff_id).count()

    def move(self, numbers: Sequence[str], before: str, after: str, by: User, now: datetime) -> int:
        moved = 0
        for signal in self._of(numbers, before).select_for_update():
            if signal.state == State.CLAIMED:
                signal.state, signal.claimed_by, signal.claimed_at = State.NEW, None, None
                # Whoever gets it has the time a new one gives, before everybody is asked.
                signal.escalates_at = now + timedelta(minutes=in_force().settings.escalate_minutes)
            signal.goes_to, signal.version, signal.changed_at = after, signal.version + 1, now
            signal.save()
            moved += 1
        return moved

    @staticmethod
    def _of(numbers: Sequence[str], staff_id: str) -> QuerySet[Signal]:
        meant = Q(state__in=rules.UNCLAIMED, goes_to=staff_id)
        people = User.objects.filter(staff_id=staff_id).values("pk") if staff_id else []
        claimed = Q(state=State.CLAIMED, claimed_by__in=people)
        return Signal.objects.filter(meant | claimed, party_id__in=numbers)


SIGNALS = _Signals()
