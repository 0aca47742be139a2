"""Every read of branches' figures and of the nights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from tenure.contracts import LAKE, PUBLISHED, Column, Table, codes
from tenure.desk.control.errors import NotAllowed, NotFound
from tenure.desk.org.models import Organisation, Staff, User
from tenure.desk.org.rules import Permission, prefix_range
from tenure.desk.org.selectors import below, reach_of
from tenure.desk.parties.models import Coverage
from tenure.desk.reports.models import Batch, BranchMonth, Concentration, NightStep, Quarantine, TierMigration
from tenure.desk.work.models import Contact, Progress, Proposal

#: Managers shown in a team at most; above it the page says to choose a branch below.
TEAM = 40
BRANCHES = 300
MONTHS = 24
QUARANTINE_ROWS = 100
STEPS = 80
BATCHES = 200


def _require(user: User, permission: Permission, words: str) -> None:
    if not reach_of(user).may(permission):
        raise NotAllowed(words)


def branch(user: User, org_id: str = "") -> Any | None:
    """The branch of that number, or the topmost within reach; ``None`` before the first night.

    Raises:
        NotAllowed: no post of the user's looks at branches.
        NotFound: there is no such branch within reach.
    """
    _require(user, Permission.VIEW_BRANCH, _("Branch figures are for branch heads and head office."))
    rows = _within_reach(user)
    if org_id:
        found = rows.filter(org_id=org_id).first()
        if found is None:
            raise NotFound(_("There is no branch %(number)s within your reach.") % {"number": org_id})
        return found
    return rows.order_by("depth", "org_path").first()


def tree(user: User, at: Any) -> tuple[list[Any], list[Any]]:
    """Around branch ``at``: those above it within reach (topmost first), and those just below it."""
    rows = _within_reach(user)
    steps = at.org_path.strip("/").split("/")
    paths = ["/" + "/".join(steps[:n]) + "/" for n in range(1, len(steps))]
    above = list(rows.filter(org_path__in=paths).order_by("org_path"))
    below = list(rows.filter(parent_id=at.org_id, closed_on=None).order_by("org_id")[:BRANCHES])
    return above, below


def _within_reach(user: User) -> QuerySet[Any]:
    rows = Organisation.rows()
    paths = reach_of(user).paths
    if "/" in paths:
        return rows
    return rows.filter(below(paths))


@dataclass(frozen=True, slots=True)
class Load:
    """One manager's load: customers covered, entries of the night, how many are still open, contacts this week.

    ``within_capacity`` counts customers, as capacity does: one call settles all of a customer's entries.
    """

    staff: Any
    customers: int
    entries: int
    within_capacity: int
    settled: int
    value_at_stake: int
    contacted: int

    @property
    def open(self) -> int:
        """Entries nobody has settled yet."""
        return max(0, self.entries - self.settled)


def team(user: User, at: Any, now: datetime) -> list[Load]:
    """The load of every relationship manager at branch ``at`` and below, at most ``TEAM`` of them."""
    branch(user, at.org_id)
    low, high = prefix_range(at.org_path)
    people = list(
        Staff.rows()
        .filter(role="relationship_manager", org_path__gte=low, org_path__lt=high, left_on=None)
        .order_by("org_path", "staff_id")[:TEAM]
    )
    ids = [person.staff_id for person in people]
    covered = dict(
        Coverage.rows().filter(staff_id__in=ids).values_list("staff_id").annotate(Count("party_id")).order_by()
    )
    proposals = Proposal.rows().filter(staff_id__in=ids)
    entries = {
        row["staff_id"]: row
        for row in proposals.values("staff_id")
        .annotate(
            entries=Count("proposal_key"),
            within=Count("party_id", filter=Q(within_capacity=True), distinct=True),
            value=Sum("value_at_stake"),
        )
        .order_by()
    }
    settled = dict(
        proposals.filter(proposal_key__in=Progress.objects.values("proposal_key"))
        .values_list("staff_id")
        .annotate(Count("proposal_key"))
        .order_by()
    )
    monday = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    contacted = dict(
        Contact.objects.filter(staff_id__in=ids, at__gte=monday, withdrawn_at=None)
        .values_list("staff_id")
        .annotate(Count("party_id", distinct=True))
        .order_by()
    )
    return [
        Load(
            staff=person,
            customers=covered.get(person.staff_id, 0),
            entries=entries.get(person.staff_id, {}).get("entries", 0),
            within_capacity=entries.get(person.staff_id, {}).get("within", 0),
            settled=settled.get(person.staff_id, 0),
            value_at_stake=entries.get(person.staff_id, {}).get("value") or 0,
            contacted=contacted.get(person.staff_id, 0),
        )
        for person in people
    ]


@dataclass(frozen=True, slots=True)
class TierMonths:
    """Customers and AUM by month and tier: ``customers[tier][month index]``."""

    months: list[str]
    customers: dict[str, list[int]]
    aum: dict[str, list[int]]


def tiers_by_month(user: User, org_id: str) -> TierMonths:
    """The last months of a branch and all below it, by tier from low to high."""
    branch(user, org_id)
    rows = list(BranchMonth.rows().filter(org_id=org_id).order_by("month"))
    months = sorted({row.month for row in rows})[-MONTHS:]
    place = {month: n for n, month in enumerate(months)}
    customers = {tier: [0] * len(months) for tier in codes.TIER_ORDER}
    aum = {tier: [0] * len(months) for tier in codes.TIER_ORDER}
    for row in rows:
        if row.month in place and row.tier in customers:
            customers[row.tier][place[row.month]] = row.customers
            aum[row.tier][place[row.month]] = row.aum
    return TierMonths(months, customers, aum)


@dataclass(frozen=True, slots=True)
class Migrations:
    """Moves between tiers in the last month: ``counts[before][now]``; and how many rose, fell and came."""

    counts: dict[str, dict[str, int]]
    rose: int
    fell: int
    came: int


def migrations(user: User, org_id: str) -> Migrations:
    """Customers by tier a month ago and now, at a branch and below."""
    branch(user, org_id)
    counts = {before: dict.fromkeys(codes.TIER_ORDER, 0) for before in ("new", *codes.TIER_ORDER)}
    for row in TierMigration.rows().filter(org_id=org_id):
        if row.tier_before in counts and row.tier in counts[row.tier_before]:
            counts[row.tier_before][row.tier] += row.customers
    order = {tier: n for n, tier in enumerate(codes.TIER_ORDER)}
    moves = [(order[b], order[t], n) for b in codes.TIER_ORDER for t, n in counts[b].items()]
    return Migrations(
        counts,
        rose=sum(n for before, now, n in moves if now > before),
        fell=sum(n for before, now, n in moves if now < before),
        came=sum(counts["new"].values()),
    )


def concentration(user: User, org_id: str) -> Any | None:
    """How concentrated value is at a branch and below (S5)."""
    branch(user, org_id)
    return Concentration.rows().filter(org_id=org_id).first()


@dataclass(frozen=True, slots=True)
class Peer:
    """A branch beside others: customers, AUM (minor units), its change in a month and a year, concentration.

    ``open`` says whether its own page is within the reader's reach.
    """

    org: Any
    open: bool
    customers: int
    aum: int
    aum_month_ago: int | None
    aum_year_ago: int | None
    valued: int
    gini: float | None
    top_fifth_share: float | None

    @property
    def month_change(self) -> float | None:
        """Growth of AUM in a month, as a share."""
        return self.aum / self.aum_month_ago - 1 if self.aum_month_ago else None

    @property
    def year_change(self) -> float | None:
        """Growth of AUM in twelve months, as a share."""
        return self.aum / self.aum_year_ago - 1 if self.aum_year_ago else None

    @property
    def per_customer(self) -> int:
        """AUM per customer, minor units."""
        return self.aum // self.customers if self.customers else 0


PEER_SORTS = ("org_id", "customers", "aum", "month_change", "year_change", "valued", "per_customer", "gini")


def figures(user: User, at: Any) -> Peer:
    """The figures of branch ``at`` itself."""
    return _side_by_side([branch(user, at.org_id)], {at.org_id})[0]


def peers(user: User, at: Any, sort: str = "aum") -> list[Peer]:
    """The branches below ``at``, or where there are none those beside it, sorted by a name of ``PEER_SORTS``.

    Branches beside one's own are shown in sums alone, also beyond one's reach: a branch head is to see how the
    branch stands. Their pages and their customers stay closed.
    """
    branch(user, at.org_id)
    _above, orgs = tree(user, at)
    if not orgs and at.parent_id:
        orgs = list(Organisation.rows().filter(parent_id=at.parent_id, closed_on=None).order_by("org_id")[:BRANCHES])
    ids = [org.org_id for org in orgs]
    found = _side_by_side(orgs, set(_within_reach(user).filter(org_id__in=ids).values_list("org_id", flat=True)))
    if sort in PEER_SORTS and sort != "org_id":
        found.sort(key=lambda peer: (getattr(peer, sort) is None, -(getattr(peer, sort) or 0)))
    return found


def _side_by_side(orgs: Sequence[Any], within_reach: set[str]) -> list[Peer]:
    ids = [org.org_id for org in orgs]
    by_org: dict[str, dict[str, list[Any]]] = {}
    for row in BranchMonth.rows().filter(org_id__in=ids):
        by_org.setdefault(row.org_id, {}).setdefault(row.month, []).append(row)
    spread = {row.org_id: row for row in Concentration.rows().filter(org_id__in=ids)}
    found = []
    for org in orgs:
        months = by_org.get(org.org_id, {})
        order = sorted(months)
        last = months[order[-1]] if order else []
        one = spread.get(org.org_id)
        found.append(
            Peer(
                org=org,
                open=org.org_id in within_reach,
                customers=sum(row.customers for row in last),
                aum=sum(row.aum for row in last),
                aum_month_ago=sum(row.aum for row in months[order[-2]]) if len(order) > 1 else None,
                aum_year_ago=sum(row.aum for row in months[order[-13]]) if len(order) > 12 else None,
                valued=sum(row.customers for row in last if row.tier in ("diamond", "private")),
                gini=one.gini if one else None,
                top_fifth_share=one.top_fifth_share if one else None,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch as it came: its rows by table, the largest first."""

    first: Any
    tables: list[Any]

    @property
    def rows(self) -> int:
        """Rows taken, of all its tables."""
        return sum(one.rows for one in self.tables)

    @property
    def refused(self) -> int:
        """Rows put into quarantine, of all its tables."""
        return sum(one.quarantined for one in self.tables)


