"""Which care a customer is due, and what shares of contacts mean. Pure decisions: no database here.

Nothing due is stored. It follows from what the night published, what was logged at the desk since, and the bank's
settings (``settings.py``); asking twice gives the same answer.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from tenure.contracts import codes
from tenure.desk.care.lunar import moon_birthdays
from tenure.desk.kit.shares import wilson

#: Kinds of care, in the order they are shown on a day.
KINDS = (
    "maturity",
    "birthday",
    "lunar_birthday",
    "founding",
    "anniversary",
    "suitability",
    "rhythm",
)
_PLACES = {kind: place for place, kind in enumerate(KINDS)}
#: The work list's rule that asks for the same contact, so that one contact settles both.
SAME_RULE = {"maturity": "maturity", "birthday": "birthday", "rhythm": "quiet_valued"}
#: Kinds that tell a date of birth, which is personal (C2).
OF_BIRTH = frozenset({"birthday", "lunar_birthday"})
#: Months a statement to a customer covers, the open one included.
SPANS = {"month": 1, "quarter": 3, "year": 12}
#: Fewest and most characters of the word of advice.
ADVICE_LENGTH = (10, 1000)
#: Most days a calendar is asked for at once.
LONGEST_WINDOW = 62


@dataclass(frozen=True, slots=True)
class Settings:
    """What the bank decides about care; ``settings.py`` reads them from ``care.toml``.

    ``rhythm`` is for each tier the days after which a customer is contacted again, 0: no rhythm;
    ``maturity_notice`` how many days before a maturity it is talked about; ``anniversaries`` the round years;
    ``suitability_months`` how long a test of the attitude to risk holds; ``lunar`` whether birthdays by the moon are
    kept beside those by the sun, for those born in or before ``lunar_until``.
    """

    rhythm: dict[str, int] = field(
        default_factory=lambda: {"basic": 0, "gold": 180, "platinum": 90, "diamond": 45, "private": 30}
    )
    maturity_notice: int = 7
    anniversaries: tuple[int, ...] = (1, 3, 5, 10, 15, 20, 25, 30, 35, 40)
    suitability_months: int = 12
    lunar: bool = True
    lunar_until: int = 1975


@dataclass(frozen=True, slots=True)
class Maturity:
    """What matures: a holding's product and balance, in minor units of its currency."""

    matures_on: date
    product_zh: str = ""
    product_en: str = ""
    amount: int | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """What the rules need to know of a customer."""

    party_id: str
    kind: str
    tier: str
    born: date | None = None
    since: date | None = None
    last_contact: date | None = None
    risk_rated_on: date | None = None
    invests: bool = False
    maturities: tuple[Maturity, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A care that is due.

    ``due_on`` is the day it fell or falls due and stays the same until it is done; ``on`` is the day the calendar
    shows it, which for something overdue is today. ``about_on`` is the day it is about (of maturity, of the last
    contact, of the last test); ``years`` how many years since birth, founding or the first day with us. What
    matures on one day is one care.
    """

    kind: str
    party_id: str
    due_on: date
    on: date
    about_on: date | None = None
    years: int | None = None
    maturities: tuple[Maturity, ...] = ()

    @property
    def overdue(self) -> bool:
        """Whether its own day has passed and it is still to be done."""
        return self.due_on < self.on


def yearly(since: date, year: int) -> date:
    """The day of ``year`` on which ``since`` comes round; 29 February comes on the 28th in an ordinary year."""
    if (since.month, since.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 2, 28)
    return since.replace(year=year)


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the month's last where it has none such."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def due(person: Person, first: date, last: date, today: date, settings: Settings) -> list[Due]:
    """What ``person`` is due from ``first`` to ``last``, both included, as it is seen on ``today``.

    What fell due earlier and stays to be done (rhythm, test of suitability, a maturity not yet reached) is shown on
    ``today`` where that day is asked for; a birthday that has passed is not.
    """
    found = [one for one in _due(person, first, last, today, settings) if first <= one.on <= last]
    return sorted(found, key=in_order) if len(found) > 1 else found


def in_order(one: Due) -> tuple[date, int, date]:
    """By the day the calendar shows it, kind, and the day it falls due."""
    return one.on, _PLACES[one.kind], one.due_on


@lru_cache(maxsize=256)
def _years_by_month(first: date, last: date) -> dict[int, list[int]]:
    """The years in which each month of the calendar lies within ``first`` to ``last``, be it with one day."""
    found: dict[int, list[int]] = {}
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        found.setdefault(number % 12 + 1, []).append(number // 12)
    return found


def _due(person: Person, first: date, last: date, today: date, settings: Settings) -> Iterator[Due]:
    # Thousands of customers are asked for one month: what cannot fall into it is left before a day is made.
    years = _years_by_month(first, last)
    born, since = person.born, person.since
    if born is not None:
        company = person.kind == "company"
        for year in years.get(born.month, ()):
            if year > born.year:
                day = yearly(born, year)
                yield Due("founding" if company else "birthday", person.party_id, day, day, born, year - born.year)
        if not company and settings.lunar and born.year <= settings.lunar_until:
            for day in moon_birthdays(born, first, last):
                yield Due("lunar_birthday", person.party_id, day, day, born)
    if since is not None:
        for year in years.get(since.month, ()):
            if year - since.year in settings.anniversaries:
                day = yearly(since, year)
                yield Due("anniversary", person.party_id, day, day, since, year - since.year)
    for day in sorted({one.matures_on for one in person.maturities if one.matures_on >= today}):
        on = day - timedelta(days=settings.maturity_notice)
        together = tuple(one for one in person.maturities if one.matures_on == day)
        yield Due("maturity", person.party_id, on, max(on, today), day, maturities=together)
    if person.invests:
        # Never tested and holding investments: due at once, counted from the first day with us.
        rated = person.risk_rated_on
        on = months_later(rated, settings.suitability_months) if rated else since
        if on is not None and on <= last:
            yield Due("suitability", person.party_id, on, max(on, today), rated)
    if days := settings.rhythm.get(person.tier, 0):
        begin = person.last_contact or since
        if begin is not None:
            on = begin + timedelta(days=days)
            if on <= last:
                yield Due("rhythm", person.party_id, on, max(on, today), person.last_contact)


def span_of(as_of: date, span: str) -> tuple[date, date]:
    """First and last day of the statement of ``span`` on ``as_of``: whole months back, the open one to date."""
    number = as_of.year * 12 + as_of.month - SPANS[span]
    return date(number // 12, number % 12 + 1, 1), as_of


# -- events ----------------------------------------------------------------------------------------------------------

#: Kinds of events that sell: only customers who agreed to marketing are invited.
SELLING_EVENTS = frozenset({"seminar", "product"})
EVENT_KINDS = ("seminar", "product", "care", "other")
#: Invitations that take a seat.
SEATED = frozenset({"accepted", "attended"})
#: What may follow what; the day's marks (attended, absent) may be corrected into each other.
NEXT_STATES: dict[str, frozenset[str]] = {
    "invited": frozenset({"accepted", "declined", "attended", "absent"}),
    "accepted": frozenset({"declined", "attended", "absent"}),
    "declined": frozenset({"accepted", "attended"}),
    "attended": frozenset({"absent"}),
    "absent": frozenset({"attended"}),
}
#: Customers invited at once, and seats of an event at most.
MOST_INVITED = 200
MOST_SEATS = 5000


def may_become(state: str, wanted: str, on: date, today: date) -> bool:
    """Whether an invitation in ``state`` may become ``wanted``: nobody attends or misses an event before its day."""
    if wanted in ("attended", "absent") and today < on:
        return False
    return wanted in NEXT_STATES.get(state, frozenset())


# -- the four balances (S11) -----------------------------------------------------------------------------------------

#: Contacts counted back from today, and how few are too few to say anything.
BALANCE_DAYS = 90
ENOUGH = 20
#: Days around a day of leave that are not ordinary.
HOLIDAY_MARGIN = 3
#: What an outcome says of a contact even where no entry led to it: the customer wants something, or agreed to it.
_GREETING_RULES = frozenset({"birthday", "quiet_valued"})
_PRODUCT_PURPOSES = ("care:maturity", "care:suitability")


@dataclass(frozen=True, slots=True)
class Share:
    """A share of 0 to 1 with Wilson's 95 % interval; ``value`` is None where there are too few to tell."""

    count: int
    of: int
    value: float | None
    low: float | None
    high: float | None


def share_of(count: int, of: int, enough: int = ENOUGH) -> Share:
    """``count`` of ``of`` with its interval; told only from ``enough`` on."""
    if of < enough:
        return Share(count, of, None, None, None)
    low, high = wilson(count, of)
    return Share(count, of, count / of, low, high)


@dataclass(frozen=True, slots=True)
class Touch:
    """One contact as the balances see it. ``kinds`` is how many of deposits, investments and loans the customer holds;
    ``about_product`` is None where what it was about is not known."""

    party_id: str
    staff_id: str
    day: date
    kinds: int
    about_product: bool | None = None


def kinds_held(categories: Iterable[str]) -> int:
    """How many of deposits, investments and loans are held. Services do not count: nearly everybody has a card."""
    held = set(categories)
    groups = (codes.DEPOSIT_CATEGORIES, codes.INVESTMENT_CATEGORIES, codes.LOAN_CATEGORIES)
    return sum(bool(held & set(group)) for group in groups)


def about_product(proposal_key: str, purpose: str, outcome: str) -> bool:
    """Whether a contact logged at the desk concerned something held or needed, and was no mere greeting.

    It did where an entry of the work list led to it (a need, a maturity, a risk; not a birthday or a long silence),
    where it was the care of a maturity or a test of suitability, or where the customer took an interest.
    """
    rule = proposal_key.partition(":")[0]
    return (bool(rule) and rule not in _GREETING_RULES) or purpose in _PRODUCT_PURPOSES or outcome == "interested"


@dataclass(frozen=True, slots=True)
class Balances:
    """The four balances of S11, each a share: more is more of the first-named side."""

    contacts: int
    customers: int
    ordinary: Share
    product: Share
    team: Share
    whole: Share


def balances(touches: Iterable[Touch], own: Iterable[str], is_holiday: dict[date, bool]) -> Balances:
    """The balances of the contacts whose ``staff_id`` is among ``own``; the others' count for the team alone.

    Args:
        touches: every contact of the period with any customer the staff of ``own`` contacted.
        is_holiday: for each day of the period whether it lies near a public holiday.
    """
    everyone, staff = list(touches), set(own)
    mine = [one for one in everyone if one.staff_id in staff]
    people = {one.party_id: one.kinds for one in mine}
    colleagues: dict[str, set[str]] = {party: set() for party in people}
    for one in everyone:
        if one.party_id in colleagues and one.staff_id:
            colleagues[one.party_id].add(one.staff_id)
    known = [one.about_product for one in mine if one.about_product is not None]
    return Balances(
        contacts=len(mine),
        customers=len(people),
        ordinary=share_of(sum(not is_holiday[one.day] for one in mine), len(mine)),
        product=share_of(sum(known), len(known)),
        team=share_of(sum(len(them) >= 2 for them in colleagues.values()), len(people)),
        whole=share_of(sum(kinds >= 2 for kinds in people.values()), len(people)),
    )


def tiers_from(tier: str) -> tuple[str, ...]:
    """``tier`` and those above it."""
    return codes.TIER_ORDER[codes.TIER_ORDER.index(tier) :]
