"""Small branches: drawn towards the bank's figure, and ranked only as far as their answers part them."""

from __future__ import annotations

import numpy as np
import pytest

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.opinion import nps, ranks, shrink, shrink_shares


def _bank(
    rng: np.random.Generator, branches: int, answers: np.ndarray | int, concentration: float | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores, branches and true NPS; ``concentration`` None makes every branch alike."""
    sizes = np.broadcast_to(answers, branches)
    bank = np.array([0.5, 0.3, 0.2])
    shares = np.tile(bank, (branches, 1)) if concentration is None else rng.dirichlet(bank * concentration, branches)
    scores = np.concatenate([rng.choice([10, 7, 3], n, p=p) for n, p in zip(sizes, shares, strict=True)])
    return scores, np.repeat([f"b{i:03}" for i in range(branches)], sizes), shares @ [100, 0, -100]


def test_shrunk_scores_are_nearer_the_truth_than_raw_ones() -> None:
    rng = np.random.default_rng(1)
    gains = []
    for seed in range(10):
        scores, branches, truth = _bank(rng, 60, rng.integers(5, 60, 60), 25)
        got = shrink(scores, branches, seed=seed)
        raw, shrunk = np.array(got.raw, dtype=float), np.array([e.value for e in got.estimates], dtype=float)
        gains.append(((shrunk - truth) ** 2).mean() / ((raw - truth) ** 2).mean())
    assert np.mean(gains) < 0.75


def test_shrunk_intervals_hold_the_true_scores_at_their_level() -> None:
    rng = np.random.default_rng(2)
    held = []
    for seed in range(20):
        scores, branches, truth = _bank(rng, 25, rng.integers(5, 80, 25), 25)
        got = shrink(scores, branches, seed=seed)
        held += [not e.excludes(t) for e, t in zip(got.estimates, truth, strict=True)]
    assert 0.93 <= np.mean(held) <= 0.97


def test_the_concentration_of_branches_is_found() -> None:
    scores, branches, _ = _bank(np.random.default_rng(3), 400, 100, 25)
    got = shrink(scores, branches)
    assert got.concentration == pytest.approx(25, rel=0.25)
    assert got.prior_mean == pytest.approx(30, abs=4)


def test_branches_that_are_alike_are_all_shown_near_the_banks_score() -> None:
    scores, branches, _ = _bank(np.random.default_rng(4), 60, 30, None)
    got = shrink(scores, branches)
    values = np.array([e.value for e in got.estimates])
    assert np.ptp(np.array(got.raw, dtype=float)) > 50
    assert np.ptp(values) < 15


def test_borrowed_strength_narrows_the_interval_of_a_small_branch() -> None:
    scores, branches, _ = _bank(np.random.default_rng(12), 80, 12, 40)
    got = shrink(scores, branches)
    alone = [nps(scores[branches == name]) for name in got.names]
    widths = [np.mean([e.high - e.low for e in each]) for each in (got.estimates, alone)]  # type: ignore[operator]
    assert widths[0] < 0.75 * widths[1]


def test_a_large_branch_is_believed_and_a_small_one_is_not() -> None:
    rng = np.random.default_rng(5)
    scores, branches, _ = _bank(rng, 30, np.array([2] + [40] * 28 + [5_000]), 25)
    got = shrink(scores, branches)
    small, large = got.believed[0], got.believed[-1]
    assert small < 0.15 and large > 0.98
    raw, shown = got.raw[-1], got.estimates[-1].value
    assert raw == pytest.approx(shown, abs=2)
    assert got.raw[-1] == pytest.approx(nps(scores[branches == "b029"]).value)


def test_a_branch_nobody_answered_for_gets_the_banks_range() -> None:
    scores, branches, _ = _bank(np.random.default_rng(6), 30, 40, 25)
    got = shrink([*scores, None], [*branches, "silent"])
    silent = got.of("silent")
    assert got.raw[got.names.index("silent")] is None
    assert silent.n == 0 and silent.value == pytest.approx(got.prior_mean)
    widths = [e.high - e.low for e in got.estimates]  # type: ignore[operator]
    assert silent.high - silent.low == max(widths)  # type: ignore[operator]
    assert not got.of("no such branch").can_tell


def test_shares_are_shrunk_by_the_same_rule() -> None:
    rng = np.random.default_rng(7)
    truth = rng.beta(3, 27, 50)
    totals = rng.integers(5, 80, 50)
    got = shrink_shares(rng.binomial(totals, truth), totals, np.arange(50))
    raw, shrunk = np.array(got.raw, dtype=float), np.array([e.value for e in got.estimates], dtype=float)
    assert ((shrunk - truth) ** 2).sum() < ((raw - truth) ** 2).sum()
    assert np.mean([not e.excludes(t) for e, t in zip(got.estimates, truth, strict=True)]) >= 0.9
    assert all(e.low is not None and e.low >= 0 and e.high is not None and e.high <= 1 for e in got.estimates)


def test_four_branches_teach_nothing_of_how_branches_differ() -> None:
    with pytest.raises(TooLittleData, match="4 groups"):
        shrink([10, 9, 3, 4], ["a", "b", "c", "d"])
    with pytest.raises(InputError, match="more successes"):
        shrink_shares([3] * 6, [2] * 6, range(6))
    with pytest.raises(InputError, match="missing"):
        shrink([10] * 6, ["a", "b", "c", "d", "e", None])
    with pytest.raises(InputError, match="different lengths"):
        shrink([10] * 6, ["a"] * 5)


def test_everybody_a_promoter_everywhere_is_still_answered() -> None:
    got = shrink([10] * 60, [f"b{i % 6}" for i in range(60)])
    assert all(e.value is not None and 85 < e.value <= 100 for e in got.estimates)


@pytest.mark.parametrize(
    ("answers", "shares"), [(30, (0.5, 0.3, 0.2)), (15, (0.85, 0.12, 0.03)), (12, (0.3, 0.4, 0.3))]
)
def test_honest_equal_branches_are_told_apart_in_at_most_five_tables_of_a_hundred(
    answers: int, shares: tuple[float, float, float]
) -> None:
    rng = np.random.default_rng(8)
    branches = np.repeat(np.arange(12), answers)
    accused = sum(
        ranks(rng.choice([10, 7, 3], len(branches), p=shares), branches).verdict != "cannot_be_ranked"
        for _ in range(400)
    )
    assert accused / 400 <= 0.06


def test_a_naive_league_table_would_have_accused_most_of_them() -> None:
    """What the guard is for: at n = 30 the best and the worst of twelve equal branches lie some 50 points apart."""
    rng = np.random.default_rng(9)
    scores = rng.choice([10, 7, 3], (12, 30), p=[0.5, 0.3, 0.2])
    values = [nps(row).value for row in scores]
    assert max(values) - min(values) > 30  # type: ignore[type-var,operator]
    got = ranks(scores.ravel(), np.repeat(np.arange(12), 30))
    assert got.verdict == "cannot_be_ranked" and got.pairs == 66 and not got.better
    assert {(r.best, r.worst) for r in got.of} == {(1, 12)}


def test_branches_far_apart_are_ranked_and_ties_keep_their_range() -> None:
    scores = [10] * 180 + [3] * 20 + [10] * 178 + [3] * 22 + [10] * 40 + [3] * 160
    got = ranks(scores, ["a"] * 200 + ["b"] * 200 + ["c"] * 200)
    assert got.verdict == "partly_ranked"
    assert {(r.name, r.best, r.worst) for r in got.of} == {("a", 1, 2), ("b", 1, 2), ("c", 3, 3)}
    assert set(got.better) == {("a", "c"), ("b", "c")}
    assert ranks([10] * 200 + [3] * 200, ["a"] * 200 + ["b"] * 200).verdict == "ranked"


def test_true_ranks_lie_in_the_ranges_shown() -> None:
    rng = np.random.default_rng(10)
    whole = 0
    for _ in range(60):
        scores, branches, truth = _bank(rng, 10, 150, 15)
        got = ranks(scores, branches)
        true_rank = {f"b{i:03}": 1 + int((truth > truth[i]).sum()) for i in range(10)}
        whole += all(r.best <= true_rank[r.name] <= r.worst for r in got.of)  # type: ignore[operator]
    assert whole / 60 >= 0.93


def test_a_branch_of_nine_answers_is_listed_and_not_ranked() -> None:
    got = ranks([10] * 9 + [10] * 40 + [3] * 40, ["tiny"] * 9 + ["a"] * 40 + ["b"] * 40)
    assert got.of[-1].name == "tiny" and got.of[-1].best is None and got.of[-1].nps == 100
    with pytest.raises(TooLittleData, match="1 groups"):
        ranks([10] * 40 + [3] * 9, ["a"] * 40 + ["b"] * 9)
    with pytest.raises(InputError, match="family_error"):
        ranks([10], ["a"], family_error=5)
