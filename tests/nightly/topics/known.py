"""What a night knows, from small tables made by hand; and the check that a topic's every code has words.

The frames are made by the night's own functions (accounts, balances, closed months, figures), so that a test of a topic
sees what a night would show it: nothing after ``as_of``, event tables of the curve's months only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from insight.tables import arrow
from tenure.contracts import LAKE
from tenure.contracts.codes import Name
from tenure.contracts.findings import Section, Unit
from tenure.desk.findings import words
from tenure.desk.findings.words import common
from tenure.insight import (
    Window,
    activity,
    balances,
    customers,
    history,
    holdings,
    months,
    organisation,
    stages_kept,
    thresholds,
)
from tenure.insight.months import CURVE
from tenure.nightly.topics import Known

Rows = Iterable[Mapping[str, Any]]


def known(
    tables: Mapping[str, Rows],
    as_of: date,
    *,
    currency: str = "CNY",
    held: thresholds.Thresholds | None = None,
    causes: Mapping[str, Name] | None = None,
    **frames: pa.Table,
) -> Known:
    """The night's knowledge on ``as_of`` of a lake with these rows (contract's columns; what is left out is null).

    ``losses`` are those of the bank's definitions (not given: too little history). Each other frame is made by the
    night's own functions when a topic first asks for it (the customer frame and the closed months by party take
    seconds), unless it is given: ``figures``, ``standing``, ``outlook``, ``by_party``, ``by_account``. ``held``: the
    bank's own thresholds in place of the defaults; ``causes``: its names of its causes of complaint.
    """
    held = held or thresholds.load(currency)
    if causes:
        held = replace(held, complaint_causes=causes)
    return _ByHand(tables, as_of, held, frames)


class _ByHand(Known):
    """What a night knows, made of rows."""

    def __init__(
        self, tables: Mapping[str, Rows], as_of: date, held: thresholds.Thresholds, given: Mapping[str, pa.Table]
    ) -> None:
        engine = _Engine()
        lake = {name: ibis.memtable(arrow(name, tables.get(name, ()))) for name in LAKE}
        window = Window(as_of)
        lake_ = SimpleNamespace(path=Path("a bank without files of its own"), derived=_scratch())
        cache = SimpleNamespace(engine=engine, lake=lake_)
        past = SimpleNamespace(
            window=window,
            thresholds=held,
            cache=cache,
            of_closed=lambda _closed, _name, make: engine.keep(make()),
            rows_of_closed=lambda _closed, _name, make: make(),
            cubes=dict,
        )
        made = {"keep": lambda _name, expr: engine.keep(expr), "small": lambda _name, rows: ibis.memtable(rows)}
        accounts = engine.keep(holdings.accounts(lake["account"], lake["product"], held, as_of))
        own = {
            "frames": SimpleNamespace(past=past, source=lambda name: _recent(lake[name], name, window), **made),
            "party": engine.keep(customers.known(lake["party"], window)),
            "accounts": accounts,
            "paths": ibis.memtable(_paths(tables.get("organisation", ()))),
            "closed": _Closed(engine, lake, accounts, window, held, given),
            "outlook": None,
            "losses": ibis.memtable(given["losses"]) if "losses" in given else None,
            **{
                name: ibis.memtable(table)
                for name, table in given.items()
                if name in ("figures", "standing", "outlook")
            },
        }
        self.__dict__.update(own, _engine=engine, _lake=lake, _window=window, _held=held)

    @cached_property
    def standing(self) -> ir.Table:  # type: ignore[override]
        """As :func:`tenure.insight.balances.as_of` has it."""
        balance, window = self._lake["balance"], self._window
        now = balance.filter((_month(balance.day) == window.open_month) & (balance.day <= window.as_of))
        now = balances.summary(now, window.open_month, window.days_open)
        frame = balances.as_of(self.accounts, self.closed.by_account, now, window, one_currency=False)
        return self._engine.keep(frame)

    @cached_property
    def figures(self) -> ir.Table:  # type: ignore[override]
        """As :func:`tenure.insight.customers.figures` has it."""
        lake, window = self._lake, self._window
        now = activity.roll_up(lake["transaction"], by_day=True)
        now = now.filter((now.month == window.open_month) & (now.day <= window.as_of))
        parts = customers.Parts(
            party=self.party,
            paths=self.paths.select("org_id", "org_path"),
            holdings=holdings.by_party(self.standing, window.as_of),
            history=self.closed.by_party,
            activity=activity.open_month(now, self.accounts, one_currency=False),
            voices=customers.voices(lake["interaction"], lake["complaint"], lake["survey_response"], window),
        )
        return self._engine.keep(customers.figures(parts, window, self._held, inferred=False))


class _Closed:
    """The closed months, made when first asked for."""

    name = "test"

    def __init__(
        self,
        engine: _Engine,
        lake: Mapping[str, ir.Table],
        accounts: ir.Table,
        window: Window,
        held: Any,
        given: Mapping[str, pa.Table],
    ) -> None:
        self.engine, self.lake, self.accounts, self.window, self.held = engine, lake, accounts, window, held
        self.__dict__.update({name: ibis.memtable(given[name]) for name in ("by_party", "by_account") if name in given})

    @cached_property
    def by_account(self) -> ir.Table:
        """As :func:`tenure.insight.balances.closed_months` has it."""
        balance, closed = self.lake["balance"], {}
        for month in _months(self.engine, balance, "day"):
            if month < self.window.open_month:
                closed[month] = balances.summary(balance.filter(_month(balance.day) == month), month)
        return self.engine.keep(balances.closed_months(closed, self.accounts, self.window, one_currency=False))

    @cached_property
    def by_party(self) -> ir.Table:
        """As :func:`tenure.insight.history.of_parties` has it."""
        rows = self.engine.keep(activity.roll_up(self.lake["transaction"]))
        cubes = {
            month: rows.filter(rows.month == month)
            for month in _months(self.engine, self.lake["transaction"], "booked_at")
            if self.window.month(CURVE) < month < self.window.open_month
        }
        made = history.of_parties(
            cubes, self.by_account, self.accounts, self.window, self.held, one_currency=False, inferred=False
        )
        return self.engine.keep(made)


def words_missing(topic: str, sections: Iterable[tuple[str, Section]]) -> list[str]:
    """Codes of these sections that have no words, and numbers that a sentence wants and the section does not give."""
    said, wrong = words.of(topic).words, []

    def check(code: str, given: Sequence[str] = ()) -> None:
        name = said.get(code) or common.WORDS.get(code)
        if name is None:
            wrong.append(code)
            return
        for text in (name.zh, name.en):
            wanted = {part.split("}")[0] for part in text.split("{")[1:]}
            wrong.extend(f"{code}: {slot}" for slot in wanted - set(given))

    for _org, section in sections:
        check(section.code)
        if section.verdict:
            check(section.verdict.code, list(section.verdict.numbers))
            for unit, value in section.verdict.numbers.values():
                if unit is Unit.CODE:
                    check(str(value))
        for one in getattr(section, "figures", ()):
            check(one.code)
        for code, _unit in getattr(section, "columns", ()):
            check(code)
        for row in getattr(section, "rows", ()):
            for (_code, unit), cell in zip(section.columns, row, strict=True):  # type: ignore[union-attr]
                if unit is Unit.CODE and cell is not None:
                    check(str(cell))
        for line in getattr(section, "lines", ()):
            check(line.code)
        if getattr(section, "x_unit", None) is Unit.CODE:
            for value in section.x:  # type: ignore[union-attr]
                check(str(value))
    return sorted(set(wrong))


class _Engine:
    """The night's engine as far as topics use it."""

    def __init__(self) -> None:
        self.backend = ibis.duckdb.connect(threads=1)

    def arrow(self, expr: ir.Table) -> pa.Table:
        with stages_kept():
            found: pa.Table = self.backend.to_pyarrow(expr)
            return found

    def keep(self, expr: ir.Table) -> ir.Table:
        return ibis.memtable(self.arrow(expr))


