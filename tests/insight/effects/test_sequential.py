from __future__ import annotations

import numpy as np
import pytest

from tenure.errors import InputError
from tenure.insight.effects import Effect, always_valid, boundaries, effect, group_sequential

LOOKS = tuple(range(100, 1_001, 100))


def _looks(seed: int, size: float = 0.0, at: tuple[int, ...] = LOOKS) -> list[Effect]:
    lots = np.random.default_rng(seed)
    t = lots.random(at[-1]) < 0.5
    y = lots.normal(size=at[-1]) + size * t
    return [effect(y[:n], t[:n]) for n in at]


@pytest.mark.parametrize(
    ("spending", "published"),
    [
        ("obrien_fleming", [4.8769, 3.3569, 2.6803, 2.2898, 2.0310]),
        ("pocock", [2.4380, 2.4268, 2.4102, 2.3966, 2.3859]),
    ],
)
def test_boundaries_are_those_of_lan_and_demets(spending: str, published: list[float]) -> None:
    found = boundaries([0.2, 0.4, 0.6, 0.8, 1.0], spending=spending)  # type: ignore[arg-type]
    assert found == pytest.approx(published, abs=2e-4)


def test_one_look_is_the_plain_test() -> None:
    assert boundaries([1.0]) == pytest.approx([1.959964], abs=1e-5)


def test_peeking_with_plain_intervals_errs_and_with_ours_does_not() -> None:
    """Ten looks at trials without any effect."""
    plain, valid, planned = 0, 0, 0
    for seed in range(120):
        looks = _looks(seed)
        plain += any(each.verdict != "no_difference_found" for each in looks)
        valid += always_valid(looks, 0.1)[-1].decided
        planned += group_sequential(looks, np.arange(1, 11) / 10)[-1].decided  # type: ignore[arg-type]
    assert plain / 120 > 0.14
    assert valid / 120 <= 0.05
    assert 0.02 <= planned / 120 <= 0.085


def test_a_true_effect_is_found_and_the_decision_stays() -> None:
    for looks in (always_valid(_looks(1, 0.3), 0.3), group_sequential(_looks(1, 0.3), np.arange(1, 11) / 10)):  # type: ignore[arg-type]
        decided = [each.decided for each in looks]
        assert decided[-1] and decided == sorted(decided)
        assert {each.verdict for each in looks if each.decided} == {"helped"}
        assert looks[-1].estimate.low < 0.3 < looks[-1].estimate.high


def test_the_always_valid_interval_and_p_value_agree() -> None:
    for seed in range(20):
        [look] = always_valid(_looks(seed, 0.15, (600,)), 0.1)
        assert look.estimate.excludes(0) == (look.p_value < 0.05)
        assert look.boundary > 1.96


def test_the_p_value_never_rises() -> None:
    values = [each.p_value for each in always_valid(_looks(2), 0.1)]
    assert values == sorted(values, reverse=True)


def test_a_look_with_too_little_decides_nothing() -> None:
    first, *_ = always_valid(_looks(3, 5.0, (12, 400)), 0.1)
    assert first.verdict == "too_little_data" and not first.decided


def test_plans_that_are_none_are_refused() -> None:
    with pytest.raises(InputError, match="fractions"):
        boundaries([0.5, 0.4, 1.0])
    with pytest.raises(InputError, match="planned_effect"):
        always_valid(_looks(1), 0.0)
    with pytest.raises(InputError, match="looks were taken"):
        group_sequential(_looks(1), [0.5, 1.0])
