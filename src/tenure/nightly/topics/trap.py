"""The satisfaction trap (S20): those who say they are content and behave as if they were leaving.

Behaviour is the leaving probability of the night's outlook and the deeds beside it or, where there is no outlook yet,
the deeds alone (:mod:`tenure.nightly.topics.deeds`). Whether it foretells leaving beyond satisfaction is tested on two
past half years (:mod:`tenure.nightly.topics.trap_past`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa

from tenure.contracts import codes
from tenure.contracts.findings import Cell, Figure, Figures, Grid, Section, Unit, Verdict
from tenure.insight import trap
from tenure.insight.inputs import TooLittleData
from tenure.nightly.topics import Known, cell, deeds, figure, losing, said, trap_moves, trap_past
from tenure.nightly.topics.heard import heard

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

#: Rows of a grid.
_MOST = 50
_COVARIATES = ("kind", "tier", "habit", "age", "tenure_months", "active_months", "complaints")


@dataclass(frozen=True)
class View:
    """Everybody here, one row each, with what they said and what they do; ``found`` their quadrants."""

    rows: pa.Table
    found: trap.Quadrants
    weights: NDArray[np.float64]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """One column as numbers, NaN where missing."""
        return np.array(self.rows.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)

    @cached_property
    def orgs(self) -> NDArray[Any]:
        """Each customer's branch."""
        return np.asarray(self.rows.column("org_id").to_numpy(zero_copy_only=False)).astype(str)

    @cached_property
    def told(self) -> NDArray[np.bool_]:
        """Who answered, and whose behaviour can be read."""
        return self.found.answered & self.found.behaviour.known

    def within(self, orgs: set[str]) -> NDArray[np.bool_]:
        """Who belongs to one of these branches."""
        names, index = self._branches
        return np.isin(index, [k for k, name in enumerate(names) if name in orgs])

    @cached_property
    def _branches(self) -> tuple[list[str], NDArray[np.int64]]:
        names, index = np.unique(self.orgs, return_inverse=True)
        return [str(name) for name in names], index


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's trap, where it is deepest, why, whether it is real; then each branch's, with its list."""
    view = _view(known)
    everybody = np.ones(view.rows.num_rows, dtype=bool)
    yield known.bank, _now(known, view, everybody)
    yield known.bank, _quadrants(view)
    yield known.bank, said("branches", lambda: _index(view, "branches", "branch", Unit.ORG, view.orgs.tolist()))
    tiers = view.rows.column("tier").to_pylist()
    yield known.bank, said("tiers", lambda: _index(view, "tiers", "tier", Unit.TIER, tiers))
    yield known.bank, _reasons(view)
    past = trap_past.half_years(known)
    listed_by_probability = known.outlook is not None
    yield known.bank, said("back_test", lambda: trap_past.back_test(past, listed_by_probability=listed_by_probability))
    yield known.bank, said("over_time", lambda: trap_past.over_time(past))
    for code, column, unit in (("tiers_over_time", "tier", Unit.TIER), ("branches_over_time", "branch", Unit.ORG)):
        yield known.bank, said(code, partial(trap_past.groups_over_time, past, code, column, unit))
    yield known.bank, losing.section(known)
    yield known.bank, _listed(view, everybody)
    moved = trap_moves.between(known)
    yield from trap_moves.sections(known, moved)
    for org in known.branches:
        inside = view.within(known.below(org))
        if org != known.bank and (inside & view.told).any():
            yield org, _now(known, view, inside)
            yield org, _listed(view, inside)
    yield from trap_past.branches_over_time(past, known)


def quadrants_of(known: Known) -> pa.Table:
    """``party_id``, ``quadrant`` (a name of :data:`tenure.insight.trap.QUADRANTS`), ``satisfaction`` and
    ``answered_on`` of who answered lately, and ``sign``, the deed that speaks most for leaving, of the trapped.

    The silent have no row: a probability to be satisfied is not an answer. Empty where nobody answered.
    """
    try:
        view = _view(known, predict=False)
    except TooLittleData:
        return pa.table({name: pa.array([], kind) for name, kind in _QUADRANTS.items()})
    sign = dict.fromkeys(range(view.rows.num_rows), "")
    sign |= {one.row: one.reasons[0].code for one in view.found.trapped}
    columns: dict[str, Any] = {
        "party_id": view.rows.column("party_id"),
        "quadrant": view.found.quadrant,
        "satisfaction": view.rows.column("satisfaction"),
        "answered_on": view.rows.column("answered_on"),
        "sign": list(sign.values()),
    }
    whole = pa.table(columns).select(list(_QUADRANTS)).cast(pa.schema(list(_QUADRANTS.items())))
    return whole.filter(whole.column("quadrant").is_valid())


_QUADRANTS: dict[str, pa.DataType] = {
    "party_id": pa.string(), "quadrant": pa.string(), "satisfaction": pa.int64(), "answered_on": pa.date32(),
    "sign": pa.string(),
}  # fmt: skip


def _view(known: Known, *, predict: bool = True) -> View:
    rows = known.rows(_customers(known).order_by("party_id"))
    outlook = "leaving_probability" in rows.column_names
    done = ["outflow_share", "depth_trend", "renewal_share", *(["leaving_probability"] if outlook else [])]
    covariates = rows.select(list(_COVARIATES)) if predict else None
    rules = deeds.rules(known, probability=outlook)
    found = trap.quadrants(rows.column("satisfaction"), rows.select(done), covariates, rules)
    weights = np.ones(rows.num_rows)
    if predict:
        weight_of = heard(known).weight_of
        if weight_of:
            weights = np.array([weight_of.get(str(party), 0.0) for party in rows.column("party_id").to_pylist()])
    return View(rows, found, weights)


def _customers(known: Known) -> ir.Table:
    """Who is still here: has moved something within three months or holds assets worth watching, and is not gone.

    Who took nearly everything away lately, or is lost by one of the bank's definitions, is no satisfied customer at
    risk but a lost one.
    """
    floor = known.frames.past.thresholds.tiers.ladder[1] // 5
    f = known.figures
    f = f.filter(f.left_on.isnull())
    f = f.filter((f.transactions_3m > 0) | (f.aum_month_average >= floor) | (f.aum_3 >= floor) | (f.loan > 0))
    age = (known.as_of.year - f.birth_date.year()).cast("float64")
    f = f.filter(~((f.aum_3 >= floor) & (f.aum <= deeds.EMPTIED * f.aum_3.cast("float64"))).coalesce(False))
    gone = losing.by_end_of(known, 1)
    f = f if gone is None else f.anti_join(gone, "party_id")
    t = f.select(
        "party_id",
        "org_id",
        "kind",
        "tenure_months",
        "aum",
        tier=f.tier.coalesce(codes.TIER_ORDER[0]),
        habit=f.habit.coalesce("quiet"),
        age=ibis.ifelse(f.kind == "person", age, ibis.null("float64")),
        active_months=f.active_months_12m,
        complaints=f.open_complaints,
    )
    parts = [deeds.deeds(known), deeds.said(known)]
    if known.outlook is not None:
        parts.append(known.outlook.select("party_id", leaving_probability=known.outlook.leaving_6m))
    for part in parts:
        t = t.left_join(part, "party_id").drop("party_id_right")
    return t


def _now(known: Known, view: View, inside: NDArray[np.bool_]) -> Figures:
    found, told = view.found, view.told & inside
    satisfied, leaving = told & found.satisfied, told & found.behaviour.leaving
    trapped = satisfied & leaving
    share = trap.weighted_share(satisfied, leaving, view.weights)
    missed = trap.weighted_share(leaving, found.satisfied, view.weights)
    figures = [
        Figure("satisfied", Unit.COUNT, int(satisfied.sum())),
        Figure("trapped", Unit.COUNT, int(trapped.sum())),
        figure("trap_share", Unit.SHARE, share),
        figure("missed", Unit.SHARE, missed),
        Figure("trapped_assets", Unit.MONEY, int(view.numbers("aum")[trapped].sum())),
    ]
    if inside.all() and found.predicted:
        figures.append(Figure("expected_silent", Unit.COUNT, found.predicted.expected["trapped"]))
    if not satisfied.any():
        return Figures("now", figures, Verdict("nobody_satisfied", tone="warn"))
    basis = "by_outlook" if known.outlook is not None else "by_deeds"
    numbers: dict[str, tuple[Unit, Cell]] = {
        "trapped": (Unit.COUNT, int(trapped.sum())),
        "satisfied": (Unit.COUNT, int(satisfied.sum())),
        "share": (Unit.SHARE, share.value),
        "basis": (Unit.CODE, basis),
    }
    return Figures("now", figures, Verdict("trap_is" if trapped.any() else "trap_empty", numbers))


def _quadrants(view: View) -> Grid:
    found, assets = view.found, view.numbers("aum")
    names = np.array([name or "" for name in found.quadrant])
    told = max(1, sum(found.stated.values()))
    expected = found.predicted.expected if found.predicted else {}
    rows: list[list[Cell]] = [
        [
            name,
            found.stated[name],
            found.stated[name] / told,
            int(assets[names == name].sum()),
            expected.get(name),
            f"treat_{name}",
        ]
        for name in trap.QUADRANTS
    ]
    columns = [
        ("quadrant", Unit.CODE),
        ("customers", Unit.COUNT),
        ("part", Unit.SHARE),
        ("assets", Unit.MONEY),
        ("expected", Unit.COUNT),
        ("treatment", Unit.CODE),
    ]
    told_how = "silent_expected" if found.predicted else f"silent_{found.why_not}"
    return Grid("quadrants", columns, rows, Verdict(told_how))


def _index(view: View, code: str, column: str, unit: Unit, groups: list[Any]) -> Grid:
    found = trap.trap_index(view.found, groups, view.weights)
    rows: list[list[Cell]] = [
        [one.group, one.satisfied, one.trapped, cell(one.share), cell(one.index), cell(one.missed), one.verdict]
        for one in found.groups
        if one.satisfied
    ]
    columns = [
        (column, unit),
        ("satisfied", Unit.COUNT),
        ("trapped", Unit.COUNT),
        ("trap_share", Unit.SHARE),
        ("index", Unit.POINTS),
        ("missed", Unit.SHARE),
        ("verdict", Unit.CODE),
    ]
    above = sum(one.verdict == "above" for one in found.groups)
    numbers: dict[str, tuple[Unit, Cell]] = {"share": (Unit.SHARE, found.bank.value), "n": (Unit.COUNT, above)}
    return Grid(code, columns, rows[:_MOST], Verdict("index_above" if above else "index_alike", numbers))


def _reasons(view: View) -> Grid:
    """Which deeds of the trapped speak of leaving; one customer may show several."""
    done = view.found.behaviour
    trapped = np.array([one.row for one in view.found.trapped], dtype=np.int64)
    rows: list[list[Cell]] = []
    for k, (code, limit) in enumerate(_LIMITS):
        count = int(done.signals[trapped, k].sum())
        if not np.isnan(done.values[:, k]).all():
            rows.append([code, count, limit(done.thresholds[k])])
    columns = [("reason", Unit.CODE), ("customers", Unit.COUNT), ("threshold", Unit.TEXT)]
    return Grid("reasons", columns, rows)


_LIMITS: tuple[tuple[str, Callable[[float], str]], ...] = (
    ("leaving_probability_high", lambda limit: f"≥ {100 * limit:.1f}%"),
    ("outflow_high", lambda limit: f"≥ {100 * limit:.0f}%"),
    ("products_given_up", lambda limit: f"≥ {-limit:.0f}"),
    ("deposits_not_renewed", lambda limit: f"≤ {100 * limit:.0f}%"),
)


def _listed(view: View, inside: NDArray[np.bool_]) -> Grid:
    """The satisfied-but-leaving by name, those with the most at stake first."""
    assets, done = view.numbers("aum"), view.found.behaviour
    listed = [one for one in view.found.trapped if inside[one.row]]
    listed.sort(key=lambda one: -assets[one.row])
    columns = [
        ("customer", Unit.PARTY),
        ("tier", Unit.TIER),
        ("assets", Unit.MONEY),
        ("answer", Unit.COUNT),
        ("answered_on", Unit.DATE),
        ("reason", Unit.CODE),
        ("outflow_share", Unit.SHARE),
        ("depth_trend", Unit.COUNT),
        ("leaving_probability", Unit.SHARE),
    ]
    parties, tiers, days = (view.rows.column(name) for name in ("party_id", "tier", "answered_on"))
    rows: list[list[Cell]] = []
    for one in listed[:_MOST]:
        chance, outflow, depth, _ = (None if np.isnan(v) else float(v) for v in done.values[one.row])
        row: list[Cell] = [parties[one.row].as_py(), tiers[one.row].as_py(), int(assets[one.row]), one.satisfaction]
        rows.append([*row, days[one.row].as_py().isoformat(), one.reasons[0].code, outflow, depth, chance])
    if rows and all(row[-1] is None for row in rows):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    numbers: dict[str, tuple[Unit, Cell]] = {"n": (Unit.COUNT, len(listed)), "shown": (Unit.COUNT, len(rows))}
    return Grid("listed", columns, rows, Verdict("listed_some" if rows else "listed_nobody", numbers))
