"""What answers are worth: score, rating, expiry, limits on asking again. Pure decisions: no database here.

After the rule on suitability in force since 2026-02-01: a rating holds for twelve months, a customer is asked at most
twice a day and eight times in twelve months at one bank over all its channels, reads the result and agrees to it, and
a bank may take a rating lower than the answers gave, never higher. The figures are configuration
(``questionnaires``).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tenure.contracts import codes

#: A rating is told as expiring this many days before its end.
EXPIRING_DAYS = 30
YEAR_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Rating:
    """How much risk a customer bears, as known on day ``on``.

    ``given`` is what the answers gave; ``code`` is what holds, lower where somebody overruled it. ``source`` says
    whether the desk asked or the bank's file told. On ``expires_on`` it holds no more.
    """

    code: str
    given: str
    rated_on: date
    expires_on: date
    source: Literal["desk", "file"]
    on: date

    @property
    def expired(self) -> bool:
        """Whether it holds no more."""
        return self.on >= self.expires_on

    @property
    def expiring(self) -> bool:
        """Whether it ends within thirty days."""
        return not self.expired and (self.expires_on - self.on).days <= EXPIRING_DAYS

    @property
    def overruled(self) -> bool:
        """Whether somebody took it lower than the answers gave."""
        return self.code != self.given


@dataclass(frozen=True, slots=True)
class Given:
    """A rating somebody gave once: what the answers gave, what it was taken down to (empty: nothing), and when."""

    given: str
    overruled_to: str
    rated_on: date
    expires_on: date
    source: Literal["desk", "file"]


def months_later(day: date, months: int) -> date:
    """The same day ``months`` later (earlier below zero); the month's last where it has no such day."""
    month = day.year * 12 + day.month - 1 + months
    year, number = month // 12, month % 12 + 1
    return date(year, number, min(day.day, calendar.monthrange(year, number)[1]))


def rating_in_force(desk: Sequence[Given], file: Given | None, on: date) -> Rating | None:
    """The newest rating given up to day ``on``; the desk's where the file's is of the same day.

    ``desk`` is in the order given, the latest first: of two on one day the later holds.
    """
    known = [one for one in desk if one.rated_on <= on]
    latest = max(known, key=lambda one: one.rated_on) if known else None  # the first of equals: the later of a day
    if file is not None and file.rated_on <= on and (latest is None or file.rated_on > latest.rated_on):
        latest = file
    if latest is None:
        return None
    code = latest.overruled_to or latest.given
    return Rating(code, latest.given, latest.rated_on, latest.expires_on, latest.source, on)


def may_overrule(given: str, to: str) -> bool:
    """Whether a rating that the answers gave may be taken to ``to``: downwards alone."""
    order = list(codes.RISK_RATINGS)
    return to in order and order.index(to) < order.index(given)


def score_of(points: Mapping[str, Mapping[str, int]], answers: Mapping[str, str]) -> int:
    """The sum of the points of the choices; ``points`` holds those of each choice by question.

    Raises:
        KeyError: a question without an answer, or a choice there is not.
    """
    return sum(choices[answers[question]] for question, choices in points.items())


def rating_of_score(score: int, bands: Sequence[tuple[int, str]], caps: Iterable[str] = ()) -> str:
    """The rating of the highest band whose floor ``score`` reaches, no higher than any of ``caps``.

    ``bands`` are ``(floor, rating)`` from the lowest, whose floor no score is below.
    """
    order = list(codes.RISK_RATINGS)
    rating = [code for floor, code in bands if score >= floor][-1]
    return min([rating, *caps], key=order.index)


def room_left(asked: Iterable[date], on: date, a_day: int, a_year: int) -> tuple[int, int]:
    """How often a customer may still be asked on day ``on``: that day, and within the twelve months up to it."""
    days = list(asked)
    begin = months_later(on, -YEAR_MONTHS)
    return (
        max(0, a_day - sum(day == on for day in days)),
        max(0, a_year - sum(begin < day <= on for day in days)),
    )
