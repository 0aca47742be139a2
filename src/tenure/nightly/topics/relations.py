"""The night's network: parties and ties from the books, what is known of each, and the record of introductions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.insight import intervals, months
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import Estimate
from tenure.insight.network import Groups, Network, edges_of_bank, people_of_bank
from tenure.nightly.topics import Known

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Months of referrals and arrivals that a record is made of.
RECORD = 36
#: What everybody has: with no product beside these a customer is hardly with us.
BASIC = ("demand_deposit", "debit_card", "mobile_banking")
#: A good customer is among this share of those of their kind with most assets.
BEST = 0.2
#: So few customers of a kind are above the line up to which a newcomer's assets count.
RICHEST = 0.01
_TABLES = ("relation", "account", "account_holder", "transaction", "interaction")


@dataclass(frozen=True)
class Web:
    """The network and, in the order of its parties, what the night knows of each (arrays (n,)).

    ``org``: position of the branch in ``orgs``, which are in order of name, or −1 where none is known; ``aum`` in minor
    units, 0 where none; ``room``: how much more a typical good customer of their kind holds; ``asks``: may be
    contacted for marketing; ``left``: month in which the relationship ended, NaN while it lasts.
    """

    network: Network
    orgs: Sequence[str]
    org: NDArray[np.int64]
    lead: NDArray[Any]
    aum: NDArray[np.float64]
    room: NDArray[np.float64]
    asks: NDArray[np.bool_]
    birth: NDArray[np.float64]
    left: NDArray[np.float64]
    good: NDArray[np.bool_]
    households: Groups
    companies: Groups
    owner_of: dict[int, str]

    @classmethod
    def of(cls, known: Known) -> Web:
        """Everything from the books of the night."""
        tables = {"party": known.party, **{name: known.source(name) for name in _TABLES}}
        edges = known.rows(edges_of_bank(tables, known.as_of))
        beside = {**tables, "account": known.accounts.filter(~known.accounts.category.isin(BASIC))}
        people = known.rows(people_of_bank(beside, known.as_of))
        silence = known.frames.past.thresholds.worklist.silence_is_consent
        party = known.rows(
            known.figures.select(
                "party_id",
                "org_id",
                "lead_staff_id",
                "aum",
                "left_on",
                "birth_date",
                asks=known.figures.consent_marketing.fill_null(silence),
            )
        )
        network = Network.of(edges, people)
        at: Any = pc.index_in(network.ids, value_set=party["party_id"])
        facts: dict[str, Any] = {name: party[name].take(at) for name in party.column_names}
        aum = np.nan_to_num(facts["aum"].cast("float64").to_numpy())
        good, room = _standing(network, aum)
        network.parties = replace(network.parties, value=room)
        companies = network.groups(("ownership",))
        orgs, org = _coded(facts["org_id"])
        return cls(
            network,
            orgs=orgs,
            org=org,
            lead=facts["lead_staff_id"].to_numpy(),
            aum=aum,
            room=room,
            asks=facts["asks"].fill_null(silence).to_numpy().astype(bool),
            birth=month_of(facts["birth_date"]),
            left=month_of(facts["left_on"]),
            good=good,
            households=network.groups(("household", "family")),
            companies=companies,
            owner_of=_owners(network, companies),
        )

    def of_branches(self, chosen: set[str]) -> NDArray[np.bool_]:
        """Whose branch is among these (n,)."""
        # the last place is that of no branch: −1
        looked_up = np.array([*(name in chosen for name in self.orgs), False])
        found: NDArray[np.bool_] = looked_up[self.org]
        return found

    @cached_property
    def tied(self) -> NDArray[np.bool_]:
        """Who has any tie (n,)."""
        found, ties = np.zeros(len(self.network), dtype=bool), self.network.ties
        found[ties.source] = found[ties.target] = True
        return found

    @cached_property
    def company_groups(self) -> Ranked:
        """Groups of at least two companies."""
        return Ranked.of(self, self.companies, counted=self.network.parties.company)

    @cached_property
    def families(self) -> Ranked:
        """Households of at least two customers."""
        return Ranked.of(self, self.households, counted=self.network.parties.customer)

    def names(self, positions: Any) -> list[Any]:
        """Party numbers."""
        return self.network.names(positions)

    def value(self, one: NDArray[Any], at: int) -> Any:
        """A fact of a party, None where it is not known."""
        found = one[at]
        return None if found is None or found != found else found


@dataclass(frozen=True)
class Ranked:
    """Groups by their assets, most first (g,): ``label``, ``start`` and ``end`` of each among ``members``.

    ``members``: positions, group by group, a customer of today first and then by assets.
    """

    label: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    members: NDArray[np.int64]

    @classmethod
    def of(cls, web: Web, groups: Groups, *, counted: NDArray[np.bool_], fewest: int = 2) -> Ranked:
        """Groups with at least ``fewest`` members that are ``counted`` (n,)."""
        count = np.bincount(groups.label, weights=counted, minlength=len(groups))
        total = np.bincount(groups.label, weights=web.aum, minlength=len(groups))
        inside = np.flatnonzero(count[groups.label] >= fewest)
        order = np.lexsort((inside, -web.aum[inside], ~web.network.parties.customer[inside], groups.label[inside]))
        inside = inside[order]
        label = groups.label[inside]
        start = np.flatnonzero(np.diff(label, prepend=-1))
        end = np.append(start[1:], len(inside))[: len(start)]
        by_assets = np.argsort(-total[label[start]], kind="stable")
        return cls(label[start][by_assets], start[by_assets], end[by_assets], inside)

    def led_by(self, mine: NDArray[np.bool_], best: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """The first ``best`` groups whose first member is among ``mine``, each with its members."""
        for k in np.flatnonzero(mine[self.members[self.start]])[:best].tolist():
            yield int(self.label[k]), self.members[self.start[k] : self.end[k]]


def _coded(names: Any) -> tuple[list[str], NDArray[np.int64]]:
    """The different names of a column in order, and the position among them of each row's, −1 where null."""
    found: Any = names.combine_chunks().dictionary_encode()
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    texts = found.dictionary.to_pylist()
    order = sorted(range(len(texts)), key=texts.__getitem__)
    place = np.empty(len(texts) + 1, dtype=np.int64)
    place[order], place[-1] = np.arange(len(texts)), -1
    return [texts[k] for k in order], place[found.indices.fill_null(-1).to_numpy()]


