"""Signs that marks were asked for, or that only the pleased were asked: what an auditor should look into, no proof.

Honest branches differ. So a branch is not held against chance alone but against how far the *other* branches differ
among themselves: with xᵢ a branch's figure and sᵢ its standard error, the others' mean and variance between branches
τ² (DerSimonian & Laird 1986) say where one more honest branch would lie, and (xᵢ − mean) ÷ √(sᵢ² + τ² + error of the
mean²) is compared with Student's t of B − 2 degrees (Higgins, Thompson & Spiegelhalter 2009). All branches and all
signs of a night are one family: Holm's procedure (1979) lets a night in which nobody begs accuse anybody in 5 % of
cases at most. A branch once found is taken out and the rest looked at again, so that one beggar does not hide
another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, same_length
from tenure.insight.intervals import holm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: Branches below which nobody knows how far honest ones differ.
FEWEST_BRANCHES = 6
#: The same where it is assumed.
FEWEST_ASSUMED = 3
#: Answers (or customers) of each kind that a branch needs before it is looked at.
FEWEST_ANSWERS = 20


@dataclass(frozen=True)
class Sign:
    """One sign at every branch (B,): its figure, standard error, and how far it lies beyond the others.

    ``value`` and ``usual`` are on the scale of the figure; ``beyond`` with ``error`` and the one-sided ``p`` on that of
    the test. NaN where a branch has too few answers to be looked at.
    """

    value: NDArray[np.float64]
    usual: NDArray[np.float64]
    beyond: NDArray[np.float64]
    error: NDArray[np.float64]
    p: NDArray[np.float64]


def beyond_others(values: Any, errors: Any, spread: float | None = None) -> Sign:
    """Each branch against all others; ``values``, ``errors`` (B,), NaN of a branch that is not looked at.

    ``spread``: by how much honest branches are taken to differ (a deviation) where fewer than 6 can be looked at, too
    few to learn it from; at least two others are needed all the same.

    Raises:
        InputError: unequal lengths, an error of 0 or less.
        TooLittleData: fewer than 6 branches can be looked at, or with ``spread`` fewer than 3.
    """
    given, errors_given = column(values, "values", missing=True), column(errors, "errors", missing=True)
    same_length(values=given, errors=errors_given)
    there = np.flatnonzero(~np.isnan(given) & ~np.isnan(errors_given))
    few = len(there) < FEWEST_BRANCHES
    if few and (spread is None or len(there) < FEWEST_ASSUMED):
        raise TooLittleData(
            f"{len(there)} branches have answers enough; it takes {FEWEST_BRANCHES} to know how far honest ones differ"
        )
    x, s = given[there], errors_given[there]
    if (s <= 0).any():
        raise InputError("errors must be above 0")
    mean, varies = _others(x, s, spread**2 if few and spread is not None else 0.0)
    beyond, error = x - mean, np.sqrt(s**2 + varies)
    found = Sign(*(np.full(len(given), np.nan) for _ in range(5)))
    for into, part in (
        (found.value, x), (found.usual, mean), (found.beyond, beyond), (found.error, error),
        (found.p, norm.sf(beyond / error) if few else student.sf(beyond / error, len(x) - 2)),
    ):  # fmt: skip
        into[there] = part
    return found


def _others(
    x: NDArray[np.float64], s: NDArray[np.float64], least: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of the branches other than each: their mean, and how far one more honest branch's true figure varies about it."""
    w = 1 / s**2
    left, left2, left_x = w.sum() - w, (w**2).sum() - w**2, (w * x).sum() - w * x
    q = (w * x * x).sum() - w * x * x - left_x**2 / left
    between = np.maximum(least, (q - (len(x) - 2)) / (left - left2 / left))
    each = 1 / (s[None, :] ** 2 + between[:, None])
    np.fill_diagonal(each, 0.0)
    total = each.sum(axis=1)
    return each @ x / total, between + 1 / total


