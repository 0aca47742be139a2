"""What taking part in a panel changed (S33, S34): those drawn to be invited against those eligible and not drawn.

Everybody drawn counts as drawn, whether they took part or not, and counts from the month in which the panel's order was
drawn: what is told is the effect of inviting. Within every branch and tier the same share is drawn by lot, so the plain
difference is the one by strata; what assets and products before explain of it is taken out (Lin 2013). Who was drawn
too lately for a month is in none of its figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from tenure.contracts.codes import Name
from tenure.contracts.findings import Cell, Grid, Section, Unit, Verdict
from tenure.insight import effects
from tenure.insight.attrition.customer_months import serial_of
from tenure.insight.months import CURVE
from tenure.nightly.topics import Known, cell, times

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from numpy.typing import NDArray

    from tenure.insight.effects import Effect

    Numbers = NDArray[np.float64]

#: Full months after the draw's at which one looks: about 90 and 180 days.
HORIZONS = (3, 6)
#: Of the assets of the month before the draw: who holds less has left, or as good as left.
PART = 0.5
#: Customers an arm needs before a mean of assets, which a few large ones carry, is told; customers a covariate.
_LEAST_ASSETS, _PER_COVARIATE = 50, 10
#: Panels told one by one, the newest first.
_PANELS = 50
#: Panels together stand in the table under this number.
ALL = "all"
_TONES = {"helped": "good", "hurt": "bad", "too_little_data": "warn"}


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """Each panel and all of them, after about 90 and 180 days; nothing where none was drawn yet."""
    rows = drawn(known)
    if rows.num_rows:
        yield known.bank, _effects(rows, _titles(known))


def drawn(known: Known) -> pa.Table:
    """A row a panel and customer listed in it: ``treated``, what was before (``assets_before``, ``held``), and of each
    horizon h that is over ``gone_h`` (left, or holds less than half), ``held_h`` and ``assets_h``."""
    t = known.source("panel_member")
    t = t.filter(t.listed_at.date() <= known.as_of)
    month = serial_of(t.listed_at)
    open_month = known.frames.past.window.open_month
    t = t.select(
        "member_id", "panel_id", "party_id", "listed_at", treated=t.arm == "treated", month=month,
        back=open_month - month,
    )  # fmt: skip
    t = t.left_join(_products(known, t), "member_id").drop("member_id_right")
    left = known.party.select("party_id", left=serial_of(known.party.left_on))
    t = t.left_join(left, "party_id").drop("party_id_right")
    t = t.left_join(known.closed.by_party, "party_id").drop("party_id_right")

    def assets(shift: int) -> ir.IntegerValue:
        """Of the ``shift``-th month after the draw's; null where it is not closed, 0 of who holds nothing."""
        first = max(1, 1 + shift)
        whens = (
            (t.back == k, t[f"aum_{k - shift}"].coalesce(0)) for k in range(first, CURVE) if 1 <= k - shift < CURVE
        )
        return ibis.cases(*whens, else_=ibis.null("int64"))

    before = assets(-1).coalesce(0).cast("float64")
    told = {"assets_before": before, "held": t.held_0.coalesce(0).cast("float64")}
    for horizon in HORIZONS:
        after = assets(horizon).cast("float64")
        has_left = (t.left <= t.month + horizon).coalesce(False)
        over = t.back > horizon
        fell = (before > 0) & (after < PART * before)
        told[f"gone_{horizon}"] = ibis.ifelse(over, (has_left | fell).cast("float64"), ibis.null("float64"))
        held = ibis.ifelse(has_left, 0, t[f"held_{horizon}"].coalesce(0)).cast("float64")
        told[f"held_{horizon}"] = ibis.ifelse(over, held, ibis.null("float64"))
        told[f"assets_{horizon}"] = ibis.ifelse(over, after, ibis.null("float64"))
    return known.rows(
        t.select("member_id", "panel_id", "party_id", "listed_at", "treated", **told).order_by("member_id")
    )


def _products(known: Known, of: ir.Table) -> ir.Table:
    """Distinct products at the end of the month before the draw (``held_0``) and of the months looked at."""
    both = known.accounts.inner_join(of.select("member_id", "party_id", "month"), "party_id")
    opened, closed = serial_of(both.opened_on), serial_of(both.closed_on)

    def at_end(month: ir.IntegerValue) -> ir.IntegerValue:
        return both.product_id.nunique(where=(opened <= month) & (closed.isnull() | (closed > month)))

    after = {f"held_{horizon}": at_end(both.month + horizon) for horizon in HORIZONS}
    return both.group_by("member_id").aggregate(held_0=at_end(both.month - 1), **after)


