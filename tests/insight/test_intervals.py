from __future__ import annotations

import numpy as np
import pytest

from tenure.insight.intervals import gap, jointly, mean, share


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
