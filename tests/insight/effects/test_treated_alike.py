"""Whether a group is treated like others in the same case: found where it is not, and not accused where it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tenure.errors import InputError
from tenure.insight.effects import treated_alike
from tenure.insight.intervals import holm


def cases(seed: int, n: int = 300, *, favour: float = 0.0, share: float = 0.15) -> dict[str, Any]:
    """Some kinds are given to more often, and the group has more of them; assets matter too; favour is the rest."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(4, n, p=[0.4, 0.3, 0.2, 0.1])
    mine = rng.random(n) < share * (1 + (kind >= 2))
    assets = rng.normal(0, 1, n) + 0.8 * mine
    chance = np.clip(0.1 + 0.12 * kind + 0.05 * assets + favour * mine, 0, 1)
    who = rng.integers(0, int(n * 0.8), n)
    return {
        "outcome": (rng.random(n) < chance).astype(float), "group": mine, "kind": kind, "covariates": assets[:, None],
        "cluster": who,
    }  # fmt: skip


def test_a_fair_bank_is_accused_no_more_often_than_said() -> None:
    found = [treated_alike(**cases(seed)) for seed in range(800)]
    told = [one for one in found if one.p is not None]
    accused = sum(one.p <= 0.05 for one in told if one.p is not None)
    assert len(told) > 750 and accused / len(told) <= 0.065, "5 % and what 800 rounds leave to chance"
    assert accused / len(told) >= 0.02, "an interval that is always wide finds nothing either"


def test_small_groups_of_few_customers_are_not_accused_either() -> None:
    found = [treated_alike(**cases(seed, 500, share=0.05)) for seed in range(500)]
    told = [one.p for one in found if one.p is not None]
    assert len(told) > 300 and sum(p <= 0.05 for p in told) / len(told) <= 0.06


def test_a_favoured_group_is_found_and_its_interval_holds_the_truth() -> None:
    held = found = 0
    for seed in range(200):
        one = treated_alike(**cases(seed, 600, favour=0.25))
        assert one.p is not None and one.estimate.low is not None and one.estimate.high is not None
        held += one.estimate.low <= 0.25 <= one.estimate.high
        found += one.p <= 0.05
    assert held >= 180 and found >= 185


def test_plain_shares_would_accuse_where_kinds_alone_differ() -> None:
    told = cases(3, 4000)
    plain = told["outcome"][told["group"]].mean() - told["outcome"][~told["group"]].mean()
    one = treated_alike(**told)
    assert plain > 0.05 and one.estimate.value is not None and abs(one.estimate.value) < 0.04


def test_one_customer_who_complains_often_is_one_customer() -> None:
    told = cases(5, 400)
    again = {name: np.concatenate([values] * 3) for name, values in told.items()}
    once, thrice = treated_alike(**told), treated_alike(**again)
    assert once.p is not None and thrice.p is not None and once.estimate.value is not None
    assert thrice.estimate.value == pytest.approx(once.estimate.value)
    assert thrice.p == pytest.approx(once.p, rel=0.2)


def test_too_few_tell_nothing_and_kinds_of_one_side_alone_are_left_out() -> None:
    told = cases(1, 60, share=0.05)
    assert treated_alike(**told).p is None and not treated_alike(**told).estimate.can_tell
    apart = cases(2, 200)
    apart["kind"] = apart["group"].astype(int)
    one = treated_alike(**apart)
    assert (one.n, one.others, one.p) == (0, 0, None)
    assert treated_alike([], [], []).p is None
    with pytest.raises(InputError):
        treated_alike([1.0, 0.0], [1], [1, 1])


def test_holm_finds_the_surest_first_and_stops_at_the_first_that_is_not() -> None:
    assert holm(np.array([0.04, 0.001, 0.02]), 0.05).tolist() == [True, True, True]
    assert holm(np.array([0.04, 0.001, 0.03]), 0.05).tolist() == [False, True, False]
    assert holm(np.array([]), 0.05).tolist() == []
