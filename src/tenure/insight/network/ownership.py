"""Ownership through any number of companies: ultimate owners, stakes multiplied along chains, circles of companies.

Circles (a company that owns, through others, a part of itself) are the strongly connected components. A circle nobody
outside owns is an ultimate owner as a whole. Elsewhere the stake of owner u in company i sums the products of shares
over all chains from i to u, round the circles any number of times: S = (I − W)⁻¹ R, W the shares held by companies
that are owned themselves, R those held by ultimate owners (integrated ownership: Brioschi, Buzzacchi & Colombo 1989;
Vitali, Glattfelder & Battiston 2011, eq. 3). Each circle is inverted as a small dense block; between circles the
order of ownership ends, so the sum is finite and exact: no iteration to some tolerance.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from scipy import sparse
from scipy.sparse import csgraph

from tenure.errors import InputError
from tenure.insight.network.names import named, tabled

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Rounding that a register of shares may carry before more than the whole is owned.
SLACK = 1e-6
#: A larger circle is refused for stakes: its dense inverse would not fit beside anything else.
LARGEST_CIRCLE = 5_000


class Ownership:
    """Who owns whom.

    ``ids`` (n) parties; edges ``owned`` → ``owner`` (m,) as positions; ``share`` (m,) 0…1, NaN where not told.
    """

    def __init__(
        self, ids: pa.Array[Any], owned: NDArray[np.int64], owner: NDArray[np.int64], share: NDArray[np.float64]
    ) -> None:
        self.ids, self.owned, self.owner, self.share = ids, owned, owner, share

    @cached_property
    def circle(self) -> NDArray[np.int64]:
        """The strongly connected component of each party (n,)."""
        n = len(self.ids)
        matrix = sparse.csr_array((np.ones(len(self.owned), dtype=np.int8), (self.owned, self.owner)), shape=(n, n))
        return np.asarray(csgraph.connected_components(matrix, directed=True, connection="strong")[1], dtype=np.int64)

    @cached_property
    def circles(self) -> list[list[Any]]:
        """Companies that own each other in a circle: lists of two or more, largest first."""
        size = np.bincount(self.circle)
        inside = np.flatnonzero(size[self.circle] > 1)
        inside = inside[np.lexsort((inside, self.circle[inside], -size[self.circle[inside]]))]
        cuts = np.flatnonzero(np.diff(self.circle[inside])) + 1
        return [named(self.ids, part).to_pylist() for part in np.split(inside, cuts) if len(part)]

    @cached_property
    def _ends(self) -> NDArray[np.bool_]:
        """Whether a component is owned by nobody outside it (components,)."""
        ends = np.ones(int(self.circle.max()) + 1 if len(self.circle) else 0, dtype=bool)
        leaves = self.circle[self.owned] != self.circle[self.owner]
        ends[self.circle[self.owned][leaves]] = False
        return ends

    @cached_property
    def ultimate(self) -> pa.Table:
        """Every ultimate owner of every owned party: ``party_id``, ``owner_id``, ``owners`` (how many it has).

        By structure alone, whatever the shares. A circle at the top stands under its first member's name, and its
        members have it as owner; a party that nobody owns has no row.
        """
        comps = len(self._ends)
        above = self.circle[self.owned] != self.circle[self.owner]
        up = sparse.csr_array(
            (np.ones(int(above.sum())), (self.circle[self.owned][above], self.circle[self.owner][above])),
            shape=(comps, comps),
        )
        reached = _closed(up, sparse.diags_array(self._ends.astype(float)).tocsr(), boolean=True)
        is_owned = np.zeros(len(self.ids), dtype=bool)
        is_owned[self.owned] = True
        rows = reached[self.circle[is_owned]].tocoo()
        party = np.flatnonzero(is_owned)[rows.row]
        counts = np.bincount(party, minlength=len(self.ids))
        owner = self._first[rows.col]
        order = np.lexsort((owner, party))
        return tabled(
            {
                "party_id": named(self.ids, party[order]),
                "owner_id": named(self.ids, owner[order]),
                "owners": counts[party[order]],
            }
        )

    def stakes(self, minimum: float = 0.0) -> pa.Table:
        """Each ultimate owner's stake: ``party_id``, ``owner_id``, ``stake`` (0…1), ``told`` (0…1), largest first.

        ``told`` is the part of the company whose ultimate owners the known shares explain; the rest is held by
        somebody unknown, and no stake is guessed for it. ``minimum``: 0.25 keeps the usual beneficial owners.

        Raises:
            InputError: a company of which more than the whole is owned, or that owns, with its circle, all of itself
                though somebody outside holds a share too, or a circle of more than 5,000 companies.
        """
        n = len(self.ids)
        known = ~np.isnan(self.share) & (self.share > 0)
        owned, owner, share = self.owned[known], self.owner[known], self.share[known]
        told = np.bincount(owned, weights=share, minlength=n)
        if (told > 1 + SLACK).any():
            worst = int(told.argmax())
            raise InputError(
                f"{told[worst]:.1%} of {self.ids[worst].as_py()} is owned ({int((told > 1 + SLACK).sum()):,} such "
                "companies)",
                "Shares of one company add up to at most 100 %: look for a share told twice or in percent.",
            )
        transient = ~self._ends[self.circle]
        keep = transient[owned]
        owned, owner, share = owned[keep], owner[keep], share[keep]
        top = ~transient[owner]
        held = sparse.csr_array((share[top], (owned[top], self._first[self.circle[owner[top]]])), shape=(n, n))
        middle = self.circle[owned] != self.circle[owner]
        between = sparse.csr_array((share[~top & middle], (owned[~top & middle], owner[~top & middle])), shape=(n, n))
        inverse = self._round(owned[~middle], owner[~middle], share[~middle])
        total = _closed(inverse @ between, inverse @ held)
        found = total.tocoo()
        explained = np.asarray(total.sum(axis=1)).ravel()
        keep = found.data >= max(minimum, np.finfo(float).tiny)
        row, col, stake = found.row[keep], found.col[keep], np.minimum(found.data[keep], 1.0)
        order = np.lexsort((col, -stake, row))
        return tabled(
            {
                "party_id": named(self.ids, row[order]),
                "owner_id": named(self.ids, col[order]),
                "stake": stake[order],
                "told": np.minimum(explained, 1.0)[row[order]],
            }
        )

    @cached_property
    def _first(self) -> NDArray[np.int64]:
        """The first member of each component: its name."""
        return np.asarray(np.unique(self.circle, return_index=True)[1], dtype=np.int64)

    def _round(
        self, owned: NDArray[np.int64], owner: NDArray[np.int64], share: NDArray[np.float64]
    ) -> sparse.csr_array:
        """(I − W within circles)⁻¹, a dense block for each circle and 1 elsewhere."""
        n = len(self.ids)
        order = np.argsort(self.circle[owned], kind="stable")
        owned, owner, share = owned[order], owner[order], share[order]
        cuts = np.flatnonzero(np.diff(self.circle[owned])) + 1
        single = np.ones(n, dtype=bool)
        rows, cols, values = [], [], []
        for i, j, w in zip(*(np.split(each, cuts) for each in (owned, owner, share)), strict=True):
            if not len(i):
                continue
            members = np.unique(np.concatenate([i, j]))
            if len(members) > LARGEST_CIRCLE:
                raise InputError(f"a circle of {len(members):,} companies; stakes are computed up to 5,000")
            block = np.eye(len(members))
            np.subtract.at(block, (np.searchsorted(members, i), np.searchsorted(members, j)), w)
            if np.linalg.cond(block) > 1 / SLACK**2:
                raise InputError(
                    f"the circle of {self.ids[int(members[0])].as_py()} owns all of itself by its known shares",
                    "A share in it must be wrong: somebody outside holds one too.",
                )
            single[members] = False
            rows.append(np.repeat(members, len(members)))
            cols.append(np.tile(members, len(members)))
            values.append(np.linalg.inv(block).ravel())
        alone = np.flatnonzero(single)
        at = (np.concatenate([alone, *rows]), np.concatenate([alone, *cols]))
        return sparse.csr_array((np.concatenate([np.ones(len(alone)), *values]), at), shape=(n, n))


def _closed(up: sparse.csr_array, start: sparse.csr_array, *, boolean: bool = False) -> sparse.csr_array:
    """start + up·start + up²·start + …: ends, as ``up`` leads round no circle."""
    total = term = start
    while term.nnz:
        term = up @ term
        if boolean:
            term.data[:] = 1.0
        term.eliminate_zeros()
        total = total + term
    if boolean:
        total.data[:] = 1.0
    return sparse.csr_array(total)
