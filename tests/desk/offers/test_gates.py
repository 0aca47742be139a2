"""Gates and rules of bundles: who may be offered what, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.contracts import codes
from tenure.desk.knowledge.suitability import Rating
from tenure.desk.offers import rules
from tenure.desk.offers.gates import Ware, Who, barred
from tenure.insight.needs import gates as of_the_night

ON = date(2026, 6, 30)
WHO = Who("person", None, True, 0, date(1986, 1, 1), None, "gold", 5_000_000, frozenset({"demand_deposit"}))
LEVELS = list(codes.RISK_RATINGS)


def rated(code: str, expires_on: date = ON + timedelta(days=1)) -> Rating:
    return Rating(code, code, ON - timedelta(days=10), expires_on, "desk", ON)


def test_a_customer_nobody_tested_may_not_be_shown_what_bears_risk() -> None:
    assert barred(Ware("fund", "R1"), WHO, ON) == ("risk_not_rated",)
    assert barred(Ware("time_deposit", None), WHO, ON) == ()


def test_a_rating_opens_nothing_on_the_day_it_ends() -> None:
    assert barred(Ware("fund", "R2"), replace(WHO, rating=rated("R5", ON)), ON) == ("rating_expired",)
    assert barred(Ware("fund", "R2"), replace(WHO, rating=rated("R5")), ON) == ()


@given(
    rating=st.sampled_from(LEVELS), level=st.sampled_from(LEVELS), category=st.sampled_from(codes.INVESTMENT_CATEGORIES)
)
def test_nothing_riskier_than_a_customer_bears_ever_fits(rating: str, level: str, category: str) -> None:
    fits = barred(Ware(category, level), replace(WHO, rating=rated(rating)), ON) == ()
    assert fits == (LEVELS.index(level) <= LEVELS.index(rating))


@given(
    category=st.sampled_from(list(codes.PRODUCT_CATEGORIES)),
    level=st.sampled_from([None, *LEVELS]),
    kind=st.sampled_from(list(codes.PARTY_KINDS)),
    agrees=st.sampled_from([True, False, None]),
    complaints=st.integers(0, 2),
    age=st.integers(0, 90) | st.none(),
    rating=st.sampled_from([None, *LEVELS]),
)
def test_what_is_told_is_told_in_order_and_only_known_reasons(
    category: str,
    level: str | None,
    kind: str,
    agrees: bool | None,
    complaints: int,
    age: int | None,
    rating: str | None,
) -> None:
    who = replace(
        WHO,
        kind=kind,
        agrees=agrees,
        open_complaints=complaints,
        birth_date=None if age is None else date(ON.year - age, 1, 1),
        rating=rated(rating) if rating else None,
    )
    found = barred(Ware(category, level), who, ON)
    assert set(found) <= set(of_the_night.REASONS)
    assert ("no_consent" in found) == (agrees is not True)
    assert ("complaint_open" in found) == (complaints > 0)
    assert ("wrong_kind" in found) or not (kind == "person" and category in codes.CATEGORIES_FOR["company"])
    if category in codes.INVESTMENT_CATEGORIES and not level:
        assert "product_unrated" in found


@given(
    sold_to=st.sampled_from([None, *codes.PARTY_KINDS]),
    kind=st.sampled_from(list(codes.PARTY_KINDS)),
    category=st.sampled_from(list(codes.PRODUCT_CATEGORIES)),
)
def test_a_companys_product_never_fits_a_person_nor_a_persons_a_company(
    sold_to: str | None, kind: str, category: str
) -> None:
    found = barred(Ware(category, "R1", sold_to=sold_to), replace(WHO, kind=kind, rating=rated("R5")), ON)
    others = next(one for one in codes.PARTY_KINDS if one != kind)
    if sold_to:
        assert ("wrong_kind" in found) == (sold_to != kind), "the bank's word goes before the category's"
    else:
        assert ("wrong_kind" in found) == (category in codes.CATEGORIES_FOR[others])


def test_reasons_are_all_told_not_only_the_first() -> None:
    who = replace(WHO, agrees=None, open_complaints=1, birth_date=date(1950, 1, 1))
    assert barred(Ware("mortgage", None), who, ON) == ("no_consent", "complaint_open", "too_old")


def test_a_product_is_on_sale_from_its_first_day_until_the_day_before_its_last() -> None:
    ware = Ware("time_deposit", None, launched_on=ON, withdrawn_on=ON + timedelta(days=1))
    assert barred(ware, WHO, ON) == ()
    assert barred(ware, WHO, ON - timedelta(days=1)) == ("not_on_sale",)
    assert barred(ware, WHO, ON + timedelta(days=1)) == ("not_on_sale",)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (rules.Terms(kinds=("company",)), "bundle_kind"),
        (rules.Terms(tier_least="platinum"), "bundle_tier"),
        (rules.Terms(aum_least=5_000_001), "bundle_aum"),
        (rules.Terms(holds=("demand_deposit", "fund")), "bundle_holds"),
        (rules.Terms(lacks=("fund", "demand_deposit")), "bundle_lacks"),
    ],
)
def test_each_rule_of_a_bundle_refuses_with_its_reason(terms: rules.Terms, reason: str) -> None:
    assert [one.reason for one in rules.refusals(terms, WHO)] == [reason]


def test_the_least_that_is_asked_is_enough() -> None:
    terms = rules.Terms(("person",), "gold", 5_000_000, ("demand_deposit",), ("fund",))
    assert rules.refusals(terms, WHO) == []


def test_three_levels_are_told_apart() -> None:
    plain, served = rules.Part("grow", "fund", False), rules.Part("grow", "fund", True)
    app = rules.Part("grow", "mobile_banking", False)
    assert rules.level_of([]) == ""
    assert rules.level_of([plain]) == rules.level_of([plain, plain]) == rules.level_of([app]) == "product"
    assert rules.level_of([served]) == rules.level_of([plain, app]) == "service"
    assert rules.level_of([plain, rules.Part("home", "mortgage", False)]) == "solution"


@given(st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True, min_size=1), st.booleans(), st.data())
def test_moving_a_need_loses_none(order: list[str], up: bool, data: st.DataObject) -> None:
    need = data.draw(st.sampled_from(order))
    assert sorted(rules.reordered(order, need, up)) == sorted(order)


def test_a_share_of_few_is_said_to_rest_on_few() -> None:
    assert rules.Sold(settled=19, agreed=10).too_few
    assert not rules.Sold(settled=20, agreed=10).too_few
    assert rules.Sold().share is None
    low, high = rules.Sold(settled=20, agreed=10).interval or (0, 0)
    assert low < 0.5 < high
