"""The regulator's return: what was received in a period and how fast it was decided, with totals that add up. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import date

#: Days within which a complaint is decided: simple, complex, with approval.
STEPS = (15, 30, 60)
DIMENSIONS = ("channel", "business", "cause", "branch")


@dataclass(frozen=True, slots=True)
class Decided:
    """A complaint as it is counted. ``closed_on``: None while it is open; ``due_on``: when its time runs out."""

    channel: str
    business: str
    cause: str
    branch: str
    received_on: date
    closed_on: date | None
    due_on: date | None
    repeat: bool
    group: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``received`` is the sum of the six after it, whatever it is a line of."""

    received: int = 0
    in_15: int = 0
    in_30: int = 0
    in_60: int = 0
    later: int = 0
    open: int = 0
    overdue: int = 0
    repeat: int = 0
    group: int = 0

    def __add__(self, other: Line) -> Line:
        return Line(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def adds_up(self) -> bool:
        """Whether every complaint received is in one place, and one only."""
        return self.received == self.in_15 + self.in_30 + self.in_60 + self.later + self.open + self.overdue


def line_of(one: Decided, today: date) -> Line:
    """What one complaint counts. The day of receipt is not counted."""
    count = Line(received=1, repeat=int(one.repeat), group=int(one.group))
    if one.closed_on is None:
        overdue = one.due_on is not None and one.due_on < today
        return replace(count, overdue=1) if overdue else replace(count, open=1)
    took = (one.closed_on - one.received_on).days
    name = next((f"in_{days}" for days in STEPS if took <= days), "later")
    return replace(count, **{name: 1})


@dataclass(frozen=True, slots=True)
class Return:
    """The whole return: the total, and for each dimension its lines by code (uncoded: empty)."""

    total: Line
    by: dict[str, dict[str, Line]]

    @property
    def adds_up(self) -> bool:
        """The control: each dimension sums to the total, each line adds up."""
        lines = [self.total, *(line for one in self.by.values() for line in one.values())]
        return all(line.adds_up for line in lines) and all(
            sum(one.values(), Line()) == self.total for one in self.by.values()
        )


def count(rows: Iterable[Decided], today: date) -> Return:
    """Count them by channel, business, cause and branch."""
    keys: dict[str, Callable[[Decided], str]] = {
        "channel": lambda one: one.channel, "business": lambda one: one.business,
        "cause": lambda one: one.cause, "branch": lambda one: one.branch,
    }  # fmt: skip
    total, by = Line(), dict[str, dict[str, Line]]((name, {}) for name in DIMENSIONS)
    for one in rows:
        counted = line_of(one, today)
        total += counted
        for name in DIMENSIONS:
            key = keys[name](one)
            by[name][key] = by[name].get(key, Line()) + counted
    return Return(total, {name: dict(sorted(lines.items())) for name, lines in by.items()})
