"""Behaviour: the channels a customer lives in, and whether they have fallen asleep (S3, S26)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.insight.months import months_before

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir

    from tenure.insight.thresholds import Thresholds


def habit(
    transactions: ir.IntegerValue, digital: ir.IntegerValue, counter: ir.IntegerValue, thresholds: Thresholds
) -> ir.StringValue:
    """``quiet``, ``digital``, ``counter`` or ``mixed``, from customer-made transactions of twelve months."""
    set_ = thresholds.habit
    all_ = transactions.cast("float64")
    return ibis.cases(
        (transactions < max(set_.quiet_below, 1), "quiet"),
        (digital.cast("float64") >= all_ * set_.digital_share, "digital"),
        (counter.cast("float64") >= all_ * set_.counter_share, "counter"),
        else_="mixed",
    )


def dormant(
    last_transaction_on: ir.DateValue,
    first_opened_on: ir.DateValue,
    aum: ir.IntegerValue,
    as_of: date,
    thresholds: Thresholds,
) -> ir.BooleanValue:
    """No customer-made transaction since ``[dormant].months`` months, AUM below its line, and not a new customer.

    Who has no account is not asleep, and neither is who opened the first one within that time.
    """
    since = months_before(as_of, thresholds.dormant.months)
    silent = last_transaction_on.isnull() | (last_transaction_on <= since)
    return (silent & (first_opened_on <= since) & (aum < thresholds.dormant.aum_below)).coalesce(False)
