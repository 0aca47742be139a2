"""Before and after with control: its intervals hold what they promise, and nothing comes out as nothing."""

from __future__ import annotations

import numpy as np
import pytest

from tenure.errors import InputError
from tenure.insight.effects.alike import difference_alike
from tenure.insight.effects.before_after import BeforeAfter, before_after

RUNS = 1200


def _bank(
    dice: np.random.Generator, effect: float = 0.0, *, treated: int = 4, control: int = 10, drift: float = 0.0,
    between: float = 4.0, months: int = 12,
) -> BeforeAfter:  # fmt: skip
    """Branches of unlike size and level, a shock to all of them each month, and branches that wander by themselves."""
    k = treated + control
    arm = np.arange(k) < treated
    count = dice.poisson(dice.uniform(6, 40, k)[:, None], (k, months)).astype(np.float64)
    wander = np.where(np.arange(months) >= months // 2, dice.normal(0, between, k)[:, None], 0.0)
    level = dice.normal(20, 15, k)[:, None] + dice.normal(0, 5, months)[None, :] + wander
    level = level + arm[:, None] * (drift * np.arange(months) + effect * (np.arange(months) >= months // 2))
    total = count * level + np.sqrt(count) * dice.normal(0, 70, count.shape)
    safe = np.maximum(count, 1)
    squares = total**2 / safe + 70.0**2 * dice.chisquare(np.maximum(count - 1, 1e-9)) * (count > 1)
    return before_after(count, total, squares, arm, months // 2)


@pytest.mark.parametrize(("treated", "control", "between"), [(4, 10, 4.0), (1, 9, 4.0), (8, 8, 0.0), (3, 20, 12.0)])
def test_the_interval_holds_the_truth_nineteen_times_of_twenty(treated: int, control: int, between: float) -> None:
    dice = np.random.default_rng(treated)
    found = [_bank(dice, 7.0, treated=treated, control=control, between=between) for _ in range(RUNS)]
    held = np.mean([f.effect.low <= 7.0 <= f.effect.high for f in found])  # type: ignore[operator]
    assert 0.93 <= held <= 0.972
    assert abs(np.mean([f.effect.value for f in found]) - 7.0) < 1.0  # type: ignore[misc]


def test_where_nothing_was_done_nothing_is_found() -> None:
    dice = np.random.default_rng(5)
    verdicts = [_bank(dice).verdict for _ in range(RUNS)]
    assert np.mean([v in ("helped", "hurt") for v in verdicts]) < 0.07
    assert np.mean([v == "not_parallel" for v in verdicts]) < 0.07


def test_branches_that_drifted_apart_before_prove_nothing() -> None:
    dice = np.random.default_rng(6)
    verdicts = [_bank(dice, drift=8.0, between=1.0, treated=8, control=12).verdict for _ in range(200)]
    assert np.mean([v == "not_parallel" for v in verdicts]) > 0.9


def test_a_clear_effect_is_found_and_what_could_be_found_is_said() -> None:
    dice = np.random.default_rng(7)
    found = [_bank(dice, 30.0) for _ in range(200)]
    assert np.mean([f.verdict == "helped" for f in found]) > 0.8
    assert all(f.detectable is not None and f.detectable > 0 for f in found)
    at_limit = float(np.median([f.detectable for f in found]))  # type: ignore[arg-type]
    power = np.mean([_bank(dice, at_limit).effect.excludes() for _ in range(400)])
    assert 0.65 < power < 0.92


def test_few_branches_or_few_answers_cannot_tell() -> None:
    dice = np.random.default_rng(8)
    assert _bank(dice, 50.0, treated=2, control=2).verdict == "too_little_data"
    few = np.ones((12, 4))
    assert before_after(few, few, few, np.arange(12) < 4, 2).verdict == "too_little_data"
    with pytest.raises(InputError):
        before_after(few, few, few, np.arange(12) < 4, 4)


def test_the_order_of_branches_means_nothing() -> None:
    dice = np.random.default_rng(9)
    count = dice.integers(20, 40, (12, 8)).astype(float)
    total = count * dice.normal(20, 5, (12, 8))
    squares = total**2 / count + 50 * count
    arm, order = np.arange(12) < 5, dice.permutation(12)
    one = before_after(count, total, squares, arm, 4)
    two = before_after(count[order], total[order], squares[order], arm[order], 4)
    assert one.effect.value == pytest.approx(two.effect.value) and one.effect.high == pytest.approx(two.effect.high)


def test_those_alike_are_compared_with_each_other_alone() -> None:
    """Adopters are of the happier tier: the bare difference is the tier's, cell by cell there is none."""
    dice = np.random.default_rng(3)
    held = []
    for _ in range(RUNS):
        tier = dice.integers(0, 3, 600)
        chose = dice.random(600) < 0.2 + 0.25 * tier
        score = 5.0 + 1.5 * tier + dice.normal(0, 2, 600)
        found, _, _ = difference_alike(score, chose, tier)
        held.append(found.low <= 0 <= found.high)  # type: ignore[operator]
    assert 0.93 <= np.mean(held) <= 0.97
    assert not difference_alike(score[:40], chose[:40], tier[:40])[0].can_tell
