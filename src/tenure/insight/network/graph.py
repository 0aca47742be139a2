"""The relationship network of a bank (S8): parties as numbers, ties as sparse matrices."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from tenure.errors import InputError
from tenure.insight import inputs
from tenure.insight.network.contagion import Contagion, measure
from tenure.insight.network.conversion import Conversion, conversions, past_introductions
from tenure.insight.network.groups import Groups, neighbourhood, of_ties
from tenure.insight.network.influence import expected_value, simulated
from tenure.insight.network.introductions import Path, best_paths
from tenure.insight.network.names import named, tabled
from tenure.insight.network.ownership import Ownership
from tenure.insight.network.prospects import near
from tenure.insight.network.record import arrivals, introducers
from tenure.insight.network.ties import DOMESTIC, KINDS, TRADE, TieKind, checked

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from tenure.insight.intervals import Estimate

COLUMNS = ("from", "to", "kind")


@dataclass(frozen=True)
class Ties:
    """Edges as arrays (m,): positions of both ends, position of the kind, weight (NaN: not told), day since."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    kind: NDArray[np.int64]
    weight: NDArray[np.float64]
    since: NDArray[np.datetime64]

    def __len__(self) -> int:
        return len(self.source)

    def only(self, chosen: NDArray[np.bool_]) -> Ties:
        """The chosen edges."""
        return Ties(
            self.source[chosen], self.target[chosen], self.kind[chosen], self.weight[chosen], self.since[chosen]
        )


@dataclass(frozen=True)
class Parties:
    """What is known of each party, as arrays (n,).

    ``customer``: with us today; ``company``; ``known`` 0…1: how well we know them; ``products`` held;
    ``value``: what winning (or deepening) them is worth a year, in the caller's unit; ``since``: customer since.
    """

    customer: NDArray[np.bool_]
    company: NDArray[np.bool_]
    known: NDArray[np.float64]
    products: NDArray[np.float64]
    value: NDArray[np.float64]
    since: NDArray[np.datetime64]


