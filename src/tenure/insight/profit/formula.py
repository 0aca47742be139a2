"""The profit formula (S14, 利润=流量×转化率×客单价×利润率): which factor a change of profit came from.

    profit = Σ_g  traffic · mix_g · conversion_g · spend_g · margin_g

over groups g (branches, channels; one group without). Each factor's part of the change is its Shapley value: its
contribution averaged over all orders in which the factors could have changed one after the other (Shapley 1953; for
accounts: Sun 1998). The parts add up exactly, do not hang on an order, and read backwards change their signs.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, flags, plain, same_length, table
from tenure.insight.intervals import LEVEL, Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: The factors in the order of the formula. ``mix`` is how the traffic is spread over the groups.
FACTORS = ("traffic", "mix", "conversion", "spend", "margin")
#: What a period's table holds: counts of visitors and buyers, sums of money.
TOTALS = ("visitors", "buyers", "revenue", "profit")


@dataclass(frozen=True)
class GroupParts:
    """One group's parts of the change of profit; they add up to ``change``.

    ``told`` is the change with its interval, where ``Decomposition`` has intervals. ``mix`` of a single group says that
    its share of the traffic rose or fell; only the sum over groups says whether the traffic went where it earns more.
    """

    group: str
    change: float
    parts: dict[str, float]
    told: Estimate


@dataclass(frozen=True)
class Decomposition:
    """The change of profit from ``before`` to ``after``, and each factor's part, in the unit of the money given.

    ``parts`` and ``told`` (the change) have an interval where single rows were given: ``decompose_rows`` of visitors
    who are others in each period, ``decompose_panel`` of customers who are the same in both. From totals alone there
    is none: the bookkeeping is exact, and whether it is chance cannot be told.
    """

    before: float
    after: float
    change: float
    parts: dict[str, Estimate]
    groups: tuple[GroupParts, ...]
    told: Estimate


def decompose(before: Any, after: Any, *, group: str | None = None) -> Decomposition:
    """Decompose from totals.

    Args:
        before, after: a table of columns ``visitors``, ``buyers``, ``revenue``, ``profit`` (and ``group``, one row
            each), or a mapping with one number for each. Visitors are whoever was reached, buyers those who became
            active.

    A group without visitors (or buyers, or revenue) in one period has no conversion (spend, margin) there; it is
    given the other period's, so that a branch opening or closing counts as mix and not as conversion.

    Raises:
        InputError: a column missing, negative counts, more buyers than visitors, profit without revenue.
        TooLittleData: no visitors at all in a period.
    """
    names, totals = _aligned(before, after, group)
    parts = shapley(totals[0], totals[1])
    estimates = {name: _bare(float(parts[i].sum())) for i, name in enumerate(FACTORS)}
    change = totals[1, -1] - totals[0, -1]
    return result_of(
        names, totals, parts, estimates, _bare(float(change.sum())), [_bare(float(each)) for each in change]
    )


def decompose_rows(
    before: Any,
    after: Any,
    *,
    group: str | None = None,
    resamples: int = 400,
    seed: int = 42,
    level: float = LEVEL,
) -> Decomposition:
    """Decompose from one row a visitor, with bootstrap intervals.

    Args:
        before, after: tables of ``bought`` (0/1), ``revenue`` and ``profit`` (and ``group``), a row a visitor;
            revenue and profit are 0 where nothing was bought.
        resamples: of the Poisson bootstrap (each row 0, 1, 2 … times), which lets the traffic vary too.

    The periods are resampled apart, which is right where their visitors are different people (a campaign's, a day's).
    For a bank's customers, who are the same in both, use ``decompose_panel``.

    Raises:
        InputError: a column missing, revenue without a purchase.
        TooLittleData: fewer than 30 visitors in a period.
    """
    read = [_rows(each, group, name) for each, name in ((before, "before"), (after, "after"))]
    names = sorted({name for codes, _ in read for name in codes})
    lots = np.random.default_rng(seed)
    drawn = np.empty((2, resamples, len(TOTALS), len(names)))
    whole = np.empty((2, len(TOTALS), len(names)))
    for period, (codes, values) in enumerate(read):
        place = {name: i for i, name in enumerate(names)}
        at = np.array([place[name] for name in codes])
        whole[period] = _sums(at, values, np.ones(len(at)), len(names))
        for each in range(resamples):
            drawn[period, each] = _sums(at, values, lots.poisson(1.0, len(at)).astype(np.float64), len(names))
    parts = shapley(whole[0], whole[1])
    spread = shapley(np.moveaxis(drawn[0], 1, 0), np.moveaxis(drawn[1], 1, 0)).sum(axis=-1)
    n = sum(len(codes) for codes, _ in read)

    def told(value: Any, draws: Array) -> Estimate:
        low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
        return Estimate(float(value), float(low), float(high), n, level)

    estimates = {name: told(parts[i].sum(), spread[i]) for i, name in enumerate(FACTORS)}
    change, changes = whole[1, -1] - whole[0, -1], drawn[1, :, -1] - drawn[0, :, -1]
    groups = [told(change[g], changes[:, g]) for g in range(len(names))]
    return result_of(names, whole, parts, estimates, told(change.sum(), changes.sum(axis=-1)), groups)


def result_of(
    names: list[str],
    totals: Array,
    parts: Array,
    estimates: dict[str, Estimate],
    told: Estimate,
    groups: list[Estimate],
) -> Decomposition:
    """What was found, as a decomposition: ``totals`` of shape ``(2, 4, groups)``, ``parts`` of ``(5, groups)``."""
    profit = totals[:, TOTALS.index("profit")]
    return Decomposition(
        before=float(profit[0].sum()),
        after=float(profit[1].sum()),
        change=float(profit[1].sum() - profit[0].sum()),
        parts=estimates,
        groups=tuple(
            GroupParts(
                name,
                float(profit[1, g] - profit[0, g]),
                {factor: float(parts[i, g]) for i, factor in enumerate(FACTORS)},
                groups[g],
            )
            for g, name in enumerate(names)
        ),
        told=told,
    )


def shapley(before: Array, after: Array) -> Array:
    """Shapley values of the five factors, shape ``(5, …, groups)``, from totals of shape ``(4, …, groups)``."""
    one, two = factors_of(before, after), factors_of(after, before)
    players = len(FACTORS)
    worth = {}
    for chosen in itertools.product((False, True), repeat=players):
        picked = [two[i] if changed else one[i] for i, changed in enumerate(chosen)]
        worth[chosen] = math.prod(picked[1:], start=picked[0])
    found = np.zeros(one.shape)
    for chosen, value in worth.items():
        size = sum(chosen)
        for i, changed in enumerate(chosen):
            # Σ over coalitions of |S|! (k − |S| − 1)! ÷ k! · (v(S ∪ i) − v(S)), gathered by the value of each coalition
            if changed:
                found[i] += value / (players * math.comb(players - 1, size - 1))
            else:
                found[i] -= value / (players * math.comb(players - 1, size))
    return found


def factors_of(of: Array, other: Array) -> Array:
    """The five factors of a period, each ratio that is 0 ÷ 0 taken from the ``other``."""
    visitors, buyers, revenue, profit = of
    everybody = visitors.sum(axis=-1, keepdims=True)
    ratios = [np.broadcast_to(everybody, visitors.shape), _over(visitors, everybody, np.zeros_like(visitors))]
    elsewhere = (other[1], other[0]), (other[2], other[1]), (other[3], other[2])
    for (above, below), (above_there, below_there) in zip(
        ((buyers, visitors), (revenue, buyers), (profit, revenue)), elsewhere, strict=True
    ):
        ratios.append(_over(above, below, _over(above_there, below_there, np.zeros_like(visitors))))
    return np.stack(ratios)


def _over(above: Array, below: Array, instead: Array) -> Array:
    return np.where(below != 0, above / np.where(below != 0, below, 1.0), instead)


def _aligned(before: Any, after: Any, group: str | None) -> tuple[list[str], Array]:
    read = [_totals(each, group, name) for each, name in ((before, "before"), (after, "after"))]
    names = sorted({name for each in read for name in each})
    totals = np.array([[each.get(name, (0.0,) * 4) for name in names] for each in read])
    return names, np.moveaxis(totals, 2, 1)


def _totals(given: Any, group: str | None, period: str) -> dict[str, tuple[float, ...]]:
    if isinstance(given, Mapping) and all(np.isscalar(value) for value in given.values()):
        given = {name: [value] for name, value in given.items()}
    columns = columns_of(given, (*TOTALS, *([group] if group else [])), period)
    visitors, buyers, revenue, profit = (
        column(columns[name], f"{period}.{name}", minimum=None if name == "profit" else 0) for name in TOTALS
    )
    for wrong, told in (
        (buyers > visitors, "more buyers than visitors"),
        ((revenue != 0) & (buyers == 0), "revenue without a buyer"),
        ((profit != 0) & (revenue == 0), "profit without revenue: a margin needs something it is a share of"),
    ):
        if wrong.any():
            raise InputError(f"{period}, row {int(np.flatnonzero(wrong)[0]) + 1}: {told}")
    if visitors.sum() <= 0:
        raise TooLittleData(f"{period} has no visitors", "A change needs traffic in both periods.")
    names = [str(name) for name in plain(columns[group], group)] if group else ["all"] * len(visitors)
    if len(set(names)) != len(names):
        raise InputError(f"{period} has a group twice", "Sum up to one row a group, and name its column in group=.")
    return dict(zip(names, zip(visitors, buyers, revenue, profit, strict=True), strict=True))


def _rows(given: Any, group: str | None, period: str) -> tuple[list[str], Array]:
    columns = columns_of(given, ("bought", "revenue", "profit", *([group] if group else [])), period)
    bought = flags(columns["bought"], f"{period}.bought").astype(np.float64)
    revenue, profit = column(columns["revenue"], f"{period}.revenue", minimum=0), column(columns["profit"], "profit")
    n = same_length(bought=bought, revenue=revenue, profit=profit)
    if n < 30:
        raise TooLittleData(f"{period} has {n} visitors", "An interval needs at least 30 in each period.")
    for wrong, told in (
        ((revenue != 0) & (bought == 0), "revenue without a purchase"),
        ((profit != 0) & (revenue == 0), "profit without revenue"),
    ):
        if wrong.any():
            raise InputError(f"{period}, row {int(np.flatnonzero(wrong)[0]) + 1}: {told}")
    names = [str(name) for name in plain(columns[group], group)] if group else ["all"] * n
    return names, np.stack([np.ones(n), bought, revenue, profit])


def columns_of(given: Any, wanted: tuple[str, ...], period: str) -> Any:
    """The given as an Arrow table that has the wanted columns.

    Raises:
        InputError: one is missing.
    """
    read = table(given, period)
    absent = [name for name in wanted if name not in read.column_names]
    if absent:
        raise InputError(f"{period} lacks {', '.join(absent)}", f"The columns are {', '.join(wanted)}.")
    return read


def _sums(at: NDArray[np.int64], values: Array, weight: Array, groups: int) -> Array:
    return np.stack([np.bincount(at, weight * each, groups) for each in values])


def _bare(value: float) -> Estimate:
    return Estimate(value, None, None, 0)
