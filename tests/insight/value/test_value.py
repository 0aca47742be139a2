"""The bank value, against sums done by hand and laws that hold for every customer."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from insight import tables
from tenure.errors import InputError
from tenure.insight import Window, value

AS_OF = date(2026, 10, 31)
ACCOUNT = pa.schema(
    [
        ("party_id", pa.string()), ("account_id", pa.string()), ("product_id", pa.string()),
        ("category", pa.string()), ("side", pa.string()), ("average", pa.int64()), ("annual_rate", pa.float64()),
        ("matures_on", pa.date32()), ("closed_on", pa.date32()),
    ]
)  # fmt: skip
SIDES = {"demand_deposit": "deposit", "time_deposit": "deposit", "fund": "investment", "mortgage": "loan",
         "debit_card": "service"}  # fmt: skip


def held(*accounts: dict[str, Any]) -> ibis.Table:
    full = [
        {"party_id": "P", "account_id": f"A{i}", "product_id": "X", **a, "side": SIDES[a["category"]]}
        for i, a in enumerate(accounts)
    ]
    return ibis.memtable(pa.Table.from_pylist(full, ACCOUNT))


def products(spread: float | None = None) -> ibis.Table:
    return tables.table("product", [{"product_id": "X", "spread": spread}])


def usage(**counts: int) -> ibis.Table:
    return tables.values(party_id=["P"], **{name: [n] for name, n in {"fees_12m": 0, **counts}.items()})


def stays(*chances: float) -> ibis.Table:
    return tables.values(party_id=["P"], **{f"s_{k}": [s] for k, s in enumerate(chances, 1)})


def worth(accounts: list[dict[str, Any]], curve: list[float], used: dict[str, int] | None = None, **set_: Any) -> Any:
    spread = set_.pop("spread", None)
    found = value.of_customers(
        held(*accounts), products(spread), usage(**(used or {})), stays(*curve), value.load(override=set_), AS_OF
    )
    return tables.rows(found)["P"]


def geometric(r: float, n: int = 120) -> list[float]:
    return [r**t for t in range(1, n + 1)]


def test_a_months_margin_is_paid_at_its_end_by_who_is_still_here() -> None:
    """m = 100, r = .8, d = .1 give 266.67, 366.67 or 333.33 by convention; ours is m·r ÷ (1 + d − r) = 266.67."""
    year = {"horizon_months": 120, "discount_rate": 100.0, "tail_concentration": 0}
    # The textbook's d = 10 % a step is beyond what a bank may set: the same ratio is checked at a monthly step.
    v, r = 2 ** (-1 / 12), 0.8
    found = worth([{"category": "demand_deposit", "average": 12_000_000}], geometric(r, 24), spread=10.0, **year)
    step = 1 / v - 1
    assert found["value"] == pytest.approx(100_000 * r / (1 + step - r), rel=1e-5)
    assert found["value"] < 100_000 / (1 + step - r) < 100_000 * (1 + step) / (1 + step - r)
    assert found["timing"] == "end_of_month"


def test_the_annuity_reproduces_the_textbook_case() -> None:
    m, r, d = 100, 0.8, 0.1
    ours = sum(m * r**t / (1 + d) ** t for t in range(1, 400))
    assert ours == pytest.approx(266.67, abs=0.005)
    curve = tables.rows(value.annuities(stays(*geometric(r, 12)), value.load(override={"horizon_months": 12})))["P"]
    monthly = 1.08 ** (-1 / 12)
    assert curve["whole"] == round(sum(r**t * monthly**t for t in range(1, 13)) / 12 * 1e6)


def test_a_deposit_earns_the_transfer_price_less_its_rate() -> None:
    a = {"category": "time_deposit", "average": 100_000_00, "annual_rate": 1.4}
    found = tables.rows(value.of_holdings(held(a), products(), value.load()), "account_id")["A0"]
    assert found["earned"] == 1_000_00  # 2.4 % − 1.4 % of 100,000.00


def test_a_loan_earns_its_rate_less_the_transfer_price_and_loses_what_defaults() -> None:
    a = {"category": "mortgage", "average": 1_000_000_00, "annual_rate": 3.8}
    found = tables.rows(value.of_holdings(held(a), products(), value.load()), "account_id")["A0"]
    assert (found["earned"], found["loss"]) == (15_000_00, -1_250_00)  # 1.5 %; .5 % × 25 %


def test_a_products_own_spread_wins() -> None:
    a = {"category": "mortgage", "average": 1_000_000_00, "annual_rate": 3.8}
    found = tables.rows(value.of_holdings(held(a), products(0.5), value.load()), "account_id")["A0"]
    assert found["earned"] == 5_000_00


def test_a_loan_without_rate_or_spread_is_reported_and_earns_nothing() -> None:
    found = worth([{"category": "mortgage", "average": 1_000_00}], [1.0] * 36)
    assert (found["loans"], found["unpriced"]) == (0, 1)


def test_serving_at_the_counter_costs_sixty_times_the_phone() -> None:
    counter = worth([], [1.0] * 12, {"made_counter_12m": 10}, horizon_months=12)
    mobile = worth([], [1.0] * 12, {"made_mobile_12m": 10}, horizon_months=12)
    assert counter["service"] == pytest.approx(60 * mobile["service"], rel=0.01)
    assert counter["value"] == counter["service"] < 0


def test_what_matures_earns_until_then_and_afterwards_with_the_chance_of_renewal() -> None:
    a = {"category": "time_deposit", "average": 100_000_00, "annual_rate": 1.4, "matures_on": date(2027, 4, 30)}
    flat = {"discount_rate": 0.0, "horizon_months": 12}
    assert worth([a], [1.0] * 12, renewal={"time_deposit": 0.0}, **flat)["deposits"] == 500_00
    assert worth([a], [1.0] * 12, renewal={"time_deposit": 50.0}, **flat)["deposits"] == 750_00
    assert worth([a], [1.0] * 12, renewal={"time_deposit": 100.0}, **flat)["deposits"] == 1_000_00


def test_beyond_the_curve_the_hazard_stays_or_falls() -> None:
    constant = tables.rows(value.extended(stays(*geometric(0.9, 12)), value.load(override={"tail_concentration": 0})))
    falling = tables.rows(value.extended(stays(*geometric(0.9, 12)), value.load()))
    assert constant["P"]["s_36"] == pytest.approx(0.9**36)
    assert falling["P"]["s_13"] == pytest.approx(0.9**12 * (1 - 0.1 * 24 / 25))
    assert falling["P"]["s_36"] > constant["P"]["s_36"]


def test_a_customer_without_a_curve_has_no_value() -> None:
    unknown = tables.values(party_id=["P"], s_1=pa.array([None], pa.float64()))
    found = value.of_customers(held(), products(), usage(), unknown, value.load(), AS_OF)
    assert tables.rows(found) == {}


def test_a_bank_whose_large_customers_leave_is_worth_less_than_its_averages() -> None:
    accounts = held(
        {"party_id": "P", "category": "demand_deposit", "average": 1_900_000_00},
        {"party_id": "Q", "category": "demand_deposit", "average": 100_000_00},
    )
    curve = tables.values(party_id=["P", "Q"], **{f"s_{k}": [0.8, 1.0] for k in range(1, 13)})
    flat = value.load(override={"horizon_months": 12, "discount_rate": 0.0})
    found = tables.rows(value.of_customers(accounts, products(1.2), usage(), curve, flat, AS_OF))
    together = sum(row["value"] for row in found.values())
    assert together == 22_800_00 * 0.8 + 1_200_00  # jointly 19,440.00
    assert together < 24_000_00 * 0.9  # averages would say 21,600.00


def test_a_households_value_is_its_members_and_nobody_counts_twice() -> None:
    accounts = held(
        {"party_id": "P", "category": "demand_deposit", "average": 77_777_77},
        {"party_id": "Q", "category": "fund", "average": 33_333_33},
    )
    curve = tables.values(party_id=["P", "Q"], s_1=[0.9, 0.7], s_2=[0.8, 0.5])
    each = value.of_customers(accounts, products(), usage(), curve, value.load(), AS_OF)
    members = tables.values(group_id=["H", "H", "H"], party_id=["P", "Q", "Q"])
    one = tables.rows(value.of_groups(each, members), "group_id")["H"]
    assert one["value"] == sum(row["value"] for row in tables.rows(each).values())
    assert one["value"] == sum(one[part] for part in value.PARTS)
    assert one["members"] == 2


@pytest.mark.parametrize(
    "wrong",
    [{"discount": 3}, {"discount_rate": -1}, {"horizon_months": 1.5}, {"unit_cost": {"pigeon": 1}}, {"renewal": 3},
     {"commission": {"fund": True}}],
)  # fmt: skip
def test_an_impossible_assumption_is_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        value.load(override=wrong)


def test_a_gap_in_the_curve_is_refused() -> None:
    with pytest.raises(InputError, match="survival"):
        value.extended(tables.values(party_id=["P"], s_1=[1.0], s_3=[0.9]), value.load())


_CUSTOMERS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from(sorted(SIDES)), st.integers(0, 10**12), st.floats(0, 8)), max_size=4),
        st.lists(st.floats(0, 1), min_size=2, max_size=2),
        st.integers(0, 500),
    ),
    min_size=20,
    max_size=40,
)


def bank(customers: list[Any], less: float) -> dict[str, Any]:
    """Everybody's value in one query; curves multiplied by ``less``."""
    accounts = [
        {"party_id": f"P{i}", "account_id": f"A{i}-{j}", "category": c, "average": v, "annual_rate": r}
        for i, (rows, _, _) in enumerate(customers)
        for j, (c, v, r) in enumerate(rows)
    ]
    names = [f"P{i}" for i in range(len(customers))]
    curves = {f"s_{k + 1}": [sorted(c, reverse=True)[k] * less for _, c, _ in customers] for k in range(2)}
    visits = [n for _, _, n in customers]
    used = tables.values(party_id=names, fees_12m=[7 * n for n in visits], made_counter_12m=visits)
    short = value.load(override={"horizon_months": 2})
    curve = tables.values(party_id=names, **curves)
    return tables.rows(value.of_customers(held(*accounts), products(), used, curve, short, AS_OF))


