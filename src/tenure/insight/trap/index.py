"""The trap index: how much more often the satisfied of a branch or tier behave as leaving than those of the bank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, plain, same_length
from tenure.insight.intervals import LEVEL, Estimate, gap, unknown, wilson
from tenure.insight.opinion.shrinkage import FEWEST_GROUPS, shrink_shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tenure.insight.trap.quadrants import Quadrants

#: Satisfied answers in the whole bank below which there is no index.
FEWEST_SATISFIED = 30


@dataclass(frozen=True)
class GroupTrap:
    """One branch or tier.

    ``share``: of its satisfied, those who behave as leaving (0…1). ``index``: that share minus the bank's, in
    **points**; above 0 its satisfaction figures are more deceptive than the bank's. The group is part of the bank, so
    the interval is that of (1 − its part of it) × (its share − that of all others). ``missed``: of its customers who
    answered and behave as leaving, the share that says satisfied: what a satisfaction survey would not have shown.
    ``verdict``: ``above``, ``below`` or ``cannot_tell``.
    """

    group: str
    satisfied: int
    trapped: int
    share: Estimate
    index: Estimate
    missed: Estimate
    verdict: str


@dataclass(frozen=True)
class TrapIndex:
    """``groups`` by index, the most deceptive first; ``bank``: the bank's share; ``shrunk``: False below 5 groups."""

    groups: list[GroupTrap]
    bank: Estimate
    missed: Estimate
    shrunk: bool


def trap_index(
    found: Quadrants, groups: Any, weights: Any = None, level: float = LEVEL, *, seed: int = 42
) -> TrapIndex:
    """Index of every group from those who answered.

    ``groups`` (n,) branch or tier of each customer, ``weights`` (n,) as from ``opinion.response_weights``. Shares are
    shrunk by beta–binomial empirical Bayes where there are 5 groups or more, else Wilson's. Why conditional on
    *satisfied*: a branch where many leave has an attrition problem; one where the satisfied leave has, on top of it, a
    figure that hides the problem, and that is the trap.

    Raises:
        InputError: unequal lengths, a missing group, a negative weight.
        TooLittleData: fewer than 30 satisfied answers in the bank.
    """
    members = plain(groups, "groups")
    if any(member is None or member != member for member in members):
        raise InputError("groups has missing values", "Leave those rows out, or give them a group.")
    told = found.answered & found.behaviour.known
    weighing = np.ones(len(told)) if weights is None else np.nan_to_num(column(weights, "weights", minimum=0))
    same_length(quadrants=told, groups=members, weights=weighing)
    told = told & (weighing > 0)
    satisfied, leaving = told & found.satisfied, told & found.behaviour.leaving
    if satisfied.sum() < FEWEST_SATISFIED:
        raise TooLittleData(f"{int(satisfied.sum())} satisfied answers; an index takes {FEWEST_SATISFIED}")
    names, index = np.unique(np.array([str(member) for member in members]), return_inverse=True)
    inside = index == np.arange(len(names))[:, None]
    counted = [_effective(satisfied & here, leaving, weighing) for here in inside]
    trapped, total = (np.array(each) for each in zip(*counted, strict=True))
    bank = weighted_share(satisfied, leaving, weighing, level)
    parts = np.array([weighing[satisfied & here].sum() for here in inside]) / weighing[satisfied].sum()
    shrunk = int((total > 0).sum()) >= FEWEST_GROUPS
    if shrunk:
        all_groups = shrink_shares(trapped, total, names, level, seed=seed)
        shares, beyond = all_groups.estimates, all_groups.beyond_all(parts)
    else:
        shares = [weighted_share(satisfied & here, leaving, weighing, level) for here in inside]
        others = [weighted_share(satisfied & ~here, leaving, weighing, level) for here in inside]
        beyond = [_beyond(*each) for each in zip(shares, others, parts, strict=True)]
    rows = [
        _row(str(name), satisfied & here, leaving & here, found.satisfied, share, index, weighing, level)
        for name, here, share, index in zip(names, inside, shares, beyond, strict=True)
    ]
    rows.sort(key=lambda row: -(row.index.value if row.index.value is not None else -np.inf))
    return TrapIndex(rows, bank, weighted_share(leaving, found.satisfied, weighing, level), shrunk)


def _row(
    name: str,
    satisfied: NDArray[np.bool_],
    leaving: NDArray[np.bool_],
    content: NDArray[np.bool_],
    share: Estimate,
    beyond: Estimate,
    weighing: NDArray[np.float64],
    level: float,
) -> GroupTrap:
    count = int(satisfied.sum())
    index = unknown(count, level)
    if beyond.value is not None and beyond.low is not None and beyond.high is not None:
        index = Estimate(100 * beyond.value, 100 * beyond.low, 100 * beyond.high, count, level)
    verdict = "cannot_tell"
    if count and index.excludes(0):
        verdict = "above" if (index.value or 0.0) > 0 else "below"
    missed = weighted_share(leaving, content, weighing, level)
    return GroupTrap(name, count, int((satisfied & leaving).sum()), share, index, missed, verdict)


def _beyond(here: Estimate, others: Estimate, part: float) -> Estimate:
    """Share of the group − share of the bank it makes up ``part`` of, as (1 − part) × (group − others)."""
    if here.value is None:
        return unknown(0, here.level)
    if others.value is None:  # the group is the whole bank
        return Estimate(0.0, 0.0, 0.0, here.n, here.level)
    apart = gap(here, others)
    assert apart.value is not None and apart.low is not None and apart.high is not None
    rest = 1 - part
    return Estimate(rest * apart.value, rest * apart.low, rest * apart.high, here.n, here.level)


def _effective(of: NDArray[np.bool_], chosen: NDArray[np.bool_], weighing: NDArray[np.float64]) -> tuple[float, float]:
    """Chosen and all, scaled so that all is Kish's effective number."""
    weights = weighing[of]
    if not weights.sum():
        return 0.0, 0.0
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    return effective * float(weights[chosen[of]].sum() / weights.sum()), effective


def weighted_share(
    of: NDArray[np.bool_], chosen: NDArray[np.bool_], weighing: NDArray[np.float64], level: float = LEVEL
) -> Estimate:
    """The weighted share ``chosen`` of the customers ``of``, both (n,): Wilson's interval on Kish's number."""
    part, whole = _effective(of, chosen, weighing)
    if whole == 0:
        return unknown(0, level)
    return Estimate(part / whole, *wilson(part / whole, whole, level), int(of.sum()), level)
