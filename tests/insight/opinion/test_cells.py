"""Many groups at once say what one group says, and their intervals hold the truth as often as they claim."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tenure.errors import InputError
from tenure.insight.intervals import Estimate
from tenure.insight.opinion import CSAT, EFFORT, MEASURES, NPS, Measure, cells, csat, effort, nps

ONE = {"nps": nps, "csat": csat, "effort": effort}
RUNS = 2_000
#: Shares of all values of a scale: a bank that is liked, one that is not, and one that nearly everybody likes.
LIKED = {
    "nps": (
        [0.01] * 5 + [0.03, 0.05, 0.12, 0.2, 0.25, 0.25],
        [0.06] * 7 + [0.2, 0.14, 0.12, 0.12],
        [0.005] * 7 + [0.03, 0.06, 0.2, 0.675],
    ),
    "csat": ([0.05, 0.1, 0.2, 0.4, 0.25], [0.2, 0.3, 0.2, 0.2, 0.1], [0.01, 0.02, 0.03, 0.24, 0.7]),
    "effort": (
        [0.3, 0.25, 0.2, 0.1, 0.07, 0.05, 0.03],
        [0.05, 0.1, 0.15, 0.2, 0.2, 0.2, 0.1],
        [0.7, 0.2, 0.05, 0.02, 0.01, 0.01, 0.01],
    ),
}


def true_value(measure: Measure, shares: Any) -> float:
    scale = np.arange(measure.low, measure.high + 1)
    kind = np.searchsorted(measure.bounds, scale, side="right")
    return float(np.asarray(shares) @ measure.counts[kind])


@pytest.mark.parametrize("measure", MEASURES, ids=lambda each: each.name)
@pytest.mark.parametrize("weighted", [False, True])
def test_a_group_among_many_has_the_figure_it_has_alone(measure: Measure, weighted: bool) -> None:
    rng = np.random.default_rng(1)
    values = rng.integers(measure.low, measure.high + 1, 500).astype(float)
    values[rng.random(500) < 0.1] = np.nan
    groups, weights = rng.integers(-1, 6, 500), rng.uniform(0.1, 4, 500) if weighted else None
    found = cells(measure, values, groups, 7, weights)
    for group in range(6):
        mine = groups == group
        alone = ONE[measure.name](values[mine], None if weights is None else weights[mine])
        here = found.of(group)
        assert (here.value, here.low, here.high) == pytest.approx((alone.value, alone.low, alone.high))
        assert here.n == alone.n and found.effective[group] == pytest.approx(alone.effective_n)
    assert found.of(6) == Estimate(None, None, None, 0), "nobody answered there"


@pytest.mark.parametrize("measure", MEASURES, ids=lambda each: each.name)
@pytest.mark.parametrize("size", [15, 40, 200])
def test_intervals_hold_the_truth_at_their_rate(measure: Measure, size: int) -> None:
    rng = np.random.default_rng(2)
    scale = np.arange(measure.low, measure.high + 1.0)
    for shares in LIKED[measure.name]:
        kept = np.array(shares) / sum(shares)
        values = rng.choice(scale, (RUNS, size), p=kept)
        found = cells(measure, values.ravel(), np.repeat(np.arange(RUNS), size), RUNS)
        truth = true_value(measure, kept)
        held = ((found.low <= truth) & (truth <= found.high)).mean()
        # of fifteen answers a share has few values, and Wilson's interval swings about its level
        assert (0.93 if size > 20 else 0.91) <= held <= 0.99, (shares, held)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda each: each.name)
def test_weighted_intervals_hold_the_truth_of_everybody_and_raw_ones_do_not(measure: Measure) -> None:
    """The pleased half answers three times as often; weights by what is known of both halves bring the rest back."""
    rng = np.random.default_rng(3)
    scale = np.arange(measure.low, measure.high + 1.0)
    asked = 400
    pleased, others = (np.array(each) / sum(each) for each in LIKED[measure.name][2:0:-1])
    old = rng.random((RUNS, asked)) < 0.5
    values = np.where(old, rng.choice(scale, (RUNS, asked), p=pleased), rng.choice(scale, (RUNS, asked), p=others))
    answered = rng.random((RUNS, asked)) < np.where(old, 0.45, 0.15)
    run = np.broadcast_to(np.arange(RUNS)[:, None], values.shape)
    rate_old = (answered & old).sum(axis=1) / old.sum(axis=1)
    rate_rest = (answered & ~old).sum(axis=1) / (~old).sum(axis=1)
    weights = np.where(old, 1 / rate_old[:, None], 1 / rate_rest[:, None])
    truth = (true_value(measure, pleased) + true_value(measure, others)) / 2
    held = {}
    for name, weighing in (("raw", None), ("weighted", weights[answered])):
        found = cells(measure, values[answered], run[answered], RUNS, weighing)
        held[name] = ((found.low <= truth) & (truth <= found.high)).mean()
    assert held["raw"] < 0.5
    assert 0.93 <= held["weighted"] <= 0.995


@pytest.mark.parametrize("measure", MEASURES, ids=lambda each: each.name)
def test_shrunk_intervals_of_two_thousand_branches_hold_the_truth_at_their_rate(measure: Measure) -> None:
    rng = np.random.default_rng(4)
    bank = np.array(LIKED[measure.name][0]) / sum(LIKED[measure.name][0])
    kind = np.searchsorted(measure.bounds, np.arange(measure.low, measure.high + 1), side="right")
    classes = np.bincount(kind, bank)
    shares = rng.dirichlet(classes * 25, RUNS)
    sizes = rng.integers(5, 80, RUNS)
    counts = rng.multinomial(sizes, shares)
    first = np.array([np.arange(measure.low, measure.high + 1)[kind == k][0] for k in range(len(classes))])
    values = np.repeat(np.tile(first, RUNS), counts.ravel()).astype(float)
    found = cells(measure, values, np.repeat(np.arange(RUNS), sizes), RUNS)
    shrunk = found.shrunk([f"b{k}" for k in range(RUNS)])
    truth = shares @ measure.counts
    held = np.mean([not each.excludes(t) for each, t in zip(shrunk.estimates, truth, strict=True)])
    assert 0.935 <= held <= 0.965
    drawn = np.array([each.value for each in shrunk.estimates], dtype=float)
    assert ((drawn - truth) ** 2).mean() < 0.8 * ((found.value - truth) ** 2).mean()


def test_what_is_off_the_scale_or_of_no_group_is_refused() -> None:
    for measure, wrong in ((NPS, 11), (CSAT, 0), (EFFORT, 8)):
        with pytest.raises(InputError):
            cells(measure, [wrong], [0], 1)
    with pytest.raises(InputError):
        cells(NPS, [5], [3], 2)
    with pytest.raises(InputError):
        cells(NPS, [5], [0], 1, [-1])
