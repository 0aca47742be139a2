"""Proportional hazards: published figures, a likelihood written out row by row, closed forms, and simulated truth."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.errors import InputError
from tenure.insight import Cox
from tenure.insight.attrition.concordance import concordance
from tenure.insight.inputs import TooLittleData

Rows = dict[str, np.ndarray]
PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def rossi() -> Rows:
    """432 prisoners released in Maryland and watched for a year (Rossi, Berk & Lenihan 1980), from lifelines' wheel."""
    file = PROJECT / ".reference" / "lifelines" / "datasets" / "rossi.csv"
    if not file.exists():
        pytest.skip(f"{file} is not there; `make .stamp/reference` fetches it")
    with file.open(encoding="utf-8") as lines:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(lines)]
    assert len(rows) == 432
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def test_the_published_regression_of_rossi(rossi: Rows) -> None:
    """As printed by lifelines' documentation and, with five decimals, in Fox & Weisberg's appendix on Cox models."""
    names = ("fin", "age", "race", "wexp", "mar", "paro", "prio")
    model = Cox().fit(rossi["week"], rossi["arrest"], {name: rossi[name] for name in names})
    published = {
        "fin": (-0.37942, 0.19138), "age": (-0.05744, 0.02200), "race": (0.31390, 0.30799),
        "wexp": (-0.14980, 0.21222), "mar": (-0.43370, 0.38187), "paro": (-0.08487, 0.19576),
        "prio": (0.09150, 0.02865),
    }  # fmt: skip
    assert {name: round(value, 5) for name, value in model.params_.items()} == {k: v for k, (v, _) in published.items()}
    assert {k: round(v, 5) for k, v in model.standard_errors_.items()} == {k: v for k, (_, v) in published.items()}
    assert (round(model.log_likelihood_, 2), round(model.aic_, 2)) == (-658.75, 1331.50)
    assert model.concordance_ is not None and round(model.concordance_, 2) == 0.64
    assert (round(model.likelihood_ratio_.statistic, 2), model.likelihood_ratio_.degrees) == (33.27, 7)
    ratio = model.hazard_ratios_["prio"]
    assert [round(each or 0, 2) for each in (ratio.value, ratio.low, ratio.high)] == [1.10, 1.04, 1.16]
    assert (model.customers_, model.events_) == (432, 114)


def test_the_published_regression_of_rossi_by_strata(rossi: Rows) -> None:
    """As lifelines' page on checking proportional hazards prints it, with work experience as strata."""
    names = ("fin", "age", "race", "mar", "paro", "prio")
    columns = {name: rossi[name] for name in names}
    model = Cox().fit(rossi["week"], rossi["arrest"], columns, strata=rossi["wexp"])
    assert [round(value, 2) for value in model.params_.values()] == [-0.38, -0.06, 0.31, -0.45, -0.08, 0.09]
    assert (round(model.log_likelihood_, 2), round(model.aic_, 2)) == (-580.89, 1173.77)
    assert model.concordance_ is not None and round(model.concordance_, 2) == 0.61
    assert round(model.likelihood_ratio_.statistic, 2) == 23.77


def by_hand(beta: Any, x: Any, time: Any, event: Any, stratum: Any, weight: Any, drift: Any = None) -> float:
    """Efron's log partial likelihood as it is written in books, a death at a time; ``drift(t)`` is added to β."""
    found = 0.0
    for s in np.unique(stratum):
        for t in np.unique(time[(stratum == s) & event]):
            eta = x @ (beta if drift is None else beta + drift(t))
            at_risk, dying = (stratum == s) & (time >= t), (stratum == s) & (time == t) & event
            whole, part = (float((weight * np.exp(eta))[rows].sum()) for rows in (at_risk, dying))
            d = int(dying.sum())
            found += float(weight[dying] @ eta[dying])
            found -= float(weight[dying].mean()) * sum(math.log(whole - part * k / d) for k in range(d))
    return found


