"""Acting on signals: claimed by one, escalated when nobody does, ended with an outcome; who sees which."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from desk.signals.conftest import NOW, Event
from desk.small_bank import SmallBank
from tenure.contracts import codes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.org.models import User
from tenure.desk.signals import rules, selectors, services, upkeep
from tenure.desk.signals.models import Signal
from tenure.desk.work.models import Contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def signal(bank: SmallBank, event: Event) -> Signal:
    """A signal on the owner's customer that waits for the owner, who is at the desk."""
    User.objects.filter(pk=bank.owner.pk).update(last_login=NOW)
    services.take_events(bank.user("administrator"), [event()], now=NOW)
    return Signal.objects.get()


def test_the_owner_claims_and_nobody_else_gets_it_any_more(bank: SmallBank, signal: Signal) -> None:
    services.claim(bank.owner, signal.pk, now=NOW)
    services.claim(bank.owner, signal.pk, now=NOW)  # a double click
    signal.refresh_from_db()
    assert (signal.state, signal.claimed_by, signal.version) == ("claimed", bank.owner, 2)
    with pytest.raises(Conflict, match=bank.owner.name):
        services.claim(bank.user("branch_head"), signal.pk, now=NOW)
    assert AuditEvent.objects.filter(act="signal.claim").count() == 1


def test_a_colleague_who_does_not_see_the_customer_and_a_stranger_find_no_signal(
    bank: SmallBank, signal: Signal
) -> None:
    for who in (bank.colleague, bank.stranger):
        for act in (
            lambda who=who: services.claim(who, signal.pk, now=NOW),
            lambda who=who: services.give_back(who, signal.pk, now=NOW),
            lambda who=who: services.close(who, signal.pk, "sold", now=NOW),
            lambda who=who: services.add_signal(who, bank.party_id, ["asks_loan"], now=NOW),
            lambda who=who: selectors.one(who, signal.pk),
        ):
            with pytest.raises(NotFound):
                act()
        assert selectors.waiting(who, "all") == [] and selectors.count_waiting(who) == 0


@pytest.mark.parametrize("role", ["marketer", "executive", "analyst", "auditor", "administrator"])
def test_those_who_deal_with_no_customer_only_look(bank: SmallBank, signal: Signal, role: str) -> None:
    with pytest.raises(NotAllowed):
        services.claim(bank.user(role), signal.pk, now=NOW)
    assert all(not one.may_claim for one in selectors.waiting(bank.user(role), "all"))


def test_a_signal_for_the_manager_is_not_a_tellers_until_it_escalates(bank: SmallBank, signal: Signal) -> None:
    teller = bank.user("teller")
    with pytest.raises(Conflict):
        services.claim(teller, signal.pk, now=NOW)
    assert upkeep.escalate_due(NOW + timedelta(minutes=29)) == 0
    assert upkeep.escalate_due(NOW + timedelta(minutes=30)) == 1
    assert upkeep.escalate_due(NOW + timedelta(minutes=31)) == 0
    assert selectors.waiting(bank.user("branch_head"), "mine")[0].state == "escalated"
    services.claim(teller, signal.pk, now=NOW)


def test_an_outcome_that_is_a_contact_is_one_in_the_customers_history(bank: SmallBank, signal: Signal) -> None:
    services.close(bank.owner, signal.pk, "meeting_agreed", "周五上午来网点", now=NOW)
    services.close(bank.owner, signal.pk, "meeting_agreed", "周五上午来网点", now=NOW)
    contact = Contact.objects.get()
    assert (contact.party_id, contact.outcome, contact.words) == (bank.party_id, "follow_up", "周五上午来网点")
    signal.refresh_from_db()
    assert (signal.state, signal.outcome, signal.claimed_by) == ("closed", "meeting_agreed", bank.owner)
    with pytest.raises(Conflict):
        services.close(bank.owner, signal.pk, "wrong", now=NOW)


def test_who_stands_in_the_lobby_met_the_customer_and_anybody_may_say_how_it_was(
    bank: SmallBank, signal: Signal, as_user: Any
) -> None:
    services.close(bank.owner, signal.pk, "contacted", now=NOW, way="visit")
    assert Contact.objects.get().kind == "visit"
    services.reopen(bank.owner, signal.pk, now=NOW)
    services.close(bank.owner, signal.pk, "contacted", now=NOW)
    assert [one.kind for one in Contact.objects.filter(withdrawn_at=None)] == ["call"]
    with pytest.raises(Unacceptable):
        services.close(bank.owner, signal.pk, "contacted", now=NOW, way="telepathy")
    other = services.add_signal(bank.user("teller"), bank.party_id, ["asks_rates"], now=NOW)
    form = as_user(bank.user("lobby_manager")).get(f"/signals/{other.pk}/?words=1", headers={"HX-Request": "true"})
    assert 'name="way" value="meeting" checked' in form.content.decode()
    services.close(bank.user("lobby_manager"), other.pk, "contacted", now=NOW)
    assert Contact.objects.get(external_id__startswith=f"signal-{other.pk}").kind == "meeting"


