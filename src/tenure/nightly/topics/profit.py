"""The profit formula (S14): which factor the change of margin came from; and what the new and the old customers get
(S15).

Measured from the bank's own data: *traffic* is the customers with an account open in the period; *conversion* the share
of them whose average balances reach the threshold of a sleeping account; *spend* what one of those keeps and owes on
average; *margin* what a unit of it earns in a year at transfer prices, less expected loss (``insight.value``).
Customers count where they are kept today, so that nobody's move looks like a change. Profit is at yearly rates, which
makes periods of unequal length comparable.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from tenure.contracts.findings import Cell, Curve, Figure, Figures, Grid, Line, Section, Unit, Verdict
from tenure.insight import value
from tenure.insight.inputs import TooLittleData
from tenure.insight.profit import Panel, decompose_panel
from tenure.insight.profit.formula import FACTORS
from tenure.nightly.topics import Known, cell, earnings, figure, prices, said

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from numpy.typing import NDArray

    from tenure.insight.intervals import Estimate
    from tenure.insight.profit import Decomposition

#: Months back of each comparison: what is compared, and what it is compared with.
_YEAR = (range(1, 13), range(13, 25))
_QUARTER = (range(1, 4), range(4, 7))
#: Branches of a grid, those that changed most first.
_BRANCHES = 50
#: What a period's side of a customer's row holds, beside whether there was an account.
_OF_SIDE = ("bought", "revenue", "profit", "rest")


@dataclass(frozen=True)
class _Compared:
    """Two periods of the same customers: what the formula takes by branch, and what those who are not active earned.

    ``rest`` has shape ``(2, branches)``: before and after. Money in minor units, a year.
    """

    panel: Panel
    rest: NDArray[np.float64]

    def where(self, branches: Collection[str]) -> _Compared:
        """The customers of some branches."""
        kept = [i for i, name in enumerate(self.panel.groups) if name in branches]
        return _Compared(self.panel.where(branches), self.rest[:, kept])

    @property
    def both(self) -> bool:
        """Whether there were customers in both periods."""
        return bool((self.panel.totals[:, 0].sum(axis=-1) > 0).all())


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's year and quarter with their factors, its branches, old and new; then each branch's year."""
    history = _history(known)
    assumptions = known.assumptions
    periods = {
        code: _compared(known, after, before, assumptions)
        for code, (after, before) in (("year", _YEAR), ("quarter", _QUARTER))
        if history >= before[-1]
    }
    if not periods:
        raise TooLittleData(f"balances of {history} closed months", "A comparison takes six.")
    for code, compared in periods.items():
        yield from ((known.bank, section) for section in _period(code, compared))
    code, compared = next(iter(periods.items()))
    yield known.bank, said("branches", partial(_branches, compared))
    if "year" in periods:
        yield from ((known.bank, section) for section in prices.sections(known, assumptions))
    for org in known.branches:
        own = compared.where(known.below(org))
        if org != known.bank and own.both:
            yield from ((org, section) for section in _period(code, own))
            if len(own.panel.groups) > 1:
                yield org, _branches(own)


def _period(code: str, compared: _Compared) -> Iterator[Section]:
    yield said(code, partial(_headline, code, compared))
    yield said(f"{code}_parts", partial(_parts, code, compared))
    yield _factors(f"{code}_factors", compared)


def _history(known: Known) -> int:
    """Closed months for which the lake has balances."""
    closed = known.closed.by_account
    found = known.rows(closed.aggregate(back=closed.first_back.max())).column("back")[0].as_py()
    return int(found or 0)


def _compared(known: Known, after: Sequence[int], before: Sequence[int], assumptions: value.Assumptions) -> _Compared:
    """Both periods side by side, a row a customer, in the order of their numbers: sums come out alike every night."""
    t = known.party.select("party_id", "org_id")
    for period, backs in (("before", before), ("after", after)):
        t = t.left_join(_side(known, backs, assumptions, period), "party_id").drop("party_id_right")
    t = t.filter(t.visited_before.notnull() | t.visited_after.notnull())
    rows = known.rows(t.order_by("party_id").drop("party_id"))
    sides = [
        {name: _numbers(rows.column(f"{name}_{period}")) for name in ("visited", *_OF_SIDE)}
        for period in ("before", "after")
    ]
    panel = Panel.of(*sides, group=rows.column("org_id"))
    place = {name: i for i, name in enumerate(panel.groups)}
    at = np.array([place[str(name)] for name in rows.column("org_id").to_pylist()], dtype=np.intp)
    rest = [np.bincount(at, side["rest"], len(place)) for side in sides]
    return _Compared(panel, np.stack(rest).astype(np.float64))


def _numbers(column: pa.ChunkedArray[Any]) -> NDArray[np.float64]:
    """Who was not there has nothing."""
    found: NDArray[np.float64] = column.to_numpy().astype(np.float64)
    return np.nan_to_num(found, nan=0.0)


