"""Prospects: who stands one or two steps from our good customers and is not, or hardly, with us (S8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from scipy import sparse

from tenure.errors import InputError
from tenure.insight import inputs
from tenure.insight.network.names import named, tabled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tenure.insight.network.graph import Network


def near(
    network: Network, good: Iterable[Any] | NDArray[np.bool_], few_products: int, best: int | None, among: Any = None
) -> pa.Table:
    """The prospects, highest expected value first.

    ``good``: parties by name, or a boolean array (n,) that marks them in the order of ``ids``. A candidate is no
    customer, or holds at most ``few_products`` products, and is not itself among the ``good``; where ``among`` is
    given, one value 0/1 for each party in the order of ``ids``, only those marked are candidates.
    From each neighbour of a good customer (or the good customer itself, one step away) comes its best path only;
    different neighbours are taken as independent chances: chance = 1 − Π(1 − known × strengths). That ranks; it is not
    a forecast of how many will come (for that see ``conversion``).

    Columns: ``party_id``, ``chance`` 0…1, ``value`` (as given to the network), ``expected`` = chance × value, ``ways``
    (paths through different neighbours), ``steps`` of the best path, ``introducer_id``, ``through_id`` (null when one
    step), ``kinds`` along the path, ``reasons`` (list of ``code``, ``number``).
    ``value`` of a customer with few products is 0 unless told; then only the chance ranks them, behind the others.

    Raises:
        InputError: no good customer named, or one that is not in the network; ``among`` of another length.
    """
    if isinstance(good, np.ndarray) and good.dtype == bool:
        inputs.same_length(good=good, parties=network.parties.customer)
        chosen = np.flatnonzero(good)
    else:
        chosen = np.unique(network.positions(good))
    if not len(chosen):
        raise InputError("no good customer was named", "Name at least one party whose introductions are wanted.")
    strength, kind = network.acquaintance
    parties, n = network.parties, len(network)
    is_good = np.zeros(n, dtype=bool)
    is_good[chosen] = True
    few = parties.customer & (np.nan_to_num(parties.products, nan=np.inf) <= few_products)
    wanted = (~parties.customer | few) & ~is_good
    if among is not None:
        marked = inputs.flags(among, "among")
        inputs.same_length(among=marked, parties=is_good)
        wanted &= marked
    known = np.where(is_good, np.where(parties.customer, parties.known, 0.0), 0.0)

    first = strength[chosen].tocoo()
    giver, middle = chosen[first.row], first.col.astype(np.int64)
    chance = known[giver] * first.data
    link = np.asarray(kind[chosen].tocoo().data, dtype=np.int64) - 1
    # of those who can bring us to one neighbour the best is enough: a candidate is never good, so the path is simple
    order = np.lexsort((giver, -chance, middle))
    giver, middle, chance, link = giver[order], middle[order], chance[order], link[order]
    once = np.ones(len(middle), dtype=bool)
    once[1:] = middle[1:] != middle[:-1]
    giver, middle, chance, link = giver[once], middle[once], chance[once], link[once]
    # a good neighbour is asked directly, not through another
    direct, onward = wanted[middle], ~is_good[middle]

    second = _beyond(strength, kind, middle[onward])
    through = np.flatnonzero(onward)[second.row]
    keep = wanted[second.target]
    through, target = through[keep], second.target[keep]
    one = np.full(int(direct.sum()), -1)
    paths = _Paths(
        target=np.concatenate([middle[direct], target]),
        giver=np.concatenate([giver[direct], giver[through]]),
        through=np.concatenate([one, middle[through]]),
        chance=np.concatenate([chance[direct], chance[through] * second.strength[keep]]),
        kinds=np.stack([np.concatenate([link[direct], link[through]]), np.concatenate([one, second.kind[keep]])]),
    )
    return _ranked(network, paths, few, best)


@dataclass(frozen=True)
class _Beyond:
    """The ties of some parties, row by row."""

    row: NDArray[np.int64]
    target: NDArray[np.int64]
    strength: NDArray[np.float64]
    kind: NDArray[np.int64]


def _beyond(strength: sparse.csr_array, kind: sparse.csr_array, middle: NDArray[np.int64]) -> _Beyond:
    """Every tie that goes on from ``middle``."""
    part, kinds = strength[middle].tocoo(), kind[middle].tocoo()
    return _Beyond(part.row, part.col.astype(np.int64), part.data, np.asarray(kinds.data, dtype=np.int64) - 1)


@dataclass(frozen=True)
class _Paths:
    """Paths of one or two steps as arrays (p,); ``kinds`` (2, p). One step: ``through`` and second kind are −1."""

    target: NDArray[np.int64]
    giver: NDArray[np.int64]
    through: NDArray[np.int64]
    chance: NDArray[np.float64]
    kinds: NDArray[np.int64]


def _ranked(network: Network, paths: _Paths, few: NDArray[np.bool_], best: int | None) -> pa.Table:
    order = np.lexsort((paths.through, -paths.chance, paths.target))
    target, chance = paths.target[order], paths.chance[order]
    head = np.ones(len(target), dtype=bool)
    head[1:] = target[1:] != target[:-1]
    starts = np.flatnonzero(head)
    missed = np.log1p(-np.minimum(chance, 1 - 1e-12))
    together = -np.expm1(np.add.reduceat(missed, starts)) if len(starts) else np.zeros(0)
    ways = np.diff(np.append(starts, len(target)))
    top = order[starts]
    who = paths.target[top]
    value = network.parties.value[who]
    rank = np.lexsort((who, -together, -together * value))
    rank = rank if best is None else rank[:best]
    names = list(network.kinds)
    kinds = [[names[k] for k in paths.kinds[:, at] if k >= 0] for at in top[rank]]
    was_here = ~np.isnat(network.parties.since)
    reasons = [
        [
            {"code": _standing(bool(few[who[at]]), bool(was_here[who[at]])), "number": None},
            *({"code": f"tie_{kind}", "number": float(step)} for step, kind in enumerate(kinds_, start=1)),
            *([{"code": "several_ways", "number": float(ways[at])}] if ways[at] > 1 else []),
        ]
        for at, kinds_ in zip(rank, kinds, strict=True)
    ]
    through = paths.through[top[rank]]
    return tabled(
        {
            "party_id": named(network.ids, who[rank]),
            "chance": together[rank],
            "value": value[rank],
            "expected": together[rank] * value[rank],
            "ways": ways[rank],
            "steps": np.where(through < 0, 1, 2),
            "introducer_id": named(network.ids, paths.giver[top[rank]]),
            "through_id": named(network.ids, through, through < 0),
            "kinds": pa.array(kinds, pa.list_(pa.string())),
            "reasons": pa.array(reasons, pa.list_(pa.struct([("code", pa.string()), ("number", pa.float64())]))),
        }
    )


def _standing(few: bool, was_here: bool) -> str:
    """What a candidate is to us: somebody to deepen, to win back, or to win."""
    if few:
        return "few_products"
    return "former_customer" if was_here else "not_a_customer"
