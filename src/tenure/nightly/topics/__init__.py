"""The topics of insight over a night: each looks at the night's frames and says what it found, section by section.

A topic is a module of this package with ``sections(known)``, which yields ``(org_id, section)``: a finding about a
branch and all below it. It says codes and numbers; the desk has the words. Too little data is a finding as well.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.contracts.findings import Cell, Figure, Figures, Section, Unit, Verdict, encoded
from tenure.errors import TenureError
from tenure.insight.inputs import TooLittleData
from tenure.insight.value.assumptions import load

if TYPE_CHECKING:
    from pathlib import Path

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tenure.insight.intervals import Estimate
    from tenure.insight.value import Assumptions
    from tenure.nightly.frames import Frames
    from tenure.nightly.past import ClosedMonths
    from tenure.nightly.steps import Step
    from tenure.nightly.topics.verbatims import Verbatims
    from tenure.nightly.training import Record
    from tenure.nightly.worth import Basis


@dataclass(frozen=True)
class Known:
    """What a topic may look at. Tables are Ibis expressions; :meth:`rows` brings one to memory.

    ``party`` are the parties known at ``as_of``, ``accounts`` the frame of :func:`holdings.accounts`, ``standing``
    that of :func:`balances.as_of`, ``figures`` the customer frame (published columns and some beside them), ``closed``
    the closed months. ``outlook`` and ``lost`` are the published tables of these names, without rows where history is
    too short; ``record`` says what became of the model of leaving; ``need`` is the published table and ``likely``
    what became of each category's likelihood of opening; ``losses`` who was lost when by the bank's definitions, None
    where history is too short for them; ``basis`` what the values rest on; ``blind`` the leaving probabilities of a
    past month by trees that had seen nothing after it (:func:`tenure.nightly.blind.leaving`); ``followed`` everybody
    at risk at a past month's end, with these features and their fate (:func:`tenure.nightly.followed.at_landmark`).
    """

    frames: Frames
    closed: ClosedMonths
    party: ir.Table
    accounts: ir.Table
    standing: ir.Table
    figures: ir.Table
    paths: ir.Table
    outlook: ir.Table | None = None
    lost: ir.Table | None = None
    record: Record | None = None
    need: ir.Table | None = None
    likely: Sequence[Mapping[str, Any]] = ()
    losses: ir.Table | None = None
    basis: Basis | None = None
    blind: Callable[[int], pa.Table | None] | None = None
    followed: Callable[[Sequence[str]], pa.Table | None] | None = None

    @property
    def as_of(self) -> date:
        """The day of the night; nothing later is known."""
        return self.frames.past.window.as_of

    @property
    def currency(self) -> str:
        """The reporting currency."""
        return self.frames.past.thresholds.currency

    @property
    def assumptions(self) -> Assumptions:
        """What values and prices assume: ours, under the bank's own ``value.toml`` beside its lake."""
        return load(self.currency, self.own("value.toml"))

    def own(self, name: str) -> Path | None:
        """A file of the bank's own beside its lake, such as ``value.toml``; None where it laid none there."""
        path: Path = self.frames.past.cache.lake.path / name
        return path if path.exists() else None

    def source(self, name: str) -> ir.Table:
        """A table of the lake; of an event table the newest 24 months, up to ``as_of`` to be cut by the caller."""
        return self.frames.source(name)

    def rows(self, table: ir.Table) -> pa.Table:
        """A table in memory: only for what is small, or narrow."""
        return self.frames.past.cache.engine.arrow(table)

    @cached_property
    def branches(self) -> dict[str, str]:
        """Each branch's path by its number, the topmost first."""
        found = self.rows(self.paths.select("org_id", "org_path", "depth")).to_pylist()
        return {row["org_id"]: row["org_path"] for row in sorted(found, key=lambda row: (row["depth"], row["org_id"]))}

    @cached_property
    def bank(self) -> str:
        """The number of the topmost branch: the whole bank."""
        return next(iter(self.branches), "")

    @cached_property
    def voices(self) -> tuple[pa.Table, Verbatims | None]:
        """What customers wrote in the months the night sees, and its themes; None where too little was written."""
        from tenure.nightly.topics import verbatims

        rows = verbatims.table(self)
        if not rows.num_rows:
            return rows, None
        try:
            return rows, verbatims.read(self, rows)
        except TooLittleData:
            return rows, None

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, made by the first topic that asks for it and handed to the others as it is."""
        made: dict[str, Any] = self.__dict__.setdefault("_once", {})
        if name not in made:
            made[name] = make()
        return made[name]

    def below(self, org_id: str) -> set[str]:
        """The branch and all below it."""
        path = self.branches[org_id]
        return {other for other, own in self.branches.items() if own.startswith(path)}


def among(names: Any, wanted: Collection[str]) -> NDArray[np.bool_]:
    """Which of some names (n,) are wanted: by their hash, where NumPy would compare every pair of objects."""
    found: Any = pc.is_in(pa.array(names, pa.string()), value_set=pa.array(sorted(wanted), pa.string()))
    inside: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False)
    return inside


def said(code: str, make: Callable[[], Section]) -> Section:
    """The section ``make`` gives or, where there is too little data for it, a section of that code that says so."""
    try:
        return make()
    except TooLittleData:
        return Figures(code, (), Verdict("too_little_data", tone="warn"))


def cell(found: Estimate | None, scale: float = 1.0) -> Cell:
    """An estimate as a cell with its interval, each times ``scale``; None where it cannot be told."""
    if found is None or found.value is None:
        return None
    return scale * found.value, times(found.low, scale), times(found.high, scale)


def figure(code: str, unit: Unit, found: Estimate, scale: float = 1.0) -> Figure:
    """An estimate as a headline figure with its interval and the rows it rests on, each times ``scale``."""
    value, low, high = (times(each, scale) for each in (found.value, found.low, found.high))
    return Figure(code, unit, value, low, high, found.n)


def times(number: float | None, scale: float) -> float | None:
    """A number that may be unknown, times ``scale``: a share in points, hours in seconds."""
    return None if number is None else scale * number


Topic = Callable[[Known], Iterator[tuple[str, Section]]]


def topic(name: str) -> Topic | None:
    """The topic of that name; None where this version has none yet."""
    try:
        sections: Topic = importlib.import_module(f"tenure.nightly.topics.{name}").sections
    except ModuleNotFoundError as missing:
        if missing.name != f"tenure.nightly.topics.{name}":
            raise
        return None
    return sections


def findings(known: Known, name: str, step: Step) -> list[dict[str, Any]]:
    """The rows of one topic for the published table ``finding``; too little data is said, not hidden.

    A topic that cannot be worked out does not keep the bank from its day: the page says so, and the night's record.
    """
    sections = topic(name)
    if sections is None or not known.bank:
        return []
    found: list[tuple[str, Section]] = []
    try:
        found.extend(sections(known))
    except TooLittleData:
        found = [(known.bank, Figures(name, (), Verdict("too_little_data", tone="warn")))]
    except TenureError as wrong:
        step.say(f"{name}: {wrong.message}")
        found = [(known.bank, Figures(name, (), Verdict("not_worked_out", tone="bad")))]
    return [
        {
            "topic": name,
            "org_id": org_id,
            "org_path": known.branches[org_id],
            "place": place,
            "body": json.dumps(encoded(section), ensure_ascii=False, allow_nan=False),
        }
        for place, (org_id, section) in enumerate(found)
    ]
