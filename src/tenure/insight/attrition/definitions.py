"""When a customer is lost: several definitions at once, each reported apart (S24; research pitfall 15).

A bank's customer rarely dies; most stop using it. Each definition names the first month at whose end it holds, from
that month and earlier ones only, so that the day somebody is called lost never depends on what came later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.thresholds import Thresholds

#: In the order in which they are named where several begin to hold in one month: the plainest first.
DEFINITIONS = ("closed", "dormant", "fall", "main_bank")
#: Months that must be known before the own year can be a norm.
_YEAR = 12


def of(customer_months: ir.Table, thresholds: Thresholds) -> ir.Table:
    """One row for each customer that was ever lost: the months, as serials.

    ``customer_months`` is the frame of :func:`customer_months.build`. Result: ``party_id``, ``lost`` (the first month
    in which one of the definitions that are on holds), ``definition`` (which), and ``lost_<definition>`` for each of
    :data:`DEFINITIONS`, switched on or not (null: never). What held in the first month of the window is dated there.

    * closed: the month of leaving, or of closing the last account.
    * dormant: no customer-made transaction in ``dormant_months`` months and AUM below ``dormant_aum_below``.
    * fall: in each of ``fall_months`` months the average AUM is at least ``fall_share`` below the mean of the twelve
      months before the first of them *and* below the same month of the year before: a yearly rhythm is no loss.
    * main_bank: in the twelve months before, payroll or customer-made transactions in nine or more months; in the last
      ``main_bank_months`` neither payroll nor more than a quarter of the usual number of transactions.
    """
    a = thresholds.attrition
    t = _held(customer_months, thresholds)
    months = {
        name: t.month.min(where=t[f"is_{name}"]).cast("int64")  # the first month at whose end it holds
        for name in DEFINITIONS
    }
    t = t.group_by("party_id").aggregate(**{f"lost_{name}": value for name, value in months.items()})
    on = [name for name in DEFINITIONS if getattr(a, name)]
    never = ibis.literal(10**9, "int64")
    first = [t[f"lost_{name}"].coalesce(never) for name in on]
    lost = ibis.least(*first) if len(first) > 1 else first[0] if first else never
    t = t.mutate(lost=lost)
    which = [(t[f"lost_{name}"] == t.lost, ibis.literal(name)) for name in on]
    t = t.filter(ibis.or_(*(t[f"lost_{name}"].notnull() for name in DEFINITIONS)))
    return t.select(
        "party_id",
        *(f"lost_{name}" for name in DEFINITIONS),
        lost=ibis.ifelse(t.lost == never, ibis.null("int64"), t.lost),
        definition=ibis.cases(*which) if which else ibis.null("string"),
    )


def _held(customer_months: ir.Table, thresholds: Thresholds) -> ir.Table:
    """``is_<definition>`` at the end of each customer-month."""
    a, dormant = thresholds.attrition, thresholds.attrition.dormant_months
    t = customer_months

    def window(preceding: int | tuple[int, int]) -> object:
        if isinstance(preceding, tuple):
            return ibis.window(group_by="party_id", order_by="month", preceding=preceding)
        return ibis.window(group_by="party_id", order_by="month", preceding=preceding, following=0)

    by_month = ibis.window(group_by="party_id", order_by="month")
    t = t.mutate(
        known=ibis.row_number().over(by_month) + 1,
        year_ago=t.aum.lag(_YEAR).over(by_month),
        regular=((t.payroll > 0) | (t.made > 0)).cast("int64"),
    )
    n, m = a.fall_months, a.main_bank_months
    t = t.mutate(
        made_of=t.made.sum().over(window(dormant - 1)),
        norm=t.aum.mean().over(window((n + _YEAR - 1, n))),
        below_year_ago=(t.aum.cast("float64") <= t.year_ago.cast("float64") * (1 - a.fall_share))
        .coalesce(True).cast("int64"),
        highest=t.aum.max().over(window(n - 1)),
        paid_lately=t.payroll.sum().over(window(m - 1)),
        made_lately=t.made.sum().over(window(m - 1)),
        made_before=t.made.sum().over(window((m + _YEAR - 1, m))),
        regular_before=t.regular.sum().over(window((m + _YEAR - 1, m))),
    )  # fmt: skip
    t = t.mutate(all_below=t.below_year_ago.min().over(window(n - 1)))
    fell = (t.highest.cast("float64") <= t.norm * (1 - a.fall_share)) & (t.norm >= float(a.fall_minimum))
    quiet = t.made_lately.cast("float64") <= t.made_before.cast("float64") / _YEAR * m / 4
    return t.select(
        "party_id",
        "month",
        is_closed=(t.left <= t.month).coalesce(False),
        is_dormant=((t.known >= dormant) & (t.made_of == 0) & (t.aum < a.dormant_aum_below)).coalesce(False),
        is_fall=((t.known >= n + _YEAR) & fell & (t.all_below == 1)).coalesce(False),
        is_main_bank=(
            (t.known >= m + _YEAR)
            & (t.regular_before >= thresholds.main_bank.active_months)
            & (t.paid_lately == 0)
            & quiet
        ).coalesce(False),
    )
