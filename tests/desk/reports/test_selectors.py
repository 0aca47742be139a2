"""Branches' figures: only within reach, and they add up."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.contracts import LAKE, PUBLISHED, codes
from tenure.desk.control.errors import NotAllowed, NotFound
from tenure.desk.parties.models import Coverage, Customer
from tenure.desk.reports import selectors
from tenure.desk.reports.models import BranchMonth
from tenure.desk.work import services
from tenure.desk.work.models import Proposal

pytestmark = pytest.mark.django_db


def test_the_page_opens_at_the_topmost_branch_within_reach(bank: SmallBank) -> None:
    assert selectors.branch(bank.user("executive")).org_id == "HQ"
    assert selectors.branch(bank.user("branch_head")).org_id == "S1"


def test_another_branch_is_not_found_and_a_post_without_branches_is_refused(bank: SmallBank) -> None:
    with pytest.raises(NotFound):
        selectors.branch(bank.user("branch_head"), "S2")
    with pytest.raises(NotFound):
        selectors.migrations(bank.user("branch_head"), "B1")
    with pytest.raises(NotAllowed):
        selectors.branch(bank.owner)


def test_the_tree_goes_up_only_as_far_as_one_reaches(bank: SmallBank) -> None:
    head, executive = bank.user("branch_head"), bank.user("executive")
    assert selectors.tree(head, selectors.branch(head)) == ([], [])
    above, below = selectors.tree(executive, selectors.branch(executive, "B1"))
    assert [row.org_id for row in above] == ["HQ"]
    assert [row.org_id for row in below] == ["S1", "S2"]


def test_the_teams_load_counts_each_managers_customers_entries_and_contacts(bank: SmallBank) -> None:
    head = bank.user("branch_head")
    now = timezone.now()
    services.log_contact(
        bank.owner, bank.party_id, "call", "done", proposal_key=bank.proposal_key, now=now - dt.timedelta(seconds=1)
    )
    loads = {
        load.staff.staff_id: load for load in selectors.team(head, selectors.branch(head), timezone.localtime(now))
    }
    assert set(loads) == {"E2011", "E2012"}
    for staff_id, load in loads.items():
        entries = Proposal.rows().filter(staff_id=staff_id)
        assert load.customers == Coverage.rows().filter(staff_id=staff_id).count()
        assert load.entries == entries.count()
        assert load.value_at_stake == sum(entry.value_at_stake for entry in entries)
        assert load.within_capacity == len({one.party_id for one in entries if one.within_capacity})
    assert (loads["E2011"].settled, loads["E2011"].contacted) == (1, 1)
    assert (loads["E2012"].settled, loads["E2012"].contacted) == (0, 0)
    assert loads["E2011"].open == loads["E2011"].entries - 1


def test_tiers_of_a_month_add_up_to_the_branchs_customers(bank: SmallBank) -> None:
    months = selectors.tiers_by_month(bank.user("branch_head"), "S1")
    assert months.months == sorted(months.months) and len(months.months) == 12
    last = sum(months.customers[tier][-1] for tier in codes.TIER_ORDER)
    assert last == Customer.rows().filter(org_path="/HQ/B1/S1/").count()


def test_moves_between_tiers_are_counted_by_their_direction(bank: SmallBank) -> None:
    moves = selectors.migrations(bank.user("executive"), "HQ")
    assert (moves.rose, moves.fell, moves.came) == (2, 0, 1)
    assert moves.counts["basic"]["gold"] == 2


def test_peers_stand_side_by_side_with_figures_of_the_same_month(bank: SmallBank) -> None:
    user = bank.user("executive")
    found = selectors.peers(user, selectors.branch(user, "B1"), "aum")
    assert [peer.aum for peer in found] == sorted((peer.aum for peer in found), reverse=True)
    for peer in found:
        last = BranchMonth.rows().filter(org_id=peer.org.org_id, month="2026-06")
        assert peer.aum == sum(row.aum for row in last)
        assert peer.month_change is not None and peer.month_change > 0


def test_a_branch_head_sees_the_sums_beside_their_own_and_no_door_into_them(bank: SmallBank) -> None:
    head = bank.user("branch_head")
    own = selectors.branch(head)
    assert {peer.org.org_id: peer.open for peer in selectors.peers(head, own)} == {"S1": True, "S2": False}
    assert selectors.figures(head, own).customers == Customer.rows().filter(org_path="/HQ/B1/S1/").count()
    with pytest.raises(NotFound):
        selectors.peers(head, type("Org", (), {"org_id": "S2", "org_path": "/HQ/B1/S2/", "parent_id": "B1"})())


def test_nights_are_for_those_who_look_after_data(bank: SmallBank) -> None:
    found = selectors.nights(bank.user("administrator"))
    assert [step.position for step in found.runs[0][1]] == [1, 2, 3, 4, 5]
    assert found.runs[0][2] == pytest.approx(sum(12.5 + place for place in range(1, 6)))
    assert {row.table_name for row in found.quarantine} == {"transaction"}
    assert selectors.nights(bank.user("auditor"), "party").quarantine == []
    with pytest.raises(NotAllowed):
        selectors.nights(bank.user("branch_head"))


def test_the_dictionary_holds_every_column_and_is_searched_in_both_languages() -> None:
    everything = selectors.dictionary()
    assert sum(len(one.columns) for one in everything) == sum(
        len(t.columns) for t in (*LAKE.values(), *PUBLISHED.values())
    )
    for text in ("aum_month_average", "月日均", "average of the month"):
        names = {column.name for one in selectors.dictionary(text) for column in one.columns}
        assert "aum_month_average" in names
    assert selectors.dictionary("no such word anywhere") == []
