"""Main bank: does the customer live their financial life here (主办行)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.insight.score import share

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.thresholds import Thresholds


def status(
    payroll_months: ir.IntegerValue,
    active_months: ir.IntegerValue,
    transactions_12m: ir.IntegerValue,
    same_name_outflow: ir.IntegerValue,
    outflow: ir.IntegerValue,
    thresholds: Thresholds,
) -> ir.StringValue:
    """``main``: paid here, or settles here month after month, and doesn't move the money on to another bank.

    ``partial``: some payroll or some months of activity; ``secondary``: neither.
    """
    set_ = thresholds.main_bank
    settles = (active_months >= set_.active_months) & (transactions_12m >= set_.transactions_12m)
    lives_here = (payroll_months >= set_.payroll_months) | settles
    stays = share(same_name_outflow, outflow) < set_.same_name_share
    some = (payroll_months > 0) | (active_months >= set_.partial_active_months)
    return ibis.cases((lives_here & stays, "main"), (lives_here | some, "partial"), else_="secondary")
