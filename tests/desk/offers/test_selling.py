"""How branches sell: counted at its level, at its branch, to those who look at branches; open ones are no answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk.offers.conftest import NO, NOW, TODAY, yes
from desk.small_bank import SmallBank
from tenure.desk.control.errors import NotAllowed
from tenure.desk.offers import services
from tenure.desk.offers.models import Solution
from tenure.desk.offers.selling import selling
from tenure.desk.opportunities import services as business
from tenure.desk.opportunities.models import Opportunity


def test_a_solution_counts_once_shown_and_its_share_once_answered(shelf: SmallBank, shown: Solution) -> None:
    whole = selling(shelf.user("executive"), 12, TODAY).whole
    assert (whole.shown, whole.settled, whole.share) == (1, 0, None)
    services.settle(shelf.owner, shown.pk, {i.pk: yes() for i in shown.items.all()}, version=shown.version, now=NOW)
    found = selling(shelf.user("executive"), 12, TODAY)
    assert (found.whole.solution, found.whole.settled, found.whole.agreed) == (1, 1, 1)
    assert found.whole.too_few
    assert [name for name, _sold in found.managers] == [shelf.owner.name]


def test_what_ran_out_counts_as_not_agreed(shelf: SmallBank, shown: Solution) -> None:
    whole = selling(shelf.user("executive"), 12, TODAY + timedelta(days=15)).whole
    assert (whole.shown, whole.settled, whole.agreed, whole.share) == (1, 1, 0, 0.0)


def test_sold_in_part_is_sold_at_the_level_of_what_was_agreed(shelf: SmallBank, shown: Solution) -> None:
    answers = {item.pk: yes() if item.product_id == "P02" else NO for item in shown.items.all()}
    services.settle(shelf.owner, shown.pk, answers, version=shown.version, now=NOW)
    found = selling(shelf.user("executive"), 12, TODAY)
    assert (found.whole.product, found.whole.solution) == (1, 0)
    assert dict(found.levels)["solution"].agreed == 1  # shown as a solution, and persuaded in part


def test_business_won_without_a_solution_is_a_product_and_planned_business_is_not_counted_twice(
    shelf: SmallBank, shown: Solution
) -> None:
    services.settle(shelf.owner, shown.pk, {i.pk: yes() for i in shown.items.all()}, version=shown.version, now=NOW)
    business.open_opportunity(shelf.owner, shelf.party_id, "deposit", "single", 100, "call", TODAY, now=NOW)
    for one in Opportunity.objects.all():
        business.win(shelf.owner, one.pk, version=1, now=NOW)
    whole = selling(shelf.user("executive"), 12, TODAY).whole
    assert (whole.singles, whole.products, whole.solution, whole.sold) == (1, 1, 1, 2)


def test_a_branch_head_counts_their_own_branch_and_a_manager_none(shelf: SmallBank, shown: Solution) -> None:
    assert selling(shelf.user("branch_head"), 12, TODAY).whole.shown == 1
    Solution.objects.update(party_id=shelf.far_party_id)
    assert selling(shelf.user("branch_head"), 12, TODAY).whole.shown == 0
    with pytest.raises(NotAllowed):
        selling(shelf.owner, 12, TODAY)
