"""Opening, moving, winning and losing opportunities: who may, what is refused, what stays written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from desk.opportunities.conftest import NOW, TODAY, Opened
from desk.small_bank import SmallBank
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.opportunities import selectors, services
from tenure.desk.opportunities.filters import OpportunityFilter
from tenure.desk.opportunities.models import Opportunity, StageRecord, Step
from tenure.desk.work.models import Contact

DAY = timedelta(days=1)


def test_an_opportunity_begins_at_its_first_stage_with_a_dated_step(bank: SmallBank, opened: Opened) -> None:
    one = opened()
    assert (one.stage, one.state, one.owner, one.currency) == ("identified", "open", "E2011", "CNY")
    assert one.org_path == "/HQ/B1/S1/"
    assert [(s.from_stage, s.to_stage) for s in one.steps.all()] == [("", "identified")]
    line = AuditEvent.objects.get(act="opportunity.open")
    assert line.object_id == str(one.pk) and "three-year" not in str(line.changes)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"kind": "gold bars"}, "kind"),
        ({"stage": "committee"}, "stage"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"amount": 0}, "amount"),
        ({"amount": 10**16}, "amount"),
        ({"next_step": ""}, "next_step"),
        ({"next_step_on": TODAY - DAY}, "next_step_on"),
        ({"next_step_on": TODAY + timedelta(days=400)}, "next_step_on"),
        ({"currency": "yuan"}, "currency"),
        ({"source": "a dream"}, "source"),
        ({"owner": "E3011"}, "owner"),  # of another branch
        ({"owner": "E9999"}, "owner"),
        ({"external_id": ""}, "external_id"),
        ({"expected_close_on": TODAY - DAY}, "expected_close_on"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(opened: Opened, told: dict[str, Any], field: str) -> None:
    with pytest.raises(Unacceptable) as no:
        opened(**told)
    assert no.value.field == field
    assert not Opportunity.objects.exists()


def test_the_same_message_again_opens_nothing_new(opened: Opened) -> None:
    one = opened(external_id="crm-1")
    assert opened(external_id="crm-1").pk == one.pk
    with pytest.raises(Conflict):
        opened(external_id="crm-1", amount=1)
    assert Opportunity.objects.count() == 1


def test_owner_colleague_and_stranger(bank: SmallBank, opened: Opened) -> None:
    """The owner acts; a manager beside and one of another branch do not learn that it exists; the head sees all."""
    one = opened()
    for other in (bank.colleague, bank.stranger):
        with pytest.raises(NotFound):
            selectors.opportunity(other, one.pk, TODAY)
        for act in (
            lambda who=other: services.move(who, one.pk, "contacted", version=1, now=NOW),
            lambda who=other: services.edit(who, one.pk, version=1, now=NOW, title="mine"),
            lambda who=other: services.win(who, one.pk, version=1, now=NOW),
            lambda who=other: services.lose(who, one.pk, "price", version=1, now=NOW),
            lambda who=other: opened(user=who),
        ):
            with pytest.raises(NotFound):
                act()
        assert not selectors.opportunities(other, OpportunityFilter(), TODAY).exists()
    with pytest.raises(NotAllowed):  # sees it, and works with no customer
        services.move(bank.user("executive"), one.pk, "contacted", version=1, now=NOW)
    assert services.move(bank.user("branch_head"), one.pk, "contacted", version=1, now=NOW).stage == "contacted"
    assert services.move(bank.owner, one.pk, "proposed", version=2, now=NOW).version == 3


def test_the_second_of_two_is_told_who_was_first_and_changes_nothing(bank: SmallBank, opened: Opened) -> None:
    one = opened()
    services.move(bank.user("branch_head"), one.pk, "proposed", version=1, now=NOW)
    with pytest.raises(Conflict, match="沈伟"):
        services.move(bank.owner, one.pk, "contacted", version=1, now=NOW, words="spoke")
    one.refresh_from_db()
    assert one.stage == "proposed" and one.steps.count() == 2


def test_a_double_click_moves_once(bank: SmallBank, opened: Opened) -> None:
    one = opened()
    services.move(bank.owner, one.pk, "contacted", version=1, now=NOW)
    again = services.move(bank.owner, one.pk, "contacted", version=1, now=NOW)
    assert again.version == 2 and Step.objects.count() == 2
    services.win(bank.owner, one.pk, version=2, now=NOW)
    assert services.win(bank.owner, one.pk, version=2, now=NOW).version == 3
    assert StageRecord.objects.get(stage="contacted").won == 1


def test_a_step_whose_day_has_passed_must_be_said_anew(bank: SmallBank, opened: Opened) -> None:
    one = opened()
    later = NOW + timedelta(days=10)
    with pytest.raises(Unacceptable) as no:
        services.move(bank.owner, one.pk, "contacted", version=1, now=later)
    assert no.value.field == "next_step_on"
    day = timezone.localdate(later) + DAY
    moved = services.move(bank.owner, one.pk, "contacted", version=1, now=later, next_step="visit", next_step_on=day)
    assert (moved.next_step, moved.next_step_on, moved.stale_on) == ("visit", day, day + DAY)


def test_a_step_may_log_the_contact_it_came_from(bank: SmallBank, opened: Opened) -> None:
    one = opened()
    made = services.ContactMade("call", "interested")
    services.move(bank.owner, one.pk, "contacted", version=1, now=NOW, words="wants 3 years", contact=made)
    contact = Contact.objects.get(party_id=bank.party_id)
    assert (contact.words, contact.outcome, contact.author_id) == ("wants 3 years", "interested", bank.owner.pk)
    assert one.steps.last().contact_id == contact.pk
    bad = services.ContactMade("pigeon", "done")
    with pytest.raises(Unacceptable):  # and neither is kept without the other
        services.move(bank.owner, one.pk, "proposed", version=2, now=NOW, contact=bad)
    one.refresh_from_db()
    assert one.stage == "contacted" and Contact.objects.count() == 1


def test_a_lost_opportunity_says_why_and_stays_lost(bank: SmallBank, opened: Opened) -> None:
    one = opened()
    with pytest.raises(Unacceptable):
        services.lose(bank.owner, one.pk, "bad luck", version=1, now=NOW)
    lost = services.lose(bank.owner, one.pk, "price", version=1, now=NOW, words="20 points more elsewhere")
    assert (lost.state, lost.lost_reason, lost.stale_on, lost.closed_on) == ("lost", "price", None, TODAY)
    for act in (
        lambda: services.move(bank.owner, one.pk, "contacted", version=2, now=NOW),
        lambda: services.win(bank.owner, one.pk, version=2, now=NOW),
        lambda: services.edit(bank.owner, one.pk, version=2, now=NOW, amount=5),
    ):
        with pytest.raises(Conflict):
            act()
    assert selectors.lost_reasons(bank.owner, OpportunityFilter(), TODAY) == [("price", 1)]


def test_what_is_won_keeps_the_spread_and_the_end_of_credit_of_its_day(bank: SmallBank, opened: Opened) -> None:
    one = services.win(bank.owner, opened().pk, 40_000_000, version=1, now=NOW)
    assert (one.state, one.won_amount, one.spread_ppm) == ("won", 40_000_000, 16_000)
    assert one.credit_until.year == TODAY.year + 1


@pytest.mark.parametrize(
    "change",
    [
        {"next_step_on": None},
        {"next_step": ""},
        {"amount": 0},
        {"state": "won"},
        {"state": "lost"},
        {"closed_at": NOW},
        {"credit_until": TODAY},
    ],
)
def test_the_database_itself_refuses_what_cannot_be(opened: Opened, change: dict[str, Any]) -> None:
    one = opened()
    with pytest.raises(IntegrityError), transaction.atomic():
        Opportunity.objects.filter(pk=one.pk).update(**change)


def test_a_correction_is_written_down_without_the_free_text(bank: SmallBank, opened: Opened) -> None:
    one = opened()
    services.edit(bank.owner, one.pk, version=1, now=NOW, title="five-year deposit", amount=60_000_000)
    line = AuditEvent.objects.get(act="opportunity.edit")
    assert line.changes["amount"] == {"from": 50_000_000, "to": 60_000_000}
    assert "five-year" not in str(line.changes)
    services.edit(bank.owner, one.pk, version=2, now=NOW, amount=60_000_000)  # nothing differs: nothing written
    assert AuditEvent.objects.filter(act="opportunity.edit").count() == 1


def test_a_stage_learns_from_what_closed_that_had_stood_there(bank: SmallBank, opened: Opened) -> None:
    before = selectors.likelihoods()["deposit", "contacted"]
    assert (before.closed, before.mean, before.too_few) == (0, pytest.approx(0.35), True)
    for number in range(8):
        one = opened(title=f"deposit {number}")
        services.move(bank.owner, one.pk, "contacted", version=1, now=NOW)
        if number < 6:
            services.win(bank.owner, one.pk, version=2, now=NOW)
        else:
            services.lose(bank.owner, one.pk, "price", version=2, now=NOW)
    learned = selectors.likelihoods()
    assert learned["deposit", "contacted"].mean == pytest.approx((6 + 3.5) / 18)
    assert learned["deposit", "agreed"].closed == 0  # none of them stood there
    assert learned["mortgage", "applied"].closed == 0


def test_stale_ones_come_first_and_surface_for_their_owner_alone(bank: SmallBank, opened: Opened) -> None:
    fresh, stale = opened(title="fresh", next_step_on=TODAY + timedelta(days=9)), opened(title="overdue")
    services.lose(bank.owner, opened(title="gone").pk, "price", version=1, now=NOW)
    day = TODAY + timedelta(days=6)
    listed = selectors.opportunity_list(bank.owner, OpportunityFilter(), None, day)
    assert [one.title for one in listed.rows] == ["overdue", "fresh", "gone"]
    assert [one.stale for one in listed.rows] == [True, False, False]
    reminded = selectors.stale_of(bank.owner, day)
    assert (reminded.count, [one.id for one in reminded.rows]) == (1, [stale.pk])
    assert selectors.stale_of(bank.user("branch_head"), day).count == 0
    assert selectors.stale_of(bank.owner, TODAY + timedelta(days=15)).count == 2
    assert fresh.stale_on == TODAY + timedelta(days=10)


@pytest.mark.parametrize("sort", ["stale", "amount", "expected", "changed"])
def test_paging_shows_everything_once_in_every_order(bank: SmallBank, opened: Opened, sort: str) -> None:
    made = {opened(title=f"deal {n}", amount=1000 * (n % 3 + 1), external_id=f"x{n}").pk for n in range(11)}
    from tenure.desk.opportunities.filters import SORTS, position_from

    seen: list[Any] = []
    position = None
    wanted = OpportunityFilter(sort=sort)
    for _page in range(6):
        found = selectors.opportunity_list(bank.owner, wanted, position, TODAY, size=3)
        seen += [one.id for one in found.rows]
        if found.page.after is None:
            break
        position = position_from(found.page.after.encode(), SORTS[sort])
        assert position is not None
    assert len(seen) == 11 and set(seen) == made


def test_the_board_sums_what_it_cannot_show(bank: SmallBank, opened: Opened, monkeypatch: Any) -> None:
    monkeypatch.setattr(selectors, "COLUMN", 2)
    for number in range(5):
        opened(title=f"deal {number}", amount=1000)
    board = selectors.board(bank.owner, "deposit", "", TODAY)
    first = board.columns[0]
    assert (first.count, first.amount, len(first.cards)) == (5, 5000, 2)
    assert board.pipelines["CNY"].expected == 1000
    assert board.kinds["deposit"] == 5


def test_free_text_and_names_are_masked_for_who_deals_with_no_customer(bank: SmallBank, opened: Opened) -> None:
    one = opened()
    seen = selectors.opportunity(bank.user("marketer"), one.pk, TODAY)
    assert "three-year" not in seen.title and "call" not in seen.next_step
    assert "*" in seen.name
    assert all("call" not in step.next_step for step in selectors.steps_of(bank.user("marketer"), seen))
    assert selectors.opportunity(bank.owner, one.pk, TODAY).title == "three-year deposit"


def test_a_merged_customer_keeps_the_opportunities_of_both(bank: SmallBank, opened: Opened) -> None:
    from desk.parties.test_merges import AWAY, KEPT, merge

    head = bank.user("branch_head")
    kept, away = opened(user=head, party_id=KEPT, owner="E2001"), opened(user=head, party_id=AWAY, owner="E2001")
    merge(bank)
    seen = selectors.opportunity(head, away.pk, TODAY)
    assert seen.party_id == KEPT and seen.name
    assert {one.id for one in selectors.of_customer(head, KEPT, TODAY)} == {kept.pk, away.pk}
    assert selectors.opportunities(head, OpportunityFilter(), TODAY).count() == 2
    assert services.move(head, away.pk, "contacted", version=1, now=NOW).stage == "contacted"
