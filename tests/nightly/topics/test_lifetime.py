"""Silence, purchases and time held, in towns whose truth is known: half went silent, nobody did, survivors only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tenure.contracts.findings import Curve, Figures, Grid, Section
from tenure.insight.inputs import TooLittleData
from tenure.insight.lifetime import SBG, held_out
from tenure.insight.months import CURVE
from tenure.nightly.topics import Known, acting, buying, keeping, lifetime

from .known import known, words_missing

AS_OF = date(2026, 11, 22)
OPEN = 2026 * 12 + 10
ORGS = [
    {"org_id": "HQ", "name": "H", "kind": "head_office"},
    {"org_id": "A", "name": "A", "kind": "outlet", "parent_id": "HQ"},
    {"org_id": "B", "name": "B", "kind": "outlet", "parent_id": "HQ"},
]
CATEGORIES = ("demand_deposit", "time_deposit", "fund", "mortgage")
PRODUCTS = [{"product_id": code, "name": code, "category": code} for code in CATEGORIES]
Rows = list[dict[str, Any]]


def town(acted: Any, *, left: Iterable[int] = (), accounts: Rows = (), buys: Rows = ()) -> Known:  # type: ignore[assignment]
    """Customers who acted in these closed months (n, 23), the oldest first; the n-th has n yuan, every other in B."""
    n, gone = len(acted), set(left)
    who = [f"P{k:04d}" for k in range(n)]
    curves = [",".join("3" if each else "0" for each in row) for row in acted]
    figures = pa.table(
        {
            "party_id": who,
            "org_id": ["AB"[k % 2] for k in range(n)],
            "tier": ["gold"] * n,
            "aum": [100 * k for k in range(n)],
            "left_on": pa.array([date(2026, 11, 3) if k in gone else None for k in range(n)], pa.date32()),
            "product_count": [1] * n,
        }
    )
    by_party = pa.table({"party_id": who, "curve_transactions": curves})
    tables = {"organisation": ORGS, "product": PRODUCTS, "account": accounts, "transaction": buys}
    return known(tables, AS_OF, figures=figures, by_party=by_party)


def world(n: int, seed: int, dies: Callable[[np.random.Generator], Any]) -> tuple[Any, Any]:
    """Months acted in (n, 23), all seen in the first, and who is still there at the end; mostly active while there."""
    lots = np.random.default_rng(seed)
    active, leaves = lots.beta(4, 2, n), dies(lots)
    acted, here = np.ones((n, CURVE - 1), dtype=bool), np.ones(n, dtype=bool)
    for month in range(1, CURVE - 1):
        here &= lots.random(n) >= leaves
        acted[:, month] = here & (lots.random(n) < active)
    return acted, here


HALF = world(800, 5, lambda lots: lots.beta(1, 20, 800))


@pytest.fixture(scope="module")
def half() -> list[tuple[str, Section]]:
    return list(lifetime.sections(town(HALF[0], left=range(0, 800, 10))))


def of(told: list[tuple[str, Section]], org: str, code: str) -> Any:
    return next(section for where, section in told if where == org and section.code == code)


def codes_of(told: list[tuple[str, Section]], org: str) -> list[str]:
    return [section.code for where, section in told if where == org]


def figure(section: Figures, code: str) -> Any:
    return next(one for one in section.figures if one.code == code)


def test_of_a_town_that_half_went_silent_as_many_are_found_as_went(half: list[tuple[str, Section]]) -> None:
    now = of(half, "HQ", "now")
    open_ = np.arange(800) % 10 != 0
    truly = int((~HALF[1])[open_].sum())
    assert 0.35 < truly / open_.sum() < 0.65
    assert figure(now, "seen_acting").value == open_.sum(), "who closed is not silent: they said so"
    assert figure(now, "silent").value == pytest.approx(truly, rel=0.08)
    assert figure(now, "alive_mean").value == pytest.approx(1 - truly / open_.sum(), abs=0.03)
    assert now.verdict.code == "silence_told"
    spread = of(half, "HQ", "alive_spread")
    assert sum(spread.lines[0].values) == open_.sum()


def test_the_silent_are_named_in_their_own_branch_those_with_most_money_first(half: list[tuple[str, Section]]) -> None:
    assert "silent_customers" not in codes_of(half, "HQ")
    rows = of(half, "A", "silent_customers").rows
    named = [int(str(row[0])[1:]) for row in rows]
    assert len(named) == acting.MOST and named == sorted(named, reverse=True)
    assert all(k % 2 == 0 and k % 10 for k in named), "nobody of the other branch, nobody who closed"
    assert np.mean(~HALF[1][named]) >= 0.9
    assert all(row[5] < acting.SILENT and row[6] < 6 for row in rows)
    last = [max(np.flatnonzero(HALF[0][k])) for k in named]
    months = [f"{(OPEN - 23 + at) // 12}-{(OPEN - 23 + at) % 12 + 1:02d}" for at in last]
    assert [row[4] for row in rows] == months
    assert (
        sum(figure(of(half, org, "now"), "silent").value for org in "AB")
        == figure(of(half, "HQ", "now"), "silent").value
    )


def test_the_last_year_is_foretold_from_the_months_before_it(half: list[tuple[str, Section]]) -> None:
    check: Curve = of(half, "HQ", "acting_check")
    assert check.verdict is not None and check.verdict.code == "check_close"
    numbers = {name: value for name, (_, value) in check.verdict.numbers.items()}
    assert numbers["actual"] == HALF[0][:, 11:].sum(), "all 800, those who have closed since included"
    assert numbers["foretold"] == pytest.approx(numbers["actual"], rel=0.06)


def test_of_a_town_where_nobody_went_silent_nobody_is_named() -> None:
    acted, _ = world(800, 6, lambda lots: np.zeros(800))
    told = list(lifetime.sections(town(acted)))
    now = of(told, "HQ", "now")
    if now.verdict.code == "silence_told":
        assert figure(now, "silent").value <= 0.01 * 800
    else:
        assert now.verdict.code == "silence_cannot_tell"
        assert {one.code for one in now.figures} == {"seen_acting", "acted_lately"}
        assert "silent_customers" not in codes_of(told, "A")
    assert figure(now, "acted_lately").value == acted[:, -3:].any(axis=1).sum() > 700


def test_a_model_that_fails_its_check_names_nobody() -> None:
    """All change their ways a year before the end: whoever acted often then acts seldom, which nothing foretold."""
    lots = np.random.default_rng(2)
    acted = HALF[0].copy()
    acted[:, 11:] = lots.random((800, 12)) < 0.15
    told = list(lifetime.sections(town(acted)))
    assert of(told, "HQ", "acting_check").verdict.code == "check_off"
    assert of(told, "HQ", "now").verdict.code == "silence_unchecked"
    withheld = of(told, "A", "silent_customers")
    assert isinstance(withheld, Figures) and withheld.verdict is not None and withheld.verdict.code == "silent_withheld"


def test_a_month_that_was_not_delivered_is_no_month_of_silence() -> None:
    gap = HALF[0].copy()
    gap[:, 20] = False
    assert acting.learn(town(gap))["months"] == [k for k in range(CURVE - 1) if k != 20]


def test_months_become_records_counted_from_the_first_in_which_somebody_acted() -> None:
    rows = np.array([[0, 1, 0, 1, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]], dtype=bool)
    x, t_x, n = acting.record(rows)
    assert (x.tolist(), t_x.tolist(), n.tolist()) == ([1, 0, 0, 4], [2, 0, 0, 4], [3, 0, 0, 4])


# Purchases -------------------------------------------------------------------------------------------------------


def buyers(n: int, seed: int, *, richer: bool = False) -> tuple[Rows, Rows, int]:
    """Accounts and purchases of Pareto/NBD customers whose first purchase fell within five months two years ago, and
    the days with a purchase of the last year. ``richer``: the more often somebody buys, the more at a time."""
    lots = np.random.default_rng(seed)
    began, end = date(2025, 1, 1), date(2026, 11, 1)
    accounts, bought, late = [], [], 0
    for k in range(n):
        rate, death = lots.gamma(1.0, 1 / 12), lots.exponential(1 / lots.gamma(1.2, 1 / 60))
        each = lots.gamma(4, 60) if not richer else 4000 * rate
        accounts.append({"account_id": f"a{k}", "party_id": f"P{k:04d}", "product_id": "demand_deposit",
                         "currency": "CNY", "opened_on": date(2020, 1, 1)})  # fmt: skip
        now, days = float(lots.uniform(0, 150)), set[date]()
        died = now + 7 * death
        while now < min(died, (end - began).days):
            days.add(began + timedelta(days=int(now)))
            now += max(7 * lots.exponential(1 / max(rate, 1e-9)), 0)
        late += sum(day >= date(2025, 11, 1) for day in days)
        bought += [
            {"transaction_id": f"{k}-{day}", "account_id": f"a{k}", "kind": "investment_buy", "channel": "mobile",
             "booked_at": datetime(day.year, day.month, day.day, 11), "currency": "CNY",
             "amount": -int(1 + 100 * lots.gamma(6, each / 6))} for day in sorted(days)
        ]  # fmt: skip
    return accounts, bought, late


SILENT_TOWN = np.zeros((1_000, CURVE - 1), dtype=bool)


@pytest.fixture(scope="module")
def buying_town() -> tuple[dict[str, Any], int]:
    accounts, bought, late = buyers(1_000, 4)
    return buying.learn(town(SILENT_TOWN, accounts=accounts, buys=bought)), late


def test_purchases_of_the_last_year_are_foretold_by_what_came_before(buying_town: tuple[dict[str, Any], int]) -> None:
    learned, late = buying_town
    assert learned["lead"] == "pareto_nbd" and learned["buyers"] == 1_000
    check = learned["checks"]["pareto_nbd"]
    assert check["total_actual"] == late
    assert check["total_foretold"] == pytest.approx(late, rel=0.12)
    assert check["verdict"] in ("close", "rough")


def test_a_year_of_purchases_is_told_with_intervals_and_the_amount_is_purchases_times_spend(
    buying_town: tuple[dict[str, Any], int],
) -> None:
    learned, late = buying_town
    told = [("HQ", each) for each in buying.sections(learned)]
    now = of(told, "HQ", "buying")
    ahead, amount = figure(now, "purchases_ahead"), figure(now, "amount_ahead")
    assert ahead.low < ahead.value < ahead.high and amount.low < amount.value < amount.high
    assert 0.4 * late < ahead.value < late, "fewer buyers are left every year"
    assert amount.value / ahead.value == pytest.approx(100 * 240, rel=0.15), "Gamma(4, 60) yuan at a time"
    assert "buying_amount" not in codes_of(told, "HQ")
    assert words_missing("lifetime", told) == []


def test_where_spend_goes_with_frequency_no_amount_is_given() -> None:
    accounts, bought, _ = buyers(600, 8, richer=True)
    told = [("HQ", each) for each in buying.sections(buying.learn(town(SILENT_TOWN, accounts=accounts, buys=bought)))]
    assert of(told, "HQ", "buying_amount").verdict.code in ("spend_depends_on_frequency", "spend_has_no_mean")
    assert "amount_ahead" not in {one.code for one in of(told, "HQ", "buying").figures}


def test_a_purchase_booked_on_both_sides_counts_once() -> None:
    both = [
        {"transaction_id": side, "account_id": "a0", "kind": "investment_buy", "channel": "mobile", "currency": "CNY",
         "booked_at": datetime(2026, 3, 2, 10), "amount": amount}
        for side, amount in (("o", -500), ("i", 500))
    ]  # fmt: skip
    accounts, _, _ = buyers(1, 1)
    there = town(SILENT_TOWN, accounts=accounts, buys=both)
    rows = there.rows(buying._bought(there, OPEN - 23, date(2026, 11, 1), date(2025, 11, 1))).to_pylist()
    assert [(row["days"], row["paid"]) for row in rows] == [(1, 500)]


# What is kept ----------------------------------------------------------------------------------------------------


#: A closing long ago: the books go back to it.
LONG_AGO = {"account_id": "old", "party_id": "old", "product_id": "mortgage", "currency": "CNY",
            "opened_on": date(2010, 1, 1), "closed_on": date(2020, 6, 15)}  # fmt: skip


def deposits(n: int, years: Iterable[int], *, watched_from: date | None = None, matures: bool = True) -> Rows:
    """Time deposits of three months, laid out again or not by sBG customers (α 1, β 6); each renewal is an account.

    With ``watched_from`` the books hold no account that was closed before it. Without ``matures`` it is a fund, which
    is one account all the time.
    """
    lots = np.random.default_rng(12)
    rows: Rows = [] if watched_from else [LONG_AGO]
    for year in years:
        for k in range(n):
            leaves, month, number = lots.beta(1, 6), year * 12 + int(lots.integers(0, 12)), 0
            began = date(month // 12, month % 12 + 1, 5)
            while True:
                opened = date(month // 12, month % 12 + 1, 5)
                month += 3
                number += 1
                closed = date(month // 12, month % 12 + 1, 4)
                still = closed > AS_OF
                ends = still or bool(lots.random() < leaves)
                if (matures or ends) and (still or watched_from is None or closed >= watched_from):
                    rows.append({"account_id": f"{year}-{k}-{number}", "party_id": f"{year}-{k}", "currency": "CNY",
                                 "product_id": "time_deposit" if matures else "fund",
                                 "opened_on": opened if matures else began, "matures_on": closed if matures else None,
                                 "closed_on": None if still else closed})  # fmt: skip
                if ends:
                    break
    return rows


def test_a_deposit_laid_out_again_is_kept_and_counts_fall_as_customers_leave() -> None:
    rows = deposits(400, [2024])
    (cohort,) = keeping.cohorts(town(SILENT_TOWN, accounts=rows))
    assert (cohort.category, cohort.year, cohort.first) == ("time_deposit", 2024, 0)
    assert cohort.held[0] == 400
    # who holds one account only did not renew once
    accounts = Counter(row["party_id"] for row in rows if row is not LONG_AGO)
    assert cohort.held[1:4] == [sum(each > age for each in accounts.values()) for age in (1, 2, 3)]


def test_survivors_are_not_taken_for_a_new_cohort() -> None:
    """Those of 2021 who had left before the books begin are not on them; kept a quarter is what it would be anyway."""
    rows = deposits(3_000, [2021], watched_from=date(2023, 12, 1), matures=False)
    learned = keeping.learn(town(SILENT_TOWN, accounts=rows))
    (one,) = learned["cohorts"]
    assert one["first"] == 12, "January 2021 has twelve quarters behind it at the first closing on file"
    truth = SBG.with_params(alpha=1, beta=6)
    ages = [one["first"] + 1, one["first"] + len(one["held"]) - 1]
    assert list(keeping._rates(one)) == pytest.approx(truth.retention_rate(ages).tolist(), abs=0.012)
    naive = SBG().fit(one["held"])
    assert naive.survival([12])[0] > 1.5 * truth.survival([12])[0], "taken for new they would look far too loyal"


def test_what_was_laid_out_before_the_books_begin_is_of_unknown_age_and_left_out() -> None:
    rows = deposits(3_000, [2021], watched_from=date(2023, 12, 1))
    assert min(row["opened_on"] for row in rows) > date(2023, 8, 1), "they look as if begun in 2023"
    assert keeping.cohorts(town(SILENT_TOWN, accounts=rows)) == []


@pytest.fixture(scope="module")
def kept() -> list[tuple[str, Section]]:
    there = town(SILENT_TOWN, accounts=deposits(1_500, [2023, 2024]))
    return [("HQ", each) for each in keeping.sections(there, keeping.learn(there))]


def test_each_cohort_is_told_with_its_check_and_its_discounted_time_to_come(kept: list[tuple[str, Section]]) -> None:
    grid: Grid = of(kept, "HQ", "kept")
    assert [row[1] for row in grid.rows] == ["2024", "2023"]
    for row in grid.rows:
        _, _, n, _, share, lately, foretold, model, early, late, years = row
        assert n == 1_500 and 0 < share < 1 and model in ("sbg", "bdw")
        assert foretold[1] < foretold[0] < foretold[2] and foretold[1] < lately[2] and lately[1] < foretold[2]
        assert early < late
        assert years[1] < years[0] < years[2]
    assert grid.verdict is not None and grid.verdict.code == "kept_told"
    assert grid.verdict.numbers["met"] == grid.verdict.numbers["checked"]


def test_rising_retention_is_said_and_for_what_it_is(kept: list[tuple[str, Section]]) -> None:
    curve: Curve = of(kept, "HQ", "kept_time_deposit")
    assert curve.verdict is not None and curve.verdict.code.startswith("retention_rises")
    seen, drawn = (line.values for line in curve.lines)
    assert seen[0] == drawn[0] == 1 and None in seen and None not in drawn
    assert all(abs(a - b) < 0.03 for a, b in zip(seen, drawn, strict=True) if a is not None)


def test_a_loan_that_ends_is_paid_and_not_given_up() -> None:
    rows = [{**row, "product_id": "mortgage"} for row in deposits(300, [2024])]
    assert keeping.cohorts(town(SILENT_TOWN, accounts=rows)) == []


# The whole page --------------------------------------------------------------------------------------------------


def test_every_code_has_words(half: list[tuple[str, Section]], kept: list[tuple[str, Section]]) -> None:
    assert words_missing("lifetime", [*half, *kept]) == []


def test_of_nothing_nothing_is_told_but_that() -> None:
    told = list(lifetime.sections(town(SILENT_TOWN[:5])))
    verdicts = {section.code: section.verdict.code for _, section in told if section.verdict}
    assert verdicts == {"now": "silence_too_little", "buying": "buying_too_little", "kept": "kept_too_little"}
    assert words_missing("lifetime", told) == []


def test_what_the_closed_months_teach_is_learned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    there = town(HALF[0])
    kept: dict[str, pa.Table] = {}
    there.frames.past.rows_of_closed = lambda _closed, name, make: kept.setdefault(name, kept.get(name) or make())  # type: ignore[method-assign]
    first = [section for _, section in lifetime.sections(there)]
    for part in (acting, buying, keeping):
        monkeypatch.setattr(part, "learn", lambda _known: pytest.fail("learned again"))
    assert [section for _, section in lifetime.sections(there)] == first


def test_a_check_by_class_adds_up_and_says_how_far_it_is_off() -> None:
    found = held_out([0] * 40 + [1] * 40 + [5] * 20, [1.0] * 100, [0.5] * 40 + [1.0] * 40 + [2.0] * 20)
    assert found.label == ("0", "1", "5") and found.total_actual == 100 == found.total_foretold
    assert found.error == pytest.approx(0.4) and found.verdict == "off"
    with pytest.raises(TooLittleData):
        held_out([0] * 40, [0.0] * 40, [0] * 40)
