"""The likelihood of opening is learned from the past, judged later, and refused where little is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.needs import PropensityModel


def panel(months: int = 12, customers: int = 500, seed: int = 1) -> dict[str, Any]:
    lots = np.random.default_rng(seed)
    n = months * customers
    x, noise = lots.normal(size=n), lots.normal(size=n)
    month = np.repeat(np.arange(months), customers)
    opened = (lots.random(n) < 1 / (1 + np.exp(2.5 - 1.2 * x))).astype(float)
    x = np.where(lots.random(n) < 0.05, np.nan, x)
    names = [f"P{i % customers}" for i in range(n)]
    return {"party_id": names, "month": month, "x": x, "noise": noise, "opened_fund": opened}


def test_what_is_planted_is_found_out_of_time_and_stated_as_it_happens() -> None:
    found = PropensityModel("fund", ["x", "noise"]).fit(panel(customers=2_000))
    assert 0.72 < found.auc_ < 0.82
    assert found.calibrated_
    assert found.opened_.n == 6_000


def test_right_on_average_is_not_enough_if_differences_are_stated_too_large() -> None:
    """What told who opens has lost four fifths of its hold by the judged months; as many open as were stated."""
    plain, faded = PropensityModel("fund", ["x"]).fit(panel(customers=4_000)), panel(customers=4_000)
    lots, judged = np.random.default_rng(2), faded["month"] >= 9
    x = np.nan_to_num(faded["x"][judged])
    faded["opened_fund"][judged] = lots.random(judged.sum()) < np.clip(plain.stated_ + 0.02 * x, 0, 1)
    found = PropensityModel("fund", ["x"]).fit(faded)
    assert found.opened_.low is not None and found.opened_.high is not None
    assert found.opened_.low <= found.stated_ <= found.opened_.high, "the mean would pass"
    assert found.slope_.high is not None and found.slope_.high < 0.5
    assert not found.calibrated_
    assert plain.slope_.value == pytest.approx(1, abs=0.15)
    assert [round(n) for _, _, n in plain.fifths_] == [2_400] * 5


def test_contributions_add_up_to_the_log_odds() -> None:
    model = PropensityModel("fund", ["x", "noise"]).fit(panel())
    rows = {"party_id": ["A", "B", "C"], "x": [2.0, -1.0, None], "noise": [0.0, 0.5, None]}
    chance = model.propensity(pa.table(rows))["propensity"].to_numpy()
    base = np.log(chance / (1 - chance)) - model.contributions(pa.table(rows)).sum(axis=1)
    assert base == pytest.approx(np.full(3, base[0]))
    assert model.contributions(pa.table(rows)).argmax(axis=1)[0] == 0


def test_noise_finds_nothing() -> None:
    assert PropensityModel("fund", ["noise"]).fit(panel()).auc_ == pytest.approx(0.5, abs=0.06)


def test_months_whose_labels_reach_into_the_judged_ones_are_not_learned_from() -> None:
    """The last months before the judged ones are turned upside down: the model must not notice."""
    plain, turned = panel(), panel()
    between = (turned["month"] == 7) | (turned["month"] == 8)
    turned["opened_fund"] = np.where(between, 1 - turned["opened_fund"], turned["opened_fund"])
    a, b = (PropensityModel("fund", ["x"]).fit(p) for p in (plain, turned))
    assert (a.auc_, a.stated_) == (b.auc_, b.stated_)
    turned["opened_fund"] = np.where(turned["month"] == 6, 1 - plain["opened_fund"], plain["opened_fund"])
    assert PropensityModel("fund", ["x"]).fit(turned).stated_ != a.stated_


def test_every_customer_gets_a_likelihood_even_with_everything_unknown() -> None:
    model = PropensityModel("fund", ["x", "noise"]).fit(panel())
    rows = {"party_id": ["A", "B"], "x": [2.0, None], "noise": [0.0, None]}
    found = model.propensity(pa.table(rows)).to_pylist()
    assert [one["category"] for one in found] == ["fund", "fund"]
    assert 0 < found[1]["propensity"] < found[0]["propensity"] < 1


@pytest.mark.parametrize("change", ["one class", "no label", "constant", "a hundred rows", "nothing"])
def test_too_little_is_said(change: str) -> None:
    p = panel()
    if change == "one class":
        p["opened_fund"] = np.zeros(len(p["month"]))
    elif change == "no label":
        p["opened_fund"] = np.full(len(p["month"]), np.nan)
    elif change == "constant":
        p["x"] = np.ones(len(p["month"]))
    else:
        p = {name: values[: 100 if change == "a hundred rows" else 0] for name, values in p.items()}
    with pytest.raises(TooLittleData):
        PropensityModel("fund", ["x"]).fit(p)


def test_a_label_is_no_feature() -> None:
    with pytest.raises(InputError, match="opened_bond"):
        PropensityModel("fund", ["x", "opened_bond"])


def test_an_unfitted_model_and_a_missing_column_are_refused() -> None:
    with pytest.raises(InputError, match="fitted"):
        PropensityModel("fund", ["x"]).propensity({"party_id": ["A"], "x": [1.0]})
    with pytest.raises(InputError, match="y"):
        PropensityModel("fund", ["y"]).fit(panel())
