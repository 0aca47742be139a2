"""Proportional hazards (Cox 1972): what goes with leaving earlier or later, as ratios of the hazard, in plain figures.

h(t | x) = h₀(t) · exp(xβ), h₀ left open, one of each stratum. β maximises the partial likelihood with Efron's (1977)
treatment of ties: time in months makes many, and Breslow's would pull every ratio towards 1.

A ratio that is the same at all times is an assumption. It is tested by the scaled Schoenfeld residuals of Grambsch and
Therneau (1994), as the score test of β + θ·t with each event time's own information: θ is their regression on time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
from scipy.stats import chi2

from tenure.errors import InputError
from tenure.insight.attrition.concordance import concordance
from tenure.insight.attrition.partial_likelihood import Evaluated, RiskSets
from tenure.insight.inputs import TooLittleData, column, flags, plain, same_length, table
from tenure.insight.intervals import LEVEL, Estimate, critical

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: Events a column of X needs: with fewer, ratios and their intervals are not what they say (Peduzzi et al. 1995).
EVENTS_PER_COLUMN = 10
#: Information an event that is left of a column when the others are known: with less it follows from them.
_NOTHING_OWN = 1e-9
#: Of a column's information at β = 0 what is left at the maximum: with less the likelihood rises for ever.
_RUN_AWAY = 1e-6
_STEPS, _HALVINGS, _NEAR = 50, 30, 1e-12


@dataclass(frozen=True)
class ChiSquare:
    """A χ² test: the statistic, its degrees of freedom and the probability of more by chance."""

    statistic: float
    degrees: int
    p_value: float


@dataclass(frozen=True)
class Course:
    """Whether a hazard ratio holds over time: the test of a straight line in time; and the ratio among the first half
    of those who left (``early``, up to the median time) and among the others (``late``), by one Newton step."""

    test: ChiSquare
    early: float
    late: float


class Cox:
    """Hazard ratios of leaving by columns that were known at the start.

    After ``fit``: ``params_`` (log hazard ratio a unit) and ``standard_errors_`` by column; ``hazard_ratios_`` with
    95 % intervals (Wald); ``log_likelihood_`` and ``null_log_likelihood_`` (β = 0), ``aic_``, ``likelihood_ratio_``;
    ``concordance_`` within strata (None: no pair to compare); ``courses_`` by column and ``proportional_`` for all
    together (None where everybody left at one time); ``customers_`` and ``events_`` (rows).

    A ratio is an association: it says what goes with leaving, not what would happen if somebody changed it.

        model = Cox().fit(months, left, {"age": age, "products": products}, strata=tier)
        model.hazard_ratios_["products"]
    """

    params_: dict[str, float]
    standard_errors_: dict[str, float]
    hazard_ratios_: dict[str, Estimate]
    log_likelihood_: float
    null_log_likelihood_: float
    aic_: float
    likelihood_ratio_: ChiSquare
    concordance_: float | None
    courses_: dict[str, Course] | None
    proportional_: ChiSquare | None
    customers_: int
    events_: int

    def fit(
        self,
        duration: Any,
        event: Any,
        X: Any,  # noqa: N803 the matrix of every textbook
        strata: Any = None,
        weights: Any = None,
        names: Sequence[str] | None = None,
    ) -> Self:
        """One value a customer in each column.

        Args:
            duration: time watched, in any unit, at least 0.
            event: 1 for who left at ``duration``, 0 for who was still here.
            X: a table of numbers or a matrix ``(n, p)``, known when the time began; texts go into ``strata``, or as
                columns of 0 and 1.
            strata: one column of anything; each value has a course of its own, and only likes are compared.
            weights: above 0, as in R's ``coxph``: a row counts so many times. Standard errors take that literally.
            names: of a matrix's columns.

        Raises:
            TooLittleData: fewer than 10 events a column.
            InputError: something missing, a negative time, a column that is constant, follows from others, or tells
                without exception who leaves.
        """
        sets, names_, scale = _read(duration, event, X, strata, weights, names)
        if len(sets.dying) < EVENTS_PER_COLUMN * len(names_):
            raise TooLittleData(
                f"{len(sets.dying):,} of {len(sets.time):,} customers left; {len(names_)} columns take at least "
                f"{EVENTS_PER_COLUMN * len(names_)}",
                "Watch for longer, or name fewer columns.",
            )
        null = sets.evaluate(np.zeros(len(names_)))
        _refuse_dependent(null, names_)
        beta, best = _maximise(sets, null, names_)
        inverse = np.asarray(np.linalg.inv(best.information()), dtype=np.float64)
        self.customers_, self.events_ = len(sets.time), len(sets.dying)
        self._keep(names_, beta / scale, np.sqrt(np.diag(inverse)) / scale)
        self.log_likelihood_, self.null_log_likelihood_ = best.value, null.value
        self.aic_ = 2 * len(names_) - 2 * best.value
        self.likelihood_ratio_ = _test(2 * (best.value - null.value), len(names_))
        self.concordance_ = concordance(sets.x @ beta, sets.time, sets.event, sets.stratum, sets.weight)
        self.courses_, self.proportional_ = _courses(sets, best, inverse, beta, scale, names_)
        return self

    def _keep(self, names: list[str], beta: Numbers, errors: Numbers) -> None:
        self.params_ = dict(zip(names, beta.tolist(), strict=True))
        self.standard_errors_ = dict(zip(names, errors.tolist(), strict=True))
        half = critical(LEVEL) * errors
        with np.errstate(over="ignore"):
            ends = np.exp([beta, beta - half, beta + half]).T
        self.hazard_ratios_ = {
            name: Estimate(float(ratio), float(low), float(high), self.customers_)
            for name, (ratio, low, high) in zip(names, ends, strict=True)
        }


def _read(
    duration: Any, event: Any, matrix: Any, strata: Any, weights: Any, names: Sequence[str] | None
) -> tuple[RiskSets, list[str], Numbers]:
    """Rows in the order of risk sets, the names of their columns, and the deviation that each was divided by."""
    time, left = column(duration, "duration", minimum=0), flags(event, "event")
    given = _columns(matrix, names)
    counted = None if weights is None else column(weights, "weights")
    if counted is not None and (counted <= 0).any():
        raise InputError(f"weights, row {int(np.argmax(counted <= 0)) + 1}: above 0 was expected", "Leave out the row.")
    stratum = np.zeros(len(time), dtype=np.int64) if strata is None else _numbered(strata)
    same_length(
        duration=time,
        event=left,
        weights=counted,
        strata=stratum,
        **{f"X {name}": each for name, each in given.items()},
    )
    if not len(time):
        raise TooLittleData("there is no customer to learn from")
    order = np.lexsort((-time, stratum))
    x, scale = np.empty((len(time), len(given))), np.empty(len(given))
    for k, (name, each) in enumerate(given.items()):
        centre, scale[k] = each.mean(), each.std()
        if scale[k] <= 1e-12 * max(1.0, abs(centre)):
            raise InputError(f"{name} is {each[0]:g} of everybody: nothing to compare", "Leave it out.")
        x[:, k] = ((each - centre) / scale[k])[order]
    weight = np.ones(len(time)) if counted is None else counted[order]
    return RiskSets(x, weight, time[order], left[order], stratum[order]), list(given), scale


def _columns(matrix: Any, names: Sequence[str] | None) -> dict[str, Numbers]:
    """The columns of a table, or of a matrix by their names or as x1, x2, …"""
    if isinstance(matrix, (Mapping, pa.Table)) or (
        hasattr(matrix, "columns") and hasattr(matrix, "__arrow_c_stream__")
    ):
        rows = table(matrix, "X")
        found = {str(name): column(rows[name], str(name)) for name in rows.column_names}
        if names is not None and list(names) != list(found):
            raise InputError("names of a table's columns were given twice, and differ", "Name a matrix's columns only.")
    else:
        array = np.asarray(matrix)
        array = array[:, None] if array.ndim == 1 else array
        if array.ndim != 2:
            raise InputError(f"X has shape {array.shape}; one row a customer was expected")
        names = [f"x{k + 1}" for k in range(array.shape[1])] if names is None else [str(name) for name in names]
        if len(names) != array.shape[1] or len(set(names)) != len(names):
            raise InputError(f"{len(set(names))} names of {array.shape[1]} columns; one each was expected")
        found = {name: column(array[:, k], name) for k, name in enumerate(names)}
    if not found:
        raise InputError("X has no columns", "Name at least one thing that was known when the time began.")
    return found


def _numbered(strata: Any) -> NDArray[np.int64]:
    """Each row's stratum by number."""
    known = pa.array(plain(strata, "strata"), from_pandas=True)
    if known.null_count:
        raise InputError(f"strata has {known.null_count:,} missing values", "Give them a value of their own.")
    numbered: NDArray[np.int64] = known.dictionary_encode().indices.to_numpy().astype(np.int64)
    return numbered


