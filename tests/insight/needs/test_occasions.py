"""An occasion hangs on its event's day: the same date every night, and gone after its time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import ibis
import pytest

from insight.needs.test_needs import AS_OF, SET, felt, seen
from insight.tables import kept, rows, table, values
from tenure.insight import needs
from tenure.insight.needs.occasions import SPRING_FESTIVALS, seasons

DAY = timedelta(days=1)
ACCOUNTS = {"account_id": ["A0"], "party_id": ["P0"], "side": ["deposit"], "factor": [1_000_000]}


def received(*credits: tuple[date, int, str], **more: Any) -> ibis.Table:
    """Receipts of P0: day, yuan and kind of each credit."""
    booked = [
        {
            "transaction_id": f"T{n}", "account_id": "A0", "booked_at": datetime(day.year, day.month, day.day, 9),
            "amount": yuan * 100, "kind": kind, **more,
        }
        for n, (day, yuan, kind) in enumerate(credits)
    ]  # fmt: skip
    return needs.receipts(table("transaction", booked), values(**ACCOUNTS), SET)


def on(as_of: date, customer: dict[str, Any] | None = None, **more: Any) -> dict[str, date]:
    """The events of P0 whose time is on that night."""
    found = rows(seen(customer or {}, as_of=as_of, **more))["P0"]
    return {name: found[f"on_{name}"] for name in needs.OCCASIONS if found[f"on_{name}"] is not None}


def test_every_occasion_keeps_its_date_from_night_to_night_and_ends() -> None:
    salary, credit = date(2026, 9, 28), date(2026, 9, 20)
    customer = {"payroll_months": 2, "payroll_last_on": date(2026, 10, 27), "next_maturity_on": AS_OF + 5 * DAY}
    relations = [
        {"party_id": "P0", "other_id": "C", "kind": "child", "since": date(2026, 8, 1)},
        {"party_id": "S", "other_id": "P0", "kind": "spouse", "since": date(2026, 8, 2)},
    ]
    homes = values(party_id=["P0"], category=["mortgage"], opened_on=[date(2026, 8, 3)]).mutate(
        closed_on=ibis.null("date")
    )
    told = received(
        (salary, 9_000, "payroll"), (date(2026, 10, 27), 9_000, "payroll"), (credit, 300_000, "transfer_in")
    )
    more: dict[str, Any] = {"relations": relations, "accounts": homes, "receipts": told}
    tonight, tomorrow = on(AS_OF, customer, **more), on(AS_OF + DAY, customer, **more)
    assert tonight == {
        "maturity": AS_OF + 5 * DAY, "windfall": credit, "payroll_started": salary, "child": date(2026, 8, 1),
        "spouse": date(2026, 8, 2), "mortgage": date(2026, 8, 3),
    }  # fmt: skip
    assert tomorrow == tonight, "a date does not move"
    late = on(date(2027, 4, 1), {**customer, "payroll_months": 7}, **more)
    assert late == {}, "and all of them end"


def test_a_large_inflow_is_due_a_week_after_its_day_and_gone_after_thirty() -> None:
    day = date(2026, 10, 1)
    told = received((day, 60_000, "transfer_in"))
    for as_of in (day, day + 7 * DAY, day + 30 * DAY):
        found = rows(needs.felt(seen({}, as_of=as_of, receipts=told), as_of, SET), "need")["save"]
        assert (found["trigger"], found["due_on"]) == ("inflow", day + 7 * DAY)
        assert '"code":"credit","value":6000000' in found["evidence"]
    gone = seen({}, as_of=day + 31 * DAY, receipts=told)
    assert "save" not in rows(needs.felt(gone, day + 31 * DAY, SET), "need")


def test_what_a_trader_takes_every_month_is_no_occasion() -> None:
    told = received((date(2026, 10, 20), 200_000, "transfer_in"))
    cube = values(account_id=["A0"] * 3, month=[1, 2, 3], inflow=[150_000_00, 150_000_00, 900_000_00])
    usual = needs.usual_inflow([cube], values(**ACCOUNTS))
    assert rows(usual)["P0"]["usual"] == 150_000_00, "the largest month is not its own measure"
    assert on(AS_OF, receipts=told, usual=usual) == {}
    assert set(on(AS_OF, receipts=told)) == {"inflow", "windfall"}


@pytest.mark.parametrize(
    ("kind", "more"),
    [("loan_drawdown", {}), ("investment_sell", {}), ("payroll", {}), ("transfer_in", {"same_name": True})],
)
def test_borrowed_money_pay_and_ones_own_money_are_no_windfall(kind: str, more: dict[str, Any]) -> None:
    assert "windfall" not in on(AS_OF, receipts=received((AS_OF, 900_000, kind), **more))


def test_a_salary_that_stopped_is_a_reason_to_call_for_a_while() -> None:
    t = {"transactions_12m": 10, "payroll_months": 0, "payroll_last_on": date(2026, 8, 28)}
    found = felt(seen(t))["transact"]
    assert (found["trigger"], found["due_on"]) == ("payroll_stopped", date(2026, 8, 28) + 49 * DAY)
    assert felt(seen({**t, "payroll_last_on": AS_OF - 34 * DAY}))["transact"]["trigger"] is None
    assert felt(seen({**t, "payroll_last_on": AS_OF - 93 * DAY}))["transact"]["trigger"] is None


def test_retirement_is_at_the_age_or_when_a_pension_follows_a_salary() -> None:
    woman, man = {"sex": "female", "birth_date": date(1971, 12, 1)}, {"sex": "male", "birth_date": date(1971, 12, 1)}
    assert on(AS_OF, woman) == {"retirement": date(2026, 12, 1)}
    assert on(AS_OF, man) == {}
    pensions = received((date(2026, 9, 15), 3_000, "pension"), (date(2026, 10, 15), 3_000, "pension"))
    paid_before = {**man, "payroll_months": 0, "payroll_last_on": date(2026, 7, 10)}
    assert on(AS_OF, paid_before, receipts=pensions)["retirement"] == date(2026, 9, 15)
    assert "retirement" not in on(AS_OF, man, receipts=pensions), "who was never paid here has not just retired"


def test_a_child_turns_eighteen_and_so_does_a_customer_born_on_a_leap_day() -> None:
    parent, child = {"party_id": "P0"}, {"party_id": "C", "birth_date": date(2008, 11, 20)}
    told = [{"party_id": "C", "other_id": "P0", "kind": "parent", "since": date(2010, 1, 1)}]
    found = rows(seen(parent, child, relations=told))
    assert [found[who]["on_came_of_age"] for who in ("P0", "C")] == [date(2026, 11, 20)] * 2
    assert found["P0"]["children"] == 1, "told by the child, it is the parent's child all the same"
    assert on(date(2026, 3, 1), {"birth_date": date(2008, 2, 29)}) == {"came_of_age": date(2026, 2, 28)}


def test_a_grown_child_who_opens_an_account_is_no_newborn() -> None:
    told = [{"party_id": "P0", "other_id": "C", "kind": "child", "since": AS_OF - 5 * DAY}]
    found = rows(seen({"party_id": "P0"}, {"party_id": "C", "birth_date": date(2000, 1, 1)}, relations=told))
    assert found["P0"]["on_child"] is None


def test_seasons_have_their_day() -> None:
    def season(as_of: date, settings: needs.NeedSettings = SET) -> dict[str, Any]:
        one = values(x=[1]).mutate(**seasons(as_of, settings))
        return {name: value for name, value in rows(one, "x")[1].items() if name != "x" and value}

    assert season(date(2026, 8, 1)) == season(date(2026, 8, 31)) == {"on_school": date(2026, 9, 1)}
    assert season(date(2026, 9, 2)) == {}
    assert season(date(2027, 1, 15)) == season(date(2027, 2, 6)) == {"on_festival": date(2027, 2, 6)}
    assert season(date(2027, 2, 7)) == {}
    neither = needs.load(override={"spring_festival": False, "school_month": 0})
    assert season(date(2026, 8, 20), neither) == season(date(2027, 1, 20), neither) == {}


def test_the_spring_festival_is_a_new_moon_one_year_apart() -> None:
    for day in SPRING_FESTIVALS:
        age = ((day - date(2000, 1, 6)).days - 0.76) % 29.530588853  # since the mean new moon of 6 January 2000
        assert min(age, 29.530588853 - age) < 1.1, day
        assert (1, 21) <= (day.month, day.day) <= (2, 20)
    years = [day.year for day in SPRING_FESTIVALS]
    assert years == list(range(years[0], years[-1] + 1)), "and no year is missing"


def test_an_occasion_raises_a_need_of_who_lacks_what_serves_it() -> None:
    homes = values(party_id=["P0"], category=["mortgage"], opened_on=[AS_OF - DAY]).mutate(closed_on=ibis.null("date"))
    insured = {"categories": '["insurance"]'}
    assert felt(seen({}, accounts=homes))["protect"]["trigger"] == "mortgage"
    assert "protect" not in felt(seen(insured, accounts=homes))


def test_what_occasions_rest_on_can_be_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told = received((AS_OF - DAY, 60_000, "transfer_in"), (AS_OF, 70_000, "transfer_in"))
    halves = kept(told.filter(told.received_on < AS_OF)).union(kept(told.filter(told.received_on == AS_OF)))
    assert on(AS_OF, receipts=halves) == on(AS_OF, receipts=told) == {"inflow": AS_OF - DAY}
