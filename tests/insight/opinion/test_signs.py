"""Whoever begs is found, and honest branches, however they differ, are left in peace."""

from __future__ import annotations

import numpy as np
import pytest

from tenure.insight.inputs import TooLittleData
from tenure.insight.opinion import beyond_others, found, quick_share, silent_gap

RUNS = 2_000
SIGNS = ("jump", "at_once", "bursts", "silent_gap")


def night(rng: np.random.Generator, branches: int, spread: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Four signs of honest branches whose true figures differ with a deviation of ``spread``."""
    told = {}
    for name in SIGNS:
        errors = 60 / np.sqrt(rng.integers(20, 150, branches))
        told[name] = (rng.normal(0, errors) + rng.normal(0, spread, branches), errors)
    return told


@pytest.mark.parametrize(("branches", "spread"), [(8, 0.0), (14, 8.0), (40, 8.0)])
def test_at_most_one_night_in_twenty_accuses_an_honest_branch(branches: int, spread: float) -> None:
    rng = np.random.default_rng(1)
    nights, accused = 0, 0
    for _ in range(RUNS // 2 if branches > 20 else RUNS):
        out = np.any([which for _, which in found(night(rng, branches, spread)).values()], axis=0)
        nights, accused = nights + bool(out.any()), accused + int(out.sum())
    runs = RUNS // 2 if branches > 20 else RUNS
    assert nights / runs <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)
    assert accused / (runs * branches) <= 0.01, "honest branches accused, of all"


def test_a_branch_that_begs_is_found_and_the_rest_left_in_peace() -> None:
    rng = np.random.default_rng(2)
    hit, others = 0, 0
    for _ in range(300):
        told = night(rng, 14, 8.0)
        told["jump"][0][3] += 75
        out = found(told)["jump"][1]
        hit, others = hit + int(out[3]), others + int(out.sum() - out[3])
    assert hit > 270 and others < 15


def test_one_that_begs_does_not_hide_another_where_there_are_many() -> None:
    rng = np.random.default_rng(3)
    both = 0
    for _ in range(100):
        told = night(rng, 40, 8.0)
        told["jump"][0][[3, 9]] += 75
        both += int(found(told)["jump"][1][[3, 9]].all())
    assert both > 85


def test_who_begs_is_found_by_answers_at_once_and_honest_shares_differ_in_peace() -> None:
    rng = np.random.default_rng(4)
    hits, accused = 0, 0
    for _ in range(RUNS):
        told = rng.integers(25, 200, 14)
        honest = rng.binomial(told, rng.beta(2, 60, 14))
        values, errors = quick_share(honest, told)
        accused += int(found({"at_once": (values, errors)})["at_once"][1].sum())
        honest[5] = rng.binomial(told[5], 0.5)
        hits += int(found({"at_once": quick_share(honest, told)})["at_once"][1][5])
    assert hits > 0.95 * RUNS
    # shares as skewed as these accuse somebody in 8 nights of 100; a branch in fewer than one
    assert accused <= 0.01 * RUNS * 14, "honest branches accused, of all"


def test_traffic_of_its_own_makes_no_branch_suspicious() -> None:
    """Twice the answers a day are twice as often close together: what traffic brings about is taken off."""
    told = np.array([400.0, 200, 200, 200, 200, 200, 200, 200])
    expected = np.array([0.2, *[0.1] * 7])
    plain, _ = quick_share(told * expected, told)
    fair, _ = quick_share(told * expected, told, expected)
    assert plain[0] > plain[1] + 0.2 and fair[0] == pytest.approx(fair[1], abs=0.01)


def test_a_branch_that_asks_only_whom_it_expects_to_be_pleased_shows_a_gap_to_the_silent() -> None:
    rng = np.random.default_rng(5)
    branches, size = 12, 400
    group = np.repeat(np.arange(branches), size)
    complained = rng.random(len(group)) < 0.2
    design = np.column_stack([complained, rng.standard_normal(len(group))]).astype(float)
    score = np.clip(np.round(8 - 4 * complained + rng.normal(0, 1.5, len(group))), 0, 10)
    heard = rng.random(len(group)) < 0.3
    heard[(group == 7) & complained] = False  # whoever complained is never asked
    values, errors = silent_gap(design, heard, np.where(heard, score, np.nan), group, branches)
    out = found({"silent_gap": (values, errors)})["silent_gap"][1]
    assert np.flatnonzero(out).tolist() == [7]


def test_where_few_branches_can_be_looked_at_nobody_is_accused() -> None:
    few = (np.array([0.0, 90, 0, np.nan, 0]), np.array([5.0, 5, 5, np.nan, 5]))
    with pytest.raises(TooLittleData):
        beyond_others(*few)
    assert found({"jump": few}) == {}
