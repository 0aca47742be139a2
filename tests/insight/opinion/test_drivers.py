from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.opinion import drivers
from tenure.insight.opinion.drivers import johnson_weights, shapley_weights


def _ratings(rng: np.random.Generator, n: int, common: float = 0.7) -> dict[str, np.ndarray]:
    """Ratings 1–5 of speed, attitude and décor that hang together: a halo over all three."""
    halo = rng.standard_normal((n, 1))
    latent = np.sqrt(common) * halo + np.sqrt(1 - common) * rng.standard_normal((n, 3))
    return dict(zip(("speed", "attitude", "decor"), np.searchsorted([-1.3, -0.6, 0.2, 1.0], latent).T + 1, strict=True))


def _outcome(rng: np.random.Generator, ratings: dict[str, np.ndarray], noise: float = 1.5) -> np.ndarray:
    score = 1.2 * ratings["speed"] + 0.6 * ratings["attitude"] + rng.standard_normal(len(ratings["speed"])) * noise
    return np.clip(np.rint(score + 1), 0, 10)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 5))
def test_both_divisions_sum_to_what_the_regression_explains(seed: int, p: int) -> None:
    rng = np.random.default_rng(seed)
    data = rng.standard_normal((60, p + 1)) @ rng.standard_normal((p + 1, p + 1))
    correlations = np.corrcoef(data, rowvar=False)
    explained = correlations[:-1, -1] @ np.linalg.solve(correlations[:-1, :-1], correlations[:-1, -1])
    for weights in (johnson_weights(correlations), shapley_weights(correlations)):
        assert weights.sum() == pytest.approx(explained, rel=1e-6)
        assert (weights >= -1e-9).all()


def test_uncorrelated_drivers_get_their_squared_correlation() -> None:
    correlations = np.eye(4)
    correlations[:3, 3] = correlations[3, :3] = [0.6, 0.3, 0.0]
    assert johnson_weights(correlations) == pytest.approx([0.36, 0.09, 0])
    assert shapley_weights(correlations) == pytest.approx([0.36, 0.09, 0])


def test_two_drivers_agree_in_both_divisions_to_the_third_decimal() -> None:
    """With two drivers Johnson's weights and the Shapley value are the same (Johnson 2000)."""
    correlations = np.array([[1, 0.5, 0.6], [0.5, 1, 0.4], [0.6, 0.4, 1]])
    assert johnson_weights(correlations) == pytest.approx(shapley_weights(correlations), abs=1e-9)


def test_the_strongest_driver_is_found_and_decor_is_not_above_noise_once_alone() -> None:
    rng = np.random.default_rng(1)
    ratings = _ratings(rng, 1_500, common=0.0)
    got = drivers(_outcome(rng, ratings), ratings, draws=200)
    assert [d.name for d in got.drivers[:2]] == ["speed", "attitude"]
    assert got.reading == "associations_only"
    assert {d.name: d.beyond_noise for d in got.drivers} == {"speed": True, "attitude": True, "decor": False}
    shares = [d.share.value for d in got.drivers]
    assert sum(shares) == pytest.approx(1)  # type: ignore[arg-type]


def test_a_rating_without_any_effect_takes_weight_by_correlation_alone() -> None:
    """Why the result says ``associations_only``: décor does nothing here and still carries a tenth of the weight."""
    rng = np.random.default_rng(2)
    ratings = _ratings(rng, 1_500)
    got = {d.name: d for d in drivers(_outcome(rng, ratings), ratings, draws=100).drivers}
    assert got["decor"].share.value > 0.1  # type: ignore[operator]
    assert got["decor"].beyond_noise


def test_weights_are_steadier_than_regression_coefficients_under_a_halo() -> None:
    rng = np.random.default_rng(3)
    weights, slopes = [], []
    for _ in range(60):
        ratings = _ratings(rng, 150, common=0.9)
        y = _outcome(rng, ratings)
        x = np.column_stack(list(ratings.values()))
        weights.append(johnson_weights(np.corrcoef(np.column_stack([x, y]), rowvar=False)))
        slopes.append(np.linalg.lstsq(np.column_stack([np.ones(150), x]), y, rcond=None)[0][1:])
    spread = [np.std(each, axis=0).mean() / np.abs(np.mean(each, axis=0)).mean() for each in (weights, slopes)]
    assert spread[0] < spread[1] / 2


