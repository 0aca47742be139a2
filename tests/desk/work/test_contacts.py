"""Logging a contact: what it takes, what it changes, and that sending it twice changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from desk.small_bank import SmallBank
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.work import rules, selectors, services
from tenure.desk.work.models import Contact

NOW = timezone.now().replace(hour=4, minute=0, second=0, microsecond=0)  # noon at the bank: no test straddles midnight
TODAY = timezone.localdate(NOW)


def _log(bank: SmallBank, **other: Any) -> Contact:
    told: dict[str, Any] = {"kind": "call", "outcome": "interested", "words": "想了解大额存单", **other}
    return services.log_contact(told.pop("user", bank.owner), told.pop("party_id", bank.party_id), **told, now=NOW)


def test_a_contact_is_kept_and_written_down(bank: SmallBank) -> None:
    contact = _log(bank, next_step_on=TODAY + timedelta(days=3), purpose="maturity")
    kept = Contact.objects.get()
    assert kept == contact and kept.author == bank.owner and kept.staff_id == "E2011"
    assert kept.at == NOW and kept.words == "想了解大额存单"
    line = AuditEvent.objects.get(act="contact.log")
    assert line.object_id == bank.party_id and line.changes["outcome"] == "interested"
    assert "大额存单" not in str(line.changes)  # what the customer said stays with the contact


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_someone_elses_customer_is_not_there(bank: SmallBank, who: str) -> None:
    with pytest.raises(NotFound):
        _log(bank, user=getattr(bank, who))
    assert not Contact.objects.exists()


@pytest.mark.parametrize("role", ["marketer", "executive", "analyst", "administrator", "auditor"])
def test_only_those_who_serve_log(bank: SmallBank, role: str) -> None:
    with pytest.raises(NotAllowed):
        _log(bank, user=bank.user(role))


def test_the_same_contact_sent_twice_is_one(bank: SmallBank) -> None:
    at = NOW - timedelta(hours=2)
    first = _log(bank, external_id="crm-17", at=at)
    again = _log(bank, external_id="crm-17", at=at)
    assert again == first and Contact.objects.count() == 1
    assert AuditEvent.objects.filter(act="contact.log").count() == 1


@pytest.mark.parametrize("other", [{"words": "something else"}, {"outcome": "declined"}, {"user": "branch_head"}])
def test_an_id_that_comes_with_other_content_is_a_conflict(bank: SmallBank, other: dict[str, Any]) -> None:
    _log(bank, external_id="crm-17")
    if "user" in other:
        other = {"user": bank.user("branch_head")}
    with pytest.raises(Conflict):
        _log(bank, external_id="crm-17", **other)
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"kind": "telepathy"}, "kind"),
        ({"outcome": "sold"}, "outcome"),
        ({"words": "很" * 2001}, "words"),
        ({"purpose": "x" * 201}, "purpose"),
        ({"at": NOW + timedelta(minutes=1)}, "at"),
        ({"at": NOW - timedelta(days=32)}, "at"),
        ({"at": NOW.replace(tzinfo=None)}, "at"),
        ({"next_step_on": TODAY - timedelta(days=1)}, "next_step_on"),
        ({"external_id": ""}, "external_id"),
        ({"external_id": "x" * 61}, "external_id"),
    ],
)
def test_what_cannot_be_is_refused_by_field(bank: SmallBank, other: dict[str, Any], field: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        _log(bank, **other)
    assert refused.value.field == field
    assert not Contact.objects.exists()


def test_a_contact_that_finishes_an_entry_is_about_its_customer(bank: SmallBank) -> None:
    other = next(e for e in selectors.todays_list(bank.owner, TODAY) if e.party_id != bank.party_id)
    with pytest.raises(Unacceptable):
        _log(bank, proposal_key=other.key)
    assert other.key in {entry.key for entry in selectors.todays_list(bank.owner, TODAY)}


def test_a_contact_is_withdrawn_on_its_day_by_its_author_once(bank: SmallBank) -> None:
    contact = _log(bank)
    for user, moment, error in (
        (bank.stranger, NOW, NotFound),
        (bank.user("branch_head"), NOW, Conflict),
        (bank.owner, NOW + timedelta(days=1), Conflict),
    ):
        with pytest.raises(error):
            services.withdraw_contact(user, contact.pk, now=moment)
    assert services.withdraw_contact(bank.owner, contact.pk, now=NOW).withdrawn_at == NOW
    assert selectors.contacts_of(bank.owner, bank.party_id) == []
    with pytest.raises(Conflict):
        services.withdraw_contact(bank.owner, contact.pk, now=NOW)
    with pytest.raises(NotFound):
        services.withdraw_contact(bank.owner, uuid4(), now=NOW)


def test_withdrawing_the_contact_opens_the_entry_it_finished(bank: SmallBank) -> None:
    contact = services.complete(bank.owner, bank.proposal_key, "done", now=NOW)
    services.withdraw_contact(bank.owner, contact.pk, now=NOW)
    assert bank.proposal_key in {entry.key for entry in selectors.todays_list(bank.owner, TODAY)}


def test_contacts_of_a_customer_are_for_those_who_see_them(bank: SmallBank) -> None:
    contact = _log(bank)
    assert selectors.contacts_of(bank.user("branch_head"), bank.party_id) == [contact]
    assert selectors.contacts_of(bank.stranger, bank.party_id) == []
    assert selectors.contact(bank.stranger, contact.pk) is None


def test_what_a_customer_said_is_for_those_who_speak_with_customers(bank: SmallBank) -> None:
    contact = _log(bank)
    for role in ("analyst", "marketer", "executive"):
        assert [one.words for one in selectors.contacts_of(bank.user(role), bank.party_id)] == ["****"]
    for role in ("teller", "branch_head", "auditor"):
        seen = selectors.contact(bank.user(role), contact.pk)
        assert seen is not None and seen.words == "想了解大额存单"


@given(st.dictionaries(st.sampled_from(["kind", "outcome", "words"]), st.text(max_size=5)))
def test_a_contact_is_the_same_as_itself(content: dict[str, object]) -> None:
    assert rules.same_contact(content, content) == []
    for name in content:
        assert rules.same_contact({**content, name: "別"}, {**content, name: "x"}) == [name]
