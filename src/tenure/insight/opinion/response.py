"""Those who did not answer: weights that make the answers speak for everybody who was asked.

A weight is one over the probability to answer (Little & Rubin 2019, 3.3), from a logistic model (``response_weights``)
or from cells (``post_stratify``). It mends what the covariates explain and nothing else: whoever stays silent *because*
of the opinion itself is not brought back by any weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, flags, plain, same_length, table
from tenure.insight.opinion.covariates import design_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Answers (and silences) below which no model of answering is fitted.
FEWEST_ANSWERS = 50


@dataclass(frozen=True)
class ResponseWeights:
    """``weights`` (n,): 0 for the silent and those not asked, mean 1 over those who answered.

    ``propensity`` (n,): probability to answer, NaN for those not asked. ``trimmed``: answers whose weight was cut.
    ``balance``: for each covariate the standardised difference between those who answered and those asked, before
    and after weighting; ``after`` beyond ±0.1 says that the weights did not mend it.
    """

    weights: NDArray[np.float64]
    propensity: NDArray[np.float64]
    asked: int
    answered: int
    effective_n: float
    trimmed: int
    balance: dict[str, tuple[float, float]]

    @property
    def response_rate(self) -> float:
        """Answers over asked, 0…1."""
        return self.answered / self.asked

    @property
    def design_effect(self) -> float:
        """Answers over effective answers (Kish): how much the weighting costs in precision."""
        return self.answered / self.effective_n


def response_weights(asked: Any, answered: Any, covariates: Any, *, trim: float = 5.0) -> ResponseWeights:
    """Inverse response propensities from a logistic model, cut at ``trim`` times their mean.

    ``asked``, ``answered`` (n,) yes or no, one row a customer; ``covariates``: a table of n rows, numbers or texts
    known before the survey. Numbers enter with their square (missing ones as a flag), texts as kinds.

    Raises:
        InputError: answered without being asked, unequal lengths, ``trim`` of 1 or less.
        TooLittleData: fewer than 50 answers or 50 silences, or no covariate that varies.
    """
    was_asked, did, frame = flags(asked, "asked"), flags(answered, "answered"), table(covariates, "covariates")
    same_length(asked=was_asked, answered=did)
    if frame.num_rows != len(did):
        raise InputError(f"covariates has {frame.num_rows:,} rows, answered {len(did):,}", "Pass one row a customer.")
    if (did & ~was_asked).any():
        raise InputError(f"{int((did & ~was_asked).sum()):,} answered without being asked", "Mark them as asked.")
    if not trim > 1:
        raise InputError(f"trim {trim:g}; expected above 1 (times the mean weight)")
    silent = was_asked & ~did
    if min(did.sum(), silent.sum()) < FEWEST_ANSWERS:
        raise TooLittleData(
            f"{int(did.sum()):,} answers and {int(silent.sum()):,} silences; it takes {FEWEST_ANSWERS} of each",
            "Use post_stratify with a few cells, or no weights and the response rate beside the figure.",
        )
    names, design = design_of(frame)
    here = design[was_asked]
    model = LogisticRegression(C=1.0, max_iter=1_000).fit(here, did[was_asked])
    propensity = np.full(len(did), np.nan)
    propensity[was_asked] = model.predict_proba(here)[:, 1]
    weights = np.zeros(len(did))
    raw, trimmed = _trimmed(1 / propensity[did], trim)
    weights[did] = raw
    return _result(weights, propensity, was_asked, did, trimmed, _balance(names, design, was_asked, did, weights))


def post_stratify(answered: Any, cells: Any, *, trim: float = 5.0, fewest: int = 5) -> ResponseWeights:
    """Weights by cell: everybody asked in the cell over those who answered in it.

    ``answered`` (n,) yes or no of everybody asked, ``cells`` (n,) for instance tier × age band. Cells with fewer than
    ``fewest`` answers are joined into one, with the next smallest if that has too few as well.

    Raises:
        InputError: unequal lengths, ``trim`` of 1 or less.
        TooLittleData: fewer than ``fewest`` answers in all.
    """
    did, members = flags(answered, "answered"), [str(cell) for cell in plain(cells, "cells")]
    same_length(answered=did, cells=members)
    if not trim > 1:
        raise InputError(f"trim {trim:g}; expected above 1 (times the mean weight)")
    if did.sum() < fewest:
        raise TooLittleData(f"{int(did.sum())} answers; it takes {fewest}")
    names, index = np.unique(np.array(members), return_inverse=True)
    asked_in, did_in = np.bincount(index), np.bincount(index, did)
    joined = did_in < fewest
    if joined.any() and did_in[joined].sum() < fewest and not joined.all():
        rest = np.flatnonzero(~joined)
        joined[rest[np.argmin(did_in[rest])]] = True
    rate = np.divide(did_in, asked_in)
    rate[joined] = did_in[joined].sum() / asked_in[joined].sum() if joined.any() else 0.0
    propensity = rate[index]
    weights = np.zeros(len(did))
    weights[did], trimmed = _trimmed(1 / propensity[did], trim)
    everybody = np.ones(len(did), dtype=bool)
    indicators = (index[:, None] == np.arange(len(names))).astype(np.float64)
    balance = _balance([str(name) for name in names], indicators, everybody, did, weights)
    return _result(weights, propensity, everybody, did, trimmed, balance)


def _trimmed(raw: NDArray[np.float64], trim: float) -> tuple[NDArray[np.float64], int]:
    """Mean one, none above ``trim``: cutting shrinks the mean, so it is repeated until it holds."""
    weights = raw / raw.mean()
    cut = np.zeros(len(raw), dtype=bool)
    while (weights > trim * (1 + 1e-9)).any():
        cut |= weights > trim
        weights = np.minimum(weights, trim)
        weights /= weights.mean()
        if cut.all():
            break
    return weights, int(cut.sum())


def _result(
    weights: NDArray[np.float64],
    propensity: NDArray[np.float64],
    asked: NDArray[np.bool_],
    did: NDArray[np.bool_],
    trimmed: int,
    balance: dict[str, tuple[float, float]],
) -> ResponseWeights:
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    return ResponseWeights(weights, propensity, int(asked.sum()), int(did.sum()), effective, trimmed, balance)


def _balance(
    names: list[str],
    design: NDArray[np.float64],
    asked: NDArray[np.bool_],
    did: NDArray[np.bool_],
    weights: NDArray[np.float64],
) -> dict[str, tuple[float, float]]:
    target = design[asked].mean(axis=0)
    deviation = design[asked].std(axis=0)
    deviation[deviation == 0] = 1.0
    before = (design[did].mean(axis=0) - target) / deviation
    after = (np.average(design[did], axis=0, weights=weights[did]) - target) / deviation
    return {name: (float(b), float(a)) for name, b, a in zip(names, before, after, strict=True)}