def _refuse_dependent(null: Evaluated, names: list[str]) -> None:
    """Refuse the first column that says nothing beside those before it, within strata and among those at risk.

    Columns have a variance of 1, so an event gives about 1 of information on each.
    """
    information, least = null.information(), _NOTHING_OWN * float(null.sets.weight[null.sets.dying].sum())
    for k, name in enumerate(names):
        own = information[k, k]
        if own > least and k:
            own = own - information[k, :k] @ np.linalg.solve(information[:k, :k], information[:k, k])
        if own <= least:
            from_ = "the strata" if information[k, k] <= least else ", ".join(names[:k])
            raise InputError(f"{name} follows from {from_}: its ratio cannot be told", "Leave it out.")


def _maximise(sets: RiskSets, null: Evaluated, names: list[str]) -> tuple[Numbers, Evaluated]:
    """Newton's steps from β = 0, halved until the likelihood rises: it is concave, so this finds its one maximum."""
    beta, at, started = np.zeros(len(names)), null, null.information().diagonal()
    for _ in range(_STEPS):
        bend = at.information()
        shrunk = bend.diagonal() / started
        if (shrunk < _RUN_AWAY).any():
            break
        step = np.linalg.solve(bend, at.score)
        if float(step @ at.score) < _NEAR * max(1.0, abs(at.value)):
            return beta, at
        for _ in range(_HALVINGS):
            tried = sets.evaluate(beta + step)
            if tried.value >= at.value:
                break
            step = step / 2
        else:
            return beta, at
        beta, at = beta + step, tried
    worst = names[int(np.argmin(at.information().diagonal() / started))]
    raise InputError(f"{worst} tells without exception who leaves: its ratio has no end", "Leave it out, or group it.")


