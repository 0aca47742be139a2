from __future__ import annotations

import numpy as np
import pytest

from tenure.errors import InputError
from tenure.insight import Network
from tenure.insight.inputs import TooLittleData
from tenure.insight.network import Contagion
from tenure.insight.network.contagion import measure

from .worlds import World, world

SEEDS = range(100)
#: Of 95 % intervals 92 to 95 % hold the truth (bench/network.py, 400 worlds each); of 100, then, 87 nearly always.
FLOOR = 0.87


def found(w: World, *, permutations: int = 19, strata: bool = True, end: int = 35) -> Contagion:
    return measure(w.source, w.target, w.left, 0, end, strata=w.strata if strata else None, permutations=permutations)


def covered(results: list[Contagion], ratio: float) -> float:
    ratios = [each.hazard_ratio for each in results]
    return float(np.mean([e.low is not None and e.high is not None and e.low <= ratio <= e.high for e in ratios]))


def mean_ratio(results: list[Contagion]) -> float:
    return float(np.exp(np.mean([np.log(each.hazard_ratio.value or np.nan) for each in results])))


def test_people_who_are_alike_but_do_not_follow_each_other_are_not_called_contagious() -> None:
    """Neighbours leave 1.8 times as often as their strata say, and none because another did."""
    results = [found(world(seed, ratio=1.0, likeness=1.0)) for seed in SEEDS]
    assert covered(results, 1.0) >= FLOOR
    assert mean_ratio(results) == pytest.approx(1.0, abs=0.06)
    assert np.mean([each.likeness.value or 0 for each in results]) > 1.5
    assert np.mean([each.verdict == "contagion" for each in results]) <= 0.05


def test_leaving_that_spreads_is_found_at_its_size_among_people_who_are_alike() -> None:
    results = [found(world(seed, ratio=2.5, likeness=1.0)) for seed in SEEDS]
    assert covered(results, 2.5) >= FLOOR
    assert mean_ratio(results) == pytest.approx(2.5, rel=0.05)
    assert np.mean([each.verdict == "contagion" for each in results]) > 0.99
    followed = np.mean([each.followed.value or 0 for each in results])
    assert followed == pytest.approx(1 - 1 / 2.5, abs=0.05)


def test_strata_are_told_by_number_or_by_name() -> None:
    w = world(0, ratio=2.5, likeness=1.0, groups=400)
    named = [f"branch {k}" for k in w.strata]
    by_name = measure(w.source, w.target, w.left, 0, 35, strata=named, permutations=19)
    assert found(w) == by_name != found(w, strata=False)


def test_without_the_placebo_likeness_would_have_passed_for_contagion() -> None:
    """The pitfall itself: leavers beside a recent leaver, over those expected, and nobody follows anybody."""
    results = [found(world(seed, ratio=1.0, likeness=1.0)) for seed in range(5)]
    naive = [(r.hazard_ratio.value or 0) * (r.likeness.value or 0) for r in results]
    assert min(naive) > 1.4


def test_what_the_strata_tell_is_not_likeness() -> None:
    told = [found(world(seed, ratio=1.0, likeness=0.0)) for seed in range(10)]
    untold = [found(world(seed, ratio=1.0, likeness=0.0), strata=False) for seed in range(10)]
    assert np.mean([each.likeness.value or 0 for each in told]) == pytest.approx(1.0, abs=0.1)
    assert np.mean([each.likeness.value or 0 for each in untold]) > 1.1


def test_a_month_that_is_bad_for_a_whole_stratum_is_no_contagion() -> None:
    """Each stratum has a month in which a third goes; without strata that looks like following."""
    w = world(5, ratio=1.0, likeness=0.0, groups=1000)
    rng = np.random.default_rng(5)
    left = w.left.copy()
    for stratum, month in enumerate((10, 17, 24)):
        hit = (w.strata == stratum) & ~(left <= month) & (rng.random(len(left)) < 0.3)
        left[hit] = month + rng.integers(0, 2, int(hit.sum()))
    shocked = World(w.source, w.target, left, w.strata)
    blind, sighted = found(shocked, strata=False), found(shocked)
    assert blind.verdict == "contagion"
    assert sighted.verdict != "contagion" and not sighted.hazard_ratio.excludes(1.0)


def test_with_a_handful_of_leavers_nobody_can_tell() -> None:
    got = found(world(1, ratio=3.0, likeness=0.0, groups=60))
    assert got.verdict == "cant_tell" and not got.hazard_ratio.can_tell and got.p_value is None
    assert not got.followed.can_tell and not got.likeness.can_tell


def test_the_direction_and_the_repetition_of_a_tie_change_nothing() -> None:
    w = world(2, ratio=2.5, likeness=0.5, groups=600)
    twice = measure(
        np.concatenate([w.target, w.source]), np.concatenate([w.source, w.target]), w.left, 0, 35, strata=w.strata
    )
    assert twice == measure(w.source, w.target, w.left, 0, 35, strata=w.strata)


def test_who_came_later_is_at_risk_from_then_on_only() -> None:
    """Half the groups came in month 18; taken as there from the start, they would seem to leave in company."""
    told, untold = [], []
    for seed in range(30):
        w = world(seed, ratio=1.0, likeness=0.0)
        late = np.repeat(np.arange(1500) % 2 == 1, 4)
        left = np.where(late, w.left + 18, w.left)
        left[left > 35] = np.nan
        entered = np.where(late, 18, 0)
        for results, began in ((told, entered), (untold, None)):
            got = measure(w.source, w.target, left, 0, 35, strata=w.strata, entered=began, permutations=0)
            results.append(got.likeness.value or 0)
    assert np.mean(told) == pytest.approx(1.0, abs=0.1)
    assert np.mean(untold) > 1.2


def test_the_network_asks_along_the_kinds_named() -> None:
    w = world(4, ratio=4.0, likeness=0.0, groups=800)
    n = len(w.left)
    network = Network.of({"from": w.source, "to": w.target, "kind": ["household"] * n}, {"party_id": np.arange(n)})
    got = network.contagion(w.left, 0, 35, strata=w.strata)
    assert got.verdict == "contagion" and got.hazard_ratio.excludes(1.0)
    with pytest.raises(TooLittleData, match="no two parties are tied"):
        network.contagion(w.left, 0, 35, kinds=("employer",))


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"left": [np.nan] * 4}, TooLittleData, "0 of 4 left"),
        ({"left": [1, 2, 3, 4]}, TooLittleData, "4 of 4 left"),
        ({"left": [99, np.nan, np.nan, np.nan]}, InputError, "after the last one followed"),
        ({"left": [1, 2]}, InputError, "different lengths"),
        ({"strata": ["a"]}, InputError, "different lengths"),
        ({"end": 5}, InputError, "cannot hold a placebo"),
        ({"reach": 0}, InputError, "reach 0"),
    ],
)
def test_a_question_without_an_answer_is_refused(
    changed: dict[str, object], error: type[Exception], words: str
) -> None:
    network = Network.of({"from": [0, 2], "to": [1, 3], "kind": ["family"] * 2})
    asked = {"left": [3, 5, np.nan, np.nan], "start": 0, "end": 35, **changed}
    with pytest.raises(error, match=words):
        network.contagion(**asked)  # type: ignore[arg-type]