class Network:
    """Parties and the ties between them.

    ``ids`` (n) the parties' names in order; ``ties`` the edges; ``parties`` what is known of each;
    ``self_ties`` and ``repeated`` count the edges left out by ``of``.
    """

    def __init__(
        self,
        ids: pa.Array[Any],
        ties: Ties,
        parties: Parties,
        kinds: Mapping[str, TieKind],
        self_ties: int,
        repeated: int,
    ) -> None:
        self.ids, self.ties, self.parties = ids, ties, parties
        self.kinds, self.self_ties, self.repeated = dict(kinds), self_ties, repeated

    @classmethod
    def of(cls, edges: Any, people: Any = None, kinds: Mapping[str, TieKind] | None = None) -> Network:
        """A network from a table of edges.

        ``edges``: any frame with ``from``, ``to`` (texts or whole numbers), ``kind`` (see ``ties.KINDS`` for which way
        each reads) and, if known, ``weight`` and ``since`` (a day). The weight is the strength of the tie, 0…1; of
        ``ownership`` the share held, 0…1. A tie of a party with itself is left out and counted; of the same tie told
        twice the heavier is kept.

        ``people``: any frame with ``party_id`` and what is known of ``kind`` ("person" or "company"), ``customer``
        (0/1; default: everybody listed), ``known`` (0…1; default 1 for customers), ``products``, ``value`` (default:
        1 for who is no customer, else 0, so that sums count introductions), ``since`` (day they became customers).
        Parties with no row are no customers.

        Raises:
            InputError: a column is missing, an end has no name, a weight is outside 0…1, an unknown kind,
                a party listed twice.
        """
        allowed = {**KINDS, **(kinds or {})}
        found = inputs.table(edges, "edges")
        _has(found, COLUMNS, "edges")
        listed = None if people is None else inputs.table(people, "people")
        if listed is not None:
            _has(listed, ("party_id",), "people")
        ends = [found["from"], found["to"]]
        ids, (source, target, *place) = _numbered(ends if listed is None else [*ends, listed["party_id"]])
        ties, own, repeated = _ties(found, source, target, allowed)
        return cls(ids, ties, _parties(listed, place[0] if place else None, len(ids)), allowed, own, repeated)

    def __len__(self) -> int:
        return len(self.ids)

    def positions(self, parties: Iterable[Any]) -> NDArray[np.int64]:
        """Where parties stand in ``ids``.

        Raises:
            InputError: one is not in the network.
        """
        asked = list(parties)
        try:
            named = pa.array(asked, self.ids.type)
            # to look a few up in the order of names is much quicker than to hash all names
            few = 50 * len(asked) < len(self.ids)
            place = self._found(named) if few else pc.index_in(named, value_set=self.ids)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            raise InputError(f"the parties of this network are named by {self.ids.type}") from None
        if place.null_count:
            gone = [each for each, at in zip(asked, place.to_pylist(), strict=True) if at is None]
            raise InputError(f"not in the network: {', '.join(map(str, gone[:5]))} ({len(gone):,} in all)")
        return np.asarray(place.to_numpy(zero_copy_only=False), dtype=np.int64)

    def _found(self, asked: pa.Array[Any]) -> pa.Array[Any]:
        """The place of each name in ``ids``, which are in order; null where it is not there."""

        def place(name: Any) -> int | None:
            at = bisect_left(range(len(self.ids)), name, key=lambda k: self.ids[k].as_py())
            return at if at < len(self.ids) and self.ids[at].as_py() == name else None

        return pa.array([None if name is None else place(name) for name in asked.to_pylist()], pa.int64())

    def names(self, positions: Any) -> list[Any]:
        """The parties at these positions."""
        return list(named(self.ids, positions).to_pylist())

    def of_kinds(self, kinds: Iterable[str]) -> Ties:
        """The edges of some kinds."""
        return self.ties.only(np.isin(self.ties.kind, self._numbers(kinds)))

    @cached_property
    def strengths(self) -> NDArray[np.float64]:
        """How strongly each edge ties (m,): its weight, else its kind's, divided where there are too many to know."""
        ties = self.ties
        base = np.array([kind.strength for kind in self.kinds.values()])[ties.kind]
        is_strength = np.array([kind.weighs == "strength" for kind in self.kinds.values()])[ties.kind]
        told = np.where(is_strength & ~np.isnan(ties.weight), ties.weight, base)
        circle = np.array([kind.circle for kind in self.kinds.values()], dtype=float)[ties.kind]
        n = len(self)
        crowd = np.bincount(
            np.concatenate([ties.kind * n + ties.source, ties.kind * n + ties.target]), minlength=len(self.kinds) * n
        )
        most = np.maximum(crowd[ties.kind * n + ties.source], crowd[ties.kind * n + ties.target])
        return np.asarray(told * np.minimum(1.0, circle / np.maximum(most, 1)))

    @cached_property
    def acquaintance(self) -> tuple[sparse.csr_array, sparse.csr_array]:
        """Strength (n, n) between any two tied parties, and one plus the kind it comes from; both symmetric.

        Of several ties the strongest counts: spouse, household and joint account are one bond told three times,
        not three chances.
        """
        ties = self.ties
        row = np.concatenate([ties.source, ties.target])
        col = np.concatenate([ties.target, ties.source])
        strength, kind = np.tile(self.strengths, 2), np.tile(ties.kind, 2) + 1
        keep = strength > 0
        row, col, strength, kind = row[keep], col[keep], strength[keep], kind[keep]
        order = np.lexsort((kind, -strength, col, row))
        row, col, strength, kind = row[order], col[order], strength[order], kind[order]
        first = np.ones(len(row), dtype=bool)
        first[1:] = (row[1:] != row[:-1]) | (col[1:] != col[:-1])
        at, shape = (row[first], col[first]), (len(self), len(self))
        return sparse.csr_array((strength[first], at), shape=shape), sparse.csr_array((kind[first], at), shape=shape)

    def groups(self, kinds: Iterable[str] = DOMESTIC) -> Groups:
        """Parties joined by ties of these kinds, directly or through others (connected components).

        Mind ``Groups.largest_share``: joined by payments or employers, half a town is one group, and that says
        nothing. Households are ``groups(("household",))``.
        """
        ties = self.of_kinds(kinds)
        return of_ties(self.ids, ties.source, ties.target)

    def ownership(self) -> Ownership:
        """Who owns whom, through any number of companies and circles of them."""
        ties = self.of_kinds(["ownership"])
        return Ownership(self.ids, ties.source, ties.target, ties.weight)

    def supply_chain(self, party: Any, up: int = 2, down: int = 2, kinds: Sequence[str] = TRADE) -> pa.Table:
        """Suppliers ``up`` steps and buyers ``down`` steps from a party: ``party_id``, ``side``, ``steps`` (≥ 1).

        ``side`` is "supplier" or "buyer"; who is both stands in both.
        """
        ties = self.of_kinds(kinds)
        [start] = self.positions([party])
        there = sparse.csr_array((np.ones(len(ties)), (ties.source, ties.target)), shape=(len(self), len(self)))
        parts = []
        for side, step, matrix in (("supplier", up, there), ("buyer", down, there.T.tocsr())):
            found, steps = neighbourhood(matrix, int(start), step)
            parts.append(
                tabled(
                    {
                        "party_id": named(self.ids, found),
                        "side": pa.array([side] * len(found), pa.string()),
                        "steps": pa.array(steps, pa.int64()),
                    }
                )
            )
        return pa.concat_tables(parts)

    def introductions(self, target: Any, best: int = 5, steps: int = 3, effort: int = 200_000) -> list[Path]:
        """Who can introduce us to the target: the ``best`` paths from our customers, at most ``steps`` long.

        A path's score is how well we know its first party × the strength of every tie on it. Exact (best first);
        raises ``InputError`` for a party outside the network. ``effort`` bounds the partial paths looked at; a search
        that hits it ends with what it has, each path's ``exhaustive`` False.
        """
        return best_paths(self, target, best, steps, effort)

    def prospects(
        self, good: Iterable[Any] | NDArray[np.bool_], few_products: int = 1, best: int | None = 100, among: Any = None
    ) -> pa.Table:
        """Who stands one or two steps from good customers and is not, or hardly, with us; see ``prospects.near``."""
        return near(self, good, few_products, best, among)

    def introducers(self, start: date, as_of: date, *, years: float = 1.0) -> pa.Table:
        """Customers by how many newcomers their own record lets expect; see ``record.introducers``."""
        return introducers(self, start, as_of, years=years)

    def arrivals(self, start: date, as_of: date) -> pa.Table:
        """Along which ties newcomers came, and who was brought; see ``record.arrivals``."""
        return arrivals(self, start, as_of)

    def conversions(self, start: date, as_of: date, fewest: int = 30) -> dict[str, Conversion]:
        """Chance by kind of tie that a customer wins an outsider, from the referrals after ``start`` up to ``as_of``.

        Fitted where at least ``fewest`` outsiders stood beside a customer on ``start``, else the stated prior;
        see ``conversion.past_introductions`` for what counts, and why files that hold no outsider can fit nothing.
        """
        return conversions(*past_introductions(self, start, as_of), self.kinds, fewest=fewest)

    def influence(
        self,
        conversion: Mapping[str, Conversion] | None = None,
        *,
        discount: float = 0.5,
        best: int | None = 100,
        draws: int = 200,
        seed: int = 0,
    ) -> pa.Table:
        """What each customer's introductions are worth, deciders and users apart; see ``influence.expected_value``."""
        return expected_value(self, conversion, discount=discount, best=best, draws=draws, seed=seed)

    def simulated_influence(
        self,
        party: Any,
        conversion: Mapping[str, Conversion] | None = None,
        *,
        discount: float = 0.5,
        runs: int = 2000,
        seed: int = 0,
    ) -> Estimate:
        """The same for one party by simulation, where circles make the closed form too high."""
        return simulated(self, party, conversion, discount=discount, runs=runs, seed=seed)

    def contagion(
        self,
        left: Any,
        start: int,
        end: int,
        *,
        strata: Any = None,
        entered: Any = None,
        kinds: Iterable[str] = DOMESTIC,
        reach: int = 3,
        seed: int = 0,
    ) -> Contagion:
        """Whether a neighbour's leaving raises one's own, apart from birds of a feather; see ``contagion.measure``.

        ``left``, ``strata``, ``entered``: one value for each party, in the order of ``ids``.
        """
        ties = self.of_kinds(kinds)
        months = inputs.column(left, "left", whole=True, missing=True)
        inputs.same_length(left=months, parties=self.ids.to_pylist())
        return measure(
            ties.source, ties.target, months, start, end, strata=strata, entered=entered, reach=reach, seed=seed
        )

    def _numbers(self, kinds: Iterable[str]) -> list[int]:
        names = list(self.kinds)
        return [names.index(kind) for kind in checked(kinds, names)]


