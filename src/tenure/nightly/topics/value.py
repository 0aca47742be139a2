"""What customers are worth (S19): all together, by part and tier, how it is spread, and where it may be lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.contracts import codes
from tenure.contracts.findings import Cell, Curve, Figure, Figures, Grid, Line, Section, Unit, Verdict
from tenure.insight.inputs import TooLittleData
from tenure.insight.value import PARTS
from tenure.nightly.topics import Known, by_branch, households

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tenure.nightly.worth import Basis

#: People named in a grid.
MOST = 30
#: Customers below which shares of tenths say nothing.
_FEW = 30


@dataclass(frozen=True)
class _Valued:
    """Customers with a value, one row each, in the order of their branches' paths.

    So a branch with all below it is a slice: nothing is copied, however many branches a bank has.
    """

    rows: pa.Table
    paths: NDArray[np.str_]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """One column, NaN where unknown."""
        return np.array(self.rows.column(name).to_numpy(zero_copy_only=False), dtype=np.float64)

    @cached_property
    def value(self) -> NDArray[np.float64]:
        return self.numbers("value")

    @cached_property
    def risk(self) -> NDArray[np.float64]:
        """Value × likelihood of leaving within a year; NaN where no model tells it."""
        return self.value * self.numbers("leaving_12m")

    def below(self, path: str) -> _Valued:
        """Only the customers of the branch with this path, and of all below it."""
        part = by_branch.below(self.paths, path)
        return _Valued(self.rows.slice(part.start, part.stop - part.start), self.paths[part])


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's value, what it is made of, where it is; each branch with its people at risk; then households."""
    everyone = _valued(known)
    if not len(everyone.value):
        raise TooLittleData("no customer has a value")
    by_definition = known.basis is None or known.basis.staying.definitions
    yield known.bank, _now(everyone, by_definition)
    yield known.bank, _parts(everyone)
    yield known.bank, _tiers(everyone)
    if len(everyone.value) >= _FEW:
        yield known.bank, _spread(everyone)
    yield known.bank, _branches(everyone)
    if known.basis is not None:
        yield known.bank, _rests_on(known.basis)
        yield known.bank, _errors(known.basis)
    only = len(known.branches) == 1
    for org, path in known.branches.items():
        if org == known.bank:
            if only:
                yield org, _at_risk(everyone)
            continue
        mine = everyone.below(path)
        if mine.rows.num_rows:
            yield org, _now(mine, by_definition)
            yield org, _parts(mine)
            yield org, _tiers(mine)
            yield org, _at_risk(mine)
    yield from households.sections(known)


def _valued(known: Known) -> _Valued:
    assert known.outlook is not None
    o = known.outlook.filter(known.outlook.value.notnull())
    parts = {part: o.value_parts.cast("string").re_extract(f'"{part}": ?(-?[0-9]+)', 1) for part in PARTS}
    o = o.select(
        "party_id", "value", "value_low", "value_high", "value_months", "leaving_12m",
        **{part: text.nullif("").cast("int64").coalesce(0) for part, text in parts.items()},
    )  # fmt: skip
    f = known.figures.select("party_id", "org_id", tier=known.figures.tier.coalesce(codes.TIER_ORDER[0]))
    rows = known.rows(f.inner_join(o, "party_id").order_by("party_id")).combine_chunks()
    return _Valued(*by_branch.in_order(rows, known.branches))


def _whole(number: float) -> int:
    return round(float(number))


