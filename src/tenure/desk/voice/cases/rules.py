"""What may become of a case, and when somebody is unhappy. Pure: no database, no clock of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tenure.contracts import codes
from tenure.desk.voice.clocks import Calendar, Kind, Pause, deadline

STATES = tuple(codes.CASE_STATES)
OPEN, ACKNOWLEDGED, LISTENING, CAUSE, OFFER, AGREED, CLOSED = STATES
#: A detractor answers 0 to 6 of 10; an unsatisfied customer 1 or 2 of 5.
DETRACTOR, UNSATISFIED = 6, 2
#: Whoever is not reached in so many tries is written to, and the case may be closed.
TRIES = 3
#: A closed case is opened again within; after that it is a new one.
AGAIN_WITHIN = timedelta(days=30)
WORDS = 2000
#: What people open cases from; answers to surveys open theirs by themselves, under keys that nobody else may use, so
#: that no case opened by hand stands in the way of an unhappy customer's.
BY_HAND = ("hand", "words", "signal", "complaint")
OF_ANSWERS = "answer:"
#: From which states each act may be done.
ACTS: dict[str, frozenset[str]] = {
    "acknowledge": frozenset({OPEN}),
    "listen": frozenset({ACKNOWLEDGED, LISTENING, CAUSE, OFFER}),
    "cause": frozenset({LISTENING, CAUSE, OFFER}),
    "offer": frozenset({CAUSE, OFFER}),
    "agree": frozenset({OFFER}),
    "pause": frozenset({ACKNOWLEDGED, LISTENING, CAUSE, OFFER, AGREED}),
}
#: From which states a case is closed with each result.
CLOSES: dict[str, frozenset[str]] = {
    "repaired": frozenset({AGREED}),
    "not_agreed": frozenset({OFFER}),
    "not_reached": frozenset({OPEN, ACKNOWLEDGED, LISTENING, CAUSE, OFFER}),
}
#: What is to be done next in each state.
NEXT = {
    OPEN: "acknowledge", ACKNOWLEDGED: "listen", LISTENING: "cause", CAUSE: "offer", OFFER: "agree", AGREED: "close",
    CLOSED: "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClockTerms:
    """What a clock counts, how much it allows, and at which counts the owner, the head and those above are told.

    All in minutes of the clock itself; a day has 1,440.
    """

    counts: Kind
    allowance: int
    levels: tuple[int, ...]


_HOUR, DAY = 60, 1440
#: The bank's ``cases.toml`` may change each.
CLOCKS: dict[str, ClockTerms] = {
    "customer": ClockTerms(Kind.WALL, 24 * _HOUR, (18 * _HOUR, 24 * _HOUR, 48 * _HOUR)),
    "staff": ClockTerms(Kind.WORKING, 35 * _HOUR, (28 * _HOUR, 35 * _HOUR, 70 * _HOUR)),
    "regulator": ClockTerms(Kind.DAYS, 15 * DAY, (12 * DAY, 15 * DAY, 20 * DAY)),
}
#: Days within which a complaint is decided: complex ones, and at most so with approval.
EXTENSIONS = (30, 60)
#: Words that tell an unhappy customer whatever the score; ``cases.toml`` may name others.
UNHAPPY = (
    "投诉", "骗", "销户", "再也不", "态度差", "态度恶劣", "太差", "失望", "乱收费", "举报", "没人管", "气愤",
    "complain", "cheated", "close my account", "never again", "rude", "disappointed", "angry", "overcharged",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """The bank's settings, see ``settings.settings_of``. ``scripts``: step → (Chinese, English)."""

    clocks: Mapping[str, ClockTerms] = field(default_factory=lambda: dict(CLOCKS))
    unhappy: tuple[str, ...] = UNHAPPY
    scripts: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def unhappy_source(score: int | None, csat: int | None, words: str, bad: Iterable[str]) -> str:
    """Where a case about an answer comes from: ``survey`` for its score, ``words`` for what was said, else empty."""
    if (score is not None and score <= DETRACTOR) or (csat is not None and csat <= UNSATISFIED):
        return "survey"
    said = words.casefold()
    return "words" if any(one.casefold() in said for one in bad) else ""


def after(act: str, state: str) -> str:
    """The state after ``act``: never a step back, for what was reached stays reached."""
    reached = {"acknowledge": ACKNOWLEDGED, "listen": LISTENING, "cause": CAUSE, "offer": OFFER, "agree": AGREED}[act]
    return max(state, reached, key=STATES.index)


def clocks_of(source: str) -> tuple[str, ...]:
    """Which clocks a case has: the regulator's runs for complaints alone."""
    return ("customer", "staff", "regulator") if source == "complaint" else ("customer", "staff")


def may_be_opened_again(closed_at: datetime, now: datetime) -> bool:
    """Whether a case closed then is opened again now, or a new one is."""
    return now <= closed_at + AGAIN_WITHIN


def longer(allowance: int) -> int | None:
    """How many minutes a regulator's clock of ``allowance`` may have instead, with approval; None: no more."""
    return next((days * DAY for days in EXTENSIONS if days * DAY > allowance), None)


def extended(allowance: int, levels: list[int], level: int) -> tuple[int, list[int], int]:
    """Allowance, levels and next level of a clock given more time: whoever was told is told anew before it runs out.

    Levels go by threes (owner, head, above); those not reached are passed over.
    """
    reached = -(-level // 3) * 3
    told = list(levels[:reached])
    return allowance, [*told, allowance - 3 * DAY, allowance, allowance + 5 * DAY], len(told)


def reaches(counts: str, began: datetime, minutes: int, pauses: Iterable[Pause], calendar: Calendar) -> datetime | None:
    """When a clock has counted so many minutes; None while an open pause lies before it."""
    return deadline(Kind(counts), began, timedelta(minutes=minutes), pauses, calendar)
