"""The bank value: each holding's margin × survival, discounted, added up per customer, household and company group.

Margin and survival meet within each customer: the sum over customers of margin·S, never the mean margin times the
mean S, which overstates a bank whose large customers leave sooner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.insight.exact import add_up, converted, number_text, rounded, total
from tenure.insight.value import margin
from tenure.insight.value.assumptions import Assumptions
from tenure.insight.value.survival import Z, annuities

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir

#: The parts of a value, in the order people read them. They sum to it exactly.
PARTS = ("deposits", "investments", "loans", "fees", "service", "loss")


def of_customers(
    held: ir.Table, product: ir.Table, usage: ir.Table, survival: ir.Table, assumptions: Assumptions, as_of: date
) -> ir.Table:
    """Each customer's value over the horizon, in minor units of the reporting currency.

    ``held``, ``product`` and ``usage`` as in :mod:`tenure.insight.value.margin`; ``survival``: ``party_id``,
    ``s_1 … s_n``. Result by ``party_id`` (whoever has a survival curve): ``value``, ``value_low``, ``value_high``,
    ``value_months``, the six parts, ``value_parts`` (JSON), ``timing``, ``discount_rate`` and ``unpriced`` (accounts
    without a price). A customer without a curve is not in it: their value can't be told.

    The interval is of the *expected* value: (value − low)² = (value − value at the low curve)² + (z·σ·Σ|part|)², and
    likewise above, the errors of curve and margin taken as independent (delta method).
    """
    lives = annuities(survival, assumptions)
    earned = _over_the_horizon(margin.of_holdings(held, product, assumptions), lives, assumptions, as_of)
    sums = earned.group_by("party_id").aggregate(
        **{f"_{part}": total(earned._earned, earned.part == part) for part in ("deposits", "investments", "loans")},
        _other=total(earned._earned, earned.part == "fees"),
        _loss=total(earned._loss),
        _unpriced=total(earned.unpriced.cast("int64")),
    )
    served = margin.of_service(usage, assumptions)
    t = lives.drop("annuity").left_join(sums, "party_id").drop("party_id_right")
    t = t.left_join(served, "party_id").drop("party_id_right")
    t = t.mutate(
        deposits=t._deposits.coalesce(0),
        investments=t._investments.coalesce(0),
        loans=t._loans.coalesce(0),
        fees=t._other.coalesce(0) + converted(t.fees.coalesce(0), t.whole),
        service=converted(t.service.coalesce(0), t.whole),
        loss=t._loss.coalesce(0),
        unpriced=t._unpriced.coalesce(0),
    )
    return _with_interval(t, assumptions)


def _over_the_horizon(earned: ir.Table, lives: ir.Table, assumptions: Assumptions, as_of: date) -> ir.Table:
    """Each holding's ``_earned`` and ``_loss`` over the horizon: a year's, times the discounted years in which the
    customer is still here and the holding still runs or was renewed."""
    earned = earned.inner_join(lives, "party_id")
    ahead = (earned.matures_on.year() - as_of.year) * 12 + (earned.matures_on.month() - as_of.month)
    ahead = ibis.least(ibis.greatest(ahead, 0), assumptions.horizon_months).cast("int64")
    until = ibis.ifelse(ahead > 0, earned.annuity[ibis.greatest(ahead - 1, 0)], 0)
    stays = [(earned.category == code, ibis.literal(share, "int64")) for code, share in assumptions.renewal.items()]
    renewed = ibis.cases(*stays, else_=ibis.literal(0, "int64"))
    kept = ibis.ifelse(earned.matures_on.isnull(), earned.whole, until + converted(earned.whole - until, renewed))
    return earned.mutate(_earned=converted(earned.earned, kept), _loss=converted(earned.loss, kept))


def of_groups(values: ir.Table, members: ir.Table) -> ir.Table:
    """The value of households or company groups: exact sums of their members'.

    ``values`` is the result of :func:`of_customers`, with the parts and ``unpriced`` or without; ``members`` has
    ``group_id`` and ``party_id`` (named twice counts once). Half-widths of the intervals are added: members' errors
    may share one cause, the widest case.
    """
    pairs = members.select("group_id", "party_id").distinct()
    t = pairs.inner_join(values, "party_id")
    beside = [name for name in (*PARTS, "unpriced") if name in values.columns]
    columns = ("value", "value_low", "value_high", *beside)
    return t.group_by("group_id").aggregate(
        members=t.count(), value_months=t.value_months.max(), **{name: total(t[name]) for name in columns}
    )


def _with_interval(t: ir.Table, assumptions: Assumptions) -> ir.Table:
    t = t.mutate(value=add_up(t[part] for part in PARTS), _size=add_up(t[part].abs() for part in PARTS))
    whole = t.whole.nullif(0).cast("float64")
    amount = t.value.cast("float64")
    ends = [amount * (t[end].cast("float64") / whole).coalesce(1.0) for end in ("low", "high")]
    spread = t._size.cast("float64") * (Z * assumptions.margin_error)
    below = (amount - ibis.least(*ends), spread)
    above = (ibis.greatest(*ends) - amount, spread)
    half = [(a * a + b * b).sqrt().ceil().cast("int64") for a, b in (below, above)]
    texts = [ibis.literal(f'"{part}":') + number_text(t[part]) for part in PARTS]
    return t.select(
        "party_id",
        "value",
        *PARTS,
        "unpriced",
        value_low=t.value - half[0],
        value_high=t.value + half[1],
        value_months=ibis.literal(assumptions.horizon_months, "int64"),
        value_parts=ibis.literal("{") + ibis.literal(",").join(texts) + "}",
        timing=ibis.literal(assumptions.timing),
        discount_rate=ibis.literal(assumptions.discount_rate, "float64"),
    )


def worth_of_categories(
    earned: ir.Table, survival: ir.Table, assumptions: Assumptions, as_of: date, least: int = 30
) -> ir.Table:
    """``category`` and ``worth``: what a holding of it earns on average over the horizon, in minor units.

    ``earned`` is :func:`tenure.insight.value.of_holdings`, ``survival`` as for :func:`of_customers`: a holding counts
    while its customer is likely here, until it matures, and then with the chance of renewal, as in a customer's value.
    A category with fewer than ``least`` priced holdings has no row. The mean of today's holdings: a new one may be
    smaller, and has its whole term ahead of it.
    """
    priced = _over_the_horizon(earned.filter(~earned.unpriced), annuities(survival, assumptions), assumptions, as_of)
    t = priced.group_by("category").aggregate(amount=total(priced._earned + priced._loss), holdings=priced.count())
    t = t.filter(t.holdings >= least)
    return t.select("category", worth=rounded(t.amount, t.holdings))
