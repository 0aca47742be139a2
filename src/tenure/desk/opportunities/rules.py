"""How an opportunity runs: its stages, when it is stale, how likely it is won. Pure decisions: no database here."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from tenure.desk.kit.shares import beta_quantile

OPEN, WON, LOST = "open", "won", "lost"
TITLE_LENGTH, STEP_LENGTH, WORDS_LENGTH = 120, 200, 2000
#: A next step lies at most this far ahead: what is later than that is no step but a hope.
LONGEST_STEP = timedelta(days=365)
#: How far ahead the next step is put where a form offers a day.
USUAL_STEP = timedelta(days=7)
#: An amount in minor units stays below this, so that sums of many still fit the database's whole numbers.
MOST_AMOUNT = 10**15
#: How far back closed opportunities teach what a stage is worth.
LEARNS_FROM_MONTHS = 24
#: The default of a stage weighs as much as this many opportunities of the bank's own.
PRIOR_STRENGTH = 10
#: Below this many closed opportunities a stage's probability is said to rest on too few.
ENOUGH = 20


#: For how many days after it closed an opportunity may be opened again. A win comes back only while it is still a
#: mistake or a contract that fell through: later its credit has been counted and paid.
REOPENS_WITHIN = {LOST: timedelta(days=90), WON: timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class Stage:
    """A step on the way to winning: its code, the share won from there by default, and how many days are long there."""

    code: str
    default: float
    stale_after: int


def _way(*stages: tuple[str, float, int]) -> tuple[Stage, ...]:
    return tuple(Stage(*one) for one in stages)


#: The stages of each kind of business in their order. The defaults are judgements and give way to what the bank
#: wins (:class:`Likelihood`).
STAGES: dict[str, tuple[Stage, ...]] = {
    "deposit": _way(("identified", 0.20, 14), ("contacted", 0.35, 10), ("proposed", 0.50, 10), ("agreed", 0.80, 7)),
    "investment": _way(
        ("identified", 0.15, 14), ("contacted", 0.25, 10), ("suitability", 0.40, 7), ("proposed", 0.50, 7)
    ),
    "insurance": _way(
        ("identified", 0.08, 21), ("contacted", 0.15, 14), ("suitability", 0.30, 10), ("applied", 0.75, 10)
    ),
    "loan": _way(
        ("identified", 0.15, 14),
        ("applied", 0.40, 7),
        ("assessment", 0.55, 7),
        ("approved", 0.80, 7),
        ("signed", 0.95, 7),
    ),
    "mortgage": _way(
        ("identified", 0.15, 21),
        ("applied", 0.45, 10),
        ("valuation", 0.60, 10),
        ("approved", 0.80, 14),
        ("signed", 0.95, 21),
    ),
    "card": _way(("identified", 0.20, 21), ("applied", 0.55, 7), ("approved", 0.90, 14)),
    "payroll": _way(
        ("identified", 0.10, 21),
        ("contacted", 0.20, 14),
        ("proposed", 0.35, 14),
        ("signed", 0.80, 14),
        ("trial", 0.90, 14),
    ),
    "settlement": _way(("identified", 0.15, 21), ("contacted", 0.25, 14), ("proposed", 0.40, 14), ("signed", 0.90, 10)),
    "acquiring": _way(("identified", 0.20, 21), ("proposed", 0.40, 14), ("signed", 0.85, 10), ("installed", 0.95, 10)),
    "corporate_loan": _way(
        ("identified", 0.10, 30),
        ("proposed", 0.20, 21),
        ("due_diligence", 0.35, 21),
        ("committee", 0.55, 14),
        ("approved", 0.75, 14),
        ("signed", 0.95, 14),
    ),
}


def codes_of(kind: str) -> tuple[str, ...]:
    """The codes of a kind's stages in their order."""
    return tuple(stage.code for stage in STAGES[kind])


def stage_of(kind: str, code: str) -> Stage:
    """The stage ``code`` of ``kind``; KeyError where the kind has none of that name."""
    for stage in STAGES[kind]:
        if stage.code == code:
            return stage
    raise KeyError(code)


def beside(kind: str, code: str) -> tuple[str, str]:
    """The stages before and after ``code``; empty at either end."""
    order = codes_of(kind)
    place = order.index(code)
    return (order[place - 1] if place else "", order[place + 1] if place + 1 < len(order) else "")


