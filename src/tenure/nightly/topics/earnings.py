"""What customers keep, and what it earns, over closed months: the ground of the profit formula and of prices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis

from tenure.insight import months, value
from tenure.insight.exact import add_up, total

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.nightly.topics import Known


def balances(known: Known, backs: Sequence[int], assumptions: value.Assumptions) -> ir.Table:
    """By party: average balance over some closed months (money kept and money owed), and its margin a year."""
    days = known.frames.past.window.days_of(tuple(backs))
    closed = known.closed.by_account
    sums = closed.select("account_id", area=add_up(closed[f"days_{back}"] for back in backs))
    a = known.accounts
    held = a.inner_join(sums, "account_id")
    held = held.mutate(average=(held.area / days).round(0).cast("int64"), closed_on=ibis.null("date"))
    margin = value.of_holdings(held, known.source("product"), assumptions)
    sizes = held.select(
        kept_account=held.account_id,
        size=ibis.ifelse(held.side == "loan", held.average.abs(), ibis.greatest(held.average, 0)),
    )
    t = margin.inner_join(sizes, margin.account_id == sizes.kept_account)
    return t.group_by("party_id").aggregate(balance=total(t["size"]), margin=total(t.earned + t.loss))


def present(known: Known, backs: Sequence[int]) -> ir.Table:
    """The parties with an account open on some day of the months, and the branch that keeps them today."""
    window = known.frames.past.window
    first, last = months.first_day(window.month(backs[-1])), months.last_day(window.month(backs[0]))
    a = known.accounts
    here = a.filter((a.opened_on <= last) & (a.closed_on.isnull() | (a.closed_on >= first)))
    here = here.group_by("party_id").aggregate(opened_on=here.opened_on.min())
    return known.party.select("party_id", "org_id", "since").inner_join(here, "party_id")