def _test(statistic: float, degrees: int) -> ChiSquare:
    return ChiSquare(float(statistic), degrees, float(chi2.sf(statistic, degrees)))


def _courses(
    sets: RiskSets, best: Evaluated, inverse: Numbers, beta: Numbers, scale: Numbers, names: list[str]
) -> tuple[dict[str, Course] | None, ChiSquare | None]:
    """The score test of θ in β + θ·t, for each column alone and for all together, and the ratios of both halves."""
    first, last = float(sets.times.min()), float(sets.times.max())
    if first == last:
        return None, None
    slope, _, own = _added(best, inverse, (sets.times - first) / (last - first))
    middle = min(float(np.median(sets.time[sets.dying])), float(np.sort(np.unique(sets.times))[-2]))
    step, crossed, of_step = _added(best, inverse, (sets.times > middle).astype(np.float64))
    found = {}
    for k, name in enumerate(names):
        later = step[k] / of_step[k, k]
        early = beta[k] - float(inverse[k] @ crossed[:, k]) * later
        ends = np.exp(np.array([early, early + later]) / scale[k])
        found[name] = Course(_test(slope[k] ** 2 / own[k, k], 1), float(ends[0]), float(ends[1]))
    return found, _test(float(slope @ np.linalg.solve(own, slope)), len(names))


def _added(best: Evaluated, inverse: Numbers, course: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Of θ in β + θ·course (K,): the score at θ = 0, its information with β, and its own once β is fitted anew."""
    crossed = best.information(course)
    return course @ best.residual, crossed, best.information(course**2) - crossed @ inverse @ crossed
