"""Life events planted in the demo bank make the time right within a month of their day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import duckdb
import ibis
import pytest

from tenure.insight import activity, holdings, months, needs, stages_kept, thresholds

#: Planted events that leave a dated fact in the bank's books, and the occasion that answers to each.
ANSWERS = {
    "inheritance": "windfall", "demolition_compensation": "windfall", "house_bought": "mortgage",
    "retirement": "retirement",
}  # fmt: skip
NIGHT = timedelta(days=30)
UNTIL = date(2026, 3, 20)


def test_planted_life_events_are_answered_within_thirty_days(
    sql: duckdb.DuckDBPyConnection, capsys: pytest.CaptureFixture[str]
) -> None:
    con = ibis.duckdb.from_connection(sql)
    held, set_ = thresholds.load(), needs.load()
    whole = con.table("transaction")
    cubes = con.create_table("cubes", activity.roll_up(whole), temp=True)
    planted = sql.sql("""
        select e.party_id, e.event, e.happened_on from truth_life_event e join truth_party p using (party_id)
        where p.left_on is null or p.left_on > e.happened_on + 60""").fetchall()
    seen, answered = Counter[str](), Counter[str]()
    for as_of in (UNTIL - k * NIGHT for k in range(12)):
        found = _needs(con, cubes, held, set_, as_of)
        for party, event, day in planted:
            if event in ANSWERS and as_of - NIGHT < day <= as_of:
                seen[event] += 1
                answered[event] += ANSWERS[event] in found.get(party, set())
    with capsys.disabled():
        print(
            f"\nlife events answered within 30 days: {sum(answered.values())} of {sum(seen.values())}, {dict(answered)}"
        )
    assert sum(seen.values()) >= 15
    assert sum(answered.values()) >= 0.75 * sum(seen.values())
    assert answered["retirement"] == seen["retirement"] > 0
    assert answered["demolition_compensation"] == seen["demolition_compensation"] > 0


def _needs(con: Any, cubes: ibis.Table, held: Any, set_: Any, as_of: date) -> dict[str, set[str]]:
    """The occasions of each customer's needs on one night."""
    accounts = holdings.accounts(con.table("account"), con.table("product"), held, as_of)
    t, month = con.table("transaction"), months.serial(as_of)
    day = t.booked_at.date()
    received = needs.receipts(t.filter((day >= months.first_day(month - 6)) & (day <= as_of)), accounts, set_)
    usual = needs.usual_inflow([cubes.filter(cubes.month.between(month - 12, month - 1))], accounts)
    party = con.table("party")
    none, zero = ibis.null("date"), ibis.literal(0, "int64")
    amounts = ("deposit", "investment", "loan", "transactions_12m", "inflow_3m", "outflow_3m", "payroll_months",
               "maturing_90d", "open_complaints")  # fmt: skip
    figures = party.select(
        "party_id", categories=ibis.literal("[]"), payroll_last_on=none, next_maturity_on=none,
        **dict.fromkeys(amounts, zero),
    )  # fmt: skip
    with stages_kept():
        people = needs.customers(
            party, figures, con.table("relation"), as_of, set_, accounts=accounts, receipts=received, usual=usual
        )
        people = ibis.memtable(con.to_pyarrow(people))
        rows = con.to_pyarrow(needs.felt(people, as_of, set_).select("party_id", "trigger")).to_pylist()
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["party_id"], set()).add(row["trigger"])
    return found
