"""A live survey, and moments after which it asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control.changes.services import approve
from tenure.desk.voice.surveys import link_services, moment_services
from tenure.desk.voice.surveys import making_services as making
from tenure.desk.voice.surveys.models import Invitation, Survey

NOW = timezone.now()
_numbers = count()

Live = Callable[..., Survey]


def go_live(bank: SmallBank, code: str = "counter-nps", kind: str = "nps", **told: Any) -> Survey:
    """A survey made by the marketer and approved by the executive; ``told``: how it asks, moment, anonymous."""
    maker, moment = bank.user("marketer"), told.pop("moment", "counter_service")
    made = making.make_survey(maker, code, kind, moment, told.pop("anonymous", False), now=NOW)
    asking = {"share": "1", "quota": None, "valid_days": 14, "wait_days": None, "channels": ["sms"], **told}
    made = making.edit_draft(maker, code, made.draft["content"], asking, version=made.version, now=NOW)
    change = making.propose_version(maker, code, "asked for by the branch", version=made.version, now=NOW)
    approve(bank.user("executive"), change.pk, now=NOW)
    return Survey.objects.get(code=code)


@pytest.fixture
def live(bank: SmallBank) -> Live:
    """Makes live surveys; NPS after counter service, everybody asked, unless told otherwise."""
    return lambda *args, **told: go_live(bank, *args, **told)


def moment(party_id: str, at: datetime | None = None, **fields: Any) -> dict[str, Any]:
    """A moment as the bank's systems send it."""
    made = {
        "event_id": f"ticket-{next(_numbers)}",
        "moment": "counter_service",
        "at": (at or NOW - timedelta(minutes=5)).isoformat(),
        "party_id": party_id,
    }
    return made | fields


def send(bank: SmallBank, *rows: dict[str, Any], now: datetime = NOW) -> moment_services.TakenMoments:
    """The administrator's system sends moments."""
    return moment_services.take_moments(bank.user("administrator"), rows, now=now)


def invited(bank: SmallBank, party_id: str = "", now: datetime = NOW) -> tuple[Invitation, str]:
    """A customer who is asked, and the token of their link."""
    party = party_id or bank.party_id
    send(bank, moment(party, now - timedelta(minutes=1)), now=now)
    one = Invitation.objects.filter(party_id=party, outcome="drawn").latest("drawn_at")
    token = link_services.give_link(one.pk, now=now)
    assert token
    link_services.note_sent(one.pk, now=now)
    return one, token
