"""What may become of an improvement, which course of a theme can be told, lines small enough for a table. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tenure.contracts import codes

PROPOSED, APPROVED, RUNNING, MEASURED, KEPT, DROPPED = codes.IMPROVEMENT_STATES
ENDED = frozenset({KEPT, DROPPED})
#: From which states each act may be done.
ACTS: dict[str, frozenset[str]] = {
    "edit": frozenset({PROPOSED}),
    "ask": frozenset({PROPOSED}),
    "begin": frozenset({APPROVED}),
    "action": frozenset({PROPOSED, APPROVED, RUNNING, MEASURED}),
    "hand-over": frozenset({PROPOSED, APPROVED, RUNNING, MEASURED}),
    "measure": frozenset({RUNNING, MEASURED}),
    "keep": frozenset({MEASURED}),
    "drop": frozenset({PROPOSED, APPROVED, RUNNING, MEASURED}),
}
#: What is to be done next in each state.
NEXT = {PROPOSED: "ask", APPROVED: "begin", RUNNING: "measure", MEASURED: "keep", KEPT: "", DROPPED: ""}
#: Verdicts on which nobody decides: the night has not measured yet.
NOT_YET = frozenset({"waiting"})
TITLE, AIM, WORDS, ACTION, NAME = 120, 500, 1000, 300, 40
THEMES, BRANCHES, ACTIONS = 10, 60, 40
#: Minor units no cost passes: a hundred thousand million.
MOST_MONEY = 10**13
SORTS = ("value", "volume", "course", "unhappy", "lost")


@dataclass(frozen=True, slots=True)
class Course:
    """How the share of a theme moved: ``up``, ``down`` or ``still``, where the interval can tell."""

    way: str
    points: float | None


def course_of(value: float | None, low: float | None, high: float | None) -> Course:
    """The course of a theme from the difference of its shares and its interval."""
    if value is None or low is None or high is None or low <= 0 <= high:
        return Course("still", None if value is None else 100 * value)
    return Course("up" if value > 0 else "down", 100 * value)


def spark(values: Sequence[float | None], width: int = 84, height: int = 20) -> str:
    """Points of an SVG polyline through ``values``, gaps left out; empty for fewer than two.

    The lowest line is nought, so that two themes' lines tell of the same thing: how much, not how wiggly.
    """
    told = [(at, value) for at, value in enumerate(values) if value is not None]
    if len(told) < 2:
        return ""
    top = max(max(value for _, value in told), 1e-9)
    step = (width - 2) / max(len(values) - 1, 1)
    return " ".join(f"{1 + at * step:.1f},{height - 1 - (height - 2) * value / top:.1f}" for at, value in told)


def merged_into(theme: str, merges: Mapping[str, str]) -> str:
    """Where a theme ends after all merges that stand; itself where it is merged into nothing."""
    seen = {theme}
    while (after := merges.get(theme)) is not None and after not in seen:
        seen.add(after)
        theme = after
    return theme


def closes_a_circle(theme: str, into: str, merges: Mapping[str, str]) -> bool:
    """Whether merging ``theme`` into ``into`` would lead back to it."""
    return merged_into(into, merges) == theme or into == theme


def overdue(due_on: date, done: bool, today: date) -> bool:
    """Whether an action is late today."""
    return not done and due_on < today


def may_be_decided(verdicts: Iterable[str]) -> bool:
    """Whether the night has measured anything yet; “too little to tell” is an answer, “too early” is none."""
    told = list(verdicts)
    return bool(told) and any(one not in NOT_YET for one in told)