def _scratch() -> Callable[[str], Path]:
    """Folders for what a night keeps for the next: of this night alone, made when first asked for."""
    home: list[Path] = []

    def derived(*parts: str) -> Path:
        if not home:
            home.append(Path(mkdtemp(prefix="tenure-night-")))
        folder = home[0].joinpath(*parts)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    return derived


def _paths(rows: Rows) -> pa.Table:
    parents = {row["org_id"]: row.get("parent_id") for row in rows}
    chains = {org: organisation.chain(org, parents) for org in sorted(parents)}
    return pa.table(
        {
            "org_id": pa.array(chains, pa.string()),
            "org_path": pa.array(["/" + "/".join(chain) + "/" for chain in chains.values()], pa.string()),
            "depth": pa.array([len(chain) - 1 for chain in chains.values()], pa.int64()),
        }
    )


def _recent(table: ir.Table, name: str, window: Window) -> ir.Table:
    day = LAKE[name].day
    if not day:
        return table
    on = table[day].cast("date")
    from_, until = months.first_day(window.month(CURVE - 1)), months.last_day(window.open_month)
    return table.filter((on >= from_) & (on <= until))


def _month(day: ir.DateValue) -> ir.IntegerValue:
    return day.year().cast("int64") * 12 + day.month().cast("int64") - 1


def _months(engine: _Engine, table: ir.Table, day: str) -> list[int]:
    found = engine.arrow(table.select(month=_month(table[day].cast("date"))).distinct())
    return sorted(found.column("month").to_pylist())
