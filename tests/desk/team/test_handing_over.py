"""A hand-over moves everything that is open, once, with two people's word for it; and it can be taken back whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from desk.opportunities.conftest import Opened, opened  # noqa: F401
from desk.small_bank import SmallBank
from desk.team.conftest import NOW, TODAY, Proposed, approve, wanted
from tenure.desk.control import audit
from tenure.desk.control.changes import services as changes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent, Change
from tenure.desk.network import services as network
from tenure.desk.network.filters import IntroductionFilter
from tenure.desk.network.models import Introduction
from tenure.desk.network.selectors import introductions
from tenure.desk.opportunities import services as opportunities
from tenure.desk.opportunities.credit import services as credit
from tenure.desk.opportunities.models import Agreement, Opportunity
from tenure.desk.parties import assigning
from tenure.desk.parties.models import Assignment, Coverage, Customer, StandIn
from tenure.desk.parties.visibility import visible_to
from tenure.desk.signals import services as signals
from tenure.desk.signals.models import Signal
from tenure.desk.team import handing, selectors
from tenure.desk.team.models import Handover, HandoverLine
from tenure.desk.work import services as work
from tenure.desk.work.models import Progress, Proposal
from tenure.desk.work.selectors import todays_list

#: Where an employee stands for what they did, or for what the bank's file says of them: that stays theirs.
HISTORY = {
    "work.Contact.staff_id": "who made a contact",
    "opportunities.Share.staff_id": "who found and won; serving passes on with the credit",
    "opportunities.Answer.staff_id": "who answered",
    "org.User.staff_id": "who they are",
    "org.StaffA.staff_id": "who they are",
    "org.StaffB.staff_id": "who they are",
    "parties.TimelineA.staff_id": "who did it",
    "parties.TimelineB.staff_id": "who did it",
    "parties.Assignment.staff_id": "ended ones are history; one in force names the lead there is now",
    "parties.StandInPair.staff_id": "about people, not customers",
    "parties.Absence.staff_id": "about people, not customers",
    "voice_causes.Improvement.owner": "about causes, not customers",
    "voice_causes.ImprovementAction.owner": "about causes, not customers",
    "voice_panels.Panel.owner": "who answers for a panel; no customer hangs on it",
    "signals.Listening.user": "what one hears",
    "voice_surveys.Occasion.staff_id": "who served, once",
    "voice_surveys.Survey.owner": "who answers for a survey; no customer hangs on it",
    "lobby.Reception.by": "who received somebody",
}
_NAMES_SOMEBODY = ("staff_id", "lead_staff_id", "owner", "goes_to", "handed_to", "claimed_by")


def _fill(bank: SmallBank, opened: Opened) -> Opportunity:  # noqa: F811
    """The owner holds something of everything about their customers."""
    owner, head = bank.owner, bank.user("branch_head")
    one = opened()
    signal = signals.add_signal(head, bank.party_id, [], "asked for rates", now=NOW)
    Signal.objects.filter(pk=signal.pk).update(goes_to="E2011")
    claimed = signals.add_signal(head, bank.party_id, [], "asked for a loan", now=NOW)
    signals.claim(head, claimed.pk, now=NOW)
    Signal.objects.filter(pk=claimed.pk).update(claimed_by=owner)
    pool = Proposal.rows().filter(staff_id="E2011").exclude(party_id=bank.party_id).first()
    work.hand_over(owner, pool.proposal_key, "E2012", "busy today", now=NOW)
    Progress.objects.filter(pk=pool.proposal_key).update(handed_to="E2011")
    StandIn.objects.filter(cause=pool.proposal_key).update(staff_id="E2011")
    Customer.rows().filter(party_id=bank.party_id).update(open_complaints=0)
    network.ask(owner, bank.party_id, about="anyone who opens a business", now=NOW)
    return one


def _left_with(staff_id: str) -> list[str]:
    """Every row of every table that still names an employee as whose something is."""
    found = []
    for model in apps.get_models():
        if not model.__module__.startswith("tenure.desk") or model._meta.label.endswith("B"):
            continue
        for field in model._meta.concrete_fields:
            name = f"{model._meta.label}.{field.name}"
            if field.name not in _NAMES_SOMEBODY or name in HISTORY:
                continue
            rows = model._default_manager.filter(
                **{f"{field.name}__staff_id" if isinstance(field, models.ForeignKey) else field.name: staff_id}
            )
            if model is StandIn:
                rows = rows.filter(ended_at=None)
            if any(f.name == "state" for f in model._meta.concrete_fields):
                rows = rows.exclude(state__in=("done", "closed", "won", "lost", "undone"))
            if rows.exists():
                found.append(f"{name}: {rows.count()}")
    return found


def test_nothing_is_left_with_who_hands_everything_over(bank: SmallBank, carried: Proposed, opened: Opened) -> None:  # noqa: F811
    _fill(bank, opened)
    before = _left_with("E2011")
    held = {x.split(":")[0].split(".")[-2] for x in before}
    assert held >= {"Opportunity", "Signal", "Progress", "ProposalA", "Introduction"}
    one = carried()
    assert one.state == Handover.State.DONE
    assert not one.lines.exclude(state="done").exists()
    assert _left_with("E2011") == []
    assert not visible_to(bank.owner).exists()
    assert todays_list(bank.owner, TODAY) == []


def test_who_takes_over_owes_the_thanks_and_what_is_over_stays_with_who_did_it(
    bank: SmallBank, carried: Proposed
) -> None:
    Customer.rows().filter(party_id=bank.party_id).update(open_complaints=0)
    named = {"name": "Zhang", "phone": "13800000000", "may_call": True, "now": NOW}
    owed = network.note_unasked(bank.owner, bank.party_id, **named)
    over = network.note_unasked(bank.owner, bank.party_id, **named)
    network.end(bank.owner, over.pk, "no_interest", version=1, now=NOW)
    network.thank(bank.owner, over.pk, "call", version=2, now=NOW)
    one = carried()
    mine = IntroductionFilter(owner="E2012", thanks=True)
    assert [row.pk for row in introductions(bank.colleague, mine)] == [owed.pk]
    assert Introduction.objects.get(pk=over.pk).owner == "E2011"
    assert one.lines.get(party_id=bank.party_id).moved["introductions"] == 1
    handing.undo(bank.user("branch_head"), one.pk, "he stays after all", now=NOW)
    handing.carry(str(one.pk), NOW)
    assert Introduction.objects.get(pk=owed.pk).owner == "E2011"


def test_the_new_manager_sees_leads_and_works_them_at_once(bank: SmallBank, carried: Proposed, opened: Opened) -> None:  # noqa: F811
    mine = set(visible_to(bank.owner).values_list("party_id", flat=True))
    listed = {entry.key for entry in todays_list(bank.owner, TODAY)}
    opportunity = _fill(bank, opened)
    carried()
    assert mine <= set(visible_to(bank.colleague).values_list("party_id", flat=True))
    assert listed <= {entry.key for entry in todays_list(bank.colleague, TODAY)}
    assert Customer.rows().get(party_id=bank.party_id).lead_staff_id == "E2012"
    opportunity.refresh_from_db()
    assert (opportunity.owner, opportunity.version) == ("E2012", 2)
    assert set(Signal.objects.values_list("goes_to", "state")) == {("E2012", "new")}
    assert audit.verify_chain().whole


def test_what_is_planned_is_shown_and_nothing_moves_before_a_second_person_approves(
    bank: SmallBank,
    proposed: Proposed,
    opened: Opened,  # noqa: F811
) -> None:
    _fill(bank, opened)
    led = Customer.rows().filter(lead_staff_id="E2011").count()
    theirs = Customer.rows().filter(lead_staff_id="E2012").count()
    made = handing.plan(bank.owner, wanted(), now=NOW)
    assert (made.after["E2011"], made.after["E2012"]) == (0, theirs + led)
    assert made.moves["opportunities"] == 1 and made.moves["signals"] == 2 and made.moves["entries"] > 0
    proposed()
    assert Customer.rows().filter(lead_staff_id="E2011").count() == led
    with pytest.raises(NotAllowed):
        changes.approve(bank.owner, Change.objects.get(kind="portfolio.hand_over").pk, now=NOW)


def test_one_rejected_moves_nothing(bank: SmallBank, proposed: Proposed) -> None:
    one = proposed()
    change = Change.objects.get(kind="portfolio.hand_over")
    changes.reject(bank.user("branch_head"), change.pk, "not now", now=NOW)
    handing.carry(str(one.pk), NOW)
    one.refresh_from_db()
    assert (one.state, one.lines.exclude(state="waiting").count()) == ("refused", 0)


def test_a_rule_chooses_and_several_take_over(bank: SmallBank) -> None:
    head, tier = bank.user("branch_head"), Customer.rows().filter(lead_staff_id="E2011").first().tier
    made = handing.plan(head, wanted(tier=tier, split="value"), now=NOW)
    assert {line.row.tier for line in made.lines} == {tier}
    assert all(line.row.lead_staff_id == "E2011" for line in made.lines)


def test_killed_half_way_it_goes_on_and_moves_each_once(
    bank: SmallBank, proposed: Proposed, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = proposed()
    approve(bank, one)
    carry_one, calls = handing._carry_one, []

    def killed(*given: Any) -> None:
        calls.append(given)
        if len(calls) > 3:
            raise KeyboardInterrupt
        carry_one(*given)

    monkeypatch.setattr(handing, "_carry_one", killed)
    with pytest.raises(KeyboardInterrupt):
        handing.carry(str(one.pk), NOW)
    assert one.lines.filter(state="done").count() == 3
    monkeypatch.setattr(handing, "_carry_one", carry_one)
    handing.carry(str(one.pk), NOW)
    handing.carry(str(one.pk), NOW)
    numbers = list(one.lines.values_list("party_id", flat=True))
    assert one.lines.filter(state="done").count() == len(numbers)
    assert Assignment.objects.count() == len(numbers)
    assert AuditEvent.objects.filter(act="customer.assign").count() == len(numbers)


def test_whom_somebody_else_leads_meanwhile_stays_and_the_list_says_so(bank: SmallBank, proposed: Proposed) -> None:
    one = proposed()
    approve(bank, one)
    Customer.rows().filter(party_id=bank.party_id).update(lead_staff_id="E3011")
    handing.carry(str(one.pk), NOW)
    line = one.lines.get(party_id=bank.party_id)
    assert (line.state, bool(line.hindered), line.to_tell) == ("hindered", True, False)


def test_taken_back_everything_is_where_it_was(bank: SmallBank, carried: Proposed, opened: Opened) -> None:  # noqa: F811
    mine = set(visible_to(bank.owner).values_list("party_id", flat=True))
    opportunity = _fill(bank, opened)
    one = carried()
    with pytest.raises(NotAllowed):
        handing.undo(bank.colleague, one.pk, "no longer", now=NOW)
    with pytest.raises(NotFound):
        handing.undo(bank.stranger, one.pk, "no longer", now=NOW)
    handing.undo(bank.user("branch_head"), one.pk, "she stays", now=NOW)
    handing.carry(str(one.pk), NOW)
    opportunity.refresh_from_db()
    assert opportunity.owner == "E2011"
    assert set(visible_to(bank.owner).values_list("party_id", flat=True)) == mine
    assert not HandoverLine.objects.filter(to_tell=True).exists()
    assert Coverage.rows().filter(party_id=bank.party_id, role="lead").count() == 1


def test_the_next_publication_keeps_it_and_a_newer_word_of_the_bank_ends_it(bank: SmallBank, carried: Proposed) -> None:
    moved = list(carried().lines.values_list("party_id", flat=True))
    # Tonight's file still says the old lead: what the slot held before anybody was assigned.
    Customer.rows().filter(party_id__in=moved).update(lead_staff_id="E2011")
    Coverage.rows().filter(party_id__in=moved).update(staff_id="E2011")
    assert assigning.let_assignments_speak(NOW) == 0
    assert not Customer.rows().filter(lead_staff_id="E2011").exists()
    assert not visible_to(bank.owner).exists()
    # The core system names a third person for one of them.
    Customer.rows().filter(party_id=bank.party_id).update(lead_staff_id="E2001")
    assert assigning.let_assignments_speak(NOW) == 1
    assert Customer.rows().get(party_id=bank.party_id).lead_staff_id == "E2001"
    assert not Assignment.objects.filter(party_id=bank.party_id, ended_at=None).exists()


def test_serving_gives_credit_to_the_new_manager_from_the_day_and_to_the_old_until_then(
    bank: SmallBank,
    carried: Proposed,
    opened: Opened,  # noqa: F811
) -> None:
    one = opened()
    shares = [("found", "E2011", 100), ("won", "E2011", 100), ("serves", "E2011", 70), ("serves", "E2012", 30)]
    made = credit.propose(bank.owner, one.pk, shares, now=NOW)
    credit.answer(bank.colleague, made.pk, True, now=NOW)
    opportunities.win(bank.owner, one.pk, version=1, now=NOW)
    cut = TODAY + timedelta(days=20)
    Agreement.objects.update(written_back_at=NOW - timedelta(hours=1), changed_at=NOW - timedelta(hours=2))
    handed = carried(credit_from=cut)
    before, after = Agreement.objects.filter(opportunity=one).order_by("number")
    assert (before.state, before.in_force_until, after.state, after.in_force_from) == ("replaced", cut, "in_force", cut)
    assert before.changed_at == NOW  # so the next night tells the lake that it ends
    assert sorted(after.shares.values_list("part", "staff_id", "percent")) == [
        ("found", "E2011", 100), ("serves", "E2012", 100), ("won", "E2011", 100),
    ]  # fmt: skip
    handing.undo(bank.user("branch_head"), handed.pk, "she stays", now=NOW)
    handing.carry(str(handed.pk), NOW)
    last = Agreement.objects.filter(opportunity=one).last()
    assert sorted(last.shares.values_list("part", "staff_id", "percent")) == sorted(shares)
    assert Agreement.objects.filter(opportunity=one, number=2).get().in_force_until == cut  # it never had a day


def test_each_customer_is_told_once_and_the_list_grows_shorter(bank: SmallBank, carried: Proposed) -> None:
    carried()
    waiting = selectors.to_tell(bank.colleague)
    line = next(one.line for one in waiting if one.line.party_id == bank.party_id)
    with pytest.raises(NotFound):
        handing.tell(bank.owner, line.pk, "call", now=NOW)
    with pytest.raises(Unacceptable):
        handing.tell(bank.colleague, line.pk, "pigeon", now=NOW)
    handing.tell(bank.colleague, line.pk, "call", now=NOW)
    handing.tell(bank.user("branch_head"), line.pk, "letter", now=NOW)
    line.refresh_from_db()
    assert (line.told_how, line.told_by) == ("call", bank.colleague)
    assert len(selectors.to_tell(bank.colleague)) == len(waiting) - 1
    assert AuditEvent.objects.filter(act="customer.tell").count() == 1


def test_only_ones_own_or_ones_branchs_customers_are_handed_over(bank: SmallBank) -> None:
    for user in (bank.colleague, bank.stranger, bank.user("teller")):
        with pytest.raises(NotAllowed):
            handing.propose(user, wanted(), "because I say so", str(uuid4()), now=NOW)


def test_what_cannot_be_is_refused_in_words(bank: SmallBank) -> None:
    for told in (
        {"to_staff": []},
        {"to_staff": ["E2011"]},
        {"to_staff": ["E2012", "E2012"]},
        {"to_staff": ["E3011"]},
        {"to_staff": ["E2003"]},
        {"to_staff": ["nobody"]},
        {"credit_from": TODAY - timedelta(days=1)},
        {"split": "dice"},
        {"tier": "best"},
        {"branch": "S9"},
        {"least": 10**15},
    ):
        with pytest.raises(Unacceptable):
            handing.plan(bank.owner, wanted(**told), now=NOW)


def test_sent_twice_it_is_proposed_once_and_two_for_one_portfolio_do_not_wait(bank: SmallBank) -> None:
    first = handing.propose(bank.owner, wanted(), "moves away", "form-1", now=NOW)
    assert handing.propose(bank.owner, wanted(), "moves away", "form-1", now=NOW) == first
    with pytest.raises(Conflict):
        handing.propose(bank.user("branch_head"), wanted(), "moves away", "form-2", now=NOW)
    assert Handover.objects.count() == 1


def test_entries_merged_into_a_customer_go_with_them(bank: SmallBank, proposed: Proposed) -> None:
    from tenure.desk.parties.services import propose_merge

    change = propose_merge(bank.owner, bank.party_id, "C000007", "the same person", now=NOW)
    changes.approve(bank.user("branch_head"), change.pk, now=NOW)
    one = proposed(party_id=bank.party_id)
    approve(bank, one)
    handing.carry(str(one.pk), NOW)
    assert not Coverage.rows().filter(party_id__in=[bank.party_id, "C000007"], staff_id="E2011").exists()
    assert not visible_to(bank.owner).filter(party_id=bank.party_id).exists()


def test_moved_told_and_taken_back_each_waits_for_the_night(bank: SmallBank, carried: Proposed) -> None:
    one = carried()

    def written() -> None:
        later = timezone.now()
        assert later > NOW
        one.lines.update(written_back_at=later)
        Handover.objects.filter(pk=one.pk).update(written_back_at=later)

    def waits() -> tuple[int, int]:
        later = models.Q(changed_at__gt=models.F("written_back_at"))
        return one.lines.filter(later).count(), Handover.objects.filter(later, pk=one.pk).count()

    assert not one.lines.filter(changed_at=None).exists()
    written()
    assert waits() == (0, 0)
    line = one.lines.filter(to_tell=True).first()
    handing.tell(bank.colleague, line.pk, "call", now=timezone.now())
    assert waits() == (1, 0)
    written()
    handing.undo(bank.user("branch_head"), one.pk, "stays after all", now=timezone.now())
    assert waits() == (0, 1)
    handing.carry(str(one.pk), NOW)  # the job may have begun before the night read
    assert waits() == (one.lines.count(), 1)


def test_the_plans_address_alone_leads_to_the_form_and_a_day_left_out_is_said_so(
    bank: SmallBank, client: Client
) -> None:
    client.force_login(bank.owner)
    answer = client.get(reverse("team:plan"))
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("team:handovers"))
    page = client.get(reverse("team:plan"), {"from_staff": "E2011", "to_staff": "E2012"}).content.decode()
    assert "未填日期" in page and "不是日期" not in page
