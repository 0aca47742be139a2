from __future__ import annotations

from typing import Any

import lightgbm as lgb
import numpy as np
import pytest
from numpy.typing import NDArray

from tenure.insight.attrition.contributions import Tables, shapley


def grown(matrix: NDArray[Any], **settings: Any) -> lgb.Booster:
    rng = np.random.default_rng(1)
    outcome = (np.nan_to_num(matrix[:, 0]) + rng.normal(size=len(matrix)) > 0.5).astype(float)
    given = {"objective": "binary", "verbosity": -1, "num_threads": 1, "min_data_in_leaf": 5, **settings}
    return lgb.train(given, lgb.Dataset(matrix, outcome), 12)


def world(holes: bool = True) -> NDArray[np.float64]:
    rng = np.random.default_rng(2)
    matrix = rng.normal(size=(1500, 7))
    matrix[:, 3] = rng.integers(0, 3, 1500)
    if holes:
        matrix[rng.random(1500) < 0.3, 0] = np.nan
        matrix[rng.random(1500) < 0.2, 3] = np.nan
    return matrix


@pytest.mark.parametrize(
    "settings",
    [
        {"max_depth": 4, "num_leaves": 16},
        {"max_depth": 6, "num_leaves": 40},
        {"max_depth": 4, "zero_as_missing": True},
        {"max_depth": 4, "use_missing": False},
        {"max_depth": 1, "num_leaves": 2},
    ],
    ids=str,
)
def test_contributions_are_those_of_the_library_to_rounding(settings: dict[str, Any]) -> None:
    matrix = world()
    booster = grown(matrix, **settings)
    tables = Tables.of(booster)
    assert tables is not None
    unseen = np.vstack([matrix, np.zeros((1, 7)), np.full((1, 7), np.nan), world(holes=False)[:200] * 3])
    expected = np.asarray(booster.predict(unseen, pred_contrib=True, num_threads=1))
    assert np.abs(tables.contributions(unseen) - expected).max() < 1e-9


def test_what_was_never_missing_at_training_may_be_missing_later() -> None:
    booster = grown(world(holes=False), max_depth=4)
    tables = Tables.of(booster)
    assert tables is not None
    expected = np.asarray(booster.predict(world(), pred_contrib=True, num_threads=1))
    assert np.abs(tables.contributions(world()) - expected).max() < 1e-9


def test_trees_that_tables_cannot_hold_are_left_to_the_library() -> None:
    matrix = world()
    assert Tables.of(grown(matrix, num_leaves=200, max_depth=-1, min_data_in_leaf=1)) is None
    matrix[:, 5] = np.random.default_rng(3).integers(0, 6, len(matrix))
    only = matrix[:, 5:6]
    rng = np.random.default_rng(4)
    outcome = ((only[:, 0] % 2) + rng.normal(size=len(only)) > 0.5).astype(float)
    by_category = lgb.train(
        {"objective": "binary", "verbosity": -1, "num_threads": 1},
        lgb.Dataset(only, outcome, categorical_feature=[0]),
        2,
    )
    assert Tables.of(by_category) is None


def test_shapley_values_of_a_leaf_sum_to_what_it_is_worth_less_its_mean() -> None:
    shares = [0.5, 0.2, 0.9, 0.4]
    kinds = shapley(shares)
    worth = np.zeros(16)
    worth[15] = 1.0  # only whoever is on the whole way is there
    assert np.allclose(kinds.sum(axis=0), worth - np.prod(shares))
