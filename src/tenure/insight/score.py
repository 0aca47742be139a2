"""The relationship score and the deal priority: two first, transparent orderings (S3)."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, NamedTuple

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.thresholds import Thresholds

#: Months of tenure that score full loyalty.
FULL_TENURE = 120
#: Scores carry this many decimals, so that engines whose logarithms differ in the last bit agree.
DECIMALS = 2


class Score(NamedTuple):
    """The score and its four parts, each 0–100."""

    score: ir.FloatingValue
    assets: ir.FloatingValue
    depth: ir.FloatingValue
    activity: ir.FloatingValue
    loyalty: ir.FloatingValue


def share(part: ir.IntegerValue, of: ir.IntegerValue) -> ir.FloatingValue:
    """``part ÷ of`` within 0…1; 0 where there is nothing to divide."""
    ratio = part.cast("float64") / ibis.ifelse(of > 0, of, 1)
    return ibis.least(ibis.greatest(ibis.ifelse(of > 0, ratio, 0.0), 0.0), 1.0)


def score(
    quarter_average: ir.IntegerValue,
    categories: ir.IntegerValue,
    active_months: ir.IntegerValue,
    tenure_months: ir.IntegerValue,
    same_name_outflow: ir.IntegerValue,
    outflow: ir.IntegerValue,
    thresholds: Thresholds,
) -> Score:
    """Assets on a logarithmic scale, depth, activity and loyalty, weighted by ``[score]``.

    Amounts in minor units of the reporting currency; outflows over the same twelve months.
    """
    set_ = thresholds.score
    positive = ibis.greatest(quarter_average, 0).cast("float64")
    bend = (positive / float(set_.floor) + 1.0).ln() * (100 / log(1 + set_.ceiling / set_.floor))
    assets = ibis.least(bend, 100.0)
    depth = ibis.least(categories.cast("float64") * (100 / set_.full_depth), 100.0)
    activity = active_months.cast("float64") * (100 / 12)
    staying = ibis.least(tenure_months, FULL_TENURE).cast("float64") * (50 / FULL_TENURE)
    loyalty = staying + (1.0 - share(same_name_outflow, outflow)) * 50.0
    parts = [part.round(DECIMALS) for part in (assets, depth, activity, loyalty)]
    weights = (set_.weight_assets, set_.weight_depth, set_.weight_activity, set_.weight_loyalty)
    weighted = [part * weight for part, weight in zip(parts, weights, strict=True)]
    return Score(sum(weighted[1:], weighted[0]).round(DECIMALS), *parts)


def priority(
    near: ir.BooleanValue,
    maturing_90d: ir.IntegerValue,
    idle: ir.IntegerValue,
    active_months: ir.IntegerValue,
    contacted: ir.BooleanValue,
    recommend: ir.IntegerValue,
    open_complaints: ir.IntegerValue,
    thresholds: Thresholds,
) -> ir.StringValue:
    """Potential × readiness against the lines of ``[priority]``.

    Potential is the greatest of: near the next tier (1), money maturing in 90 days and idle deposits, each ÷ its
    full amount. Readiness is the mean of activity (active months ÷ 12), a recent contact (0 or 1) and the last
    likelihood to recommend (÷ 10; ½ if never asked); nobody is ready while a complaint is open.
    """
    set_ = thresholds.priority
    potential = ibis.greatest(
        ibis.ifelse(near, 1.0, 0.0),
        ibis.least(ibis.greatest(maturing_90d, 0).cast("float64") / float(set_.maturing), 1.0),
        ibis.least(ibis.greatest(idle, 0).cast("float64") / float(set_.idle), 1.0),
    )
    readiness = (
        active_months.cast("float64") / 12.0
        + ibis.ifelse(contacted, 1.0, 0.0)
        + recommend.cast("float64").coalesce(5.0) / 10.0
    ) / 3.0
    product = (potential * ibis.ifelse(open_complaints > 0, 0.0, readiness)).round(4)
    return ibis.cases((product >= set_.high, "high"), (product >= set_.medium, "medium"), else_="low")
