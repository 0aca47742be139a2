"""Insight: the mathematics. Ibis tables in, tables out; no files, no web, no clock.

    from tenure import insight
    window = insight.Window(date(2026, 10, 31))
    insight.activity.roll_up(transactions)

Run queries within ``with insight.stages_kept():`` — the customer frame is built in stages, and Ibis otherwise folds
them into one enormous query.

Each module is one subject: ``activity``, ``balances``, ``history``, ``holdings``, ``payroll``, ``tiers``,
``score``, ``behaviour``, ``main_bank``, ``customers``, ``concentration``, ``branches``, ``timeline``,
``worklist``, ``organisation``; ``thresholds`` holds every number a bank may set. docs/statistics.md defines each
figure by formula.
"""

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
