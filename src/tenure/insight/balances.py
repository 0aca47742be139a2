"""Balances: daily averages over step functions.

A balance row holds from its day until the account's next row. A *summary* condenses one account's month to
three numbers that need that month's rows only: the first day with a row, the balance-days from there to the
month's end, and the last balance. What held before the first row is the last balance of an earlier month, so
summaries chain without looking at rows again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import ibis

from tenure.insight import months
from tenure.insight.exact import converted, total
from tenure.insight.months import CURVE, HISTORY, Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: What a summary holds. ``first`` is a day of the month, ``area`` balance-days, ``last`` minor units.
SCHEMA: Mapping[str, str] = {
    "account_id": "string",
    "month": "int64",
    "first": "int64",
    "area": "int64",
    "last": "int64",
}


def summary(rows: ir.Table, month: int, until: int | None = None) -> ir.Table:
    """Each account's month from ``balance`` rows of that month only, to its end or to day ``until`` of it.

    Rows after ``until`` must have been left out by the caller.
    """
    end = until if until is not None else months.length(month)
    held = rows.select("account_id", "balance", day=rows.day.day().cast("int64"))
    held = held.mutate(next=held.day.lead().over(group_by=held.account_id, order_by=held.day))
    sums = held.group_by("account_id").aggregate(
        first=held.day.min(),
        area=total(held.balance * (held.next.coalesce(end + 1) - held.day)),
        last=total(held.balance, held.next.isnull()),
    )
    return sums.mutate(month=ibis.literal(month, "int64")).select(*SCHEMA)


def closed_months(summaries: ir.Table, accounts: ir.Table, window: Window, *, one_currency: bool) -> ir.Table:
    """Balance-days of the last 35 closed months per account, carried forward where a month has no row.

    ``summaries`` holds every closed month, older ones included. Result, one row per account opened before the
    open month: ``account_id``, ``party_id``, ``side``, ``days_k`` (balance-days k months back, reporting currency,
    0 before the first row and after closing), ``first_back`` (months back of the first row; null if none), and
    ``closing`` (balance at the end of the last closed month, in the account's own currency; null if never any).
    """
    rows = summaries.mutate(back=window.open_month - summaries.month).filter(lambda t: t.back >= 1)
    recent = rows.filter(rows.back < HISTORY)
    pivot: dict[str, ir.Value] = {"recent_back": recent.back.max()}
    for k in range(1, HISTORY):
        here = recent.back == k
        # first is 1…31, so one maximum carries both it and the balance: each account has one row a month
        pivot[f"packed_{k}"] = (recent["last"] * 32 + recent["first"]).max(where=here)
        pivot[f"area_{k}"] = total(recent.area, here)
    wide = recent.group_by("account_id").aggregate(**pivot)
    older = rows.filter(rows.back >= HISTORY)
    older = older.group_by("account_id").aggregate(
        carried=older["last"].argmin(older.back), older_back=older.back.max()
    )
    began = months.first_day(window.open_month)
    held = accounts.filter(accounts.opened_on < began).select("account_id", "party_id", "side", "factor", "closed_on")
    held = held.left_join(wide, "account_id").drop("account_id_right")
    held = held.left_join(older, "account_id").drop("account_id_right")
    ended = ibis.ifelse(
        held.closed_on < began,
        window.open_month - (held.closed_on.year().cast("int64") * 12 + held.closed_on.month().cast("int64") - 1),
        0,
    ).coalesce(0)
    held = held.mutate(ended=ended, ended_day=held.closed_on.day().cast("int64").coalesce(0))
    columns: dict[str, ir.Value] = {}
    carried: list[ir.Value] = [held.carried]
    for k in range(HISTORY - 1, 0, -1):
        packed, length = held[f"packed_{k}"], months.length(window.month(k))
        first = packed % 32 + ibis.ifelse(packed % 32 < 0, 32, 0)
        before = ibis.coalesce(*carried, 0)
        days = ibis.ifelse(packed.isnull(), before * length, before * (first - 1) + held[f"area_{k}"])
        carried.insert(0, ((packed - first) / 32).cast("int64"))
        after_closing = ibis.coalesce(*carried, 0) * (length + 1 - held.ended_day)
        days = ibis.cases((held.ended < k, days), (held.ended == k, days - after_closing), else_=0)
        columns[f"days_{k}"] = days if one_currency else converted(days, held.factor).coalesce(0)
    closing = ibis.coalesce(*carried)
    return held.select(
        "account_id",
        "party_id",
        "side",
        first_back=ibis.coalesce(held.older_back, held.recent_back),
        closing=ibis.ifelse(held.ended > 0, closing * 0, closing),
        **columns,
    )


def by_party(closed: ir.Table) -> ir.Table:
    """Balance-days by party: ``aum_days_k`` for 35 months, ``deposit_days_k`` and ``loan_days_k`` for 23.

    ``first_back`` is how many months ago the customer's first balance stands (null: none yet).
    """
    assets = closed.side.isin(("deposit", "investment"))
    sums: dict[str, ir.Value] = {"first_back": closed.first_back.max()}
    for k in range(1, HISTORY):
        days = closed[f"days_{k}"]
        sums[f"aum_days_{k}"] = total(days, assets)
        if k < CURVE:
            sums[f"deposit_days_{k}"] = total(days, closed.side == "deposit")
            sums[f"loan_days_{k}"] = total(days, closed.side == "loan")
    return closed.group_by("party_id").aggregate(**sums)


def as_of(
    accounts: ir.Table, closing: ir.Table, open_month: ir.Table, window: Window, *, one_currency: bool
) -> ir.Table:
    """Each account at the end of ``as_of``.

    ``closing`` has ``account_id`` and ``closing`` (see :func:`closed_months`), ``open_month`` the summary of the
    open month until ``as_of``. Result: the accounts with ``balance`` (own currency; null if never any), ``value``
    and ``days_0`` (balance and balance-days of the open month in the reporting currency; 0 where closed).
    """
    held = accounts.left_join(closing.select("account_id", "closing"), "account_id").drop("account_id_right")
    now = open_month.select("account_id", "first", "area", "last")
    held = held.left_join(now, "account_id").drop("account_id_right")
    before = held.closing.coalesce(0)
    balance = ibis.coalesce(held["last"], held.closing)
    days = ibis.ifelse(held["first"].isnull(), before * window.days_open, before * (held["first"] - 1) + held.area)
    began = months.first_day(window.open_month)
    closed, closed_earlier = held.closed_on.notnull(), (held.closed_on < began).coalesce(False)
    cut = days - balance.coalesce(0) * (window.days_open + 1 - held.closed_on.day().cast("int64"))
    days = ibis.cases((closed_earlier, 0), (closed, cut), else_=days)
    balance = ibis.ifelse(closed & balance.notnull(), 0, balance)
    value = balance.coalesce(0)
    if not one_currency:
        value, days = (converted(amount, held.factor).coalesce(0) for amount in (value, days))
    return held.mutate(balance=balance, value=value, days_0=days).drop("closing", "first", "area", "last")
