"""Depth and retention (S12): who held how much, who stayed, and how much of the difference is due to that.

A year of closed months is looked at. Depth is the number of product categories held three months *before* it begins,
and a person counts who still made a transaction in the last month before it: whoever is on the way out gives products
up first, and counted on the day itself few products would look like the reason. A year later the person stayed, unless
they were lost by one of the bank's own definitions (:mod:`tenure.nightly.topics.losing`); below 18 closed months these
cannot be used, and the relationship or every account closed, or three months of nothing with the assets below half,
stand in for them. What is adjusted for was known when depth was counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from tenure.contracts.findings import Cell, Curve, Figure, Figures, Grid, Line, Section, Unit, Verdict
from tenure.insight import depth, months
from tenure.insight.exact import add_up
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import share
from tenure.insight.months import CURVE
from tenure.nightly.topics import Known, among, cell, figure, losing, times

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from numpy.typing import NDArray

    from tenure.insight.depth import Contrast, Level
    from tenure.insight.intervals import Estimate

    Whole = NDArray[np.int64]

#: Months back at whose end depth is counted, the last before the year begins, and the last of that year.
_COUNTED, _START, _END = 16, 13, 1
#: Where the bank's definitions cannot be used: months without a transaction of one's own that, with assets below this
#: share of a year ago, count as gone.
_QUIET, _FALLEN = 3, 0.5
#: Months of activity that are adjusted for.
_ACTIVE = 6
#: Customers the adjustment is fitted on at most: every so manyth by customer number.
_SAMPLE = 40_000
#: The two parts of the headline: each at least this share, and so many ways to part them are tried for comparable ones.
_LEAST_PART, _TRIES = 0.2, 2
#: A level at either end of the curve gathers at least this share of the customers.
_LEAST_SHARE, _LEAST = 0.03, 30

_TONES = {
    "survives": "good",
    "partly_survives": "good",
    "disappears": "warn",
    "reverses": "warn",
    "cannot_tell": "warn",
}


@dataclass(frozen=True)
class _State:
    """The customers of then: what they held, whether they stayed, what was known, and where they are kept."""

    held: Whole
    stayed: NDArray[np.bool_]
    covariates: dict[str, NDArray[np.float64]]
    org: NDArray[Any]

    @property
    def middles(self) -> list[int]:
        """Numbers of categories that part the customers in two, the evenest first; neither part below a fifth."""
        shares = {int(k): float((self.held <= k).mean()) for k in np.unique(self.held)}
        fair = [k for k, share in shares.items() if _LEAST_PART <= share <= 1 - _LEAST_PART]
        return sorted(fair, key=lambda k: abs(shares[k] - 0.5))

    def sample(self) -> tuple[Whole, NDArray[np.bool_], dict[str, NDArray[np.float64]]]:
        """Every so manyth customer, so that a fit takes no longer in a large bank."""
        step = -(-len(self.held) // _SAMPLE)
        return (
            self.held[::step],
            self.stayed[::step],
            {name: column[::step] for name, column in self.covariates.items()},
        )


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's two parts raw and adjusted, the curve, its levels, and the raw parts of each branch."""
    state = _state(known)
    middle, contrast = _parted(state)
    yield known.bank, _now(state, middle, contrast)
    curve = _curve(state)
    yield known.bank, _drawn(state, curve)
    yield known.bank, _levels(state, curve)
    yield known.bank, losing.section(known)
    for org in known.branches:
        mine = among(state.org, known.below(org))
        if org != known.bank and mine.any():
            yield org, _branch(state.held[mine], state.stayed[mine], middle)