def curved(function: Any, at: np.ndarray, step: float = 1e-3) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and minus the second derivatives of a function, by differences."""
    k, unit = len(at), np.eye(len(at)) * step
    slope = np.array([function(at + u) - function(at - u) for u in unit]) / (2 * step)
    bend = np.empty((k, k))
    for i in range(k):
        for j in range(k):
            corners = (function(at + a * unit[i] + b * unit[j]) * a * b for a in (1, -1) for b in (1, -1))
            bend[i, j] = -sum(corners) / (4 * step**2)
    return slope, bend


def some(seed: int, n: int = 160) -> tuple[np.ndarray, ...]:
    """Rows with many ties, three strata and uneven weights."""
    chance = np.random.default_rng(seed)
    x = np.column_stack([chance.normal(size=n), chance.random(n) < 0.4])
    time = np.ceil(chance.exponential(8 / np.exp(x @ [0.6, -0.5])))
    event = time <= 9
    return x, np.minimum(time, 9.0), event, chance.integers(0, 3, n), chance.uniform(0.5, 3, n)


@pytest.mark.parametrize("seed", range(3))
def test_the_fit_is_the_top_of_the_likelihood_written_out_row_by_row(seed: int) -> None:
    x, time, event, stratum, weight = some(seed)
    model = Cox().fit(time, event, x, stratum, weight)
    beta = np.array([*model.params_.values()])
    assert model.log_likelihood_ == pytest.approx(by_hand(beta, x, time, event, stratum, weight), abs=1e-9)
    assert model.null_log_likelihood_ == pytest.approx(by_hand(0 * beta, x, time, event, stratum, weight), abs=1e-9)
    slope, bend = curved(lambda b: by_hand(b, x, time, event, stratum, weight), beta)
    assert np.abs(slope).max() < 1e-4
    errors = np.sqrt(np.diag(np.linalg.inv(bend)))
    assert [*model.standard_errors_.values()] == pytest.approx(errors, rel=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_the_check_over_time_is_the_score_test_of_a_ratio_that_drifts(seed: int) -> None:
    """Grambsch and Therneau's statistics from the likelihood of β + θ·g(t), its derivatives taken by differences."""
    x, time, event, stratum, weight = some(seed)
    model = Cox().fit(time, event, x, stratum, weight)
    beta, p = np.array([*model.params_.values()]), x.shape[1]
    middle = np.median(time[event])

    def drifting(course: Any) -> tuple[np.ndarray, np.ndarray]:
        def likelihood(both: np.ndarray) -> float:
            return by_hand(both[:p], x, time, event, stratum, weight, lambda t: both[p:] * course(t))

        return curved(likelihood, np.concatenate([beta, np.zeros(p)]))

    slope, bend = drifting(lambda t: t)
    assert model.proportional_ is not None and model.courses_ is not None
    assert model.proportional_.statistic == pytest.approx(slope @ np.linalg.solve(bend, slope), rel=1e-3)
    step, of_step = drifting(lambda t: float(t > middle))
    for k, course in enumerate(model.courses_.values()):
        rows = [*range(p), p + k]
        alone = np.linalg.solve(bend[np.ix_(rows, rows)], slope[rows])
        assert course.test.statistic == pytest.approx(slope[rows] @ alone, rel=1e-3, abs=1e-6)
        moved = np.linalg.solve(of_step[np.ix_(rows, rows)], step[rows])
        halves = [math.exp(beta[k] + moved[k]), math.exp(beta[k] + moved[k] + moved[-1])]
        assert [course.early, course.late] == pytest.approx(halves, rel=1e-3)


def test_of_matched_pairs_the_ratio_is_a_fraction() -> None:
    """Of pairs alike in all else, 30 in which who has it left first and 12 in which the other did: 30/12."""
    first = np.array([True] * 30 + [False] * 12)
    has = np.column_stack([first, ~first]).ravel()
    time = np.tile([1.0, 2.0], 42)
    event = np.tile([True, False], 42)
    model = Cox().fit(time, event, {"has": has}, strata=np.repeat(np.arange(42), 2))
    ratio = model.hazard_ratios_["has"]
    half = 1.959964 * math.sqrt(1 / 30 + 1 / 12)
    assert (ratio.value, ratio.low) == pytest.approx((2.5, 2.5 * math.exp(-half)))
    assert model.concordance_ == pytest.approx(30 / 42)
    assert model.courses_ is None and model.proportional_ is None


def test_only_the_order_of_times_counts_and_units_and_rows_may_change() -> None:
    x, time, event, stratum, _ = some(5)
    model = Cox().fit(time, event, x, stratum)
    turned = np.random.default_rng(1).permutation(len(time))
    other = Cox().fit(np.expm1(time)[turned], event[turned], (x * [100.0, 1.0] - 7)[turned], stratum[turned])
    assert other.log_likelihood_ == pytest.approx(model.log_likelihood_, abs=1e-9)
    assert other.params_["x1"] * 100 == pytest.approx(model.params_["x1"], rel=1e-6)
    assert other.standard_errors_["x2"] == pytest.approx(model.standard_errors_["x2"], rel=1e-6)
    assert other.concordance_ == pytest.approx(model.concordance_)


