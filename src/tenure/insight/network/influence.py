"""Influence: the expected value of a customer's introductions, up to three steps away (S8).

The independent cascade (Kempe, Kleinberg & Tardos 2003): a customer wins each outsider tied to them with the chance of
the tie's kind; who is won may win others in turn. Only outsiders are won, so a cascade never passes through somebody
who is a customer already (of value 0): that path is theirs. A_ij is the chance that i wins j: that of the tie's kind ×
the strength of this tie ÷ that of its kind, at most 1 (nobody can introduce us to all of a firm's 5,000 staff), and 0
where j has nothing to win. With V the values, δ the discount for each further step and D the diagonal of Σ_j A_ij A_ji,
the value of all paths that never turn back is

    I = A V + δ (A² − D) V + δ² (A³ − D A − A D + A∘Aᵀ∘A) V.

On a tree this is the exact expectation. Where several paths lead to one outsider it counts each and is an upper bound
(the chance of either is at most the sum); ``simulated`` gives the figure there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from scipy import sparse

from tenure.errors import InputError
from tenure.insight.intervals import LEVEL, Estimate, critical
from tenure.insight.network.conversion import Conversion, conversions
from tenure.insight.network.names import named, tabled
from tenure.insight.network.ties import USES_ONLY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tenure.insight.network.graph import Network

STEPS = 3
#: Runs of the simulation below which its interval is not to be trusted.
FEWEST_RUNS = 200


def expected_value(
    network: Network,
    conversion: Mapping[str, Conversion] | None,
    *,
    discount: float,
    best: int | None,
    draws: int,
    seed: int,
) -> pa.Table:
    """Customers by the value of their introductions, highest first; who can introduce nobody is left out.

    Columns: ``party_id``, ``influence`` (unit of ``value``), ``low`` and ``high`` (95 %, the uncertainty of the chances
    alone: ``draws`` from their Beta distributions), ``deciders`` (the part where each step reaches who decides) and
    ``users`` (the part that leads over a tie by which one merely uses what a company buys: upkeep, no signature),
    ``outsiders`` (how many stand one step away), ``source`` ("fitted", "prior" or "mixed": what the chances rest on).

    Raises:
        InputError: a discount outside 0…1, fewer than 2 draws.
    """
    _checked(discount)
    if draws < 2:
        raise InputError(f"{draws} draws; an interval takes at least 2, and says something from 100")
    rates = conversion if conversion is not None else conversions([], [], [], network.kinds)
    model = _Cascade(network, rates)
    means = np.array([rates[kind].wins / (rates[kind].wins + rates[kind].losses) for kind in network.kinds])
    value, deciders = model.value(means, discount), model.value(means, discount, deciders=True)
    who = np.flatnonzero(network.parties.customer & (value > 0))
    who = who[np.lexsort((who, -value[who]))]
    who = who if best is None else who[:best]
    rng = np.random.default_rng(seed)
    sampled = np.empty((draws, len(who)))
    for row in sampled:
        drawn = [rng.beta(rates[kind].wins, rates[kind].losses) for kind in network.kinds]
        row[:] = model.value(np.array(drawn), discount)[who]
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    low, high = np.quantile(sampled, tails, axis=0) if len(who) else (np.zeros(0), np.zeros(0))
    return tabled(
        {
            "party_id": named(network.ids, who),
            "influence": value[who],
            "low": low,
            "high": high,
            "deciders": deciders[who],
            "users": value[who] - deciders[who],
            "outsiders": np.diff(model.pattern.indptr)[who],
            "source": pa.array([model.source(rates, i) for i in who.tolist()], pa.string()),
        }
    )


def simulated(
    network: Network,
    party: Any,
    conversion: Mapping[str, Conversion] | None,
    *,
    discount: float,
    runs: int,
    seed: int,
    level: float = LEVEL,
) -> Estimate:
    """The same for one party by ``runs`` simulated cascades; the interval is that of the simulation's mean.

    The chances of the ties are fixed at their means here: their uncertainty is in ``expected_value``.

    Raises:
        InputError: not in the network, fewer than 200 runs.
    """
    _checked(discount)
    if runs < FEWEST_RUNS:
        raise InputError(f"{runs} runs; a simulated mean takes at least {FEWEST_RUNS}")
    rates = conversion if conversion is not None else conversions([], [], [], network.kinds)
    means = np.array([rates[kind].wins / (rates[kind].wins + rates[kind].losses) for kind in network.kinds])
    matrix = _Cascade(network, rates).matrix(means)
    [start] = network.positions([party])
    rng = np.random.default_rng(seed)
    total = np.zeros(runs)
    for run in range(runs):
        won, front, weight = {int(start)}, [int(start)], 1.0
        for _ in range(STEPS):
            fresh: list[int] = []
            for i in front:
                begin, end = matrix.indptr[i], matrix.indptr[i + 1]
                hit = matrix.indices[begin:end][rng.random(end - begin) < matrix.data[begin:end]]
                for j in hit.tolist():
                    if j not in won:
                        won.add(j)
                        fresh.append(j)
            total[run] += weight * network.parties.value[fresh].sum()
            front, weight = fresh, weight * discount
    mean = float(total.mean())
    half = float(critical(level) * total.std(ddof=1) / np.sqrt(runs))
    return Estimate(mean, max(0.0, mean - half), mean + half, runs, level)


class _Cascade:
    """The chances A_ij for any vector of chances by kind, on one fixed pattern."""

    def __init__(self, network: Network, rates: Mapping[str, Conversion]) -> None:
        gone = [kind for kind in network.kinds if kind not in rates]
        if gone:
            raise InputError(f"no chance is given for {', '.join(gone)}", "Take them from Network.conversions.")
        strength, kind = network.acquaintance
        self.prize = network.parties.value
        coo, strong = kind.tocoo(), strength.tocoo().data
        keep = self.prize[coo.col] > 0
        rows, cols, n = coo.row[keep], coo.col[keep], len(network)
        self.pattern = sparse.csr_array((np.ones(len(rows)), (rows, cols)), shape=(n, n))
        self.rows = rows.astype(np.int64)
        key, mirrored = self.rows * n + cols, cols.astype(np.int64) * n + rows
        at = np.minimum(np.searchsorted(key, mirrored), max(len(key) - 1, 0))
        #: Where each tie's other direction stands, −1 where that leads to nobody who can be won.
        self.mirror = np.where(key[at] == mirrored, at, -1) if len(key) else at
        self.kind = np.asarray(coo.data[keep], dtype=np.int64) - 1
        usual = np.array([each.strength for each in network.kinds.values()])[self.kind]
        self.relative = np.minimum(1.0, strong[keep] / usual)
        uses = np.array([name in USES_ONLY for name in network.kinds])[self.kind]
        # an employee who reaches the firm has reached its counter, not its signature; the firm's own ties do decide
        self.decides = ~(uses & network.parties.company[cols] & ~network.parties.company[rows])

    def matrix(self, chances: NDArray[np.float64], *, deciders: bool = False) -> sparse.csr_array:
        """A for these chances by kind."""
        data = chances[self.kind] * self.relative * (self.decides if deciders else 1.0)
        return sparse.csr_array((data, self.pattern.indices, self.pattern.indptr), shape=self.pattern.shape)

    def value(self, chances: NDArray[np.float64], discount: float, *, deciders: bool = False) -> NDArray[np.float64]:
        """I of the module's formula, for every party (n,)."""
        a = self.matrix(chances, deciders=deciders)
        v = self.prize
        # Aᵀ has A's own pattern wherever both ends can be won, and nothing elsewhere that counts
        there_and_back = np.where(self.mirror < 0, 0.0, a.data * a.data[self.mirror])
        turn = np.bincount(self.rows, there_and_back, len(v))
        thrice = sparse.csr_array((there_and_back * a.data, a.indices, a.indptr), shape=a.shape)
        one = a @ v
        two = a @ one - turn * v
        three = a @ (a @ one - turn * v) - turn * one + thrice @ v
        return np.asarray(one + discount * two + discount**2 * three)

    def source(self, rates: Mapping[str, Conversion], party: int) -> str:
        """What the chances of a party's own ties rest on."""
        names = list(rates)
        begin, end = self.pattern.indptr[party], self.pattern.indptr[party + 1]
        found = {rates[names[k]].source for k in np.unique(self.kind[begin:end])}
        return found.pop() if len(found) == 1 else "mixed"


def _checked(discount: float) -> None:
    if not 0 <= discount <= 1:
        raise InputError(f"discount {discount:g}; a share between 0 and 1 was expected")
