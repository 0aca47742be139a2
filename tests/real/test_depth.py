"""Churn_Modelling: the folklore that more products keep customers, turned round by real figures."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import csv

from tenure.insight.depth import Curve, retention_by_depth

pytestmark = pytest.mark.real

KNOWN = ["Geography", "Gender", "Age", "Tenure", "Balance", "IsActiveMember", "CreditScore", "EstimatedSalary"]


@pytest.fixture(scope="module")
def customers(real_data: Path) -> pa.Table:
    path = real_data / "churn_modelling" / "Churn_Modelling.csv"
    if not path.exists():
        pytest.skip("Churn_Modelling.csv is not there")
    return csv.read_csv(path)


def _curve(customers: pa.Table, learner: str = "splines") -> Curve:
    stayed = 1 - customers["Exited"].to_numpy()
    return retention_by_depth(customers["NumOfProducts"], stayed, customers.select(KNOWN), learner=learner)  # type: ignore[arg-type]


def test_leaving_by_products_held(customers: pa.Table) -> None:
    """27.7, 7.6, 82.7 and 100 % (pitfall 4b)."""
    left = {each.products: 1 - each.raw.value for each in _curve(customers).levels}
    assert left == pytest.approx({1: 0.277, 2: 0.076, 3: 0.827, 4: 1.0}, abs=5e-4)


@pytest.mark.parametrize("learner", ["splines", "boosting"])
def test_the_second_product_goes_with_staying_and_the_third_with_leaving_adjusted_too(
    customers: pa.Table, learner: str
) -> None:
    found = _curve(customers, learner)
    second, third = found.steps
    assert 0.13 < second.adjusted.low < second.adjusted.high < 0.19
    assert second.verdict == "partly_survives" and 0.72 < second.surviving_share.value < 0.86
    assert -0.77 < third.adjusted.low < third.adjusted.high < -0.6
    four = found.levels[-1]
    assert four.customers == 60 and four.retained == 0
    assert four.overlap.verdict == "no_overlap" and not four.adjusted.can_tell


def test_it_turns_among_the_active_and_the_inactive_alike(customers: pa.Table) -> None:
    for active in (0, 1):
        raw = [
            each.raw for each in _curve(customers.filter(pa.compute.equal(customers["IsActiveMember"], active))).levels
        ]
        assert raw[0].high < raw[1].low
        assert raw[2].high < raw[0].low
