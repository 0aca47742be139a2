"""A small bank over three years, for the panel and the definitions: what a test doesn't say is quiet and regular."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import ibis
import pyarrow as pa

from insight.tables import table
from tenure.insight import activity, holdings, months, thresholds
from tenure.insight.attrition.customer_months import Sources

FIRST, LAST = months.parse("2023-01"), months.parse("2025-12")
THRESHOLDS = thresholds.load("CNY")
YUAN = 100


def steady(_: int) -> int:
    return 100_000


def sources(
    customers: Mapping[str, Callable[[int], int]],
    *,
    made: Mapping[str, Callable[[int], int]] | None = None,
    paid: Mapping[str, Callable[[int], int]] | None = None,
    closed: Mapping[str, date] | None = None,
    **events: list[dict[str, Any]],
) -> Sources:
    """Customers by number with their AUM (yuan) in each month (serial); transactions made and payroll likewise."""
    made, paid, closed = made or {}, paid or {}, closed or {}
    everyone = list(customers)
    opened = date(2020, 1, 10)
    accounts = [
        {"account_id": f"A{p}", "party_id": p, "product_id": "D", "opened_on": opened, "currency": "CNY",
         "closed_on": closed.get(p)}
        for p in everyone
    ]  # fmt: skip
    balances, acts = [], []
    for party, aum in customers.items():
        for month in range(FIRST, LAST + 1):
            held = aum(month) * YUAN
            balances.append({"account_id": f"A{party}", "month": month, "first": 1,
                             "area": held * months.length(month), "last": held})  # fmt: skip
            count = made.get(party, lambda _: 4)(month)
            row = dict.fromkeys(activity.SCHEMA, 0)
            row |= {"account_id": f"A{party}", "month": month, "made": count, "made_mobile": count,
                    "payroll": paid.get(party, lambda _: 0)(month) * YUAN, "inflow": 500_000, "outflow": 500_000,
                    "last_made_on": None, "last_payroll_on": None}  # fmt: skip
            acts.append(row)
    account = table("account", accounts)
    product = table("product", [{"product_id": "D", "name": "D", "category": "demand_deposit"}])
    kinds = {"string": pa.string(), "int64": pa.int64(), "date": pa.date32()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in activity.SCHEMA.items()])
    party = [{"party_id": p, "kind": "person", "birth_date": date(1980, 5, 5), "since": opened} for p in everyone]
    return Sources(
        party=table("party", events.get("party", party)),
        accounts=holdings.accounts(account, product, THRESHOLDS, months.last_day(LAST)),
        activity=ibis.memtable(pa.Table.from_pylist(acts, schema)),
        balances=ibis.memtable(pa.Table.from_pylist(balances)),
        **{
            name: table(name, events.get(name, []))
            for name in (
                "interaction",
                "complaint",
                "survey_response",
                "queue_ticket",
                "campaign_contact",
                "relation",
            )
        },
    )


def at(label: str, day: int = 15) -> datetime:
    """Noon of a day of the month."""
    month = months.first_day(months.parse(label))
    return datetime(month.year, month.month, day, 12)
