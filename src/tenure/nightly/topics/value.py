"""What customers are worth (S19): all together, by part and tier, how it is spread, and where it may be lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tenure.contracts import codes
from tenure.contracts.findings import Cell, Curve, Figure, Figures, Grid, Line, Section, Unit, Verdict
from tenure.insight.inputs import TooLittleData
from tenure.insight.value import PARTS
from tenure.nightly.topics import Known

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: People named in a grid.
MOST = 30
#: Customers below which shares of tenths say nothing.
_FEW = 30


@dataclass(frozen=True)
class _Valued:
    """Customers with a value, one row each."""

    rows: pa.Table

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

    def within(self, orgs: set[str]) -> _Valued:
        """Only the customers of these branches."""
        names = self.rows.column("org_id").to_pylist()
        return _Valued(self.rows.filter(pa.array([name in orgs for name in names])))


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's value, what it is made of, where it is; then each branch with its people at risk."""
    everyone = _valued(known)
    if not len(everyone.value):
        raise TooLittleData("no customer has a value")
    yield known.bank, _now(everyone)
    yield known.bank, _parts(everyone)
    yield known.bank, _tiers(everyone)
    if len(everyone.value) >= _FEW:
        yield known.bank, _spread(everyone)
    yield known.bank, _branches(everyone)
    only = len(known.branches) == 1
    for org in known.branches:
        if org == known.bank:
            if only:
                yield org, _at_risk(everyone)
            continue
        mine = everyone.within(known.below(org))
        if len(mine.value):
            yield org, _now(mine)
            yield org, _parts(mine)
            yield org, _tiers(mine)
            yield org, _at_risk(mine)


def _valued(known: Known) -> _Valued:
    assert known.outlook is not None
    o = known.outlook.filter(known.outlook.value.notnull())
    o = o.select("party_id", "value", "value_low", "value_high", "value_months", "value_parts", "leaving_12m")
    f = known.figures.select("party_id", "org_id", "tier")
    return _Valued(known.rows(f.inner_join(o, "party_id").order_by("party_id")))


def _whole(number: float) -> int:
    return round(float(number))


def _now(of: _Valued) -> Figures:
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
        return Figures("now", figures, Verdict("value_by_rate", numbers, "warn"))
    return Figures("now", figures, Verdict("value_by_model", {**numbers, "plain": (Unit.COUNT, int((~told).sum()))}))


def _parts(of: _Valued) -> Grid:
    sums: dict[str, int] = dict.fromkeys(PARTS, 0)
    for text in of.rows.column("value_parts").to_pylist():
        for part, amount in _read(text).items():
            sums[part] += amount
    rows: list[list[Cell]] = [[part, amount] for part, amount in sums.items()]
    return Grid("by_part", [("part", Unit.CODE), ("value", Unit.MONEY)], rows)


def _read(parts: Any) -> dict[str, int]:
    return dict(json.loads(parts)) if isinstance(parts, str) else dict(parts)


def _tiers(of: _Valued) -> Grid:
    tiers = np.array([tier or codes.TIER_ORDER[0] for tier in of.rows.column("tier").to_pylist()])
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
    names, index = np.unique(np.array(of.rows.column("org_id").to_pylist(), dtype=str), return_inverse=True)
    rows: list[list[Cell]] = []
    for k, name in enumerate(names):
        here = index == k
        risk = of.risk[here]
        lost = _whole(np.maximum(risk[~np.isnan(risk)], 0).sum()) if (~np.isnan(risk)).any() else None
        rows.append([str(name), int(here.sum()), _whole(of.value[here].sum()), _whole(of.value[here].mean()), lost])
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