def _has(found: pa.Table, columns: Iterable[str], name: str) -> None:
    gone = [column for column in columns if column not in found.column_names]
    if gone:
        raise InputError(f"{name} has no column {', '.join(gone)}", f"It has {', '.join(found.column_names)}.")


def _numbered(columns: list[Any]) -> tuple[pa.Array[Any], list[NDArray[np.int64]]]:
    """Every name once, in order, and each column as positions."""
    kinds = [c.type.value_type if pa.types.is_dictionary(c.type) else c.type for c in columns]
    # Polars hands over views of text, pandas large text
    text = any(pa.types.is_string(k) or pa.types.is_large_string(k) or pa.types.is_string_view(k) for k in kinds)
    try:
        given = [column.cast(pa.string() if text else pa.int64()) for column in columns]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as wrong:
        raise InputError(f"parties are named by text or by whole numbers: {wrong}") from None
    for column in given:
        if column.null_count:
            row = int(np.flatnonzero(column.is_null().to_numpy())[0])
            raise InputError(f"row {row + 1} names no party ({column.null_count:,} such rows)")
    ids: Any = pc.unique(pa.chunked_array([chunk for column in given for chunk in column.chunks], given[0].type))
    # in order of name, so that the same edges in another order give the same numbers
    ids = ids.take(pc.sort_indices(ids))
    return ids, [pc.index_in(column, value_set=ids).to_numpy().astype(np.int64) for column in given]


