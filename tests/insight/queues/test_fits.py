from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.queues import fit_arrivals, fit_patience, fit_service
from tenure.insight.queues.instants import instants

_FIRST = np.datetime64("2026-06-01", "s")  # a Monday


def _days(rng: np.random.Generator, weeks: int, busy_cv: float = 0.0) -> np.ndarray:
    """Monday to Friday 9 to 11; 60 an hour in the first half of it, 20 in the second; Fridays twice that."""
    found = []
    for day in range(7 * weeks):
        if day % 7 > 4:
            continue
        level = rng.gamma(1 / busy_cv**2, busy_cv**2) if busy_cv else 1.0
        level *= 2 if day % 7 == 4 else 1
        for hour, rate in ((9, 60), (10, 20)):
            n = rng.poisson(rate * level)
            found.append(_FIRST + day * 86_400 + hour * 3_600 + rng.integers(0, 3_600, n))
    return np.concatenate(found)


def test_rates_are_those_of_the_weekday_and_hour() -> None:
    got = fit_arrivals(_days(np.random.default_rng(1), 40), 60)
    assert got.rate(0, 9 * 60 + 20) == pytest.approx(60, rel=0.1)
    assert got.rate(4, 9 * 60) == pytest.approx(120, rel=0.1)
    assert got.rate(2, 10 * 60) == pytest.approx(20, rel=0.15)
    assert got.rate(6, 10 * 60) == 0 == got.rate(0, 15 * 60)
    assert got.table.num_rows == 10 and got.days == 200


def test_rate_intervals_hold_the_truth_at_their_level_on_even_and_uneven_days() -> None:
    rng = np.random.default_rng(2)
    for busy in (0.0, 0.3):
        held = []
        for _ in range(40):
            for row in fit_arrivals(_days(rng, 8, busy), 60).table.to_pylist():
                truth = (60 if row["minute"] == 540 else 20) * (2 if row["weekday"] == 4 else 1)
                held.append(row["low"] <= truth <= row["high"])
        assert np.mean(held) >= (0.94 if busy == 0 else 0.88)


def test_poisson_days_are_seldom_called_overdispersed() -> None:
    rng = np.random.default_rng(3)
    accused = sum(fit_arrivals(_days(rng, 6), 60).verdict != "poisson" for _ in range(200))
    assert accused / 200 <= 0.09


def test_busy_and_quiet_days_are_found_with_their_size() -> None:
    got = fit_arrivals(_days(np.random.default_rng(4), 60, 0.3), 60)
    assert got.verdict == "overdispersed" and got.dispersion is not None and got.dispersion > 3
    assert got.busyness_cv == pytest.approx(0.3, abs=0.06)


def test_even_days_have_no_busyness_beyond_chance() -> None:
    assert fit_arrivals(_days(np.random.default_rng(12), 60), 60).busyness_cv < 0.07


def test_open_days_without_a_customer_count() -> None:
    times = [dt.datetime(2026, 6, 1 + i, 9, m) for i in range(5) for m in range(12)]
    half = fit_arrivals(times, 60, days=[dt.date(2026, 6, 1 + i) for i in range(5)] + [dt.date(2026, 6, 8)])
    assert half.rate(0, 540) == pytest.approx(6) and half.rate(1, 540) == pytest.approx(12)
    with pytest.raises(InputError, match="not among days"):
        fit_arrivals(times, 60, days=[dt.date(2026, 6, 1)])


def test_one_week_cannot_tell_whether_days_differ() -> None:
    times = [dt.datetime(2026, 6, 1 + i, 9, m) for i in range(5) for m in range(12)]
    got = fit_arrivals(times)
    assert got.verdict == "cannot_tell" and got.dispersion is None and got.busyness_cv == 0


def test_times_come_in_every_kind_of_column_and_never_with_a_zone() -> None:
    times = [dt.datetime(2026, 6, 1 + i % 7, 9, i % 60) for i in range(100)]
    want = fit_arrivals(times).table
    for kind in (pd.Series, pl.Series, pa.array, lambda x: np.array(x, dtype="datetime64[us]")):
        assert fit_arrivals(kind(times)).table == want
    with pytest.raises(InputError, match="time zone"):
        fit_arrivals(pa.array(times, pa.timestamp("us", "Asia/Shanghai")))
    with pytest.raises(InputError, match="row 1: a time is missing"):
        fit_arrivals([None, *times])
    with pytest.raises(InputError, match="dates with times"):
        instants([1, 2], "taken_at")
    with pytest.raises(InputError, match="divisor"):
        fit_arrivals(times, 37)
    with pytest.raises(TooLittleData, match="9 arrivals"):
        fit_arrivals(times[:9])


def test_the_law_of_the_service_is_recognised_and_its_figures_found() -> None:
    rng = np.random.default_rng(5)
    normal = fit_service(rng.lognormal(4.8, 0.9, 5_000))
    assert normal.better == "lognormal" and normal.distance_lognormal < 0.03 < normal.distance_exponential
    assert abs(normal.mu - 4.8) < 4 * normal.mu_error and abs(normal.sigma - 0.9) < 4 * normal.sigma_error
    even = fit_service(rng.exponential(200, 5_000))
    assert even.better == "exponential" and even.scv == pytest.approx(1, abs=0.1)
    assert even.rate == pytest.approx(1 / 200, rel=0.05)