def _state(known: Known) -> _State:
    window = known.frames.past.window
    counted, start, end = (months.last_day(window.month(back)) for back in (_COUNTED, _START, _END))
    a = known.accounts
    then = a.filter((a.opened_on <= counted) & (a.closed_on.isnull() | (a.closed_on > counted)))
    then = then.group_by("party_id").aggregate(held=then.category.nunique(), opened_on=then.opened_on.min())
    left = a.filter(a.closed_on.isnull() | (a.closed_on > end)).group_by("party_id").aggregate(open=ibis._.count())
    p = known.party
    p = p.filter((p.kind == "person") & (p.left_on.isnull() | (p.left_on > start)))
    p = p.select("party_id", "org_id", "birth_date", "since", "left_on")
    past = _past(known.closed.by_party)
    t = p.inner_join(then, "party_id").inner_join(past, "party_id").left_join(left, "party_id")
    t = t.drop("party_id_right").filter(t.still > 0)
    before, lost = losing.by_end_of(known, _START), losing.between(known, _START, _END)
    if before is not None and lost is not None:
        t = t.anti_join(before, "party_id").left_join(lost.mutate(lost=ibis.literal(True)), "party_id")
        t = t.drop("party_id_right")
        gone = t.lost.notnull()
    else:
        quiet = (t.after == 0) & (t.aum_end < t.aum_start * _FALLEN)
        gone = (t.left_on <= end).coalesce(False) | t.open.isnull() | quiet
    rows = known.rows(
        t.select(
            "party_id", "org_id", "held", "aum_counted", "active",
            born=t.birth_date,
            began=t.since.coalesce(t.opened_on),
            stayed=~gone,
        )
    ).sort_by("party_id")  # fmt: skip
    if rows.num_rows < _LEAST:
        raise TooLittleData(f"{rows.num_rows} customers were active a year ago", f"It takes at least {_LEAST}.")
    return _State(
        rows.column("held").to_numpy().astype(np.int64),
        rows.column("stayed").to_numpy(zero_copy_only=False).astype(bool),
        {
            "tenure": _years(rows, "began", counted),
            "age": _years(rows, "born", counted),
            "assets": np.log1p(np.maximum(rows.column("aum_counted").to_numpy().astype(np.float64), 0) / 100),
            "activity": np.log1p(rows.column("active").to_numpy().astype(np.float64)),
        },
        rows.column("org_id").to_numpy(zero_copy_only=False),
    )


def _past(closed: ir.Table) -> ir.Table:
    """By party: average assets of the three months, and the transactions the customer made up to each."""
    listed = closed.curve_transactions.split(",")

    def made(first: int, last: int) -> ir.IntegerValue:
        return add_up(listed[CURVE - 1 - back].try_cast("int64").coalesce(0) for back in range(first, last + 1))

    return closed.select(
        "party_id",
        aum_counted=closed[f"aum_{_COUNTED}"].coalesce(0),
        aum_start=closed[f"aum_{_START}"].coalesce(0),
        aum_end=closed[f"aum_{_END}"].coalesce(0),
        still=made(_START, _START),
        active=made(_COUNTED, _COUNTED + _ACTIVE - 1),
        after=made(_END, _END + _QUIET - 1),
    )


def _years(rows: pa.Table, name: str, day: Any) -> NDArray[np.float64]:
    """Years from a day to ``day``; NaN where it is not known."""
    days = rows.column(name).to_numpy(zero_copy_only=False).astype("datetime64[D]")
    found = (np.full(len(days), day, dtype="datetime64[D]") - days).astype(np.float64)
    return np.where(np.isnat(days), np.nan, found / 365.25)


def _parted(state: _State) -> tuple[int, Contrast | None]:
    """At most how many categories the first part holds, and the contrast; None where no way gives comparable parts.

    The way is chosen by who the customers are, never by who stayed.
    """
    held, stayed, covariates = state.sample()
    for middle in state.middles[:_TRIES]:
        found = depth.retention_by_depth((held > middle).astype(np.int64), stayed, covariates).overall
        if found is not None:
            return middle, found
    return next(iter(state.middles), int(np.median(state.held))), None


def _now(state: _State, middle: int, contrast: Contrast | None) -> Figures:
    figures = list(_parts(state.held, state.stayed, middle))
    if contrast is None:
        return Figures("now", figures, Verdict("halves_not_comparable", _split(middle), "warn"))
    figures += [
        figure("raw_difference", Unit.POINTS, contrast.raw, 100),
        figure("adjusted_difference", Unit.POINTS, contrast.adjusted, 100),
    ]
    if contrast.surviving_share.can_tell:
        figures.append(figure("surviving_share", Unit.SHARE, contrast.surviving_share))
    if contrast.e_value is not None and contrast.adjusted.excludes(0):
        figures.append(Figure("e_value", Unit.NUMBER, contrast.e_value))
    verdict = _verdict(contrast)
    return Figures("now", figures, Verdict(verdict.code, {**verdict.numbers, **_split(middle)}, verdict.tone))


def _split(middle: int) -> dict[str, tuple[Unit, Cell]]:
    return {"few": (Unit.COUNT, middle), "many": (Unit.COUNT, middle + 1)}


def _parts(held: Whole, stayed: NDArray[np.bool_], middle: int) -> Iterator[Figure]:
    for code, mine in (
        ("retention", held >= 0),
        ("retention_few", held <= middle),
        ("retention_many", held > middle),
    ):
        yield figure(code, Unit.SHARE, share(int(stayed[mine].sum()), int(mine.sum())))


