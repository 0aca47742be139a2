"""Concentration: how much of the value lies with how few (S5, 二八法则). Exact, set-based, no sampling.

For n customers with values x₁ ≤ … ≤ xₙ of sum S: Gini = 2 Σ i·xᵢ ÷ (n·S) − (n + 1) ÷ n. The Lorenz curve at a
share p of customers is the sum of the p·n poorest ÷ S, a customer on the boundary counted in part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.insight.exact import joined, share_text, total

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: Steps of the curve: 21 points, 0 and 1 included.
STEPS = 20
#: Published decimals, so that both engines print the same.
DECIMALS = 6


def of_groups(values: ir.Table, group: str, value: str) -> ir.Table:
    """Concentration of ``value`` (whole minor units) within each ``group``; rows of 0 or less are left out.

    Result: ``group``, ``customers``, ``aum`` (the sum), ``gini`` (0 equal … 1), ``top_fifth_share``, ``lorenz``
    (JSON list of 21 pairs).
    """
    t = values.filter(values[value] > 0).select(group, x=value)
    t = t.mutate(
        i=ibis.row_number().over(group_by=t[group], order_by=t.x) + 1,
        n=t.count().over(group_by=t[group]),
    )
    exact = "decimal(38, 0)"

    def poorest(step: int) -> ir.Value:
        """20 × the sum of the poorest ``step`` twentieths: whole, though the boundary customer is divided."""
        weight = ibis.least(ibis.greatest(step * t.n - STEPS * (t.i - 1), 0), STEPS)
        return (weight * t.x).cast(exact).sum()

    sums = t.group_by(group).aggregate(
        customers=t.count(),
        aum=total(t.x),
        # 18 + 19 digits: the widest product that both engines keep exact
        ranked=(t.i.cast("decimal(18, 0)") * t.x.cast("decimal(19, 0)")).cast(exact).sum(),
        **{f"poorest_{step}": poorest(step) for step in range(1, STEPS)},
    )
    n, all_ = sums.customers.cast("float64"), sums.aum.cast("float64")
    gini = sums.ranked.cast("float64") * 2.0 / (n * all_) - (n + 1.0) / n
    shares = {
        step: (sums[f"poorest_{step}"].cast("float64") / (all_ * STEPS)).round(DECIMALS) for step in range(1, STEPS)
    }
    points = [ibis.literal("[0.0,0.0]")]
    points += [ibis.literal(f"[{step / STEPS},") + share_text(value, DECIMALS) + "]" for step, value in shares.items()]
    points.append(ibis.literal("[1.0,1.0]"))
    top = 1.0 - sums["poorest_16"].cast("float64") / (all_ * STEPS)
    return sums.select(
        group,
        "customers",
        "aum",
        gini=ibis.greatest(gini.round(DECIMALS), 0.0),
        top_fifth_share=top.round(DECIMALS),
        lorenz=ibis.literal("[") + joined(points) + "]",
    )
