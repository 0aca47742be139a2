"""Whom an action moves: uplift models judged on customers they have not seen, that refuse to target on noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tenure.errors import InputError
from tenure.insight.effects.average import Better, cluster_numbers, inverse_propensity
from tenure.insight.effects.covariates import Encoding, learn
from tenure.insight.effects.learners import Fitted, Trees
from tenure.insight.effects.policy import Arms, PolicyValue, doubly_robust, policy_value
from tenure.insight.effects.ranking import Ranking, cross_fitted_noise, curve, of_scores
from tenure.insight.inputs import TooLittleData, column, flags, same_length
from tenure.insight.intervals import LEVEL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Kind = Literal["two_model", "class_transformation"]
Decision = Literal["target", "no_targeting"]
Everyone = Literal["treat_all", "treat_none"]

#: Customers on whom the models of the folds are compared.
COMPARED = 5_000
#: Clusters an arm needs.
LEAST_CLUSTERS = 30
#: Customers an arm needs before there is anything to rank.
LEAST_ARM = 100


@dataclass(frozen=True)
class Evaluation:
    """The model on customers it has not seen (cross-fitted): every figure is turned so that more is better.

    ``policy`` is the rule "treat whoever's predicted uplift exceeds the cost". ``verdict`` is "target" only if its
    worth beats *both* treating all and treating none with intervals that leave 0 out; else "no_targeting", and
    ``otherwise`` says what to do with everybody: "treat_all" only where the average effect net of cost is shown to be
    above 0. ``noise`` is the share of the ranking that changed from fold to fold as chance does; the intervals allow
    for it.
    """

    ranking: Ranking
    noise: float
    policy: PolicyValue
    curve: tuple[tuple[float, float], ...]
    verdict: Decision
    otherwise: Everyone


class UpliftModel:
    """Predicted change in a customer's outcome if the action is taken, from a trial.

    "two_model" fits each arm and subtracts; "class_transformation" (Jaskowski and Jaroszewicz 2012) fits one model to
    Z = "treated and yes, or control and no", weighted by the inverse propensity, where uplift = 2 P(Z) − 1; for
    outcomes that are numbers the transformed outcome Y T ÷ e − Y (1 − T) ÷ (1 − e) (Athey and Imbens 2016).

    Args:
        cost: of treating one customer, in units of the outcome.
        better: "lower" where the outcome is bad (leaving): uplifts are then *avoided* outcomes.
        folds: of the cross-fitting; ``seed`` draws them.
        trees: settings of LightGBM.

    After ``fit``: ``evaluation_``, ``verdict_``, and the held-out ``uplift_`` (n,), ``arms_`` and ``fold_`` of the
    fitted rows.
    """

    def __init__(
        self,
        kind: Kind = "two_model",
        *,
        cost: float = 0.0,
        better: Better = "higher",
        folds: int = 5,
        seed: int = 42,
        level: float = LEVEL,
        trees: Trees | None = None,
    ) -> None:
        if kind not in ("two_model", "class_transformation"):
            raise InputError(f"kind is {kind!r}; 'two_model' or 'class_transformation' was expected")
        if better not in ("higher", "lower"):
            raise InputError(f"better is {better!r}; 'higher' or 'lower' was expected")
        if folds < 2:
            raise InputError(
                f"folds is {folds}; at least 2 were expected", "Nothing is judged on rows it was fitted to."
            )
        self.kind: Kind = kind
        self.cost, self.better, self.folds, self.seed, self.level = cost, better, folds, seed, level
        self.trees = trees or Trees(seed=seed)

    def fit(
        self, features: Any, treated: Any, outcome: Any, propensity: Any = None, cluster: Any = None
    ) -> UpliftModel:
        """Fit on a trial and judge by cross-fitting.

        Args:
            features: table or matrix of n rows, known before the action.
            treated, outcome: shape ``(n,)``; ``propensity`` the chance of treatment, None if the same for all.
            cluster: what was drawn by lot (household, manager) if not the single customer; it stays in one fold.

        Raises:
            TooLittleData: fewer than 100 customers or 30 clusters in an arm, or an outcome that is the same for all.
            InputError: unequal lengths, or propensities outside 0.01 … 0.99.
        """
        lot, y = flags(treated, "treated"), column(outcome, "outcome")
        self.encoding_: Encoding = learn(features)
        x = self.encoding_.apply(features)
        unit = cluster_numbers(cluster, len(y)).astype(np.int64)
        same_length(features=list(x), treated=lot, outcome=y, cluster=unit)
        if min(lot.sum(), (~lot).sum()) < LEAST_ARM or (y == y[0]).all():
            raise TooLittleData(
                f"{int(lot.sum()):,} treated, {int((~lot).sum()):,} controls, {len(np.unique(y)):,} different outcomes",
                f"An uplift model needs {LEAST_ARM} customers in each arm, and outcomes that differ.",
            )
        if min(len(np.unique(unit[lot == arm])) for arm in (True, False)) < LEAST_CLUSTERS:
            raise TooLittleData(
                f"{int(unit.max()) + 1:,} clusters", f"An uplift model needs {LEAST_CLUSTERS} clusters in each arm."
            )
        self.binary_ = bool(np.isin(y, (0.0, 1.0)).all())
        chance = np.full(len(y), lot.mean()) if propensity is None else column(propensity, "propensity")
        weights = inverse_propensity(lot, chance)
        self.sign_ = 1.0 if self.better == "higher" else -1.0
        fold = self._drawn(lot, unit)
        self.uplift_, expected = np.empty(len(y)), np.empty((2, len(y)))
        sample = x[np.random.default_rng(self.seed).permutation(len(x))[:COMPARED]]
        scores = np.empty((len(sample), self.folds))
        for each in range(self.folds):
            out, into = fold == each, fold != each
            both = [self.trees.fit(x[into & (lot == arm)], y[into & (lot == arm)]) for arm in (True, False)]
            expected[:, out] = [model.predict(x[out]) for model in both]
            found: _Subtracted | _Transformed = _Subtracted(both[0], both[1], self.sign_)
            if self.kind == "class_transformation":
                found = self._transformed(x[into], lot[into], y[into], weights[into])
            self.uplift_[out], scores[:, each] = found(x[out]), found(sample)
        raw = doubly_robust(y, lot, propensity=chance, expected_treated=expected[0], expected_control=expected[1])
        self.arms_ = Arms(self.sign_ * raw.treated, self.sign_ * raw.control)
        self.fold_ = fold
        self.evaluation_ = self._judge(lot, unit, propensity is None, cross_fitted_noise(scores))
        self._final(x, lot, y, weights)
        return self

    @property
    def verdict_(self) -> Decision:
        """ "target", or "no_targeting" where the model has not been shown to beat treating all and treating none."""
        self._fitted()
        return self.evaluation_.verdict

    def uplift(self, features: Any) -> Array:
        """Predicted improvement of the outcome by the action, shape ``(n,)``, in units of the outcome; more is
        better.
        """
        self._fitted()
        return self._predict(self.encoding_.apply(features))

    def target(self, features: Any) -> NDArray[np.bool_]:
        """Whom to treat, shape ``(n,)``: those whose uplift exceeds the cost, or all, or nobody, as the verdict
        allows.
        """
        found = self.uplift(features)
        if self.verdict_ == "target":
            return found > self.cost
        return np.full(len(found), self.evaluation_.otherwise == "treat_all")

    def _drawn(self, treated: NDArray[np.bool_], unit: NDArray[np.int64]) -> NDArray[np.int64]:
        """Folds of whole clusters, with the same share of treated clusters in each."""
        lots = np.random.default_rng(self.seed)
        _, first = np.unique(unit, return_index=True)
        fold = np.empty(len(first), dtype=np.int64)
        for arm in (True, False):
            rows = lots.permutation(np.flatnonzero(treated[first] == arm))
            fold[rows] = np.arange(len(rows)) % self.folds
        return fold[unit]

    def _judge(self, lot: NDArray[np.bool_], unit: NDArray[np.int64], counted: bool, noise: float) -> Evaluation:
        fold = self.fold_.astype(np.float64)
        ranking = of_scores(self.uplift_, self.arms_.effects, fold, lot, counted, self.level, noise, unit)
        value = policy_value(
            self.uplift_ > self.cost, self.arms_, cost=self.cost, cluster=unit, level=self.level, noise=noise
        )
        shown = all(each.low is not None and each.low > 0 for each in (value.over_all, value.over_none))
        whole = ranking.average_effect
        return Evaluation(
            ranking=ranking,
            noise=noise,
            policy=value,
            curve=curve(self.uplift_, self.arms_.effects),
            verdict="target" if shown else "no_targeting",
            otherwise="treat_all" if whole.low is not None and whole.low > self.cost else "treat_none",
        )

    def _final(self, x: Array, lot: NDArray[np.bool_], y: Array, weights: Array) -> None:
        if self.kind == "class_transformation":
            self._predict: _Subtracted | _Transformed = self._transformed(x, lot, y, weights)
            return
        treated, control = self.trees.fit(x[lot], y[lot]), self.trees.fit(x[~lot], y[~lot])
        self._predict = _Subtracted(treated, control, self.sign_)

    def _transformed(self, x: Array, lot: NDArray[np.bool_], y: Array, weights: Array) -> _Transformed:
        if self.binary_:
            model = self.trees.fit(x, (lot == (y == 1)).astype(np.float64), weights)
            return _Transformed(model, 2.0 * self.sign_, -self.sign_)
        return _Transformed(self.trees.fit(x, np.where(lot, y, -y) * weights), self.sign_, 0.0)

    def _fitted(self) -> None:
        if not hasattr(self, "evaluation_"):
            raise InputError("the uplift model has not been fitted", "Call fit(features, treated, outcome) first.")


@dataclass(frozen=True)
class _Subtracted:
    treated: Fitted
    control: Fitted
    sign: float

    def __call__(self, x: Array) -> Array:
        return self.sign * (self.treated.predict(x) - self.control.predict(x))


@dataclass(frozen=True)
class _Transformed:
    model: Fitted
    factor: float
    shift: float

    def __call__(self, x: Array) -> Array:
        return self.model.predict(x) * self.factor + self.shift
