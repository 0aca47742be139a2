"""What came in, condensed for occasions: first days of salary and pension, and single large credits with their day.

All of it is additive over months, so that closed months are looked at once and a night adds the open one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis

from tenure.insight.activity import NOT_A_FLOW
from tenure.insight.exact import converted, total

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.needs.settings import NeedSettings

#: Months before the open one that are looked at: a pension is new if the first of these had none.
MONTHS = 6
#: What is kept of receipts.
SCHEMA = {"party_id": "string", "what": "string", "received_on": "date", "amount": "int64"}
#: Credits that are no news: borrowed, or the salary, which has an occasion of its own.
_EXPECTED = (*NOT_A_FLOW, "payroll", "pension", "loan_drawdown")


def receipts(transaction: ir.Table, accounts: ir.Table, settings: NeedSettings) -> ir.Table:
    """``party_id``, ``what`` (payroll, pension, credit, own_credit), ``received_on``, ``amount`` (reporting currency).

    ``transaction`` has the contract's columns, of whole months and up to the day of the night; ``accounts`` is the
    frame of :func:`tenure.insight.holdings.accounts`. Of salary and pension each month's first day is kept, of other
    credits to deposits every one that may be large; ``own_credit`` came from the customer's own account elsewhere.
    """
    floor = min(settings.level["large_inflow"], settings.level["windfall"])
    t = transaction.filter(transaction.amount > 0)
    regular = t.kind.isin(("payroll", "pension"))
    t = t.select(
        "account_id",
        "amount",
        received_on=t.booked_at.date(),
        what=ibis.cases(
            (regular, t.kind),
            (t.kind.isin(_EXPECTED), ibis.null("string")),
            (t.same_name.coalesce(False), "own_credit"),
            else_="credit",
        ),
    )
    t = t.filter(t.what.notnull())
    owned = accounts.filter(accounts.side == "deposit").select("account_id", "party_id", "factor")
    single = t.filter(t.what.isin(("credit", "own_credit"))).inner_join(owned, "account_id")
    single = single.mutate(value=converted(single.amount, single.factor).coalesce(0))
    single = single.filter(single["value"] >= floor)
    # By account first: what is joined with its owners is then a row a month, not a booking.
    paid = t.filter(t.what.isin(("payroll", "pension")))
    month = paid.received_on.year().cast("int64") * 12 + paid.received_on.month().cast("int64") - 1
    paid = paid.group_by("account_id", "what", month=month).aggregate(
        received_on=paid.received_on.min(), amount=total(paid.amount)
    )
    paid = paid.inner_join(owned, "account_id")
    paid = paid.mutate(value=converted(paid.amount, paid.factor).coalesce(0))
    paid = paid.group_by("party_id", "what", "month").aggregate(
        received_on=paid.received_on.min(), amount=total(paid["value"])
    )
    single = single.select("party_id", "what", "received_on", amount=single["value"])
    return ibis.union(single.cast(SCHEMA), paid.select(*SCHEMA).cast(SCHEMA))


def usual_inflow(activity: Sequence[ir.Table], accounts: ir.Table) -> ir.Table:
    """``party_id`` and ``usual`` (minor units): what comes in in a usual month, the mean without the largest month.

    ``activity`` are roll-ups of closed months (:func:`tenure.insight.activity.roll_up`), ``accounts`` the frame of
    :func:`tenure.insight.holdings.accounts`. The largest month is left out, so that a windfall is not its own measure.
    """
    parts = [cube.select("account_id", "month", "inflow") for cube in activity]
    rows = parts[0] if len(parts) == 1 else ibis.union(*parts)
    owned = accounts.filter(accounts.side == "deposit").select("account_id", "party_id", "factor")
    rows = rows.filter(rows.inflow > 0).inner_join(owned, "account_id")
    rows = rows.mutate(value=converted(rows.inflow, rows.factor).coalesce(0))
    by_month = rows.group_by("party_id", "month").aggregate(inflow=total(rows["value"]))
    t = by_month.group_by("party_id").aggregate(
        all_of_it=total(by_month.inflow), largest=by_month.inflow.max(), months=by_month.count()
    )
    rest = (t.all_of_it - t.largest).cast("float64") / ibis.greatest(t.months - 1, 1).cast("float64")
    return t.select("party_id", usual=rest.round(0).cast("int64"))