def _now(of: _Valued, by_definition: bool) -> Figures:
    value, low, high = of.value, of.numbers("value_low"), of.numbers("value_high")
    told = ~np.isnan(of.risk)
    total = _whole(value.sum())
    figures = [
        # Errors of transfer price and hazard are common to all: half-widths are added, the widest case.
        Figure("value_total", Unit.MONEY, total, _whole(low.sum()), _whole(high.sum()), len(value)),
        Figure("value_mean", Unit.MONEY, _whole(value.mean())),
        Figure("value_median", Unit.MONEY, _whole(np.median(value))),
        Figure("negative_share", Unit.SHARE, float((value < 0).mean())),
    ]
    gains = np.sort(np.maximum(value, 0))[::-1]
    if len(value) >= _FEW and gains.sum() > 0:
        figures.append(Figure("top_share", Unit.SHARE, float(gains[: -(-len(gains) // 10)].sum() / gains.sum())))
    if told.any():
        figures.append(Figure("at_risk", Unit.MONEY, _whole(np.maximum(of.risk[told], 0).sum())))
    numbers: dict[str, tuple[Unit, Cell]] = {
        "n": (Unit.COUNT, len(value)),
        "value": (Unit.MONEY, total),
        "months": (Unit.COUNT, int(of.rows.column("value_months")[0].as_py())),
    }
    if not told.any():
        code = "value_by_rate" if by_definition else "value_by_closing"
        return Figures("now", figures, Verdict(code, numbers, "warn"))
    return Figures("now", figures, Verdict("value_by_model", {**numbers, "plain": (Unit.COUNT, int((~told).sum()))}))


def _rests_on(basis: Basis) -> Figures:
    """The assumptions that no customer's own value can show: when a month is paid, the discount, what had no price."""
    set_, stays = basis.assumptions, basis.staying
    figures = [
        Figure("discount_rate", Unit.SHARE, set_.discount_rate),
        Figure("unpriced", Unit.COUNT, basis.unpriced),
        Figure("plain_rate", Unit.SHARE, 1 - (1 - stays.plain.monthly) ** 12, n=stays.plain.events),
    ]
    if stays.gone.exposed:
        gone = max(stays.gone.monthly, stays.plain.monthly)
        figures.append(Figure("gone_rate", Unit.SHARE, 1 - (1 - gone) ** 12, n=stays.gone.events))
    numbers: dict[str, tuple[Unit, Cell]] = {
        "rate": (Unit.SHARE, set_.discount_rate),
        "unpriced": (Unit.COUNT, basis.unpriced),
    }
    return Figures("rests_on", figures, Verdict(f"paid_{set_.timing}", numbers, "warn" if basis.unpriced else ""))


def _errors(basis: Basis) -> Grid:
    """What makes the intervals as wide as they are, and whether it was measured or is a setting."""
    rows: list[list[Cell]] = [
        [code, each.used, each.measured, each.assumed, each.n or None, f"error_{each.basis}"]
        for code, each in (("hazard_error", basis.hazard), ("margin_error", basis.margin))
    ]
    columns = [
        ("error", Unit.CODE), ("used", Unit.SHARE), ("measured", Unit.SHARE), ("setting", Unit.SHARE),
        ("measured_on", Unit.COUNT), ("comes_from", Unit.CODE),
    ]  # fmt: skip
    known = [each.measured is not None for each in (basis.hazard, basis.margin)]
    code = "errors_measured" if all(known) else "errors_partly" if any(known) else "errors_assumed"
    return Grid("errors", columns, rows, Verdict(code, tone="" if all(known) else "warn"))


def _parts(of: _Valued) -> Grid:
    rows: list[list[Cell]] = [[part, int(pc.sum(of.rows.column(part)).as_py() or 0)] for part in PARTS]
    return Grid("by_part", [("part", Unit.CODE), ("value", Unit.MONEY)], rows)


def _tiers(of: _Valued) -> Grid:
    tiers = of.rows.column("tier").to_numpy(zero_copy_only=False)
    whole = of.value.sum()
    rows: list[list[Cell]] = []
    for tier in reversed(codes.TIER_ORDER):
        mine = of.value[tiers == tier]
        if len(mine):
            share = float(mine.sum() / whole) if whole > 0 else None
            rows.append([tier, len(mine), _whole(mine.sum()), share, _whole(mine.mean())])
    columns = [
        ("tier", Unit.TIER), ("customers", Unit.COUNT), ("value", Unit.MONEY), ("share_of_value", Unit.SHARE),
        ("value_mean", Unit.MONEY),
    ]  # fmt: skip
    return Grid("by_tier", columns, rows)


def _spread(of: _Valued) -> Curve:
    tenths = np.array_split(np.sort(of.value)[::-1], 10)
    line = Line("value_mean", [_whole(part.mean()) for part in tenths])
    return Curve("spread", Unit.COUNT, list(range(1, 11)), Unit.MONEY, [line], shape="bars")


def _branches(of: _Valued) -> Grid:
    org = of.rows.column("org_id").combine_chunks().dictionary_encode()
    index, names = org.indices.to_numpy(), org.dictionary.to_pylist()
    told = ~np.isnan(of.risk)
    count, known, value, lost = (
        np.bincount(index, weights=weights, minlength=len(names))
        for weights in (None, told, of.value, np.where(told, np.maximum(of.risk, 0), 0))
    )
    rows: list[list[Cell]] = [
        [str(name), int(n), _whole(all_), _whole(all_ / n), _whole(risk) if some else None]
        for name, n, some, all_, risk in zip(names, count, known, value, lost, strict=True)
    ]
    rows.sort(key=lambda row: (-float(row[2]), str(row[0])))  # type: ignore[arg-type]
    columns = [
        ("branch", Unit.ORG), ("customers", Unit.COUNT), ("value", Unit.MONEY), ("value_mean", Unit.MONEY),
        ("at_risk", Unit.MONEY),
    ]  # fmt: skip
    return Grid("by_branch", columns, rows[:50])


def _at_risk(of: _Valued) -> Grid:
    risk = np.where(np.isnan(of.risk), 0, of.risk)
    order = [k for k in np.argsort(-risk, kind="stable")[:MOST] if risk[k] > 0]
    columns = [
        ("customer", Unit.PARTY), ("tier", Unit.TIER), ("interval", Unit.MONEY), ("leaving_12m", Unit.SHARE),
        ("at_risk", Unit.MONEY),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for row in of.rows.take(pa.array(order, pa.int64())).to_pylist():
        interval = (row["value"], row["value_low"], row["value_high"])
        lost = _whole(row["value"] * row["leaving_12m"])
        rows.append([row["party_id"], row["tier"], interval, row["leaving_12m"], lost])
    if not rows:
        return Grid("most_at_risk", columns, rows, Verdict("risk_unknown", tone="warn"))
    return Grid("most_at_risk", columns, rows, Verdict("risk_listed", {"n": (Unit.COUNT, len(rows))}))
