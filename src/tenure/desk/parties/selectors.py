"""Every read of customers. All of them begin with who may see whom (``visibility``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tenure.contracts import Mask, codes
from tenure.contracts.published import CLOSED_MONTHS
from tenure.desk.control import consents
from tenure.desk.control.errors import NotFound
from tenure.desk.control.masks import hide
from tenure.desk.kit import formats
from tenure.desk.kit.listing import COUNT_CAP, Page, Position, capped_count, neighbours, page_of
from tenure.desk.org.models import Organisation, Staff, User
from tenure.desk.org.rules import Permission, permissions_of, prefix_range
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.filters import CustomerFilter
from tenure.desk.parties.kept import kept_from
from tenure.desk.parties.models import Coverage, Customer, CustomerCurve, Holding, Merge, Relation, Timeline
from tenure.desk.parties.visibility import customer_of, number_of, numbers_of, of_customer, standing_of, visible_to
from tenure.desk.publication.current import pinned

PAGE = 25
EVENTS = 20
#: Choices offered in a list of branches or managers; beyond it one searches.
CHOICES = 200
MATURING_WITHIN = dt.timedelta(days=30)


def customers(user: User, wanted: CustomerFilter) -> QuerySet[Any]:
    """The customers ``user`` may see that ``wanted`` leaves; unsorted."""
    rows = visible_to(user)
    if wanted.q:
        rows = rows.filter(_matching(wanted.q))
    if wanted.branch:
        path = Organisation.rows().filter(org_id=wanted.branch).values_list("org_path", flat=True).first()
        if path is None:
            return rows.none()
        low, high = prefix_range(path)
        rows = rows.filter(org_path__gte=low, org_path__lt=high)
    if wanted.rm:
        rows = rows.filter(lead_staff_id=wanted.rm)
    for name in ("tier", "main_bank", "habit", "kind", "priority"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.consent:
        rows = rows.filter(consents.agrees(wanted.consent))
    if wanted.near:
        rows = rows.filter(near_tier__in=codes.TIER_ORDER)
    if wanted.maturing and (publication := pinned()):
        day = publication.as_of
        rows = rows.filter(next_maturity_on__gte=day, next_maturity_on__lte=day + MATURING_WITHIN)
    if wanted.dormant:
        rows = rows.filter(dormant=True)
    if wanted.payroll:
        rows = rows.filter(payroll_months__gt=0)
    return rows


def _matching(text: str) -> Q:
    """Rows whose number or name begins with ``text``, or whose phone it is (whole, or its last four digits).

    Each way to match is looked up in its own index first. Joined by OR in one query, a sorted list would be walked
    from its top for the one row that matches. Ways that match more than a thousand stay ranges: those the walk
    meets soon enough.
    """
    digits = text.replace(" ", "").replace("-", "")
    ways = [_begins("party_id", one) for one in {text, text.upper()}]
    if digits.isdigit():
        if len(digits) == 4:
            ways.append(Q(phone_tail=digits))
        if len(digits) >= 7:
            ways.append(Q(phone=digits))
    else:
        ways.append(_begins("name_key", text.lower().replace(" ", "")))
    ids = set(standing_of({text, text.upper()}).values())  # an old number finds the customer it was merged into
    wide = Q()
    for way in ways:
        found = Customer.rows().filter(way).values_list("party_id", flat=True)[: COUNT_CAP + 1]
        if len(found) > COUNT_CAP:
            wide |= way
        else:
            ids.update(found)
    return wide | Q(party_id__in=ids)


def _begins(column: str, text: str) -> Q:
    low, high = prefix_range(text)
    return Q(**{f"{column}__gte": low, f"{column}__lt": high})


@dataclass(frozen=True, slots=True)
class CustomerList:
    """One page of the list, how many there are (stops at 1,001), and names for its branches and managers."""

    page: Page[Any]
    count: int
    branches: dict[str, Any]
    staff: dict[str, Any]


def customer_list(user: User, wanted: CustomerFilter, position: Position | None, size: int = PAGE) -> CustomerList:
    """The page of customers at ``position``."""
    rows = customers(user, wanted)
    page = page_of(rows, wanted.order, position, size)
    return CustomerList(
        page,
        capped_count(rows),
        branches_named({row.org_id for row in page.rows}),
        staff_named({row.lead_staff_id for row in page.rows}),
    )


def find(user: User, text: str, limit: int = 8) -> list[Any]:
    """The first customers ``text`` may mean, the largest first; for the search box."""
    text = text.strip()
    if len(text) < 2 and not (text and ord(text[0]) > 0x2E80):  # one Chinese character is a surname
        return []
    return list(visible_to(user).filter(_matching(text[:60])).order_by("-aum_month_average", "party_id")[:limit])


def customer(user: User, party_id: str) -> Any:
    """The customer of that number, or the one it was merged into: then the row's number is another.

    Raises:
        NotFound: there is none among those ``user`` may see.
    """
    row = customer_of(user, party_id)
    if row is None:
        undone = Merge.objects.filter(merged_id=party_id, state=Merge.State.UNDONE).order_by("-undone_at").first()
        if undone is not None and number_of(user, undone.kept_id):
            raise NotFound(
                _("The merge of %(number)s was undone; from the next night on it stands in the books again.")
                % {"number": party_id}
            )
        raise NotFound(_("There is no customer %(number)s among yours.") % {"number": party_id})
    return row


def beside(user: User, wanted: CustomerFilter, row: Any) -> tuple[Any | None, Any | None]:
    """The customers before and after ``row`` in the list one came from."""
    return neighbours(customers(user, wanted), wanted.order, row)


@dataclass(frozen=True, slots=True)
class Curve:
    """A customer's last 24 months, oldest first, the open one last: the columns of the curve's contract."""

    party_id: str
    last_month: str
    aum: list[int]
    deposit: list[int]
    loan: list[int]
    inflow: list[int]
    outflow: list[int]
    transactions: list[int]
    tier: list[str | None]


def curve(user: User, party_id: str) -> Curve | None:
    """The customer's closed months and the open one; ``None`` for who never had an account."""
    customer = customer_of(user, party_id)
    return None if customer is None else curve_of(customer)


