"""Who stands in for whom: written when work is handed over, ended with that work."""

from __future__ import annotations

from datetime import datetime

from tenure.desk.org.models import User
from tenure.desk.parties.models import StandIn


def let_stand_in(party_id: str, staff_id: str, cause: str, given_by: User, now: datetime) -> None:
    """Let ``staff_id`` see the customer until the work ``cause`` ends; replaces whoever stood in for it before.

    Part of a service's transaction: the right to do so is checked, and the audit line written, by the caller.
    """
    end_stand_in(cause, now)
    StandIn.objects.create(party_id=party_id, staff_id=staff_id, cause=cause, given_by=given_by, given_at=now)


def end_stand_in(cause: str, now: datetime) -> None:
    """End whatever stand-in ``cause`` gave."""
    StandIn.objects.filter(cause=cause, ended_at=None).update(ended_at=now)
