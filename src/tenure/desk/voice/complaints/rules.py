"""What is the same complaint, who may not handle it, what may be conceded, what repeats. Pure: no database."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WORDS, WISH = 2000, 500
#: An amount in minor units stays below this, so that sums of many still fit the database's whole numbers.
MOST_AMOUNT = 10**12
FIRST, WAITING, JOINED = "first", "waiting", "joined"
GIVEN, REFUSED = "given", "refused"
#: What counts towards a limit: what was given and what may yet be approved.
COUNTS = (GIVEN, WAITING)
#: A complaint told later than this after it arrived is refused: the time to decide it would have run out unseen.
LATEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Limits:
    """The bank's ``complaints.toml``; amounts are whole units of its currency.

    ``alone``: what each role grants one complaint without asking; ``customer_a_year``: what one customer is granted in
    365 days without a second person.
    """

    alone: Mapping[str, int] = field(default_factory=lambda: {"complaint_handler": 500})
    complaint: int = 1_000
    customer_a_year: int = 2_000
    same_days: int = 30
    same_likeness: int = 45
    repeat_days: int = 90
    group_customers: int = 3
    group_days: int = 14


def last_moment(due: datetime) -> datetime:
    """The last moment in time of a deadline: a clock of days ends at the midnight after its last day."""
    return due - timedelta(microseconds=1)


#: People write “4天” on one day and “四天” on the next.
_DIGITS = str.maketrans("〇零一二两三四五六七八九", "001223456789")


def plain(text: str) -> str:
    """Text as it is compared: one width, one case, letters and digits alone."""
    return "".join(one for one in unicodedata.normalize("NFKC", text).casefold() if one.isalnum())


def pairs(text: str) -> set[str]:
    """Every two neighbouring characters of a plain text."""
    return {text[n : n + 2] for n in range(len(text) - 1)}


def likeness(one: str, other: str) -> int:
    """How alike two texts are, in hundredths: 100 the same, 0 nothing in common. The order does not matter.

    Dice's share of character pairs, or, where one tells most of what a longer one tells, nine tenths of what it shares:
    a complaint told by telephone is shorter than the letter that follows.
    """
    left, right = plain(one).translate(_DIGITS), plain(other).translate(_DIGITS)
    if left == right:
        return 100 if left else 0
    a, b = pairs(left), pairs(right)
    if not a or not b:
        return 0
    shared = len(a & b)
    within = 0.9 * shared / min(len(a), len(b)) if min(len(a), len(b)) >= 8 else 0.0
    return min(99, round(100 * max(2 * shared / (len(a) + len(b)), within)))


def same_matter(
    words: str, at: datetime, known: Iterable[tuple[str, datetime, str]], limits: Limits
) -> list[tuple[str, int]]:
    """Which of ``known`` (key, when received, words) of the same person may be the same matter: key and likeness, the
    likeliest first."""
    near = timedelta(days=limits.same_days)
    found = [(key, likeness(words, said)) for key, when, said in known if abs(at - when) <= near]
    best: dict[str, int] = {}
    for key, alike in found:
        if alike >= limits.same_likeness:
            best[key] = max(alike, best.get(key, 0))
    return sorted(best.items(), key=lambda one: (-one[1], one[0]))


def barred(concerns: str, served_by: str, colleagues: Iterable[str]) -> set[str]:
    """Who may not handle it besides its subject: whoever did the transaction, and the one colleague of a subject whose
    branch has nobody else, for whom it would be a verdict on the only person they work with.

    ``colleagues``: everybody who works at the subject's branch, the subject among them.
    """
    others = set(colleagues) - {concerns}
    found = {served_by} if served_by else set()
    if concerns and len(others) == 1:
        found |= others
    return found - {concerns}


def over_limit(amount: int, of_complaint: int, in_year: int, roles: Iterable[str], limits: Limits, unit: int) -> str:
    """Which limit a concession is above: ``alone``, ``complaint``, ``year``; empty where one person may grant it.

    Args:
        amount, of_complaint, in_year: minor units; what the complaint and the customer (365 days) had already.
        roles: of who grants it; the most any of them may.
        unit: minor units in a whole one.
    """
    alone = max((limits.alone.get(role, 0) for role in roles), default=0)
    if amount + of_complaint > alone * unit:
        return "alone"
    if amount + of_complaint > limits.complaint * unit:
        return "complaint"
    return "year" if amount + in_year > limits.customer_a_year * unit else ""


@dataclass(frozen=True, slots=True)
class Told:
    """A complaint as repeats and groups are looked for in it. ``who`` is the customer, empty where nobody knows."""

    key: str
    who: str
    at: datetime
    org_path: str
    business: str
    cause: str


def repeats(told: Sequence[Told], days: int) -> set[str]:
    """Complaints of somebody who had complained of the same cause within so many days before."""
    span, last, found = timedelta(days=days), dict[tuple[str, str], datetime](), set()
    for one in sorted(told, key=lambda row: (row.at, row.key)):
        if not one.who or not one.cause:
            continue
        before = last.get((one.who, one.cause))
        if before is not None and one.at - before <= span:
            found.add(one.key)
        last[one.who, one.cause] = one.at
    return found


@dataclass(frozen=True, slots=True)
class Group:
    """Several customers who complain of one cause of one business at one branch within days: no accident."""

    org_path: str
    business: str
    cause: str
    keys: tuple[str, ...]
    customers: int
    first: datetime
    last: datetime


def groups(told: Iterable[Told], least: int, days: int) -> list[Group]:
    """Groups of at least so many different customers, none of them further than ``days`` from the one before it; the
    newest first."""
    by: dict[tuple[str, str, str], list[Told]] = {}
    for one in told:
        if one.cause and one.business:
            by.setdefault((one.org_path, one.business, one.cause), []).append(one)
    span, found = timedelta(days=days), []
    for place, rows in by.items():
        rows.sort(key=lambda row: (row.at, row.key))
        run: list[Told] = []
        for one in [*rows, None]:
            if run and (one is None or one.at - run[-1].at > span):
                customers = len(Counter(row.who or row.key for row in run))
                if customers >= least:
                    keys = tuple(row.key for row in run)
                    found.append(Group(*place, keys, customers, run[0].at, run[-1].at))
                run = []
            if one is not None:
                run.append(one)
    return sorted(found, key=lambda one: (one.last, one.org_path, one.cause), reverse=True)
