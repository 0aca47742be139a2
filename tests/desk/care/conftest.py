"""A day of the small bank on which care is due, and something that is due on it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.care.selectors import CareLine, care_calendar

#: The morning after the small bank's figures.
NOW = timezone.make_aware(datetime(2026, 7, 1, 9, 30))
TODAY = date(2026, 7, 1)


@pytest.fixture
def line(bank: SmallBank) -> CareLine:
    """A rhythm that is overdue to a customer of the owner's."""
    found = care_calendar(bank.owner, TODAY, TODAY + timedelta(days=30), TODAY, kind="rhythm")
    return next(one for one in found.lines if one.due.overdue)
