"""Every read of upkeep: what was spent for customers the reader sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from tenure.contracts import LAKE
from tenure.contracts.published import CUSTOMER
from tenure.desk.control.masking import masked
from tenure.desk.network.models import Upkeep
from tenure.desk.network.upkeep import rules
from tenure.desk.network.worth import Share, share_of
from tenure.desk.opportunities.models import Opportunity
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of, staff_names
from tenure.desk.parties.visibility import naming, numbers_of, standing_of, visible_to

_NAME, _WORDS = CUSTOMER["name"], LAKE["interaction"]["words"]
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Seen:
    """An expense as its reader sees it: names and words masked as they must be."""

    row: Any
    party_id: str
    name: str
    person: str
    purpose: str
    spender: str

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


def seen(user: User, rows: Iterable[Any]) -> list[Seen]:
    """``rows`` as ``user`` sees them, in their order; of customers not theirs the name is left out."""
    listed, reach = list(rows), reach_of(user)
    if not listed:
        return []
    stands = standing_of({row.party_id for row in listed})
    ids = {stands.get(row.party_id, row.party_id) for row in listed}
    names = dict(visible_to(user).filter(party_id__in=ids).values_list("party_id", "name"))
    spenders = staff_names({row.staff_id for row in listed if row.staff_id})
    found = []
    for row in listed:
        number = stands.get(row.party_id, row.party_id)
        name = (masked(names[number], _NAME, reach) or number) if number in names else ""
        person = masked(row.person, _NAME, reach) if row.person else ""
        spender = spenders.get(row.staff_id) or row.made_by.name
        found.append(Seen(row, number, name, person, masked(row.purpose, _WORDS, reach), spender))
    return found


def upkeep_of(user: User, party_id: str, limit: int = 50) -> list[Seen]:
    """What was spent for one customer, the last first."""
    rows = Upkeep.objects.filter(party_id__in=numbers_of(user, party_id)).select_related("made_by")
    return seen(user, rows.order_by("-spent_on", "-made_at")[:limit])


@dataclass(frozen=True, slots=True)
class Line:
    """What one employee, or everybody, spent: by part (amount and share), and what came after it."""

    staff_id: str
    name: str
    amount: int
    parts: list[tuple[str, int, float]]


@dataclass(frozen=True, slots=True)
class Part:
    """One part: what was spent on it, on how many customers, and with how many of these business was won afterwards."""

    part: str
    amount: int
    share: float
    won: Share


@dataclass(frozen=True, slots=True)
class Year:
    """A year of upkeep for the customers one sees."""

    since: date
    amount: int
    parts: list[Part]
    lines: list[Line]
    waiting: int


def year_of(user: User, today: date) -> Year:
    """How a year's upkeep divides between the parts people play, and with whom business was won afterwards.

    What came after is no proof of what came of it: money goes where business is near anyhow.
    """
    since = today - YEAR
    rows = _visible(user).filter(spent_on__gt=since, spent_on__lte=today)
    noted = rows.filter(state=rules.NOTED)
    sums: dict[str, dict[str, int]] = defaultdict(dict)
    for one in noted.values("staff_id", "part").order_by().annotate(amount=Sum("amount")):
        sums[one["staff_id"]][one["part"]] = int(one["amount"])
    names = staff_names({one for one in sums if one})
    by_part = {part: sum(parts.get(part, 0) for parts in sums.values()) for part in rules.PARTS}
    told = rules.told(by_part)
    lines = [
        Line(staff_id, names.get(staff_id, staff_id), sum(parts.values()), _of(told, rules.divided(parts)))
        for staff_id, parts in sums.items()
    ]
    lines.sort(key=lambda line: (-line.amount, line.staff_id))
    after = Opportunity.objects.filter(party_id=OuterRef("party_id"), state="won", closed_on__gte=OuterRef("spent_on"))
    counted = {
        one["part"]: (one["won"], one["customers"])
        for one in noted.annotate(after=Exists(after))
        .values("part")
        .order_by()
        .annotate(
            customers=Count("party_id", distinct=True), won=Count("party_id", distinct=True, filter=Q(after=True))
        )
    }
    parts = [
        Part(part, amount, share, share_of(*counted.get(part, (0, 0))))
        for part, amount, share in _of(told, rules.divided(by_part))
    ]
    return Year(since, sum(by_part.values()), parts, lines, rows.filter(state=rules.WAITING).count())


def _of(told: tuple[str, ...], parts: list[tuple[str, int, float]]) -> list[tuple[str, int, float]]:
    return [one for one in parts if one[0] in told]


def _visible(user: User) -> QuerySet[Upkeep]:
    reach = reach_of(user)
    if "/" in reach.paths and reach.may(Permission.VIEW_CUSTOMERS):
        return Upkeep.objects.all()
    return Upkeep.objects.filter(naming(visible_to(user)))
