"""What the adjusted curve rests on: how likely a customer like this holds k products, and stays with k products.

Both are cross-fitted: a customer's own outcome never enters its prediction (Chernozhukov et al. 2018), so that
flexible models do not flatter themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Learner = Literal["splines", "boosting"]

#: Knots of a numeric covariate's curve, at quantiles.
KNOTS = 5
#: Customers beyond these quantiles of a covariate are taken as lying on them: a curve has no business out there.
TAILS = (0.01, 0.99)
#: Inverse strength of the ridge on standardised columns.
PENALTY = 0.3
#: A covariate with no more values than this enters as it is.
FEW_VALUES = 6


def predictions(
    x: Array,
    level: NDArray[np.int64],
    levels: int,
    retained: NDArray[np.bool_],
    learner: Learner,
    folds: int,
    seed: int,
) -> tuple[Array, Array]:
    """Propensity of each level and expected retention at each level, both of shape ``(n, levels)``, out of fold."""
    fold = _drawn(level, retained, folds, seed)
    chance, stays = np.empty((len(x), levels)), np.empty((len(x), levels))
    for each in range(folds):
        out, into = fold == each, fold != each
        chance[out] = _chances(x[into], level[into], x[out], levels, learner, seed)
        for k in range(levels):
            here = into & (level == k)
            stays[out, k] = _shares(x[here], retained[here], x[out], learner, seed)
    return chance, stays


def _drawn(level: NDArray[np.int64], retained: NDArray[np.bool_], folds: int, seed: int) -> NDArray[np.int64]:
    """Folds with the same share of each level and outcome."""
    lots = np.random.default_rng(seed)
    fold = np.empty(len(level), dtype=np.int64)
    start = 0
    for stratum in np.unique(2 * level + retained):
        rows = lots.permutation(np.flatnonzero(2 * level + retained == stratum))
        fold[rows] = (start + np.arange(len(rows))) % folds
        start += len(rows)
    return fold


def _chances(x: Array, level: NDArray[np.int64], new: Array, levels: int, learner: Learner, seed: int) -> Array:
    found = np.zeros((len(new), levels))
    if x.shape[1] == 0 or levels == 1:
        return np.tile(np.bincount(level, minlength=levels) / len(level), (len(new), 1))
    model = _model(x, learner, seed).fit(x, level)
    found[:, model.classes_] = model.predict_proba(new)
    return found


def _shares(x: Array, retained: NDArray[np.bool_], new: Array, learner: Learner, seed: int) -> Array:
    """Expected retention; where (nearly) all or none stay there is no pattern to learn, only Laplace's share."""
    cases = int(retained.sum())
    if min(cases, len(retained) - cases) < 10 or x.shape[1] == 0:
        return np.full(len(new), (cases + 1) / (len(retained) + 2))
    return np.asarray(_model(x, learner, seed).fit(x, retained).predict_proba(new)[:, 1])


def _model(x: Array, learner: Learner, seed: int) -> Any:
    if learner == "boosting":
        return HistGradientBoostingClassifier(
            max_iter=60,
            max_leaf_nodes=8,
            learning_rate=0.1,
            min_samples_leaf=30,
            random_state=seed,
            early_stopping=False,
        )
    return make_pipeline(_Curves(), StandardScaler(), LogisticRegression(C=PENALTY, max_iter=400))


class _Curves:
    """Each covariate straight and, with many values, as cubic splines; and all pairs of a yes-or-no with a number."""

    def fit(self, x: Array, y: Any = None) -> _Curves:
        values = [len(np.unique(x[:, i])) for i in range(x.shape[1])]
        self.curved = [i for i, n in enumerate(values) if n > FEW_VALUES]
        self.binary = [i for i, n in enumerate(values) if n == 2]
        self.low, self.high = np.quantile(x, TAILS, axis=0)
        # a rare category lies beyond its own quantiles and must not be cut away
        few = [i for i, n in enumerate(values) if n <= FEW_VALUES]
        self.low[few], self.high[few] = x[:, few].min(axis=0), x[:, few].max(axis=0)
        self.splines = None
        if self.curved:
            self.splines = SplineTransformer(n_knots=KNOTS, knots="quantile", include_bias=False).fit(
                np.clip(x, self.low, self.high)[:, self.curved]
            )
        return self

    def transform(self, x: Array) -> Array:
        x = np.clip(x, self.low, self.high)
        parts = [x]
        if self.splines is not None:
            parts.append(np.asarray(self.splines.transform(x[:, self.curved])))
        parts += [x[:, [i]] * x[:, [j]] for i in self.binary for j in self.curved]
        return np.hstack(parts)

    def fit_transform(self, x: Array, y: Any = None) -> Array:
        return self.fit(x).transform(x)
