"""Branches: figures of a branch and all below it. Every customer counts at each ancestor of their branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.insight import concentration, months, tiers
from tenure.insight.exact import total
from tenure.insight.months import CURVE, Window

if TYPE_CHECKING:
    import ibis.expr.types as ir


def months_by_tier(figures: ir.Table, history: ir.Table, ancestors: ir.Table, window: Window) -> ir.Table:
    """The publication's ``branch_month``: customers and month-average AUM by tier, 24 months.

    ``figures`` is the customer frame, ``history`` the frame of :func:`history.of_parties`; ``ancestors`` pairs
    ``org_id`` with each ``ancestor_id`` (itself too). A customer counts from the month of their first balance on;
    in the open month with an account, unless they left.
    """
    now = figures.filter(figures.first_opened_on.notnull() & figures.left_on.isnull())
    parts = [_of_month(now.select("org_id", tier="tier_number", aum="aum_month_average"), window.open_month)]
    past = history.inner_join(figures.select("party_id", "org_id", "left_on"), "party_id")
    for k in range(1, CURVE):
        month = window.month(k)
        left_before = (past.left_on < months.first_day(month)).coalesce(False)
        there = past.filter(past[f"tier_{k}"].notnull() & ~left_before)
        parts.append(_of_month(there.select("org_id", tier=f"tier_{k}", aum=f"aum_{k}"), month))
    t = ibis.union(*parts).inner_join(ancestors, "org_id")
    sums = t.group_by(org_id=t.ancestor_id, month=t.month, number=t.tier).aggregate(
        customers=total(t.customers), aum=total(t.aum)
    )
    return sums.select("org_id", "month", tiers.name(sums.number).name("tier"), "customers", "aum")


def _of_month(rows: ir.Table, month: int) -> ir.Table:
    sums = rows.group_by("org_id", "tier").aggregate(customers=rows.count(), aum=total(rows.aum))
    return sums.mutate(month=ibis.literal(months.label(month)))


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
