from __future__ import annotations

import numpy as np
import pytest

from tenure.errors import InputError
from tenure.insight.intervals import gap, jointly, mean, mean_by_cluster, share, share_by_cluster


def test_the_gap_of_two_shares_is_that_of_the_paper() -> None:
    # Newcombe 1998, table II, method 10: 56/70 − 48/80 and 9/10 − 3/10
    found = gap(share(56, 70), share(48, 80))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    found = gap(share(9, 10), share(3, 10))
    assert (found.value, found.low, found.high) == pytest.approx((0.6, 0.1705, 0.8090), abs=5e-5)


def test_of_nothing_nothing_is_known() -> None:
    assert not share(0, 0).can_tell
    assert not gap(share(1, 2), share(0, 0)).can_tell and not gap(share(0, 0), share(1, 2)).can_tell
    assert not mean(np.array([7.0])).can_tell


def test_the_mean_has_students_interval_and_several_comparisons_ask_for_more() -> None:
    found = mean(np.array([4.0, 6.0, 8.0, 10.0]))
    # t(.975, 3) = 3.182; s = 2.582; s ÷ √4 = 1.291
    assert (found.value, found.low, found.high) == pytest.approx((7.0, 7 - 4.108, 7 + 4.108), abs=1e-3)
    assert jointly(10) == pytest.approx(0.995) and jointly(0) == jointly(1) == pytest.approx(0.95)


def test_clusters_of_one_are_rows_and_twins_count_once() -> None:
    rows = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0])
    found, plain = mean_by_cluster(rows, np.ones(8)), mean(rows)
    assert (found.value, found.low, found.high) == pytest.approx((plain.value, plain.low, plain.high))
    alone, twins = (share_by_cluster(copies * rows, np.full(8, copies)) for copies in (1, 2))
    assert (twins.value, twins.low, twins.high) == pytest.approx((alone.value, alone.low, alone.high))
    assert (alone.n, twins.n) == (8, 16)
    assert alone.low < share(3, 8).low and alone.high > share(3, 8).high  # type: ignore[operator]


def test_the_clustered_share_is_that_of_the_formula() -> None:
    # p = 12 ÷ 20; residuals 2, −1, −1: v = 6 · (3 ÷ 2) ÷ 20² = .0225; p(1 − p) ÷ v = 10.67; t(.975, 2) = 4.3027
    found = share_by_cluster([8, 2, 2], [10, 5, 5])
    n = 0.24 / 0.0225 * (1.959964 / 4.302653) ** 2
    centre, half = (0.6 + 3.841459 / 2 / n), 1.959964 * np.sqrt(0.24 / n + 3.841459 / 4 / n**2)
    scale = 1 + 3.841459 / n
    assert (found.value, found.low, found.high) == pytest.approx(
        (0.6, (centre - half) / scale, (centre + half) / scale), abs=1e-6
    )
    # 30 − 12·(30 ÷ 20) = 12, −6, −6 of the totals: v = 216 · (3 ÷ 2) ÷ 20²
    found = mean_by_cluster([27, 1.5, 1.5], [10, 5, 5])
    assert (found.value, found.high) == pytest.approx((1.5, 1.5 + 4.302653 * np.sqrt(216 * 1.5 / 400)), abs=1e-5)


def test_where_all_days_agree_entirely_each_counts_once() -> None:
    assert share_by_cluster([0, 0, 0], [40, 50, 60]).high == pytest.approx(share(0, 3).high)
    assert share_by_cluster([50], [50]).low == pytest.approx(share(1, 1).low)
    # the same share of every day leaves nothing to see between days: no more than the tickets themselves tell
    even = share_by_cluster([20, 20, 20, 20], [40, 40, 40, 40])
    assert even.low is not None and even.low < share(80, 160).low  # type: ignore[operator]


def test_a_cluster_without_rows_says_nothing_and_one_with_more_cases_than_rows_is_refused() -> None:
    assert share_by_cluster([3, 0, 1], [5, 0, 4]) == share_by_cluster([3, 1], [5, 4])
    assert not share_by_cluster([0], [0]).can_tell and not mean_by_cluster([7], [2]).can_tell
    for hits, counts in (([6], [5]), ([-1], [5]), ([1, 1], [5]), ([1], [0])):
        with pytest.raises(InputError):
            share_by_cluster(hits, counts)
