"""Payroll: how many months in a row a salary has come in (代发).

Where the lake has credits of kind ``payroll``, a month is paid if it has one. Where it has none at all, as in
banks that don't mark them, salary-like credits are inferred from each customer's largest credit of kind
``transfer_in`` or ``pension`` of each month: two neighbouring months are *alike* if both have one, the amounts
differ by at most 15 % of the larger, and the days of the month by at most 5 (around the month's end too);
a month is paid if it belongs to a chain of at least three months alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis

from tenure.insight import months
from tenure.insight.exact import add_up
from tenure.insight.months import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

TOLERANCE_PERCENT = 15
TOLERANCE_DAYS = 5
CHAIN = 3

#: What both ways add to a table.
COLUMNS = ("payroll_months", "payroll_run", "payroll_last_amount", "payroll_last_on")


def marked(t: ir.Table, paid: Sequence[str], last_on: str, window: Window, grace_days: int) -> ir.Table:
    """From payroll credits summed by month: the column ``paid[k]`` is k months back, 0 where none.

    Adds ``payroll_run`` (months in a row up to the last paid one), ``payroll_months`` (the same, but 0 if a month
    that was due has been missed since), ``payroll_last_amount`` and ``payroll_last_on``. A month is due
    ``grace_days`` after the day of the month of the last credit.
    """
    has = [t[name] > 0 for name in paid]
    amounts = [t[name] for name in paid]
    return _run(t, has, amounts, None, window).pipe(_standing, last_on, window, grace_days)


def inferred(t: ir.Table, largest: Sequence[str], window: Window, grace_days: int) -> ir.Table:
    """From each month's largest payroll-like credit, packed as ``amount × 32 + day``, null where none.

    Adds the columns of :func:`marked`.
    """
    count = len(largest)
    t = t.mutate(**{f"_day_{k}": t[name] % 32 for k, name in enumerate(largest)})
    t = t.mutate(**{f"_amount_{k}": ((t[name] - t[f"_day_{k}"]) / 32).cast("int64") for k, name in enumerate(largest)})
    t = t.mutate(**{f"_alike_{k}": _alike(t, k) for k in range(count - 1)})
    no = ibis.literal(False)

    def link(k: int) -> ir.BooleanValue:
        """Whether month k is alike the month before it, k + 1 back."""
        return t[f"_alike_{k}"] if 0 <= k < count - 1 else no

    has = [(link(k - 2) & link(k - 1)) | (link(k - 1) & link(k)) | (link(k) & link(k + 1)) for k in range(count)]
    amounts, days = [t[f"_amount_{k}"] for k in range(count)], [t[f"_day_{k}"] for k in range(count)]
    t = _run(t, has, amounts, days, window)
    return _standing(t, "_last_on", window, grace_days)


def _alike(t: ir.Table, k: int) -> ir.BooleanValue:
    newer, older = t[f"_amount_{k}"], t[f"_amount_{k + 1}"]
    days = (t[f"_day_{k}"] - t[f"_day_{k + 1}"]).abs()
    near = (days <= TOLERANCE_DAYS) | (days >= 31 - TOLERANCE_DAYS)
    alike = (newer - older).abs() * 100 <= ibis.greatest(newer, older) * TOLERANCE_PERCENT
    return (alike & near).coalesce(False)


def _run(
    t: ir.Table,
    has: Sequence[ir.BooleanValue],
    amounts: Sequence[ir.IntegerValue],
    days: Sequence[ir.IntegerValue] | None,
    window: Window,
) -> ir.Table:
    """The months paid as bits, the newest lowest, and amount and day of the newest one.

    Built in stages, each a column of its own, so that no engine is handed the same expression twice.
    """
    t = t.mutate(**{f"_paid_{k}": paid for k, paid in enumerate(has)})
    paid = [t[f"_paid_{k}"] for k in range(len(has))]
    columns: dict[str, ir.Value] = {
        "_bits": add_up(ibis.ifelse(p, 2**k, 0).cast("int64") for k, p in enumerate(paid)),
        "payroll_last_amount": _newest(paid, amounts),
    }
    if days is not None:
        serials = [ibis.literal(window.month(k), "int64") for k in range(len(has))]
        columns |= {"_last_day": _newest(paid, days), "_last_month": _newest(paid, serials)}
    t = t.mutate(**columns)
    if days is not None:
        year, month = ((t["_last_month"] - t["_last_month"] % 12) / 12), t["_last_month"] % 12 + 1
        t = t.mutate(_last_on=ibis.date(year.cast("int32"), month.cast("int32"), t["_last_day"].cast("int32")))
    t = t.mutate(_lowest=t["_bits"] & -t["_bits"])
    # Adding the lowest bit clears the run of ones it starts and sets the bit after the run.
    t = t.mutate(_carried=t["_bits"] + t["_lowest"])
    t = t.mutate(_after=t["_carried"] & -t["_carried"])
    length = t["_after"].cast("float64").log2() - t["_lowest"].cast("float64").log2()
    run = ibis.ifelse(t["_bits"] > 0, length, 0.0).round(0).cast("int64")
    return t.mutate(payroll_run=run)


def _standing(t: ir.Table, last_on: str, window: Window, grace_days: int) -> ir.Table:
    """Whether the run still stands: the newest month is paid, or the month before is and this one isn't due yet."""
    due = ibis.least(t[last_on].day().cast("int64") + grace_days, months.length(window.open_month))
    missed = ibis.literal(window.as_of.day, "int64") >= due
    stands = (t["_bits"] % 2 == 1) | ((t["_bits"] % 4 == 2) & ~missed)
    t = t.mutate(
        payroll_months=ibis.ifelse(stands.coalesce(False), t.payroll_run, 0),
        payroll_last_on=ibis.ifelse(t["_bits"] > 0, t[last_on], ibis.null("date")),
    )
    return t.drop(*(name for name in t.columns if name.startswith("_")))


def _newest(paid: Sequence[ir.BooleanValue], values: Sequence[ir.IntegerValue]) -> ir.IntegerValue:
    none = ibis.null("int64")
    return ibis.coalesce(*(ibis.ifelse(p, value, none) for p, value in zip(paid, values, strict=True)))
