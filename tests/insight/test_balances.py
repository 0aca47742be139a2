from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.insight import Window, balances, months, thresholds
from tenure.insight.holdings import accounts

from .tables import rows, table

HELD = thresholds.load("CNY")
PRODUCTS = table("product", [{"product_id": "D", "name": "D", "category": "demand_deposit"}])


def _frame(as_of: date, **account: Any) -> Any:
    one = {"account_id": "a", "party_id": "p", "product_id": "D", "opened_on": date(2020, 1, 1), "currency": "CNY"}
    return accounts(table("account", [{**one, **account}]), PRODUCTS, HELD, as_of)


def _balance_rows(steps: dict[date, int]) -> list[dict[str, Any]]:
    return [{"account_id": "a", "day": day, "balance": amount} for day, amount in steps.items()]


def _standing(steps: dict[date, int], as_of: date, **account: Any) -> dict[str, Any]:
    """The account as the night sees it: closed months by their summaries, the open one by its rows."""
    window = Window(as_of)
    by_month: dict[int, dict[date, int]] = {}
    for day, amount in steps.items():
        if day <= as_of:
            by_month.setdefault(months.serial(day), {})[day] = amount
    summaries = {
        month: balances.summary(table("balance", _balance_rows(held)), month)
        for month, held in by_month.items()
        if month < window.open_month
    }
    frame = _frame(as_of, **account)
    closed = balances.closed_months(summaries, frame, window, one_currency=True)
    open_rows = table("balance", _balance_rows(by_month.get(window.open_month, {})))
    now = balances.summary(open_rows, window.open_month, window.days_open)
    standing = balances.as_of(frame, closed, now, window, one_currency=True)
    past = rows(closed, "account_id").get("a", {})
    return {**past, **rows(standing, "account_id")["a"]}


def _brute(steps: dict[date, int], first: date, last: date) -> int:
    """Balance-days, day by day."""
    total, day = 0, first
    while day <= last:
        held = [d for d in steps if d <= day]
        total += steps[max(held)] if held else 0
        day += timedelta(days=1)
    return total


def test_a_balance_holds_until_the_next_row() -> None:
    got = _standing({date(2026, 1, 10): 100, date(2026, 3, 5): 700}, date(2026, 3, 10))
    assert got["days_2"] == 100 * 22  # 10 to 31 January
    assert got["days_1"] == 100 * 28  # February has no row at all
    assert got["days_0"] == 100 * 4 + 700 * 6
    assert got["balance"] == 700
    assert got["first_back"] == 2


def test_leap_years_have_a_29th_of_february() -> None:
    steps = {date(2024, 2, 1): 10}
    assert _standing(steps, date(2024, 3, 1))["days_1"] == 290
    assert _standing({date(2023, 2, 1): 10}, date(2023, 3, 1))["days_1"] == 280


def test_the_first_day_of_a_month_is_a_window_of_one_day() -> None:
    got = _standing({date(2026, 2, 1): 50, date(2026, 3, 1): 80}, date(2026, 3, 1))
    assert (got["days_1"], got["days_0"]) == (50 * 28, 80)


def test_nothing_dated_after_the_night_counts() -> None:
    steps = {date(2026, 3, 1): 10, date(2026, 3, 20): 9_999}
    assert _standing(steps, date(2026, 3, 15))["days_0"] == 150


def test_an_account_that_never_had_a_row_has_no_balance_and_no_first_month() -> None:
    got = _standing({}, date(2026, 3, 15))
    assert (got["balance"], got["value"], got["days_0"], got["first_back"]) == (None, 0, 0, None)


def test_an_account_closed_without_a_last_row_holds_nothing_from_that_day() -> None:
    steps = {date(2026, 1, 1): 100}
    in_past = _standing(steps, date(2026, 3, 10), closed_on=date(2026, 2, 11))
    assert (in_past["days_2"], in_past["days_1"], in_past["days_0"], in_past["balance"]) == (3_100, 1_000, 0, 0)
    now = _standing(steps, date(2026, 3, 10), closed_on=date(2026, 3, 6))
    assert (now["days_1"], now["days_0"], now["value"]) == (2_800, 500, 0)
    later = _standing(steps, date(2026, 3, 10), closed_on=date(2026, 3, 11))
    assert (later["days_0"], later["balance"], later["closed_on"]) == (1_000, 100, None)


def test_a_row_older_than_three_years_still_holds() -> None:
    got = _standing({date(2021, 5, 17): 7}, date(2026, 3, 2))
    assert (got["days_1"], got["days_35"], got["days_0"], got["first_back"]) == (7 * 28, 7 * 30, 14, 58)


@settings(max_examples=8, deadline=None)
@given(
    st.dictionaries(st.integers(0, 150), st.integers(-(10**12), 10**12), min_size=1, max_size=12),
    st.integers(120, 180),
)
def test_summaries_chained_over_months_equal_counting_day_by_day(offsets: dict[int, int], until: int) -> None:
    began = date(2023, 11, 1)
    steps = {began + timedelta(days=n): amount for n, amount in offsets.items()}
    as_of = began + timedelta(days=until)
    window = Window(as_of)
    got = _standing(steps, as_of)
    for back in range(1, 5):
        month = window.month(back)
        assert got[f"days_{back}"] == _brute(steps, months.first_day(month), months.last_day(month))
    known = {d: a for d, a in steps.items() if d <= as_of}
    assert got["days_0"] == _brute(known, months.first_day(window.open_month), as_of)
    average = got["days_0"] / window.days_open
    assert min([0, *known.values()]) <= average <= max([0, *known.values()])


@pytest.mark.parametrize(
    ("as_of", "quarter", "year"),
    [
        (date(2026, 1, 5), (), ()),
        (date(2026, 5, 5), (1,), (1, 2, 3, 4)),
        (date(2026, 12, 31), (1, 2), tuple(range(1, 12))),
    ],
)
def test_windows_begin_with_the_calendar(as_of: date, quarter: tuple[int, ...], year: tuple[int, ...]) -> None:
    window = Window(as_of)
    assert (window.quarter, window.year) == (quarter, year)
    assert window.days_of(window.year) + window.days_open == as_of.timetuple().tm_yday
