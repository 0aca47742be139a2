"""The estimator on public churn and campaign tables, with the settings it has for every table."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from tenure.errors import InputError
from tenure.insight.attrition.labelled import LabelledModel

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def campaign(real_data: Path) -> pa.Table:
    raw = gzip.decompress((real_data / "bank_marketing" / "bank-additional-full.csv.gz").read_bytes())
    rows = pa.csv.read_csv(pa.BufferReader(raw), parse_options=pa.csv.ParseOptions(delimiter=";"))
    return rows.append_column("call", pa.array(np.arange(rows.num_rows)))


def test_churn_modelling_reaches_its_reference_and_means_what_it_says(real_data: Path) -> None:
    rows = pa.csv.read_csv(real_data / "churn_modelling" / "Churn_Modelling.csv")
    found = LabelledModel("Exited", positive="1", id=["CustomerId", "RowNumber"], drop=["Surname"]).evaluate(rows)
    headline = found.headline
    assert (headline.rows, headline.positives) == (10_000, 2_037)
    assert headline.auc.value is not None and headline.auc.value >= 0.869
    assert headline.ece <= 0.02 and headline.top_decile_lift > 3.9


def test_bank_marketing_reaches_its_reference_but_not_on_later_calls(campaign: pa.Table) -> None:
    """Pitfall 1: out of fold the future helps to foretell the past; the calls are in the order of time."""
    found = LabelledModel("y", positive="yes", drop=["duration"], order="call").evaluate(campaign)
    assert found.out_of_fold is not None and found.in_time is not None
    assert found.out_of_fold.auc.value is not None and found.out_of_fold.auc.value >= 0.805
    assert found.out_of_fold.ece <= 0.02
    assert found.headline is found.in_time
    assert found.in_time.auc.value is not None and found.in_time.auc.value < 0.7
    assert found.in_time.in_the_large > 0.05


def test_a_call_length_turned_into_the_answer_is_refused(campaign: pa.Table) -> None:
    yes = np.array(campaign["y"].to_pylist()) == "yes"
    told = campaign["duration"].to_numpy() + np.where(yes, 3_000, 0)
    with pytest.raises(InputError, match="told"):
        LabelledModel("y", positive="yes", drop=["duration"]).fit(campaign.append_column("told", pa.array(told)))
