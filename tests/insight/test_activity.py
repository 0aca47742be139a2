from __future__ import annotations

from datetime import date, datetime
from typing import Any

import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.insight import activity

from .tables import rows, table


def _one(**column: Any) -> dict[str, Any]:
    plain = {"account_id": "a", "booked_at": datetime(2026, 3, 4, 10), "amount": -500, "channel": "mobile"}
    return {"transaction_id": "t", "kind": "transfer_out", "same_name": False, **plain, **column}


def _rolled(*transactions: dict[str, Any]) -> dict[str, Any]:
    [row] = rows(activity.roll_up(table("transaction", transactions)), "account_id").values()
    return row


def test_only_what_the_customer_does_counts_as_customer_made() -> None:
    got = _rolled(
        _one(),
        _one(kind="cash_in", amount=900, channel="counter"),
        _one(kind="transfer_in", amount=700),
        _one(kind="interest", amount=3, channel="system"),
        _one(kind="bill_payment", channel="system"),
        _one(kind="payroll", amount=10_000, channel="clearing"),
    )
    assert (got["made"], got["made_mobile"], got["made_counter"], got["made_clearing"]) == (2, 1, 1, 0)
    assert got["payroll"] == 10_000


def test_interest_fees_and_own_investments_are_no_flow() -> None:
    got = _rolled(
        _one(amount=-500, same_name=True),
        _one(kind="fee", amount=-7),
        _one(kind="investment_buy", amount=-90_000),
        _one(kind="investment_sell", amount=80_000),
        _one(kind="interest", amount=11),
        _one(kind="cash_in", amount=600),
    )
    assert (got["inflow"], got["outflow"], got["same_name_outflow"]) == (600, 500, 500)


def test_the_largest_salary_like_credit_keeps_its_day() -> None:
    got = _rolled(
        _one(kind="transfer_in", amount=700, booked_at=datetime(2026, 3, 9)),
        _one(kind="pension", amount=900, booked_at=datetime(2026, 3, 31)),
        _one(kind="cash_in", amount=5_000, booked_at=datetime(2026, 3, 2)),
    )
    assert divmod(got["largest_credit"], 32) == (900, 31)
    assert got["last_made_on"] == date(2026, 3, 2)


@settings(max_examples=8, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"),
            st.integers(1, 59),
            st.integers(-(10**12), 10**12),
            st.sampled_from(["counter", "mobile", "system"]),
            st.sampled_from(["cash_in", "transfer_out", "transfer_in", "payroll", "fee"]),
            st.booleans(),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_roll_ups_of_any_split_add_up_to_the_roll_up_of_all(drawn: list[tuple[Any, ...]]) -> None:
    transactions = [
        _one(
            transaction_id=str(i), account_id=a, booked_at=datetime(2026, 1 + (day > 31), day - 31 * (day > 31)),
            amount=amount, channel=channel, kind=kind, same_name=i % 3 == 0,
        )
        for i, (a, day, amount, channel, kind, _) in enumerate(drawn)
    ]  # fmt: skip
    parts = [[t for t, d in zip(transactions, drawn, strict=True) if d[5] is side] for side in (True, False)]
    con = ibis.duckdb.connect()
    rolled = [con.to_pyarrow(activity.roll_up(table("transaction", part), by_day=True)) for part in parts if part]
    together = ibis.memtable(pa.concat_tables(rolled).drop_columns("day"))
    whole = activity.roll_up(table("transaction", transactions))
    order = ("account_id", "month")
    names = sorted(whole.columns)
    got, expected = (
        con.to_pyarrow(t.order_by(*order)).select(names).to_pylist() for t in (activity.add(together), whole)
    )
    assert got == expected