def curve_of(customer: Any) -> Curve | None:
    """As :func:`curve`, of the row of a customer one has found already."""
    publication = pinned()
    if publication is None:
        return None
    closed = CustomerCurve.rows().filter(party_id=customer.party_id).first()
    if closed is None and not customer.product_count:
        return None

    def months(name: str, now: Any, nothing: Any = 0) -> list[Any]:
        before = getattr(closed, name) if closed is not None else [nothing] * CLOSED_MONTHS
        return before if now is None else [*before, now]  # null: a night of a version that had it in the curve

    return Curve(
        customer.party_id,
        f"{publication.as_of:%Y-%m}",
        aum=months("aum", customer.aum_month_average),
        deposit=months("deposit", customer.deposit_month_average),
        loan=months("loan", customer.loan_month_average),
        inflow=months("inflow", customer.inflow_month),
        outflow=months("outflow", customer.outflow_month),
        transactions=months("transactions", customer.transactions_month),
        tier=months("tier", customer.tier, None),
    )


def holdings(user: User, party_id: str) -> list[Any]:
    """The customer's open accounts in the order of the contract's categories, the largest first."""
    order = {category: place for place, category in enumerate(codes.PRODUCT_CATEGORIES)}
    rows = {row.account_id: row for row in of_customer(Holding, user, party_id).filter(closed_on=None)[:300]}
    return sorted(rows.values(), key=lambda row: (order.get(row.category, 99), -(row.balance or 0), row.account_id))


@dataclass(frozen=True, slots=True)
class Relative:
    """Someone related: the relation, their row where ``user`` may see it, else their name alone, masked."""

    relation: Any
    other: Any | None
    masked_name: str


def relatives(user: User, party_id: str) -> list[Relative]:
    """The customer's relations in force; of people the user may not see only a masked name is told."""
    publication = pinned()
    rows = of_customer(Relation, user, party_id).exclude(other_id__in=numbers_of(user, party_id))
    if publication:
        rows = rows.filter(Q(until=None) | Q(until__gte=publication.as_of))
    found = list(rows.order_by("kind", "other_id")[:60])
    stands = standing_of({relation.other_id for relation in found})
    for relation in found:
        relation.other_id = stands.get(relation.other_id, relation.other_id)
    relations = list({(relation.kind, relation.other_id): relation for relation in found}.values())
    seen = {row.party_id: row for row in visible_to(user).filter(party_id__in={r.other_id for r in relations})}
    hidden = {relation.other_id for relation in relations} - set(seen)
    names = dict(Customer.rows().filter(party_id__in=hidden).values_list("party_id", "name")) if hidden else {}
    return [
        Relative(
            relation,
            seen.get(relation.other_id),
            hide(names.get(relation.other_id) or "", Mask.NAME) or formats.NOTHING,
        )
        for relation in relations
    ]


