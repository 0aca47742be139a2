"""Who works on causes in the small bank, and a moment of its."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.org.models import User

NOW = datetime(2026, 7, 1, 10, 0, tzinfo=timezone.get_default_timezone())


def head(bank: SmallBank) -> User:
    """The head of the owner's branch."""
    return User.objects.get(staff_id="E2001")


def other_head(bank: SmallBank) -> User:
    """The head of another branch."""
    return User.objects.get(staff_id="E3001")


def executive(bank: SmallBank) -> User:
    """Who checks at head office."""
    return User.objects.get(staff_id="E1001")
