"""What they say against what they do: four quadrants, counted for those who answered and, apart, for the silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, same_length, table
from tenure.insight.intervals import LEVEL, Estimate, critical
from tenure.insight.judgement import auc
from tenure.insight.opinion.covariates import design_of
from tenure.insight.trap.behaviour import Behaviour, Reason, Rules, behaviour

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: In this order: satisfied before unhappy, loyal before leaving.
QUADRANTS = ("loyal_satisfied", "trapped", "loyal_unhappy", "leaving_unhappy")
#: Satisfied and unsatisfied answers below which satisfaction is not predicted for anybody.
FEWEST_EACH = 50
_FOLDS = 5


@dataclass(frozen=True)
class Trapped:
    """A customer who says satisfied and behaves as leaving: row (0-based), answer 1–5, and why, most urgent first."""

    row: int
    satisfaction: int
    reasons: list[Reason]


@dataclass(frozen=True)
class Predicted:
    """The silent. ``satisfied`` (n,): probability to be satisfied, NaN for who answered; ``expected``: their expected
    number in each quadrant; ``auc``: how well satisfaction was predicted for answers the model had not seen."""

    satisfied: NDArray[np.float64]
    expected: dict[str, float]
    auc: Estimate


@dataclass(frozen=True)
class Quadrants:
    """``quadrant`` (n,): the name for who answered, None for the silent and for unknown behaviour.

    ``stated`` counts customers by quadrant; ``predicted`` is None where it would be a guess, ``why_not`` then says so:
    ``not_asked_for``, ``nobody_silent``, ``too_little_data`` or ``no_better_than_chance``. ``trapped`` lists the
    satisfied-but-leaving. ``unknown``: answers without any readable behaviour.
    """

    quadrant: list[str | None]
    stated: dict[str, int]
    predicted: Predicted | None
    why_not: str
    trapped: list[Trapped]
    unknown: int
    satisfied: NDArray[np.bool_]
    answered: NDArray[np.bool_]
    behaviour: Behaviour


def quadrants(
    satisfaction: Any,
    customers: Any,
    covariates: Any = None,
    rules: Rules | None = None,
    level: float = LEVEL,
    *,
    seed: int = 42,
) -> Quadrants:
    """Quadrants of all customers.

    ``satisfaction`` (n,) latest answer 1–5, missing for the silent; ``customers``: table for ``behaviour``;
    ``covariates``: table of n rows to predict the satisfaction of the silent (age, tier, tenure, …). Whether a
    customer behaves as leaving enters by itself: left out, the count would assume that among the silent words and
    deeds have nothing to do with each other, and find too many trapped. The prediction holds if the silent differ
    from those who answered only by the covariates and the behaviour.

    Raises:
        InputError: answers off the scale, unequal lengths.
        TooLittleData: nobody answered.
    """
    rules = rules or Rules()
    critical(level)
    answers = column(satisfaction, "satisfaction", minimum=1, maximum=5, whole=True, missing=True)
    done = behaviour(customers, rules)
    same_length(satisfaction=answers, customers=done.leaving)
    answered = ~np.isnan(answers)
    if not answered.any():
        raise TooLittleData("nobody answered; the trap needs what customers say as well as what they do")
    with np.errstate(invalid="ignore"):
        satisfied = answers >= rules.satisfied_from
    place = np.where(satisfied, 0, 2) + done.leaving
    told = answered & done.known
    stated = {name: int((told & (place == k)).sum()) for k, name in enumerate(QUADRANTS)}
    rows = np.flatnonzero(told & (place == 1))
    urgency = np.nan_to_num(done.values[rows, 0], nan=-1.0) + done.signals[rows].sum(axis=1)
    listed = [Trapped(int(r), int(answers[r]), done.reasons(int(r))) for r in rows[np.argsort(-urgency, kind="stable")]]
    predicted, why_not = _predict(covariates, satisfied, answered, done, level, seed)
    return Quadrants(
        [QUADRANTS[p] if t else None for p, t in zip(place, told, strict=True)],
        stated,
        predicted,
        why_not,
        listed,
        int((answered & ~done.known).sum()),
        satisfied,
        answered,
        done,
    )


def _predict(
    covariates: Any,
    satisfied: NDArray[np.bool_],
    answered: NDArray[np.bool_],
    done: Behaviour,
    level: float,
    seed: int,
) -> tuple[Predicted | None, str]:
    if covariates is None:
        return None, "not_asked_for"
    frame = table(covariates, "covariates")
    if frame.num_rows != len(answered):
        raise InputError(f"covariates has {frame.num_rows:,} rows, satisfaction {len(answered):,}")
    silent = ~answered
    if not silent.any():
        return None, "nobody_silent"
    y = satisfied[answered]
    if min(y.sum(), (~y).sum()) < FEWEST_EACH:
        return None, "too_little_data"
    try:
        _, x = design_of(frame)
    except TooLittleData:
        return None, "too_little_data"
    x = np.column_stack([x, done.leaving])
    model = LogisticRegression(C=1.0, max_iter=1_000)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    unseen = cross_val_predict(model, x[answered], y, cv=folds, method="predict_proba")[:, 1]
    seen = auc(y, unseen, level)
    if seen.low is None or seen.low <= 0.5:
        return None, "no_better_than_chance"
    probability = np.full(len(answered), np.nan)
    probability[silent] = model.fit(x[answered], y).predict_proba(x[silent])[:, 1]
    here = silent & done.known
    p, leaving = probability[here], done.leaving[here]
    sums = (p[~leaving].sum(), p[leaving].sum(), (1 - p[~leaving]).sum(), (1 - p[leaving]).sum())
    return Predicted(probability, dict(zip(QUADRANTS, map(float, sums), strict=True)), seen), ""