def team_of(user: User, party_id: str) -> list[tuple[Any, Any | None]]:
    """Who looks after the customer: coverage rows with the staff row of each, the lead first."""
    order = {role: place for place, role in enumerate(codes.COVERAGE_ROLES)}
    rows = sorted(
        of_customer(Coverage, user, party_id)[:30],
        # The lead of an entry that was merged comes after the customer's own.
        key=lambda row: (order.get(row.role, 99), row.party_id != party_id, row.staff_id),
    )
    named = staff_named({row.staff_id for row in rows})
    once = {row.staff_id: row for row in reversed(rows)}
    return [(row, named.get(row.staff_id)) for row in rows if once[row.staff_id] is row]


@dataclass(frozen=True, slots=True)
class Events:
    """A stretch of the time line, newest first, and where the next one begins."""

    rows: list[Any]
    more: str
    staff: dict[str, Any]
    branches: dict[str, Any]


def events(user: User, party_id: str, kind: str = "", before: str = "", size: int = EVENTS) -> Events:
    """The customer's time line before the event ``before`` names (``moment|event``), newest first."""
    rows = of_customer(Timeline, user, party_id)
    if kept := kept_from(user, numbers_of(user, party_id)):
        rows = rows.exclude(event_id__in=kept)
    if kind:
        rows = rows.filter(kind=kind)
    at, _bar, event_id = before.partition("|")
    try:
        moment = dt.datetime.fromisoformat(at) if at else None
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None:
        rows = rows.filter(at__lte=moment).filter(Q(at__lt=moment) | Q(event_id__gt=event_id))
    found = list(rows.order_by("-at", "event_id")[: size + 1])
    more = f"{found[size - 1].at.isoformat()}|{found[size - 1].event_id}" if len(found) > size else ""
    found = found[:size]
    return Events(
        found, more, staff_named({row.staff_id for row in found}), branches_named({row.org_id for row in found})
    )


def branches_named(ids: Iterable[str | None]) -> dict[str, Any]:
    """Branch rows by number."""
    wanted = {one for one in ids if one}
    return {row.org_id: row for row in Organisation.rows().filter(org_id__in=wanted)} if wanted else {}


def staff_named(ids: Iterable[str | None]) -> dict[str, Any]:
    """Staff rows by employee number."""
    wanted = {one for one in ids if one}
    return {row.staff_id: row for row in Staff.rows().filter(staff_id__in=wanted)} if wanted else {}


def branch_choices(user: User) -> Sequence[Any]:
    """Branches one may narrow the list to: those within reach, in the tree's order."""
    reach = reach_of(user)
    if not reach.paths:
        return []
    return list(_within(Organisation.rows(), reach.paths).order_by("org_path")[:CHOICES])


def manager_choices(user: User, branch: str = "") -> Sequence[Any]:
    """Relationship managers one may narrow the list to, of ``branch`` and below where it is given."""
    reach = reach_of(user)
    if not reach.paths:
        return []
    rows = _within(Staff.rows().filter(role="relationship_manager"), reach.paths)
    if branch and (path := Organisation.rows().filter(org_id=branch).values_list("org_path", flat=True).first()):
        rows = _within(rows, (path,))
    return list(rows.order_by("org_path", "staff_id")[:CHOICES])


def _within(rows: QuerySet[Any], paths: Sequence[str]) -> QuerySet[Any]:
    if "/" in paths:
        return rows
    rule = Q(pk__in=[])
    for path in paths:
        rule |= _begins("org_path", path)
    return rows.filter(rule)


def colleagues_for(user: User, party_id: str, without: str = "") -> list[Any]:
    """Staff of the customer's branch who sign in here and may log contacts: those one may hand work to."""
    row = customer(user, party_id)
    roles = [role for role in codes.ROLES if Permission.LOG_CONTACT in permissions_of([role])]
    people = Staff.rows().filter(org_path=row.org_path, role__in=roles, left_on=None).exclude(staff_id=without)
    known = set(
        User.objects.filter(
            staff_id__in=people.values_list("staff_id", flat=True)[:CHOICES], is_active=True
        ).values_list("staff_id", flat=True)
    )
    order = {role: place for place, role in enumerate(codes.ROLES)}
    return sorted((p for p in people[:CHOICES] if p.staff_id in known), key=lambda p: (order[p.role], p.name))
