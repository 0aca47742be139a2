from __future__ import annotations

from fractions import Fraction
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure import insight
from tenure.errors import InputError
from tenure.insight.queues import erlang_a, erlang_b, erlang_c

from .simulation import play

RATES = st.floats(0.05, 50)


def test_a_hundred_calls_in_half_an_hour_on_fourteen_agents() -> None:
    """Section 3: P(wait) .1741, service level .8884, occupancy .7143, mean wait 7.84 s."""
    got = insight.erlang_c(arrival_rate=100 / 1_800, service_rate=1 / 180, servers=14, target_wait=20)
    assert got.p_wait == pytest.approx(0.1741, abs=5e-5)
    assert got.service_level == pytest.approx(0.8884, abs=5e-5)
    assert got.occupancy == pytest.approx(0.7143, abs=5e-5)
    assert got.mean_wait == pytest.approx(7.84, abs=5e-3)


def test_three_hundred_and_sixty_calls_on_fifty_five_agents() -> None:
    """Section 3: .2387, 8.18 s, .8459."""
    got = erlang_c(360 / 1_800, 1 / 240, 55, target_wait=15)
    assert got.p_wait == pytest.approx(0.2387, abs=5e-5)
    assert got.mean_wait == pytest.approx(8.18, abs=5e-3)
    assert got.service_level == pytest.approx(0.8459, abs=5e-5)


def test_people_who_leave_shorten_the_wait_fivefold() -> None:
    """Garnett, Mandelbaum & Reiman: λ 48/min, μ 1, θ ½, n 50. Erlang C says 20.8 s where 3.7 s are waited."""
    patient, real = erlang_c(48, 1, 50), insight.erlang_a(48, 1, 0.5, 50)
    assert real.abandonment == pytest.approx(0.0309, abs=5e-5)
    assert real.mean_wait * 60 == pytest.approx(3.71, abs=5e-3)
    assert patient.mean_wait * 60 == pytest.approx(20.83, abs=5e-3)
    assert real.occupancy == pytest.approx(0.930, abs=5e-4)
    assert patient.occupancy == pytest.approx(0.96)


@pytest.mark.parametrize(("load", "servers"), [(1, 1), (5, 10), (10, 10), (20, 12)])
def test_blocking_equals_the_defining_fraction(load: int, servers: int) -> None:
    states = [Fraction(load**k, factorial(k)) for k in range(servers + 1)]
    assert erlang_b(load, servers) == pytest.approx(float(states[-1] / sum(states)), rel=1e-13)


def test_blocking_at_the_edges() -> None:
    assert erlang_b(0, 3) == 0 and erlang_b(7, 0) == 1


@settings(max_examples=60, deadline=None)
@given(RATES, RATES, st.floats(0.01, 20), st.integers(1, 60))
def test_who_comes_is_served_or_leaves(arrivals: float, service: float, patience: float, servers: int) -> None:
    """Served within an endless target = all but those who leave, though one is an integral and one a sum of states."""
    got = erlang_a(arrivals, service, patience, servers, target_wait=1e9)
    assert got.service_level == pytest.approx(1 - got.abandonment, abs=1e-9)
    assert got.occupancy * servers * service == pytest.approx(arrivals * (1 - got.abandonment), abs=arrivals * 1e-9)
    assert 0 <= got.p_wait <= 1 and 0 <= got.abandonment < 1 and got.occupancy < 1 + 1e-12
    assert got.mean_wait == pytest.approx(got.p_wait * got.mean_wait_if_waiting, rel=1e-9, abs=1e-300)


@settings(max_examples=40, deadline=None)
@given(RATES, RATES, st.floats(0.01, 20), st.integers(1, 40), st.floats(0.001, 5))
def test_one_more_server_never_makes_it_worse(a: float, s: float, p: float, n: int, target: float) -> None:
    few, many = erlang_a(a, s, p, n, target), erlang_a(a, s, p, n + 1, target)
    assert many.mean_wait <= few.mean_wait * (1 + 1e-9)
    assert many.abandonment <= few.abandonment * (1 + 1e-9)
    assert many.service_level >= few.service_level - 1e-9  # type: ignore[operator]


