"""Every read of care: what is due to whom, computed for the reader's customers; what was done."""

from __future__ import annotations

import calendar
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings as desk_settings
from django.db.models import Max, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from tenure.contracts import PUBLISHED, codes
from tenure.desk.care import rules, wording
from tenure.desk.care.models import CareAct
from tenure.desk.care.rules import Due, Maturity, Person
from tenure.desk.care.settings import settings_of
from tenure.desk.control.masking import masked
from tenure.desk.control.rules import in_clear
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission, Reach
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.models import Coverage, Holding
from tenure.desk.parties.selectors import manager_choices
from tenure.desk.parties.visibility import sees, visible_to
from tenure.desk.work.models import Contact
from tenure.desk.work.selectors import entries_of

_TIERS = {tier: place for place, tier in enumerate(codes.TIER_ORDER)}
_NAME, _PHONE, _BORN = (PUBLISHED["customer"][name] for name in ("name", "phone", "birth_date"))
#: Customers a calendar is computed for at most, the largest first; beyond it one chooses a relationship manager.
MOST_CUSTOMERS = 2000
#: Tiers a whole branch's calendar begins at.
BRANCH_FROM = "gold"
#: Lines of a day that are listed, at first and when all are asked for; beyond it the kind is chosen.
DAY_LINES, MOST_LINES = 30, 300

_NEEDED = (
    "party_id", "kind", "name", "phone", "tier", "birth_date", "since", "last_contact_on", "risk_rated_on",
    "held", "next_maturity_on", "aum_month_average", "lead_staff_id",
)  # fmt: skip
#: How the text of a list of categories holds one in which money is invested.
_INVESTED = tuple(f'"{category}"' for category in codes.INVESTMENT_CATEGORIES)


def bank_settings() -> rules.Settings:
    """The bank's settings of care."""
    return settings_of(Path(desk_settings.HOME))


@dataclass(frozen=True, slots=True)
class CareLine:
    """A due care as its reader sees it: name and phone masked as they must be."""

    due: Due
    name: str
    phone: str
    tier: str
    aum: int
    staff_id: str
    act: CareAct | None = None

    @property
    def key(self) -> str:
        """What names this line on a page."""
        return f"care:{self.due.party_id}:{self.due.kind}:{self.due.due_on}"

    @property
    def state(self) -> str:
        """Empty, ``done`` or ``skipped``."""
        return self.act.state if self.act is not None else ""

    @property
    def title(self) -> str:
        """The kind of care in the reader's language."""
        return wording.kind_names()[self.due.kind]

    @property
    def reason(self) -> str:
        """Why it is due, in the reader's language."""
        return wording.reason(self.due)

    @property
    def to_do(self) -> str:
        """What to do about it, in the reader's language."""
        return wording.to_do(self.due.kind)

    @property
    def icon(self) -> str:
        """The kind's icon."""
        return wording.ICONS[self.due.kind]


#: A due care, the row of whose it is, and how it was settled if it was.
Found = tuple[Due, Any, CareAct | None]


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is due from ``first`` to ``last``, and whose. ``cut``: not all customers were looked at.

    Thousands may be due in a month, of whom a page shows a day's first thirty: only those become lines.
    """

    first: date
    last: date
    found: list[Found]
    reach: Reach
    cut: bool = False
    whole_branch: bool = False

    @property
    def lines(self) -> list[CareLine]:
        """All of it, in order."""
        return [_line(one, self.reach) for one in sorted(self.found, key=_in_order)]

    def counts(self) -> Counter[str]:
        """How much of each kind is due, in the order of kinds."""
        counted = Counter(due.kind for due, _row, _act in self.found)
        return Counter({kind: counted[kind] for kind in rules.KINDS if counted[kind]})

    def on(self, day: date, most: int) -> tuple[int, list[CareLine]]:
        """How much is due on ``day``, and the first ``most`` lines of it."""
        there = sorted((one for one in self.found if one[0].on == day), key=_in_order)
        return len(there), [_line(one, self.reach) for one in there[:most]]

    def weeks(self) -> list[list[tuple[date, bool, list[tuple[str, int]]]]]:
        """The month by weeks from Monday: day, whether it is of the month, and how much of each kind is due."""
        counts: defaultdict[date, Counter[str]] = defaultdict(Counter)
        for due, _row, _act in self.found:
            counts[due.on][due.kind] += 1
        return [
            [
                (
                    day,
                    day.month == self.first.month,
                    [(kind, counts[day][kind]) for kind in rules.KINDS if day in counts and counts[day][kind]],
                )
                for day in week
            ]
            for week in calendar.Calendar().monthdatescalendar(self.first.year, self.first.month)
        ]


def managers_for(user: User) -> list[Any]:
    """Relationship managers whose calendar ``user`` may look at; none where they have their own customers."""
    return list(manager_choices(user))


def _scope(user: User, rm: str) -> tuple[QuerySet[Any], bool]:
    """The customers whose care ``user`` looks at, and whether they are a whole branch's."""
    rows = visible_to(user)
    if rm:
        return rows.filter(party_id__in=Coverage.rows().filter(staff_id=rm).values("party_id")), False
    if reach_of(user).paths:
        return rows.filter(tier__in=rules.tiers_from(BRANCH_FROM)), True
    return rows, False


