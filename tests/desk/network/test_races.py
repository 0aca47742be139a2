"""Two people at the same moment: a customer is asked once, an introduction is closed one way, thanks are said once."""

from __future__ import annotations

import pytest

from desk.at_once import at_once
from desk.network.conftest import INTRODUCER, NOW
from desk.small_bank import SmallBank, publish_small_bank
from tenure.desk.control import audit
from tenure.desk.network import services
from tenure.desk.network.models import Introduction
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank() -> SmallBank:
    """A bank whose rows other threads see, and of whose customers nobody complains."""
    made = publish_small_bank(customers=24)
    Customer.models["a"].objects.update(open_complaints=0)
    return made


def _again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_two_ask_the_same_customer_and_one_is_told(bank: SmallBank) -> None:
    people = (bank.owner, bank.user("branch_head"))
    given = at_once(*[lambda u=u: services.ask(_again(u), INTRODUCER, "anyone", now=NOW) for u in people])
    assert sorted(type(x).__name__ for x in given) == ["Conflict", "Introduction"], given
    assert Introduction.objects.count() == 1


def test_a_request_sent_three_times_at_once_is_one(bank: SmallBank) -> None:
    given = at_once(*[lambda: services.ask(_again(bank.owner), INTRODUCER, "anyone", now=NOW, external_id="form")] * 3)
    assert len({getattr(x, "pk", x) for x in given}) == 1, given


def test_one_names_and_one_closes_and_only_the_first_counts(bank: SmallBank) -> None:
    one = services.ask(bank.owner, INTRODUCER, "anyone", now=NOW)
    head = bank.user("branch_head")
    given = at_once(
        lambda: services.note_named(_again(bank.owner), one.pk, "赵敏", may_call=True, version=1, now=NOW),
        lambda: services.end(_again(head), one.pk, "not_now", version=1, now=NOW),
    )
    assert sorted(type(x).__name__ for x in given) == ["Conflict", "Introduction"], given
    one.refresh_from_db()
    assert one.version == 2 and audit.verify_chain().whole
