"""Balances: daily averages over step functions.

A balance row holds from its day until the account's next row. A *summary* condenses one account's month to
three numbers that need that month's rows only: the first day with a row, the balance-days from there to the
month's end, and the last balance. What held before the first row is the last balance of an earlier month, so
summaries chain without looking at rows again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import ibis

from tenure.insight import months
from tenure.insight.exact import converted, side_by_side, total
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


#: Sums made side by side in one aggregation: few enough that their states stay in the processor's cache.
_ABREAST = 12


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


def closed_months(
    summaries: Mapping[int, ir.Table], accounts: ir.Table, window: Window, *, one_currency: bool
) -> ir.Table:
    """Balance-days of the last 35 closed months per account, carried forward where a month has no row.

    ``summaries`` holds every closed month's summary by month (serial), older ones included. Result, one row per
    account opened before the open month: ``account_id``, ``party_id``, ``side``, ``days_k`` (balance-days k months
    back, reporting currency, 0 before the first row and after closing), ``first_back`` (months back of the first
    row; null if none), and ``closing`` (balance at the end of the last closed month, in the account's own
    currency; null if never any).
    """
    began = months.first_day(window.open_month)
    held = accounts.filter(accounts.opened_on < began).select("account_id", "party_id", "side", "factor", "closed_on")
    back = {window.open_month - month: part for month, part in summaries.items() if month < window.open_month}
    recent = {k: part for k, part in sorted(back.items()) if k < HISTORY}
    parts = [
        part.select("account_id", **{f"first_{k}": part["first"], f"area_{k}": part.area, f"last_{k}": part["last"]})
        for k, part in recent.items()
    ]
    older = [part for k, part in back.items() if k >= HISTORY]
    parts.append(_carried(older, window) if older else _nothing_carried(held))
    held = side_by_side(held, parts, "account_id")
    ended = window.open_month - (held.closed_on.year().cast("int64") * 12 + held.closed_on.month().cast("int64") - 1)
    held = held.mutate(
        ended=ibis.ifelse(held.closed_on < began, ended, 0).coalesce(0),
        ended_day=held.closed_on.day().cast("int64").coalesce(0),
        first_back=ibis.coalesce(
            held.older_back,
            *(ibis.ifelse(held[f"first_{k}"].notnull(), k, ibis.null("int64")) for k in sorted(recent, reverse=True)),
        ),
    )
    held = _carried_on(held, recent)
    columns: dict[str, ir.Value] = {}
    for k in range(1, HISTORY):
        length, before = months.length(window.month(k)), held[f"carried_{k + 1}"].coalesce(0)
        days = before * length
        if k in recent:
            first = held[f"first_{k}"]
            days = ibis.ifelse(first.isnull(), days, before * (first - 1) + held[f"area_{k}"])
        after_closing = held[f"carried_{k}"].coalesce(0) * (length + 1 - held.ended_day)
        days = ibis.cases((held.ended < k, days), (held.ended == k, days - after_closing), else_=0)
        columns[f"days_{k}"] = days if one_currency else converted(days, held.factor).coalesce(0)
    closing = held.carried_1
    return held.select(
        "account_id",
        "party_id",
        "side",
        "first_back",
        closing=ibis.ifelse(held.ended > 0, closing * 0, closing),
        **columns,
    )


def _carried(older: Sequence[ir.Table], window: Window) -> ir.Table:
    """What the months before the window left behind: the last balance, and months back of the first row."""
    rows = older[0] if len(older) == 1 else ibis.union(*older)
    return rows.group_by("account_id").aggregate(
        carried=rows["last"].argmax(rows.month), older_back=window.open_month - rows.month.min()
    )


def _nothing_carried(held: ir.Table) -> ir.Table:
    nobody = held.filter(ibis.literal(False))
    return nobody.select("account_id", carried=ibis.null("int64"), older_back=ibis.null("int64"))


def _carried_on(t: ir.Table, recent: Mapping[int, ir.Table]) -> ir.Table:
    """Adds ``carried_k``: the balance at the end of the month k back, from that month or the newest before it.

    Six months a stage: one ``coalesce`` over all of them would be evaluated anew for each month.
    """
    t = t.mutate(**{f"carried_{HISTORY}": t.carried})
    for newest in range(HISTORY - 6, -5, -6):
        stage, chain = {}, [t[f"carried_{newest + 6}"]]
        for k in range(newest + 5, max(newest, 1) - 1, -1):
            if k in recent:
                chain.insert(0, t[f"last_{k}"])
            stage[f"carried_{k}"] = ibis.coalesce(*chain)
        t = t.mutate(**stage)
    return t


def by_party(closed: ir.Table) -> ir.Table:
    """Balance-days by party: ``aum_days_k`` for 35 months, ``deposit_days_k`` and ``loan_days_k`` for 23.

    ``first_back`` is how many months ago the customer's first balance stands (null: none yet).
    """
    parts = []
    for prefix, rows, last in (
        ("aum", closed.filter(closed.side.isin(("deposit", "investment"))), HISTORY),
        ("deposit", closed.filter(closed.side == "deposit"), CURVE),
        ("loan", closed.filter(closed.side == "loan"), CURVE),
    ):
        for first in range(1, last, _ABREAST):
            abreast = range(first, min(first + _ABREAST, last))
            parts.append(
                rows.group_by("party_id").aggregate(**{f"{prefix}_days_{k}": total(rows[f"days_{k}"]) for k in abreast})
            )
    owners = closed.group_by("party_id").aggregate(first_back=closed.first_back.max())
    t = side_by_side(owners, parts, "party_id")
    return t.mutate(**{name: t[name].coalesce(0) for name in t.columns if "_days_" in name})


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
