from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.special import expit, logit

from tenure.errors import InputError
from tenure.insight.attrition.boosting import Settings
from tenure.insight.attrition.labelled import LabelledModel
from tenure.insight.inputs import TooLittleData

QUICK = replace(Settings(), rounds=60, models=1, learning_rate=0.08)


def customers(n: int = 1500, seed: int = 1) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    balance, product = random.normal(size=n), random.choice(["card", "loan", "fund"], n)
    joined = np.datetime64("2020-01-01") + random.integers(0, 1500, n).astype("timedelta64[D]")
    left = random.random(n) < expit(-1.5 - 1.2 * balance + 1.2 * (product == "loan"))
    known = np.where(random.random(n) < 0.1, np.nan, balance)
    return {
        "customer": [f"c{k}" for k in range(n)],
        "balance": pa.array(known, from_pandas=True),
        "product": product.tolist(),
        "joined": pa.array(joined),
        "noise": random.normal(size=n).tolist(),
        "left": np.where(left, "yes", "no").tolist(),
    }


def model(**asked: Any) -> LabelledModel:
    return LabelledModel("left", **{"positive": "yes", "id": ["customer"], "settings": QUICK, **asked})


@pytest.fixture(scope="module")
def rows() -> pa.Table:
    return pa.table(customers())


def test_numbers_texts_days_and_gaps_are_learnt_from_and_calibrated(rows: pa.Table) -> None:
    found = model().evaluate(rows, folds=3)
    assert found.headline.auc.low is not None and found.headline.auc.low > 0.68
    assert found.headline.ece < 0.05 and abs(found.headline.in_the_large) < 0.01
    assert found.headline.calibration_slope == pytest.approx(1, abs=0.15)


def test_pandas_polars_and_arrow_give_the_same_numbers(rows: pa.Table) -> None:
    stated = model().fit(rows).predict_proba(rows)
    for other in (rows.to_pandas(), pl.from_arrow(rows)):
        assert np.array_equal(model().fit(other).predict_proba(other), stated)
    assert isinstance(rows.to_pandas(), pd.DataFrame)


def test_contributions_sum_to_the_log_odds_and_a_saved_model_says_the_same(rows: pa.Table) -> None:
    fitted = model().fit(rows)
    parts, base = fitted.contributions(rows)
    stated = fitted.predict_proba(rows)
    assert np.allclose(parts.sum(axis=1) + base, logit(stated), atol=1e-9)
    again = LabelledModel.load(fitted.save())
    assert np.array_equal(again.predict_proba(rows), stated)
    assert again.reasons(rows, 2).equals(fitted.reasons(rows, 2)) and again.card() == fitted.card()
    reasons = fitted.reasons(rows)
    first = reasons.filter(pa.array(reasons["rank"].to_numpy() == 1))["feature"].to_pylist()
    assert first.count("noise") < len(first) / 10


def test_a_category_never_seen_and_missing_values_are_scored(rows: pa.Table) -> None:
    fitted = model().fit(rows)
    odd = pa.table({"balance": [None, 1.0], "product": ["gold", None], "joined": [None, None], "noise": [0.0, None]})
    odd = odd.set_column(2, "joined", pa.array([None, None], rows["joined"].type))
    assert ((fitted.predict_proba(odd) > 0) & (fitted.predict_proba(odd) < 1)).all()


def test_a_column_made_from_the_outcome_blocks_training_and_is_named(rows: pa.Table) -> None:
    """Pitfall 3: like the duration of a call that is known only when it has ended."""
    left = np.array(rows["left"].to_pylist()) == "yes"
    after = np.where(left, 5.0, 1.0) + np.random.default_rng(2).normal(size=len(left))
    with pytest.raises(InputError, match=r"closing_talk \(AUC 0.99") as caught:
        model().fit(rows.append_column("closing_talk", pa.array(after)))
    assert "--drop closing_talk" in caught.value.remedy
    reason = pa.array(np.where(left, "moved", "none"))
    with pytest.raises(InputError, match="why_closed"):
        model().evaluate(rows.append_column("why_closed", reason))
    closed = pa.array(np.where(left, 1.0, np.nan), from_pandas=True)
    with pytest.raises(InputError, match="closed_flag"):
        model().evaluate(rows.append_column("closed_flag", closed))
    assert model(drop=["why_closed"]).fit(rows.append_column("why_closed", reason)).features


def test_days_after_the_day_of_knowledge_are_refused(rows: pa.Table) -> None:
    with pytest.raises(InputError, match="joined holds"):
        model().fit(rows, as_of=dt.date(2021, 1, 1))
    assert model().fit(rows, as_of=dt.date(2026, 1, 1)).features


def test_days_that_pandas_reads_as_texts_are_days(rows: pa.Table) -> None:
    asked = ["2020-02-29", "2025-12-31", None]
    told = rows.append_column("asked", pa.array([asked[k % 3] for k in range(rows.num_rows)]))
    with pytest.raises(InputError, match="asked holds 2025-12-31, after 2025-01-01"):
        model().fit(told, as_of="2025-01-01")
    assert "asked" in model().fit(told, as_of=dt.datetime(2026, 1, 1, 12)).features
    with pytest.raises(InputError, match="as_of is no day"):
        model().fit(told, as_of="yesterday")


