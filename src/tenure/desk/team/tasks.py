"""Work of this app that the worker does."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from tenure.desk.team import handing


@task()
def carry_hand_over(handover_id: str) -> None:
    """Carry an approved hand-over out, or take it back."""
    handing.carry(handover_id, timezone.now())
