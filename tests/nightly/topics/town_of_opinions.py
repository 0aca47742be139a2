"""A bank of six branches by hand: one begs for marks, one is shunned, waits cost points, the level moves twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

AS_OF = date(2026, 6, 20)
BRANCHES = ("O1", "O2", "O3", "O4", "O5", "O6")
BEGS = "O3"
#: Where most are detractors at any time.
SHUNNED = "O6"
#: Months (year × 12 + month − 1) in which the level moves: up in October 2025, down in April 2026.
FIRST, UP, DOWN, LAST = 2024 * 12 + 6, 2025 * 12 + 9, 2026 * 12 + 3, 2026 * 12 + 5
#: Minutes waited at the counter, in turn; from twenty on most go away as detractors.
WAITED = (2, 8, 15, 25, 40)
#: Customers who never answer.
SILENT = 200
#: Answers at a branch's counter in a month, and as many elsewhere.
EACH = 6


@dataclass(frozen=True)
class Fact:
    """What is true of one answer."""

    month: int
    org: str
    counter: bool
    wait: int | None
    complained: bool
    score: int
    satisfaction: int


def town(*, turned: bool = False) -> tuple[dict[str, list[dict[str, Any]]], pa.Table, list[Fact]]:
    """The lake's tables, the customer frame and the facts; ``turned``: the level falls where it rose, and back."""
    rng = np.random.default_rng(20)
    tables: dict[str, list[dict[str, Any]]] = {
        "organisation": [
            {"org_id": "HQ", "name": "HQ", "kind": "head_office"},
            *({"org_id": org, "name": org, "kind": "outlet", "parent_id": "HQ"} for org in BRANCHES),
        ],
    }
    for name in ("party", "survey_response", "queue_ticket", "complaint"):
        tables[name] = []
    facts: list[Fact] = []
    for month in range(FIRST, LAST + 1):
        for org in BRANCHES:
            for k in range(2 * EACH):
                number, counter = len(facts), k % 2 == 0
                wait = WAITED[number // 2 % 5] if counter else None
                complained = number // 10 % 4 == 0  # of every wait alike
                high = (UP <= month < DOWN) != turned
                score = _score(rng, high and org != SHUNNED, wait, complained) if not (counter and org == BEGS) else 10
                satisfied = 5 if score >= 9 else 4 if score >= 7 else int(rng.integers(1, 4))
                facts.append(Fact(month, org, counter, wait, complained, score, satisfied))
                _answered(tables, number, facts[-1])
    people = len(facts) + SILENT
    tables["party"] = [{"party_id": f"P{n}", "kind": "person", "org_id": BRANCHES[n % 6]} for n in range(people)]
    frame = pa.table(
        {
            "party_id": [f"P{n}" for n in range(people)],
            "org_id": [BRANCHES[n % 6] for n in range(people)],
            "tier": ["basic"] * people,
            "lead_staff_id": pa.nulls(people, pa.string()),
            "kind": ["person"] * people,
            "habit": ["digital"] * people,
            "tenure_months": rng.integers(12, 200, people),
            "birth_date": pa.array([date(1950 + n % 50, 1, 1) for n in range(people)]),
            "digital_share_12m": rng.uniform(0, 1, people),
            "transactions_12m": pa.array([12] * people),
            "active_months_12m": pa.array([12] * people),
            "consent_experience": [True] * people,
            "left_on": pa.nulls(people, pa.date32()),
        }
    )
    return tables, frame, facts


def _score(rng: np.random.Generator, high: bool, wait: int | None, complained: bool) -> int:
    """6 or less from one in twelve in good times and from half in bad, from most after a long wait or a complaint."""
    detracts = 1 / 12 if high else 0.5
    if (wait or 0) >= 20 or complained:
        detracts = 0.95
    return int(rng.choice([3, 10, 8], p=[detracts, (1 - detracts) * 0.75, (1 - detracts) * 0.25]))


def _answered(tables: dict[str, list[dict[str, Any]]], number: int, fact: Fact) -> None:
    """The answer with its ticket; before it a ticket without a wait that was for something else that morning."""
    asked = datetime(fact.month // 12, fact.month % 12 + 1, 1 + number % 19, 15)
    tables["survey_response"].append(
        {
            "response_id": f"R{number}", "party_id": f"P{number}", "asked_at": asked,
            "answered_at": asked + timedelta(hours=2), "org_id": fact.org, "recommend": fact.score,
            "moment": "counter_service" if fact.counter else "periodic", "satisfaction": fact.satisfaction,
            "effort": 1 + number % 7,
        }
    )  # fmt: skip
    if fact.wait is not None:
        ended = asked - timedelta(minutes=1)
        for at, wait, place in ((ended, fact.wait, "a"), (ended - timedelta(hours=4), 0, "b")):
            called = at - timedelta(minutes=6)
            tables["queue_ticket"].append(
                {"ticket_id": f"T{number}{place}", "party_id": f"P{number}", "org_id": fact.org, "called_at": called,
                 "taken_at": called - timedelta(minutes=wait), "ended_at": at, "abandoned": False}
            )  # fmt: skip
    if fact.complained:
        tables["complaint"].append(
            {"complaint_id": f"C{number}", "party_id": f"P{number}", "state": "open", "org_id": fact.org,
             "received_at": asked - timedelta(days=30)}
        )  # fmt: skip