@settings(max_examples=2, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(_CUSTOMERS, st.floats(0, 1))
def test_parts_sum_intervals_hold_and_nothing_shrinks_when_customers_stay_longer(
    customers: list[Any], less: float
) -> None:
    longer, shorter, never = bank(customers, 1.0), bank(customers, less), bank(customers, 0.0)
    for party, found in longer.items():
        assert found["value"] == sum(found[part] for part in value.PARTS)
        assert found["value_low"] <= found["value"] <= found["value_high"]
        assert never[party]["value"] == never[party]["value_low"] == never[party]["value_high"] == 0
        for part in value.PARTS:
            assert abs(shorter[party][part]) <= abs(found[part])


def test_a_categorys_worth_is_its_mean_margin_and_unsaid_for_a_handful() -> None:
    accounts = [{"category": "fund", "average": 100_000_00 * (1 + i % 2)} for i in range(30)]
    few = [{"category": "mortgage", "average": 100_00, "annual_rate": 4.0}] * 29
    flat = value.load(override={"discount_rate": 0.0, "horizon_months": 24})
    earned = value.of_holdings(held(*accounts, *few), products(), flat)
    # 150,000.00 on average × 0.6 % × two years; 29 mortgages are too few.
    found = value.worth_of_categories(earned, stays(*[1.0] * 24), flat, AS_OF)
    assert tables.listed(found) == [{"category": "fund", "worth": 1_800_00}]


def test_a_categorys_worth_ends_as_a_holdings_value_does() -> None:
    """With a customer's value: the same survival, maturity and chance of renewal."""
    deposit = {"category": "time_deposit", "average": 100_000_00, "annual_rate": 1.4, "matures_on": date(2027, 4, 30)}
    set_ = value.load(override={"discount_rate": 0.0, "horizon_months": 12, "renewal": {"time_deposit": 40.0}})
    accounts = held(*[deposit] * 30)
    for curve, expected in (([1.0] * 12, 700_00), ([0.5] * 12, 350_00)):
        earned = value.of_holdings(accounts, products(), set_)
        (one,) = tables.listed(value.worth_of_categories(earned, stays(*curve), set_, AS_OF))
        whole = tables.rows(value.of_customers(accounts, products(), usage(), stays(*curve), set_, AS_OF))["P"]
        assert one["worth"] == expected and whole["deposits"] == 30 * expected


def test_a_holding_earns_on_its_daily_average_and_not_on_the_balance_of_payday() -> None:
    window = Window(date(2026, 10, 1))  # the first day of a month: its own average would be one day's balance
    opened = [date(2020, 1, 1), date(2026, 9, 22), date(2026, 10, 1)]
    standing = tables.values(
        account_id=["old", "late", "new"], opened_on=opened, value=[900_00] * 3, days_0=[900_00, 900_00, 900_00]
    )
    closed = tables.values(account_id=["old", "late"], days_1=[300_00, 900_00])
    found = tables.rows(value.averaged(standing, closed, window), "account_id")
    # 300.00 and 900.00 balance-days over 31 days; 1,800.00 over the ten since it was opened; the one day there is
    assert [found[name]["average"] for name in ("old", "late", "new")] == [38_71, 180_00, 900_00]
