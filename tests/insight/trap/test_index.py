from __future__ import annotations

import numpy as np
import pytest

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import Estimate, unknown
from tenure.insight.trap import Quadrants, divergence, quadrants, trap_index

from .bank import bank


def test_branches_with_a_planted_trap_stand_out_and_in_order() -> None:
    b = bank(1, 12_000, branches=12, trapped_branches=0.8)
    found = quadrants(b.satisfaction, b.customers)
    got = trap_index(found, b.branch)
    everybody = quadrants(b.said, b.customers)  # what a survey that all had answered would show
    place = np.array(everybody.quadrant)
    truth = {
        name: 100
        * (place[b.branch == name] == "trapped").sum()
        / np.isin(place[b.branch == name], ["trapped", "loyal_satisfied"]).sum()
        for name in np.unique(b.branch)
    }
    shown = [row.index.value for row in got.groups]
    assert np.corrcoef(shown, [truth[row.group] for row in got.groups])[0, 1] > 0.95  # type: ignore[arg-type]
    assert got.shrunk and {row.verdict for row in got.groups} >= {"above", "below"}
    assert shown == sorted(shown, reverse=True)  # type: ignore[type-var]


def test_honest_equal_branches_are_seldom_accused() -> None:
    accused = total = 0
    for seed in range(25):
        b = bank(seed, 4_000, branches=20)
        got = trap_index(quadrants(b.satisfaction, b.customers), b.branch, seed=seed)
        accused += sum(row.verdict != "cannot_tell" for row in got.groups)
        total += len(got.groups)
    assert accused / total <= 0.05


def test_the_index_is_the_share_of_the_satisfied_who_leave_less_the_banks() -> None:
    said = [5] * 100 + [5] * 100 + [1] * 20
    away = [1.0] * 40 + [0.0] * 60 + [1.0] * 10 + [0.0] * 90 + [1.0] * 20
    found = quadrants(said, {"outflow_share": away, "depth_trend": [-2 * a for a in away]})
    got = trap_index(found, ["north"] * 100 + ["south"] * 100 + ["north"] * 20)
    north, south = got.groups
    assert not got.shrunk and got.bank.value == pytest.approx(0.25)
    assert (north.group, north.index.value, north.verdict) == ("north", pytest.approx(15), "above")
    assert (south.group, south.index.value, south.verdict) == ("south", pytest.approx(-15), "below")
    assert (north.satisfied, north.trapped) == (100, 40)
    assert north.missed.value == pytest.approx(40 / 60)  # of 60 who leave, 40 say that they are satisfied
    assert got.missed.value == pytest.approx(50 / 70)


def _town(rng: np.random.Generator, sizes: list[int], rates: list[float]) -> tuple[Quadrants, list[str]]:
    """All of them satisfied; in group k a share ``rates[k]`` behaves as leaving, by chance."""
    names = [f"g{k}" for k, size in enumerate(sizes) for _ in range(size)]
    away = np.concatenate([rng.uniform(size=n) < p for n, p in zip(sizes, rates, strict=True)]).astype(float)
    return quadrants([5] * len(names), {"outflow_share": away, "depth_trend": -2 * away}), names


@pytest.mark.parametrize("part", [0.05, 0.85])
@pytest.mark.parametrize("groups", [3, 8])
def test_the_index_of_a_small_and_of_a_large_group_is_covered_as_often_as_stated(part: float, groups: int) -> None:
    """A group is part of the bank it is held against. Below 5 groups Newcombe's interval, else the shrunk one."""
    rng = np.random.default_rng(7)
    whole, sims = 3_000, 300
    rest = [round(whole * (1 - part) / (groups - 1))] * (groups - 1)
    sizes = [round(whole * part), *rest]
    held, widths = 0, []
    for seed in range(sims):
        # the prior that shrinkage learns: groups differ, by chance, around one share
        rates = rng.beta(20, 180, groups).tolist()
        truth = 100 * (rates[0] - np.dot(sizes, rates) / sum(sizes))
        found = {row.group: row for row in trap_index(*_town(rng, sizes, rates), seed=seed).groups}["g0"].index
        assert found.value is not None and found.low is not None and found.high is not None
        held += found.low <= truth <= found.high
        widths.append(found.high - found.low)
    assert 0.92 <= held / sims <= 0.985
    if part == 0.85:  # its own interval, moved along, would be ± 1.1 points and more
        assert np.mean(widths) < 1.0


