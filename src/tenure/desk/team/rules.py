"""Who takes over whom, and who may take what from the pool. Pure decisions: no database here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tenure.contracts import codes

BY_NUMBER, BY_VALUE = "number", "value"
SPLITS = (BY_NUMBER, BY_VALUE)
#: Customers of one hand-over, and people who take over: what one checker can look through.
MOST_CUSTOMERS, MOST_PEOPLE = 3000, 10
#: An absence lasts at most this long; longer, the customers are handed over.
LONGEST_ABSENCE = dt.timedelta(days=183)
#: Credit passes on at most this long after today.
LATEST_CREDIT = dt.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Settings:
    """The bank's own (``team.toml``): how many customers one manager leads at most, and from which tier on only a
    branch head says who takes a customer from the pool."""

    customers: int = 600
    head_from: str = "platinum"


def split(
    customers: Iterable[tuple[str, int]], room: Mapping[str, int], led: Mapping[str, int], by: str
) -> dict[str, str] | None:
    """Who takes over which customer: as evenly as room allows; None where there is less room than customers.

    Args:
        customers: number and value (minor units, 0 or more).
        room: how many each person can still take; the order is theirs among equals.
        led: what each leads already: customers by number, value by value.
        by: :data:`BY_NUMBER` evens out how many each leads afterwards, :data:`BY_VALUE` how much.
    """
    people = list(room)
    left, load, found = dict(room), {one: led.get(one, 0) for one in people}, {}
    for number, value in sorted(customers, key=lambda one: (-one[1], one[0])):
        free = [one for one in people if left[one] > 0]
        if not free:
            return None
        taker = min(free, key=lambda one: load[one])
        found[number] = taker
        left[taker] -= 1
        load[taker] += 1 if by == BY_NUMBER else max(value, 0)
    return found


def needs_head(tier: str, head_from: str) -> bool:
    """Whether a customer of ``tier`` is assigned by a branch head only."""
    order: Sequence[str] = codes.TIER_ORDER
    return tier in order and order.index(tier) >= order.index(head_from)


def overlaps(first: dt.date, last: dt.date, other_first: dt.date, other_last: dt.date) -> bool:
    """Whether two absences, both ends counted, share a day."""
    return first <= other_last and other_first <= last
