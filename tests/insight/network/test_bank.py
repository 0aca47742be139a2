from __future__ import annotations

from datetime import date, datetime
from typing import Any

from insight.tables import arrow, listed, rows, table
from tenure.contracts import codes
from tenure.insight import Network
from tenure.insight.network import KINDS, edges_of_bank, people_of_bank
from tenure.insight.network.bank import RELATIONS

AS_OF = date(2026, 10, 31)
Edge = tuple[str, str, str, float | None, date | None]


def person(party: str, **more: Any) -> dict[str, Any]:
    return {"party_id": party, "kind": "person", "since": date(2020, 1, 1), **more}


def edges(**tables: list[dict[str, Any]]) -> list[Edge]:
    made = {name: table(name, given) for name, given in {"party": [person("a")], **tables}.items()}
    found = listed(edges_of_bank(made, AS_OF))
    return sorted(((r["from"], r["to"], r["kind"], r["weight"], r["since"]) for r in found), key=str)


def related(party: str, other: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"party_id": party, "other_id": other, "kind": kind, **more}


def test_every_relation_the_contract_knows_becomes_a_kind_of_tie() -> None:
    assert set(RELATIONS) == set(codes.RELATION_KINDS)
    assert {kind for kind, _ in RELATIONS.values()} <= set(KINDS)


def test_a_relation_told_from_both_sides_is_one_tie() -> None:
    got = edges(
        relation=[
            related("b", "a", "child", since=date(2021, 5, 1)),
            related("a", "b", "parent", since=date(2021, 4, 1)),
            related("shop", "mill", "supplier"),
            related("mill", "shop", "buyer"),
        ]
    )
    assert got == [("a", "b", "family", None, date(2021, 4, 1)), ("shop", "mill", "supply", None, None)]


def test_a_share_in_percent_becomes_the_weight_of_ownership() -> None:
    [edge] = edges(relation=[related("firm", "a", "owner", share=51.0)])
    assert edge == ("firm", "a", "ownership", 0.51, None)


def test_a_relation_that_ended_or_has_not_begun_is_no_tie() -> None:
    over = [
        related("a", "b", "spouse", until=AS_OF),
        related("a", "c", "sibling", since=date(2026, 11, 1)),
        related("a", "d", "guarantor", since=AS_OF),
    ]
    assert [(e[1], e[2]) for e in edges(relation=over)] == [("d", "guarantee")]


def test_an_employer_told_on_the_party_and_as_a_relation_is_one_tie_and_none_after_leaving_the_bank() -> None:
    got = edges(
        party=[person("a", employer_id="mill"), person("b", employer_id="mill", left_on=date(2025, 1, 1))],
        relation=[related("a", "mill", "employer", since=date(2022, 1, 1))],
    )
    assert got == [("a", "mill", "employer", None, date(2022, 1, 1))]


def test_those_who_share_an_account_are_tied_and_its_only_owner_is_not_tied_to_himself() -> None:
    account = [
        {"account_id": "1", "party_id": "b", "product_id": "p", "opened_on": date(2020, 1, 1)},
        {
            "account_id": "2",
            "party_id": "c",
            "product_id": "p",
            "opened_on": date(2020, 1, 1),
            "closed_on": date(2024, 1, 1),
        },
    ]
    holder = [
        {"account_id": "1", "party_id": "b", "role": "owner"},
        {"account_id": "1", "party_id": "a", "role": "joint", "since": date(2020, 2, 1)},
        {"account_id": "2", "party_id": "a", "role": "joint"},
    ]
    assert edges(account=account, account_holder=holder) == [("a", "b", "account", None, date(2020, 2, 1))]


def paid(account: str, other: str | None, when: datetime, amount: int, kind: str = "transfer_out") -> dict[str, Any]:
    return {
        "transaction_id": f"{account}{other}{when}{amount}",
        "account_id": account,
        "counterparty_account": other,
        "booked_at": when,
        "amount": amount,
        "kind": kind,
    }


def test_money_paid_in_six_of_twelve_months_is_a_tie_of_one_half_though_booked_on_both_accounts() -> None:
    account = [
        {"account_id": n, "party_id": p, "product_id": "x", "opened_on": date(2020, 1, 1)}
        for n, p in ("1a", "2b", "3c")
    ]
    months = [datetime(2026, m, 15, 9) for m in range(4, 10)]
    out = [paid("1", "2", when, -500) for when in months]
    came = [paid("2", "1", when, 500, "transfer_in") for when in months]
    other = [
        paid("1", "3", datetime(2026, 5, 1), -100),  # one month only
        paid("3", "2", datetime(2026, 10, 5), -100),  # the open month
        paid("3", "2", datetime(2026, 10, 6), -100),
        paid("3", "2", datetime(2025, 9, 30), -100),  # before the window
        paid("1", "999", datetime(2026, 5, 1), -100),  # another bank
        *[paid("3", "1", when, -9, "payroll") for when in months],  # wages are the employer tie
    ]
    assert edges(account=account, transaction=[*out, *came, *other]) == [("a", "b", "payment", 0.3, date(2026, 4, 15))]


def test_people_are_known_by_the_talks_of_the_last_year_and_customers_until_they_leave() -> None:
    tables = {
        "party": table(
            "party",
            [person("a"), person("b", left_on=AS_OF), person("c", since=date(2026, 11, 1)), person("d", since=None)],
        ),
        "account": table(
            "account",
            [
                {"account_id": "1", "party_id": "a", "product_id": "p", "opened_on": date(2020, 1, 1)},
                {"account_id": "2", "party_id": "a", "product_id": "p", "opened_on": date(2020, 1, 1)},
                {"account_id": "3", "party_id": "a", "product_id": "q", "opened_on": date(2026, 11, 1)},
            ],
        ),
        "interaction": table(
            "interaction",
            [
                {"interaction_id": "1", "party_id": "a", "at": datetime(2026, 10, 31, 18), "outcome": "done"},
                {"interaction_id": "2", "party_id": "a", "at": datetime(2026, 3, 1), "outcome": "no_answer"},
                {"interaction_id": "3", "party_id": "a", "at": datetime(2025, 3, 1), "outcome": "done"},
                {"interaction_id": "4", "party_id": "a", "at": datetime(2026, 2, 1), "outcome": None},
            ],
        ),
    }
    got = rows(people_of_bank(tables, AS_OF))
    assert {p: (r["customer"], r["products"]) for p, r in got.items()} == {
        "a": (1, 1),
        "b": (0, 0),
        "c": (0, 0),
        "d": (0, 0),
    }
    assert abs(got["a"]["known"] - 0.8) < 1e-12 and got["b"]["known"] == 0


def test_the_banks_tables_make_a_network() -> None:
    tables = {"party": table("party", [person("a"), person("b")])}
    tables["relation"] = table("relation", [related("b", "a", "spouse"), related("firm", "b", "legal_representative")])
    network = Network.of(edges_of_bank(tables, AS_OF).to_pyarrow(), people_of_bank(tables, AS_OF).to_pyarrow())
    assert network.ids.to_pylist() == ["a", "b", "firm"]
    assert network.prospects(["a"]).to_pylist()[0]["party_id"] == "firm"
    assert arrow("relation", []).num_rows == edges_of_bank({"party": tables["party"]}, AS_OF).to_pyarrow().num_rows
