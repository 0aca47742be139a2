"""A town of two branches by hand: who was heard, who moves money away, and who queues."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

AS_OF = date(2026, 6, 20)
CUSTOMERS = 160
#: Moved most of their money to their own account elsewhere this spring.
LEAVING = range(10)
#: Does so twice a year, and comes back.
SEASONAL = 20
TICKETS_A_DAY = 12


def customer(n: int) -> str:
    return f"P{n:03d}"


def org(n: int) -> str:
    return "O1" if n % 8 < 4 else "O2"


def town() -> dict[str, list[dict[str, Any]]]:
    """Every second customer answered: 10 and 5 from every fourth, 3 and 2 from the others; one after ``AS_OF``."""
    tables: dict[str, list[dict[str, Any]]] = {
        "organisation": [
            {"org_id": "HQ", "name": "HQ", "kind": "head_office"},
            {"org_id": "O1", "name": "One", "kind": "outlet", "parent_id": "HQ"},
            {"org_id": "O2", "name": "Two", "kind": "outlet", "parent_id": "HQ"},
        ],
        "product": [{"product_id": "D", "name": "活期", "category": "demand_deposit"}],
    }
    for name in ("party", "account", "balance", "transaction", "survey_response", "queue_ticket"):
        tables[name] = []
    for n in range(CUSTOMERS):
        tables["party"].append(
            {"party_id": customer(n), "kind": "person", "name": f"N{n}", "org_id": org(n), "since": date(2020, 1, 1),
             "birth_date": date(1950 + n % 50, 1, 1)}
        )  # fmt: skip
        tables["account"].append(
            {"account_id": f"A{n}", "party_id": customer(n), "product_id": "D", "opened_on": date(2020, 1, 1),
             "currency": "CNY"}
        )  # fmt: skip
        tables["balance"].append({"account_id": f"A{n}", "day": date(2025, 1, 1), "balance": 5_000_000})
        moved = (
            [date(2026, 5, 12)] if n in LEAVING else [date(2025, 11, 12), date(2026, 5, 12)] if n == SEASONAL else []
        )
        for day in moved:
            tables["transaction"].append(_paid(n, day, -4_000_000, "transfer_out", same_name=True))
            left = 1_000_000 if n in LEAVING else 5_000_000
            tables["balance"].append({"account_id": f"A{n}", "day": day, "balance": left})
        tables["transaction"].append(_paid(n, date(2026, 6, 2), -5_000, "card_payment"))
        if n % 2 == 0:
            tables["survey_response"].append(_answer(n, datetime(2026, 1 + n % 5, 10, 12)))
    tables["survey_response"].append({**_answer(1, datetime(2026, 6, 25, 12)), "recommend": 10, "satisfaction": 5})
    day = AS_OF - timedelta(days=42)
    while day <= AS_OF + timedelta(days=3):
        if day.weekday() < 5:
            tables["queue_ticket"] += _queue(day)
        day += timedelta(days=1)
    return tables


def _paid(n: int, day: date, amount: int, kind: str, *, same_name: bool = False) -> dict[str, Any]:
    return {
        "transaction_id": f"{n}-{day}-{kind}", "account_id": f"A{n}", "amount": amount, "channel": "mobile",
        "booked_at": datetime(day.year, day.month, day.day, 10), "kind": kind, "same_name": same_name,
    }  # fmt: skip


def _answer(n: int, at: datetime) -> dict[str, Any]:
    pleased = n % 4 == 0
    return {
        "response_id": f"R{n}-{at:%m%d}", "party_id": customer(n), "answered_at": at, "moment": "periodic",
        "org_id": org(n), "recommend": 10 if pleased else 3, "satisfaction": 5 if pleased else 2,
        "effort": 2 + n % 3,
    }  # fmt: skip


def _queue(day: date) -> list[dict[str, Any]]:
    """At O1 twelve come within the hour to one counter that takes eight minutes each; at O2 two, served at once."""
    found, free = [], datetime(day.year, day.month, day.day, 9)
    for k in range(TICKETS_A_DAY):
        taken = datetime(day.year, day.month, day.day, 9, 5 * k, 10)
        called = max(free, taken)
        gone = (called - taken) > timedelta(minutes=25 + k)
        row = {"ticket_id": f"{day}-{k}", "org_id": "O1", "taken_at": taken, "abandoned": gone, "counter_no": "1"}
        if not gone:
            free = called + timedelta(minutes=8, seconds=37 * (k % 5))
            row |= {"called_at": called, "ended_at": free}
        else:
            row["counter_no"] = None
        found.append(row)
    for k in range(2):
        taken = datetime(day.year, day.month, day.day, 9, 30 * k)
        found.append(
            {"ticket_id": f"{day}-o2-{k}", "org_id": "O2", "taken_at": taken, "abandoned": False, "counter_no": "1",
             "called_at": taken, "ended_at": taken + timedelta(minutes=5 + day.day % 3)}
        )  # fmt: skip
    return found
