"""A lake of a handful of customers over half a year, landed day by day as a bank would."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from tenure.contracts import LAKE, Kind
from tenure.lake import Lake, land_tables

_ARROW = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.MONEY: pa.int64(),
    Kind.RATE: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us"),
    Kind.BOOLEAN: pa.bool_(),
}
CUSTOMERS = 12
BEGAN = date(2025, 11, 1)
#: The first delivery reaches to here; later days come one by one.
BULK_UNTIL = date(2026, 4, 28)


def arrow(name: str, rows: Iterable[dict[str, Any]]) -> pa.Table:
    """A table of the lake, what a row leaves out being null."""
    contract = LAKE[name]
    full = [{column: row.get(column) for column in contract.names} for row in rows]
    return pa.Table.from_pylist(full, pa.schema([(c.name, _ARROW[c.kind]) for c in contract]))


def _state() -> dict[str, list[dict[str, Any]]]:
    party = [
        {
            "party_id": f"P{n}", "kind": "person", "name": f"Name {n}", "org_id": "O1" if n % 2 else "O2",
            "since": date(2020, 1, 15), "birth_date": date(1980, 1 + n % 12, 10), "phone": f"1380000{n:04d}",
            "lead_staff_id": "S1" if n % 3 == 0 else None,
        }
        for n in range(CUSTOMERS)
    ]  # fmt: skip
    party.append({"party_id": "LATER", "kind": "person", "name": "L", "org_id": "O1", "since": date(2026, 4, 30)})
    account = []
    for n in range(CUSTOMERS):
        account.append({"account_id": f"A{n}", "party_id": f"P{n}", "product_id": "D", "opened_on": date(2020, 1, 15)})
        if n % 2:
            account.append(
                {"account_id": f"T{n}", "party_id": f"P{n}", "product_id": "T", "opened_on": date(2026, 1, 5),
                 "matures_on": date(2026, 5, 9)}
            )  # fmt: skip
    account.append({"account_id": "NEW", "party_id": "P0", "product_id": "W", "opened_on": date(2026, 4, 30)})
    account.append({"account_id": "USD", "party_id": "P1", "product_id": "D", "opened_on": date(2021, 1, 1)})
    return {
        "organisation": [
            {"org_id": "HQ", "name": "Head office", "kind": "head_office"},
            {"org_id": "O1", "name": "One", "kind": "outlet", "parent_id": "HQ"},
            {"org_id": "O2", "name": "Two", "kind": "outlet", "parent_id": "HQ"},
        ],
        "staff": [
            {"staff_id": "S1", "name": "Ann", "org_id": "O1", "role": "relationship_manager", "daily_capacity": 2}
        ],
        "party": party,
        "product": [
            {"product_id": "D", "name": "活期", "name_en": "Demand", "category": "demand_deposit"},
            {"product_id": "T", "name": '定期"一"', "name_en": "Term", "category": "time_deposit"},
            {"product_id": "W", "name": "理财", "name_en": "Wealth", "category": "wealth_management"},
        ],
        "account": [{"currency": "USD" if a["account_id"] == "USD" else "CNY", **a} for a in account],
        "account_holder": [{"account_id": "A0", "party_id": "P1", "role": "joint"}],
        "coverage": [{"party_id": "P5", "staff_id": "S1", "role": "lead", "since": date(2020, 1, 1)}],
    }


def events(first: date, last: date, seed: str = "") -> dict[str, list[dict[str, Any]]]:
    """What happened from ``first`` to ``last``: the same day always brings the same."""
    transactions, balances, interactions, surveys = [], [], [], []
    day = first
    while day <= last:
        chance = random.Random(f"{day}{seed}")
        for n in range(CUSTOMERS):
            if chance.random() < 0.5:
                amount = chance.choice([5_000_00, -800_00, -300_00, 9_000_000, -2_000_000])
                kind = "cash_in" if amount > 0 else "transfer_out"
                transactions.append(_transaction(f"{day}-{n}{seed}", f"A{n}", day, chance, amount, kind))
                balances.append({"account_id": f"A{n}", "day": day, "balance": chance.randrange(0, 120_000_000)})
            if day.day == 10 and n < 4:
                transactions.append(_transaction(f"pay-{day}-{n}{seed}", f"A{n}", day, chance, 1_200_000, "payroll"))
        if day == date(2026, 1, 5):
            balances += [{"account_id": f"T{n}", "day": day, "balance": 30_000_000} for n in range(1, CUSTOMERS, 2)]
            balances.append({"account_id": "USD", "day": day, "balance": 77_700})
        if day == date(2026, 4, 30):
            balances.append({"account_id": "NEW", "day": day, "balance": 600_000_000})
        if day.day % 9 == 0:
            who = f"P{day.toordinal() % CUSTOMERS}"
            at = datetime(day.year, day.month, day.day, 15)
            interactions.append({"interaction_id": f"i{day}{seed}", "party_id": who, "at": at, "kind": "call"})
            surveys.append(
                {"response_id": f"s{day}{seed}", "party_id": who, "answered_at": at, "moment": "periodic",
                 "recommend": day.toordinal() % 11}
            )  # fmt: skip
        day += timedelta(days=1)
    found = {
        "transaction": transactions, "balance": balances, "interaction": interactions, "survey_response": surveys,
    }  # fmt: skip
    return {name: rows for name, rows in found.items() if rows}


def _transaction(name: str, account: str, day: date, chance: random.Random, amount: int, kind: str) -> dict[str, Any]:
    at = datetime(day.year, day.month, day.day, chance.randrange(8, 20), chance.randrange(60))
    channel = chance.choice(["counter", "mobile", "card", "system"])
    same_name = kind == "transfer_out" and amount < -100_000_0
    return {
        "transaction_id": name, "account_id": account, "booked_at": at, "amount": amount, "channel": channel,
        "kind": kind, "same_name": same_name,
    }  # fmt: skip


def create(path: Path) -> Lake:
    """The lake with everything up to ``BULK_UNTIL``, some accounts and people already known for later days."""
    lake = Lake.create(path, bank="small", currency="CNY")
    tables = {**_state(), **events(BEGAN, BULK_UNTIL)}
    tables["complaint"] = [
        {"complaint_id": "c1", "party_id": "P2", "received_at": datetime(2026, 4, 3, 9), "state": "open"},
        {"complaint_id": "c2", "party_id": "P3", "received_at": datetime(2026, 4, 3, 9), "state": "closed",
         "closed_at": datetime(2026, 4, 30, 9)},
    ]  # fmt: skip
    land_tables(lake, "core", BULK_UNTIL, {name: arrow(name, rows) for name, rows in tables.items()})
    return lake


def deliver(lake: Lake, day: date, found: dict[str, list[dict[str, Any]]], source: str = "core") -> Any:
    """Land some tables for a business date."""
    return land_tables(lake, source, day, {name: arrow(name, rows) for name, rows in found.items()})
