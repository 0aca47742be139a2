"""Branches: figures of a branch and all below it. Every customer counts at each ancestor of their branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.insight import concentration, months, tiers
from tenure.insight.exact import total
from tenure.insight.months import CURVE, Window

if TYPE_CHECKING:
    import ibis.expr.types as ir


def months_by_tier(figures: ir.Table, ancestors: ir.Table, window: Window) -> ir.Table:
    """The publication's ``branch_month``: customers and month-average AUM by tier, 24 months.

    ``figures`` is the customer frame, ``ancestors`` pairs ``org_id`` with each ``ancestor_id`` (itself too). A
    customer counts from the month of their first balance on; in the open month with an account, unless they left.
    """
    parts = []
    for k in range(CURVE):
        tier = figures.tier_number if k == 0 else figures[f"tier_{k}"]
        aum = figures.aum_month_average if k == 0 else figures[f"aum_{k}"]
        there = figures.first_opened_on.notnull() & figures.left_on.isnull() if k == 0 else tier.notnull()
        if k:
            left_before = figures.left_on < months.first_day(window.month(k))
            there = there & ~left_before.coalesce(False)
        rows = figures.filter(there).select("org_id", tier=tier, aum=aum)
        sums = rows.group_by("org_id", "tier").aggregate(customers=rows.count(), aum=total(rows.aum))
        parts.append(sums.mutate(month=ibis.literal(months.label(window.month(k)))))
    t = ibis.union(*parts).inner_join(ancestors, "org_id")
    sums = t.group_by(org_id=t.ancestor_id, month=t.month, number=t.tier).aggregate(
        customers=total(t.customers), aum=total(t.aum)
    )
    return sums.select("org_id", "month", tiers.name(sums.number).name("tier"), "customers", "aum")


def migration(figures: ir.Table, ancestors: ir.Table, window: Window) -> ir.Table:
    """The publication's ``tier_migration``: customers by tier at the month end before and now.

    ``new`` are those who had no balance by the month end before.
    """
    held = figures.filter(figures.first_opened_on.notnull() & figures.left_on.isnull())
    before = held[f"tier_{window.newest_end + 1}"]
    rows = held.select("org_id", "tier", tier_before=tiers.name(before).coalesce("new"), aum=held.aum_month_average)
    sums = rows.group_by("org_id", "tier_before", "tier").aggregate(customers=rows.count(), aum=total(rows.aum))
    t = sums.inner_join(ancestors, "org_id")
    return t.group_by(org_id=t.ancestor_id, tier_before=t.tier_before, tier=t.tier).aggregate(
        customers=total(t.customers), aum=total(t.aum)
    )


def concentrations(figures: ir.Table, ancestors: ir.Table) -> ir.Table:
    """The publication's ``concentration`` for every branch that has, at or below it, a customer with money."""
    held = figures.filter(figures.left_on.isnull()).select("org_id", "aum_month_average")
    spread = held.inner_join(ancestors, "org_id").select(org_id="ancestor_id", aum_month_average="aum_month_average")
    return concentration.of_groups(spread, "org_id", "aum_month_average")
