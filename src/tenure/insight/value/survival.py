"""From a survival curve to discounted months: what one yuan a year is worth while the customer stays.

With survival S(t) to the end of month t and v = (1 + d)^(−1/12), the annuity to month k is
A(k) = Σ_{t=1…k} S(t)·v^t ÷ 12 years (Fader & Hardie, note 033, the case in which who leaves in a month pays nothing
for it). Beyond the curve's last month n the hazard is h·c ÷ (c + j), j months further on: for one kind of customer h
the shape that a beta mixture of hazards gives (Fader & Hardie 2007, eq. 5), and constant for c = 0.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt

from tenure.errors import InputError
from tenure.insight.exact import MILLION

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.value.assumptions import Assumptions

#: The normal quantile of a 95 % interval.
Z = 1.959964
#: Months worked out in one stage: a stage a month would nest queries deeper than engines read.
_ABREAST = 12


def months_given(survival: ir.Table) -> int:
    """How many months ``s_1 … s_n`` a table of survival holds.

    Raises:
        InputError: none, no ``party_id``, or a gap.
    """
    count: int = sum(name.startswith("s_") and name[2:].isdigit() for name in survival.columns)
    wanted = ["party_id", *(f"s_{t}" for t in range(1, count + 1))]
    if not count or not set(wanted) <= set(survival.columns):
        raise InputError("survival lacks columns", "Pass party_id and s_1, s_2 … without a gap.")
    return count


def extended(survival: ir.Table, assumptions: Assumptions) -> ir.Table:
    """``party_id`` and ``s_1 … s_H`` to the horizon, each forced into 0…1 and never rising."""
    n, horizon = months_given(survival), assumptions.horizon_months
    t = survival.select("party_id", *(f"s_{k}" for k in range(1, n + 1)))
    # A column of constants reaches DuckDB as a decimal, which overflows; this cast is not dropped as needless.
    double = dt.Float64(nullable=False)
    held = [ibis.least(ibis.greatest(t[f"s_{k}"].cast(double), 0.0), 1.0) for k in range(1, n + 1)]
    t = t.select("party_id", **{f"s_{k}": held[0] if k == 1 else ibis.least(*held[:k]) for k in range(1, n + 1)})
    if n < horizon:
        span = min(assumptions.tail_months, n)
        before = t[f"s_{n - span}"] if span < n else ibis.literal(1.0)
        kept = (t[f"s_{n}"] / before.nullif(0.0)) ** (1.0 / span)
        t = t.mutate(_hazard=1.0 - kept.coalesce(0.0))
        c = assumptions.tail_concentration
        for first in range(n + 1, horizon + 1, _ABREAST):
            stays, columns = t[f"s_{first - 1}"], {}
            for k in range(first, min(first + _ABREAST, horizon + 1)):
                stays = stays * (1.0 - t._hazard * (c / (c + k - n) if c else 1.0))
                columns[f"s_{k}"] = stays
            t = t.mutate(**columns)
    known = survival.select("party_id", _known=survival[f"s_{n}"].notnull()).filter(lambda x: x._known)
    t = t.semi_join(known, "party_id")
    return t.select("party_id", *(f"s_{k}" for k in range(1, horizon + 1)))


def annuities(survival: ir.Table, assumptions: Assumptions) -> ir.Table:
    """``party_id``, ``annuity`` (list of A(1) … A(H) in millionths of a year), ``whole`` = A(H), ``low`` and ``high``.

    ``low`` and ``high`` are A(H) with the log cumulative hazard ``hazard_error`` × 1.96 higher and lower:
    S^exp(±z·σ), which never leaves 0…1 (Kalbfleisch & Prentice 2002, eq. 1.13).
    """
    horizon = assumptions.horizon_months
    t = extended(survival, assumptions)
    v: float = (1.0 + assumptions.discount_rate) ** (-1 / 12)
    wide = exp(Z * assumptions.hazard_error)
    columns: dict[str, ir.Value] = {}
    for name, power in (("low", wide), ("high", 1 / wide)):
        terms = [(t[f"s_{k}"] ** power) * (v**k / 12) for k in range(1, horizon + 1)]
        columns[name] = _millionths(sum(terms[1:], terms[0]))
    t = t.mutate(a_0=ibis.literal(0.0), **columns)
    for first in range(1, horizon + 1, _ABREAST):
        so_far, stage = t[f"a_{first - 1}"], {}
        for k in range(first, min(first + _ABREAST, horizon + 1)):
            so_far = so_far + t[f"s_{k}"] * (v**k / 12)
            stage[f"a_{k}"] = so_far
        t = t.mutate(**stage)
    listed = [_millionths(t[f"a_{k}"]) for k in range(1, horizon + 1)]
    return t.select("party_id", annuity=ibis.array(listed), whole=listed[-1], low=t.low, high=t.high)


def _millionths(years: ir.FloatingValue) -> ir.IntegerValue:
    return (years * float(MILLION)).round(0).cast("int64")
