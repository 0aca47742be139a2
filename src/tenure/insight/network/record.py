"""What a bank's own referrals tell: along which ties newcomers come, and who will bring the next ones (S8).

How many newcomers one customer brings a year differs from customer to customer, mostly by more than one year shows:
counts are taken as Poisson with a rate of each customer's own, rates as Gamma distributed over the customers (the
negative binomial of Ehrenberg 1959; Greenwood & Yule 1920). The mean is the bank's own, the shape is fitted by maximum
likelihood; a customer who brought n in T years is then expected to bring (r + n) ÷ (r ÷ μ + T) a year, and their rate
has a Gamma distribution, which gives the interval. Somebody who brought one may well not bring another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from scipy import optimize, stats
from scipy.special import gammaln

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import LEVEL
from tenure.insight.network.names import named, tabled

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from tenure.insight.network.graph import Network

#: Introductions on record below which nothing is told of the next.
FEWEST = 30
YEAR = 365.25
#: Where rates differ less than this shape says, or more, the likelihood is flat.
SHAPES = (1e-3, 1e3)
#: Name of the row of newcomers brought by somebody to whom the books tell no tie.
UNTOLD = "untold"


def introducers(network: Network, start: date, as_of: date, *, years: float = 1.0) -> pa.Table:
    """Every customer of today by how many newcomers they are expected to bring in the next ``years``, most first.

    Columns: ``party_id``, ``brought`` (referrals after ``start`` and up to ``as_of``), ``expected``, ``low``, ``high``
    (95 % of the rate × ``years``: the count itself varies about it). Only customers of today are in the fit: who left
    took their record along.

    Raises:
        InputError: ``as_of`` not after ``start``.
        TooLittleData: fewer than 30 referrals in that time.
    """
    first, last = _days(start, as_of)
    parties, ties = network.parties, network.ties
    referral = _fresh(network, first, last)
    counts = np.bincount(ties.target[referral], minlength=len(network))
    who = np.flatnonzero(parties.customer & ~(parties.since >= last))
    brought = counts[who].astype(float)
    if brought.sum() < FEWEST:
        raise TooLittleData(f"{int(brought.sum())} referrals on record; at least {FEWEST} tell who brings more")
    begins = np.where(np.isnat(parties.since[who]), first, np.maximum(parties.since[who], first))
    # whole months of being here: few different exposures make the fit quick and lose nothing
    here = np.maximum(np.round((last - begins).astype(float) / YEAR * 12), 1) / 12
    mean = float(brought.sum() / here.sum())
    shape = _shape(brought, here, mean)
    rate = stats.gamma(shape + brought, scale=1 / (shape / mean + here))
    expected = rate.mean() * years
    tail = (1 - LEVEL) / 2
    order = np.lexsort((who, -expected))
    return tabled(
        {
            "party_id": named(network.ids, who[order]),
            "brought": counts[who[order]],
            "expected": expected[order],
            "low": (rate.ppf(tail) * years)[order],
            "high": (rate.ppf(1 - tail) * years)[order],
        }
    )


def arrivals(network: Network, start: date, as_of: date) -> pa.Table:
    """Newcomers after ``start`` and up to ``as_of`` by the ties they had to older customers, closest kind first.

    Columns: ``kind``, ``newcomers`` who had such a tie to somebody here before them, ``brought`` of these by somebody
    tied to them so (the closest tie between the two counts; a colleague is tied by "employer"), and the share with
    its 95 % interval (Jeffreys) as ``share``, ``low``, ``high``. The last two rows: "untold", newcomers brought by
    somebody to whom the books tell no tie, and "any": all newcomers, and how many were brought at all.

    Raises:
        InputError: ``as_of`` not after ``start``.
        TooLittleData: nobody came.
    """
    first, last = _days(start, as_of)
    parties, ties, n = network.parties, network.ties, len(network)
    since = np.where(np.isnat(parties.since), np.datetime64("0001-01-01"), parties.since)
    came = ~np.isnat(parties.since) & (since > first) & (since <= last)
    if not came.any():
        raise TooLittleData("nobody became a customer in that time")
    names = list(network.kinds)
    referral, job = names.index("referral"), names.index("employer")
    one, other = np.concatenate([ties.source, ties.target]), np.concatenate([ties.target, ties.source])
    kind = np.tile(ties.kind, 2)
    strength = np.array([each.strength for each in network.kinds.values()])[kind]
    known = ~np.isnat(parties.since)
    tied = came[one] & known[other] & (since[other] < since[one]) & (kind != referral)
    one, other, kind, strength = one[tied], other[tied], kind[tied], strength[tied]
    order = np.lexsort((kind, -strength, other, one))
    one, other, kind = one[order], other[order], kind[order]
    closest = np.ones(len(one), dtype=bool)
    closest[1:] = (one[1:] != one[:-1]) | (other[1:] != other[:-1])
    one, other, kind = one[closest], other[closest], kind[closest]
    works = ties.kind == job
    clerk, firm = ties.source[works], ties.target[works]
    eldest = np.full(n, last + 1)
    np.minimum.at(eldest, firm[known[clerk]], since[clerk[known[clerk]]])
    beside = clerk[came[clerk] & (eldest[firm] < since[clerk])]

    fresh = _fresh(network, first, last)
    guest, host = ties.source[fresh], ties.target[fresh]
    guest, host = guest[came[guest]], host[came[guest]]
    pair, asked = one * n + other, guest * n + host
    order = np.argsort(pair)
    pair, kind_of = pair[order], kind[order]
    at = np.searchsorted(pair, asked)
    direct = np.zeros(len(asked), dtype=bool)
    direct[at < len(pair)] = pair[at[at < len(pair)]] == asked[at < len(pair)]
    through = np.full(len(asked), -1)
    through[direct] = kind_of[at[direct]]
    # colleagues: the same firm stands behind both
    firms = np.full(n, -1)
    firms[clerk] = firm
    colleague = ~direct & (firms[guest] >= 0) & (firms[guest] == firms[host])
    through[colleague] = job

    rows: list[tuple[str, int, int]] = []
    ranked = sorted(range(len(names)), key=lambda k: (-network.kinds[names[k]].strength, k))
    for k in (k for k in ranked if k != referral):
        had = np.unique(np.concatenate([one[kind == k], beside]) if k == job else one[kind == k])
        if len(had):
            rows.append((names[k], len(had), len(np.unique(guest[through == k]))))
    everybody = int(came.sum())
    rows += [(UNTOLD, everybody, len(np.unique(guest[through < 0]))), ("any", everybody, len(np.unique(guest)))]
    total, won = (np.array([row[place] for row in rows], dtype=float) for place in (1, 2))
    tail = (1 - LEVEL) / 2
    interval = [stats.beta.ppf(q, won + 0.5, total - won + 0.5) for q in (tail, 1 - tail)]
    return tabled(
        {
            "kind": pa.array([row[0] for row in rows], pa.string()),
            "newcomers": total.astype(np.int64),
            "brought": won.astype(np.int64),
            "share": won / total,
            "low": np.where(won == 0, 0.0, interval[0]),
            "high": np.where(won == total, 1.0, interval[1]),
        }
    )


def _days(start: date, as_of: date) -> tuple[np.datetime64, np.datetime64]:
    first, last = np.datetime64(start, "D"), np.datetime64(as_of, "D")
    if last <= first:
        raise InputError(f"{as_of} is not after {start}")
    return first, last


def _fresh(network: Network, first: np.datetime64, last: np.datetime64) -> NDArray[np.bool_]:
    """The referrals told in that time (m,)."""
    ties = network.ties
    told: NDArray[np.bool_] = ties.kind == list(network.kinds).index("referral")
    return told & np.asarray(ties.since > first) & np.asarray(ties.since <= last)


def _shape(brought: NDArray[np.float64], here: NDArray[np.float64], mean: float) -> float:
    """The Gamma's shape by maximum likelihood: how unlike customers' rates are, small for very."""
    pairs, weight = np.unique(np.stack([brought, here]), axis=1, return_counts=True)
    n, expected = pairs[0], pairs[1] * mean

    def lost(log_shape: float) -> float:
        r = np.exp(log_shape)
        told = gammaln(r + n) - gammaln(r) - (r + n) * np.log1p(expected / r) - n * np.log(r)
        return -float(weight @ told)

    low, high = np.log(SHAPES)
    return float(np.exp(optimize.minimize_scalar(lost, bounds=(low, high), method="bounded").x))
