"""Whether repair lasts (S22): what customers did in the 90 days after their case was closed as repaired, beside matched
others who were as unhappy in the same quarter and had no case repaired.

Who is asked again may be whom we please; what customers keep with us is not asked. Everybody is taken once: whose case
was repaired by the first such case, of the others by their newest bad answer or case with three whole months after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.contracts.findings import Cell, Grid, Unit, Verdict
from tenure.insight.attrition.customer_months import serial_of
from tenure.insight.effects import Matched, matched
from tenure.insight.effects.average import Better
from tenure.insight.inputs import TooLittleData
from tenure.insight.months import CURVE
from tenure.insight.opinion.answers import DETRACTOR_TO
from tenure.nightly.topics import cell, heard, times
from tenure.nightly.topics.experience import floats

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from tenure.nightly.topics import Known

#: Whole months after the one in which the case was closed (90 days), and before it by which customers are matched.
AFTER = BEFORE = 3
#: Assets that became more than twice as much say no more than that.
_MOST = 2.0
#: Outcome, its unit's scale, and which direction is better.
_OUTCOMES: tuple[tuple[str, float, Better], ...] = (
    ("assets_kept", 100.0, "higher"),
    ("products_more", 1.0, "higher"),
    ("gone", 100.0, "lower"),
)
_MATCHED_BY = ("wealth", "before", "products", "tenure", "month")


def section(known: Known) -> Grid:
    """Assets kept, products and leaving after a repair, each beside matched others.

    Raises:
        TooLittleData: fewer than ten repaired, or fewer than ten others like them.
    """
    rows = followed(known)
    repaired = rows["repaired"].to_numpy(zero_copy_only=False).astype(bool)
    if not repaired.any():
        raise TooLittleData("no case was repaired three whole months ago")
    month = floats(rows, "month")
    covariates = {name: floats(rows, name) for name in _MATCHED_BY}
    grid: list[list[Cell]] = []
    found: dict[str, Matched] = {}
    for name, scale, better in _OUTCOMES:
        one = matched(floats(rows, name), repaired, covariates, group=month // 3, better=better)
        found[name] = one
        grid.append(
            [name, one.matched, one.left_out, scale * one.acted_mean, scale * one.others_mean,
             cell(one.estimate, scale)]
        )  # fmt: skip
    columns = [
        ("outcome", Unit.CODE),
        ("repaired_n", Unit.COUNT),
        ("left_out", Unit.COUNT),
        ("repaired_mean", Unit.NUMBER),
        ("matched_mean", Unit.NUMBER),
        ("difference", Unit.NUMBER),
    ]
    return Grid("repaired", columns, grid, _verdict(found))


def followed(known: Known) -> pa.Table:
    """Everyone who was unhappy, once: ``party_id``, ``month`` (serial) from which is counted, ``repaired``, what they
    are matched by (``wealth``: log of assets before, ``before``: those over the assets of three months earlier,
    ``products``, ``tenure``), and what came: ``assets_kept`` (assets three months after over those before, at most 2),
    ``products_more``, ``gone`` (left or closed everything within the three months)."""
    open_month = known.frames.past.window.open_month
    t = _unhappy(known)
    # a month as far back as both ends of the comparison can be seen
    t = t.filter((t.month <= open_month - 1 - AFTER) & (t.month >= open_month - CURVE + 1 + 1 + BEFORE))
    place = ibis.row_number().over(
        group_by="party_id", order_by=[t.repaired.desc(), ibis.ifelse(t.repaired, t.month, -t.month)]
    )
    t = t.mutate(place=place).filter(ibis._.place == 0).drop("place")
    t = t.inner_join(_assets(known, t), "party_id")
    t = t.inner_join(_products(known, t), "party_id")
    floor = known.frames.past.thresholds.tiers.ladder[1] // 20
    t = t.filter((t.at_start >= floor) & (t.held > 0))
    party = known.party.select("party_id", "since", "left_on")
    t = t.inner_join(party, "party_id")
    began = ibis.least(serial_of(t.since).coalesce(t.began), t.began)
    left = (serial_of(t.left_on) <= t.month + AFTER).coalesce(False)
    t = t.filter(t.left_on.isnull() | (serial_of(t.left_on) > t.month))
    ratio = t.at_end.cast("float64") / t.at_start.cast("float64")
    earlier = t.at_start.cast("float64") / ibis.greatest(t.earlier, floor).cast("float64")
    return known.rows(
        t.select(
            "party_id",
            "month",
            "repaired",
            wealth=t.at_start.cast("float64").ln(),
            before=ibis.least(earlier, _MOST),
            products=t.held.cast("float64"),
            tenure=(t.month - began).cast("float64"),
            assets_kept=ibis.ifelse(left, 0.0, ibis.least(ratio, _MOST)),
            products_more=(t.later - t.held).cast("float64"),
            gone=(left | (t.later == 0)).cast("float64"),
        ).order_by("party_id")
    )


def _unhappy(known: Known) -> ir.Table:
    """``party_id``, ``month``, ``repaired``: cases by the month of their closing, else of their opening, and bad
    answers by their own."""
    case, answer = known.source("case"), heard.answers(known)
    case = case.filter(case.opened_at.date() <= known.as_of)
    ours = (case.result == "repaired").coalesce(False) & (case.closed_at.date() <= known.as_of).coalesce(False)
    cases = case.select(
        "party_id", month=ibis.ifelse(ours, serial_of(case.closed_at), serial_of(case.opened_at)), repaired=ours
    )
    bad = answer.filter(answer.party_id.notnull() & (answer.recommend <= DETRACTOR_TO))
    answers = bad.select("party_id", month=serial_of(bad.answered_at), repaired=ibis.literal(False))
    both = cases.union(answers).distinct()
    return both.filter(both.party_id.notnull())


def _assets(known: Known, of: ir.Table) -> ir.Table:
    """``at_start``, ``at_end`` and ``earlier``: the average assets of the month before, of the third after, and three
    months before the first."""
    open_month = known.frames.past.window.open_month
    parties = known.closed.by_party
    both = of.select("party_id", "month").inner_join(parties, "party_id")

    def of_month(shift: int) -> ir.IntegerValue:
        back = open_month - (both.month + shift)
        return ibis.cases(*((back == k, both[f"aum_{k}"]) for k in range(1, CURVE)), else_=0).coalesce(0)

    return both.select("party_id", at_start=of_month(-1), at_end=of_month(AFTER), earlier=of_month(-1 - BEFORE))


def _products(known: Known, of: ir.Table) -> ir.Table:
    """``held`` and ``later``: distinct products at the end of the month before, and of the third after; ``began``: the
    month of the first account."""
    both = known.accounts.inner_join(of.select("party_id", "month"), "party_id")
    opened, closed = serial_of(both.opened_on), serial_of(both.closed_on)

    def at_end(month: ir.IntegerValue) -> ir.IntegerValue:
        return both.product_id.nunique(where=(opened <= month) & (closed.isnull() | (closed > month)))

    return both.group_by("party_id").aggregate(
        held=at_end(both.month - 1), later=at_end(both.month + AFTER), began=opened.min()
    )


def _verdict(found: dict[str, Matched]) -> Verdict:
    kept = found["assets_kept"]
    numbers: dict[str, tuple[Unit, Cell]] = {
        "n": (Unit.COUNT, kept.matched),
        "others": (Unit.COUNT, kept.others),
        "difference": (Unit.POINTS, times(kept.estimate.value, 100)),
    }
    words = {one.verdict for one in found.values()}
    if "helped" in words and "hurt" not in words:
        return Verdict("repair_lasts", numbers, "good")
    if "hurt" in words:
        return Verdict("repair_does_not_last", numbers, "bad")
    return Verdict("repair_cannot_tell", numbers)
