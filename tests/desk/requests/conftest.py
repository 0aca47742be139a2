"""What the tests of requests share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control.changes import services as changes
from tenure.desk.control.models import Change
from tenure.desk.org.models import User
from tenure.desk.publication.current import pin
from tenure.desk.requests import services
from tenure.desk.requests.models import PersonRequest

Received = Callable[..., PersonRequest]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Any) -> None:
    """Files of these tests lie in a folder of their own."""
    settings.HOME = tmp_path


@pytest.fixture
def pinned(bank: SmallBank) -> Any:
    """As in a request: every read sees one publication."""
    with pin():
        yield


@pytest.fixture
def received(bank: SmallBank, now: datetime) -> Received:
    """A request received by the owner."""

    def made(kind: str, user: User | None = None, **told: str) -> PersonRequest:
        given = {"kind": kind, "way": "in_person", "asked_by": "person", "identity": "certificate", **told}
        return services.receive(user or bank.owner, bank.party_id, given, uuid4(), now=now)

    return made


@pytest.fixture
def approved(bank: SmallBank, now: datetime) -> Callable[[PersonRequest], Change]:
    """Put forward by the complaint handler and approved by the branch head."""

    def done(request: PersonRequest) -> Change:
        services.put_forward(bank.user("complaint_handler"), request.pk, "identity checked", now=now)
        change = Change.objects.get(subject_id=str(request.pk), state="waiting")
        return changes.approve(bank.user("branch_head"), change.pk, now=now)

    return done
