"""Days, margin and shares: laws that hold for every amount."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenure.desk.opportunities.credit import rules
from tenure.desk.opportunities.credit.terms import Terms, terms_of
from tenure.errors import SetupError

#: A law holds on a busy machine too.
LAW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

D = dt.date
FAR = D(2030, 1, 1)


@LAW
@given(
    st.integers(0, 10**15),
    st.dictionaries(st.text(max_size=3), st.integers(0, 10_000), min_size=1).filter(lambda w: any(w.values())),
)
def test_shares_add_up_to_the_last_heller_and_nobody_is_a_heller_off(total: int, weights: dict[str, int]) -> None:
    found = rules.split(total, weights)
    whole = sum(weights.values())
    assert sum(found.values()) == total
    assert set(found) == set(weights)
    for key, weight in weights.items():
        assert abs(found[key] * whole - total * weight) < whole
        if not weight:
            assert found[key] == 0


@LAW
@given(st.integers(0, 10**12), st.lists(st.integers(0, 100), min_size=1, max_size=6).filter(any))
def test_who_has_more_gets_no_less(total: int, weights: list[int]) -> None:
    found = rules.split(total, dict(enumerate(weights)))
    for one in range(len(weights)):
        for other in range(len(weights)):
            if weights[one] > weights[other]:
                assert found[one] >= found[other]


def test_a_split_of_three_equal_parts_gives_the_odd_one_to_the_first_named() -> None:
    assert rules.split(100, {"a": 1, "b": 1, "c": 1}) == {"a": 34, "b": 33, "c": 33}


@LAW
@given(st.dates(D(2025, 1, 1), D(2026, 12, 31)), st.integers(1, 800))
def test_the_days_of_all_months_are_the_days_between_winning_and_the_end_of_credit(won_on: D, lasts: int) -> None:
    until = won_on + dt.timedelta(days=lasts)
    days, month = 0, won_on.replace(day=1)
    while month < until:
        days += rules.credit_days(month, won_on, until, D(2024, 1, 1), None, FAR)
        month = (month + dt.timedelta(days=32)).replace(day=1)
    assert days == lasts


@LAW
@given(st.integers(1, 30), st.integers(1, 31))
def test_two_agreements_of_one_month_share_its_days_between_them(change: int, won: int) -> None:
    month, on, won_on = D(2026, 3, 1), D(2026, 3, change), D(2026, 3, won)
    first = rules.credit_days(month, won_on, FAR, D(2026, 1, 1), on, FAR)
    second = rules.credit_days(month, won_on, FAR, on, None, FAR)
    assert first + second == rules.credit_days(month, won_on, FAR, D(2026, 1, 1), None, FAR) == 32 - won


def test_of_a_running_month_the_days_so_far_count() -> None:
    args = (D(2026, 3, 1), D(2026, 1, 5), FAR, D(2026, 1, 1), None)
    assert rules.credit_days(*args, D(2026, 3, 10)) == 10
    assert rules.credit_days(*args, D(2026, 2, 10)) == 0


def test_a_margin_is_amount_times_spread_times_days_of_the_year() -> None:
    # 500,000.00 at 1.6 % for 30 days: 657.534…
    assert rules.margin(50_000_000, 16_000, 30) == 65_753
    assert rules.margin(50_000_000, 16_000, 365) == 800_000
    assert rules.margin(10**15, 10**6, 31) == (2 * 10**15 * 31 + 365) // 730


def test_the_branch_above_all() -> None:
    assert rules.common_branch(["/HQ/B1/S1/", "/HQ/B1/S2/"]) == "/HQ/B1/"
    assert rules.common_branch(["/HQ/B1/S1/"]) == "/HQ/B1/S1/"
    assert rules.common_branch(["/A/", "/B/"]) == "/"
    assert [rules.above(p) for p in ("/HQ/B1/", "/HQ/", "/")] == ["/HQ/", "/", "/"]


def test_each_part_sums_to_a_hundred() -> None:
    good = [("found", "a", 100), ("won", "a", 60), ("won", "b", 40), ("serves", "b", 100)]
    assert rules.sums_to_a_hundred(good) == ""
    assert rules.sums_to_a_hundred(good[:3]) == "serves"
    assert rules.sums_to_a_hundred([*good, ("won", "c", 1)]) == "won"


@pytest.mark.parametrize("text", ["2026-13", "x", "", "2027-01", "2026-3"])
def test_a_month_that_is_none_is_this_one(text: str) -> None:
    assert rules.month_of(text, D(2026, 6, 15)) == D(2026, 6, 1)
    assert rules.month_of("2026-02", D(2026, 6, 15)) == D(2026, 2, 1)


def test_credit_of_what_was_won_at_a_months_end_ends_at_a_months_end() -> None:
    assert Terms(months=1).ends(D(2026, 1, 31)) == D(2026, 2, 28)
    assert Terms().ends(D(2024, 2, 29)) == D(2025, 2, 28)
    assert Terms(months=24).ends(D(2026, 12, 1)) == D(2028, 12, 1)


def test_a_bank_sets_its_own_terms(tmp_path: Path) -> None:
    text = "months = 6\n[weights]\nfound = 50\nwon = 25\nserves = 25\n[spread]\ndeposit = 1.25\n"
    (tmp_path / "credit.toml").write_text(text)
    terms = terms_of(tmp_path)
    assert (terms.months, terms.weights["found"], terms.spreads["deposit"]) == (6, 50, 12_500)
    assert terms.spreads["mortgage"] == Terms().spreads["mortgage"]


@pytest.mark.parametrize(
    "text",
    [
        "months = 0",
        "months = true",
        "weeks = 3",
        "[weights]\nfound = 100",
        "[weights]\nfound = 30\nwon = 30\nserves = 30",
        "[weights]\nfound = -10\nwon = 60\nserves = 50",
        "[spread]\nlottery = 3",
        "[spread]\ndeposit = 101",
        '[spread]\ndeposit = "much"',
        "spread = 3",
        "months =",
    ],
)
def test_terms_that_cannot_be_are_refused_with_the_files_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "credit.toml").write_text(text)
    with pytest.raises(SetupError, match=r"credit\.toml"):
        terms_of(tmp_path)
