"""Related needs: from employers, colleagues, household and trade, without telling what any one person holds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from insight.needs.test_needs import AS_OF, SET, felt, seen
from insight.tables import listed, table
from tenure.insight import needs

FUND = {"categories": '["fund"]'}


def colleagues(holders: int, others: int, **more: Any) -> list[dict[str, Any]]:
    """Employees of company E: the first ``holders`` of them hold a fund."""
    return [{**(FUND if n < holders else {}), "employer_id": "E", **more} for n in range(holders + others)]


def related(*people: dict[str, Any], relations: list[dict[str, Any]] | None = None) -> dict[str, dict[str, Any]]:
    told = table("relation", relations or [])
    rest = [{"party_id": f"X{n}"} for n in range(30)]  # the bank's other customers, who hold nothing
    found = needs.related(seen(*people, *rest, relations=relations), needs.in_force(told, AS_OF), SET)
    return {f"{one['party_id']} {one['need']}": one for one in listed(found)}


def test_what_many_colleagues_hold_is_told_as_k_of_n() -> None:
    found = related(*colleagues(6, 6))
    assert set(found) == {f"P{n} colleagues" for n in range(6, 12)}, "only who lacks it"
    one = found["P6 colleagues"]
    assert (one["category"], one["score"]) == ("fund", 0.3)
    numbers = {each["code"]: each["value"] for each in json.loads(one["evidence"])}
    assert numbers == {"colleagues_with": 6, "colleagues": 12, "usual_share": 0.14}


@pytest.mark.parametrize(("holders", "others"), [(5, 4), (11, 1)])
def test_of_a_group_too_small_or_all_but_one_nothing_is_told(holders: int, others: int) -> None:
    assert related(*colleagues(holders, others)) == {}


def test_who_has_left_the_employer_is_no_colleague() -> None:
    people = colleagues(6, 6)
    gone = [{"party_id": "P11", "other_id": "E", "kind": "employer", "until": AS_OF}]
    found = related(*people, relations=gone)
    assert "P11 colleagues" not in found and json.loads(found["P6 colleagues"]["evidence"])[1]["value"] == 11


@pytest.mark.parametrize(
    ("consents", "told"), [((True, True), True), ((True, False), False), ((False, True), False), ((True, None), False)]
)
def test_what_the_spouse_holds_is_told_only_if_both_have_agreed(consents: tuple[Any, Any], told: bool) -> None:
    mine, theirs = consents
    people = [{"consent_marketing": mine}, {"consent_marketing": theirs, "categories": '["insurance","fund"]'}]
    found = related(*people, relations=[{"party_id": "P1", "other_id": "P0", "kind": "spouse"}])
    assert set(found) == ({"P0 household"} if told else set())
    if told:
        assert found["P0 household"]["category"] == "insurance"
        assert json.loads(found["P0 household"]["evidence"])[0] == {"code": "members_with", "value": 1, "unit": "count"}


def test_an_employer_of_many_customers_may_pay_them_here() -> None:
    company: dict[str, Any] = {"party_id": "E", "kind": "company", "birth_date": None}

    def payroll(staff: int, **more: Any) -> dict[str, Any] | None:
        found = needs.felt(seen({**company, **more}, *colleagues(0, staff)), AS_OF, SET)
        return next((one for one in listed(found) if one["need"] == "payroll"), None)

    asked = payroll(10)
    assert asked and (asked["party_id"], asked["category"]) == ("E", "payroll_service")
    assert json.loads(asked["evidence"]) == [{"code": "staff", "value": 10, "unit": "count"}]
    assert payroll(9) is None and payroll(10, categories='["payroll_service"]') is None


def test_a_partner_who_banks_here_makes_a_chain_to_settle_and_to_finance() -> None:
    company: dict[str, Any] = {"kind": "company", "birth_date": None, "deposit": 0, "transactions_12m": 0}
    known = {"party_id": "P1", "other_id": "P0", "kind": "buyer"}  # told by the supplier
    found = listed(needs.felt(seen(company, company, relations=[known]), AS_OF, SET))
    mine = {one["need"]: one for one in found if one["party_id"] == "P0"}
    assert mine["purchasing"]["score"] == 0.4 and mine["supply_chain"]["category"] == "business_loan"
    assert {"code": "suppliers_here", "value": 1, "unit": "count"} in json.loads(mine["supply_chain"]["evidence"])
    assert {one["need"] for one in found if one["party_id"] == "P1"} == {"selling", "supply_chain"}
    elsewhere = {**known, "party_id": "ELSEWHERE"}
    assert "supply_chain" not in felt(seen(company, relations=[elsewhere]))
