"""What followed an action beside matched others: right on average, honest in its interval, silent of the few."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tenure.errors import InputError
from tenure.insight.effects import matched
from tenure.insight.inputs import TooLittleData

RUNS = 2000


def customers(rng: np.random.Generator, n: int, effect: float, acted_among: float = 0.25) -> dict[str, Any]:
    """Whoever had more to lose was acted upon more often, and would have kept more anyhow: bent, not in a line."""
    wealth, trend = rng.normal(size=n), rng.normal(size=n)
    chance = 1 / (1 + np.exp(-(np.log(acted_among / (1 - acted_among)) + 0.7 * wealth - 0.5 * trend)))
    acted = rng.random(n) < chance
    outcome = 0.5 * wealth + 0.3 * trend + 0.1 * wealth**2 + effect * acted + rng.normal(scale=0.8, size=n)
    return {"outcome": outcome, "acted": acted, "covariates": {"wealth": wealth, "trend": trend}}


@pytest.mark.parametrize("effect", [0.0, 0.4])
def test_the_interval_holds_the_truth_as_often_as_it_says_and_the_plain_difference_does_not(effect: float) -> None:
    rng = np.random.default_rng(7)
    inside, errors, plain = 0, [], []
    for _ in range(RUNS):
        given = customers(rng, 240, effect)
        found = matched(**given)
        inside += not found.estimate.excludes(effect)
        errors.append(found.estimate.value - effect)
        plain.append(given["outcome"][given["acted"]].mean() - given["outcome"][~given["acted"]].mean() - effect)
    assert 0.935 <= inside / RUNS <= 0.985
    assert abs(np.mean(errors)) < 0.03 < 0.15 < np.mean(plain)


def test_who_has_nobody_like_them_is_left_out_and_counted() -> None:
    rng = np.random.default_rng(1)
    given = customers(rng, 400, 0.4)
    alone = {name: np.append(each, [9.0, 9.5]) for name, each in given["covariates"].items()}
    found = matched(np.append(given["outcome"], [1000.0, 1000.0]), np.append(given["acted"], [True, True]), alone)
    assert found.left_out >= 2 and found.estimate.value is not None and abs(found.estimate.value - 0.4) < 0.5
    assert found.matched + found.left_out == given["acted"].sum() + 2
    assert found.imbalance[1] < 0.15 < found.imbalance[0]


def test_only_customers_of_the_same_group_stand_for_each_other() -> None:
    rng = np.random.default_rng(2)
    given = customers(rng, 600, 0.0)
    quarter = rng.integers(0, 2, 600)
    given["outcome"] = given["outcome"] + 5.0 * quarter
    given["acted"] = np.where(quarter == 1, given["acted"], given["acted"] & (rng.random(600) < 0.3))
    blind, told = matched(**given), matched(**given, group=quarter)
    assert told.verdict == "no_difference_found" and blind.verdict == "helped"


def test_the_sign_that_is_better_decides_the_word() -> None:
    given = customers(np.random.default_rng(3), 800, 1.0)
    assert matched(**given).verdict == "helped" and matched(**given, better="lower").verdict == "hurt"


def test_too_few_say_nothing_and_nonsense_is_refused() -> None:
    given = customers(np.random.default_rng(4), 30, 0.4, 0.1)
    with pytest.raises(TooLittleData):
        matched(**given)
    given["outcome"][3] = np.nan
    with pytest.raises(InputError, match="outcome"):
        matched(**given)