def found(
    signs: Mapping[str, tuple[Any, Any]], family_error: float = 0.05, *, spreads: Mapping[str, float] | None = None
) -> dict[str, tuple[Sign, NDArray[np.bool_]]]:
    """Every sign with the branches at which it stands out, all branches and signs tested as one family.

    ``signs``: the values and errors (B,) of each, branches in the same order; ``spreads``: what honest branches are
    taken to differ by where too few can be looked at (see ``beyond_others``). A sign that cannot be told is left out.

    Raises:
        InputError: as ``beyond_others``.
    """
    told: dict[str, Sign] = {}
    out = {name: np.zeros(len(np.asarray(values)), dtype=bool) for name, (values, _) in signs.items()}
    while True:
        p: list[float] = []
        place: list[tuple[str, int]] = []
        for name, (values, errors) in signs.items():
            kept = np.where(out[name], np.nan, np.asarray(values, dtype=np.float64))
            try:
                sign = beyond_others(kept, errors, (spreads or {}).get(name))
            except TooLittleData:
                continue
            before = told.get(name)
            told[name] = sign if before is None else _with_found(sign, before, out[name])
            seen = np.flatnonzero(~np.isnan(sign.p))
            p += sign.p[seen].tolist()
            place += [(name, int(branch)) for branch in seen]
        rejected = holm(np.array(p), family_error)
        if not rejected.any():
            return {name: (sign, out[name]) for name, sign in told.items()}
        for chosen in np.flatnonzero(rejected):
            name, branch = place[chosen]
            out[name][branch] = True


def _with_found(now: Sign, before: Sign, out: NDArray[np.bool_]) -> Sign:
    return Sign(
        *(
            np.where(out, getattr(before, part), getattr(now, part))
            for part in ("value", "usual", "beyond", "error", "p")
        )
    )


def gap(here: Any, here_error: Any, there: Any, there_error: Any, enough: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """The figure here less that elsewhere and its standard error (B,); NaN where ``enough`` is no."""
    difference = np.where(enough, np.asarray(here) - np.asarray(there), np.nan)
    return difference, np.where(enough, np.hypot(here_error, there_error), np.nan)


def quick_share(hits: Any, of: Any, expected: Any = None) -> tuple[NDArray[Any], NDArray[Any]]:
    """A share on a scale on which its error does not depend on it: 2·asin √((h + ⅜) ÷ (n + ¾)), error 1 ÷ √(n + ½).

    ``hits``, ``of`` (B,) (Anscombe 1948); NaN below 20. ``expected`` (B,), a share that the branch's own traffic brings
    about, is taken off on the same scale.
    """
    h, n = np.asarray(hits, dtype=np.float64), np.asarray(of, dtype=np.float64)
    scale = 2 * np.arcsin(np.sqrt((h + 0.375) / (n + 0.75)))
    if expected is not None:
        scale = scale - 2 * np.arcsin(np.sqrt(np.clip(np.nan_to_num(np.asarray(expected)), 0, 1)))
    enough = n >= FEWEST_ANSWERS
    return np.where(enough, scale, np.nan), np.where(enough, 1 / np.sqrt(n + 0.5), np.nan)


def silent_gap(
    design: Any, heard: Any, scores: Any, groups: Any, size: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How much more pleased those heard should be than the silent, by what the bank knows of both: (B,) and its error.

    ``design`` (n, p) what is known of everybody who could have been asked, ``heard`` (n,) yes or no, ``scores`` (n,)
    0–10 of those heard (NaN else), ``groups`` (n,) the branch of each, 0 … ``size`` − 1, below 0 of none. What is known
    is turned into the score it goes with by least squares (a ridge of one) over all branches; a branch that asks only
    whom it expects to be pleased shows a gap that the others do not.

    Raises:
        TooLittleData: fewer than 50 scores.
    """
    known, did = np.asarray(design, dtype=np.float64), np.asarray(heard, dtype=bool)
    said, group = np.asarray(scores, dtype=np.float64), np.asarray(groups, dtype=np.int64)
    learned = did & ~np.isnan(said)
    if learned.sum() < 50:
        raise TooLittleData(f"{int(learned.sum())} scores; it takes 50 to learn what goes with them")
    x, y = known[learned], said[learned]
    centre = x.mean(axis=0)
    beta = np.linalg.solve((x - centre).T @ (x - centre) + np.eye(x.shape[1]), (x - centre).T @ (y - y.mean()))
    should = (known - centre) @ beta
    parts = []
    for which in (did, ~did):
        use = which & (group >= 0)
        n = np.bincount(group[use], minlength=size)
        total = np.bincount(group[use], should[use], size)
        squares = np.bincount(group[use], should[use] ** 2, size)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = total / n
            # a branch's own variance of a few customers may be nil by chance: a hundredth of all customers' is least
            variance = np.maximum((squares - n * mean**2) / np.maximum(n - 1, 1), 0.01 * should.var() + 1e-12)
            parts.append((n, mean, variance / n))
    (heard_n, heard_mean, heard_v), (silent_n, silent_mean, silent_v) = parts
    enough = (heard_n >= FEWEST_ANSWERS) & (silent_n >= FEWEST_ANSWERS)
    error = np.where(enough, np.sqrt(np.where(enough, heard_v + silent_v, 1.0)), np.nan)
    return np.where(enough, heard_mean - silent_mean, np.nan), error
