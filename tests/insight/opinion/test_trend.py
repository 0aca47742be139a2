from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.opinion import change_points, nps_by_wave, usual_penalty
from tenure.insight.opinion.trend import _segment


@pytest.mark.parametrize("count", [12, 26])
def test_a_quiet_series_raises_an_alarm_in_at_most_five_of_a_hundred(count: int) -> None:
    rng = np.random.default_rng(1)
    errors = rng.uniform(2, 8, count)
    alarms = sum(
        change_points(30 + rng.standard_normal(count) * errors, errors).verdict == "changed" for _ in range(100)
    )
    assert alarms / 100 <= 0.1  # 5 % with the error of 100 series


def test_real_survey_waves_without_a_change_are_quiet_too() -> None:
    rng = np.random.default_rng(2)
    waves = np.repeat(np.arange(100, 118), 60)
    alarms = 0
    for _ in range(100):
        _, values, errors = nps_by_wave(rng.choice([10, 7, 3], len(waves), p=[0.5, 0.3, 0.2]), waves)
        alarms += change_points(values, errors).verdict == "changed"
    assert alarms <= 10


def test_a_rise_and_a_fall_are_found_where_they_are() -> None:
    rng = np.random.default_rng(3)
    truth = np.repeat([30.0, 45.0, 25.0], [10, 8, 12])
    errors = np.full(30, 4.0)
    got = change_points(truth + rng.standard_normal(30) * errors, errors)
    assert [change.at for change in got.changes] == pytest.approx([10, 18], abs=1)
    assert all(change.earliest <= change.at <= change.latest for change in got.changes)
    assert not got.changes[0].shift.excludes(15) and not got.changes[1].shift.excludes(-20)
    assert got.verdict == "changed" and len(set(got.levels)) == 3


def test_the_shift_and_the_place_are_held_at_their_level() -> None:
    rng = np.random.default_rng(4)
    held = placed = found = 0
    for _ in range(80):
        y = np.repeat([30.0, 40.0], [12, 12]) + rng.standard_normal(24) * 5
        changes = change_points(y, np.full(24, 5.0)).changes
        if len(changes) == 1:
            found += 1
            held += not changes[0].shift.excludes(10)
            placed += changes[0].earliest <= 12 <= changes[0].latest
    assert found > 60
    assert held / found >= 0.95
    assert placed / found >= 0.93


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=4, max_size=9), st.integers(0, 3))
def test_the_cut_is_the_best_of_all_cuts(values: list[int], changes: int) -> None:
    y = np.array(values, dtype=float)
    w = np.linspace(0.5, 2, len(y))
    costs, _ = _segment(y[None], w)

    def cost(edges: tuple[int, ...]) -> float:
        parts = itertools.pairwise((0, *edges, len(y)))
        return sum(float(w[a:b] @ (y[a:b] - np.average(y[a:b], weights=w[a:b])) ** 2) for a, b in parts)

    best = min(cost(edges) for edges in itertools.combinations(range(1, len(y)), changes))
    assert costs[0, changes] == pytest.approx(best, abs=1e-6)


def test_waves_come_in_order_with_their_errors_and_empty_ones_are_left_out() -> None:
    names, values, errors = nps_by_wave([10, 3, 10, 10, None], ["2026-02", "2026-02", "2026-01", "2026-01", "2026-03"])
    assert names == ["2026-01", "2026-02"]
    assert list(values) == [100, 0]
    assert (errors > 0).all()


def test_the_tenth_wave_comes_after_the_ninth() -> None:
    scores = [10, 3] * 12
    names, _, _ = nps_by_wave(scores, [1 + i // 2 for i in range(24)])
    assert names == [str(wave) for wave in range(1, 13)]
    with pytest.raises(InputError, match="mixes kinds"):
        nps_by_wave([10, 3], [1, "1"])


@pytest.mark.parametrize("gone", [None, float("nan"), np.datetime64("NaT")])
def test_an_answer_without_a_wave_is_refused_and_no_wave_of_its_own(gone: object) -> None:
    with pytest.raises(InputError, match="missing"):
        nps_by_wave([10, 3, 9], [1.0, gone, 2.0])
    with pytest.raises(InputError, match="missing"):
        nps_by_wave([10, 3], [gone, gone])


def test_a_shift_bears_the_level_of_its_search_and_a_place_its_own() -> None:
    y = np.repeat([30.0, 45.0], [12, 12]) + np.random.default_rng(3).standard_normal(24) * 4
    [usual] = change_points(y, np.full(24, 4.0), level=0.5).changes
    [strict] = change_points(y, np.full(24, 4.0), false_alarm=0.01, level=0.5).changes
    [wide] = change_points(y, np.full(24, 4.0), level=0.999).changes
    assert (usual.shift.level, strict.shift.level) == (0.95, 0.99)
    assert usual.shift.low is not None and strict.shift.low is not None and strict.shift.low < usual.shift.low
    assert wide.shift == usual.shift and wide.latest - wide.earliest >= usual.latest - usual.earliest


def test_three_waves_and_bad_ones_are_refused() -> None:
    with pytest.raises(TooLittleData, match="3 waves"):
        change_points([1, 2, 3], [1, 1, 1])
    with pytest.raises(InputError, match="above 0"):
        change_points([1, 2, 3, 4], [1, 1, 0, 1])
    with pytest.raises(InputError, match="at most 400"):
        change_points(range(401), [1] * 401)
    with pytest.raises(InputError, match="values, row 2"):
        change_points([1, float("nan"), 3, 4], [1] * 4)
    with pytest.raises(InputError, match="false_alarm"):
        change_points([1, 2, 3, 4], [1] * 4, false_alarm=0)


def test_one_penalty_for_branches_whose_errors_differ_raises_about_as_few_alarms() -> None:
    rng = np.random.default_rng(9)
    alarms = 0
    for _ in range(400):
        errors = rng.uniform(5, 15, 18)
        alarms += change_points(rng.normal(0, errors), errors, penalty=usual_penalty(18)).verdict == "changed"
    assert alarms / 400 <= 0.085
