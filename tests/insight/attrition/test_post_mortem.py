from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tenure.insight.attrition import post_mortem
from tenure.insight.inputs import TooLittleData

LOSS, LENGTH = 24_300, 20
NOBODY = pa.table(
    {
        "party_id": pa.array([], pa.string()),
        "staff_id": pa.array([], pa.string()),
        "at": pa.array([], pa.timestamp("us")),
    }
)


def panel(peers: int = 60, **of_leaver: float) -> pa.Table:
    """Peers who wobble, and one leaver who did until six months before the loss, when ``of_leaver`` set in."""
    rng = np.random.default_rng(7)
    rows: list[dict[str, Any]] = []
    for n in range(peers + 1):
        leaver = n == peers
        for back in range(LENGTH, 0, -1):
            row = {
                "party_id": "L" if leaver else f"P{n}",
                "month": LOSS - back,
                "aum_ratio_3m": 1 + 0.05 * rng.normal(),
                "payroll_stopped": float(rng.random() < 0.02),
                "complaints_6m": float(rng.random() < 0.02),
                "lead": float(back) if leaver else None,
                "seen": LENGTH - 1,
            }
            rows.append(row | (of_leaver if leaver and back <= 5 else {}))
    return pa.Table.from_pylist(rows)


def told(rows: pa.Table, interactions: pa.Table = NOBODY) -> dict[str, Any]:
    (found,) = post_mortem.of(rows, interactions).to_pylist()
    return {**found, "changes": json.loads(found["changes"]), "contacts": json.loads(found["contacts"])}


def test_what_changed_names_the_cause() -> None:
    found = told(panel(complaints_6m=2.0, payroll_stopped=0.0))
    assert (found["party_id"], found["month"], found["cause"]) == ("L", LOSS, "bad_service")
    assert found["changes"][0]["reason"] == "complaint" and found["changes"][0]["value"] == 2
    assert found["changes"][0]["z"] > 2 and 0.5 < found["confidence"] < 1


def test_money_that_goes_does_not_drown_the_cause_that_explains_it() -> None:
    """All leavers take their money along: it is how one leaves, not why."""
    assert told(panel(aum_ratio_3m=0.1, payroll_stopped=1.0, complaints_6m=0.0))["cause"] == "job_change"
    assert told(panel(aum_ratio_3m=0.1, payroll_stopped=0.0, complaints_6m=0.0))["cause"] == "better_rate_elsewhere"


def test_two_causes_of_equal_weight_leave_little_confidence() -> None:
    one = told(panel(complaints_6m=2.0, payroll_stopped=0.0))
    two = told(panel(complaints_6m=2.0, payroll_stopped=1.0))
    assert two["confidence"] < one["confidence"]


def test_where_nothing_changed_the_cause_is_unknown() -> None:
    found = told(panel(aum_ratio_3m=1.0, payroll_stopped=0.0, complaints_6m=0.0))
    assert (found["cause"], found["changes"]) == ("unknown", [])


def test_a_rise_of_what_speaks_by_falling_accuses_nobody() -> None:
    assert told(panel(aum_ratio_3m=4.0, payroll_stopped=0.0, complaints_6m=0.0))["cause"] == "unknown"


def test_contacts_are_those_of_the_six_months_before_by_member_of_staff() -> None:
    days = [(LOSS - 7, "old"), (LOSS - 6, "S1"), (LOSS - 2, "S1"), (LOSS - 1, "S2"), (LOSS, "late")]
    heard = pa.table(
        {
            "party_id": ["L"] * len(days),
            "staff_id": [staff for _, staff in days],
            "at": [datetime(month // 12, month % 12 + 1, 9, 10) for month, _ in days],
        }
    )
    contacts = told(panel(complaints_6m=2.0), heard)["contacts"]
    assert [(each["staff_id"], each["contacts"]) for each in contacts] == [("S1", 2), ("S2", 1)]
    assert contacts[0]["last_on"] == f"{(LOSS - 2) // 12:04d}-{(LOSS - 2) % 12 + 1:02d}-09"


def test_too_few_peers_is_too_little_to_say_what_is_unusual() -> None:
    with pytest.raises(TooLittleData):
        post_mortem.of(panel(peers=20), NOBODY)


def test_nobody_lost_is_an_empty_table() -> None:
    rows = panel()
    stayed = rows.filter(pa.array([party != "L" for party in rows["party_id"].to_pylist()]))
    assert post_mortem.of(stayed, NOBODY).num_rows == 0