@dataclass(frozen=True, slots=True)
class Nights:
    """What the data page shows: the last deliveries, what was refused, and the nights' steps by run."""

    batches: list[Any]
    deliveries: list[Delivery]
    quarantine: list[Any]
    runs: list[tuple[str, list[Any], float]]


def nights(user: User, table: str = "") -> Nights:
    """The last deliveries and nights; refused rows of ``table`` alone where it is given.

    Raises:
        NotAllowed: no post of the user's looks after data.
    """
    _require(user, Permission.VIEW_DATA, _("Deliveries and nights are for head office and administrators."))
    refused = Quarantine.rows()
    if table:
        refused = refused.filter(table_name=table)
    runs: dict[str, list[Any]] = {}
    for step in NightStep.rows().order_by("-run_id", "position")[:STEPS]:
        runs.setdefault(step.run_id, []).append(step)
    batches = list(Batch.rows().order_by("-landed_at", "-batch_id", "table_name")[:BATCHES])
    by_batch: dict[str, list[Any]] = {}
    for row in batches:
        by_batch.setdefault(row.batch_id, []).append(row)
    return Nights(
        batches=batches,
        deliveries=[Delivery(rows[0], sorted(rows, key=lambda one: -one.rows)) for rows in by_batch.values()],
        quarantine=list(refused.order_by("-batch_id", "table_name", "position")[:QUARANTINE_ROWS]),
        runs=[(run, steps, sum(step.seconds for step in steps)) for run, steps in runs.items()],
    )


@dataclass(frozen=True, slots=True)
class DictionaryTable:
    """A table of the dictionary with the columns that match, and whether the lake or the publication holds it."""

    table: Table
    columns: list[Column]
    where: str

    @property
    def name(self) -> str:
        """The table's name; a template that asks the table itself gets its column of that name."""
        return self.table.name

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns."""
        return self.table.key


def dictionary(text: str = "") -> list[DictionaryTable]:
    """The tables and columns whose name, meaning or formula holds ``text``, in either language; all without it."""
    wanted = text.strip().lower()
    found = []
    for where, tables in (("publication", PUBLISHED), ("lake", LAKE)):
        for table in tables.values():
            whole = not wanted or wanted in f"{table.name} {table.zh} {table.en}".lower()
            columns = [column for column in table if whole or wanted in _text(column)]
            if columns:
                found.append(DictionaryTable(table, columns, where))
    return found


def _text(column: Column) -> str:
    return " ".join((column.name, column.zh, column.en, column.formula_zh, column.formula_en, *column.allowed)).lower()
