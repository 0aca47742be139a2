"""What the network is worth: who came through a customer and what they hold; how introductions convert at a branch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from tenure.contracts.published import CUSTOMER
from tenure.desk.control import consents
from tenure.desk.control.masking import masked
from tenure.desk.findings.models import Outlook
from tenure.desk.kit.listing import capped_count
from tenure.desk.kit.shares import wilson
from tenure.desk.network.filters import IntroductionFilter
from tenure.desk.network.models import Introduction
from tenure.desk.network.selectors import introductions
from tenure.desk.org.models import User
from tenure.desk.org.selectors import reach_of, staff_names
from tenure.desk.parties.models import Customer, Relation
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import numbers_of, standing_of, visible_to

#: Who came through a customer, listed at most.
LISTED = 100
YEAR = timedelta(days=365)
#: Below this many a share is said to rest on too few.
ENOUGH = 20
#: Who belongs to the stock one looks at for introductions.
STOCK_TIERS = ("gold", "platinum", "diamond", "private")


@dataclass(frozen=True, slots=True)
class Came:
    """One customer who came through another: by an introduction noted here, or by the bank's file."""

    row: Any
    label: str
    noted: bool
    value: int | None


@dataclass(frozen=True, slots=True)
class Worth:
    """Who came through a customer, as far as the reader sees them; ``elsewhere``: how many more there are."""

    customer: Any
    came: list[Came]
    elsewhere: int
    aum: int
    value: int
    valued: int


def worth_of(user: User, party_id: str) -> Worth:
    """What came through one customer: assets today and the published value of each the reader sees.

    Colleagues' customers are counted and not added up: a sum of one would tell what they hold.

    Raises:
        NotFound: they are none of ``user``'s.
    """
    customer = must_see(user, party_id)
    entries = numbers_of(user, party_id)
    noted = set(
        Introduction.objects.filter(introducer_id__in=entries, state="converted").values_list("converted_id", flat=True)
    )
    told = set(
        Relation.rows().filter(other_id__in=entries, kind="referrer").values_list("party_id", flat=True)[: LISTED * 5]
    )
    stands = standing_of(noted | told)
    noted, told = ({stands.get(one, one) for one in those} - {customer.party_id} for those in (noted, told))
    everyone = noted | told
    rows = list(visible_to(user).filter(party_id__in=everyone).order_by("-aum_month_average", "party_id"))
    values = dict(Outlook.rows().filter(party_id__in=[row.party_id for row in rows]).values_list("party_id", "value"))
    reach = reach_of(user)
    came = [
        Came(
            row,
            masked(row.name, CUSTOMER["name"], reach) or row.party_id,
            row.party_id in noted,
            values.get(row.party_id),
        )
        for row in rows
    ]
    there = Customer.rows().filter(party_id__in=everyone).count()
    valued = [one.value for one in came if one.value is not None]
    return Worth(
        customer,
        came[:LISTED],
        there - len(rows),
        sum(row.aum_month_average or 0 for row in rows),
        sum(valued),
        len(valued),
    )


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``of`` with Wilson's 95 % interval; nothing where there was nothing to count."""

    count: int
    of: int
    low: float | None
    high: float | None

    @property
    def mean(self) -> float | None:
        """The share itself."""
        return self.count / self.of if self.of else None

    @property
    def too_few(self) -> bool:
        """Whether it rests on too few to be relied on."""
        return self.of < ENOUGH


def share_of(count: int, of: int) -> Share:
    """A share with its interval."""
    low, high = wilson(count, of) if of else (None, None)
    return Share(count, of, low, high)


@dataclass(frozen=True, slots=True)
class Line:
    """Introductions of one employee, or of all: asked, named (of those settled), converted (of those settled)."""

    staff_id: str
    name: str
    asked: int
    named: Share
    converted: Share
    thanks_owed: int


@dataclass(frozen=True, slots=True)
class Development:
    """Second development of the stock: how many of the better customers may be asked, were asked, and gave."""

    stock: int
    asked: int
    gave: int


@dataclass(frozen=True, slots=True)
class BranchWorth:
    """A year of introductions of the customers one sees."""

    since: date
    lines: list[Line]
    whole: Line
    stock: Development
    aum: int
    came: int


def branch_worth(user: User, today: date) -> BranchWorth:
    """How a year's introductions converted, by who works on them, and how far the stock was asked at all.

    Only what is settled is counted in a share: an introduction under way is neither a success nor a failure.
    """
    since = today - YEAR
    rows = introductions(user, IntroductionFilter()).filter(made_at__date__gte=since)
    asked, settled = Q(asked_on__isnull=False), ~Q(state="asked")
    found = list(
        rows.values("owner")
        .order_by()
        .annotate(
            asked=Count("id", filter=asked),
            answered=Count("id", filter=asked & settled),
            named=Count("id", filter=asked & Q(given_on__isnull=False)),
            over=Count("id", filter=Q(state__in=("converted", "ended"))),
            converted=Count("id", filter=Q(state="converted")),
            owed=Count("id", filter=Q(given_on__isnull=False, thanked_on=None)),
        )
    )
    names = staff_names({one["owner"] for one in found if one["owner"]})
    lines = [_line(one["owner"], names.get(one["owner"], one["owner"]), one) for one in found]
    lines.sort(key=lambda line: (-line.converted.count, -line.asked, line.staff_id))
    total = {
        name: sum(one[name] for one in found) for name in ("asked", "answered", "named", "over", "converted", "owed")
    }
    became = rows.filter(state="converted").values("converted_id")
    sums = visible_to(user).filter(party_id__in=became).aggregate(aum=Sum("aum_month_average"), came=Count("party_id"))
    return BranchWorth(since, lines, _line("", "", total), _stock(user, rows), sums["aum"] or 0, sums["came"])


def _line(staff_id: str, name: str, one: dict[str, int]) -> Line:
    return Line(
        staff_id,
        name,
        one["asked"],
        share_of(one["named"], one["answered"]),
        share_of(one["converted"], one["over"]),
        one["owed"],
    )


def _stock(user: User, rows: QuerySet[Introduction]) -> Development:
    """The better customers who may be asked (counted no further than 1,001), those asked in the year, who named."""
    better = visible_to(user).filter(tier__in=STOCK_TIERS).exclude(open_complaints__gt=0)
    better = better.filter(consents.agrees("marketing"))
    reached = rows.filter(asked_on__isnull=False)
    return Development(
        capped_count(better),
        reached.values("introducer_id").distinct().count(),
        reached.filter(given_on__isnull=False).values("introducer_id").distinct().count(),
    )