def stale_from(kind: str, stage: str, changed_on: date, next_step_on: date) -> date:
    """The first day on which an open opportunity is stale: its next step passed, or nothing changed for too long."""
    return min(next_step_on, changed_on + timedelta(days=stage_of(kind, stage).stale_after)) + timedelta(days=1)


def step_fits(on: date, today: date) -> bool:
    """Whether a next step may be dated ``on``: from today, for a year at most."""
    return today <= on <= today + LONGEST_STEP


def reopens_until(state: str, closed_on: date) -> date:
    """The last day on which an opportunity that closed as ``state`` on ``closed_on`` may be opened again."""
    return closed_on + REOPENS_WITHIN[state]


_AMOUNT = re.compile(r"^([\d,，]+(?:\.\d+)?)\s*(万|亿|k|m|bn)?$", re.IGNORECASE)
_TIMES = {"": 1, "万": 10_000, "亿": 100_000_000, "k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}


def amount_of(text: str, places: int) -> int | None:
    """Minor units of an amount as people write it: ``50万``, ``1,250,000``, ``1.5m``; None where it is none.

    ``places`` is how many decimals the currency has. What is finer than a minor unit is no amount either.
    """
    found = _AMOUNT.match(text.strip())
    if found is None:
        return None
    try:
        value = Decimal(found[1].replace(",", "").replace("，", "")) * _TIMES[(found[2] or "").lower()]
    except InvalidOperation:
        return None
    minor = value.scaleb(places)
    if minor != minor.to_integral_value() or not 0 < minor < MOST_AMOUNT:
        return None
    return int(minor)


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely an opportunity at a stage is won, learned from the ``won`` of ``closed`` that stood there.

    Beta-binomial: the stage's default counts as :data:`PRIOR_STRENGTH` opportunities, so the mean is
    ``(won + 10 × default) ÷ (closed + 10)`` and ``low`` to ``high`` holds 95 % of
    Beta(won + 10 d, closed − won + 10 (1 − d)).
    """

    default: float
    closed: int
    won: int

    @property
    def _beta(self) -> tuple[float, float]:
        return (
            self.won + PRIOR_STRENGTH * self.default,
            self.closed - self.won + PRIOR_STRENGTH * (1 - self.default),
        )

    @property
    def mean(self) -> float:
        """The probability, 0–1."""
        a, b = self._beta
        return a / (a + b)

    @property
    def variance(self) -> float:
        """How uncertain the probability itself is."""
        a, b = self._beta
        return a * b / ((a + b) ** 2 * (a + b + 1))

    @property
    def low(self) -> float:
        """The interval's lower end."""
        return beta_quantile(0.025, *self._beta)

    @property
    def high(self) -> float:
        """The interval's upper end."""
        return beta_quantile(0.975, *self._beta)

    @property
    def too_few(self) -> bool:
        """Whether it rests on the stage's default more than on what the bank won."""
        return self.closed < ENOUGH


@dataclass(frozen=True, slots=True)
class Pile:
    """Open opportunities of one kind and stage: how many, the sum of their amounts, the sum of their squares."""

    kind: str
    stage: str
    count: int
    amount: int
    squares: float


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What open opportunities amount to: all of it, and what may be expected of it with its 95 % interval."""

    count: int
    amount: int
    expected: int
    low: int
    high: int
    too_few: bool


def pipeline(piles: Iterable[Pile], likelihoods: Mapping[tuple[str, str], Likelihood]) -> Pipeline:
    """The weighted pipeline: Σ amount × probability.

    Its variance has two parts: each opportunity is won whole or not at all, Σ a² (p (1 − p) − v), and the probability
    of a pile is itself uncertain, which moves all of the pile together, (Σ a)² v, with v the variance of its
    probability. The interval is the mean ± 1.96 standard deviations, kept between nothing and everything.
    """
    count = amount = 0
    mean = variance = 0.0
    too_few = False
    for pile in piles:
        p = likelihoods[pile.kind, pile.stage]
        count, amount = count + pile.count, amount + pile.amount
        mean += pile.amount * p.mean
        variance += pile.squares * max(p.mean * (1 - p.mean) - p.variance, 0.0) + pile.amount**2 * p.variance
        too_few |= p.too_few
    wide = 1.96 * math.sqrt(variance)
    return Pipeline(
        count, amount, round(mean), max(0, round(mean - wide)), min(amount, round(mean + wide)), too_few and count > 0
    )


def differing(before: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    """Names of the fields in which an opportunity sent again differs from the one sent before; empty: the same."""
    return sorted(name for name in now if before.get(name) != now[name])
