from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.tables import arrow, table
from tenure.errors import InputError
from tenure.insight.queues import (
    erlang_a,
    erlang_c,
    fit_tickets,
    predicted_v_actual,
    staff_for,
    staff_table,
)

from .simulation import play


@settings(max_examples=40, deadline=None)
@given(
    st.floats(1, 400), st.floats(1, 30), st.just(0.0) | st.floats(0.05, 20), st.floats(0.01, 0.5), st.floats(0.5, 0.95)
)
def test_the_staffing_reaches_the_target_and_one_fewer_does_not(
    rate: float, service: float, patience: float, target: float, share: float
) -> None:
    got = staff_for(rate, service, target, share=share, patience_rate=patience)
    assert got.service_level >= share
    if got.servers > 1:
        if patience == 0 and rate >= (got.servers - 1) * service:
            return  # one fewer and the queue only grows
        one_fewer = erlang_a(rate, service, patience, got.servers - 1, target)
        assert one_fewer.service_level < share  # type: ignore[operator]


def test_fourteen_agents_are_what_the_worked_example_takes() -> None:
    """100 calls in 30 minutes of 180 s: 14 agents answer 88.8 % within 20 s, 13 do not answer 80 %."""
    got = staff_for(200, 20, 20 / 3_600)
    assert got.servers == 14 and got.service_level == pytest.approx(0.8884, abs=5e-5)
    assert erlang_c(200, 20, 13, 20 / 3_600).service_level < 0.8  # type: ignore[operator]


def test_uneven_days_and_a_limit_to_leaving_take_more_counters() -> None:
    even = staff_for(60, 10, 1 / 12, patience_rate=3)
    uneven = staff_for(60, 10, 1 / 12, patience_rate=3, busyness_cv=0.4)
    strict = staff_for(60, 10, 1 / 12, patience_rate=3, most_abandoned=0.005)
    assert uneven.servers > even.servers
    assert strict.servers > even.servers and strict.abandonment <= 0.005
    assert even.at_mean is not None and even.at_mean.servers == even.servers