def _verdict(contrast: Contrast) -> Verdict:
    share = contrast.surviving_share
    numbers: dict[str, tuple[Unit, Cell]] = {
        "raw": (Unit.POINTS, times(contrast.raw.value, 100)),
        "adjusted": (Unit.POINTS, times(contrast.adjusted.value, 100)),
        "low": (Unit.POINTS, times(contrast.adjusted.low, 100)),
        "high": (Unit.POINTS, times(contrast.adjusted.high, 100)),
        "share": (Unit.SHARE, share.value),
        "share_low": (Unit.SHARE, share.low),
        "share_high": (Unit.SHARE, share.high),
    }
    return Verdict(f"depth_{contrast.verdict}", numbers, _TONES.get(contrast.verdict, ""))


def _ends(held: Whole) -> tuple[int, int]:
    """Levels below the first and above the second are gathered there, so that each end has customers enough."""
    least = max(_LEAST, _LEAST_SHARE * len(held))
    levels = np.unique(held)
    low = next((int(k) for k in levels if (held <= k).sum() >= least), int(levels[-1]))
    high = next((int(k) for k in levels[::-1] if (held >= k).sum() >= least), int(levels[0]))
    return low, max(low, high)


def _curve(state: _State) -> depth.Curve:
    low, high = _ends(state.held)
    held, stayed, covariates = state.sample()
    return depth.retention_by_depth(np.clip(held, low, high), stayed, covariates)


def _label(level: Level, state: _State) -> str:
    low, high = _ends(state.held)
    if level.products == low and (state.held < low).any():
        return f"≤ {low}"
    return f"≥ {high}" if level.products == high and (state.held > high).any() else str(level.products)


def _of_all(level: Level, state: _State) -> Estimate:
    """The raw share over everybody, not only over those the adjustment was fitted on."""
    mine = np.clip(state.held, *_ends(state.held)) == level.products
    return share(int(state.stayed[mine].sum()), int(mine.sum()))


def _drawn(state: _State, curve: depth.Curve) -> Curve:
    raw = [_of_all(each, state) for each in curve.levels]
    lines = [
        Line(code, [e.value for e in values], [e.low for e in values], [e.high for e in values])
        for code, values in (("raw", raw), ("adjusted", [_within(each.adjusted) for each in curve.levels]))
    ]
    verdict = _verdict(curve.overall) if curve.overall else Verdict("levels_not_comparable", tone="warn")
    if curve.overall:
        labels = {each.products: _label(each, state) for each in curve.levels}
        ends = {
            "fewer": (Unit.TEXT, labels[curve.overall.fewer]),
            "more": (Unit.TEXT, labels[curve.overall.more]),
        }
        verdict = Verdict(verdict.code.replace("depth_", "curve_"), {**verdict.numbers, **ends}, verdict.tone)
    return Curve("curve", Unit.TEXT, [_label(each, state) for each in curve.levels], Unit.SHARE, lines, verdict)


def _levels(state: _State, curve: depth.Curve) -> Grid:
    rows: list[list[Cell]] = []
    for each in curve.levels:
        raw, adjusted = _of_all(each, state), _within(each.adjusted)
        overlap = each.overlap
        rows.append(
            [
                _label(each, state),
                raw.n,
                cell(raw),
                cell(adjusted),
                overlap.effective if overlap else None,
                overlap.rare_share if overlap else None,
                overlap.verdict if overlap else None,
            ]
        )
    columns = [
        ("categories", Unit.TEXT),
        ("customers", Unit.COUNT),
        ("raw", Unit.SHARE),
        ("adjusted", Unit.SHARE),
        ("effective", Unit.COUNT),
        ("unlike", Unit.SHARE),
        ("overlap", Unit.CODE),
    ]
    return Grid("levels", columns, rows)


def _branch(held: Whole, stayed: NDArray[np.bool_], middle: int) -> Figures:
    if len(held) < _LEAST:
        return Figures("branch_now", (), Verdict("too_little_data", tone="warn"))
    return Figures("branch_now", tuple(_parts(held, stayed, middle)), Verdict("branch_raw", _split(middle)))


def _within(share: Estimate) -> Estimate:
    """A share with its interval kept within 0 and 1: the weighted mean's interval may stick out a little."""
    if share.value is None or share.low is None or share.high is None:
        return share
    value, low, high = (min(1.0, max(0.0, each)) for each in (share.value, share.low, share.high))
    return type(share)(value, low, high, share.n, share.level)