def test_bootstrap_intervals_hold_the_weights_of_the_population() -> None:
    rng = np.random.default_rng(4)
    ratings = _ratings(rng, 200_000)
    whole = np.column_stack([*ratings.values(), _outcome(rng, ratings)])
    truth = johnson_weights(np.corrcoef(whole, rowvar=False))
    held = 0
    for seed in range(40):
        rows = rng.integers(0, len(whole), 300)
        sample = dict(zip(ratings, whole[rows, :3].T, strict=True))
        got = {d.name: d for d in drivers(whole[rows, 3], sample, draws=100, seed=seed).drivers}
        held += sum(not got[name].weight.excludes(t) for name, t in zip(ratings, truth, strict=True))
    assert held / 120 >= 0.88  # 100 draws: the percentile interval is a little short


def test_waiting_only_hurts_and_a_gift_only_pleases() -> None:
    rng = np.random.default_rng(5)
    waiting, gift = rng.integers(1, 6, 2_000), rng.integers(1, 6, 2_000)
    y = 6 - 2.0 * (waiting <= 2) + 2.0 * (gift >= 5) + rng.standard_normal(2_000)
    got = {d.name: d for d in drivers(y, pl.DataFrame({"waiting": waiting, "gift": gift}), draws=100).drivers}
    assert (got["waiting"].kind, got["gift"].kind) == ("basic", "excitement")
    assert not got["waiting"].penalty.excludes(-2)  # type: ignore[union-attr]
    assert not got["gift"].reward.excludes(2)  # type: ignore[union-attr]


def test_only_ratings_on_the_scale_have_bands() -> None:
    rng = np.random.default_rng(8)
    waiting, minutes = rng.integers(1, 6, 600), rng.uniform(0, 40, 600)
    y = 6 - 2.0 * (waiting <= 2) - 0.05 * minutes + rng.standard_normal(600)
    given = {"waiting": waiting, "minutes": minutes}
    got = {d.name: d for d in drivers(y, given, draws=40, banded=["waiting"]).drivers}
    assert (got["waiting"].kind, got["minutes"].kind) == ("basic", "unclear")
    assert got["minutes"].penalty is None and got["minutes"].reward is None
    assert got["minutes"].beyond_noise and got["waiting"].penalty is not None
    with pytest.raises(InputError, match="banded names patience"):
        drivers(y, given, draws=20, banded=["patience"])


def test_shapley_and_johnson_tell_the_same_story() -> None:
    rng = np.random.default_rng(6)
    ratings = _ratings(rng, 800)
    y = _outcome(rng, ratings)
    one = {d.name: d.share.value for d in drivers(y, ratings, draws=20).drivers}
    other = {d.name: d.share.value for d in drivers(y, ratings, method="shapley", draws=20).drivers}
    assert one == pytest.approx(other, abs=0.03)


def test_missing_answers_are_counted_and_bad_ratings_refused() -> None:
    rng = np.random.default_rng(7)
    ratings: dict[str, np.ndarray] = {k: v.astype(float) for k, v in _ratings(rng, 200).items()}
    y = _outcome(rng, ratings)
    ratings["speed"][:30] = np.nan
    assert drivers(y, ratings, draws=20).left_out == 30
    with pytest.raises(InputError, match="decor never differs"):
        drivers(y, {**ratings, "decor": np.full(200, 3)}, draws=20)
    with pytest.raises(InputError, match="sum of the others"):
        drivers(y, {**ratings, "again": ratings["decor"]}, draws=20)
    with pytest.raises(InputError, match="method"):
        drivers(y, ratings, method="ols")
    with pytest.raises(InputError, match="takes up to 10"):
        drivers(y, {f"q{i}": rng.uniform(size=200) for i in range(11)}, method="shapley")
    with pytest.raises(InputError, match="200"):
        drivers(y[:-1], ratings)
    with pytest.raises(TooLittleData, match="never differs"):
        drivers(np.full(200, 7), ratings)
    with pytest.raises(TooLittleData, match="40 complete answers"):
        drivers(y[-40:], {k: v[-40:] for k, v in ratings.items()})
