"""Erlang's formulas: a queue of n equal servers, Poisson arrivals and exponential service.

``erlang_b``: who finds no server is lost. ``erlang_c`` (M/M/n): everybody waits for ever. ``erlang_a`` (M/M/n+M,
Palm 1957; Garnett, Mandelbaum & Reiman 2002): everybody waits as long as an exponential patience lasts. All three hold
for a steady state; use them for each interval of the day, never for a daily average.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tenure.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: e^−45 is below what a float can tell from nothing beside 1.
_NEGLIGIBLE = 45.0
#: States of the queue summed at most; more mean a patience that hardly ends.
_MOST_STATES = 1 << 22
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(64)
_PIECES = 12


@dataclass(frozen=True)
class QueueFigures:
    """What a queue does in the long run. Waits are in the unit of time of the rates, shares in 0…1.

    ``p_wait``: an arrival finds every server busy. ``mean_wait`` over all arrivals, ``mean_wait_if_waiting`` over
    those who wait at all; for ``erlang_a`` the waits of those who leave count. ``service_level``: served within
    ``target_wait``, of all arrivals (None without a target). ``occupancy``: share of the time a server is busy.
    ``abandonment``: arrivals that leave unserved. ``offered``: arrival rate ÷ service rate, in Erlangs.
    """

    servers: int
    offered: float
    p_wait: float
    mean_wait: float
    mean_wait_if_waiting: float
    occupancy: float
    abandonment: float
    mean_queue: float
    target_wait: float | None
    service_level: float | None


def erlang_b(offered: float, servers: int) -> float:
    """Share of arrivals that find all servers busy when nobody can wait (Erlang 1917).

    ``offered``: arrival rate ÷ service rate. By B(n) = a·B(n−1) ÷ (n + a·B(n−1)), exact for thousands of servers.

    Raises:
        InputError: ``offered`` below 0, or not a whole number of servers ≥ 0.
    """
    _check_servers(servers, least=0)
    if not (math.isfinite(offered) and offered >= 0):
        raise InputError(f"offered {offered:g}; a load of at least 0 Erlangs was expected")
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked


def erlang_c(arrival_rate: float, service_rate: float, servers: int, target_wait: float | None = None) -> QueueFigures:
    """M/M/n with endless patience.

    ``arrival_rate``: arrivals, ``service_rate``: customers one busy server finishes, both per the same unit of time;
    ``target_wait`` in that unit. Overstates the wait where people leave: see ``erlang_a``.

    Raises:
        InputError: a rate that is not above 0; a load that the servers cannot carry, where the queue has no steady
            state and grows all day.
    """
    _check_rates(arrival_rate, service_rate, target_wait)
    _check_servers(servers)
    offered = arrival_rate / service_rate
    if offered >= servers:
        raise InputError(
            f"{servers:,} servers cannot carry {offered:,.6g} Erlangs: the queue only grows",
            "Add servers, or use erlang_a, where people leave.",
        )
    blocked, load = erlang_b(offered, servers), offered / servers
    p_wait = blocked / (1 - load * (1 - blocked))
    drain = servers * service_rate - arrival_rate
    return QueueFigures(
        servers,
        offered,
        p_wait,
        p_wait / drain,
        1 / drain,
        load,
        0.0,
        p_wait * arrival_rate / drain,
        target_wait,
        None if target_wait is None else 1 - p_wait * math.exp(-drain * target_wait),
    )


def erlang_a(
    arrival_rate: float, service_rate: float, patience_rate: float, servers: int, target_wait: float | None = None
) -> QueueFigures:
    """M/M/n+M: as ``erlang_c``, and each waiting customer leaves at ``patience_rate`` (1 ÷ mean patience).

    All rates per the same unit of time. A patience rate of 0 is ``erlang_c``. Any load has a steady state. The states
    of the queue are summed in logarithms and only positive terms are added, so it holds for thousands of servers.

    Raises:
        InputError: a rate out of range; a patience so long that more than 4 million would have to be able to wait.
    """
    _check_rates(arrival_rate, service_rate, target_wait)
    _check_servers(servers)
    _check_number("patience_rate", patience_rate)
    if not (math.isfinite(patience_rate) and patience_rate >= 0):
        raise InputError(f"patience_rate {patience_rate:g}; at least 0 was expected")
    if patience_rate == 0:
        return erlang_c(arrival_rate, service_rate, servers, target_wait)
    capacity = servers * service_rate
    log_terms = _waiting_states(arrival_rate, capacity, patience_rate)
    top = float(log_terms.max())
    scaled = np.exp(log_terms - top)
    whole = float(scaled.sum())
    waiting = float(scaled @ np.arange(len(scaled))) / whole  # mean queue, given all servers busy
    # odds of "all busy" against "one free": B ÷ (1 − B) is p(n) ÷ p(0 … n−1)
    offered = arrival_rate / service_rate
    blocked = erlang_b(offered, servers)
    odds = math.log(blocked) - math.log1p(-blocked) + top + math.log(whole) if blocked > 0 else -math.inf
    p_wait = 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0
    busy = offered * (1 - erlang_b(offered, servers - 1))  # given that one is free: the system of n − 1 places
    mean_queue = p_wait * waiting
    abandonment = patience_rate * mean_queue / arrival_rate
    wait_if_waiting = waiting / arrival_rate
    level = None
    if target_wait is not None:
        level = 1 - p_wait + p_wait * _served_within(target_wait, arrival_rate, capacity, patience_rate)
    return QueueFigures(
        servers,
        offered,
        p_wait,
        mean_queue / arrival_rate,
        wait_if_waiting,
        p_wait + (1 - p_wait) * busy / servers,
        abandonment,
        mean_queue,
        target_wait,
        level,
    )


def _waiting_states(arrivals: float, capacity: float, patience: float) -> NDArray[np.float64]:
    """log of Π λ ÷ (nμ + kθ), k = 1 … j, for j = 0, 1, … until nothing more is added."""
    size = 1_024
    while size <= _MOST_STATES:
        steps = np.log(arrivals / (capacity + patience * np.arange(1, size)))
        terms: NDArray[np.float64] = np.concatenate([[0.0], np.cumsum(steps)])
        if steps[-1] < 0 and terms[-1] < terms.max() - _NEGLIGIBLE + min(0.0, math.log(-steps[-1])):
            return terms
        size *= 4
    raise InputError(
        f"patience_rate {patience:g} against {arrivals:g} arrivals: the queue would hold more than {_MOST_STATES:,}",
        "Use erlang_c, or check that all rates are per the same unit of time.",
    )


def _served_within(target: float, arrivals: float, capacity: float, patience: float) -> float:
    """Share of those who wait that are served within ``target``.

    The wait offered to an endlessly patient customer has density ∝ exp(λH(x) − nμx) on x > 0, H(x) = (1 − e^−θx) ÷ θ
    (Zeltyn & Mandelbaum 2005); served is who is still there, e^−θx.
    """

    def exponent(x: float) -> float:
        return -arrivals * math.expm1(-patience * x) / patience - capacity * x

    peak = max(0.0, math.log(arrivals / capacity) / patience)
    top = exponent(peak)

    def edge(inside: float, outside: float) -> float:
        for _ in range(80):
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if exponent(middle) < top - _NEGLIGIBLE else (middle, outside)
        return outside

    step = 1 / capacity
    while exponent(peak + step) >= top - _NEGLIGIBLE:
        step *= 2
    high = edge(peak, peak + step)
    low = edge(peak, 0.0) if exponent(0.0) < top - _NEGLIGIBLE else 0.0

    def total(start: float, end: float, *, served: bool) -> float:
        if end <= start:
            return 0.0
        edges = np.linspace(start, end, _PIECES + 1)
        half = (end - start) / _PIECES / 2
        x = (edges[:-1, None] + half) + half * _NODES
        exponents = -arrivals * np.expm1(-patience * x) / patience - capacity * x
        density = np.exp(exponents - top - (patience * x if served else 0.0))
        return float(half * (density @ _NODE_WEIGHTS).sum())

    middle = min(max(target, low), high)
    everything = total(low, middle, served=False) + total(middle, high, served=False)
    return total(low, middle, served=True) / everything


def _check_number(name: str, value: object) -> None:
    if not isinstance(value, (int, float, np.number)):
        raise InputError(f"{name} is {value!r}; one number was expected")


def _check_rates(arrival_rate: float, service_rate: float, target_wait: float | None) -> None:
    for name, rate in (("arrival_rate", arrival_rate), ("service_rate", service_rate)):
        _check_number(name, rate)
        if not (math.isfinite(rate) and rate > 0):
            raise InputError(f"{name} {rate:g}; a rate above 0 was expected")
    if target_wait is not None and not target_wait >= 0:
        raise InputError(f"target_wait {target_wait:g}; at least 0 was expected")


def _check_servers(servers: int, least: int = 1) -> None:
    _check_number("servers", servers)
    if servers != int(servers) or servers < least:
        raise InputError(f"servers {servers}; a whole number of at least {least} was expected")