def care_calendar(
    user: User, first: date, last: date, today: date, *, kind: str = "", rm: str = "", done_too: bool = False
) -> Calendar:
    """What is due to ``user``'s customers from ``first`` to ``last``, at most 62 days.

    Relationship managers: the customers they cover. Others: those of the manager ``rm``, else the tiers gold and
    above of their branches, the 2,000 largest. Care that was settled is left out unless ``done_too``.
    """
    last = min(last, first + timedelta(days=rules.LONGEST_WINDOW - 1))
    if not reach_of(user).may(Permission.LOG_CONTACT):
        return Calendar(first, last, [], reach_of(user))
    rows, whole = _scope(user, rm)
    found = list(_rows(rows.order_by("-aum_month_average", "party_id"))[: MOST_CUSTOMERS + 1])
    cut = len(found) > MOST_CUSTOMERS
    due = _found(user, found[:MOST_CUSTOMERS], first, last, today, done_too)
    if kind:
        due = [one for one in due if one[0].kind == kind]
    return Calendar(first, last, due, reach_of(user), cut, whole)


def due_of_customer(user: User, party_id: str, first: date, last: date, today: date) -> list[CareLine]:
    """What one customer is due from ``first`` to ``last``, settled or not; empty where ``user`` sees no such one."""
    rows = list(_rows(visible_to(user).filter(party_id=party_id)))
    return Calendar(first, last, _found(user, rows, first, last, today, True), reach_of(user)).lines


def _rows(customers: QuerySet[Any]) -> QuerySet[Any]:
    """Plain rows and no models, lists as text: there are up to two thousand, of which a page shows thirty."""
    return customers.annotate(held=Cast("categories", TextField())).values_list(*_NEEDED, named=True)


def _found(user: User, customers: list[Any], first: date, last: date, today: date, done_too: bool) -> list[Found]:
    reach, bank = reach_of(user), bank_settings()
    people = {row.party_id: row for row in customers}
    maturing = _maturities(customers, first, last, bank)
    contacted = last_contacts(one for one, row in people.items() if bank.rhythm.get(row.tier or ""))
    tells_birth = in_clear(_BORN, reach)
    found: list[Due] = []
    for row in customers:
        last_contact = max((d for d in (row.last_contact_on, contacted.get(row.party_id)) if d), default=None)
        found += rules.due(_person(row, last_contact, maturing[row.party_id]), first, last, today, bank)
    if not tells_birth:
        found = [one for one in found if one.kind not in rules.OF_BIRTH]
    acts = _acts({one.party_id for one in found})
    settled = ((one, people[one.party_id], acts.get((one.party_id, one.kind, one.due_on))) for one in found)
    return [one for one in settled if done_too or one[2] is None]


def _line(found: Found, reach: Reach) -> CareLine:
    due, row, act = found
    return CareLine(
        due,
        masked(row.name, _NAME, reach) or row.party_id,
        masked(row.phone, _PHONE, reach) or "",
        row.tier or "",
        row.aum_month_average or 0,
        row.lead_staff_id or "",
        act,
    )


def _in_order(found: Found) -> tuple[Any, ...]:
    """By day and kind, the highest tier and the largest first."""
    due, row, _act = found
    return *rules.in_order(due)[:2], -_TIERS.get(row.tier or "", -1), -(row.aum_month_average or 0), due.party_id


