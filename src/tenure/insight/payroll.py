"""Payroll: how many months in a row a salary has come in (代发).

Where the lake has credits of kind ``payroll``, a month is paid if it has one. Where it has none at all, as in
banks that don't mark them, salary-like credits are inferred from each customer's largest credit of kind
``transfer_in`` or ``pension`` of each month: two neighbouring months are *alike* if both have one, the amounts
differ by at most 15 % of the larger, and the days of the month by at most 5 (around the month's end too);
a month is paid if it belongs to a chain of at least three months alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import ibis

from tenure.insight import months
from tenure.insight.exact import add_up
from tenure.insight.months import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

TOLERANCE_PERCENT = 15
TOLERANCE_DAYS = 5
CHAIN = 3


class Payroll(NamedTuple):
    """``run``: months in a row up to the last paid one. ``months``: the same, 0 if a due month was missed since."""

    months: ir.IntegerValue
    run: ir.IntegerValue
    last_amount: ir.IntegerValue
    last_on: ir.DateValue


def marked(paid: Sequence[ir.IntegerValue], last_on: ir.DateValue, window: Window, grace_days: int) -> Payroll:
    """From payroll credits summed by month: ``paid[k]`` is k months back, 0 where none."""
    has = [amount > 0 for amount in paid]
    amount = ibis.coalesce(*(ibis.ifelse(amount > 0, amount, ibis.null("int64")) for amount in paid))
    return _payroll(has, amount, last_on, window, grace_days)


def inferred(largest: Sequence[ir.IntegerValue], window: Window, grace_days: int) -> Payroll:
    """From each month's largest payroll-like credit, packed as ``amount × 32 + day``, null where none."""
    day = [packed % 32 for packed in largest]
    amount = [((packed - d) / 32).cast("int64") for packed, d in zip(largest, day, strict=True)]
    alike = []
    for k in range(len(largest) - 1):
        apart, larger = (amount[k] - amount[k + 1]).abs(), ibis.greatest(amount[k], amount[k + 1])
        days = (day[k] - day[k + 1]).abs()
        near = (days <= TOLERANCE_DAYS) | (days >= 31 - TOLERANCE_DAYS)
        alike.append(((apart * 100 <= larger * TOLERANCE_PERCENT) & near).coalesce(False))
    no = ibis.literal(False)
    link = [no, *alike, no, no]  # link[k + 1] ties month k to the older month k + 1; link[0] would reach the future
    has = []
    for k in range(len(largest)):
        newer_2, newer, older, older_2 = (link[k - 1] if k else no), link[k], link[k + 1], link[k + 2]
        has.append((newer_2 & newer) | (newer & older) | (older & older_2))
    none, no_day = ibis.null("int64"), ibis.null("date")
    last_amount = ibis.coalesce(*(ibis.ifelse(h, a, none) for h, a in zip(has, amount, strict=True)))
    last_on = ibis.coalesce(
        *(
            ibis.ifelse(h, ibis.date(ibis.literal(m // 12), ibis.literal(m % 12 + 1), d.cast("int32")), no_day)
            for h, d, m in zip(has, day, (window.month(k) for k in range(len(has))), strict=True)
        )
    )
    return _payroll(has, last_amount, last_on, window, grace_days)


def _payroll(
    has: Sequence[ir.BooleanValue],
    last_amount: ir.IntegerValue,
    last_on: ir.DateValue,
    window: Window,
    grace_days: int,
) -> Payroll:
    bits = add_up(ibis.ifelse(h, 2**k, 0).cast("int64") for k, h in enumerate(has))
    lowest = bits & -bits
    carried = bits + lowest  # adding the lowest bit clears the run of ones it starts and sets the bit after it
    run = ((carried & -carried).cast("float64").log2() - lowest.cast("float64").log2()).round(0).cast("int64")
    run = ibis.ifelse(bits > 0, run, 0)
    # Due again a month after the last one, with some days of grace; until then the run still stands.
    due = ibis.least(last_on.day().cast("int64") + grace_days, months.length(window.open_month))
    this_month_due = ibis.literal(window.as_of.day, "int64") >= due
    standing = (bits & 1 > 0) | ((bits & 2 > 0) & ~this_month_due)
    return Payroll(ibis.ifelse(standing.coalesce(False), run, 0), run, last_amount, last_on)
