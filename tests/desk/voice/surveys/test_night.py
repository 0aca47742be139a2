"""What the bank's files tell of is asked about the morning after, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.small_bank import SmallBank
from desk.voice.surveys.conftest import NOW, Live
from tenure.desk.control.tasks import take_moments_of_night
from tenure.desk.parties.models import Timeline
from tenure.desk.publication.current import pin
from tenure.desk.voice.surveys import moment_services
from tenure.desk.voice.surveys.models import Invitation, Occasion
from tenure.desk.voice.surveys.night import FRESH, take_published

pytestmark = pytest.mark.django_db


def _happened(bank: SmallBank, event_id: str, kind: str = "ticket", days_ago: int = 0, **told: Any) -> None:
    midday = timezone.datetime.combine(bank.publication.as_of, timezone.datetime.min.time()).replace(hour=12)
    at = timezone.make_aware(midday) - timedelta(days=days_ago)
    row = {"party_id": bank.party_id, "org_id": "S2", "at": at, "detail": "wealth", **told}
    Timeline.models["a"].objects.create(event_id=event_id, kind=kind, **row)


def test_a_ticket_and_an_account_opened_are_moments_and_nothing_else_is(bank: SmallBank, live: Live) -> None:
    live()
    _happened(bank, "T-1")
    _happened(bank, "A-1", kind="opened")
    _happened(bank, "R-1", kind="redemption")
    _happened(bank, "T-old", days_ago=FRESH + 1)
    with pin():
        before = take_published(now=NOW)
    assert before == Occasion.objects.count()
    told = dict(Occasion.objects.filter(event_id__in=["T-1", "A-1", "R-1", "T-old"]).values_list("event_id", "moment"))
    assert told == {"T-1": "counter_service", "A-1": "product_opened"}
    asked = Invitation.objects.get(occasion__event_id="T-1")
    assert asked.org_path == "/HQ/B1/S2/"  # where it happened, not where the customer belongs
    assert not Invitation.objects.filter(occasion__event_id="A-1").exists()  # no survey is live for it


def test_the_night_read_again_asks_nobody_again(bank: SmallBank, live: Live) -> None:
    live()
    _happened(bank, "T-1")
    with pin():
        take_published(now=NOW)
        asked = Invitation.objects.count()
        assert take_published(now=NOW) == 0
    assert Invitation.objects.count() == asked


def test_what_a_system_has_told_already_is_not_a_second_moment(bank: SmallBank, live: Live) -> None:
    live()
    at = (NOW - timedelta(hours=1)).isoformat()
    row = {"event_id": "T-1", "moment": "counter_service", "at": at, "party_id": bank.party_id}
    moment_services.take_moments(bank.user("administrator"), [row], now=NOW)
    _happened(bank, "T-1")
    with pin():
        take_published(now=NOW)
    assert Invitation.objects.filter(occasion__event_id="T-1").count() == 1


def test_the_job_reads_the_publication_in_force(bank: SmallBank, live: Live) -> None:
    live()
    _happened(bank, "T-1")
    take_moments_of_night.call(bank.publication.run_id)
    assert Occasion.objects.filter(event_id="T-1").exists()
