"""A signal and the night's entry about the same thing are one piece of work: seen together, settled and undone once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from desk.signals.conftest import NOW, Event
from desk.small_bank import SmallBank
from tenure.contracts import codes, signals, worklist
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotFound
from tenure.desk.control.models import AuditEvent, Change
from tenure.desk.org.models import User
from tenure.desk.parties.models import Merge
from tenure.desk.signals import rules, selectors, services
from tenure.desk.signals.models import Signal
from tenure.desk.work import selectors as work_list
from tenure.desk.work import services as work
from tenure.desk.work.models import Contact, Progress, Proposal

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)
#: What matures by the owner's entry, in fen.
MATURING = 10_000_000


@pytest.fixture
def signal(bank: SmallBank, event: Event) -> Signal:
    """The core bank says of the owner's customer what the night's entry says: money matures soon."""
    return raised(bank, event)


def raised(bank: SmallBank, event: Event, amount: int = MATURING, kind: str = "maturity") -> Signal:
    User.objects.filter(pk=bank.owner.pk).update(last_login=NOW)
    before = set(Signal.objects.values_list("pk", flat=True))
    services.take_events(bank.user("administrator"), [event(kind=kind, amount=amount)], now=NOW)
    return Signal.objects.exclude(pk__in=before).get()


def beside(user: User, bank: SmallBank) -> list[tuple[str, str, bool]]:
    found = work_list.entry(user, bank.proposal_key, TODAY)
    assert found is not None
    return [(one.state, one.who, one.settles) for one in found.signals]


def another_maturity(bank: SmallBank, amount: int) -> str:
    row = Proposal.rows().get(proposal_key=bank.proposal_key)
    row.pk = row.proposal_key = f"maturity:{bank.party_id}:other@2026-07-09"
    row.facts = row.facts | {"maturing_amount": amount}
    row._state.adding = True
    row.save(force_insert=True)
    return str(row.proposal_key)


def test_the_entry_says_that_a_signal_waits_and_then_who_has_it(bank: SmallBank, signal: Signal) -> None:
    assert beside(bank.owner, bank) == [("new", "", True)]
    assert beside(bank.user("branch_head"), bank) == [("new", "", True)]
    services.claim(bank.user("branch_head"), signal.pk, now=NOW)
    head = bank.user("branch_head").name
    assert beside(bank.owner, bank) == [("claimed", head, False)]
    assert work_list.todays_list(bank.owner, TODAY)[0].signals or any(
        one.signals for one in work_list.todays_list(bank.owner, TODAY)
    )
    assert [one.signals[0].who for one in work_list.entries_of(bank.owner, bank.party_id, TODAY) if one.signals] == [
        head
    ]


def test_the_signal_says_which_entry_is_about_the_same(bank: SmallBank, signal: Signal) -> None:
    seen = selectors.one(bank.owner, signal.pk, "en")
    assert (seen.entry_key, seen.matter.state if seen.matter else None) == (bank.proposal_key, "")
    work.complete(bank.user("branch_head"), bank.proposal_key, "not_relevant", now=NOW)
    assert selectors.one(bank.owner, signal.pk).state == "new", "what was not relevant reached nobody"


def test_closing_the_signal_finishes_the_entry_with_one_contact(bank: SmallBank, signal: Signal) -> None:
    services.close(bank.owner, signal.pk, "meeting_agreed", "转大额存单", now=NOW)
    services.close(bank.owner, signal.pk, "meeting_agreed", "转大额存单", now=NOW)  # a double click
    contact = Contact.objects.get()
    assert (contact.proposal_key, contact.outcome) == (bank.proposal_key, "follow_up")
    assert Progress.objects.get().state == "done"
    assert work_list.progress_of_day(bank.owner, timezone.localdate()).done == 1
    with pytest.raises(Conflict, match=bank.owner.name):
        work.complete(bank.user("branch_head"), bank.proposal_key, "done", now=NOW)
    told = AuditEvent.objects.get(act="signal.close")
    assert told.changes["entry"] == bank.proposal_key and audit.verify_chain().whole


def test_finishing_the_entry_ends_the_signal(bank: SmallBank, signal: Signal) -> None:
    work.complete(bank.owner, bank.proposal_key, "interested", now=NOW)
    signal.refresh_from_db()
    assert (signal.state, signal.outcome, signal.claimed_by) == ("closed", "contacted", bank.owner)
    assert Contact.objects.count() == 1, "one contact, not two"
    assert selectors.count_waiting(bank.owner) == 0
    with pytest.raises(Conflict, match=bank.owner.name):
        services.close(bank.user("branch_head"), signal.pk, "contacted", now=NOW)


@pytest.mark.parametrize("outcome", ["no_answer", "not_relevant"])
def test_an_entry_that_reached_nobody_leaves_the_signal_open(bank: SmallBank, signal: Signal, outcome: str) -> None:
    work.complete(bank.owner, bank.proposal_key, outcome, now=NOW)
    signal.refresh_from_db()
    assert signal.state == "new"


@pytest.mark.parametrize("outcome", ["unreachable", "wrong", "not_relevant"])
def test_a_signal_that_reached_nobody_leaves_the_entry_open(bank: SmallBank, signal: Signal, outcome: str) -> None:
    services.close(bank.owner, signal.pk, outcome, now=NOW)
    assert not Progress.objects.exists()
    assert beside(bank.owner, bank) == [("closed", bank.owner.name, False)]


def test_what_a_colleague_has_claimed_stays_theirs(bank: SmallBank, signal: Signal) -> None:
    services.claim(bank.user("branch_head"), signal.pk, now=NOW)
    work.complete(bank.owner, bank.proposal_key, "done", now=NOW)
    signal.refresh_from_db()
    assert (signal.state, signal.claimed_by) == ("claimed", bank.user("branch_head"))
    services.close(bank.user("branch_head"), signal.pk, "contacted", now=NOW)
    assert Contact.objects.count() == 2 and Progress.objects.get().changed_by == bank.owner
    signal.refresh_from_db()
    assert signal.settled_with == "", "the entry was done by another: their word stands"


def test_undoing_the_entry_lets_the_signal_stand_as_before(bank: SmallBank, signal: Signal) -> None:
    services.claim(bank.owner, signal.pk, now=NOW)
    work.complete(bank.owner, bank.proposal_key, "done", now=NOW)
    work.undo(bank.owner, bank.proposal_key, now=NOW + timedelta(minutes=1))
    signal.refresh_from_db()
    assert (signal.state, signal.claimed_by, signal.claimed_at) == ("claimed", bank.owner, NOW)
    assert not Progress.objects.exists() and not Contact.objects.filter(withdrawn_at=None).exists()
    services.close(bank.owner, signal.pk, "sold", now=NOW + timedelta(minutes=2))
    assert Contact.objects.filter(withdrawn_at=None).count() == 1 and Progress.objects.get().state == "done"


def test_undoing_the_signal_opens_the_entry_again(bank: SmallBank, signal: Signal) -> None:
    services.close(bank.owner, signal.pk, "sold", now=NOW)
    services.reopen(bank.owner, signal.pk, now=NOW + timedelta(minutes=1))
    signal.refresh_from_db()
    assert (signal.state, signal.claimed_by, signal.settled_with, signal.before) == ("new", None, "", None)
    assert not Progress.objects.exists() and not Contact.objects.filter(withdrawn_at=None).exists()
    with pytest.raises(Conflict):
        services.reopen(bank.owner, signal.pk, now=NOW + timedelta(minutes=2))
    services.close(bank.owner, signal.pk, "sold", now=NOW + timedelta(minutes=3))
    assert Contact.objects.filter(withdrawn_at=None).count() == 1


def test_withdrawing_the_contact_undoes_both(bank: SmallBank, signal: Signal) -> None:
    services.close(bank.owner, signal.pk, "contacted", now=NOW)
    work.withdraw_contact(bank.owner, Contact.objects.get().pk, now=NOW)
    signal.refresh_from_db()
    assert signal.state == "new" and not Progress.objects.exists()


def test_a_signal_without_an_entry_is_taken_back_with_its_contact(bank: SmallBank, event: Event) -> None:
    alone = raised(bank, event, 90_000_000_00, "deposit")
    services.close(bank.owner, alone.pk, "contacted", now=NOW)
    assert Contact.objects.get().proposal_key == ""
    services.reopen(bank.owner, alone.pk, now=NOW)
    alone.refresh_from_db()
    assert alone.state == "new" and Contact.objects.get().withdrawn_at is not None


def test_only_who_closed_it_takes_it_back_and_on_the_same_day(bank: SmallBank, signal: Signal) -> None:
    services.close(bank.owner, signal.pk, "wrong", now=NOW)
    with pytest.raises(Conflict):
        services.reopen(bank.user("branch_head"), signal.pk, now=NOW)
    for who in (bank.colleague, bank.stranger):
        with pytest.raises(NotFound):
            services.reopen(who, signal.pk, now=NOW)
    with pytest.raises(Conflict):
        services.reopen(bank.owner, signal.pk, now=NOW + timedelta(days=1))
    assert selectors.one(bank.owner, signal.pk).may_reopen == (timezone.localdate() == TODAY)


def test_of_two_maturities_the_one_of_the_same_amount_is_meant(bank: SmallBank, event: Event) -> None:
    other = another_maturity(bank, 77_000_000)
    signal = raised(bank, event, 77_000_000)
    assert selectors.one(bank.owner, signal.pk).entry_key == other
    services.close(bank.owner, signal.pk, "contacted", now=NOW)
    assert [one.proposal_key for one in Progress.objects.all()] == [other]


def test_where_it_cannot_be_told_which_entry_is_meant_none_is_settled(bank: SmallBank, event: Event) -> None:
    another_maturity(bank, 77_000_000)
    signal = raised(bank, event, 55_000_000)
    services.close(bank.owner, signal.pk, "contacted", now=NOW)
    assert not Progress.objects.exists() and selectors.one(bank.owner, signal.pk).matter is None


def test_an_entry_in_a_colleagues_hands_is_not_settled_for_them(bank: SmallBank, signal: Signal) -> None:
    work.hand_over(bank.user("branch_head"), bank.proposal_key, "E2012", "load", now=NOW)
    services.close(bank.owner, signal.pk, "contacted", now=NOW)
    assert Progress.objects.get().state == "handed_over" and Contact.objects.get().proposal_key == ""


def test_an_entry_and_a_signal_of_two_numbers_of_one_customer_are_one_piece_of_work(
    bank: SmallBank, signal: Signal
) -> None:
    old, checker = bank.party_ids[-1], bank.user("executive")
    change = Change.objects.create(
        kind="customers.merge", subject_kind="customer", subject_id=old, org_path="/", reason="one card",
        content={}, state="approved", made_by=bank.owner, made_at=NOW, checked_by=checker, checked_at=NOW,
    )  # fmt: skip
    Merge.objects.create(
        kept_id=bank.party_id, merged_id=old, standing_id=bank.party_id, org_path="/", change=change, merged_at=NOW,
        merged_by=checker,
    )  # fmt: skip
    Signal.objects.filter(pk=signal.pk).update(party_id=old)
    assert beside(bank.owner, bank) == [("new", "", True)]
    assert selectors.one(bank.owner, signal.pk).entry_key == bank.proposal_key
    services.close(bank.owner, signal.pk, "contacted", now=NOW)
    assert Progress.objects.get().proposal_key == bank.proposal_key


def test_each_page_part_says_to_the_other_that_something_moved(bank: SmallBank, signal: Signal, client: Client) -> None:
    client.force_login(bank.owner)
    today = client.get(reverse("work:today")).content.decode()
    assert reverse("signals:signal", args=[signal.pk]) in today
    closed = client.post(reverse("signals:close", args=[signal.pk]), {"outcome": "contacted"})
    assert closed.headers["HX-Trigger"] == "signals-moved"
    assert reverse("signals:reopen", args=[signal.pk]) in closed.content.decode()
    undone = client.post(reverse("work:undo", args=[bank.proposal_key]))
    assert undone.headers["HX-Trigger"] == "entries-moved"
    assert "HX-Trigger" not in client.get(reverse("signals:signal", args=[signal.pk])).headers
    signal.refresh_from_db()
    assert signal.state == "new"


def test_every_pair_is_of_rules_there_are() -> None:
    for name, (rule, fact) in rules.SAME_WORK.items():
        assert name in signals.BY_NAME and rule in worklist.BY_NAME
        assert not fact or fact in worklist.BY_NAME[rule].facts
    assert set(codes.OUTCOMES) >= rules.REACHED


entries = st.lists(
    st.tuples(st.text(min_size=1, max_size=3), st.sampled_from(["maturity", "large_inflow", "birthday"]),
              st.fixed_dictionaries({"maturing_amount": st.integers(1, 3), "inflow_amount": st.integers(1, 3)})),
    unique_by=lambda one: one[0],
)  # fmt: skip


@given(st.sampled_from(sorted(signals.BY_NAME)), st.none() | st.integers(1, 3), entries)
def test_what_is_meant_is_one_entry_of_the_rule_or_none_in_whatever_order_they_stand(
    rule: str, amount: int | None, listed: list[Any]
) -> None:
    key = rules.spoken_of(rule, amount, listed)
    assert key == rules.spoken_of(rule, amount, listed[::-1])
    of_rule = [one for one in listed if one[1] == rules.SAME_WORK.get(rule, ("",))[0]]
    if key:
        assert key in {one[0] for one in of_rule}
    else:
        assert len(of_rule) != 1
