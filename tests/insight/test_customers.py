"""One customer's whole frame, every figure counted by hand."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest

from tenure.insight import (
    Window,
    activity,
    balances,
    branches,
    customers,
    history,
    holdings,
    months,
    thresholds,
    worklist,
)

from .tables import listed, rows, table, values

HELD = thresholds.load("CNY")
AS_OF = date(2026, 3, 10)
WINDOW = Window(AS_OF)
PRODUCTS = [
    {"product_id": "D", "name": "活期", "category": "demand_deposit"},
    {"product_id": "T", "name": "定期", "category": "time_deposit"},
    {"product_id": "L", "name": "房贷", "category": "mortgage"},
]
YUAN = 100


def _account(name: str, party: str, product: str, **rest: Any) -> dict[str, Any]:
    return {
        "account_id": name, "party_id": party, "product_id": product, "opened_on": date(2025, 6, 20),
        "currency": "CNY", **rest,
    }  # fmt: skip


ACCOUNTS = [
    _account("a", "ada", "D"),
    _account("b", "ada", "T", opened_on=date(2026, 2, 10), matures_on=date(2026, 3, 24)),
    _account("c", "ada", "L"),
    _account("d", "bob", "D"),
    _account("old", "bob", "T", closed_on=date(2026, 1, 31)),
    _account("future", "bob", "T", opened_on=date(2026, 3, 11)),
]
BALANCES = [
    ("a", date(2025, 6, 20), 100_000 * YUAN),
    ("a", date(2026, 3, 6), 40_000 * YUAN),
    ("b", date(2026, 2, 10), 500_000 * YUAN),
    ("c", date(2025, 7, 1), 900_000 * YUAN),
    ("d", date(2026, 3, 2), 300 * YUAN),
    ("old", date(2025, 6, 20), 60_000 * YUAN),
]
TRANSACTIONS = [
    ("a", datetime(2025, 12, 10), 8_000, "clearing", "payroll", False),
    ("a", datetime(2026, 1, 10), 8_000, "clearing", "payroll", False),
    ("a", datetime(2026, 2, 10), 8_500, "clearing", "payroll", False),
    ("a", datetime(2025, 4, 10), -100, "mobile", "transfer_out", False),
    ("a", datetime(2026, 1, 5), -4_000, "mobile", "transfer_out", True),
    ("a", datetime(2026, 3, 6), -60_000, "mobile", "transfer_out", True),
    ("a", datetime(2026, 3, 7), -1_000, "counter", "cash_out", False),
    ("a", datetime(2026, 3, 7), 12, "system", "interest", False),
]


def _figures() -> Any:
    accounts = holdings.accounts(table("account", ACCOUNTS), table("product", PRODUCTS), HELD, AS_OF)
    by_month: dict[int, list[dict[str, Any]]] = {}
    for account, day, amount in BALANCES:
        row = {"account_id": account, "day": day, "balance": amount}
        by_month.setdefault(months.serial(day), []).append(row)
    summaries = {m: balances.summary(table("balance", r), m) for m, r in by_month.items()}
    open_rows = table("balance", by_month[WINDOW.open_month])
    cubes: dict[int, list[dict[str, Any]]] = {}
    for n, (account, at, yuan, channel, kind, same_name) in enumerate(TRANSACTIONS):
        cubes.setdefault(months.serial(at.date()), []).append(
            {"transaction_id": str(n), "account_id": account, "booked_at": at, "amount": yuan * YUAN,
             "channel": channel, "kind": kind, "same_name": same_name}
        )  # fmt: skip
    rolled = {m: activity.roll_up(table("transaction", r)) for m, r in cubes.items()}
    closed = balances.closed_months(summaries, accounts, WINDOW, one_currency=True)
    past = history.of_parties(rolled, closed, accounts, WINDOW, HELD, one_currency=True, inferred=False)
    now = balances.summary(open_rows, WINDOW.open_month, WINDOW.days_open)
    standing = balances.as_of(accounts, closed, now, WINDOW, one_currency=True)
    people = [
        {"party_id": "ada", "kind": "person", "name": "Ada Wu", "org_id": "O", "since": date(2020, 3, 11),
         "phone": "13800001234", "birth_date": date(1996, 3, 12)},
        {"party_id": "bob", "kind": "person", "name": "Bob", "org_id": "O", "since": date(2025, 6, 20)},
    ]  # fmt: skip
    contact = {"interaction_id": "i", "party_id": "ada", "kind": "call"}
    parts = customers.Parts(
        party=customers.known(table("party", people), WINDOW),
        paths=values(org_id=["O"], org_path=["/HQ/O/"]),
        holdings=holdings.by_party(standing, AS_OF),
        history=past,
        activity=activity.open_month(rolled[WINDOW.open_month], accounts, one_currency=True),
        voices=customers.voices(
            table("interaction", [{**contact, "at": datetime(2026, 2, 1)}, {**contact, "at": datetime(2026, 3, 11)}]),
            table("complaint", []),
            table("survey_response", []),
            WINDOW,
        ),
    )
    return customers.figures(parts, WINDOW, HELD, inferred=False), past, standing


@pytest.fixture(scope="module")
def frame() -> Any:
    return _figures()


@pytest.fixture(scope="module")
def published(frame: Any) -> dict[str, dict[str, Any]]:
    return rows(customers.published(frame[0]))


def test_balances_and_averages(published: dict[str, dict[str, Any]]) -> None:
    ada = published["ada"]
    assert (ada["deposit"], ada["loan"], ada["net_worth"]) == (540_000 * YUAN, 900_000 * YUAN, -360_000 * YUAN)
    # five days of 100,000 and five of 40,000, beside 500,000 throughout
    assert ada["aum_month_average"] == 570_000 * YUAN
    february = round((100_000 * 28 + 500_000 * 19) * YUAN / 28)
    assert ada["aum_last_month_average"] == february
    quarter = 100_000 * (31 + 28 + 5) + 40_000 * 5 + 500_000 * (19 + 10)
    assert ada["aum_quarter_average"] == ada["aum_year_average"] == round(quarter * YUAN / 69)
    assert ada["aum_change_3m"] == (570_000 - 100_000) * YUAN


def test_a_closed_account_counts_until_it_closed(published: dict[str, dict[str, Any]], frame: Any) -> None:
    bob = published["bob"]
    assert bob["aum"] == 300 * YUAN
    assert bob["aum_year_average"] == round((60_000 * 30 + 300 * 9) * YUAN / 69)
    assert bob["product_count"] == 1


def test_holdings_and_maturities(published: dict[str, dict[str, Any]]) -> None:
    ada = published["ada"]
    assert json.loads(ada["categories"]) == ["demand_deposit", "time_deposit", "mortgage"]
    assert (ada["product_count"], ada["category_count"]) == (3, 3)
    assert (ada["next_maturity_on"], ada["next_maturity_amount"]) == (date(2026, 3, 24), 500_000 * YUAN)
    assert (ada["maturing_30d"], ada["maturing_90d"]) == (500_000 * YUAN, 500_000 * YUAN)
    assert published["bob"]["next_maturity_on"] is None
    assert ada["tenure_months"] == 71  # one day short of six years


def test_activity_and_payroll(published: dict[str, dict[str, Any]]) -> None:
    ada = published["ada"]
    assert (ada["transactions_12m"], ada["transactions_3m"], ada["active_months_12m"]) == (4, 3, 3)
    assert json.loads(ada["channels_12m"]) == {"counter": 1, "mobile": 3}
    assert ada["digital_share_12m"] == 0.75
    assert (ada["inflow_3m"], ada["outflow_3m"]) == (16_500 * YUAN, 65_000 * YUAN)
    assert ada["same_name_outflow_3m"] == 64_000 * YUAN
    assert (ada["payroll_months"], ada["payroll_last_amount"]) == (3, 8_500 * YUAN)
    assert (ada["payroll_last_on"], ada["last_transaction_on"]) == (date(2026, 2, 10), date(2026, 3, 7))
    assert (ada["main_bank"], ada["habit"], ada["dormant"]) == ("partial", "quiet", False)


def test_tiers_and_relationship(published: dict[str, dict[str, Any]]) -> None:
    ada, bob = published["ada"], published["bob"]
    # February's 439,286 is gold; March isn't over yet, whatever its average
    assert (ada["tier"], ada["tier_reached"], ada["tier_before"]) == ("gold", "gold", "gold")
    assert (ada["near_tier"], ada["tier_protected_until"]) == (None, None)
    # 60,000 was gold until December; January's 58,065 too; February had nothing, but three month ends are kept
    assert (bob["tier"], bob["tier_reached"]) == ("gold", "basic")
    assert bob["tier_protected_until"] == date(2026, 5, 31)
    assert (ada["last_contact_on"], ada["phone_tail"], ada["name_key"]) == (date(2026, 2, 1), "1234", "adawu")
    assert (ada["aum_share_rank"], bob["aum_share_rank"]) == (0.5, 1.0)
    assert ada["score_depth"] == 50.0 and ada["score_activity"] == 25.0


def test_curves_hold_the_closed_months_and_the_customer_the_open_one(frame: Any) -> None:
    figures, past, _ = frame
    ada = rows(customers.curves(past, WINDOW))["ada"]
    aum, tier = json.loads(ada["aum"]), json.loads(ada["tier"])
    assert (len(aum), len(tier), ada["last_month"]) == (23, 23, "2026-02")
    assert aum[-2] == 100_000 * YUAN
    assert tier[:14] == [None] * 14 and tier[14:] == ["basic", *["gold"] * 8]
    assert json.loads(ada["inflow"])[-1] == 8_500 * YUAN
    now = rows(customers.published(figures))["ada"]
    assert (now["aum_month_average"], now["transactions_month"]) == (570_000 * YUAN, 2)


def test_a_branch_counts_itself_and_all_below(frame: Any) -> None:
    figures, history, _ = frame
    ancestors = values(org_id=["O", "O"], ancestor_id=["O", "HQ"])
    found = rows(branches.concentrations(figures, ancestors), "org_id")
    assert found["HQ"]["customers"] == found["O"]["customers"] == 2
    month = [r for r in listed(branches.months_by_tier(figures, history, ancestors, WINDOW)) if r["month"] == "2026-02"]
    assert {(r["org_id"], r["tier"], r["customers"]) for r in month} == {("O", "gold", 2), ("HQ", "gold", 2)}


def test_rules_name_the_customers_they_describe(frame: Any) -> None:
    figures, _, standing = frame
    notable = values(
        party_id=["ada"], booked_at=[datetime(2026, 3, 8)], value=[30_000_00], kind=["cash_in"],
        category=["demand_deposit"], transaction_id=["x"],
    )  # fmt: skip
    entries = worklist.entries(worklist.Frames(figures, standing, notable), WINDOW, HELD)
    assert entries is not None
    found = {(e["rule"], e["party_id"]): e for e in listed(entries)}
    maturity = found["maturity", "ada"]
    assert json.loads(maturity["facts"])["maturing_amount"] == maturity["value_at_stake"] == 500_000 * YUAN
    outflow = json.loads(found["same_name_outflow", "ada"]["facts"])
    assert outflow == {"outflow_amount": 64_000 * YUAN, "outflow_share": 0.9846}
    assert found["birthday", "ada"]["due_on"] == date(2026, 3, 12)
    assert found["assets_falling", "bob"]["value_at_stake"] == 60_000 * YUAN - published_average(figures, "bob")
    assert ("large_inflow", "ada") not in found, "30,000 yuan is not a large inflow"


def published_average(figures: Any, party: str) -> int:
    return int(rows(figures.select("party_id", "aum_month_average"))[party]["aum_month_average"])
