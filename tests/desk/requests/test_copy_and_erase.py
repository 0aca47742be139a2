"""A copy has everything of the person and nothing of others; after an erasure nothing has them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from desk.addresses import pages, samples
from desk.small_bank import SmallBank
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound
from tenure.desk.control.models import AuditEvent
from tenure.desk.knowledge import services as knowledge
from tenure.desk.knowledge.models import Fact
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer
from tenure.desk.requests import copying, erasing, services
from tenure.desk.requests.models import PersonRequest, Suppressed
from tenure.desk.work import services as work
from tenure.desk.work.models import Contact

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pinned")]
Received = Callable[..., PersonRequest]
Approved = Callable[[PersonRequest], Any]


def _known(bank: SmallBank, now: datetime) -> None:
    knowledge.add_fact(bank.owner, bank.party_id, "taste", now=now, words="drinks Longjing tea")
    work.log_contact(bank.owner, bank.party_id, "call", "done", now=now, words="asked about the branch")


def _left(bank: SmallBank) -> Any:
    Customer.rows().filter(party_id=bank.party_id).update(left_on=date(2026, 5, 31))
    return Customer.rows().get(party_id=bank.party_id)


def test_a_copy_is_written_after_approval_and_holds_what_is_theirs(
    bank: SmallBank, received: Received, approved: Approved, now: datetime
) -> None:
    _known(bank, now)
    request, handler = received("copy"), bank.user("complaint_handler")
    with pytest.raises(Conflict):
        services.fetch_copy(handler, request.pk, now=now)
    approved(request)
    services.build_copy(str(request.pk), now)
    services.build_copy(str(request.pk), now)
    archive = zipfile.ZipFile(BytesIO(services.fetch_copy(handler, request.pk, now=now)))
    assert set(archive.namelist()) == {"desk.json", "desk.zh.html", "desk.en.html"}
    text = archive.read("desk.json").decode()
    row = Customer.rows().get(party_id=bank.party_id)
    for value in (row.name, row.certificate_no, row.phone, "drinks Longjing tea", "asked about the branch"):
        assert value in text
    others = Customer.rows().exclude(party_id=bank.party_id)
    assert not [o.party_id for o in others if o.certificate_no in text or o.phone in text or f'"{o.party_id}"' in text]
    assert bank.owner.name not in archive.read("desk.zh.html").decode()
    chinese, english = (archive.read(f"desk.{language}.html").decode() for language in ("zh", "en"))
    assert "证件号码" in chinese and "身份证" in chinese and "identity_card" not in chinese + english
    told = json.loads(text)["tables"]
    assert {name[3:] for name in told} >= {"customer", "holding", "timeline", "knowledge_fact", "work_contact"}
    assert AuditEvent.objects.filter(act="request.fetch").count() == 1
    assert AuditEvent.objects.filter(act="request.write_copy").count() == 1


def test_a_copy_is_granted_when_the_banks_records_are_in_it(
    bank: SmallBank, received: Received, approved: Approved, now: datetime
) -> None:
    request, head = received("copy"), bank.user("branch_head")
    approved(request)
    services.build_copy(str(request.pk), now)
    request.refresh_from_db()
    with pytest.raises(Conflict):
        services.answer(head, request.pk, "granted", "", "en", request.version, now=now)
    PersonRequest.objects.filter(pk=request.pk).update(lake_at=now)
    assert services.answer(head, request.pk, "granted", "", "en", request.version, now=now).state == "answered"


def test_a_copy_is_gone_after_its_time(bank: SmallBank, received: Received, approved: Approved, now: datetime) -> None:
    request = received("copy")
    approved(request)
    services.build_copy(str(request.pk), now)
    assert copying.folder_of(request.pk).exists()
    assert services.forget_old_copies(now + timedelta(days=8)) == 1
    assert not copying.folder_of(request.pk).exists()
    with pytest.raises(Conflict):
        services.fetch_copy(bank.user("branch_head"), request.pk, now=now + timedelta(days=8))


def test_a_copy_is_fetched_by_who_handles_requests_there(
    bank: SmallBank, received: Received, approved: Approved, now: datetime
) -> None:
    request = received("copy")
    approved(request)
    services.build_copy(str(request.pk), now)
    with pytest.raises(NotAllowed):
        services.fetch_copy(bank.owner, request.pk, now=now)
    with pytest.raises(NotFound):
        services.fetch_copy(User.objects.get(staff_id="E3001"), request.pk, now=now)


def test_of_a_customer_who_stays_only_goes_what_no_law_and_no_contract_keeps(
    bank: SmallBank, received: Received, approved: Approved, now: datetime
) -> None:
    _known(bank, now)
    planned = erasing.plan([bank.party_id], now.date())
    assert any(line.lasts and line.why == erasing.CONTRACT for line in planned)
    approved(received("erase"))
    assert Customer.rows().filter(party_id=bank.party_id).exists()
    assert not Fact.objects.filter(party_id=bank.party_id).exists()
    assert Contact.objects.filter(party_id=bank.party_id).exists()  # three years, to be able to prove
    assert not Suppressed.objects.exists()


def test_what_was_erased_is_told_by_its_name_and_a_copy_written_before_is_told_to_be_gone(
    bank: SmallBank, received: Received, approved: Approved, now: datetime, as_user: Callable[[User], Client]
) -> None:
    _known(bank, now)
    copy, erasure = received("copy"), received("erase")
    approved(copy)
    services.build_copy(str(copy.pk), now)
    change = approved(erasure)
    client = as_user(bank.user("branch_head"))
    for page in (f"/requests/{erasure.pk}", f"/audit/changes/{change.pk}/"):
        shown = client.get(page).content.decode()
        assert "knowledge.Fact" not in shown and "了解到的情况" in shown, page
    shown = client.get(f"/requests/{copy.pk}").content.decode()
    assert "副本已删除" in shown and f"/requests/{copy.pk}/copy" not in shown


def test_after_an_erasure_nothing_at_the_desk_has_who_they_were(
    bank: SmallBank, received: Received, approved: Approved, now: datetime, as_user: Callable[[User], Client]
) -> None:
    _known(bank, now)
    row = _left(bank)
    words = (row.certificate_no, row.phone, row.email, row.address)
    approved(received("erase", words=f"I am {row.name}, {row.phone}"))
    for model in apps.get_models():
        for values in model._default_manager.values_list():
            text = " ".join(str(one) for one in values)
            assert not [word for word in words if word in text], model._meta.label
    known = samples(bank, far=False)
    for role in ("branch_head", "auditor", "executive"):
        client = as_user(bank.user(role))
        for page in pages():
            address = page.filled(known)
            if page.name in ("sign-out",):
                continue
            answer = client.get(address)
            shown = "" if answer.streaming else answer.content.decode(errors="replace")
            assert not [word for word in words if word in shown], f"{address} as {role}"
        for asked in (row.name, row.phone, row.phone[-4:], row.party_id):
            found = client.get("/customers/find", {"q": asked}).content.decode()
            assert f"/customers/{row.party_id}/" not in found


def test_what_erased_stays_erased_and_is_done_once(
    bank: SmallBank, received: Received, approved: Approved, now: datetime
) -> None:
    _known(bank, now)
    _left(bank)
    request = received("erase")
    approved(request)
    assert Suppressed.objects.count() == 1
    assert erasing.suppressed_among(bank.party_ids) == {bank.party_id}
    assert bank.party_id not in Suppressed.objects.get().digest
    request.refresh_from_db()
    assert request.state == "done" and request.party_id == bank.party_id
    assert any(gone for _name, gone, _stay, _until in request.erased)
    answered = services.answer(bank.user("branch_head"), request.pk, "granted", "", "en", request.version, now=now)
    assert answered.state == "answered"


def test_what_the_law_kept_goes_when_its_period_is_over(
    bank: SmallBank, received: Received, approved: Approved, now: datetime
) -> None:
    _known(bank, now)
    _left(bank)
    approved(received("erase"))
    assert erasing.carry_on(now) == 0 and Contact.objects.filter(party_id=bank.party_id).count() == 1
    later = now + timedelta(days=3 * 366)
    assert erasing.carry_on(later) >= 1 and erasing.carry_on(later) == 0
    assert not Contact.objects.filter(party_id=bank.party_id).exists()


def test_the_trail_stays_whole_and_names_nobody(
    bank: SmallBank, received: Received, approved: Approved, now: datetime
) -> None:
    from tenure.desk.control.audit import verify_chain

    row = _left(bank)
    approved(received("erase"))
    assert verify_chain().whole
    lines = " ".join(f"{event.changes} {event.reason}" for event in AuditEvent.objects.all())
    assert row.certificate_no not in lines and row.phone not in lines and row.name not in lines
