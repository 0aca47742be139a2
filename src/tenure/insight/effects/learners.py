"""The boosted trees under the uplift models: modest, as an uplift is a small difference of two large figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Trees:
    """Settings of LightGBM. ``threads`` 1 makes runs repeatable to the last digit on any machine."""

    rounds: int = 60
    leaves: int = 8
    learning_rate: float = 0.1
    least_rows: int = 40
    threads: int = 1
    seed: int = 42

    def fit(self, features: Array, outcome: Array, weights: Array | None = None) -> Fitted:
        """Trees for a 0/1 outcome (log loss) or a number (squares); a constant where there is nothing to learn."""
        import lightgbm  # loaded when first fitted: an effect without uplift needs none of it

        binary = bool(np.isin(outcome, (0.0, 1.0)).all())
        if (outcome == outcome[0]).all() or features.shape[1] == 0 or len(outcome) < 2 * self.least_rows:
            return Fitted(None, float(np.average(outcome, weights=weights)))
        settings = {
            "objective": "binary" if binary else "regression",
            "num_leaves": self.leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.least_rows,
            "num_threads": self.threads,
            "seed": self.seed,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }
        data = lightgbm.Dataset(features, outcome, weight=weights, free_raw_data=True)
        return Fitted(lightgbm.train(settings, data, num_boost_round=self.rounds), 0.0)


@dataclass(frozen=True)
class Fitted:
    """A fitted model, or the constant that stands for it."""

    booster: object | None
    constant: float

    def predict(self, features: Array) -> Array:
        """Expected outcome, shape ``(n,)``."""
        if self.booster is None:
            return np.full(len(features), self.constant)
        return np.asarray(self.booster.predict(features, num_threads=1), dtype=np.float64)  # type: ignore[attr-defined]
