"""What the models take, and what they say of what they can't."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tenure import insight
from tenure.errors import InputError
from tenure.insight.inputs import flags, table

ANSWERS = [10, None, 9, 3, 8, None]


def test_a_customer_who_did_not_answer_is_missing_in_every_kind_of_column() -> None:
    kinds = [ANSWERS, pd.Series(ANSWERS), pd.Series(ANSWERS, dtype="Int64"), pl.Series(ANSWERS), pa.array(ANSWERS)]
    assert {insight.nps(each).value for each in [*kinds, pa.chunked_array([ANSWERS])]} == {25.0}


def test_what_means_yes_is_found_in_numbers_truth_values_and_texts() -> None:
    for values, yes in (([1.0, 0.0], "1"), ([True, False], "true"), ([True, False], 1), (["1", "0"], 1), ([2, 1], 2)):
        assert flags(values, "left", positive=yes).tolist() == [True, False]
    assert flags([False, True], "left", positive="false").tolist() == [True, False]


def test_a_value_that_never_comes_is_told_with_those_that_do() -> None:
    with pytest.raises(InputError, match="left never is ja") as caught:
        flags(["yes", "no", "no"], "left", positive="ja")
    assert caught.value.remedy == "It holds no, yes."
    with pytest.raises(InputError, match="left holds texts: no, yes"):
        flags(pa.array(["yes", "no", "no"]), "left")


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="more than one column age"):
        table(pa.table([[1], [2]], names=["age", "age"]))
