"""Waiting (S25): from queue tickets to the number of counters that a wanted wait takes.

``erlang_b``, ``erlang_c`` and ``erlang_a`` say what a queue does; ``fit_arrivals``, ``fit_service`` and
``fit_patience`` learn it from tickets, ``fit_tickets`` all three for each branch; ``staff_for`` and ``staff_table``
turn it round, ``by_hour`` for each hour of a branch; ``predicted_v_actual`` says how far the formula holds here.
``share_by_day`` and ``mean_by_day`` say how sure a figure of some tickets is.
Rates are per one unit of time of your choice — the same for all rates and waits of a call.
"""

from __future__ import annotations

from tenure.insight.queues.arrivals import ArrivalFit, fit_arrivals
from tenure.insight.queues.check import predicted_v_actual
from tenure.insight.queues.days import mean_by_day, share_by_day
from tenure.insight.queues.erlang import QueueFigures, erlang_a, erlang_b, erlang_c
from tenure.insight.queues.hours import by_hour
from tenure.insight.queues.patience import PatienceFit, fit_patience
from tenure.insight.queues.service import ServiceFit, fit_service
from tenure.insight.queues.staffing import Staffing, staff_for, staff_table
from tenure.insight.queues.tickets import BranchQueue, fit_tickets

__all__ = [
    "ArrivalFit",
    "BranchQueue",
    "PatienceFit",
    "QueueFigures",
    "ServiceFit",
    "Staffing",
    "by_hour",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "fit_arrivals",
    "fit_patience",
    "fit_service",
    "fit_tickets",
    "mean_by_day",
    "predicted_v_actual",
    "share_by_day",
    "staff_for",
    "staff_table",
]