def _titles(known: Known) -> dict[str, Name]:
    """What each panel tested, as people named it."""
    t = known.source("panel")
    found = known.rows(t.select("panel_id", "title")).to_pylist()
    return {row["panel_id"]: Name(row["title"], row["title"]) for row in found}


def _effects(rows: pa.Table, titles: dict[str, Name]) -> Grid:
    panel = rows.column("panel_id").to_numpy(zero_copy_only=False)
    newest = {
        row["panel_id"]: row["listed_at_max"]
        for row in rows.group_by("panel_id").aggregate([("listed_at", "max")]).to_pylist()
    }
    order = sorted(newest, key=lambda each: (newest[each], each), reverse=True)
    told: list[list[Cell]] = []
    verdict, n = "too_little_data", 0
    for each in [ALL, *order[:_PANELS]]:
        mine = np.ones(len(panel), dtype=bool) if each == ALL else panel == each
        for horizon in HORIZONS:
            row, found = _row(rows, panel, mine, each, horizon)
            told.append(row)
            if each == ALL and horizon == HORIZONS[0]:
                verdict, n = found.verdict if found is not None else verdict, int(mine.sum())
    columns = [
        ("panel", Unit.BANK_CODE),
        ("looked_at", Unit.CODE),
        ("panel_drawn", Unit.COUNT),
        ("panel_not_drawn", Unit.COUNT),
        ("gone_drawn", Unit.SHARE),
        ("gone_not_drawn", Unit.SHARE),
        ("gone_effect", Unit.POINTS),
        ("detectable", Unit.SPREAD),
        ("depth_effect", Unit.NUMBER),
        ("asset_effect", Unit.MONEY),
        ("verdict", Unit.CODE),
    ]
    numbers: dict[str, tuple[Unit, Cell]] = {"n": (Unit.COUNT, n), "panels": (Unit.COUNT, len(order))}
    names = {ALL: Name("全部小组", "All panels"), **{each: titles.get(each, Name(each, each)) for each in order}}
    return Grid("panels", columns, told, Verdict(f"panels_{verdict}", numbers, _TONES.get(verdict, "")), names)


def _row(
    rows: pa.Table, panel: NDArray[np.object_], mine: NDArray[np.bool_], name: str, horizon: int
) -> tuple[list[Cell], Effect | None]:
    """A line of the table, and the effect on leaving; None where nobody's month is over."""

    def numbers(column: str) -> Numbers:
        found: Numbers = rows.column(column).to_numpy(zero_copy_only=False).astype(np.float64)
        return found

    gone, treated = numbers(f"gone_{horizon}"), rows.column("treated").to_numpy(zero_copy_only=False).astype(bool)
    mine = mine & ~np.isnan(gone)
    chance = _chance(panel, treated)
    mine &= (chance > 0.01) & (chance < 0.99)  # a panel that left nobody out, or asked next to nobody, says nothing
    row: list[Cell] = [name, f"after_{horizon}", int(treated[mine].sum()), int((~treated[mine]).sum())]
    if not mine.any():
        return [*row, None, None, None, None, None, None, "too_little_data"], None
    smaller = int(min(treated[mine].sum(), (~treated[mine]).sum()))
    known_before = {"assets": np.log1p(numbers("assets_before")[mine] / 100), "held": numbers("held")[mine]}
    kept = dict(list(known_before.items())[: smaller // _PER_COVARIATE]) or None
    given: dict[str, Any] = {
        "propensity": chance[mine],
        "cluster": rows.column("party_id").to_numpy(zero_copy_only=False)[mine],
    }
    left = effects.effect(gone[mine], treated[mine], kept, better="lower", **given)
    depth = effects.effect((numbers(f"held_{horizon}") - numbers("held"))[mine], treated[mine], kept, **given)
    money: Cell = None
    if smaller >= _LEAST_ASSETS:
        before = numbers("assets_before")[mine]
        gained = numbers(f"assets_{horizon}")[mine] - before
        money = cell(effects.effect(gained, treated[mine], {"before": before}, **given).estimate)
    return [
        *row, left.treated_mean, left.control_mean, cell(left.estimate, 100), times(left.minimum_detectable, 100),
        cell(depth.estimate), money, left.verdict,
    ], left  # fmt: skip


def _chance(panel: NDArray[np.object_], treated: NDArray[np.bool_]) -> Numbers:
    """Each customer's chance of being drawn in the panel they are listed in."""
    _names, number = np.unique(panel, return_inverse=True)
    share: Numbers = np.bincount(number, treated) / np.bincount(number)
    return share[number]
