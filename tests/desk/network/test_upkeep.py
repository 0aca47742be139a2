"""Upkeep: within limits it is noted, above them a second person decides, and a public official is given nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from desk.network.conftest import ANOTHER, INTRODUCER, NOW, TODAY
from desk.small_bank import SmallBank
from tenure.desk.control.changes import services as changes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent, Change
from tenure.desk.corporate import services as corporate
from tenure.desk.network.models import Upkeep
from tenure.desk.network.upkeep import rules, selectors, services
from tenure.desk.network.upkeep.rules import Limits
from tenure.desk.opportunities.services import open_opportunity, win
from tenure.desk.org.models import User
from tenure.desk.parties.models import Coverage, Customer

AsUser = Callable[[User], Client]
Noted = Callable[..., Upkeep]


@pytest.fixture
def noted(alone: SmallBank) -> Noted:
    """The owner notes a meal for a user of the introducer's; what is given differs."""

    def make(**told: Any) -> Upkeep:
        given: dict[str, Any] = {
            "user": alone.owner,
            "party_id": INTRODUCER,
            "part": "user",
            "kind": "meal",
            "amount": 20_000,
            "spent_on": TODAY,
            "purpose": "lunch after the training",
            "person": "赵敏",
            "official": False,
            "now": NOW,
        } | told
        return services.note_upkeep(**given)

    return make


@given(st.dictionaries(st.sampled_from(rules.PARTS), st.integers(0, 10**12)))
def test_the_parts_sum_to_the_whole(by_part: dict[str, int]) -> None:
    found = rules.divided(by_part)
    assert sum(amount for _part, amount, _share in found) == sum(by_part.values())
    assert not sum(by_part.values()) or abs(sum(share for *_both, share in found) - 1) < 1e-9