def month_of(column: Any) -> NDArray[np.float64]:
    """Days as serial months, NaN where there is none."""
    days = np.asarray(column, dtype="datetime64[D]")
    found = days.astype("datetime64[M]").astype(np.float64) + 1970 * 12
    return np.where(np.isnat(days), np.nan, found)


def _standing(network: Network, aum: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Who is a good customer, and each party's room: what the median of their kind holds more, for who is hardly here.

    The median is that of customers who are more than hardly here.
    """
    parties = network.parties
    good, room = np.zeros(len(network), dtype=bool), np.zeros(len(network))
    deep = parties.customer & (parties.products > 0)
    hardly = ~parties.customer | (np.nan_to_num(parties.products, nan=np.inf) <= 0)
    for company in (False, True):
        kind = parties.company == company
        some = deep & kind
        if some.any():
            typical = float(np.median(aum[some]))
            room[kind & hardly] = np.maximum(typical - aum[kind & hardly], 0.0)
            good |= some & (aum >= np.quantile(aum[kind & parties.customer], 1 - BEST)) & (aum > 0)
    return good, room


def _owners(network: Network, companies: Groups) -> dict[int, str]:
    """Of each group of companies the ultimate owner of most of them."""
    ultimate = network.ownership().ultimate
    owned = network.positions(ultimate["party_id"].to_pylist())
    owner = network.positions(ultimate["owner_id"].to_pylist())
    n = len(network)
    pair, count = np.unique(companies.label[owned] * n + owner, return_counts=True)
    order = np.lexsort((pair % n, -count, pair // n))
    first: dict[int, str] = {}
    for group, who in zip((pair[order] // n).tolist(), network.names(pair[order] % n), strict=True):
        first.setdefault(group, who)
    return first


@dataclass(frozen=True)
class Record:
    """The bank's own record of introductions; a part is None where there is too little of it.

    ``introducers`` and ``influence`` hold the columns of the network's methods in the order of its parties, 0 where
    they name nobody; ``sources`` what a party's influence rests on; ``arrivals`` as the method gives it; ``newcomers``
    (n,) who came in that time and ``was_brought`` (n,) by a referral told; ``worth``: what somebody brought holds today
    on average (minor units), see :func:`worth_of`.
    """

    introducers: Mapping[str, NDArray[np.float64]] | None
    arrivals: pa.Table | None
    newcomers: NDArray[np.bool_]
    was_brought: NDArray[np.bool_]
    worth: Estimate
    influence: Mapping[str, NDArray[np.float64]]
    sources: Mapping[int, str]

    @classmethod
    def of(cls, web: Web, known: Known) -> Record:
        """The record on the night's books."""
        as_of = known.as_of
        since = months.first_day(months.serial(as_of) - RECORD)

        def tried(make: Callable[[], pa.Table]) -> pa.Table | None:
            try:
                return make()
            except TooLittleData:
                return None

        network = web.network
        came = np.asarray(network.parties.since > np.datetime64(since))
        ties = network.of_kinds(["referral"])
        was_brought = np.zeros(len(network), dtype=bool)
        was_brought[ties.source[ties.since > np.datetime64(since)]] = True
        start = months.first_day(months.serial(as_of) - 12)
        # whoever has left us knows us already: to win them back is no introduction
        fresh = copy(network)
        was_here = ~np.isnat(network.parties.since) & ~network.parties.customer
        fresh.parties = replace(network.parties, value=np.where(was_here, 0.0, web.room))
        brings = tried(lambda: network.introducers(since, as_of))
        reach = fresh.influence(network.conversions(start, as_of), best=None, draws=100)
        told: list[Any] = reach["source"].to_pylist()
        sources = dict(zip(_positions(network, reach).tolist(), told, strict=True))
        return cls(
            introducers=None if brings is None else _placed(network, brings, ("brought", "expected", "low", "high")),
            arrivals=tried(lambda: network.arrivals(since, as_of)),
            newcomers=came,
            was_brought=was_brought,
            worth=worth_of(web.aum, was_brought, network.parties.customer, network.parties.company),
            influence=_placed(network, reach, ("influence", "low", "high", "outsiders")),
            sources=sources,
        )


def worth_of(
    aum: NDArray[np.float64],
    was_brought: NDArray[np.bool_],
    customer: NDArray[np.bool_],
    company: NDArray[np.bool_],
) -> Estimate:
    """What somebody brought holds on average, who has left again holding nothing (arrays (n,), ``aum`` in minor units).

    A few hold most of it, and whether one of them came is luck: each counts up to what the wealthiest hundredth of
    customers of their kind begin at. The mean is then a cautious one, with Student's interval, ``low`` at least 0;
    unknown of fewer than two.
    """
    counted = []
    for kind in (False, True):
        some, own = customer & (company == kind), was_brought & (company == kind)
        limit = float(np.quantile(aum[some], 1 - RICHEST)) if some.any() else np.inf
        counted.append(np.minimum(aum[own], limit))
    found = intervals.mean(np.concatenate(counted))
    return found if found.low is None else replace(found, low=max(0.0, found.low))


def _positions(network: Network, table: pa.Table) -> NDArray[np.int64]:
    return network.positions(table["party_id"].to_pylist())


def _placed(network: Network, table: pa.Table, columns: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Columns of a table by party as arrays (n,)."""
    at, found = _positions(network, table), {}
    for name in columns:
        found[name] = np.zeros(len(network))
        found[name][at] = table[name].to_numpy()
    return found
