"""How sure the profit formula's parts are when the same customers stand on both sides of the comparison.

A customer's two periods are one draw: whoever was rich last year is rich this year, so most of what differs between
customers cancels in the change. Resampling the periods apart (``decompose_rows``) would count it twice. Here a customer
is the unit. Change and parts are smooth functions f of the eight totals (four a period), and f moves with a customer's
own totals x_k by ψ_k = ∇f · x_k, so that Var f = Σ ψ_k² (the delta method, or infinitesimal jackknife: Efron 1982,
ch. 6). It is what a bootstrap that gives each customer the same Poisson weight in both periods tends to, for one pass
over the customers; as there, the number of customers is chance too.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import stats

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, flags, plain, same_length
from tenure.insight.intervals import LEVEL, Estimate, critical
from tenure.insight.profit.formula import FACTORS, TOTALS, Decomposition, columns_of, factors_of, result_of, shapley

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Customers below which nothing is said of chance.
LEAST = 30
#: The totals of both periods: before's four, then after's.
_SIDES = 2 * len(TOTALS)


@dataclass(frozen=True)
class Panel:
    """What the intervals need of a bank's customers, by group: sums, and sums of products.

    Attributes:
        groups: their names.
        totals: shape ``(2, 4, groups)``: before and after, visitors, buyers, revenue, profit.
        products: shape ``(8, 8, groups)``: Σ x xᵀ over customers, x their eight totals.
        fourth: shape ``(groups,)``: Σ (change of the customer's profit)⁴, which tells how few customers carry it.
        customers: shape ``(groups,)``.
    """

    groups: tuple[str, ...]
    totals: Array
    products: Array
    fourth: Array
    customers: Array

    @classmethod
    def of(cls, before: Any, after: Any, *, group: Any = None) -> Panel:
        """From one row a customer; row i of both tables is the same customer.

        Args:
            before, after: tables of ``visited`` and ``bought`` (0/1), ``revenue`` and ``profit``; who had not come
                yet, or has left, has a row of noughts there.
            group: the group of each customer, shape ``(n,)``; the same in both periods.

        Raises:
            InputError: a column missing, tables of different lengths, a purchase without a visit, revenue without a
                purchase.
        """
        read = [_side(each, name) for each, name in ((before, "before"), (after, "after"))]
        n = same_length(before=read[0][0], after=read[1][0])
        groups, at = _grouped(group, n)
        size = len(groups)

        def sums(values: Array) -> Array:
            return np.bincount(at, values, size).astype(np.float64)

        x = [*read[0], *read[1]]
        products = np.empty((_SIDES, _SIDES, size))
        for i, j in itertools.combinations_with_replacement(range(_SIDES), 2):
            products[i, j] = products[j, i] = sums(x[i] * x[j])
        return cls(
            groups=tuple(groups),
            totals=np.stack([sums(each) for each in x]).reshape(2, len(TOTALS), size),
            products=products,
            fourth=sums((read[1][-1] - read[0][-1]) ** 4),
            customers=sums(np.ones(n)),
        )

    def where(self, groups: Iterable[str]) -> Panel:
        """Some of the groups."""
        wanted = set(groups)
        kept = np.array([i for i, name in enumerate(self.groups) if name in wanted], dtype=np.intp)
        return Panel(
            tuple(self.groups[i] for i in kept),
            self.totals[..., kept],
            self.products[..., kept],
            self.fourth[kept],
            self.customers[kept],
        )


def decompose_panel(panel: Panel, *, level: float = LEVEL) -> Decomposition:
    """Decompose the change of the same customers' profit, with intervals of the change, its parts and its groups.

    Student's t with 2 (Σψ²)² ÷ Σψ⁴ degrees (of the change): the variance of Σψ² as an estimate is Σψ⁴, so that a change
    which few customers carry has a wide interval. Fewer than 30 customers have none.

    Raises:
        TooLittleData: no visitors in a period.
    """
    before, after = panel.totals
    if before[0].sum() <= 0 or after[0].sum() <= 0:
        raise TooLittleData("a period has no visitors", "A change needs traffic in both periods.")
    found = shapley(before, after)
    slopes = gradient(before, after).reshape(len(FACTORS), _SIDES, -1)
    variances = np.einsum("fig,ijg,fjg->f", slopes, panel.products, slopes)
    own = np.zeros(_SIDES)
    own[len(TOTALS) - 1], own[-1] = -1.0, 1.0
    changed = np.einsum("i,ijg,j->g", own, panel.products, own)
    change = after[-1] - before[-1]
    n, reach = int(panel.customers.sum()), _reach(changed.sum(), panel.fourth.sum(), level)

    def told(value: float, variance: float, n: int, reach: float) -> Estimate:
        if n < LEAST:
            return Estimate(value, None, None, n, level)
        half = reach * math.sqrt(max(variance, 0.0))
        return Estimate(value, value - half, value + half, n, level)

    estimates = {name: told(float(found[i].sum()), float(variances[i]), n, reach) for i, name in enumerate(FACTORS)}
    groups = [
        told(float(change[g]), float(changed[g]), int(panel.customers[g]), _reach(changed[g], panel.fourth[g], level))
        for g in range(len(panel.groups))
    ]
    whole = told(float(change.sum()), float(changed.sum()), n, reach)
    return result_of(list(panel.groups), panel.totals, found, estimates, whole, groups)


def gradient(before: Array, after: Array) -> Array:
    """How each factor's part, over all groups, moves with each total: shape ``(5, 2, 4, groups)``.

    Args:
        before, after: totals of shape ``(4, groups)``.

    A ratio that is borrowed from the other period (see ``decompose``) moves with the other period's totals.
    """
    sides = before, after
    of = factors_of(before, after), factors_of(after, before)
    players = len(FACTORS)
    by_factor = np.zeros((players, 2, players, before.shape[-1]))
    for chosen in itertools.product((0, 1), repeat=players):
        size = sum(chosen)
        weight = np.array(
            [
                1 / (players * math.comb(players - 1, size - 1))
                if one
                else -1 / (players * math.comb(players - 1, size))
                for one in chosen
            ]
        )
        for j, side in enumerate(chosen):
            others = math.prod(of[chosen[k]][k] for k in range(players) if k != j)
            by_factor[:, side, j] += weight[:, None] * others
    found = np.zeros((players, 2, len(TOTALS), before.shape[-1]))
    for side in (0, 1):
        visitors = sides[side][0]
        everybody = visitors.sum()
        traffic, mix = by_factor[:, side, 0], by_factor[:, side, 1]
        found[:, side, 0] += traffic.sum(axis=-1, keepdims=True)
        found[:, side, 0] += mix / everybody - (mix @ visitors)[:, None] / everybody**2
        for k in range(1, len(TOTALS)):
            moved, missing = by_factor[:, side, k + 1], sides[side][k - 1] == 0
            for source, here in ((side, ~missing), (1 - side, missing)):
                above, below = sides[source][k], sides[source][k - 1]
                here = here & (below != 0)
                safe = np.where(here, below, 1.0)
                found[:, source, k] += np.where(here, moved / safe, 0.0)
                found[:, source, k - 1] -= np.where(here, moved * above / safe**2, 0.0)
    return found


def _reach(variance: float, fourth: float, level: float) -> float:
    if variance <= 0 or fourth <= 0:
        return critical(level)
    return float(stats.t.ppf((1 + level) / 2, max(2 * variance**2 / fourth, 1.0)))


def _grouped(group: Any, n: int) -> tuple[list[str], NDArray[np.int64]]:
    """The names of the groups in order, and each customer's place among them."""
    if group is None:
        return ["all"], np.zeros(n, np.int64)
    if isinstance(group, pa.ChunkedArray | pa.Array):  # a million names are not taken apart one by one
        held = pa.table({"group": group}).column("group").cast(pa.string())
    else:
        held = pa.chunked_array([pa.array([str(each) for each in plain(group, "group")], pa.string())])
    if len(held) != n:
        raise InputError(f"group has {len(held):,} rows, the tables {n:,}", "One group a customer was expected.")
    names = sorted(str(each) for each in held.unique().to_pylist())
    place = pc.index_in(held, value_set=pa.array(names, pa.string()))
    return names, place.to_numpy().astype(np.int64)


def _side(given: Any, period: str) -> list[Array]:
    read = columns_of(given, ("visited", "bought", "revenue", "profit"), period)
    visited, bought = (flags(read[name], f"{period}.{name}").astype(np.float64) for name in ("visited", "bought"))
    revenue = column(read["revenue"], f"{period}.revenue", minimum=0)
    profit = column(read["profit"], f"{period}.profit")
    for wrong, told in (
        ((bought != 0) & (visited == 0), "a purchase without a visit"),
        ((revenue != 0) & (bought == 0), "revenue without a purchase"),
        ((profit != 0) & (revenue == 0), "profit without revenue"),
    ):
        if wrong.any():
            raise InputError(f"{period}, row {int(np.flatnonzero(wrong)[0]) + 1}: {told}")
    return [visited, bought, revenue, profit]