def test_a_tier_of_nearly_everybody_is_told_apart_from_the_rest() -> None:
    said = 8_500, 1_500
    away = [1.0] * 850 + [0.0] * 7_650 + [1.0] * 231 + [0.0] * 1_269
    found = quadrants([5] * 10_000, {"outflow_share": away, "depth_trend": [-2 * a for a in away]})
    basic = {row.group: row for row in trap_index(found, ["basic"] * said[0] + ["gold"] * said[1]).groups}["basic"]
    assert basic.index.value == pytest.approx(-0.81) and basic.verdict == "below"
    assert basic.index.high is not None and basic.index.high < -0.4  # alone its share is known to ± .64 points only
    only = trap_index(found, ["basic"] * 10_000).groups[0]
    assert (only.index.low, only.index.value, only.index.high, only.verdict) == (0, 0, 0, "cannot_tell")


def test_weights_speak_for_the_silent() -> None:
    said = [5] * 80
    away = [1.0] * 40 + [0.0] * 40
    found = quadrants(said, {"outflow_share": away, "depth_trend": [-2 * a for a in away]})
    weights = [3.0] * 40 + [1.0] * 40
    assert trap_index(found, ["a"] * 80, weights).bank.value == pytest.approx(0.75)
    assert trap_index(found, ["a"] * 80).bank.value == pytest.approx(0.5)


def test_a_branch_without_a_satisfied_answer_is_shown_without_a_verdict() -> None:
    found = quadrants([5] * 40 + [1] * 5, {"outflow_share": [0.1] * 45})
    got = {row.group: row for row in trap_index(found, ["a"] * 40 + ["empty"] * 5).groups}
    assert got["empty"].verdict == "cannot_tell" and got["empty"].index.value is None
    assert got["a"].missed.value is None  # nobody leaves: there is nothing to miss


def test_too_few_satisfied_answers_make_no_index() -> None:
    found = quadrants([5] * 29, {"outflow_share": [0.1] * 29})
    with pytest.raises(TooLittleData, match="29 satisfied"):
        trap_index(found, ["a"] * 29)
    with pytest.raises(InputError, match="different lengths"):
        trap_index(found, ["a"] * 28)
    with pytest.raises(InputError, match="missing"):
        trap_index(found, ["a"] * 28 + [None])


def _figure(value: float, half: float) -> Estimate:
    return Estimate(value, value - half, value + half, 1_000)


@pytest.mark.parametrize(
    ("said", "done", "verdict"),
    [
        ((60, 70, 3), (90, 90, 0.5), "trap"),
        ((60, 70, 3), (90, 85, 0.5), "trap"),
        ((60, 70, 3), (85, 90, 0.5), "both_rise"),
        ((60, 70, 3), (90, 90, 5), "cannot_tell"),  # a noisy loyalty figure is not a flat one
        ((60, 61, 3), (90, 90, 0.5), "cannot_tell"),
        ((70, 60, 3), (90, 90, 0.5), "not_rising"),
    ],
)
def test_rising_satisfaction_with_flat_loyalty_is_a_trap_only_when_both_are_sure(
    said: tuple[float, float, float], done: tuple[float, float, float], verdict: str
) -> None:
    got = divergence(
        _figure(said[0], said[2]), _figure(said[1], said[2]), _figure(done[0], done[2]), _figure(done[1], done[2]), 1.0
    )
    assert got.verdict == verdict
    assert got.satisfaction.value == pytest.approx(said[1] - said[0])
    assert got.loyalty.high - got.loyalty.low == pytest.approx(2 * np.sqrt(2) * done[2])  # type: ignore[operator]


def test_an_unknown_figure_has_no_trend() -> None:
    one = _figure(60, 3)
    with pytest.raises(TooLittleData, match="unknown"):
        divergence(one, unknown(3), one, one, 1.0)
    with pytest.raises(InputError, match="margin"):
        divergence(one, one, one, one, -1.0)