def test_impossible_wishes_are_refused() -> None:
    for wrong in ({"share": 1.0}, {"most_abandoned": 0.0}, {"busyness_cv": -1.0}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            staff_for(60, 10, 0.1, **wrong)
    with pytest.raises(InputError, match="more than 50 servers"):
        staff_for(6_000, 10, 0.1, most=50)


def _tickets(
    rng: np.random.Generator, days: int = 40, rate: float = 40, servers: int = 4, seen: bool = False
) -> list[dict[str, object]]:
    """One branch, 9 to 12: service 6 minutes, patience 20, with the columns of the contract."""
    rows: list[dict[str, object]] = []
    for day in range(days):
        n = rng.poisson(rate * 3)
        came = np.sort(rng.uniform(0, 180, n))
        length = rng.exponential(6, n)
        wait, left = play(came, length, rng.exponential(20, n), servers)
        nine = dt.datetime(2026, 6, 1, 9) + dt.timedelta(days=day)

        def at(minutes: float, nine: dt.datetime = nine) -> dt.datetime:
            return nine + dt.timedelta(minutes=float(minutes))

        for i in range(n):
            called = None if left[i] else at(came[i] + wait[i])
            ended = at(came[i] + wait[i] + (0 if left[i] else length[i])) if seen or not left[i] else None
            rows.append(
                {
                    "ticket_id": f"{day}-{i}",
                    "org_id": "B1",
                    "taken_at": at(came[i]),
                    "called_at": called,
                    "ended_at": ended,
                    "abandoned": bool(left[i]),
                    "service": "personal_cash",
                }
            )
    return rows


@pytest.mark.parametrize("seen", [True, False])
def test_tickets_give_back_the_branch_they_came_from(seen: bool) -> None:
    """With leavers seen, and with numbers that are just never called: both find a patience of 20 minutes."""
    got = fit_tickets(arrow("queue_ticket", _tickets(np.random.default_rng(1), seen=seen)), 60)["B1"]
    assert not got.missing and got.odd == 0
    assert got.arrivals is not None and got.service is not None and got.patience is not None
    assert got.arrivals.rate(0, 9 * 60) == pytest.approx(40, rel=0.12)
    assert got.service.mean.value == pytest.approx(0.1, rel=0.05) and got.service.better == "exponential"
    assert got.patience.mean.value == pytest.approx(1 / 3, rel=0.15)
    want = erlang_a(40, 10, 3, 4)
    assert got.abandonment.value == pytest.approx(want.abandonment, abs=0.02)


def test_the_lakes_own_table_is_taken_as_it_is() -> None:
    rows = _tickets(np.random.default_rng(2), days=6)
    assert fit_tickets(table("queue_ticket", rows)) == fit_tickets(arrow("queue_ticket", rows))


def test_a_quiet_branch_says_what_is_missing_and_stops_nobody() -> None:
    rows = _tickets(np.random.default_rng(3), days=8)
    quiet = [{**row, "org_id": "B2"} for row in rows[:20]]
    got = fit_tickets(arrow("queue_ticket", rows + quiet))
    assert set(got["B2"].missing) == {"arrivals", "service", "patience"}
    assert got["B2"].arrivals is None and got["B1"].arrivals is not None
    assert "20 arrivals" in got["B2"].missing["arrivals"]


def test_clocks_that_run_backwards_are_counted_and_left_out() -> None:
    rows = _tickets(np.random.default_rng(4), days=8)
    served = next(row for row in rows if not row["abandoned"])
    served["called_at"] = served["taken_at"] - dt.timedelta(hours=1)  # type: ignore[operator]
    got = fit_tickets(arrow("queue_ticket", rows))["B1"]
    assert got.odd == 1 and got.tickets == len(rows)
    with pytest.raises(InputError, match="lacks called_at"):
        fit_tickets(arrow("queue_ticket", rows).drop_columns(["called_at"]))


def test_staffing_from_tickets_keeps_its_promise_when_it_is_played() -> None:
    """Fit, staff each hour for 80 % within 5 minutes, then play the day with the counters found."""
    rng = np.random.default_rng(5)
    fit = fit_tickets(arrow("queue_ticket", _tickets(rng, days=42)), 60)["B1"]
    assert fit.arrivals is not None and fit.service is not None and fit.patience is not None
    plan = staff_table(
        fit.arrivals, fit.service.rate, 5 / 60, patience_rate=fit.patience.rate.value or 0.0, share=0.8
    ).to_pylist()
    assert {row["weekday"] for row in plan} == set(range(7))
    servers = round(np.mean([row["servers"] for row in plan]))
    n = 40_000
    came = np.cumsum(rng.exponential(1 / 40, n))
    wait, left = play(came, rng.exponential(0.1, n), rng.exponential(1 / 3, n), servers)
    assert (~left & (wait <= 5 / 60)).mean() >= 0.8


def test_the_formula_is_checked_against_the_tickets_it_claims_to_describe() -> None:
    rng = np.random.default_rng(6)
    n, servers = 12_000, 5
    came = np.cumsum(rng.exponential(60, n))
    length = rng.exponential(290, n)
    wait, left = play(came, length, rng.exponential(600, n), servers)
    free = [0.0] * servers
    who: list[str | None] = []
    for c, w, s, gone in zip(came, wait, length, left, strict=True):
        k = int(np.argmin(free))
        who.append(None if gone else f"s{k}")
        if not gone:
            free[k] = c + w + s
    taken = np.datetime64("2026-06-01T00:00:00", "us") + (came * 1e6).astype("timedelta64[us]")
    got = predicted_v_actual(
        taken, wait, np.where(left, 0, length), left, who, service_rate=3_600 / 290, patience_rate=6
    )
    weight = got["arrivals"].to_numpy()
    mean = {name: np.average(got[name].to_numpy(), weights=weight) for name in got.column_names[1:]}
    assert mean["servers"] == pytest.approx(servers, abs=0.15)
    assert mean["predicted_wait"] == pytest.approx(mean["actual_wait"], rel=0.12)
    assert mean["predicted_abandonment"] == pytest.approx(mean["actual_abandonment"], rel=0.12)
    assert np.corrcoef(got["predicted_wait"], got["actual_wait"])[0, 1] > 0.5


def test_nothing_to_check_is_an_empty_table() -> None:
    times = pa.array([dt.datetime(2026, 6, 1, 9)] * 3)
    none = predicted_v_actual(
        times, [0, 0, 0], [60, 60, 60], [0, 0, 0], ["a", "a", "a"], service_rate=1, patience_rate=1
    )
    assert none.num_rows == 0 and "predicted_wait" in none.column_names
