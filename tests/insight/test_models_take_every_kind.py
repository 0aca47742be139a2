"""Every model of the public names takes lists, NumPy, pandas, Polars and Arrow, and says the same numbers to each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from insight.attrition.worlds import FIRST, bank
from insight.lifetime.worlds import CDNOW_BGNBD, CDNOW_PARETO, in_periods, leaving_at_purchases, leaving_unseen
from insight.text.voices import spoken
from tenure import insight
from tenure.insight.attrition.boosting import Settings
from tenure.insight.effects.learners import Trees

Of = Callable[[Any], Any]
#: A column, and a table of columns, of each kind. NumPy has no table with names: a mapping of arrays stands for it.
KINDS: dict[str, tuple[Of, Of]] = {
    "numpy": (np.asarray, dict),
    "pandas": (pd.Series, pd.DataFrame),
    "polars": (pl.Series, pl.DataFrame),
    "arrow": (pa.array, pa.table),
}
COUNTS = np.random.default_rng(7)


def _columns(table: pa.Table) -> dict[str, Any]:
    return {name: table[name].to_numpy() for name in table.column_names}


def _fitted(model: Any, *columns: Any) -> tuple[Any, Any]:
    return model.params_, model.log_likelihood_


def _bgnbd(column: Of, table: Of) -> Any:
    x, t_x, until = (column(each) for each in leaving_at_purchases(800, 1, **CDNOW_BGNBD))
    model = insight.BGNBD().fit(x, t_x, until)
    return _fitted(model), model.conditional_expected_purchases(13, x, t_x, until)


def _pareto_nbd(column: Of, table: Of) -> Any:
    x, t_x, until = (column(each) for each in leaving_unseen(800, 1, **CDNOW_PARETO)[:3])
    model = insight.ParetoNBD().fit(x, t_x, until)
    return _fitted(model), model.probability_alive(x, t_x, until)


def _bgbb(column: Of, table: Of) -> Any:
    x, t_x, n = (column(each) for each in in_periods(800, 2, 6, 1.2, 0.8, 0.7, 2.8))
    model = insight.BGBB().fit(x, t_x, n)
    return _fitted(model), model.probability_alive(x, t_x, n)


def _gamma_gamma(column: Of, table: Of) -> Any:
    made = np.random.default_rng(3)
    x = made.integers(1, 8, 600)
    spend = made.gamma(6.0 * x, 1 / made.gamma(4.0, 1 / 15.0, 600)) / x
    model = insight.GammaGamma().fit(column(x), column(spend))
    return _fitted(model), model.expected_spend(column(x), column(spend))


def _sbg(column: Of, table: Of) -> Any:
    model = insight.SBG().fit(column(np.array([1000, 790, 680, 610, 560])))
    return _fitted(model), model.survival(column(np.arange(8)))


def _bdw(column: Of, table: Of) -> Any:
    model = insight.BdW().fit(column(np.array([1000, 869, 743, 653, 593, 551, 517, 491])))
    return _fitted(model), model.retention_rate(column(np.arange(1, 10)))


def _nps(column: Of, table: Of) -> Any:
    return insight.nps(column(COUNT_OF_TEN), column(WEIGHTS)).as_dict()


def _csat(column: Of, table: Of) -> Any:
    return insight.csat(column(1 + COUNT_OF_TEN % 5), column(WEIGHTS)).as_dict()


def _effect(column: Of, table: Of) -> Any:
    covariates = table({"before": BEFORE, "tier": TIERS})
    found = insight.effect(column(COUNT_OF_TEN), column(LOT), covariates)
    return found.estimate.value, found.estimate.low, found.estimate.high


def _uplift(column: Of, table: Of) -> Any:
    features = table({"before": BEFORE, "tier": TIERS})
    bought = (BEFORE + 1.5 * LOT * (TIERS == "gold") + COUNTS_NOISE > 3).astype(int)
    model = insight.UpliftModel(folds=2, trees=Trees(rounds=8)).fit(features, column(LOT), column(bought))
    return model.uplift_, model.uplift(features)


def _attrition(column: Of, table: Of) -> Any:
    panel = _panel()
    model = insight.AttritionModel(6, settings=Settings(rounds=20, models=1)).fit(table(_columns(panel)))
    newest = panel.filter(pa.array(panel["month"].to_numpy() == FIRST + 17))
    return model.survival(table(_columns(newest)))


def _cox(column: Of, table: Of) -> Any:
    left = COUNT_OF_TEN > 3
    features = table({"before": BEFORE, "noise": COUNTS_NOISE})
    model = insight.Cox().fit(column(1.0 + COUNT_OF_TEN), column(left), features, column(TIERS), column(WEIGHTS))
    return _fitted(model), model.concordance_, model.courses_


def _labelled(column: Of, table: Of) -> Any:
    left = (BEFORE + COUNTS_NOISE > 2).astype(int)
    rows = table({"before": BEFORE, "tier": TIERS, "other": COUNTS_NOISE[::-1].copy(), "left": left})
    model = insight.LabelledModel("left", settings=Settings(rounds=20, models=1)).fit(rows)
    return model.predict_proba(rows)


def _classifier(column: Of, table: Of) -> Any:
    texts, keys = spoken(200)
    return insight.TextClassifier().fit(column(texts), column(keys)).predict_proba(column(texts[:20]))


def _sentiment(column: Of, table: Of) -> Any:
    texts = [f"{said}{more}。" for said in ("柜员热情", "排队太久", "很专业", "态度差") for more in _ENDS]
    scores = [10 if said % 2 == 0 else 2 for said in range(4) for _ in _ENDS]
    judge = insight.Sentiment().fit(column(texts), column(scores))
    return judge.predict_proba(column(texts[::9])), judge.labels(column(texts[::9]))


def _cause(column: Of, table: Of) -> Any:
    texts, keys = spoken(80)
    model = insight.ComplaintCause().fit(column(texts), column(keys))
    return [model.suggest(text).confidence for text in texts[:5]]


def _themes(column: Of, table: Of) -> Any:
    texts, _ = spoken(200)
    found = insight.Themes().fit(column(texts))
    return [(theme.key, theme.texts) for theme in found.themes_], found.assign(column(texts[:20]))


COUNT_OF_TEN = COUNTS.integers(0, 11, 400)
WEIGHTS = COUNTS.uniform(0.5, 2, 400)
BEFORE = COUNTS.poisson(2, 400).astype(float)
TIERS = np.where(COUNTS.random(400) > 0.5, "gold", "basic")
LOT = COUNTS.integers(0, 2, 400)
COUNTS_NOISE = COUNTS.standard_normal(400)
_ENDS = [f"{a}{b}" for a in "早晚上下左右东西" for b in "春夏秋冬晴雨风"]


@cache
def _panel() -> pa.Table:
    return bank(700, 18)[0]


ASKED: dict[str, Callable[[Of, Of], Any]] = {
    "BGNBD": _bgnbd,
    "ParetoNBD": _pareto_nbd,
    "BGBB": _bgbb,
    "GammaGamma": _gamma_gamma,
    "SBG": _sbg,
    "BdW": _bdw,
    "nps": _nps,
    "csat": _csat,
    "effect": _effect,
    "UpliftModel": _uplift,
    "AttritionModel": _attrition,
    "Cox": _cox,
    "LabelledModel": _labelled,
    "TextClassifier": _classifier,
    "Sentiment": _sentiment,
    "ComplaintCause": _cause,
    "Themes": _themes,
}
#: What takes no columns, or a graph and a bank's own tables; their own tests hold them.
OTHERWISE = {"erlang_a", "erlang_c", "Network", "PropensityModel"}


@cache
def _by_numpy(name: str) -> Any:
    return ASKED[name](*KINDS["numpy"])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "numpy"])
@pytest.mark.parametrize("name", ASKED)
def test_the_same_numbers_come_from_every_kind(name: str, kind: str) -> None:
    np.testing.assert_equal(ASKED[name](*KINDS[kind]), _by_numpy(name))


def test_no_public_model_is_left_out() -> None:
    assert set(ASKED) | OTHERWISE == set(insight.MODELS)
