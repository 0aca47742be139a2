"""Gradient-boosted trees (LightGBM), set so that the same data and seed give the same model, with exact reasons."""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import lightgbm as lgb
import numpy as np

from tenure.errors import InputError
from tenure.insight.attrition.contributions import Tables
from tenure.insight.attrition.encoding import MOST_CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    """Settings of the trees: the same for every table; ``depth`` −1 sets no limit.

    Small steps, few leaves drawn towards their parents (``smoothing``), a part of the columns and rows for each tree;
    ``models`` such boosters with different seeds are averaged in log-odds. ``threads`` changes the time and,
    in LightGBM's deterministic mode, not the numbers.
    """

    rounds: int = 330
    learning_rate: float = 0.02
    leaves: int = 16
    depth: int = -1
    fewest_in_leaf: int = 20
    column_share: float = 0.65
    row_share: float = 0.8
    ridge: float = 0.0
    smoothing: float = 8.0
    models: int = 5
    seed: int = 42
    threads: int = 1

    def as_dict(self) -> dict[str, Any]:
        """For the model card."""
        return asdict(self)


@dataclass(frozen=True)
class Boosters:
    """Trained trees: scores are means over ``models``, in log-odds."""

    models: tuple[lgb.Booster, ...]

    @classmethod
    def fit(
        cls,
        matrix: NDArray[Any],
        outcome: Numbers,
        weight: Numbers | None,
        names: Sequence[str],
        categorical: Sequence[int],
        settings: Settings,
    ) -> Boosters:
        """Train on ``matrix (n, k)``, ``outcome (n,)`` in 0/1, ``weight (n,)`` or None."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            data = lgb.Dataset(
                matrix,
                outcome,
                weight=weight,
                # Names given by the bank may hold characters that LightGBM's text format does not.
                feature_name=[f"f{k}" for k in range(len(names))],
                categorical_feature=list(categorical),
                params={"max_bin": 127, "verbosity": -1, "num_threads": settings.threads},
                free_raw_data=True,
            )
            return cls(
                tuple(lgb.train(_parameters(settings, k), data, settings.rounds) for k in range(settings.models))
            )

    def scores(self, matrix: NDArray[Any], threads: int) -> Numbers:
        """Log-odds, shape ``(n,)``."""
        parts = [np.asarray(m.predict(matrix, raw_score=True, num_threads=threads)) for m in self.models]
        return np.asarray(np.mean(parts, axis=0), dtype=np.float64)

    def contributions(self, matrix: NDArray[Any], threads: int) -> Numbers:
        """Exact Shapley values of the trees (Lundberg et al. 2020), shape ``(n, k + 1)``: features, then the base.

        Each row sums to its score.
        """
        total: Numbers = np.zeros((len(matrix), matrix.shape[1] + 1))
        for m, tables in zip(self.models, self._tables, strict=True):
            if tables is not None:
                total += tables.contributions(matrix)
            else:
                total += np.asarray(m.predict(matrix, pred_contrib=True, num_threads=threads))
        return total / len(self.models)

    @cached_property
    def _tables(self) -> tuple[Tables | None, ...]:
        return tuple(Tables.of(m) for m in self.models)

    def texts(self) -> list[str]:
        """The models as LightGBM's own text."""
        return [m.model_to_string() for m in self.models]

    @classmethod
    def from_texts(cls, texts: Sequence[str]) -> Boosters:
        """The reverse of ``texts``.

        Raises:
            InputError: a text is no model.
        """
        try:
            return cls(tuple(lgb.Booster(model_str=text) for text in texts))
        except lgb.basic.LightGBMError as wrong:
            raise InputError(f"the saved model holds no trees: {wrong}", "Fit and save it again.") from None


def settings_from(stored: Mapping[str, Any]) -> Settings:
    """The settings a model was saved with."""
    return Settings(**stored)


def _parameters(settings: Settings, k: int) -> dict[str, Any]:
    return {
        "objective": "binary",
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.leaves,
        "max_depth": settings.depth,
        "min_data_in_leaf": settings.fewest_in_leaf,
        "feature_fraction": settings.column_share,
        "bagging_fraction": settings.row_share,
        "bagging_freq": 1,
        "lambda_l2": settings.ridge,
        "path_smooth": settings.smoothing,
        "cat_smooth": 10.0,
        "max_cat_to_onehot": MOST_CATEGORIES + 1,
        "max_bin": 127,
        "seed": settings.seed + 1000 * k,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": settings.threads,
        "verbosity": -1,
    }
