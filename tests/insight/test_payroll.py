from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tenure.insight import Window, payroll

from .tables import rows, values

#: Months looked at, the open one first.
MONTHS = 6


def _marked(paid: list[int], last_on: date, as_of: date) -> dict[str, Any]:
    columns: dict[str, list[Any]] = {f"m{k}": [amount] for k, amount in enumerate(paid)}
    t = values(party_id=["p"], last_on=[last_on], **columns)
    return rows(payroll.marked(t, [f"m{k}" for k in range(len(paid))], "last_on", Window(as_of), 5))["p"]


def _inferred(credits: list[tuple[int, int] | None], as_of: date) -> dict[str, Any]:
    import ibis

    packed = [None if c is None else c[0] * 32 + c[1] for c in credits]
    t = values(party_id=["p"]).mutate(
        **{f"m{k}": ibis.literal(p, "int64") if p is not None else ibis.null("int64") for k, p in enumerate(packed)}
    )
    return rows(payroll.inferred(t, [f"m{k}" for k in range(len(packed))], Window(as_of), 5))["p"]


def test_months_in_a_row_are_counted_up_to_the_last_one_paid() -> None:
    got = _marked([900, 800, 700, 0, 600, 500], date(2026, 3, 10), date(2026, 3, 12))
    assert (got["payroll_months"], got["payroll_run"], got["payroll_last_amount"]) == (3, 3, 900)


@pytest.mark.parametrize(("today", "months"), [(9, 2), (14, 2), (15, 0), (31, 0)])
def test_a_run_stands_until_the_next_pay_is_some_days_late(today: int, months: int) -> None:
    got = _marked([0, 800, 700, 0], date(2026, 2, 10), date(2026, 3, today))
    assert (got["payroll_months"], got["payroll_run"]) == (months, 2)
    assert got["payroll_last_amount"] == 800


def test_who_was_never_paid_here_has_no_payroll() -> None:
    got = _marked([0] * MONTHS, date(2026, 3, 1), date(2026, 3, 12))
    assert (got["payroll_months"], got["payroll_run"]) == (0, 0)
    assert (got["payroll_last_amount"], got["payroll_last_on"]) == (None, None)


def test_a_run_may_fill_the_whole_window() -> None:
    assert _marked([5] * 24, date(2026, 3, 10), date(2026, 3, 12))["payroll_run"] == 24


def test_three_like_credits_on_like_days_are_taken_for_a_salary() -> None:
    got = _inferred([(1_000, 10), (1_100, 12), (950, 9), None], date(2026, 3, 20))
    assert (got["payroll_months"], got["payroll_last_amount"]) == (3, 1_000)
    assert got["payroll_last_on"] == date(2026, 3, 10)


@pytest.mark.parametrize(
    "credits",
    [
        [(1_000, 10), (1_100, 12), None, None],  # only two
        [(1_000, 10), (1_100, 12), (1_400, 12), None],  # the third is 21 % less alike
        [(1_000, 10), (1_100, 12), (1_000, 20), None],  # eight days apart
        [(1_000, 10), None, (1_000, 10), (1_000, 10)],  # a month without
    ],
)
def test_credits_that_do_not_recur_alike_are_no_salary(credits: list[tuple[int, int] | None]) -> None:
    assert _inferred(credits, date(2026, 3, 20))["payroll_run"] == 0


def test_the_end_of_a_month_is_near_the_beginning_of_the_next() -> None:
    got = _inferred([(1_000, 1), (1_000, 31), (1_000, 1), None], date(2026, 3, 20))
    assert got["payroll_months"] == 3