def drawn(seed: int, n: int, beta: Any, *, until: float = 24.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customers of whom about a third leave within ``until`` at a hazard of 0.015 · exp(xβ)."""
    chance = np.random.default_rng(seed)
    x = chance.normal(size=(n, len(beta)))
    time = chance.exponential(1 / (0.015 * np.exp(x @ np.asarray(beta))))
    return x, np.minimum(time, until), time <= until


def test_intervals_hold_the_truth_and_a_steady_ratio_is_called_drifting_at_the_nominal_rate() -> None:
    """400 banks of 300: 95 % and 5 %, each within three standard errors of the count."""
    truth = np.array([0.7, -0.4])
    held, called = np.zeros(2), 0
    for seed in range(400):
        x, time, event = drawn(seed, 300, truth)
        model = Cox().fit(time, event, x)
        ratios = model.hazard_ratios_.values()
        held += [(r.low or 0) <= math.exp(b) <= (r.high or 0) for r, b in zip(ratios, truth, strict=True)]
        called += model.proportional_ is not None and model.proportional_.p_value < 0.05
    assert (np.abs(held - 380) <= 3 * math.sqrt(400 * 0.05 * 0.95)).all()
    assert abs(called - 20) <= 3 * math.sqrt(400 * 0.05 * 0.95)


def test_times_told_in_months_keep_the_ratios() -> None:
    x, time, event = drawn(1, 20_000, [0.7, -0.4])
    exact = np.array([*Cox().fit(time, event, x).params_.values()])
    told = np.array([*Cox().fit(np.ceil(time), event, x).params_.values()])
    assert np.abs(told - exact).max() < 0.005


def test_a_ratio_that_fades_is_found_with_what_it_was_early_and_late() -> None:
    """Whoever has it leaves three times as fast in the first year and as the others in the second."""
    chance = np.random.default_rng(4)
    has = chance.random(8_000) < 0.5
    early = chance.exponential(1 / np.where(has, 0.03, 0.01))
    time = np.where(early <= 12, early, 12 + chance.exponential(1 / 0.01, 8_000))
    model = Cox().fit(np.minimum(time, 24.0), time <= 24, {"has": has, "other": chance.normal(size=8_000)})
    assert model.courses_ is not None
    fading, steady = model.courses_["has"], model.courses_["other"]
    assert fading.test.p_value < 1e-6 and steady.test.p_value > 0.05
    ratio = model.hazard_ratios_["has"].value
    assert ratio is not None and fading.early > ratio > fading.late
    assert fading.early == pytest.approx(3, rel=0.2) and fading.late == pytest.approx(1.4, rel=0.2)


@given(st.integers(0, 10_000), st.integers(2, 40))
def test_concordance_is_the_share_of_pairs_counted_one_by_one(seed: int, n: int) -> None:
    chance = np.random.default_rng(seed)
    score, time = chance.integers(0, 5, n).astype(float), chance.integers(0, 6, n).astype(float)
    event, stratum, weight = chance.random(n) < 0.6, chance.integers(0, 2, n), chance.integers(1, 4, n).astype(float)
    pairs = found = 0.0
    for i in range(n):
        for j in range(n):
            first = event[i] and (time[i] < time[j] or (time[i] == time[j] and not event[j]))
            if i != j and stratum[i] == stratum[j] and first:
                pairs += weight[i] * weight[j]
                found += weight[i] * weight[j] * ((score[i] > score[j]) + (score[i] == score[j]) / 2)
    share = concordance(score, time, event, stratum, weight)
    assert share == (pytest.approx(found / pairs) if pairs else None)


def test_too_few_who_left_are_not_spread_over_many_columns() -> None:
    x, time, event = drawn(2, 200, [0.1] * 4)
    few = event & (np.cumsum(event) <= 39)
    with pytest.raises(TooLittleData, match="39 of 200 customers left; 4 columns take at least 40"):
        Cox().fit(time, few, x)
    with pytest.raises(TooLittleData, match="0 of 200"):
        Cox().fit(time, event & False, x[:, 0])
    with pytest.raises(TooLittleData, match="no customer"):
        Cox().fit([], [], np.empty((0, 1)))


def test_what_cannot_be_told_is_refused_by_name() -> None:
    x, time, event = drawn(3, 300, [0.5])
    tenure = x[:, 0]
    refusals: list[tuple[str, dict[str, Any]]] = [
        ("flat is 4 of everybody", {"X": {"tenure": tenure, "flat": np.full(300, 4.0)}}),
        ("again follows from tenure, age", {"X": {"tenure": tenure, "age": time, "again": 2 * tenure - time}}),
        ("branch follows from the strata", {"X": {"branch": np.arange(300) % 3}, "strata": np.arange(300) % 3}),
        ("leaver tells without exception", {"X": {"tenure": tenure, "leaver": event}}),
        ("tenure, row 8", {"X": {"tenure": np.where(np.arange(300) == 7, np.nan, tenure)}}),
        ("duration, row 1: -1; expected at least 0", {"duration": np.where(np.arange(300) == 0, -1, time)}),
        ("event, row 2", {"event": np.where(np.arange(300) == 1, 2, event)}),
        ("different lengths", {"X": {"duration": tenure[:-1]}}),
        ("weights, row 1", {"weights": np.zeros(300)}),
        ("strata has 1 missing", {"strata": [None, *"a" * 299]}),
        ("2 names of 1 columns", {"names": ["a", "b"]}),
    ]
    for match, changed in refusals:
        with pytest.raises(InputError, match=match):
            Cox().fit(**{"duration": time, "event": event, "X": x, **changed})
