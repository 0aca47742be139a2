from __future__ import annotations

import numpy as np
import pytest

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import Estimate
from tenure.insight.opinion import (
    answers_needed,
    answers_per_wave,
    compare,
    expected_without_action,
    recovery_beyond_chance,
    reliability,
)


def test_five_points_take_938_answers_and_a_change_of_five_3831_a_wave() -> None:
    assert answers_needed(5) == 938
    assert answers_per_wave(5) == 3_831


def test_waves_of_the_calculated_size_find_the_change_in_eighty_of_a_hundred() -> None:
    rng = np.random.default_rng(5)
    n = answers_per_wave(10)
    found = 0
    for _ in range(300):
        earlier = rng.choice([10, 7, 3], n, p=[0.5, 0.3, 0.2])
        later = rng.choice([10, 7, 3], n, p=[0.55, 0.3, 0.15])
        found += compare(earlier, later).verdict == "up"
    assert found / 300 == pytest.approx(0.8, abs=0.08)


def test_two_waves_of_one_opinion_are_seldom_told_apart() -> None:
    rng = np.random.default_rng(6)
    accused = sum(
        compare(*rng.choice([10, 7, 3], (2, 40), p=[0.6, 0.3, 0.1])).verdict != "cannot_tell" for _ in range(1_000)
    )
    assert accused / 1_000 <= 0.06


def test_a_fall_is_called_a_fall_and_the_unseen_is_said() -> None:
    got = compare([10] * 60 + [3] * 40, [10] * 40 + [3] * 60)
    assert got.verdict == "down" and got.difference.value == pytest.approx(-40)
    assert compare([10] * 6 + [3] * 4, [10] * 5 + [3] * 5).verdict == "cannot_tell"
    assert compare([10] * 6 + [3] * 4, [10] * 5 + [3] * 5).detectable > 60


@pytest.mark.parametrize(("margin", "p", "d"), [(0, 0.5, 0.2), (5, 0.9, 0.2), (5, 1.0, 0.0), (5, -0.1, 0.2)])
def test_impossible_plans_are_refused(margin: float, p: float, d: float) -> None:
    with pytest.raises(InputError):
        answers_needed(margin, p, d)


def test_half_of_all_detractors_recover_though_nobody_did_anything() -> None:
    """Pitfall 8: 42–53 % and −49…−29, promoters +52…+35, at reliabilities .6 and .4 (35 % promote, 30 % detract)."""
    steady, shaky = expected_without_action(0.35, 0.3, 0.6), expected_without_action(0.35, 0.3, 0.4)
    assert steady.detractors_recovered == pytest.approx(0.42, abs=0.01)
    assert shaky.detractors_recovered == pytest.approx(0.53, abs=0.01)
    assert steady.nps_of_detractors == pytest.approx(-49, abs=2)
    assert shaky.nps_of_detractors == pytest.approx(-29, abs=2)
    assert steady.nps_of_promoters == pytest.approx(52, abs=2)
    assert shaky.nps_of_promoters == pytest.approx(35, abs=2)


def test_answers_without_memory_return_to_the_banks_score() -> None:
    got = expected_without_action(0.5, 0.2, 0.0)
    assert got.nps_of_detractors == pytest.approx(30, abs=0.1)
    assert got.nps_of_promoters == pytest.approx(30, abs=0.1)


def _waves(rng: np.random.Generator, n: int, correlation: float, lift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Two answers 0–10 of n customers; ``lift`` raises the opinion of the first wave's detractors by so much."""
    lasting = rng.standard_normal(n) * np.sqrt(correlation)
    mood = rng.standard_normal((2, n)) * np.sqrt(1 - correlation)
    edges = np.array([-2.2, -1.8, -1.5, -1.2, -1.0, -0.8, -0.52, -0.1, 0.385, 0.9])
    first = np.searchsorted(edges, lasting + mood[0])
    second = np.searchsorted(edges, lasting + mood[1] + lift * (first <= 6))
    return first, second


def test_the_reliability_is_found_from_repeated_answers() -> None:
    first, second = _waves(np.random.default_rng(7), 4_000, 0.6)
    got = reliability(first, second)
    assert got.value == pytest.approx(0.6, abs=0.05)


def test_a_recovery_programme_that_does_nothing_is_seen_to_do_nothing() -> None:
    rng = np.random.default_rng(8)
    praised = 0
    for _ in range(60):
        first, second = _waves(rng, 600, 0.5)
        known = reliability(*_waves(rng, 800, 0.5))
        shares = (float((first >= 9).mean()), float((first <= 6).mean()))
        gain = recovery_beyond_chance(first, second, *shares, known)
        assert (second[first <= 6] > 6).mean() > 0.35  # what a report without this guard would praise
        praised += gain.excludes(0)
    assert praised <= 6


def test_a_recovery_programme_that_works_is_seen_to_work() -> None:
    rng = np.random.default_rng(9)
    first, second = _waves(rng, 2_000, 0.5, lift=0.8)
    gain = recovery_beyond_chance(first, second, 0.35, 0.3, reliability(*_waves(rng, 800, 0.5)))
    assert gain.low is not None and gain.low > 0.1


def test_too_few_or_equal_answers_have_no_reliability() -> None:
    with pytest.raises(TooLittleData, match="29 pairs"):
        reliability([5] * 29, [6] * 29)
    with pytest.raises(TooLittleData, match="same answer"):
        reliability([5] * 40, [5] * 40)
    with pytest.raises(TooLittleData):
        recovery_beyond_chance([9], [9], 0.5, 0.2, Estimate(0.5, 0.4, 0.6, 99))
    with pytest.raises(InputError, match="reliability"):
        expected_without_action(0.5, 0.2, 1.2)
    with pytest.raises(InputError, match="above 0"):
        expected_without_action(0.5, 0.0, 0.5)
