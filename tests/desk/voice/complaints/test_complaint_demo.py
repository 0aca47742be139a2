"""The demo bank's complaints: a year of them, made once, through the services; nobody who waits was left uncalled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control import audit
from tenure.desk.voice.complaints import demo
from tenure.desk.voice.complaints.models import Arrival, Complaint, Concession, Letter

NOW = timezone.now()


def test_the_demo_shows_complaints_of_every_kind_and_none_that_nobody_called(bank: SmallBank, monkeypatch: Any) -> None:
    monkeypatch.setattr(demo, "CLOSED", 6)
    bank.user("complaint_handler")
    made = demo.create_demo_complaints(NOW)
    assert made >= 6 + 4 + demo.OPEN + 1 and demo.create_demo_complaints(NOW) == 0
    open_ = Complaint.objects.filter(case__closed_at=None, case__isnull=False)
    assert open_.count() == demo.OPEN
    silent = open_.filter(case__acknowledged_at=None)
    assert [one.received_at > NOW - 2 * timedelta(days=1) for one in silent] == [True]
    assert Complaint.objects.filter(case=None).exists() and Arrival.objects.filter(standing="waiting").exists()
    assert Letter.objects.exists() and Concession.objects.count() >= 0
    assert audit.verify_chain().whole