@settings(max_examples=40, deadline=None)
@given(RATES, RATES, st.floats(0.01, 20), st.integers(1, 40), st.floats(0.1, 5_000))
def test_the_unit_of_time_does_not_matter(a: float, s: float, p: float, n: int, unit: float) -> None:
    one, other = erlang_a(a, s, p, n, 0.5), erlang_a(a * unit, s * unit, p * unit, n, 0.5 / unit)
    assert one.p_wait == pytest.approx(other.p_wait, rel=1e-7, abs=1e-300)
    assert one.mean_wait == pytest.approx(other.mean_wait * unit, rel=1e-7, abs=1e-300)
    assert one.service_level == pytest.approx(other.service_level, rel=1e-7)


def test_endless_patience_is_erlang_c() -> None:
    patient = erlang_c(40, 1, 50, 1 / 6)
    assert erlang_a(40, 1, 0, 50, 1 / 6) == patient
    nearly = erlang_a(40, 1, 1e-8, 50, 1 / 6)
    assert nearly.mean_wait == pytest.approx(patient.mean_wait, rel=1e-6)
    assert nearly.service_level == pytest.approx(patient.service_level, rel=1e-8)


@pytest.mark.parametrize(("servers", "load"), [(2_000, 1_990), (5_000, 6_000), (20_000, 20_000), (5_000, 500)])
def test_thousands_of_servers_are_no_trouble(servers: int, load: int) -> None:
    got = erlang_a(load, 1, 0.5, servers, target_wait=1e9)
    assert got.service_level == pytest.approx(1 - got.abandonment, abs=1e-9)
    if load > servers:  # overloaded: what can't be served leaves
        assert got.abandonment == pytest.approx(1 - servers / load, rel=1e-6)
    assert erlang_b(load, servers) < 1


@pytest.mark.parametrize(("servers", "patience"), [(50, 0.5), (4, 2.0), (44, 0.3)])
def test_the_formula_agrees_with_a_queue_played_through(servers: int, patience: float) -> None:
    rng = np.random.default_rng(1)
    n, rate = 120_000, 0.96 * servers if servers != 44 else 48.0
    came = np.cumsum(rng.exponential(1 / rate, n))
    wait, left = play(came, rng.exponential(1, n), rng.exponential(1 / patience, n), servers)
    wait, left = wait[2_000:], left[2_000:]
    want = erlang_a(rate, 1, patience, servers, target_wait=0.1)
    assert left.mean() == pytest.approx(want.abandonment, abs=0.006)
    assert wait.mean() == pytest.approx(want.mean_wait, rel=0.06)
    assert (wait > 0).mean() == pytest.approx(want.p_wait, abs=0.02)
    assert (~left & (wait <= 0.1)).mean() == pytest.approx(want.service_level, abs=0.015)


def test_a_daily_average_hides_the_wait_of_the_busy_hour() -> None:
    """Pitfall 17: morning 80 an hour, afternoon 20; the average of 50 promises a wait that nobody meets."""
    each = [erlang_a(rate, 10, 4, 6) for rate in (80, 20)]
    truly = (80 * each[0].mean_wait + 20 * each[1].mean_wait) / 100
    assert truly > 3 * erlang_a(50, 10, 4, 6).mean_wait


def test_a_queue_that_only_grows_has_no_figures() -> None:
    with pytest.raises(InputError, match="only grows"):
        erlang_c(50, 1, 50)
    assert erlang_a(50, 1, 0.5, 50).abandonment > 0


@pytest.mark.parametrize(
    ("rates", "servers", "word"),
    [
        ((0, 1, 1), 5, "arrival_rate"),
        ((1, -1, 1), 5, "service_rate"),
        ((1, float("nan"), 1), 5, "service_rate"),
        ((1, 1, -1), 5, "patience_rate"),
        ((1, 1, 1), 0, "servers"),
        ((1, 1, 1), 2.5, "servers"),
    ],
)
def test_impossible_queues_are_refused(rates: tuple[float, float, float], servers: int, word: str) -> None:
    with pytest.raises(InputError, match=word):
        erlang_a(*rates, servers)


def test_mixed_units_are_noticed_where_they_make_the_queue_endless() -> None:
    with pytest.raises(InputError, match="unit of time"):
        erlang_a(1e9, 1, 1e-3, 10)
    with pytest.raises(InputError, match="target_wait"):
        erlang_c(1, 1, 3, target_wait=-1)
    with pytest.raises(InputError, match="offered"):
        erlang_b(-1, 3)


def test_a_rate_that_is_no_number_is_refused() -> None:
    with pytest.raises(InputError, match="arrival_rate is 'many'"):
        erlang_c("many", 1, 3)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="patience_rate is None"):
        erlang_a(10, 1, None, 3)  # type: ignore[arg-type]
