"""What each holding earns a year: transfer-price spread, commission, expected loss, capital; and what serving costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import ibis

from tenure.contracts import codes
from tenure.insight import months
from tenure.insight.exact import MILLION, add_up, converted, rounded, total

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.months import Window
    from tenure.insight.value.assumptions import Assumptions


def averaged(standing: ir.Table, closed: ir.Table, window: Window) -> ir.Table:
    """The frame of :func:`tenure.insight.balances.as_of` with ``average``: what :func:`of_holdings` earns on.

    The daily average of the last closed month and the month to date, over the days since the account was opened where
    that is later: never the balance of one day, which is high on payday and low on the day before (S3), and never that
    of a month that began yesterday. ``closed`` is the frame of :func:`tenure.insight.balances.closed_months`.
    """
    lately = closed.select("account_id", _before=closed.days_1)
    t = standing.left_join(lately, "account_id").drop("account_id_right")
    whole = months.length(window.month(1)) + window.days_open
    opened, began = t.opened_on.day().cast("int64") - 1, months.first_day(window.open_month)
    held = ibis.cases(
        (t.opened_on >= began, window.days_open - opened),
        (t.opened_on >= months.first_day(window.month(1)), whole - opened),
        else_=whole,
    )
    return t.mutate(average=rounded(t.days_0 + t._before.coalesce(0), ibis.greatest(held, 1))).drop("_before")


def of_holdings(held: ir.Table, product: ir.Table, assumptions: Assumptions) -> ir.Table:
    """The yearly margin of each live account, in minor units of the reporting currency.

    ``held`` is the frame of :func:`tenure.insight.balances.as_of` (``category``, ``side``, ``annual_rate`` in percent,
    ``matures_on``, ``closed_on``) with ``average``, a daily average (:func:`averaged`); ``product`` has the contract's
    columns: its ``spread`` (percent) wins over the transfer prices of the assumptions. Result: ``party_id``,
    ``account_id``, ``category``, ``matures_on``, ``part`` (deposits, investments, loans or fees), ``earned``, ``loss``
    (expected loss and capital, ≤ 0), and ``unpriced``: a balance on which neither product, rate nor assumption gives a
    price, so that it earns nothing rather than something invented.
    """
    spreads = product.select("product_id", "spread")
    t = held.filter(held.closed_on.isnull()).left_join(spreads, "product_id").drop("product_id_right")
    price = _chosen(t.category, assumptions.transfer_price)
    rate = _percent(t.annual_rate)
    given = ibis.cases(
        (t.spread.notnull(), _percent(t.spread)),
        (t.side == "deposit", price - ibis.ifelse(t.category == "demand_deposit", rate.coalesce(0), rate)),
        (t.side == "loan", rate - price),
        (t.side == "investment", _chosen(t.category, assumptions.commission)),
        else_=ibis.null("int64"),
    )
    t = t.mutate(
        _spread=given,
        _cost=_loss_rate(t.category, assumptions),
        part=ibis.cases(
            (t.side == "deposit", "deposits"), (t.side == "investment", "investments"), (t.side == "loan", "loans"),
            else_="fees",
        ),
    )  # fmt: skip
    # What is owed may be booked below zero; what it earns follows its size.
    size = ibis.ifelse(t.side == "loan", t.average.abs(), t.average)
    return t.select(
        "party_id",
        "account_id",
        "category",
        "matures_on",
        "part",
        earned=converted(size, t._spread.coalesce(0)),
        loss=-converted(size, t._cost),
        unpriced=t._spread.isnull() & (t.average != 0),
    )


def of_service(usage: ir.Table, assumptions: Assumptions) -> ir.Table:
    """``party_id``, ``fees`` and ``service`` (≤ 0): a year's fees received, and transactions × unit cost by channel.

    ``usage``: ``party_id``, ``fees_12m`` (minor units of the reporting currency), ``made_<channel>_12m`` (counts; a
    channel without a column counts as unused).
    """
    costs = [
        usage[f"made_{channel}_12m"].coalesce(0).cast("int64") * cost
        for channel, cost in assumptions.unit_cost.items()
        if f"made_{channel}_12m" in usage.columns
    ]
    fees = usage.fees_12m if "fees_12m" in usage.columns else ibis.literal(0, "int64")
    t = usage.select("party_id", _fees=fees.coalesce(0).cast("int64"), _cost=add_up(costs))
    return t.group_by("party_id").aggregate(fees=total(t._fees), service=-total(t._cost))


def usage(activity: ir.Table, accounts: ir.Table, fees: ir.Table, first: int, last: int) -> ir.Table:
    """What :func:`of_service` takes, for the twelve months ``first`` … ``last`` (serials).

    ``activity`` has the columns of ``activity.SCHEMA``, ``accounts`` those of ``holdings.accounts``; ``fees`` has
    ``account_id``, ``month`` and ``fees`` (minor units of the account's currency, received, positive).
    """
    owners = accounts.select("account_id", "party_id", "factor")
    made = [name for name in activity.columns if name.startswith("made_")]
    t = activity.filter(activity.month.between(first, last)).inner_join(owners, "account_id")
    counts = t.group_by("party_id").aggregate(**{f"{name}_12m": total(t[name]) for name in made})
    f = fees.filter(fees.month.between(first, last)).inner_join(owners, "account_id")
    f = f.mutate(_fees=converted(f.fees, f.factor).coalesce(0))
    paid = f.group_by("party_id").aggregate(fees_12m=total(f._fees))
    joined = counts.outer_join(paid, "party_id")
    names = [name for name in joined.columns if name not in ("party_id", "party_id_right")]
    return joined.select(
        party_id=joined.party_id.coalesce(joined.party_id_right), **{name: joined[name].coalesce(0) for name in names}
    )


def _loss_rate(category: ir.StringValue, assumptions: Assumptions) -> ir.IntegerValue:
    rates = {
        code: round(
            assumptions.default_probability.get(code, 0) * assumptions.loss_given_default.get(code, 0) / MILLION
        )
        + assumptions.capital.get(code, 0)
        for code in codes.LOAN_CATEGORIES
    }
    return _chosen(category, rates).coalesce(0)


def _chosen(category: ir.StringValue, table: Mapping[str, int]) -> ir.IntegerValue:
    branches = [(category == code, ibis.literal(number, "int64")) for code, number in table.items()]
    return ibis.cases(*branches, else_=ibis.null("int64"))


def _percent(rate: ir.NumericValue) -> ir.IntegerValue:
    """Percent as whole millionths."""
    return (rate.cast("float64") * (MILLION / 100)).round(0).cast("int64")
