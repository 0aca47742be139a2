"""The night on the Berka bank, worked out a second time from its files with nothing but csv, Decimal and a loop."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tenure.lake import Lake, Mapping, connect, land
from tenure.nightly.run import run

pytestmark = pytest.mark.real

AS_OF = dt.date(1994, 3, 31)
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "berka" / "mapping.toml"
#: k-symbols of what the bank books itself: interest, penalty interest, its fee.
BOOKED_BY_THE_BANK = {"UROK", "SANKC. UROK", "SLUZBY"}


def day(yymmdd: str) -> dt.date:
    return dt.datetime.strptime("19" + yymmdd[:6], "%Y%m%d").date()


@pytest.fixture(scope="module")
def files(real_data: Path) -> Callable[[str], list[dict[str, str]]]:
    def read(name: str) -> list[dict[str, str]]:
        [path] = (real_data / "berka").glob(f"{name}*.asc")
        with path.open(encoding="ascii", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))

    return read


@pytest.fixture(scope="module")
def published(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[dict[str, Any]]]:
    mapping = Mapping.read(EXAMPLE)
    lake = Lake.create(tmp_path_factory.mktemp("berka") / "lake", bank=mapping.bank, currency=mapping.currency)
    land(lake, mapping, real_data / "berka")
    with connect() as engine:
        folder = run(lake, AS_OF, engine=engine).folder
    return lambda name: pq.read_table(folder / f"{name}.parquet").to_pylist()


@pytest.fixture(scope="module")
def movements(files: Callable[[str], list[dict[str, str]]]) -> dict[str, list[tuple[dt.date, int, str]]]:
    """Per account, in order of days: day, signed amount in heller, k-symbol."""
    found: dict[str, list[tuple[dt.date, int, str]]] = defaultdict(list)
    for row in files("trans"):
        amount = int(Decimal(row["amount"]) * 100) * (1 if row["type"] == "PRIJEM" else -1)
        found[row["account_id"]].append((day(row["date"]), amount, row["k_symbol"].strip()))
    for each in found.values():
        each.sort(key=lambda movement: movement[0])
    return found


@pytest.fixture(scope="module")
def day_ends(files: Callable[[str], list[dict[str, str]]]) -> dict[str, dict[dt.date, int]]:
    """Per account and day with movements, the balance the bank states for the day's end.

    Rows of a day stand in no certain order, the stated balances carry the bank's own rounding, and here and there a
    row is missing; so balances are not quite sums of amounts. The day's last one is that nearest to the sum.
    """
    stated: dict[str, dict[dt.date, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for row in files("trans"):
        amount = int(Decimal(row["amount"]) * 100) * (1 if row["type"] == "PRIJEM" else -1)
        stated[row["account_id"]][day(row["date"])].append((amount, int(Decimal(row["balance"]) * 100)))
    ends: dict[str, dict[dt.date, int]] = {}
    for account, by_day in stated.items():
        known, ends[account] = 0, {}
        for on in sorted(by_day):
            reached = known + sum(amount for amount, _ in by_day[on])
            known = min((balance for _, balance in by_day[on]), key=lambda balance: abs(balance - reached))
            ends[account][on] = known
    return ends


@pytest.fixture(scope="module")
def owners(files: Callable[[str], list[dict[str, str]]]) -> dict[str, list[str]]:
    """The accounts of each client who owns one opened by the day."""
    opened = {r["account_id"] for r in files("account") if day(r["date"]) <= AS_OF}
    found: dict[str, list[str]] = defaultdict(list)
    for row in files("disp"):
        if row["type"] == "OWNER" and row["account_id"] in opened:
            found["C" + row["client_id"]].append(row["account_id"])
    return found


def rounded(total: int, days: int) -> int:
    """``total ÷ days`` to the nearest heller, halves away from zero."""
    sign = -1 if total < 0 else 1
    return sign * ((2 * abs(total) + days) // (2 * days))


def test_every_customers_deposits_are_the_balances_the_bank_states(
    published: Any, day_ends: dict[str, dict[dt.date, int]], owners: dict[str, list[str]]
) -> None:
    customers = published("customer")
    assert len(customers) == 1489
    for customer in customers:
        theirs = [day_ends[a] for a in owners.get(customer["party_id"], []) if day_ends.get(a)]
        assert customer["deposit"] == sum(ends[max(ends)] for ends in theirs), customer["party_id"]
    assert sum(c["deposit"] for c in customers) == sum(ends[max(ends)] for ends in day_ends.values())


@pytest.mark.parametrize(
    ("figure", "began"),
    [
        ("deposit_month_average", dt.date(1994, 3, 1)),
        ("deposit_quarter_average", dt.date(1994, 1, 1)),
        ("deposit_year_average", dt.date(1994, 1, 1)),
    ],
)
def test_daily_averages_are_those_of_a_day_by_day_replay(
    figure: str, began: dt.date, published: Any, day_ends: dict[str, dict[dt.date, int]], owners: dict[str, list[str]]
) -> None:
    days = [began + dt.timedelta(days=i) for i in range((AS_OF - began).days + 1)]
    for customer in published("customer"):
        area = 0
        for account in owners.get(customer["party_id"], []):
            ends = day_ends.get(account, {})
            balance = next((ends[on] for on in sorted(ends, reverse=True) if on < began), 0)
            for each in days:
                balance = ends.get(each, balance)
                area += balance
        assert customer[figure] == rounded(area, len(days)), customer["party_id"]


def test_flows_are_the_credits_and_debits_the_bank_did_not_book_itself(
    published: Any, movements: dict[str, list[tuple[dt.date, int, str]]], owners: dict[str, list[str]]
) -> None:
    began = dt.date(1994, 1, 1)
    for customer in published("customer"):
        flows = [
            amount
            for account in owners.get(customer["party_id"], [])
            for on, amount, symbol in movements[account]
            if on >= began and symbol not in BOOKED_BY_THE_BANK
        ]
        assert customer["inflow_3m"] == sum(a for a in flows if a > 0), customer["party_id"]
        assert customer["outflow_3m"] == -sum(a for a in flows if a < 0), customer["party_id"]


def test_loans_are_those_granted_by_the_day(published: Any, files: Callable[[str], list[dict[str, str]]]) -> None:
    granted = [r for r in files("loan") if day(r["date"]) <= AS_OF]
    assert sum(c["loan"] for c in published("customer")) == sum(int(Decimal(r["amount"]) * 100) for r in granted)


def test_two_dispositions_of_an_account_make_a_household(
    published: Any, files: Callable[[str], list[dict[str, str]]]
) -> None:
    opened = {r["account_id"] for r in files("account") if day(r["date"]) <= AS_OF}
    pairs: dict[str, set[str]] = defaultdict(set)
    for row in files("disp"):
        if row["account_id"] in opened:
            pairs[row["account_id"]].add("C" + row["client_id"])
    expected = {(a, b) for people in pairs.values() for a in people for b in people if a != b}
    assert {(r["party_id"], r["other_id"]) for r in published("relation") if r["kind"] == "household"} == expected


def test_inferred_payroll_is_a_credit_that_came_month_after_month(
    published: Any, movements: dict[str, list[tuple[dt.date, int, str]]], owners: dict[str, list[str]]
) -> None:
    paid = [c for c in published("customer") if c["payroll_months"] >= 6]
    assert paid, "the bank has customers whose salary comes every month"
    for customer in paid:
        account_months = {
            (on.year, on.month)
            for account in owners[customer["party_id"]]
            for on, amount, _ in movements[account]
            if amount > 0 and abs(amount - customer["payroll_last_amount"]) <= 0.3 * customer["payroll_last_amount"]
        }
        last = customer["payroll_last_on"]
        months = [(last.year * 12 + last.month - 1 - k) for k in range(customer["payroll_months"])]
        missing = [m for m in months if (m // 12, m % 12 + 1) not in account_months]
        assert not missing, (customer["party_id"], missing)


def test_the_work_list_has_reasons_in_this_banks_money(published: Any) -> None:
    proposals = published("proposal")
    assert len(proposals) > 100
    assert {p["staff_id"] for p in proposals} == {None}, "the files name no staff: everything is in the branches' pools"
    assert all(p["due_on"] >= AS_OF - dt.timedelta(days=7) for p in proposals), "what is overdue is so by days"
    for proposal in proposals:
        assert all(value is not None for value in json.loads(proposal["facts"]).values())
