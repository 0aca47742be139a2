"""Activity: what customers did, as an additive roll-up of the transaction table.

A roll-up row is one account in one month (or on one day): counts of customer-made transactions by channel
and sums of money. Every column is a sum or a maximum, so roll-ups of any split of the transactions add up to
the roll-up of all of them; that is what makes a night incremental.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import ibis

from tenure.contracts import codes
from tenure.insight.exact import add_up, converted, side_by_side, total
from tenure.insight.months import CURVE, Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: Kinds that happen to a customer rather than by them: booked by the bank, or credits somebody else sent.
NOT_CUSTOMER_MADE = ("interest", "fee", "penalty", "loan_drawdown", "payroll", "pension", "transfer_in")
#: Kinds that don't move money between the customer's deposits and the world outside the bank.
NOT_A_FLOW = ("interest", "fee", "penalty", "investment_buy", "investment_sell")
#: Credits that may be a salary where the lake knows no ``payroll`` (see :mod:`tenure.insight.payroll`).
PAYROLL_LIKE = ("transfer_in", "pension")
#: Channels a customer can act through.
CHANNELS = tuple(c for c in codes.CHANNELS if c != "system")

_COUNTS = tuple(f"made_{channel}" for channel in CHANNELS)
_SUMS = (*_COUNTS, "made", "inflow", "outflow", "same_name_outflow", "payroll")
_MAXIMA = ("last_made_on", "last_payroll_on", "largest_credit")

#: What a roll-up holds beside ``account_id`` and ``month`` (and ``day``).
SCHEMA: Mapping[str, str] = {
    "account_id": "string",
    "month": "int64",
    **dict.fromkeys(_SUMS, "int64"),
    "last_made_on": "date",
    "last_payroll_on": "date",
    "largest_credit": "int64",
}


def roll_up(transactions: ir.Table, *, by_day: bool = False) -> ir.Table:
    """One row per account and month (and day, if ``by_day``) that has transactions.

    ``transactions`` has the contract's columns. Result: ``account_id``, ``month`` (serial), [``day``],
    ``made_<channel>`` and ``made`` (customer-made transactions), ``inflow``, ``outflow``, ``same_name_outflow``,
    ``payroll`` (minor units of the account's currency, all positive), ``last_made_on``, ``last_payroll_on``,
    ``largest_credit`` (the largest payroll-like credit, packed as ``amount × 32 + day of month``).
    """
    t = transactions
    on = t.booked_at.date()
    t = t.select(
        "account_id",
        "channel",
        "amount",
        "same_name",
        on=on,
        month=t.booked_at.year().cast("int64") * 12 + t.booked_at.month().cast("int64") - 1,
        made=(t.channel != "system") & t.kind.notin(NOT_CUSTOMER_MADE),
        flow=t.kind.notin(NOT_A_FLOW),
        payroll=(t.kind == "payroll") & (t.amount > 0),
        payroll_like=t.kind.isin(PAYROLL_LIKE) & (t.amount > 0),
    )
    keys = {"account_id": t.account_id, "month": t.month, **({"day": t.on} if by_day else {})}
    return t.group_by(**keys).aggregate(
        **{f"made_{channel}": t.count(where=t.made & (t.channel == channel)) for channel in CHANNELS},
        made=t.count(where=t.made),
        inflow=total(t.amount, t.flow & (t.amount > 0)),
        outflow=total(-t.amount, t.flow & (t.amount < 0)),
        same_name_outflow=total(-t.amount, t.flow & (t.amount < 0) & t.same_name),
        payroll=total(t.amount, t.payroll),
        last_made_on=t.on.max(where=t.made),
        last_payroll_on=t.on.max(where=t.payroll),
        largest_credit=(t.amount * 32 + t.on.day().cast("int64")).max(where=t.payroll_like),
    )


def add(rollups: ir.Table) -> ir.Table:
    """Roll-ups of several deliveries (or days) as one row per account and month."""
    return rollups.group_by("account_id", "month").aggregate(
        **{name: total(rollups[name]) for name in _SUMS},
        **{name: rollups[name].max() for name in _MAXIMA},
    )


def open_month(rollups: ir.Table, accounts: ir.Table, *, one_currency: bool) -> ir.Table:
    """The open month by party: ``rollups`` holds only its days up to ``as_of``.

    ``accounts`` is the frame of :func:`tenure.insight.holdings.accounts`. Result: ``party_id`` and the roll-up's
    columns, money in the reporting currency, ``inflow`` and ``outflow`` of deposit accounts only.
    """
    rows = _with_owners(rollups, accounts, one_currency)
    return rows.group_by("party_id").aggregate(
        **{name: total(rows[name]) for name in _SUMS},
        **{name: rows[name].max() for name in _MAXIMA},
    )


def by_party(
    cubes: Mapping[int, ir.Table], accounts: ir.Table, window: Window, *, one_currency: bool, inferred: bool
) -> ir.Table:
    """The closed months of the curve by party, one wide row each; ``…_k`` is k months before the open month.

    ``cubes`` holds the month roll-ups by month (serial). Result, for everyone who owns one of ``accounts``:
    ``made_k``, ``inflow_k``, ``outflow_k`` for k = 1…23, ``income_k`` (payroll, or where ``inferred`` the packed
    largest payroll-like credit, null where none), ``made_<channel>_11``, ``same_name_2``, ``same_name_11``,
    ``last_made_on``, ``last_payroll_on``.
    """
    held = {k: cubes[window.month(k)] for k in range(1, CURVE) if window.month(k) in cubes}
    parts = []
    for k, cube in held.items():
        rows = _with_owners(cube, accounts, one_currency)
        sums: dict[str, ir.Value] = {f"{name}_{k}": total(rows[name]) for name in ("made", "inflow", "outflow")}
        sums[f"income_{k}"] = rows.largest_credit.max() if inferred else total(rows.payroll)
        if k <= 11:
            sums |= {f"{name}_{k}": total(rows[name]) for name in (*_COUNTS, "same_name_outflow")}
        sums |= {f"{name}_{k}": rows[name].max() for name in ("last_made_on", "last_payroll_on")}
        parts.append(rows.group_by("party_id").aggregate(**sums))
    t = side_by_side(accounts.select("party_id").distinct(), parts, "party_id")

    def column(name: str, k: int) -> ir.Value:
        return t[f"{name}_{k}"].coalesce(0) if k in held else ibis.literal(0, "int64")

    def over(name: str, last: int) -> ir.IntegerValue:
        return add_up(column(name, k) for k in range(1, last + 1) if k in held)

    def newest(name: str) -> ir.DateValue:
        return ibis.coalesce(*(t[f"{name}_{k}"] for k in sorted(held)), ibis.null("date"))

    nothing = ibis.null("int64") if inferred else ibis.literal(0, "int64")
    return t.select(
        "party_id",
        **{f"{name}_{k}": column(name, k) for k in range(1, CURVE) for name in ("made", "inflow", "outflow")},
        **{f"income_{k}": t[f"income_{k}"] if k in held else nothing for k in range(1, CURVE)},
        **{f"{name}_11": over(name, 11) for name in _COUNTS},
        same_name_2=over("same_name_outflow", 2),
        same_name_11=over("same_name_outflow", 11),
        last_made_on=newest("last_made_on"),
        last_payroll_on=newest("last_payroll_on"),
    )


def _with_owners(rollups: ir.Table, accounts: ir.Table, one_currency: bool) -> ir.Table:
    """Roll-ups with their account's owner, in the reporting currency, flows of deposits only.

    Accounts in a currency without a rate keep their counts and lose their money.
    """
    owned = accounts.select("account_id", "party_id", "side", "factor")
    rows = rollups.inner_join(owned, "account_id").drop("account_id")
    deposit = rows.side == "deposit"
    amounts: dict[str, ir.Value] = {name: rows[name] for name in ("inflow", "outflow", "same_name_outflow", "payroll")}
    if not one_currency:
        amounts = {name: converted(value, rows.factor).coalesce(0) for name, value in amounts.items()}
        day = rows.largest_credit % 32
        credit = converted(((rows.largest_credit - day) / 32).cast("int64"), rows.factor)
        amounts["largest_credit"] = credit * 32 + day
    for name in ("inflow", "outflow", "same_name_outflow"):
        amounts[name] = ibis.ifelse(deposit, amounts[name], 0)
    return rows.mutate(**amounts).drop("side", "factor")
