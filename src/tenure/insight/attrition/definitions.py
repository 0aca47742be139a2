"""When a customer is lost: several definitions at once, each reported apart (S24; research pitfall 15).

A bank's customer rarely dies; most stop using it. Each definition names the first month at whose end it holds, from
that month and earlier ones only, so that the day somebody is called lost never depends on what came later. Definitions
that take months to hold are being met for months before: the loss *began* with the first of them, and what is foretold
is the beginning, from what was known before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.thresholds import Thresholds

#: In the order in which they are named where several begin to hold in one month: the plainest first.
DEFINITIONS = ("closed", "dormant", "fall", "main_bank")
#: Months that must be known before the own year can be a norm.
_YEAR = 12


def months_to_tell(thresholds: Thresholds) -> int:
    """How many months the slowest definition that is on takes to hold, its first month included: so long is it unknown
    whether a spell that has begun will end in a loss."""
    a = thresholds.attrition
    lengths = {"closed": 1, "dormant": a.dormant_months, "fall": a.fall_months, "main_bank": a.main_bank_months}
    return max((length for name, length in lengths.items() if getattr(a, name)), default=1)


def of(customer_months: ir.Table, thresholds: Thresholds) -> ir.Table:
    """One row for each customer that was ever lost: the months, as serials.

    ``customer_months`` is the frame of :func:`customer_months.build`. Result: ``party_id``, ``lost`` (the first month
    in which one of the definitions that are on holds), ``began`` (the first month of the spell that ended in it, see
    :func:`course`), ``definition`` (which), and ``lost_<definition>`` for each of
    :data:`DEFINITIONS`, switched on or not (null: never). What held in the first month of the window is dated there.

    * closed: the month of leaving, or of closing the last account.
    * dormant: no customer-made transaction in ``dormant_months`` months and AUM below ``dormant_aum_below``.
    * fall: in each of ``fall_months`` months the average AUM is at least ``fall_share`` below the mean of the twelve
      months before the first of them *and* below the same month of the year before: a yearly rhythm is no loss.
    * main_bank: in the twelve months before, payroll or customer-made transactions in nine or more months; in the last
      ``main_bank_months`` neither payroll nor more than a quarter of the usual number of transactions.
    """
    on = _on(thresholds)
    t = _begun(_held(customer_months, thresholds))
    months = {
        f"lost_{name}": t.month.min(where=t[f"is_{name}"]).cast("int64")  # the first month at whose end it holds
        for name in DEFINITIONS
    }
    t = t.group_by("party_id").aggregate(
        **months,
        lost=t.month.min(where=t.lost_now).cast("int64"),
        start=t.start.min(where=t.lost_now).cast("int64"),  # starts rise, so the smallest is that of the first
    )
    which = [((t[f"lost_{name}"] == t.lost).coalesce(False), ibis.literal(name)) for name in on]
    t = t.filter(ibis.or_(*(t[f"lost_{name}"].notnull() for name in DEFINITIONS)))
    return t.select(
        "party_id",
        *(f"lost_{name}" for name in DEFINITIONS),
        lost="lost",
        began=_capped(t.start, t.lost, thresholds),
        definition=ibis.cases(*which) if which else ibis.null("string"),
    )


def course(customer_months: ir.Table, thresholds: Thresholds) -> ir.Table:
    """Each customer-month before the loss, and whether a loss is under way in it, told by what was known at its end.

    A *spell* is a stretch of months without break in which a definition that is on is being met but does not hold yet
    (or holds): for ``fall``, assets below the line in each month of it so far, the line being that of its first month;
    for ``dormant``, no transaction in the month and next to nothing left; for ``main_bank``, since its first month
    neither payroll nor more than a quarter of the usual transactions. Many spells end without a loss.

    Result: ``party_id``, ``month``, ``spell`` (months of the open spell up to this one; 0: none), ``under_way`` (the
    definition being met, null), ``lost`` and ``began`` as in :func:`of` (serials; null: not seen lost) and ``ended_in``
    (1: the open spell is the one that ended in the loss, else 0). A spell begins at most :func:`months_to_tell` months
    before the loss, its month included: what is older is a state, and no loss on its way.
    """
    on = _on(thresholds)
    t = _begun(_held(customer_months, thresholds))
    everyone = ibis.window(group_by="party_id")
    t = t.mutate(
        lost=ibis.ifelse(t.lost_now, t.month, ibis.null("int64")).min().over(everyone),
        start_of_loss=ibis.ifelse(t.lost_now, t.start, ibis.null("int64")).min().over(everyone),
    )
    t = t.filter(t.lost.isnull() | (t.month < t.lost))
    which = [(t[f"in_{name}"], ibis.literal(name)) for name in on]
    return t.select(
        "party_id",
        "month",
        spell=ibis.ifelse(t.inside, t.month - t.start + 1, 0).cast("int64"),
        under_way=ibis.cases(*which) if which else ibis.null("string"),
        lost="lost",
        began=_capped(t.start_of_loss, t.lost, thresholds),
        ended_in=(t.inside & (t.start == t.start_of_loss)).coalesce(False).cast("int64"),
    )


def _on(thresholds: Thresholds) -> list[str]:
    return [name for name in DEFINITIONS if getattr(thresholds.attrition, name)]


def _capped(start: ir.IntegerValue, lost: ir.IntegerValue, thresholds: Thresholds) -> ir.IntegerValue:
    return ibis.greatest(start, lost - (months_to_tell(thresholds) - 1)).cast("int64")


def _begun(held: ir.Table) -> ir.Table:
    """``start`` beside each customer-month: the month after the newest one outside every spell."""
    t = held
    so_far = ibis.window(group_by="party_id", order_by="month", following=0)
    outside = ibis.ifelse(t.inside, ibis.null("int64"), t.month)
    return t.mutate(start=(outside.max().over(so_far).coalesce(t.month.min().over(so_far) - 1) + 1).cast("int64"))


def _held(customer_months: ir.Table, thresholds: Thresholds) -> ir.Table:
    """At the end of each customer-month: ``is_<definition>`` whether it holds, ``in_<definition>`` (of those that are
    on) whether it holds or is being met, ``lost_now`` and ``inside`` whether one that is on does."""
    a, dormant = thresholds.attrition, thresholds.attrition.dormant_months
    t = customer_months

    def window(preceding: int | tuple[int, int]) -> object:
        if isinstance(preceding, tuple):
            return ibis.window(group_by="party_id", order_by="month", preceding=preceding)
        return ibis.window(group_by="party_id", order_by="month", preceding=preceding, following=0)

    by_month = ibis.window(group_by="party_id", order_by="month")
    t = t.mutate(
        known=ibis.row_number().over(by_month) + 1,
        year_ago=t.aum.lag(_YEAR).over(by_month),
        regular=((t.payroll > 0) | (t.made > 0)).cast("int64"),
    )
    t = t.mutate(
        made_of=t.made.sum().over(window(dormant - 1)),
        below_year_ago=(t.aum.cast("float64") <= t.year_ago.cast("float64") * (1 - a.fall_share))
        .coalesce(True).cast("int64"),
    )  # fmt: skip

    def fallen(months: int) -> ir.BooleanValue:
        """In each of the last ``months`` months, against the year before the first of them."""
        highest = t.aum.max().over(window(months - 1))
        norm = t.aum.mean().over(window((months + _YEAR - 1, months)))
        below = t.below_year_ago.min().over(window(months - 1)) == 1
        deep = (highest.cast("float64") <= norm * (1 - a.fall_share)) & (norm >= float(a.fall_minimum))
        return ((t.known >= months + _YEAR) & deep & below).coalesce(False)

    def elsewhere(months: int) -> ir.BooleanValue:
        """Over the last ``months`` months neither payroll nor a quarter of the transactions of the year before them."""
        before = window((months + _YEAR - 1, months))
        usual = t.made.sum().over(before).cast("float64") / _YEAR * months
        regular = t.regular.sum().over(before) >= thresholds.main_bank.active_months
        unpaid = t.payroll.sum().over(window(months - 1)) == 0
        quiet = t.made.sum().over(window(months - 1)).cast("float64") <= usual / 4
        return ((t.known >= months + _YEAR) & regular & unpaid & quiet).coalesce(False)

    n, m = a.fall_months, a.main_bank_months
    poor = t.aum < a.dormant_aum_below
    t = t.mutate(
        is_closed=(t.left <= t.month).coalesce(False),
        is_dormant=((t.known >= dormant) & (t.made_of == 0) & poor).coalesce(False),
        in_dormant=((t.made == 0) & poor).coalesce(False),
        **{f"fall_{k}": fallen(k) for k in (range(1, n + 1) if a.fall else (n,))},
        **{f"main_bank_{k}": elsewhere(k) for k in (range(1, m + 1) if a.main_bank else (m,))},
    )
    t = t.mutate(
        in_closed=t.is_closed,
        is_fall=t[f"fall_{n}"],
        in_fall=ibis.or_(*(t[f"fall_{k}"] for k in range(1, n + 1))) if a.fall else t[f"fall_{n}"],
        is_main_bank=t[f"main_bank_{m}"],
        in_main_bank=ibis.or_(*(t[f"main_bank_{k}"] for k in range(1, m + 1))) if a.main_bank else t[f"main_bank_{m}"],
    )
    on = _on(thresholds)
    none = ibis.literal(False)
    return t.select(
        "party_id",
        "month",
        *(f"is_{name}" for name in DEFINITIONS),
        *(f"in_{name}" for name in DEFINITIONS),
        lost_now=ibis.or_(*(t[f"is_{name}"] for name in on)) if on else none,
        inside=ibis.or_(*(t[f"in_{name}"] for name in on)) if on else none,
    )
