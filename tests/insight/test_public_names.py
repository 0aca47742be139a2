"""The public names of insight: all there, loaded only when named, and the same for every kind of table."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tenure import insight
from tenure.errors import InputError

HEAVY = ("scipy.optimize", "sklearn", "lightgbm", "pandas", "polars")
CHANCE = np.random.default_rng(7)
COUNTS = CHANCE.poisson(2, 60).astype(float)
STILL_HERE = np.array([1000, 790, 680, 610, 560])
SCORES = CHANCE.integers(0, 11, 60)
LOT = CHANCE.integers(0, 2, 60)

KINDS: dict[str, Callable[[Any], Any]] = {
    "a list": list,
    "numpy": np.asarray,
    "pandas": pd.Series,
    "polars": pl.Series,
    "arrow": pa.array,
}


@pytest.mark.parametrize("name", sorted({*insight.MODELS, *insight.PACKAGES}))
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    assert getattr(insight, name).__doc__
    assert name in dir(insight)


def test_nothing_heavy_is_loaded_before_a_model_is_named() -> None:
    asked = f"import sys, tenure.insight; print([n for n in {HEAVY!r} if n in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize("kind", KINDS)
def test_models_take_every_kind_of_column_alike(kind: str) -> None:
    of = KINDS[kind]
    assert insight.SBG().fit(of(STILL_HERE)).params_ == insight.SBG().fit(STILL_HERE).params_
    assert insight.nps(of(SCORES)) == insight.nps(SCORES)
    assert insight.effect(of(SCORES), of(LOT)) == insight.effect(SCORES, LOT)


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, pa.table, dict])
def test_covariates_come_in_every_kind_of_table(frame: Callable[[Any], Any]) -> None:
    columns = {"before": COUNTS, "tier": np.where(COUNTS > 2, "gold", "basic")}
    found = insight.effect(SCORES, LOT, frame(columns))
    assert found.estimate == insight.effect(SCORES, LOT, columns).estimate


def test_what_is_no_column_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="scores"):
        insight.nps("9")
    with pytest.raises(InputError, match="different lengths"):
        insight.effect(SCORES, LOT[:-1])