@pytest.mark.parametrize("outcome", ["wrong", "not_relevant"])
def test_an_outcome_without_contact_logs_none(bank: SmallBank, signal: Signal, outcome: str) -> None:
    services.close(bank.owner, signal.pk, outcome, now=NOW)
    assert not Contact.objects.exists()


def test_every_outcome_is_useful_useless_or_says_nothing() -> None:
    assert set(rules.CONTACTS) <= set(codes.SIGNAL_OUTCOMES)
    assert set(codes.SIGNAL_OUTCOMES) >= rules.USEFUL | rules.SILENT and not rules.USEFUL & rules.SILENT


def test_a_signal_given_back_waits_in_the_pool_and_escalates_anew(bank: SmallBank, signal: Signal) -> None:
    services.claim(bank.owner, signal.pk, now=NOW)
    services.give_back(bank.owner, signal.pk, now=NOW + timedelta(hours=1))
    signal.refresh_from_db()
    assert (signal.state, signal.goes_to, signal.claimed_by) == ("new", "", None)
    assert signal.escalates_at == NOW + timedelta(hours=1, minutes=30)
    assert [s.id for s in selectors.waiting(bank.user("lobby_manager"), "mine")] == [signal.pk]
    with pytest.raises(Conflict):
        services.give_back(bank.owner, signal.pk, now=NOW)


def test_a_teller_tells_in_two_taps_and_it_goes_to_the_manager(bank: SmallBank) -> None:
    User.objects.filter(pk=bank.owner.pk).update(last_login=NOW)
    teller = bank.user("teller")
    told = services.add_signal(teller, bank.party_id, ["asks_rates", "leaving"], "他行 2.1%", "form-1", now=NOW)
    again = services.add_signal(teller, bank.party_id, ["leaving", "asks_rates"], "他行 2.1%", "form-1", now=NOW)
    assert told == again and told.goes_to == bank.owner.staff_id
    with pytest.raises(Conflict):
        services.add_signal(teller, bank.party_id, ["asks_loan"], "", "form-1", now=NOW)
    [seen] = selectors.waiting(bank.owner, "mine", "en")
    assert seen.source_name == teller.name and "Asks about rates" in seen.reason and seen.words == "他行 2.1%"


@pytest.mark.parametrize(
    ("traits", "words", "field"), [([], " ", "traits"), (["yacht"], "", "traits"), (["leaving"], "x" * 501, "words")]
)
def test_a_signal_says_something_that_is_known(bank: SmallBank, traits: list[str], words: str, field: str) -> None:
    with pytest.raises(Unacceptable) as no:
        services.add_signal(bank.user("teller"), bank.party_id, traits, words, now=NOW)
    assert no.value.field == field


def test_reliability_is_learned_for_each_source_and_silent_outcomes_teach_nothing(
    bank: SmallBank, event: Event
) -> None:
    head = bank.user("branch_head")
    services.take_events(bank.user("administrator"), [event() for _ in range(14)], now=NOW)
    outcomes = ["sold"] * 9 + ["wrong"] * 3 + ["unreachable"] * 2
    for signal, outcome in zip(Signal.objects.filter(rule="large_deposit"), outcomes, strict=True):
        services.close(head, signal.pk, outcome, now=NOW)
    services.add_signal(bank.user("teller"), bank.party_id, ["unhappy"], now=NOW)
    learned = selectors.reliabilities()
    assert (learned["large_deposit"].useful, learned["large_deposit"].closed) == (9, 12)
    assert learned["large_deposit"].tells and not learned[""].tells
    assert selectors.waiting(head, "mine")[0].reliability == learned[""]


def test_names_and_words_are_masked_for_those_who_deal_with_nobody(bank: SmallBank) -> None:
    services.add_signal(bank.user("teller"), bank.party_id, ["unhappy"], "王总很生气", now=NOW)
    [seen] = selectors.waiting(bank.user("analyst"), "all")
    assert "王总" not in seen.words and "*" in seen.name


def test_the_pages_claim_and_close(bank: SmallBank, signal: Signal, as_user: Any) -> None:
    client = as_user(bank.owner)
    assert str(signal.pk) in client.get("/signals/").content.decode()
    part = {"HX-Request": "true", "HX-Target": f"c-{signal.pk}"}
    answer = client.post(f"/signals/{signal.pk}/claim", headers=part)
    assert answer.status_code == 200 and f'id="c-{signal.pk}"' in answer.content.decode()
    refused = as_user(bank.user("branch_head")).post(f"/signals/{signal.pk}/claim", headers={"HX-Request": "true"})
    assert refused.status_code == 409 and refused.headers["X-Words"]
    assert client.get(f"/signals/{signal.pk}/?toast=1", headers=part).status_code == 200
    assert client.post(f"/signals/{signal.pk}/close", {"outcome": "sold"}, headers=part).status_code == 200
    assert client.get(f"/signals/customer/{bank.party_id}").status_code == 200
    assert client.get("/signals/?list=closed").content.decode().count("data-signal=") == 1
