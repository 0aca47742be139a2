"""Two at the same moment: one draft, one answer, one plan."""

from __future__ import annotations

import pytest

from desk.at_once import at_once
from desk.offers.conftest import DEPOSIT, NO, NOW, TODAY, WEALTH, chosen, yes
from desk.small_bank import SmallBank, publish_small_bank
from tenure.desk.control import audit
from tenure.desk.offers import rules, services
from tenure.desk.offers.models import Solution
from tenure.desk.opportunities.models import Opportunity
from tenure.desk.org.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank() -> SmallBank:
    """A bank whose rows other threads see."""
    return publish_small_bank(customers=24)


def _again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_two_begin_at_once_and_work_on_one_draft(shelf: SmallBank) -> None:
    owner, head = shelf.owner, shelf.user("branch_head")
    given = at_once(
        lambda: services.begin(_again(owner), shelf.party_id, now=NOW),
        lambda: services.begin(_again(head), shelf.party_id, now=NOW),
    )
    assert {type(one) for one in given} == {Solution}, given
    assert Solution.objects.count() == 1


def test_two_note_the_answer_at_once_and_one_plan_is_made(shelf: SmallBank) -> None:
    owner, head = shelf.owner, shelf.user("branch_head")
    for _round in range(3):
        one = services.begin(owner, shelf.party_id, now=NOW)
        one = chosen(one, shelf, WEALTH, DEPOSIT)
        one = services.show(owner, one.pk, "en", TODAY + rules.USUAL_VALIDITY, version=one.version, now=NOW)
        items = [item.pk for item in one.items.all()]
        before = Opportunity.objects.count()
        given = at_once(
            lambda one=one, items=items: services.settle(
                _again(owner), one.pk, dict.fromkeys(items, yes()), version=one.version, now=NOW
            ),
            lambda one=one, items=items: services.settle(
                _again(head), one.pk, dict.fromkeys(items, NO), version=one.version, now=NOW, reason="price"
            ),
        )
        assert sorted(type(x).__name__ for x in given) == ["Conflict", "Solution"], given
        one.refresh_from_db()
        assert Opportunity.objects.count() - before == (2 if one.state == "agreed" else 0)
    assert audit.verify_chain().whole