def _ties(
    found: pa.Table, source: NDArray[np.int64], target: NDArray[np.int64], allowed: Mapping[str, TieKind]
) -> tuple[Ties, int, int]:
    texts: Any = found["kind"].cast(pa.string()).combine_chunks().dictionary_encode()
    if texts.null_count:
        raise InputError(f"{texts.null_count:,} edges have no kind", f"Known are {', '.join(allowed)}.")
    names = checked(texts.dictionary.to_pylist(), allowed)
    order = list(allowed)
    kind = np.array([order.index(name) for name in names], dtype=np.int64)[texts.indices.to_numpy()]
    weight = np.full(len(kind), np.nan)
    if "weight" in found.column_names:
        weight = inputs.column(found["weight"], "weight", minimum=0, maximum=1, missing=True).copy()
    since = np.full(len(kind), np.datetime64("NaT"), dtype="datetime64[D]")
    if "since" in found.column_names:
        since = _days(found["since"], "since")
    elsewhere = source != target
    every = Ties(source, target, kind, weight, since).only(elsewhere)
    rank = np.lexsort((-np.nan_to_num(every.weight, nan=-1.0), every.kind, every.target, every.source))
    ends = np.stack([every.source, every.target, every.kind])[:, rank]
    first = np.ones(len(rank), dtype=bool)
    first[1:] = (ends[:, 1:] != ends[:, :-1]).any(axis=0)
    kept = np.zeros(len(rank), dtype=bool)
    kept[rank[first]] = True
    return every.only(kept), int((~elsewhere).sum()), int((~first).sum())


def _parties(listed: pa.Table | None, place: NDArray[np.int64] | None, n: int) -> Parties:
    customer, company = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    known, products, value = np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
    since = np.full(n, np.datetime64("NaT"), dtype="datetime64[D]")
    if listed is not None and place is not None:
        if len(np.unique(place)) < len(place):
            raise InputError("people lists a party more than once", "Give one row for each party.")
        names = listed.column_names
        customer[place] = inputs.flags(listed["customer"], "customer") if "customer" in names else True
        if "kind" in names:
            company[place] = [kind == "company" for kind in listed["kind"].to_pylist()]
        for name, into, most in (("known", known, 1.0), ("products", products, None), ("value", value, None)):
            if name in names:
                into[place] = inputs.column(listed[name], name, minimum=0, maximum=most, missing=True)
        if "since" in names:
            since[place] = _days(listed["since"], "since")
    known = np.where(np.isnan(known), customer.astype(float), known)
    value = np.where(np.isnan(value), (~customer).astype(float), value)
    return Parties(customer, company, known, products, value, since)


def _days(column: Any, name: str) -> NDArray[np.datetime64]:
    """A column of days (or texts that are days); null becomes NaT."""
    try:
        days = column.cast(pa.date32(), safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as wrong:
        raise InputError(f"{name} holds something that is not a day: {wrong}") from None
    return np.asarray(days.to_numpy(), dtype="datetime64[D]")
