"""The attrition panel: customer-months at risk, features known at each month's end, and when the customer was lost.

Left-truncated and right-censored as a discrete-time hazard needs it: a customer enters with the first
month seen, is at risk until the month before the loss began, and one who was never lost says only that nothing happened
so far. Customers who have left since are in it with their months.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.errors import InputError
from tenure.insight import months
from tenure.insight.attrition import customer_months, definitions, features
from tenure.insight.attrition.customer_months import Sources

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.thresholds import Thresholds

#: Months before the first landmark that features look back on.
LOOK_BACK = 12
#: What a landmark is judged by later; all else must be known at it.
_KNOWN_LATER = ("lead", "seen", "lost")


class LeakFound(InputError):
    """A feature is not what it would have been at its landmark: it knows what came later."""


def of(sources: Sources, first: int, last: int, thresholds: Thresholds) -> ir.Table:
    """The panel with landmarks from ``first`` to ``last`` (month serials), ``last`` the last closed month.

    Result, one row for each customer and month at whose end they were not lost yet: ``party_id``, ``month``, the
    features (:data:`features.NAMES`, doubles) and

    * ``spell``: months of a loss under way (:func:`definitions.course`), 0 for who is at risk. A customer within a
      spell is not at risk of beginning one; whether they are depends on the landmark and earlier months only;
    * ``under_way``: the definition that is being met, null outside a spell;
    * ``lead``: months from the landmark to the month in which the loss began, at least 1; null: not seen. Within a
      spell 0 where this spell ended in a loss, else null;
    * ``seen``: months after the landmark of which it is known whether a loss began in them. Of the newest months it is
      not: a spell that began in them is not over yet (:func:`definitions.months_to_tell`);
    * ``lost``: the month (serial) in which a definition held, null: not seen.

    Rows with ``seen`` = 0 are there to be scored.
    """
    grid = customer_months.build(sources, first - LOOK_BACK, last)
    return from_months(grid, first, last, thresholds)


def from_months(grid: ir.Table, first: int, last: int, thresholds: Thresholds) -> ir.Table:
    """As :func:`of`, from a :func:`customer_months.build` that begins :data:`LOOK_BACK` months before ``first``."""
    course = definitions.course(grid, thresholds)
    course = course.filter((course.month >= first) & (course.month <= last))
    t = features.of(grid, thresholds)
    names = [name for name in t.columns if name not in ("party_id", "month")]
    beside = course.rename(who="party_id", at="month")
    t = t.inner_join(beside, [t.party_id == beside.who, t.month == beside["at"]])
    known = last - definitions.months_to_tell(thresholds) + 1
    nothing = ibis.null("int64")
    lead = ibis.cases(
        (t.spell > 0, ibis.ifelse(t.ended_in == 1, ibis.literal(0, "int64"), nothing)),
        (t.began <= known, (t.began - t.month).cast("int64")),
        else_=nothing,
    )
    seen = ibis.greatest(known - t.month, 0).cast("int64")
    return t.select("party_id", "month", *names, "spell", "under_way", "lost", lead=lead, seen=seen)


def assert_no_leak(
    make_panel: Callable[[Sources, int], ir.Table],
    sources: Sources,
    landmarks: Collection[int],
    read: Callable[[ir.Table], pa.Table],
) -> int:
    """Compare each landmark's features with those of the same bank as it stood at that month's end.

    ``make_panel(sources, last)`` makes the panel up to ``last``; ``read`` evaluates an expression. The panel of all
    that is known is made once, and for each of ``landmarks`` that of :meth:`Sources.until` it: features, and the months
    of an open spell, may not differ. Returns how many values were compared.

    Raises:
        LeakFound: a feature differs; the column, landmark and customer are named.
    """
    if not landmarks:
        raise InputError("no landmark to compare", "Name at least one closed month.")
    whole = read(make_panel(sources, max(landmarks) + 1))
    compared = 0
    for month in sorted(landmarks):
        now = _at(whole, month)
        then = _at(read(make_panel(sources.until(month), month)), month)
        who = now["party_id"].to_pylist()
        if who != then["party_id"].to_pylist():
            odd = sorted({str(each) for each in who} ^ {str(each) for each in then["party_id"].to_pylist()})
            raise LeakFound(
                f"{odd[0]} is at risk at the end of {months.label(month)} only by what came later ({len(odd):,} such)",
                "Let who is in the panel depend on months up to the landmark only.",
            )
        for name in sorted(set(now.column_names) - {"party_id", "month", "under_way", *_KNOWN_LATER}):
            one, other = (t[name].cast(pa.float64()).to_numpy(zero_copy_only=False) for t in (now, then))
            same = np.isclose(one, other, rtol=1e-9, atol=1e-9, equal_nan=True)
            if not same.all():
                at = int(np.flatnonzero(~same)[0])
                raise LeakFound(
                    f"{name} of {who[at]} at the end of {months.label(month)} is {_told(one[at])}; "
                    f"with what was known then it was {_told(other[at])} ({int((~same).sum()):,} such rows)",
                    "Make the feature from months up to the landmark only.",
                )
            compared += len(one)
    if not compared:
        raise InputError("no customer-month to compare", "Choose landmarks in which there are customers.")
    return compared


def _at(panel: pa.Table, month: int) -> pa.Table:
    rows = panel.filter(pc.equal(panel["month"], pa.scalar(month, pa.int64())))
    return rows.sort_by("party_id")


def _told(value: float) -> str:
    return "missing" if math.isnan(value) else f"{value:g}"
