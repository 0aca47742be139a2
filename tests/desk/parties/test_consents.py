"""What a customer says about being used for a purpose counts at once, until the bank's file has heard later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from desk.small_bank import SmallBank
from tenure.contracts import codes
from tenure.contracts.worklist import BY_NAME, RULES
from tenure.desk.control import consents as law
from tenure.desk.control.errors import NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent, Consent
from tenure.desk.findings.customer import context as ahead
from tenure.desk.parties import consents, selectors
from tenure.desk.parties.filters import CustomerFilter
from tenure.desk.parties.models import Customer
from tenure.desk.work.models import Proposal
from tenure.desk.work.selectors import entries_of

NOW = timezone.now()


def _agreeing(bank: SmallBank, purpose: str = "marketing") -> set[str]:
    rows = selectors.customers(bank.user("executive"), CustomerFilter(consent=purpose))
    return set(rows.values_list("party_id", flat=True))


def _bank_says(party_id: str, says: bool | None, purpose: str = "marketing") -> None:
    Customer.models["a"].objects.filter(party_id=party_id).update(**{f"consent_{purpose}": says})


def _says(bank: SmallBank, word: bool, *, later: int = 0) -> Consent:
    return consents.note_consent(
        bank.owner, bank.party_id, "marketing", word, "phone", now=NOW + timedelta(minutes=later)
    )


@pytest.mark.parametrize("before", [True, False, None])
@pytest.mark.parametrize("word", [True, False])
def test_a_word_counts_on_the_list_from_that_moment(bank: SmallBank, before: bool | None, word: bool) -> None:
    _bank_says(bank.party_id, before)
    assert (bank.party_id in _agreeing(bank)) == bool(before)
    _says(bank, word)
    assert (bank.party_id in _agreeing(bank)) == word


def test_the_list_and_the_customers_page_never_disagree(bank: SmallBank) -> None:
    for number, (said, then, now) in enumerate(
        (said, then, now) for said in (True, False) for then in (True, False, None) for now in (True, False, None)
    ):
        party_id = bank.party_ids[number]
        _bank_says(party_id, then)
        if _sees(bank, party_id):
            consents.note_consent(bank.user("branch_head"), party_id, "marketing", said, "phone", now=NOW)
        _bank_says(party_id, now)
    agreeing = _agreeing(bank)
    for row in Customer.rows():
        assert (row.party_id in agreeing) == bool(law.of_customer(row)["marketing"][0]), row.party_id


def _sees(bank: SmallBank, party_id: str) -> bool:
    return bool(selectors.visible_to(bank.user("branch_head")).filter(party_id=party_id).exists())


@given(st.booleans(), st.sampled_from([True, False, None]), st.sampled_from([True, False, None]))
def test_the_file_counts_again_once_it_says_something_new(word: bool, then: bool | None, now: bool | None) -> None:
    standing = law.stands(Consent(given=word, bank_said=then), now)
    assert standing == (word if then == now else now)


def test_the_file_that_took_the_word_over_changes_nothing(bank: SmallBank) -> None:
    _bank_says(bank.party_id, True)
    _says(bank, False)
    assert consents.let_the_file_speak(NOW) == 0  # a night in which the core system had not heard yet
    assert bank.party_id not in _agreeing(bank)
    _bank_says(bank.party_id, False)  # now it has
    assert consents.let_the_file_speak(NOW) == 1
    assert bank.party_id not in _agreeing(bank)
    _bank_says(bank.party_id, True)  # and later the customer agreed there
    consents.let_the_file_speak(NOW)
    assert bank.party_id in _agreeing(bank)


def test_the_same_word_again_is_one_word_and_the_last_one_stands(bank: SmallBank) -> None:
    first = _says(bank, False)
    assert _says(bank, False, later=1).pk == first.pk
    _says(bank, True, later=2)
    assert [one.given for one in consents.history_of(bank.owner, bank.party_id)] == [True, False]
    assert AuditEvent.objects.filter(act="consent.note").count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=first.pk).update(superseded_at=None)


def test_who_refused_is_sold_nothing_today(bank: SmallBank) -> None:
    entry = Proposal.rows().filter(party_id=bank.party_id).first()
    selling = next(rule for rule in RULES if rule.sells)
    Proposal.models["a"].objects.filter(pk=entry.pk).update(rule=selling.name)
    listed = {one.key for one in entries_of(bank.owner, bank.party_id, timezone.localdate())}
    assert entry.proposal_key in listed
    _says(bank, False)
    kept = {one.key for one in entries_of(bank.owner, bank.party_id, timezone.localdate())}
    assert kept == listed - {entry.proposal_key}
    offered = [one for one in ahead(bank.owner, bank.party_id, "en")["needs"] if one["open"]]
    assert offered == []


def test_what_the_customer_needs_to_hear_is_not_selling() -> None:
    assert not any(BY_NAME[name].sells for name in ("maturity", "complaint", "payroll_stopped") if name in BY_NAME)


def test_only_who_deals_with_the_customer_notes_it(bank: SmallBank) -> None:
    for user, refusal in ((bank.stranger, NotFound), (bank.colleague, NotFound), (bank.user("marketer"), NotAllowed)):
        with pytest.raises(refusal):
            consents.note_consent(user, bank.party_id, "marketing", True, "phone", now=NOW)
    for purpose, way in (("fame", "phone"), ("marketing", "telepathy")):
        with pytest.raises(Unacceptable):
            consents.note_consent(bank.owner, bank.party_id, purpose, True, way, now=NOW)
    assert not Consent.objects.exists()


def test_the_page_notes_it_in_one_click_and_shows_by_whom(bank: SmallBank, as_user: Any) -> None:
    _bank_says(bank.party_id, True, "research")
    address = f"/customers/{bank.party_id}/consents"
    client = as_user(bank.owner)
    assert 'value="research:no"' in client.get(address).content.decode()
    page = client.post(address, {"says": "research:no", "way": "in_person"}, headers={"HX-Request": "true"})
    assert bank.owner.name in page.content.decode() and 'value="research:yes"' in page.content.decode()
    agrees = {one["purpose"]: one["agrees"] for one in consents.consents_of(bank.owner, bank.party_id)}
    assert agrees["research"] is False
    assert set(codes.CONSENTS) == set(agrees)