def test_a_column_that_holds_nothing_is_left_out(rows: pa.Table) -> None:
    empty = rows.append_column("nothing", pa.nulls(rows.num_rows))
    assert model().evaluate(empty, folds=2).dropped["nothing"] == "constant"


def test_names_of_rows_and_constants_are_left_out_and_said(rows: pa.Table) -> None:
    wider = rows.append_column("row", pa.array(np.arange(rows.num_rows))).append_column("same", pa.array([1] * 1500))
    found = model(id=[]).evaluate(wider, folds=2)
    assert found.dropped == {"customer": "names_rows", "row": "names_rows", "same": "constant"}
    assert set(found.warnings) == {"names_rows:customer", "names_rows:row"}


def test_the_level_is_kept_because_nothing_is_resampled(rows: pa.Table) -> None:
    """Pitfall 2: a balanced sample would state 50 %."""
    rare = np.array(rows["left"].to_pylist()) != "yes"
    keep = rare | (np.arange(rows.num_rows) % 4 == 0)
    few = rows.filter(pa.array(keep))
    stated = model().fit(few).predict_proba(few)
    assert stated.mean() == pytest.approx(1 - rare[keep].mean(), rel=0.1)
    assert not [name for name in LabelledModel.__init__.__annotations__ if "sampl" in name or "balanc" in name]


def _panel() -> pa.Table:
    """Each customer five times, with a number that is the customer's own and says nothing of others."""
    mark = np.random.default_rng(8).normal(size=300)
    outcome = np.random.default_rng(9).random(300) < 0.3
    who = np.repeat(np.arange(300), 5)
    return pa.table(
        {
            "customer": [f"c{k}" for k in who],
            "mark": mark[who],
            "month": np.tile(np.arange(5), 300),
            "noise": np.random.default_rng(7).normal(size=1500),
            "left": np.where(outcome[who], "yes", "no").tolist(),
        }
    )


def test_a_customer_is_never_in_two_folds() -> None:
    """Pitfall 1: told apart by their own number, customers would foretell themselves."""
    panel = _panel()
    fine = replace(Settings(), models=1, learning_rate=0.1, fewest_in_leaf=2, smoothing=0.0)
    honest = model(settings=fine).evaluate(panel, folds=3).headline.auc.value
    shuffled = model(id=[], drop=["customer"], settings=fine).evaluate(panel, folds=3).headline.auc.value
    assert honest is not None and shuffled is not None
    assert honest < 0.58 and shuffled > 0.65


def test_a_panel_with_a_time_is_split_in_time_only() -> None:
    found = model(order="month").evaluate(_panel())
    assert found.out_of_fold is None and found.in_time is not None and found.headline is found.in_time


def test_the_figure_ordered_in_time_shows_a_world_that_turns() -> None:
    random = np.random.default_rng(11)
    n = 3000
    sign, when = random.normal(size=n), np.arange(n)
    turned = np.where(when < 2100, 1.5, -0.2)
    left = random.random(n) < expit(turned * sign - 1)
    turning = pa.table({"sign": sign, "when": when, "left": np.where(left, "yes", "no").tolist()})
    found = model(id=[], order="when").evaluate(turning, folds=3)
    assert found.out_of_fold is not None and found.in_time is not None
    assert (found.out_of_fold.auc.value or 0) > 0.62 > 0.55 > (found.in_time.auc.value or 1)


@pytest.mark.parametrize(
    ("rows_", "error"),
    [
        ({"x": [1.0, 2.0] * 50, "left": ["yes"] * 100}, TooLittleData),
        ({"x": [1.0, 2.0] * 50, "left": ["yes"] * 5 + ["no"] * 95}, TooLittleData),
        ({"x": [1.0] * 100, "left": ["yes", "no"] * 50}, TooLittleData),
        ({"x": [], "left": []}, TooLittleData),
        ({"x": [1.0, 2.0] * 50, "left": ["yes", None] * 50}, InputError),
        ({"x": [1.0, 2.0] * 50, "went": ["yes", "no"] * 50}, InputError),
    ],
    ids=["one class", "five leavers", "constant", "empty", "missing outcome", "no such column"],
)
def test_no_model_is_made_of_nothing(rows_: dict[str, Any], error: type[InputError]) -> None:
    with pytest.raises(error):
        LabelledModel("left", positive="yes").evaluate(rows_)


def test_noise_is_called_noise() -> None:
    random = np.random.default_rng(12)
    noise = {"x": random.normal(size=600).tolist(), "left": (random.random(600) < 0.3).astype(int).tolist()}
    found = LabelledModel("left", settings=QUICK).evaluate(noise, folds=3).headline.auc
    assert found.low is not None and found.high is not None and found.low < 0.52 and found.high < 0.62
