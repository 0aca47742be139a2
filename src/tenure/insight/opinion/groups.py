"""Answers of many branches at once: effective counts of the three classes for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.errors import InputError
from tenure.insight.inputs import column, plain, same_length
from tenure.insight.opinion.answers import answers, classes

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class GroupCounts:
    """``counts`` (g, 3): effective answers by class; ``answered`` (g,): how many answered; 0 where nobody did."""

    names: list[str]
    counts: NDArray[np.float64]
    answered: NDArray[np.int64]


def count_groups(scores: Any, groups: Any, weights: Any = None) -> GroupCounts:
    """Promoters, passives and detractors of each group, scaled so that they sum to Kish's effective number.

    Raises:
        InputError: an answer off the scale, a missing group, unequal lengths.
        TooLittleData: nobody answered at all.
    """
    members = plain(groups, "groups")
    if any(member is None or member != member for member in members):
        raise InputError("groups has missing values", "Leave those rows out, or give them a group.")
    # every answer is checked before any is sorted into its group
    given = answers(scores, weights, "scores", 0, 10)
    values = column(scores, "scores", missing=True)
    weighing = np.ones(len(values)) if weights is None else np.nan_to_num(column(weights, "weights", missing=True))
    same_length(scores=values, groups=members)
    names, index = np.unique(np.array([str(member) for member in members]), return_inverse=True)
    use = ~np.isnan(values) & (weighing > 0)
    index, weighing, kinds = index[use], weighing[use], classes(given.values)
    size = len(names)
    sums = np.bincount(index * 3 + kinds, weighing, size * 3).reshape(size, 3)
    squares = np.bincount(index, weighing**2, size)
    total = sums.sum(axis=1)
    scale = np.divide(total, squares, out=np.zeros(size), where=squares > 0)  # n_eff ÷ Σw
    return GroupCounts([str(name) for name in names], sums * scale[:, None], np.bincount(index, minlength=size))
