"""Asset tiers with protected periods (S3, 客户分层).

A tier is *met* in a month whose average AUM is at least its threshold, and *held* at a month's end if it was
met in that month or in one of the ``protection`` months before. The effective tier is the highest one held.
Tiers are numbered 0 (basic) to 4 (private) in the order of ``codes.TIER_ORDER``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import ibis

from tenure.contracts import codes
from tenure.insight import months
from tenure.insight.exact import add_up, largest, smallest
from tenure.insight.months import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.thresholds import Thresholds

#: The spans over which the lowest tier is published, in month ends.
SPANS = (3, 6, 9, 12)


def reached(average: ir.IntegerValue, thresholds: Thresholds) -> ir.IntegerValue:
    """The number of the highest tier whose threshold ``average`` meets."""
    return add_up(ibis.ifelse(average >= line, 1, 0).cast("int64") for line in thresholds.tiers.ladder[1:])


def held(averages: Mapping[int, ir.IntegerValue], at: int, thresholds: Thresholds) -> ir.IntegerValue:
    """The effective tier ``at`` months back, from month averages by months back.

    Months that ``averages`` lacks count as not having met anything.
    """
    best: dict[int, ir.Value] = {}
    numbers: list[ir.Value] = []
    for tier, (line, kept) in enumerate(zip(thresholds.tiers.ladder, thresholds.protection.ladder, strict=True)):
        if kept not in best:
            best[kept] = largest([averages[k] for k in range(at, at + kept + 1) if k in averages])
        numbers.append(ibis.ifelse(best[kept] >= line, tier, 0).cast("int64") if tier else ibis.literal(0, "int64"))
    return largest(numbers)


def last_met(averages: Mapping[int, ir.IntegerValue], tier: int, thresholds: Thresholds) -> ir.IntegerValue:
    """How many months back ``tier`` was last met in a closed month, within its protection; else null."""
    line, kept = thresholds.tiers.ladder[tier], thresholds.protection.ladder[tier]
    none = ibis.null("int64")
    return ibis.coalesce(
        *(ibis.ifelse(averages[k] >= line, k, none).cast("int64") for k in range(1, kept + 2) if k in averages), none
    )


def held_now(average: ir.IntegerValue, met: Mapping[int, ir.IntegerValue], thresholds: Thresholds) -> ir.IntegerValue:
    """The effective tier at a month end that is ``as_of`` itself: ``met`` gives :func:`last_met` per tier."""
    ladder, kept = thresholds.tiers.ladder, thresholds.protection.ladder
    numbers: list[ir.Value] = [ibis.literal(0, "int64")]
    for tier in range(1, len(ladder)):
        holds = (average >= ladder[tier]) | (met[tier] <= kept[tier]).coalesce(False)
        numbers.append(ibis.ifelse(holds, tier, 0).cast("int64"))
    return largest(numbers)


def protected_until(
    tier: ir.IntegerValue,
    tier_reached: ir.IntegerValue,
    met: Mapping[int, ir.IntegerValue],
    window: Window,
    thresholds: Thresholds,
) -> ir.DateValue:
    """The last day a tier above the one reached is kept; null where no protection is needed.

    Met in month m and kept for P further month ends, it falls at the end of month m + P + 1.
    """
    ends: list[tuple[ir.Value, ir.Value]] = []
    for number, kept in enumerate(thresholds.protection.ladder):
        if number:
            for back in range(1, kept + 2):
                end = months.last_day(window.open_month + kept + 1 - back)
                ends.append(((tier == number) & (tier_reached < number) & (met[number] == back), ibis.literal(end)))
    return ibis.cases(*ends, else_=ibis.null("date"))


def lowest(tiers: Sequence[ir.IntegerValue]) -> ir.IntegerValue:
    """The lowest of some month ends' tiers; months before the customer's first (null) don't count."""
    return smallest(list(tiers))


def name(tier: ir.IntegerValue) -> ir.StringValue:
    """A tier's code from its number; null stays null."""
    cases = [(tier == number, ibis.literal(code)) for number, code in enumerate(codes.TIER_ORDER)]
    return ibis.cases(*cases, else_=ibis.null("string"))


def number(tier: str) -> int:
    """A tier's number from its code."""
    return codes.TIER_ORDER.index(tier)


def line(tier: ir.IntegerValue, thresholds: Thresholds) -> ir.IntegerValue:
    """The threshold of a tier given by number; null above the highest."""
    cases = [(tier == n, ibis.literal(amount, "int64")) for n, amount in enumerate(thresholds.tiers.ladder)]
    return ibis.cases(*cases, else_=ibis.null("int64"))
