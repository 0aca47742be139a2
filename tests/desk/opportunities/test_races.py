"""Two people at the same moment: one wins, the other is told; a message sent thrice at once is one opportunity."""

from __future__ import annotations

from typing import Any

import pytest

from desk.at_once import at_once
from desk.opportunities.conftest import NOW, TODAY
from desk.small_bank import SmallBank, publish_small_bank
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict
from tenure.desk.opportunities import reopening, services
from tenure.desk.opportunities.credit import services as credit
from tenure.desk.opportunities.models import Agreement, Opportunity, StageRecord, Step
from tenure.desk.org.models import User
from tenure.desk.signals import services as signals

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def bank() -> SmallBank:
    """A bank whose rows other threads see."""
    return publish_small_bank(customers=24)


def _open(bank: SmallBank, **told: Any) -> Opportunity:
    given = {"kind": "deposit", "title": "deposit", "amount": 1000, "next_step": "call", "next_step_on": TODAY}
    return services.open_opportunity(bank.owner, bank.party_id, **given, now=NOW, **told)


def _again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_two_move_the_same_card_and_one_is_told(bank: SmallBank) -> None:
    owner, head = bank.owner, bank.user("branch_head")
    for _round in range(ROUNDS):
        one = _open(bank)
        given = at_once(
            lambda one=one: services.move(_again(owner), one.pk, "contacted", version=1, now=NOW),
            lambda one=one: services.move(_again(head), one.pk, "proposed", version=1, now=NOW),
        )
        assert sorted(type(x).__name__ for x in given) == ["Conflict", "Opportunity"], given
        won = next(x for x in given if isinstance(x, Opportunity))
        one.refresh_from_db()
        assert (one.stage, one.version) == (won.stage, 2)
        assert Step.objects.filter(opportunity=one).count() == 2
    assert audit.verify_chain().whole


def test_two_close_and_it_is_counted_once(bank: SmallBank) -> None:
    owner, head = bank.owner, bank.user("branch_head")
    for _round in range(ROUNDS):
        one = _open(bank)
        given = at_once(
            lambda one=one: services.win(_again(owner), one.pk, version=1, now=NOW),
            lambda one=one: services.lose(_again(head), one.pk, "price", version=1, now=NOW),
        )
        assert sorted(type(x).__name__ for x in given) == ["Conflict", "Opportunity"], given
    record = StageRecord.objects.get(stage="identified")
    assert (record.closed, record.won) == (ROUNDS, Opportunity.objects.filter(state="won").count())


def test_two_open_a_lost_one_again_and_one_is_told(bank: SmallBank) -> None:
    owner, head = bank.owner, bank.user("branch_head")
    for _round in range(ROUNDS):
        one = services.lose(owner, _open(bank).pk, "price", version=1, now=NOW)
        told = ("asked again", "call", TODAY)
        given = at_once(
            lambda one=one, told=told: reopening.reopen(_again(owner), one.pk, *told, version=2, now=NOW),
            lambda one=one, told=told: reopening.reopen(_again(head), one.pk, *told, version=2, now=NOW),
        )
        assert sorted(type(x).__name__ for x in given) == ["Conflict", "Opportunity"], given
        assert Step.objects.filter(opportunity=one).count() == 3
    assert StageRecord.objects.get(stage="identified").closed == 0


def test_one_signal_leads_to_one_opportunity_however_many_open_it(bank: SmallBank) -> None:
    told = signals.add_signal(bank.user("teller"), bank.party_id, ["asks_loan"], now=NOW)
    signal = signals.claim(bank.owner, told.pk, now=NOW)
    source = {"source": "seen", "source_key": str(signal.pk)}
    given = at_once(*[lambda: _open(bank, **source)] * 3)
    assert sorted(type(x).__name__ for x in given) == ["Conflict", "Conflict", "Opportunity"], given
    assert Opportunity.objects.count() == 1


def test_different_ones_that_close_at_once_are_all_counted(bank: SmallBank) -> None:
    made = [_open(bank) for _ in range(4)]
    given = at_once(*[lambda one=one: services.win(_again(bank.owner), one.pk, version=1, now=NOW) for one in made])
    assert all(isinstance(x, Opportunity) for x in given), given
    assert StageRecord.objects.get(stage="identified").closed == 4


def test_a_message_sent_three_times_at_once_is_one_opportunity(bank: SmallBank) -> None:
    for number in range(ROUNDS):
        given = at_once(*[lambda n=number: _open(bank, external_id=f"crm-{n}")] * 3)
        assert len({getattr(x, "pk", x) for x in given}) == 1, given
    assert Opportunity.objects.count() == ROUNDS


def test_two_agreements_at_once_and_one_is_under_way(bank: SmallBank) -> None:
    both = [("found", "E2012", 100), ("won", "E2011", 100), ("serves", "E2011", 100)]
    other = [("found", "E2011", 100), ("won", "E2012", 100), ("serves", "E2011", 100)]
    for _round in range(ROUNDS):
        one = _open(bank)
        given = at_once(
            lambda one=one: credit.propose(_again(bank.owner), one.pk, both, now=NOW),
            lambda one=one: credit.propose(_again(bank.user("branch_head")), one.pk, other, now=NOW),
        )
        assert sorted(type(x).__name__ for x in given) == ["Agreement", "Conflict"], given
        assert Agreement.objects.filter(opportunity=one).count() == 1


def test_the_last_two_to_agree_at_once_put_it_in_force_once(bank: SmallBank) -> None:
    named = [("found", "E2012", 100), ("won", "E2001", 100), ("serves", "E2011", 100)]
    for _round in range(ROUNDS):
        made = credit.propose(bank.owner, _open(bank).pk, named, now=NOW)
        given = at_once(
            lambda made=made: credit.answer(_again(bank.colleague), made.pk, True, now=NOW),
            lambda made=made: credit.answer(_again(bank.user("branch_head")), made.pk, True, now=NOW),
        )
        assert not [x for x in given if isinstance(x, Exception) and not isinstance(x, Conflict)], given
        made.refresh_from_db()
        assert made.state == "in_force"
    assert audit.verify_chain().whole
