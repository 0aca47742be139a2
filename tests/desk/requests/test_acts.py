"""Receiving, taking over, correcting, answering: who may, once, and nobody's words are lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from desk.small_bank import SmallBank
from tenure.desk.control import consents
from tenure.desk.control.changes import services as changes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent, Change
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer
from tenure.desk.requests import services
from tenure.desk.requests.models import Correction, PersonRequest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pinned")]
Received = Callable[..., PersonRequest]
TOLD = {"kind": "copy", "way": "phone", "asked_by": "person", "identity": "callback"}


def test_a_request_has_a_clock_and_the_same_form_makes_one(bank: SmallBank, now: datetime) -> None:
    key = uuid4()
    one = services.receive(bank.owner, bank.party_id, TOLD, key, now=now)
    again = services.receive(bank.owner, bank.party_id, TOLD, key, now=now)
    assert one == again and one.due_on > now.date() + timedelta(days=18)
    assert AuditEvent.objects.filter(act="request.receive").count() == 1


def test_a_second_open_request_of_the_kind_is_refused_and_told_whose_is_first(bank: SmallBank, now: datetime) -> None:
    services.receive(bank.owner, bank.party_id, TOLD, uuid4(), now=now)
    with pytest.raises(Conflict, match=bank.owner.name):
        services.receive(bank.user("branch_head"), bank.party_id, TOLD, uuid4(), now=now)


def test_only_who_sees_the_customer_receives(bank: SmallBank, now: datetime) -> None:
    for stranger in (bank.colleague, bank.stranger):
        with pytest.raises(NotFound):
            services.receive(stranger, bank.party_id, TOLD, uuid4(), now=now)
    with pytest.raises(NotAllowed):
        services.receive(bank.user("auditor"), bank.party_id, TOLD, uuid4(), now=now)


def test_only_a_person_asks_about_personal_data(bank: SmallBank, as_user: Callable[..., Client], now: datetime) -> None:
    Customer.rows().filter(party_id=bank.party_id).update(kind="company")
    with pytest.raises(Unacceptable) as no:
        services.receive(bank.owner, bank.party_id, TOLD, uuid4(), now=now)
    assert no.value.field == "party_id" and no.value.remedy
    client = as_user(bank.owner)
    page = client.get(f"/requests/customer/{bank.party_id}/new").content.decode()
    assert 'name="kind"' not in page and "企业" in page
    assert (
        f"/requests/customer/{bank.party_id}/new"
        not in client.get(f"/requests/customer/{bank.party_id}").content.decode()
    )


@pytest.mark.parametrize(
    "wrong", [{"kind": "sue"}, {"identity": "looks like it"}, {"asked_by": "agent"}, {"representative": "王五"}]
)
def test_a_request_says_who_asks_what_and_how_that_is_known(
    bank: SmallBank, now: datetime, wrong: dict[str, str]
) -> None:
    with pytest.raises(Unacceptable):
        services.receive(bank.owner, bank.party_id, TOLD | wrong, uuid4(), now=now)


def test_who_wants_no_marketing_hears_none_from_that_moment(bank: SmallBank, received: Received) -> None:
    agreeing = Customer.rows().filter(consents.agrees("marketing"))
    assert agreeing.filter(party_id=bank.party_id).exists()
    assert received("stop").state == "done"
    assert not agreeing.filter(party_id=bank.party_id).exists()


def test_handling_takes_the_right_and_the_branch(bank: SmallBank, received: Received, now: datetime) -> None:
    request = received("copy")
    with pytest.raises(NotAllowed):
        services.take_over(bank.owner, request.pk, 1, now=now)
    with pytest.raises(NotFound):
        services.take_over(User.objects.get(staff_id="E3001"), request.pk, 1, now=now)
    assert services.take_over(bank.user("branch_head"), request.pk, 1, now=now).owner == bank.user("branch_head")


def test_of_two_who_take_over_the_second_is_told(bank: SmallBank, received: Received, now: datetime) -> None:
    request = received("copy")
    services.take_over(bank.user("branch_head"), request.pk, 1, now=now)
    services.take_over(bank.user("branch_head"), request.pk, 1, now=now)  # a double click
    with pytest.raises(Conflict):
        services.take_over(bank.user("complaint_handler"), request.pk, 1, now=now)


def test_nobody_approves_the_copy_they_put_forward(bank: SmallBank, received: Received, now: datetime) -> None:
    request, head = received("copy"), bank.user("branch_head")
    services.put_forward(head, request.pk, "identity checked", now=now)
    change = Change.objects.get(subject_id=str(request.pk))
    with pytest.raises(NotAllowed):
        changes.approve(head, change.pk, now=now)
    with pytest.raises(Conflict):
        services.put_forward(bank.user("complaint_handler"), request.pk, "once more", now=now)


def test_a_rejected_request_is_open_again(bank: SmallBank, received: Received, now: datetime) -> None:
    request = received("erase")
    services.put_forward(bank.user("complaint_handler"), request.pk, "asked in person", now=now)
    change = Change.objects.get(subject_id=str(request.pk))
    changes.reject(bank.user("branch_head"), change.pk, "no power of attorney", now=now)
    request.refresh_from_db()
    assert request.state == "open" and Customer.rows().filter(party_id=bank.party_id).exists()


def test_a_correction_ends_when_the_file_says_it(bank: SmallBank, received: Received, now: datetime) -> None:
    request, head = received("correct"), bank.user("branch_head")
    asked = services.ask_correction(head, request.pk, "phone", "13911112222", "called from it", now=now)
    again = services.ask_correction(head, request.pk, "phone", "13911112222", "called from it", now=now)
    assert asked == again and services.settle_corrections(now) == 0
    with pytest.raises(Conflict, match=head.name):
        services.ask_correction(bank.user("complaint_handler"), request.pk, "phone", "13900001111", "a letter", now=now)
    Customer.rows().filter(party_id=bank.party_id).update(phone="13911112222")
    assert services.settle_corrections(now) == 1 and services.settle_corrections(now) == 0
    asked.refresh_from_db()
    request.refresh_from_db()
    assert (asked.state, request.state) == ("done", "done")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("aum", "1"),
        ("sex", "unsure"),
        ("birth_date", "1990-02-31"),
        ("phone", ""),
        ("phone", "12345"),
        ("birth_date", "2999-01-01"),
        ("certificate_no", "11010519491231002Y"),
    ],
)
def test_a_correction_is_of_a_value_that_can_be(
    bank: SmallBank, received: Received, now: datetime, column: str, value: str
) -> None:
    with pytest.raises(Unacceptable):
        services.ask_correction(bank.user("branch_head"), received("correct").pk, column, value, "seen", now=now)


def test_a_correction_asked_for_in_error_is_taken_back_once(bank: SmallBank, received: Received, now: datetime) -> None:
    head = bank.user("branch_head")
    asked = services.ask_correction(head, received("correct").pk, "name", "王小明", "identity card", now=now)
    services.withdraw_correction(head, asked.pk, now=now)
    services.withdraw_correction(head, asked.pk, now=now)
    assert AuditEvent.objects.filter(act="request.withdraw_correction").count() == 1
    assert Correction.objects.get().state == "withdrawn"


def test_nothing_is_called_granted_that_was_not_done(bank: SmallBank, received: Received, now: datetime) -> None:
    head = bank.user("branch_head")
    for kind in ("copy", "erase", "correct"):
        with pytest.raises(Conflict):
            services.answer(head, received(kind).pk, "granted", "", "en", 1, now=now)
    with pytest.raises(Unacceptable):
        services.answer(head, received("explain").pk, "granted", "", "en", 1, now=now)


def test_a_refusal_says_why_and_one_answers_once(bank: SmallBank, received: Received, now: datetime) -> None:
    request, head = received("copy"), bank.user("branch_head")
    with pytest.raises(Unacceptable):
        services.answer(head, request.pk, "refused", " ", "en", 1, now=now)
    services.answer(head, request.pk, "refused", "Not the person.", "en", 1, now=now)
    with pytest.raises(Conflict, match=head.name):
        services.answer(bank.user("complaint_handler"), request.pk, "refused", "Late.", "en", 1, now=now)


@pytest.mark.parametrize("broken", [{"state": "answered"}, {"outcome": "refused"}, {"asked_by": "agent"}])
def test_the_database_refuses_what_says_less_than_it_must(received: Received, broken: dict[str, str]) -> None:
    request = received("copy")
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonRequest.objects.filter(pk=request.pk).update(**broken)


def test_the_letter_speaks_the_persons_language(
    bank: SmallBank, received: Received, now: datetime, as_user: Callable[[User], Client]
) -> None:
    request, head = received("explain"), bank.user("branch_head")
    services.answer(head, request.pk, "granted", "您的风险等级为 R2。", "zh-hans", 1, now=now)
    page = as_user(head).get(f"/requests/{request.pk}/letter").content.decode()
    assert "您的风险等级为 R2。" in page and "个人信息" in page


def test_two_people_on_one_page_lose_nothing_they_typed(
    bank: SmallBank, received: Received, now: datetime, as_user: Callable[[User], Client]
) -> None:
    request, head = received("copy"), bank.user("branch_head")
    services.take_over(bank.user("complaint_handler"), request.pk, 1, now=now)
    sent = {"version": "1", "outcome": "refused", "words": "a long reason", "language": "en"}
    answer = as_user(head).post(f"/requests/{request.pk}/answer", sent)
    assert answer.status_code == 409 and "a long reason" in answer.content.decode()
