"""Two people at the same moment with complaints and concessions: one wins, the other is told, nothing counts twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from desk.at_once import at_once
from desk.small_bank import SmallBank, publish_small_bank
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict
from tenure.desk.control.models import Change
from tenure.desk.org.models import Post, User
from tenure.desk.voice.cases.models import Case
from tenure.desk.voice.complaints import giving_services, services
from tenure.desk.voice.complaints.models import Arrival, Coding, Complaint, Concession

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()
SAID = "手机银行转账失败但已扣款，3天仍未退回。"


@pytest.fixture
def bank() -> SmallBank:
    """A bank whose rows other threads see."""
    return publish_small_bank(customers=24)


@pytest.fixture
def handlers(bank: SmallBank) -> list[User]:
    """Two who may handle the same complaint."""
    first = bank.user("complaint_handler")
    post = Post.objects.get(user=first)
    second = User.objects.create(username="handler-2", name="另一位", staff_id="E1066")
    Post.objects.create(user=second, role="complaint_handler", org_id=post.org_id, org_path=post.org_path)
    return [first, second]


def taken(bank: SmallBank, words: str = SAID, **more: Any) -> Complaint:
    told: dict[str, Any] = {"party_id": bank.party_id, **more}
    return services.take_in(bank.owner, "A02", NOW - timedelta(hours=2), words, now=NOW, **told).complaint


def nobody_broke(given: list[Any]) -> None:
    assert not [one for one in given if isinstance(one, Exception) and not isinstance(one, Conflict)], given
    assert audit.verify_chain().whole


def test_a_complaint_sent_twice_at_once_is_one_with_one_case(bank: SmallBank) -> None:
    def take() -> Arrival:
        return services.take_in(
            bank.owner, "A02", NOW - timedelta(hours=2), SAID, party_id=bank.party_id, external_id="hotline-7", now=NOW
        )

    given = at_once(take, take, take)
    nobody_broke(given)
    assert len({one.pk for one in given}) == 1 and Complaint.objects.count() == Case.objects.count() == 1


def test_the_same_matter_by_two_channels_at_once_runs_one_clock(bank: SmallBank) -> None:
    given = at_once(
        lambda: services.take_in(bank.owner, "A02", NOW, SAID, party_id=bank.party_id, now=NOW),
        lambda: services.take_in(bank.owner, "A01", NOW, SAID, party_id=bank.party_id, now=NOW),
    )
    nobody_broke(given)
    assert sorted(one.standing for one in given) == ["first", "waiting"]
    assert Complaint.objects.count() == Case.objects.count() == 1


def test_two_code_one_complaint_and_the_second_is_told(bank: SmallBank, handlers: list[User]) -> None:
    one = taken(bank)
    given = at_once(
        lambda: services.code(handlers[0], one.pk, "B05", "C05", version=1, now=NOW),
        lambda: services.code(handlers[1], one.pk, "B02", "C04", version=1, now=NOW),
    )
    nobody_broke(given)
    assert len([one for one in given if isinstance(one, Conflict)]) == 1 and Coding.objects.count() == 1


def test_two_say_who_an_unknown_person_is_and_one_case_opens(bank: SmallBank, handlers: list[User]) -> None:
    one = taken(bank, party_id="", person="王女士", reach="13800000000", org_id="S1")
    other = next(number for number in bank.party_ids if number not in (bank.party_id, bank.far_party_id))
    given = at_once(
        lambda: services.identify(handlers[0], one.pk, bank.party_id, version=1, now=NOW),
        lambda: services.identify(handlers[1], one.pk, other, version=1, now=NOW),
        lambda: services.settle_unknown(handlers[0], one.pk, "没有找到", version=1, now=NOW),
    )
    assert len([one for one in given if isinstance(one, Complaint)]) == 1, given
    assert Case.objects.count() <= 1 and audit.verify_chain().whole


def test_two_decide_of_one_arrival_and_it_becomes_one_complaint(bank: SmallBank, handlers: list[User]) -> None:
    taken(bank)
    again = services.take_in(bank.owner, "A01", NOW, SAID, party_id=bank.party_id, now=NOW)
    assert again.standing == "waiting"
    given = at_once(
        lambda: services.decide_arrival(handlers[0], again.pk, False, now=NOW),
        lambda: services.decide_arrival(handlers[1], again.pk, False, now=NOW),
        lambda: services.decide_arrival(handlers[0], again.pk, False, now=NOW),
    )
    nobody_broke(given)
    assert Complaint.objects.count() == Case.objects.count() == 2


def test_one_concession_clicked_twice_is_given_once(bank: SmallBank, handlers: list[User]) -> None:
    one = taken(bank)

    def grant() -> Concession:
        return giving_services.grant(handlers[0], one.pk, "points", 100_00, "久等致歉", "a click", now=NOW)

    given = at_once(grant, grant, grant)
    nobody_broke(given)
    assert Concession.objects.count() == 1


def test_two_who_grant_at_once_do_not_pass_the_limit_together(bank: SmallBank, handlers: list[User]) -> None:
    one, limit = taken(bank), 500_00
    marks = [uuid4().hex, uuid4().hex]
    given = at_once(
        lambda: giving_services.grant(handlers[0], one.pk, "points", limit, "久等致歉", marks[0], now=NOW),
        lambda: giving_services.grant(handlers[1], one.pk, "points", limit, "久等致歉", marks[1], now=NOW),
    )
    nobody_broke(given)
    assert sorted(one.state for one in given) == ["given", "waiting"], "the second waits for another person"
    assert Change.objects.filter(kind="complaint.concession").count() == 1
