"""Needs are felt for reasons, nothing unsuitable is ever open, and nothing is made up."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from insight.tables import kept, listed, rows, table, values
from tenure.contracts.findings import NEED
from tenure.errors import InputError
from tenure.insight import needs, thresholds

AS_OF = date(2026, 10, 31)
SET = needs.load()
FIGURES = pa.schema(
    [
        ("party_id", pa.string()), ("deposit", pa.int64()), ("investment", pa.int64()), ("loan", pa.int64()),
        ("categories", pa.string()), ("transactions_12m", pa.int64()), ("inflow_3m", pa.int64()),
        ("outflow_3m", pa.int64()), ("payroll_months", pa.int64()), ("payroll_last_on", pa.date32()),
        ("maturing_90d", pa.int64()), ("next_maturity_on", pa.date32()), ("open_complaints", pa.int64()),
    ]
)  # fmt: skip
ADULT = {
    "kind": "person", "birth_date": date(1986, 10, 31), "risk_rating": "R3", "risk_rated_on": date(2026, 5, 1),
    "consent_marketing": True, "deposit": 300_000_00, "transactions_12m": 200,
}  # fmt: skip
WEALTH = {"product_id": "W", "category": "wealth_management", "risk_level": "R2"}


def seen(*customers: dict[str, Any], relations: list[dict[str, Any]] | None = None, **more: Any) -> ibis.Table:
    full = [{"party_id": f"P{i}", **ADULT, **one} for i, one in enumerate(customers)]
    figures = pa.Table.from_pylist([{name: one.get(name) for name in FIGURES.names} for one in full], FIGURES)
    known = table("party", [{k: v for k, v in one.items() if k not in FIGURES.names[1:]} for one in full])
    told = table("relation", relations or [])
    return kept(needs.customers(known, ibis.memtable(figures), told, more.pop("as_of", AS_OF), SET, **more))


def proposed(customers: ibis.Table, *products: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return listed(needs.proposals(customers, table("product", products), AS_OF, more.pop("set", SET), **more))


def felt(customers: ibis.Table) -> dict[str, dict[str, Any]]:
    return rows(needs.felt(customers, AS_OF, SET), "need")


#: A customer beside a product, and the reason on the very day.
CASES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {}, "ok"),
    ({"left_on": AS_OF}, {}, "left"),
    ({"left_on": AS_OF + timedelta(days=1)}, {}, "ok"),
    ({}, {"withdrawn_on": AS_OF}, "not_on_sale"),
    ({}, {"launched_on": AS_OF + timedelta(days=1)}, "not_on_sale"),
    ({}, {"sold_to": "person"}, "ok"),
    ({}, {"sold_to": "company"}, "wrong_kind"),
    ({"kind": "company"}, {"sold_to": "person"}, "wrong_kind"),
    ({"kind": "company"}, {"sold_to": "company"}, "ok"),
    ({}, {"category": "cash_management"}, "wrong_kind"),
    ({"kind": "company"}, {"category": "credit_card", "risk_level": None}, "wrong_kind"),
    ({}, {"category": "cash_management", "sold_to": "person"}, "ok"),
    ({"consent_marketing": False}, {}, "no_consent"),
    ({"consent_marketing": None}, {}, "no_consent"),
    ({"open_complaints": 1}, {}, "complaint_open"),
    ({"birth_date": None}, {}, "age_unknown"),
    ({"birth_date": date(2008, 11, 1)}, {}, "too_young"),
    ({"birth_date": date(2008, 10, 31)}, {}, "ok"),
    ({}, {"risk_level": None}, "product_unrated"),
    ({"risk_rating": None}, {}, "risk_not_rated"),
    ({"risk_rated_on": AS_OF - timedelta(days=365)}, {}, "ok"),
    ({"risk_rated_on": AS_OF - timedelta(days=366)}, {}, "rating_expired"),
    ({"risk_rated_on": None}, {}, "rating_expired"),
    ({"risk_rated_on": AS_OF + timedelta(days=1)}, {}, "rating_expired"),
    ({"risk_rating": "R1"}, {}, "risk_too_high"),
    ({"risk_rating": "R2"}, {}, "ok"),
]


def test_a_gate_gives_its_reason_on_the_very_day() -> None:
    people = seen(*(customer for customer, _, _ in CASES))
    sold = table("product", [{**WEALTH, **product, "product_id": f"P{i}"} for i, (_, product, _) in enumerate(CASES)])
    offered = sold.select("category", "risk_level", "launched_on", "withdrawn_on", "sold_to", party_id="product_id")
    beside = people.inner_join(offered, "party_id")
    found = rows(beside.select("party_id", gate=needs.gate(beside, SET, AS_OF)))
    assert [found[f"P{i}"]["gate"] for i in range(len(CASES))] == [reason for _, _, reason in CASES]


def test_of_two_products_each_is_offered_the_one_that_is_for_them() -> None:
    """The lower risk comes first among those that may be offered; what is for others is no alternative."""
    bank = (
        {**WEALTH, "product_id": "FOR-COMPANIES", "risk_level": "R1", "sold_to": "company"},
        {**WEALTH, "product_id": "FOR-PERSONS", "sold_to": "person"},
    )
    grown = [one for one in proposed(seen({}), *bank) if one["category"] == "wealth_management"]
    assert {(one["product_id"], one["gate"]) for one in grown} == {("FOR-PERSONS", "ok")}
    only = [one for one in proposed(seen({}), bank[0]) if one["category"] == "wealth_management"]
    assert {(one["product_id"], one["gate"]) for one in only} == {("FOR-COMPANIES", "wrong_kind")}


def test_nobody_of_sixty_five_is_offered_a_loan() -> None:
    lender = {"product_id": "C", "category": "credit_card"}
    paid = {"payroll_months": 12}
    young, old = (seen({**paid, "birth_date": date(year, 10, 31)}) for year in (1962, 1961))
    assert [one["gate"] for one in proposed(young, lender)] == ["ok"]
    assert [one["gate"] for one in proposed(old, lender)] == ["too_old"]


_RATINGS = st.sampled_from(["R1", "R2", "R3", "R4", "R5", None])


@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    st.lists(
        st.tuples(_RATINGS, st.integers(-30, 500), st.sampled_from([True, False, None])), min_size=20, max_size=60
    ),
    st.lists(_RATINGS, min_size=1, max_size=4),
)
def test_no_gate_opens_for_an_unsuitable_product(people: list[Any], levels: list[Any]) -> None:
    customers = [
        {"risk_rating": r, "risk_rated_on": AS_OF - timedelta(days=d), "consent_marketing": c} for r, d, c in people
    ]
    products = [{**WEALTH, "product_id": f"W{i}", "risk_level": level} for i, level in enumerate(levels)]
    found = [one for one in proposed(seen(*customers), *products) if one["need"] == "grow"]
    assert len(found) == len(people)
    for one in found:
        rating, days, consent = people[int(one["party_id"][1:])]
        level = levels[int(one["product_id"][1:])]
        suits = consent is True and rating and 0 <= days <= 365
        if one["gate"] == "ok":
            assert suits and level and level <= rating
        else:  # barred only if no product of the category would do
            assert not (suits and any(each and each <= rating for each in levels))


def test_money_beyond_three_months_of_spending_wants_to_grow() -> None:
    found = felt(seen({"deposit": 180_000_00, "outflow_3m": 30_000_00}))["grow"]
    assert found["score"] == 0.5
    assert json.loads(found["evidence"])[0] == {"code": "idle", "value": 150_000_00, "unit": "money"}


def test_a_child_is_somebody_to_protect_and_an_ended_relation_is_none() -> None:
    child = {"party_id": "P0", "other_id": "C", "kind": "child"}
    assert {"protect", "children"} <= set(felt(seen({}, relations=[child])))
    assert "children" not in felt(seen({}, relations=[{**child, "until": AS_OF}]))


def test_who_leads_a_company_may_need_money_for_it() -> None:
    leads = {"party_id": "COMPANY", "other_id": "P0", "kind": "legal_representative"}
    assert felt(seen({}, relations=[leads]))["business"]["score"] == 0.6


def test_a_company_has_the_five_demands_and_no_persons_needs() -> None:
    company = {
        "kind": "company", "birth_date": None, "deposit": 9_000_000_00, "inflow_3m": 100, "outflow_3m": 300,
        "transactions_12m": 600,
    }  # fmt: skip
    partners = [
        {"party_id": "P0", "other_id": f"{kind}{i}", "kind": kind} for kind in ("supplier", "buyer") for i in range(5)
    ]
    assert set(felt(seen(company, relations=partners))) == {"purchasing", "selling", "financing", "cash", "investing"}


def test_a_customer_of_whom_nothing_is_known_needs_nothing_but_an_app() -> None:
    nothing = {**dict.fromkeys(("birth_date", "deposit", "transactions_12m")), "risk_rating": None}
    assert set(felt(seen(nothing))) == {"transact"}


def test_expected_value_is_likelihood_times_worth_and_null_where_unknown() -> None:
    customers = seen({})
    (unknown,) = (one for one in proposed(customers, WEALTH) if one["need"] == "grow")
    assert (unknown["propensity"], unknown["expected_value"]) == (None, None)
    chance = values(party_id=["P0"], category=["wealth_management"], propensity=[0.25])
    worth = values(category=["wealth_management"], worth=[1_000_00])
    (known,) = (one for one in proposed(customers, WEALTH, propensity=chance, worth=worth) if one["need"] == "grow")
    assert (known["propensity"], known["expected_value"]) == (0.25, 250_00)


def test_what_is_likely_is_a_need_without_a_rule_and_strengthens_one_with() -> None:
    names = [f"P{n}" for n in range(20)]
    customers = seen(*({"payroll_months": 12 if name == "P1" else 0} for name in names))
    chance = values(
        party_id=names, category=["credit_card"] * 20, propensity=[0.16, 0.16] + [0.01] * 18,
        because=['{"code":"of_age","value":40,"unit":"count"}', None] + [None] * 18,
    )  # fmt: skip
    found = proposed(customers, {"product_id": "C", "category": "credit_card"}, propensity=chance)
    cards = {one["party_id"]: one for one in found if one["category"] == "credit_card"}
    assert set(cards) == {"P0", "P1"}, "an average likelihood admits nobody"
    rare = chance.mutate(propensity=chance.propensity / 20)
    found = proposed(customers, {"product_id": "C", "category": "credit_card"}, propensity=rare)
    assert {one["party_id"] for one in found} == {"P1"}, "nor does a rare one, however far above the average"
    model = 0.5 * np.log2(6.4) / 3  # 0.16 against a mean of 0.025
    assert (cards["P0"]["need"], cards["P0"]["score"]) == ("consume", round(model, 4))
    said = json.loads(cards["P0"]["evidence"])
    assert said[0] == {"code": "lift", "value": 6.4, "unit": "number"} and said[1]["code"] == "of_age"
    assert cards["P1"]["score"] == 1, "the rule was full already"
    assert [one["code"] for one in json.loads(cards["P1"]["evidence"])] == ["payroll_months", "lift"]


def test_the_model_admits_nothing_that_is_held_and_not_bought_again() -> None:
    names = [f"P{n}" for n in range(20)]
    held = {"categories": '["credit_card","fund"]', "birth_date": date(2000, 1, 1)}
    chances = [0.2] + [0.001] * 19
    for category, product, told in (
        ("credit_card", {"product_id": "C"}, []),
        ("fund", {"product_id": "F", "risk_level": "R1"}, ["retire"]),
    ):
        chance = values(party_id=names, category=[category] * 20, propensity=chances)
        found = proposed(seen(held, *[{}] * 19), {**product, "category": category}, propensity=chance)
        assert [one["need"] for one in found if one["party_id"] == "P0"] == told


def test_proposals_are_what_the_publication_takes_and_no_more_than_asked() -> None:
    products = [WEALTH, {"product_id": "C", "category": "credit_card"}, {"product_id": "M", "category": "mortgage"}]
    customers = seen({"payroll_months": 12, "consent_marketing": True}, {"payroll_months": 12, "risk_rating": "R1"})
    found = proposed(customers, *products, set=needs.load(override={"top": 2}))
    assert set(found[0]) == set(NEED.names)
    assert sorted((one["party_id"], one["place"]) for one in found) == [("P0", 1), ("P0", 2), ("P1", 1), ("P1", 2)]
    assert all(one["gate"] == "ok" for one in found if one["party_id"] == "P1")  # the barred fund comes last


def test_net_worth_is_assets_less_debts_however_debts_are_booked() -> None:
    figures = values(party_id=["A", "B"], deposit=[100, 7], investment=[50, 0], loan=[-30, 40])
    each = rows(needs.balance_sheet(figures))
    assert (each["A"]["net_worth"], each["B"]["net_worth"]) == (120, -33)
    members = values(group_id=["H", "H", "H"], party_id=["A", "B", "B"])
    one = rows(needs.balance_sheet(figures, members), "group_id")["H"]
    assert (one["assets"], one["liabilities"], one["net_worth"]) == (157, 70, 87)


def test_levels_are_scaled_to_the_lakes_currency() -> None:
    for currency, digits, factor in (("JPY", 0, 20), ("CZK", 2, 0.2), ("CNY", 2, 1)):
        held = needs.load(currency, {"level": {"idle": 200_000}}, scale=thresholds.load(currency).scale)
        assert held.level["maturing"] == 200_000 * factor * 10**digits
        assert held.level["idle"] == 200_000 * factor * 10**digits, "a bank's own amount is written in yuan as well"


def test_a_banks_own_file_is_laid_over_the_defaults(tmp_path: Path) -> None:
    own = tmp_path / "needs.toml"
    own.write_text("top = 3\n[level]\nidle = 100_000\n[occasion]\ninflow = { lasts = 20 }\n", encoding="utf-8")
    held = needs.load("CNY", own)
    assert (held.top, held.level["idle"], held.occasion["inflow"].lasts) == (3, 100_000_00, 20)
    assert held.occasion["inflow"].due == SET.occasion["inflow"].due
    own.write_text("top = = 3", encoding="utf-8")
    with pytest.raises(InputError, match=r"needs\.toml"):
        needs.load("CNY", own)


@pytest.mark.parametrize(
    "wrong",
    [
        {"tops": 1}, {"minimum_score": 2.0}, {"level": {"idle": 0}}, {"silence_is_consent": 1}, {"level": 3},
        {"likely_lift": 1.0}, {"likely_least": 2.0}, {"school_month": 13}, {"occasion": {"inflow": {"lasts": 1}}},
    ],
)  # fmt: skip
def test_an_impossible_setting_is_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        needs.load(override=wrong)
