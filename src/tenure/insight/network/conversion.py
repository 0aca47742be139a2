"""How likely an introduction along a kind of tie wins a customer: the bank's own record, or a prior that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import beta

from tenure.insight import inputs
from tenure.insight.intervals import LEVEL, Estimate
from tenure.insight.network.ties import TieKind, checked

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from tenure.insight.network.graph import Network


@dataclass(frozen=True)
class Conversion:
    """The chance of one kind of tie, a Beta distribution.

    ``rate``: mean and interval; ``source``: "fitted" or "prior"; ``wins`` + ``losses``: its two parameters.
    """

    kind: str
    rate: Estimate
    source: str
    wins: float
    losses: float


def past_introductions(
    network: Network, start: date, as_of: date
) -> tuple[list[str], NDArray[np.bool_], NDArray[np.bool_]]:
    """Who could have been introduced on ``start``, and who was, by ``as_of``: three columns for ``conversions``.

    One row for each pair of a customer of that day and an outsider of that day with a tie (other than a referral)
    told by then: the strongest tie's kind; whether a ``referral`` of the outsider to that customer was recorded after
    ``start`` and up to ``as_of``; whether the outsider is no customer to this day. Customers without a ``since`` are
    taken to have been there always; ties without one, too.
    """
    parties, ties = network.parties, network.ties
    first, last = np.datetime64(start), np.datetime64(as_of)
    with_us = parties.customer & ~(parties.since > first)
    names = list(network.kinds)
    referral = ties.kind == names.index("referral")
    early = np.isnat(ties.since) | (ties.since <= first)
    host, guest, kind, strength = (
        np.concatenate([one, other])
        for one, other in (
            (ties.source, ties.target),
            (ties.target, ties.source),
            (ties.kind, ties.kind),
            (network.strengths, network.strengths),
        )
    )
    keep = np.tile(early & ~referral, 2) & with_us[host] & ~with_us[guest]
    host, guest, kind, strength = host[keep], guest[keep], kind[keep], strength[keep]
    order = np.lexsort((kind, -strength, guest, host))
    host, guest, kind = host[order], guest[order], kind[order]
    once = np.ones(len(host), dtype=bool)
    once[1:] = (host[1:] != host[:-1]) | (guest[1:] != guest[:-1])
    host, guest, kind = host[once], guest[once], kind[once]
    fresh = referral & (ties.since > first) & (ties.since <= last)
    n = len(network)
    won = np.isin(host * n + guest, ties.target[fresh] * n + ties.source[fresh])
    return [names[k] for k in kind], won, ~parties.customer[guest]


def conversions(
    tied_by: Any,
    won: Any,
    still_outside: Any,
    kinds: Mapping[str, TieKind],
    *,
    fewest: int = 30,
    level: float = LEVEL,
) -> dict[str, Conversion]:
    """The chance for every kind, from past introductions.

    ``tied_by`` (m,) the kind of tie and ``won`` (m,) 0/1 whether the outsider became a customer through it, one row
    for each outsider that a customer could have introduced. A kind with at least ``fewest`` rows is *fitted*: Beta(won
    + ½, not won + ½) (Jeffreys); others keep the *prior* of ``ties.KINDS``.

    A bank's files tend to hold outsiders only if they came in the end, and such a record says 100 % of everything.
    ``still_outside`` (m,) 0/1 marks those who are no customers to this day; a kind that has none keeps its prior.

    Raises:
        InputError: an unknown kind, unequal lengths, something else than 0 and 1.
    """
    names = inputs.plain(tied_by, "tied_by")
    wins = inputs.flags(won, "won")
    outside = inputs.flags(still_outside, "still_outside")
    inputs.same_length(tied_by=names, won=wins, still_outside=outside)
    checked(names, kinds)
    labels = np.array(names, dtype=object)
    found = {}
    for name, kind in kinds.items():
        rows = labels == name
        n, yes = int(rows.sum()), int(wins[rows].sum())
        fitted = n >= fewest and bool(outside[rows].any())
        a, b = (
            (yes + 0.5, n - yes + 0.5)
            if fitted
            else (kind.prior * kind.prior_weight, (1 - kind.prior) * kind.prior_weight)
        )
        tail = (1 - level) / 2
        rate = Estimate(a / (a + b), float(beta.ppf(tail, a, b)), float(beta.ppf(1 - tail, a, b)), n, level)
        found[name] = Conversion(name, rate, "fitted" if fitted else "prior", a, b)
    return found