def test_services_of_a_few_seconds_and_missing_ones_are_left_out_and_counted() -> None:
    got = fit_service([5.0] * 7 + [None] * 3 + list(range(60, 120)), more_than=10)
    assert (got.n, got.left_out) == (60, 10)
    with pytest.raises(TooLittleData, match="29 services"):
        fit_service(range(1, 30))
    with pytest.raises(TooLittleData, match="same time"):
        fit_service([60] * 40)
    with pytest.raises(InputError, match="at least 0"):
        fit_service([-1.0] * 40)


def _waited(rng: np.random.Generator, n: int, patience: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Patience of mean 10, an offered wait of mean 2: most are served first."""
    ready = rng.exponential(10, n) if patience is None else patience
    offered = rng.exponential(2, n)
    return np.minimum(ready, offered), ready < offered


def test_patience_is_learnt_from_those_who_were_served_too() -> None:
    """The mean wait of those who left is 1.7; their patience is 10."""
    wait, gone = _waited(np.random.default_rng(6), 4_000)
    got = fit_patience(wait, gone)
    assert wait[gone].mean() < 2
    assert not got.mean.excludes(10) and got.mean.value == pytest.approx(10, rel=0.1)
    assert got.rate.value == pytest.approx(gone.sum() / wait.sum())
    assert got.exponential_holds is True


def test_the_rate_of_leaving_is_held_at_its_level() -> None:
    rng = np.random.default_rng(7)
    held = [not fit_patience(*_waited(rng, 300)).rate.excludes(0.1) for _ in range(200)]
    assert np.mean(held) >= 0.92


def test_patience_is_learnt_though_nobody_saw_them_leave() -> None:
    """A number is called and nobody comes: all that is known is that the patience was shorter than the wait."""
    rng = np.random.default_rng(8)
    ready, offered = rng.exponential(10, 6_000), rng.exponential(4, 6_000)
    gone = ready < offered
    got = fit_patience(offered, gone, left_unseen=gone)
    naive = fit_patience(offered, gone)
    assert got.rate.value == pytest.approx(0.1, rel=0.08) and not got.rate.excludes(0.1)
    assert naive.rate.excludes(0.1)
    assert got.survival is None and got.exponential_holds is None


def test_the_share_still_waiting_follows_the_true_patience() -> None:
    wait, gone = _waited(np.random.default_rng(9), 20_000)
    curve = fit_patience(wait, gone).survival
    assert curve is not None
    times, still = curve["wait"].to_numpy(), curve["still_waiting"].to_numpy()
    for moment in (1.0, 3.0, 6.0):
        at = np.searchsorted(times, moment) - 1
        low, high = curve["low"].to_numpy()[at], curve["high"].to_numpy()[at]
        assert low <= np.exp(-moment / 10) <= high and low < still[at] < high


def test_kaplan_and_meier_by_hand() -> None:
    """1, 2+, 3, 4+, 5 … with ten leaving: 1 − 1/12, then × (1 − 1/10) and so on."""
    curve = fit_patience([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [1, 0, 1, 0, *[1] * 8]).survival
    assert curve is not None
    assert curve["still_waiting"].to_pylist()[:3] == pytest.approx(
        [11 / 12, 11 / 12 * 9 / 10, 11 / 12 * 9 / 10 * 7 / 8]
    )
    assert curve["still_waiting"].to_pylist()[-1] == 0 and curve["high"].to_pylist()[-1] is None


def test_people_who_leave_at_once_or_never_are_not_exponential() -> None:
    rng = np.random.default_rng(10)
    got = fit_patience(*_waited(rng, 4_000, 10 * rng.weibull(0.6, 4_000)))
    assert got.exponential_holds is False
    assert got.shape is not None and not got.shape.excludes(0.6)


def test_nobody_leaving_teaches_no_patience() -> None:
    with pytest.raises(TooLittleData, match="9 of 100 left"):
        fit_patience([1.0] * 100, [1] * 9 + [0] * 91)
    with pytest.raises(TooLittleData, match="nobody waited"):
        fit_patience([0.0] * 20, [1] * 20)
    with pytest.raises(TooLittleData, match="left unseen"):
        fit_patience([1.0] * 20, [1] * 20, left_unseen=[1] * 20)
    with pytest.raises(InputError, match="who were served"):
        fit_patience([1.0] * 20, [0] * 20, left_unseen=[1] * 20)
    with pytest.raises(InputError, match="waits, row 1"):
        fit_patience([-1.0] * 20, [1] * 20)


def test_waits_of_nothing_that_were_served_say_nothing() -> None:
    wait, gone = _waited(np.random.default_rng(11), 1_000)
    more = fit_patience([*wait, *[0.0] * 500], [*gone, *[False] * 500])
    assert more.rate == fit_patience(wait, gone).rate
