"""Insight: the mathematics. Ibis tables or arrays in, tables out; no files, no web, no clock.

    from tenure import insight
    window = insight.Window(date(2026, 10, 31))
    insight.activity.roll_up(transactions)

Run queries within ``with insight.stages_kept():`` — the customer frame is built in stages, and Ibis otherwise folds
them into one enormous query.

Each module is one subject: ``activity``, ``balances``, ``history``, ``holdings``, ``payroll``, ``tiers``,
``score``, ``behaviour``, ``main_bank``, ``customers``, ``concentration``, ``branches``, ``timeline``,
``worklist``, ``organisation``; ``thresholds`` holds every number a bank may set. docs/statistics.md defines each
figure by formula.

The models are loaded when they are first named (``insight.BGNBD``), so that what needs none of them starts at once;
so are the packages they live in: ``attrition``, ``depth``, ``effects``, ``lifetime``, ``needs``, ``network``,
``opinion``, ``profit``, ``queues``, ``text``, ``trap``, ``value``. Each has its page in docs/statistics/.
"""

from __future__ import annotations

import importlib
from typing import Any

from tenure.insight import (
    activity,
    balances,
    behaviour,
    branches,
    concentration,
    customers,
    exact,
    history,
    holdings,
    main_bank,
    months,
    organisation,
    payroll,
    score,
    thresholds,
    tiers,
    timeline,
    worklist,
)
from tenure.insight.exact import stages_kept
from tenure.insight.months import Window
from tenure.insight.thresholds import Thresholds

#: The models by their public names, and the module each lives in.
MODELS = {
    name: f"tenure.insight.{package}"
    for package, names in {
        "lifetime": ("BGNBD", "ParetoNBD", "BGBB", "GammaGamma", "SBG", "BdW"),
        "attrition": ("AttritionModel", "Cox", "LabelledModel"),
        "effects": ("effect", "UpliftModel"),
        "opinion": ("nps", "csat"),
        "queues": ("erlang_a", "erlang_c"),
        "needs": ("PropensityModel",),
        "network": ("Network",),
        "text": ("TextClassifier", "Sentiment", "ComplaintCause", "Themes"),
    }.items()
    for name in names
}
#: The packages of models, loaded when they are first named.
PACKAGES = frozenset({"depth", "profit", "trap", "value", *(module.rpartition(".")[2] for module in MODELS.values())})


def __getattr__(name: str) -> Any:
    if name in MODELS:
        return getattr(importlib.import_module(MODELS[name]), name)
    if name in PACKAGES:
        return importlib.import_module(f"tenure.insight.{name}")
    raise AttributeError(f"tenure.insight has no {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *MODELS, *PACKAGES})


__all__ = [
    "Thresholds",
    "Window",
    "activity",
    "balances",
    "behaviour",
    "branches",
    "concentration",
    "customers",
    "exact",
    "history",
    "holdings",
    "main_bank",
    "months",
    "organisation",
    "payroll",
    "score",
    "stages_kept",
    "thresholds",
    "tiers",
    "timeline",
    "worklist",
]
