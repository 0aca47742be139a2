"""Two at the same moment: the last seat is taken once, a care is given once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone

from desk.at_once import at_once
from desk.small_bank import SmallBank, publish_small_bank
from tenure.desk.care import event_services, services
from tenure.desk.care.models import CareAct, Invitation
from tenure.desk.care.selectors import care_calendar
from tenure.desk.control.errors import Conflict
from tenure.desk.parties.visibility import visible_to
from tenure.desk.work.models import Contact

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()
TODAY = timezone.localdate(NOW)


@pytest.fixture
def bank() -> SmallBank:
    """A bank whose rows other threads see."""
    return publish_small_bank(customers=24)


def test_the_last_seat_is_taken_once(bank: SmallBank) -> None:
    head = bank.user("branch_head")
    ids = list(visible_to(bank.owner).values_list("party_id", flat=True)[:4])
    for _ in range(3):
        event = event_services.make_event(
            bank.owner, "讲座", "care", TODAY + timedelta(days=1), "大厅", 1, "", uuid4(), now=NOW
        )
        event_services.invite(bank.owner, event.pk, ids, now=NOW)
        people = [bank.owner, head, bank.owner, head]
        given = at_once(
            *(
                partial(event_services.answer_invitation, user, event.pk, one, "accepted", 1, now=NOW)
                for user, one in zip(people, ids, strict=True)
            )
        )
        assert [type(one) for one in given].count(Invitation) == 1, given
        assert [type(one) for one in given].count(Conflict) == 3, given
        assert Invitation.objects.filter(event=event, state="accepted").count() == 1


def test_a_care_two_give_at_once_is_given_once(bank: SmallBank) -> None:
    lines = care_calendar(bank.owner, TODAY, TODAY, TODAY, kind="rhythm").lines[:4]
    assert lines
    for line in lines:
        due, before = line.due, Contact.objects.count()
        given = at_once(
            *(
                partial(services.give_care, user, due.party_id, due.kind, due.due_on, "done", now=NOW)
                for user in (bank.owner, bank.user("branch_head"), bank.owner)
            )
        )
        assert [type(one) for one in given].count(CareAct) == 1, given
        assert [type(one) for one in given].count(Conflict) == 2, given
        assert Contact.objects.count() == before + 1