def _side(known: Known, backs: Sequence[int], assumptions: value.Assumptions, period: str) -> ir.Table:
    """What the formula takes of each customer of a period, its columns named after the period."""
    least = known.frames.past.thresholds.dormant.aum_below
    t = earnings.present(known, backs).left_join(earnings.balances(known, backs, assumptions), "party_id")
    t = t.mutate(balance=t.balance.coalesce(0), margin=t.margin.coalesce(0))
    active = (t.balance >= least) & (t.balance > 0)
    columns = {
        "visited": ibis.literal(1),
        "bought": active.cast("int64"),
        "revenue": ibis.ifelse(active, t.balance, 0),
        "profit": ibis.ifelse(active, t.margin, 0),
        "rest": ibis.ifelse(active, 0, t.margin),
    }
    return t.select("party_id", **{f"{name}_{period}": column for name, column in columns.items()})


def _headline(code: str, compared: _Compared) -> Figures:
    found = decompose_panel(compared.panel)
    figures = (
        Figure("profit_now", Unit.MONEY, found.after),
        Figure("profit_before", Unit.MONEY, found.before),
        figure("change", Unit.MONEY, found.told),
    )
    return Figures(code, figures, _verdict(code, found))


def _verdict(code: str, found: Decomposition) -> Verdict:
    """Whether profit changed beyond chance and, if so, which factor brought most of it, as far as that can be told."""
    change = found.told
    if not found.change:
        return Verdict(f"{code}_same")
    numbers: dict[str, tuple[Unit, Cell]] = {
        "change": (Unit.MONEY, abs(found.change)),
        "share": (Unit.SHARE, abs(found.change) / abs(found.before) if found.before else None),
        "low": (Unit.MONEY, change.low),
        "high": (Unit.MONEY, change.high),
        "customers": (Unit.COUNT, change.n),
    }
    if change.low is None:
        return Verdict(f"{code}_few", numbers)
    if not change.excludes(0):
        return Verdict(f"{code}_cannot_tell", numbers)
    up = found.change > 0
    said_, tone = f"{code}_{'up' if up else 'down'}", "good" if up else "bad"
    parts = {name: part for name, part in _told(found).items() if part.excludes(0)}
    leading = max(parts, key=lambda name: (parts[name].value or 0.0) * (1 if up else -1), default=None)
    if leading is None or ((parts[leading].value or 0.0) > 0) != up:
        return Verdict(f"{said_}_unclear", numbers, tone)
    numbers |= {"factor": (Unit.CODE, leading), "part": (Unit.MONEY, parts[leading].value)}
    return Verdict(said_, numbers, tone)


def _told(found: Decomposition) -> dict[str, Estimate]:
    """The parts worth a bar: a single branch has no mix."""
    return {name: part for name, part in found.parts.items() if name != "mix" or len(found.groups) > 1}


def _parts(code: str, compared: _Compared) -> Curve:
    parts = _told(decompose_panel(compared.panel))
    sure = all(part.low is not None for part in parts.values())
    line = Line(
        "part",
        [part.value for part in parts.values()],
        [part.low for part in parts.values()] if sure else (),
        [part.high for part in parts.values()] if sure else (),
    )
    verdict = Verdict("parts_add_up" if sure else "parts_few")
    return Curve(f"{code}_parts", Unit.CODE, list(parts), Unit.MONEY, [line], verdict, shape="bars")


def _factors(code: str, compared: _Compared) -> Grid:
    rows: list[list[Cell]] = []
    for side, period in enumerate(("before", "after")):
        visitors, buyers, revenue, earned = (round(float(each)) for each in compared.panel.totals[side].sum(axis=-1))
        rows.append(
            [
                period,
                visitors,
                buyers / visitors if visitors else None,
                revenue / buyers if buyers else None,
                100 * earned / revenue if revenue else None,
                earned,
                round(float(compared.rest[side].sum())),
            ]
        )
    columns = [
        ("period", Unit.CODE),
        ("of_traffic", Unit.COUNT),
        ("of_conversion", Unit.SHARE),
        ("of_spend", Unit.MONEY),
        ("margin_rate", Unit.NUMBER),
        ("profit", Unit.MONEY),
        ("rest", Unit.MONEY),
    ]
    return Grid(code, columns, rows)


def _branches(compared: _Compared) -> Grid:
    found = decompose_panel(compared.panel)
    now = dict(zip(compared.panel.groups, compared.panel.totals[1, -1].tolist(), strict=True))
    groups = sorted(found.groups, key=lambda each: (-abs(each.change), each.group))[:_BRANCHES]
    rows: list[list[Cell]] = [
        [each.group, now[each.group], cell(each.told), *(each.parts[name] for name in FACTORS)] for each in groups
    ]
    columns = [
        ("branch", Unit.ORG),
        ("profit_now", Unit.MONEY),
        ("change", Unit.MONEY),
        *((f"of_{name}", Unit.MONEY) for name in FACTORS),
    ]
    return Grid("branches", columns, rows)
