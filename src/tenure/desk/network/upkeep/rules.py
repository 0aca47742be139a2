"""Limits of upkeep. Pure decisions: no database here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NOTED, WAITING, REFUSED, WITHDRAWN = "noted", "waiting", "refused", "withdrawn"
#: What counts towards a person's year: what was spent and what may yet be approved.
COUNTS = (NOTED, WAITING)
#: The parts people play in a purchase (S10), who decides first. The first three are told of every year, the others
#: where something was spent on them.
PARTS = ("decider", "influencer", "user", "initiator", "buyer", "gatekeeper")
ALWAYS_TOLD = PARTS[:3]
#: An amount in minor units stays below this, so that sums of many still fit the database's whole numbers.
MOST_AMOUNT = 10**12


@dataclass(frozen=True, slots=True)
class Limits:
    """What one may spend without asking, in whole units of the bank's currency."""

    gift: int = 300
    meal: int = 300
    event: int = 1_000
    travel: int = 1_000
    other: int = 300
    person_a_year: int = 2_000
    official: int = 0


def verdict(kind: str, amount: int, spent_in_year: int, official: bool, limits: Limits, unit: int) -> str:
    """Whether an expense is within limits: empty, ``official`` (never), ``once`` or ``year`` (a second person decides).

    Args:
        amount, spent_in_year: minor units; what the same person had within 365 days before and after.
        unit: minor units in a whole one.
    """
    if official and amount > limits.official * unit:
        return "official"
    if amount > getattr(limits, kind) * unit:
        return "once"
    return "year" if spent_in_year + amount > limits.person_a_year * unit else ""


def divided(by_part: Mapping[str, int]) -> list[tuple[str, int, float]]:
    """Amount and share of each part, deciders first; the shares sum to 1 unless nothing was spent."""
    whole = sum(by_part.values())
    return [(part, by_part.get(part, 0), by_part.get(part, 0) / whole if whole else 0.0) for part in PARTS]


def told(by_part: Mapping[str, int]) -> tuple[str, ...]:
    """The parts a page tells of: the first three, and those on which something was spent."""
    return tuple(part for part in PARTS if part in ALWAYS_TOLD or by_part.get(part))


def same_person(name: str) -> str:
    """A name as it is compared: without blanks and case."""
    return "".join(name.split()).casefold()
