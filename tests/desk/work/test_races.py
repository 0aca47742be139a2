"""Two people at the same moment: one wins, the other is told; a message sent twice at once is one contact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.at_once import at_once
from desk.small_bank import SmallBank, publish_small_bank
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict
from tenure.desk.org.models import User
from tenure.desk.work import services
from tenure.desk.work.models import Contact, Progress

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()
ROUNDS = 6


@pytest.fixture
def bank() -> SmallBank:
    """A bank whose rows other threads see."""
    return publish_small_bank(customers=24)


def test_two_people_finish_one_entry_and_one_contact_is_kept(bank: SmallBank) -> None:
    people = [bank.owner, bank.user("branch_head"), bank.user("lobby_manager")]
    keys = [e.key for e in _entries(bank.owner)][:ROUNDS]

    def finish(user: User, key: str) -> Callable[[], Any]:
        return lambda: services.complete(User.objects.get(pk=user.pk), key, "done", now=NOW)

    for key in keys:
        given = at_once(*(finish(user, key) for user in people))
        won = [one for one in given if isinstance(one, Contact)]
        assert len(won) == 1, given
        assert all(isinstance(one, Conflict) for one in given if one is not won[0]), given
        assert Progress.objects.get(proposal_key=key).changed_by_id == won[0].author_id
    assert Contact.objects.count() == len(keys)
    assert audit.verify_chain().whole


def test_one_puts_off_what_another_hands_over_and_both_cannot_stand(bank: SmallBank) -> None:
    key = bank.proposal_key
    given = at_once(
        lambda: services.snooze(bank.owner, key, timezone.localdate(NOW) + timedelta(days=2), now=NOW),
        lambda: services.hand_over(bank.user("branch_head"), key, "E2012", "load", now=NOW),
    )
    assert not [one for one in given if isinstance(one, Exception) and not isinstance(one, Conflict)], given
    assert Progress.objects.count() == 1
    assert audit.verify_chain().whole


def test_a_message_sent_three_times_at_once_is_one_contact(bank: SmallBank) -> None:
    def send(external_id: str, key: str) -> Callable[[], Any]:
        return lambda: services.log_contact(
            bank.owner, bank.party_id, "call", "done", external_id=external_id, proposal_key=key, now=NOW
        )

    for number in range(ROUNDS):
        given = at_once(*[send(f"crm-{number}", "")] * 3)
        assert len({getattr(one, "pk", one) for one in given}) == 1, given
    given = at_once(*[send("crm-with-entry", bank.proposal_key)] * 3)
    assert len({getattr(one, "pk", one) for one in given}) == 1, given
    assert Contact.objects.count() == ROUNDS + 1


def _entries(user: User) -> list[Any]:
    from tenure.desk.work.selectors import todays_list

    return todays_list(user, timezone.localdate(NOW))
