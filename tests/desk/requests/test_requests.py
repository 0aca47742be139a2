"""What a person asks about their own data: received, put before a second person, done, answered."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control import consents
from tenure.desk.control.changes.services import approve, reject
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent, Change
from tenure.desk.knowledge.models import Fact
from tenure.desk.org.models import User
from tenure.desk.parties import selectors as parties
from tenure.desk.parties.models import Customer, Holding
from tenure.desk.requests import copying, erasing, selectors, services
from tenure.desk.requests.models import Correction, PersonRequest, Suppressed
from tenure.desk.work.models import Contact
from tenure.desk.work.services import log_contact

NOW = timezone.now()
ASKED = {"way": "in_person", "asked_by": "person", "identity": "certificate"}


@pytest.fixture(autouse=True)
def a_home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HOME", tmp_path)


def received(bank: SmallBank, kind: str, **more: str) -> PersonRequest:
    return services.receive(bank.owner, bank.party_id, {**ASKED, "kind": kind, **more}, uuid4(), now=NOW)


def head_of(bank: SmallBank) -> User:
    return bank.user("branch_head")


def checked(bank: SmallBank, request: PersonRequest) -> PersonRequest:
    """Put forward by the complaint handler, approved by the branch head."""
    services.put_forward(bank.user("complaint_handler"), request.pk, "identity checked", now=NOW)
    waiting = Change.objects.get(subject_id=str(request.pk), state=Change.State.WAITING)
    approve(head_of(bank), waiting.pk, now=NOW)
    return PersonRequest.objects.get(pk=request.pk)


def test_the_same_form_twice_is_one_request_and_a_second_of_its_kind_is_told_of_the_first(bank: SmallBank) -> None:
    key = uuid4()
    told = {**ASKED, "kind": "copy"}
    first = services.receive(bank.owner, bank.party_id, told, key, now=NOW)
    assert services.receive(bank.owner, bank.party_id, told, key, now=NOW).pk == first.pk
    with pytest.raises(Conflict, match=bank.owner.name):
        received(bank, "copy")
    assert PersonRequest.objects.count() == 1


def test_who_does_not_see_the_customer_receives_nothing(bank: SmallBank) -> None:
    with pytest.raises(NotFound):
        services.receive(bank.stranger, bank.party_id, {**ASKED, "kind": "copy"}, uuid4(), now=NOW)
    with pytest.raises(NotAllowed):
        services.receive(bank.user("marketer"), bank.party_id, {**ASKED, "kind": "copy"}, uuid4(), now=NOW)


def test_a_representative_is_named_and_only_a_representative(bank: SmallBank) -> None:
    with pytest.raises(Unacceptable):
        received(bank, "copy", asked_by="agent")
    with pytest.raises(Unacceptable):
        received(bank, "copy", representative="Li Si")


def test_no_more_marketing_counts_at_once(bank: SmallBank) -> None:
    Customer.models["a"].objects.filter(party_id=bank.party_id).update(consent_marketing=True)
    request = received(bank, "stop")
    row = parties.customer(bank.owner, bank.party_id)
    assert consents.of_customer(row, [bank.party_id])["marketing"][0] is False
    assert request.state == "done"


def test_nobody_hands_out_a_copy_alone(bank: SmallBank) -> None:
    request = received(bank, "copy")
    head = head_of(bank)
    services.put_forward(head, request.pk, "identity checked", now=NOW)
    with pytest.raises(NotAllowed):
        approve(head, Change.objects.get(subject_id=str(request.pk)).pk, now=NOW)
    with pytest.raises(Conflict):
        services.fetch_copy(head, request.pk, now=NOW)


def test_a_rejected_request_is_open_again(bank: SmallBank) -> None:
    request = received(bank, "copy")
    services.put_forward(bank.user("complaint_handler"), request.pk, "identity checked", now=NOW)
    reject(head_of(bank), Change.objects.get(subject_id=str(request.pk)).pk, "no certificate", now=NOW)
    assert PersonRequest.objects.get(pk=request.pk).state == "open"


def test_a_copy_holds_what_the_desk_holds_and_nobody_else(bank: SmallBank) -> None:
    log_contact(bank.owner, bank.party_id, "call", "done", "speaks of a house in Chengdu", now=NOW)
    request = checked(bank, received(bank, "copy"))
    services.build_copy(str(request.pk), NOW)
    packed = services.fetch_copy(head_of(bank), request.pk, now=NOW)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert sorted(archive.namelist()) == ["desk.en.html", "desk.json", "desk.zh.html"]
        told, page = json.loads(archive.read("desk.json")), archive.read("desk.zh.html").decode()
    text = json.dumps(told, ensure_ascii=False)
    row = Customer.rows().get(party_id=bank.party_id)
    assert row.certificate_no in text and row.phone in text and "a house in Chengdu" in text
    assert row.name in page and "客户号" in page
    others = set(bank.party_ids) - {bank.party_id}
    assert not [one for one in others if one in text], "a copy names no other customer"
    assert bank.owner.staff_id not in text, "a copy names none of the staff"
    assert AuditEvent.objects.filter(act="request.fetch").count() == 1


def test_a_copy_is_gone_after_its_days(bank: SmallBank) -> None:
    request = checked(bank, received(bank, "copy"))
    services.build_copy(str(request.pk), NOW)
    later = NOW + timedelta(days=8)
    services.after_a_night(later)
    assert not copying.folder_of(request.pk).exists()
    with pytest.raises(Conflict):
        services.fetch_copy(head_of(bank), request.pk, now=later)


def test_a_correction_ends_when_the_banks_file_says_it(bank: SmallBank) -> None:
    request, handler = received(bank, "correct"), bank.user("complaint_handler")
    order = services.ask_correction(handler, request.pk, "phone", "13912345678", "called from it", now=NOW)
    again = services.ask_correction(handler, request.pk, "phone", "13912345678", "called from it", now=NOW)
    assert again.pk == order.pk, "asked twice it is one"
    with pytest.raises(Conflict):
        services.ask_correction(handler, request.pk, "phone", "13900000000", "another", now=NOW)
    services.after_a_night(NOW)
    assert Correction.objects.get().state == "asked"
    Customer.models["a"].objects.filter(party_id=bank.party_id).update(phone="13912345678")
    services.after_a_night(NOW)
    assert Correction.objects.get().state == "done"
    assert PersonRequest.objects.get().state == "done"


@pytest.mark.parametrize(("column", "value"), [("aum", "1"), ("birth_date", "tomorrow"), ("sex", "x"), ("phone", "")])
def test_a_correction_that_cannot_be_is_refused_at_its_field(bank: SmallBank, column: str, value: str) -> None:
    request = received(bank, "correct")
    with pytest.raises(Unacceptable):
        services.ask_correction(bank.user("complaint_handler"), request.pk, column, value, "seen", now=NOW)


def _known(bank: SmallBank) -> None:
    log_contact(bank.owner, bank.party_id, "call", "done", "likes tea", now=NOW)
    Fact.objects.create(
        party_id=bank.party_id, kind="subjective", code="taste", words="likes tea", source="said",
        author=bank.owner, noted_at=NOW,
    )  # fmt: skip


def test_while_the_relationship_lasts_an_erasure_takes_what_no_law_keeps(bank: SmallBank) -> None:
    _known(bank)
    request = checked(bank, received(bank, "erase"))
    assert request.state == "done" and not Fact.objects.filter(party_id=bank.party_id).exists()
    assert Contact.objects.filter(party_id=bank.party_id).exists(), "three years of limitation keep a contact"
    assert Customer.rows().filter(party_id=bank.party_id).exists(), "the contract is in force"
    assert not Suppressed.objects.exists()
    assert all(table != "knowledge.Fact" or gone == 1 for table, gone, _stay, _until in request.erased)


def test_a_customer_of_before_leaves_the_desk_and_no_night_brings_them_back(bank: SmallBank) -> None:
    _known(bank)
    left = timezone.localdate() - timedelta(days=400)
    Customer.models["a"].objects.filter(party_id=bank.party_id).update(left_on=left)
    holding, row = Holding.rows().filter(party_id=bank.party_id).first(), Customer.rows().get(party_id=bank.party_id)
    checked(bank, received(bank, "erase"))
    for user in bank.users.values():
        with pytest.raises((NotFound, NotAllowed)):
            parties.customer(user, bank.party_id)
    assert Suppressed.objects.count() == 1
    row.save(force_insert=True)  # as the next publication would
    if holding is not None:
        holding.save(force_insert=True)
    services.after_a_night(NOW)
    assert not Customer.rows().filter(party_id=bank.party_id).exists()
    assert not Holding.rows().filter(party_id=bank.party_id).exists()
    assert bank.party_id not in str(Suppressed.objects.values_list("digest", flat=True)[0])


def test_contacts_of_an_erased_customer_go_when_their_years_are_over(bank: SmallBank) -> None:
    _known(bank)
    Customer.models["a"].objects.filter(party_id=bank.party_id).update(left_on=timezone.localdate())
    checked(bank, received(bank, "erase"))
    services.after_a_night(NOW + timedelta(days=365 * 2))
    assert Contact.objects.filter(party_id=bank.party_id).exists()
    services.after_a_night(NOW + timedelta(days=365 * 3 + 2))
    assert not Contact.objects.filter(party_id=bank.party_id).exists()


def test_erasing_twice_takes_nothing_the_second_time(bank: SmallBank) -> None:
    _known(bank)
    today = timezone.localdate(NOW)
    first = erasing.erase([bank.party_id], today)
    second = erasing.erase([bank.party_id], today)
    assert sum(line[1] for line in first) > 0 and sum(line[1] for line in second) == 0


def test_an_answer_is_given_once_and_a_refusal_says_why(bank: SmallBank) -> None:
    request, handler = received(bank, "explain"), bank.user("complaint_handler")
    with pytest.raises(Unacceptable):
        services.answer(handler, request.pk, "refused", "", "zh-hans", request.version, now=NOW)
    services.answer(handler, request.pk, "granted", "Two figures led to it.", "en", request.version, now=NOW)
    with pytest.raises(Conflict, match=handler.name):
        services.answer(head_of(bank), request.pk, "refused", "no", "en", request.version, now=NOW)


def test_a_stranger_sees_no_request(bank: SmallBank) -> None:
    request = received(bank, "explain")
    assert selectors.request_of(bank.owner, request.pk) == request
    with pytest.raises(NotFound):
        selectors.request_of(bank.stranger, request.pk)
