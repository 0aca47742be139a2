"""What ownership, decisions, trust and batch business come to (S7). Pure decisions: no database here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tenure.contracts import codes

#: A purchase nobody touched for so long is stale at its stage, whatever day its decision is expected.
QUIET = timedelta(days=30)
#: How far ahead a decision, a visit or a promise may lie.
FARTHEST = timedelta(days=730)
#: A visit is reported at most so long after it (``work.rules.LATEST_LOG`` holds for the contact it logs).
LATEST_REPORT = timedelta(days=31)
CRITERIA, PEOPLE, TRADES, PROMISES = 12, 20, 12, 10
#: Steps up and down a chain of ownership, and parties looked at.
CHAIN, GROUP = 8, 60
#: Ways from one party to another that are added up; beyond it the sum is a lower bound.
WAYS = 500


def stale_from(changed_on: date, decides_on: date) -> date:
    """The first day on which a purchase is stale: after its decision's day, or a month without a change."""
    return min(decides_on + timedelta(days=1), changed_on + QUIET)


def day_fits(on: date, today: date) -> bool:
    """Whether something to come may be expected on this day: from today to two years from now."""
    return today <= on <= today + FARTHEST


def how_we_stand(criteria: Iterable[tuple[int, str]]) -> tuple[int, int, int, int]:
    """Weights of criteria on which we are ahead, level, behind, and not known to stand: pairs of weight, standing."""
    sums = dict.fromkeys(("ahead", "level", "behind", "unknown"), 0)
    for weight, standing in criteria:
        sums[standing] += weight
    return sums["ahead"], sums["level"], sums["behind"], sums["unknown"]


# -- ownership ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """How much of the company one end of a chain has: ``share`` 0–1, None where a share on every way is unknown;
    ``least`` where some way was left out of the sum; ``steps`` along the shortest way; ``via`` the last one on it."""

    share: float | None
    least: bool
    steps: int
    via: str


def shares_through(start: str, ties: Mapping[str, Mapping[str, float | None]]) -> dict[str, Held]:
    """What follows from ``start`` along ``ties`` (from one to the next, with the share 0–1 held, None: unknown).

    Shares multiply along a way and ways add up. No way passes a party twice, so that a circle of companies that own
    one another ends: what circulates is left out and the share is then a lower bound. ``start`` itself is not told.
    """
    found: dict[str, list[tuple[float | None, int, str]]] = {}
    cut: set[str] = set()
    stack: list[tuple[str, float | None, tuple[str, ...]]] = [(start, 1.0, (start,))]
    ways = 0
    while stack:
        at, share, way = stack.pop()
        for other, held in ties.get(at, {}).items():
            if other in way:
                cut.update(way[way.index(other) :])
                continue
            ways += 1
            if ways > WAYS or len(way) > CHAIN:
                cut.add(other)
                continue
            product = None if share is None or held is None else share * held
            found.setdefault(other, []).append((product, len(way), at))
            stack.append((other, product, (*way, other)))
    told = {}
    for other, several in found.items():
        known = [share for share, _steps, _via in several if share is not None]
        steps, via = min((steps, via) for _share, steps, via in several)
        told[other] = Held(
            min(1.0, math.fsum(known)) if known else None, len(known) < len(several) or other in cut, steps, via
        )
    return told


# -- trust ----------------------------------------------------------------------------------------------------------

#: The questions of each part; each is answered 1 to 10.
TRUST_QUESTIONS: dict[str, tuple[str, ...]] = {
    "credibility": ("knows_business", "right_answers"),
    "reliability": ("on_time", "no_surprises"),
    "intimacy": ("tells_worries", "asks_advice"),
    "self_orientation": ("own_figures", "talks_first"),
}


def part_of_trust(answers: Mapping[str, int], part: str) -> int:
    """The mean answer to a part's questions, in tenths: 10 to 100.

    Raises:
        KeyError: a question has no answer.
    """
    told = [answers[question] for question in TRUST_QUESTIONS[part]]
    return round(10 * sum(told) / len(told))


def trust(credibility: int, reliability: int, intimacy: int, self_orientation: int) -> float:
    """The trust equation: (credibility + reliability + intimacy) / self-orientation, from 0.3 to 30.

    The parts in one unit, whichever.
    """
    return (credibility + reliability + intimacy) / self_orientation


def weakest_part(parts: Mapping[str, int]) -> str:
    """The part whose change by one point moves trust most towards better; what to work on first.

    Self-orientation counts by how far it is from 1, the others by how far they are from 10.
    """
    room = {part: (value - 10 if part == "self_orientation" else 100 - value) for part, value in parts.items()}
    return max(codes.TRUST_PARTS, key=lambda part: room[part])


# -- batch business -------------------------------------------------------------------------------------------------

#: Fewer than this on either side, and a mean says nothing about the others.
ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of several customers, in minor units, with its standard deviation."""

    count: int
    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """An amount and its 95 % interval, in minor units."""

    amount: int
    low: int
    high: int


def balance_that_stays(waiting: int, paid: Mean, others: Mean) -> Estimate | None:
    """What payroll would leave on the accounts of ``waiting`` employees not paid here yet.

    Each is taken to hold, once paid here, what those paid here hold beyond those who are not: the difference of the
    means, with Welch's standard error. None where either side has fewer than five, or those paid here hold no more.
    """
    if waiting < 1 or min(paid.count, others.count) < ENOUGH:
        return None
    more = paid.mean - others.mean
    if more <= 0:
        return None
    error = math.sqrt(paid.deviation**2 / paid.count + others.deviation**2 / others.count)
    low, high = max(0.0, more - 1.96 * error), more + 1.96 * error
    return Estimate(round(waiting * more), round(waiting * low), round(waiting * high))


def not_through_us(turnover: int | None, received: int) -> int | None:
    """How much of a yearly turnover did not arrive in accounts here, in minor units; None: no turnover is known."""
    return None if turnover is None else max(0, turnover - received)
