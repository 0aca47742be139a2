"""Solutions: begun, composed, shown, answered; gates judged at each turn; three people; two at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from desk.offers.conftest import DEPOSIT, NO, NOW, TODAY, WEALTH, chosen, in_force, rate, yes
from desk.small_bank import SmallBank
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.offers import selectors, services, wording
from tenure.desk.offers.bundles.services import withdraw_bundle
from tenure.desk.offers.fitting import fitting
from tenure.desk.offers.models import Bundle, Item, Solution
from tenure.desk.offers.services import Choice
from tenure.desk.opportunities.models import Opportunity
from tenure.desk.parties.consents import note_consent
from tenure.desk.parties.models import Customer, Product

UNTIL = TODAY + timedelta(days=14)


def test_needs_stand_in_the_nights_order_with_the_right_time(shelf: SmallBank) -> None:
    found = fitting(shelf.owner, shelf.party_id, TODAY)
    assert [one.need for one in found.needs] == ["grow", "protect", "colleagues"]
    assert found.needs[0].trigger and found.needs[0].due_on is not None
    assert found.needs[0].expected_value == 50_000


def test_what_fits_and_what_does_not_is_told_with_the_reason(shelf: SmallBank) -> None:
    grow = fitting(shelf.owner, shelf.party_id, TODAY).needs[0]
    assert [one.product_id for one in grow.fits] == ["P03"]
    assert [(one.product_id, one.codes) for one in grow.barred] == [("P04", ("risk_too_high",))]


def test_whose_test_ran_out_is_shown_no_rated_product_and_the_way_to_the_test(shelf: SmallBank) -> None:
    rate(shelf.party_id, "R5", days_ago=400)
    grow = fitting(shelf.owner, shelf.party_id, TODAY).needs[0]
    assert grow.fits == []
    assert all(one.asks_for_a_test for one in grow.barred)


def test_a_word_against_marketing_at_the_desk_counts_at_once(shelf: SmallBank) -> None:
    note_consent(shelf.owner, shelf.party_id, "marketing", False, "phone", now=NOW)
    grow = fitting(shelf.owner, shelf.party_id, TODAY).needs[0]
    assert not grow.fits
    assert all("no_consent" in one.codes for one in grow.barred)


def test_beginning_twice_is_one_draft(shelf: SmallBank) -> None:
    first = services.begin(shelf.owner, shelf.party_id, now=NOW)
    assert services.begin(shelf.owner, shelf.party_id, now=NOW) == first
    assert Solution.objects.count() == AuditEvent.objects.filter(act="solution.begin").count() == 1


def test_a_barred_product_cannot_be_chosen_by_anybody(shelf: SmallBank) -> None:
    one = services.begin(shelf.owner, shelf.party_id, now=NOW)
    with pytest.raises(Unacceptable):
        chosen(one, shelf, Choice("grow", "product|P04", 100))
    assert not Item.objects.exists()


def test_a_product_for_companies_is_barred_for_a_person_and_says_why(shelf: SmallBank) -> None:
    Product.rows().filter(product_id="P03").update(sold_to="company")
    grow = fitting(shelf.owner, shelf.party_id, TODAY).needs[0]
    assert grow.fits == [] and "wrong_kind" in {one.product_id: one.codes for one in grow.barred}["P03"]
    with translation.override("en"):
        assert wording.gate_words("wrong_kind") == "Not for this kind of customer"
    one = services.begin(shelf.owner, shelf.party_id, now=NOW)
    with pytest.raises(Unacceptable):
        chosen(one, shelf, Choice("grow", "product|P03", 100))
    Product.rows().filter(product_id="P03").update(sold_to="person")
    assert [one.product_id for one in fitting(shelf.owner, shelf.party_id, TODAY).needs[0].fits] == ["P03"]


def test_a_need_heard_in_talk_stands_where_it_was_put(shelf: SmallBank) -> None:
    one = services.begin(shelf.owner, shelf.party_id, now=NOW)
    order = [{"need": "save", "heard": True, "words": "孩子明年上学"}, {"need": "grow"}]
    one = chosen(one, shelf, DEPOSIT, needs=order)
    assert [need["need"] for need in one.needs] == ["save", "grow"]
    assert one.needs[0]["words"] == "孩子明年上学"


def test_a_person_has_no_company_need(shelf: SmallBank) -> None:
    one = services.begin(shelf.owner, shelf.party_id, now=NOW)
    with pytest.raises(Unacceptable):
        services.compose(shelf.owner, one.pk, [{"need": "payroll"}], [], "", version=one.version, now=NOW)


def test_a_change_of_another_version_says_who_was_first(shelf: SmallBank, draft: Solution) -> None:
    with pytest.raises(Conflict) as no:
        services.compose(
            shelf.user("branch_head"), draft.pk, draft.needs, [WEALTH], "", version=draft.version - 1, now=NOW
        )
    assert shelf.owner.name in no.value.message


def test_the_same_save_twice_is_one(shelf: SmallBank, draft: Solution) -> None:
    again = services.compose(
        shelf.owner, draft.pk, draft.needs, [WEALTH, DEPOSIT], "稳字当头", version=draft.version - 1, now=NOW
    )
    assert again.version == draft.version


def test_what_was_shown_stays_as_it_was(shelf: SmallBank, shown: Solution) -> None:
    Product.rows().filter(product_id="P03").update(name="改了名")
    page = selectors.paper(shelf.owner, selectors.solution(shelf.owner, shown.pk, TODAY))
    assert page["needs"][0]["items"][0]["products"][0]["zh"] == "稳盈理财 90 天"
    assert shown.level_shown == "solution"


def test_the_customers_page_knows_nothing_that_is_the_banks_alone(shelf: SmallBank, bundle: Bundle) -> None:
    one = services.begin(shelf.owner, shelf.party_id, now=NOW)
    one = chosen(one, shelf, Choice("grow", f"bundle|{bundle.pk}", 1_000_000))
    one = services.show(shelf.owner, one.pk, "en", UNTIL, version=one.version, now=NOW)
    told = repr(one.content)
    assert "cost" not in told
    assert "12000" not in told
    assert "propensity" not in told
    assert "expected" not in told


def test_a_rating_that_ran_out_since_bars_the_showing(shelf: SmallBank, draft: Solution) -> None:
    rate(shelf.party_id, "R3", days_ago=400)
    with pytest.raises(Unacceptable):
        services.show(shelf.owner, draft.pk, "zh-hans", UNTIL, version=draft.version, now=NOW)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_rating_that_ran_out_since_bars_the_agreement_and_no_plan_is_made(shelf: SmallBank, shown: Solution) -> None:
    rate(shelf.party_id, "R3", days_ago=400)
    answers = {item.pk: yes() for item in shown.items.all()}
    with pytest.raises(Unacceptable):
        services.settle(shelf.owner, shown.pk, answers, version=shown.version, now=NOW)
    assert not Opportunity.objects.exists()
    # The deposit needs no rating: it may be agreed to alone.
    answers = {item.pk: yes() if item.product_id == "P02" else NO for item in shown.items.all()}
    settled = services.settle(shelf.owner, shown.pk, answers, version=shown.version, now=NOW)
    assert (settled.state, settled.level_agreed) == ("partly", "product")


def test_a_rating_taken_lower_since_bars_the_agreement(shelf: SmallBank, shown: Solution) -> None:
    rate(shelf.party_id, "R1")
    with pytest.raises(Unacceptable):
        services.settle(shelf.owner, shown.pk, {i.pk: yes() for i in shown.items.all()}, version=shown.version, now=NOW)


def test_what_is_agreed_becomes_business_with_a_dated_step(shelf: SmallBank, shown: Solution) -> None:
    answers = {item.pk: yes(on_day=5) for item in shown.items.all()}
    settled = services.settle(shelf.owner, shown.pk, answers, version=shown.version, now=NOW)
    assert (settled.state, settled.level_agreed) == ("agreed", "solution")
    plans = {one.kind: one for one in Opportunity.objects.all()}
    assert set(plans) == {"deposit", "investment"}
    assert plans["deposit"].stage == "agreed"
    assert plans["investment"].amount == 10_000_000
    assert {one.next_step_on for one in plans.values()} == {TODAY + timedelta(days=5)}
    assert {one.owner for one in plans.values()} == {shelf.owner.staff_id}
    seen = selectors.solution(shelf.owner, shown.pk, TODAY)
    assert (len(seen.planned), seen.overdue, seen.done) == (2, 0, 0)
    assert selectors.solution(shelf.owner, shown.pk, TODAY + timedelta(days=6)).overdue == 2


def test_the_same_answer_twice_makes_one_plan(shelf: SmallBank, shown: Solution) -> None:
    answers = {item.pk: yes() for item in shown.items.all()}
    for _again in range(2):
        services.settle(shelf.owner, shown.pk, answers, version=shown.version, now=NOW)
    assert Opportunity.objects.count() == 2


def test_who_agrees_to_nothing_says_why(shelf: SmallBank, shown: Solution) -> None:
    answers = {item.pk: NO for item in shown.items.all()}
    with pytest.raises(Unacceptable):
        services.settle(shelf.owner, shown.pk, answers, version=shown.version, now=NOW)
    settled = services.settle(shelf.owner, shown.pk, answers, version=shown.version, now=NOW, reason="price")
    assert (settled.state, settled.declined_reason, settled.level_agreed) == ("declined", "price", "")


def test_every_item_is_answered(shelf: SmallBank, shown: Solution) -> None:
    first = shown.items.first()
    with pytest.raises(Unacceptable):
        services.settle(shelf.owner, shown.pk, {first.pk: yes()}, version=shown.version, now=NOW)


def test_what_ran_out_can_be_agreed_to_by_nobody(shelf: SmallBank, shown: Solution) -> None:
    later = NOW + timedelta(days=15)
    assert selectors.solution(shelf.owner, shown.pk, timezone.localdate(later)).standing == "expired"
    answers = {item.pk: NO for item in shown.items.all()}
    with pytest.raises(Conflict):
        services.settle(shelf.owner, shown.pk, answers, version=shown.version, now=later, reason="price")


def test_a_solution_holds_no_longer_than_a_bundle_in_it(shelf: SmallBank) -> None:
    bundle = in_force(shelf, valid_until=TODAY + timedelta(days=5))
    one = services.begin(shelf.owner, shelf.party_id, now=NOW)
    one = chosen(one, shelf, Choice("grow", f"bundle|{bundle.pk}", 1_000_000))
    with pytest.raises(Unacceptable):
        services.show(shelf.owner, one.pk, "en", UNTIL, version=one.version, now=NOW)
    until = TODAY + timedelta(days=5)
    assert services.show(shelf.owner, one.pk, "en", until, version=one.version, now=NOW).level_shown == "service"


def test_a_withdrawn_bundle_is_put_in_no_new_solution_and_kept_where_it_was_promised(
    shelf: SmallBank, bundle: Bundle
) -> None:
    one = services.begin(shelf.owner, shelf.party_id, now=NOW)
    one = chosen(one, shelf, Choice("grow", f"bundle|{bundle.pk}", 1_000_000))
    shown = services.show(shelf.owner, one.pk, "en", UNTIL, version=one.version, now=NOW)
    second = services.begin(shelf.owner, shelf.party_id, now=NOW)
    second = chosen(second, shelf, Choice("grow", f"bundle|{bundle.pk}", 1_000_000))
    withdraw_bundle(shelf.user("marketer"), bundle.code, "wrong price", version=1, now=NOW)
    with pytest.raises(Unacceptable):
        services.show(shelf.owner, second.pk, "en", UNTIL, version=second.version, now=NOW)
    settled = services.settle(shelf.owner, shown.pk, {shown.items.get().pk: yes()}, version=shown.version, now=NOW)
    assert settled.state == "agreed"
    assert settled.items.get().bundle == bundle


def test_a_newer_version_takes_the_olders_place_in_new_solutions_only(shelf: SmallBank, bundle: Bundle) -> None:
    one = services.begin(shelf.owner, shelf.party_id, now=NOW)
    one = chosen(one, shelf, Choice("grow", f"bundle|{bundle.pk}", 1_000_000))
    shown = services.show(shelf.owner, one.pk, "en", UNTIL, version=one.version, now=NOW)
    newer = in_force(shelf, based_on=1, price=9_900)
    offered = [o.bundle for o in fitting(shelf.owner, shelf.party_id, TODAY).needs[0].fits if o.bundle]
    assert offered == [newer]
    assert shown.content["needs"][0]["items"][0]["bundle"]["price"] == 0


def test_a_bundle_is_barred_by_the_riskiest_product_in_it(shelf: SmallBank) -> None:
    in_force(shelf, code="bold", products=["P02", "P04"])
    barred = [one for one in fitting(shelf.owner, shelf.party_id, TODAY).needs[0].barred if one.bundle]
    assert [one.codes for one in barred] == [("risk_too_high",)]


def test_a_bundle_is_refused_by_its_own_rule_with_the_reason(shelf: SmallBank, bundle: Bundle) -> None:
    Customer.rows().filter(party_id=shelf.party_id).update(tier="basic")
    barred = [one for one in fitting(shelf.owner, shelf.party_id, TODAY).needs[0].barred if one.bundle]
    assert [one.codes for one in barred] == [("bundle_tier",)]


@pytest.mark.parametrize("act", ["begin", "compose", "show", "settle", "drop"])
def test_a_stranger_finds_nothing_and_who_serves_nobody_may_not(shelf: SmallBank, shown: Solution, act: str) -> None:
    acts = {
        "begin": lambda user: services.begin(user, shelf.party_id, now=NOW),
        "compose": lambda user: services.compose(user, shown.pk, [], [], "", version=1, now=NOW),
        "show": lambda user: services.show(user, shown.pk, "en", UNTIL, version=1, now=NOW),
        "settle": lambda user: services.settle(user, shown.pk, {}, version=1, now=NOW),
        "drop": lambda user: services.drop(user, shown.pk, version=1, now=NOW),
    }
    for nobody in (shelf.stranger, shelf.colleague):  # neither is on the customer's team
        with pytest.raises(NotFound):
            acts[act](nobody)
    with pytest.raises(NotAllowed):
        acts[act](shelf.user("auditor"))


def test_a_dropped_draft_makes_room_for_another(shelf: SmallBank, draft: Solution) -> None:
    services.drop(shelf.owner, draft.pk, version=draft.version, now=NOW)
    assert services.begin(shelf.owner, shelf.party_id, now=NOW) != draft
    assert len(selectors.of_customer(shelf.owner, shelf.party_id, TODAY)) == 1