@given(st.sampled_from(("gift", "meal", "event", "travel", "other")), st.integers(1, 10**7), st.integers(0, 10**7))
def test_a_smaller_expense_is_never_judged_harder(kind: str, amount: int, spent: int) -> None:
    if rules.verdict(kind, amount, spent, False, Limits(), 100) == "":
        assert rules.verdict(kind, max(1, amount // 2), spent, False, Limits(), 100) == ""
    assert rules.verdict(kind, amount, spent, True, Limits(), 100) == "official"


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_of_a_customer_who_is_not_theirs_nobody_notes_or_reads(alone: SmallBank, noted: Noted, who: str) -> None:
    one, other = noted(), getattr(alone, who)
    with pytest.raises(NotFound):
        noted(user=other)
    with pytest.raises(NotFound):
        services.withdraw_upkeep(other, one.pk, now=NOW)
    assert selectors.upkeep_of(other, INTRODUCER) == [] and selectors.year_of(other, TODAY).amount == 0


def test_who_only_looks_may_not_spend(alone: SmallBank, noted: Noted) -> None:
    with pytest.raises(NotAllowed):
        noted(user=alone.user("auditor"))


def test_within_the_limit_nobody_is_asked(noted: Noted) -> None:
    assert noted(amount=30_000).state == "noted" and not Change.objects.exists()


def test_above_the_limit_another_decides_and_never_the_spender(alone: SmallBank, noted: Noted) -> None:
    one = noted(amount=30_001)
    change = Change.objects.get(subject_id=str(one.pk))
    assert one.state == "waiting" and selectors.year_of(alone.owner, TODAY).amount == 0
    with pytest.raises(NotAllowed):
        changes.approve(alone.owner, change.pk, now=NOW)
    changes.approve(alone.user("branch_head"), change.pk, now=NOW)
    one.refresh_from_db()
    assert one.state == "noted" and selectors.year_of(alone.owner, TODAY).amount == 30_001


def test_a_rejection_stays_and_a_withdrawal_takes_it_back(alone: SmallBank, noted: Noted) -> None:
    first, second = noted(amount=50_000), noted(amount=60_000)
    changes.reject(alone.user("branch_head"), Change.objects.get(subject_id=str(first.pk)).pk, "too dear", now=NOW)
    changes.withdraw(alone.owner, Change.objects.get(subject_id=str(second.pk)).pk, now=NOW)
    assert [Upkeep.objects.get(pk=one.pk).state for one in (first, second)] == ["refused", "withdrawn"]


def test_small_sums_do_not_add_up_past_a_persons_year(noted: Noted) -> None:
    states = [noted(amount=30_000).state for _n in range(7)]
    assert states == ["noted"] * 6 + ["waiting"], "seven times 300 are more than 2,000"
    assert noted(amount=30_000, person="钱进").state == "noted", "another person has a year of their own"
    assert noted(amount=100, person=" 赵 敏").state == "waiting", "blanks make no other person"


def test_a_public_official_is_given_nothing_whoever_approves(noted: Noted) -> None:
    with pytest.raises(Unacceptable):
        noted(official=True, amount=1)
    assert not Upkeep.objects.exists()


def test_the_banks_own_limits_hold(noted: Noted, settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    (tmp_path / "network.toml").write_text("[upkeep]\nmeal = 100\nofficial = 50\n", encoding="utf-8")
    assert noted(amount=10_001).state == "waiting"
    assert noted(amount=5_000, official=True).state == "noted"
    with pytest.raises(Unacceptable):
        noted(amount=5_001, official=True)


def test_of_a_company_one_says_on_whom(alone: SmallBank, noted: Noted) -> None:
    with pytest.raises(Unacceptable):
        noted(user=User.objects.get(staff_id="E3001"), party_id="C000015", person="")


def test_the_same_form_again_notes_nothing_more(noted: Noted) -> None:
    assert noted(external_id="form").pk == noted(external_id="form").pk
    assert Upkeep.objects.count() == 1
    with pytest.raises(Conflict):
        noted(external_id="form", amount=1)


def test_ones_own_of_today_is_taken_back_once(alone: SmallBank, noted: Noted) -> None:
    one = noted()
    with pytest.raises(Conflict):
        services.withdraw_upkeep(alone.user("branch_head"), one.pk, now=NOW)
    with pytest.raises(Conflict):
        services.withdraw_upkeep(alone.owner, one.pk, now=NOW + timedelta(days=1))
    for _twice in range(2):
        services.withdraw_upkeep(alone.owner, one.pk, now=NOW)
    assert AuditEvent.objects.filter(act="upkeep.withdraw").count() == 1
    assert selectors.year_of(alone.owner, TODAY).amount == 0


def test_the_year_divides_by_part_and_says_what_came_after(alone: SmallBank, noted: Noted) -> None:
    noted(part="decider", amount=30_000)
    noted(part="user", amount=10_000, party_id=ANOTHER)
    business = open_opportunity(alone.owner, ANOTHER, "deposit", "deposit", 1_000_000, "call", TODAY, now=NOW)
    win(alone.owner, business.pk, version=1, now=NOW)
    found = {one.part: one for one in selectors.year_of(alone.owner, TODAY).parts}
    assert (found["decider"].share, found["user"].share) == (0.75, 0.25)
    assert (found["decider"].won.count, found["decider"].won.of) == (0, 1)
    assert (found["user"].won.count, found["user"].won.of) == (1, 1)


def test_names_are_masked_for_who_may_not_see_them_and_never_in_the_trail(
    alone: SmallBank, noted: Noted, as_user: AsUser
) -> None:
    noted()
    assert "赵敏" in as_user(alone.owner).get(f"/network/customer/{INTRODUCER}/upkeep").content.decode()
    page = as_user(alone.user("analyst")).get(f"/network/customer/{INTRODUCER}/upkeep").content.decode()
    assert "赵敏" not in page and "lunch after" not in page
    assert not [e for e in AuditEvent.objects.all() if "赵敏" in str(e.changes)]


def test_the_checker_reads_on_whom_and_why_it_waits(alone: SmallBank, noted: Noted, as_user: AsUser) -> None:
    one = noted(amount=80_000)
    change = Change.objects.get(subject_id=str(one.pk))
    page = as_user(alone.user("branch_head")).get(f"/audit/changes/{change.pk}/").content.decode()
    assert "赵敏" in page and "800.00" in page


def _company(bank: SmallBank) -> str:
    """A company the owner looks after, whose purchase names who decides and who only uses."""
    Customer.rows().filter(party_id="C000015").update(org_id="S1", org_path="/HQ/B1/S1/", lead_staff_id="E2011")
    Coverage.rows().filter(party_id="C000015").delete()
    Coverage.models["a"].objects.create(party_id="C000015", staff_id="E2011", role="lead")
    decides_on = TODAY + timedelta(days=30)
    bought = corporate.open_purchase(bank.owner, "C000015", "looms", "financing", "which bank", decides_on, now=NOW)
    for version, (role, name) in enumerate(
        (("user", "周总"), ("gatekeeper", "秘书小李"), ("decider", "周总")), start=1
    ):
        corporate.put_role(bank.owner, bought.pk, role, version=version, now=NOW, name=name)
    return "C000015"


def test_whom_a_purchase_names_plays_the_part_it_says(alone: SmallBank, noted: Noted, as_user: AsUser) -> None:
    company = _company(alone)
    assert noted(party_id=company, part="", person="周 总").part == "decider", "who has two parts: the one that decides"
    assert noted(party_id=company, part="", person="秘书小李").part == "gatekeeper"
    assert noted(party_id=company, part="user", person="周总").part == "user", "what is said stands"
    for told in ({"party_id": company, "person": "谁"}, {"party_id": INTRODUCER}):
        with pytest.raises(Unacceptable) as no:
            noted(part="", **told)
        assert no.value.field == "part"
    found = selectors.year_of(alone.owner, TODAY)
    assert [one.part for one in found.parts] == ["decider", "influencer", "user", "gatekeeper"]
    assert all(len(line.parts) == 4 for line in found.lines)
    page = as_user(alone.owner).get(f"/network/customer/{company}/upkeep").content.decode()
    assert '<option value="秘书小李">' in page and "把关者" in page