def _person(row: Any, last_contact: date | None, maturities: tuple[Maturity, ...]) -> Person:
    return Person(
        row.party_id,
        row.kind,
        row.tier or "",
        born=row.birth_date,
        since=row.since,
        last_contact=last_contact,
        risk_rated_on=row.risk_rated_on,
        invests=any(one in (row.held or "") for one in _INVESTED),
        maturities=maturities,
    )


def _maturities(
    customers: list[Any], first: date, last: date, bank: rules.Settings
) -> defaultdict[str, tuple[Maturity, ...]]:
    until = last + timedelta(days=bank.maturity_notice)
    with_any = [row.party_id for row in customers if row.next_maturity_on and row.next_maturity_on <= until]
    found: defaultdict[str, tuple[Maturity, ...]] = defaultdict(tuple)
    rows = Holding.rows().filter(
        party_id__among=with_any, closed_on=None, matures_on__gte=first, matures_on__lte=until, role="owner"
    )
    columns = ("party_id", "matures_on", "product_name", "product_name_en", "balance", "currency")
    for party_id, on, name, name_en, balance, currency in rows.values_list(*columns):
        found[party_id] += (Maturity(on, name, name_en or name, balance, currency),)
    return found


def last_contacts(party_ids: Iterable[str]) -> dict[str, date]:
    """The day of each customer's last contact logged at the desk."""
    rows = Contact.objects.filter(party_id__among=party_ids, withdrawn_at=None).values("party_id").order_by()
    return {
        party_id: timezone.localdate(at)
        for party_id, at in rows.annotate(last=Max("at")).values_list("party_id", "last")
    }


def _acts(party_ids: Iterable[str]) -> dict[tuple[str, str, date], CareAct]:
    """What was settled, unless the contact that settled it was withdrawn."""
    standing = CareAct.objects.filter(party_id__among=party_ids, withdrawn_at=None, contact__withdrawn_at=None)
    return {(act.party_id, act.kind, act.due_on): act for act in standing.select_related("by")}


def care_line(user: User, party_id: str, kind: str, due_on: date, today: date) -> CareLine | None:
    """One due care, settled or not; None where the customer is due no such one, or ``user`` does not see them."""
    for day in sorted({today, due_on}):
        for line in due_of_customer(user, party_id, day, day, today):
            if (line.due.kind, line.due.due_on) == (kind, due_on):
                return line
    return None


def entry_beside(user: User, due: Due, today: date) -> str:
    """The key of the open work-list entry on ``user``'s or nobody's list that asks for the same contact, or empty."""
    rule = rules.SAME_RULE.get(due.kind)
    for entry in entries_of(user, due.party_id, today) if rule else ():
        same_day = due.kind != "maturity" or entry.key.endswith(str(due.about_on))
        if entry.rule == rule and same_day and entry.staff_id in ("", user.staff_id):
            return entry.key
    return ""


def next_of_customer(user: User, party_id: str, today: date, limit: int = 4) -> list[CareLine]:
    """What a customer is due next, within two months."""
    lines = due_of_customer(user, party_id, today, today + timedelta(days=rules.LONGEST_WINDOW - 1), today)
    return [line for line in lines if line.act is None][:limit]


def settled_today(user: User, today: date) -> list[CareAct]:
    """What ``user`` settled today and may take back, the last first."""
    begin = timezone.make_aware(datetime.combine(today, time.min))
    acts = CareAct.objects.filter(by=user, at__gte=begin, withdrawn_at=None, contact__withdrawn_at=None)
    return list(acts.select_related("contact").order_by("-at")[:50])


def is_settled(user: User, party_id: str, kind: str, due_on: date) -> bool:
    """Whether a care of a customer ``user`` sees was settled, by a contact that stands or with a reason."""
    return sees(user, party_id) and (party_id, kind, due_on) in _acts([party_id])


def month_bounds(month: str, today: date) -> tuple[date, date]:
    """First and last day of ``month`` (``YYYY-MM``); of today's month where it is none, or lies years away."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        first = today.replace(day=1)
    if abs(first.year - today.year) > 2:
        first = today.replace(day=1)
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
