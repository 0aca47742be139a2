"""Which customers a person may see, and which numbers stand for one. The one place that decides it; every selector
begins here.

An entry merged into another at the desk is no customer any more: no list has it, its number leads to the customer that
was kept, and its rows are read as that customer's (:func:`numbers_of`). All of it is part of the reader's own queries:
a merge takes effect at once, in every process.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Expression, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission, prefix_range
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.models import Coverage, Customer, Merge, StandIn
from tenure.desk.publication.slots import PublishedTable


def visible_to(user: User | AnonymousUser) -> QuerySet[Any]:
    """The customers ``user`` may see: below the branches of their posts, on whose coverage team they are, or
    whose work was handed over to them.

    Nobody without the right to view customers sees any, and nobody sees an entry that was merged away.
    """
    reach = reach_of(user)
    customers = Customer.rows().exclude(party_id__in=_in_force().values("merged_id"))
    if not reach.may(Permission.VIEW_CUSTOMERS):
        return customers.none()
    if "/" in reach.paths:
        return customers
    rule = Q(pk__in=[])
    for path in reach.paths:
        low, high = prefix_range(path)
        rule |= Q(org_path__gte=low, org_path__lt=high)
    if reach.staff_id:
        # One list from a union, not two joined by OR: for that PostgreSQL would read every customer.
        covered = Coverage.rows().filter(staff_id=reach.staff_id).values("party_id")
        standing_in = StandIn.objects.filter(staff_id=reach.staff_id, ended_at=None).values("party_id")
        # Who looks after an entry that was merged looks after the customer it is now.
        merged = [_in_force().filter(merged_id__in=own).values("standing_id") for own in (covered, standing_in)]
        rule |= Q(party_id__in=covered.union(standing_in, *merged))
    return customers.filter(rule)


def customer_of(user: User | AnonymousUser, number: str) -> QuerySet[Any]:
    """The customer ``number`` stands for, if ``user`` may see them: no row or one, maybe of another number."""
    kept = _in_force().filter(merged_id=number).values("standing_id")[:1]
    stands: Expression = Coalesce(Subquery(kept), Value(number))  # looked up once, where OR would read every customer
    return visible_to(user).filter(party_id=stands)


def numbers_of(user: User | AnonymousUser, number: str) -> QuerySet[Any]:
    """Every number that is the customer's, for ``party_id__in``: their own and those merged into it.

    None where ``user`` may not see them.

    Whoever shows rows of one customer reads them by this and by nothing else.
    """
    own = customer_of(user, number).values("party_id")
    return own.union(_in_force().filter(standing_id__in=own).values("merged_id"))


def of_customer(table: PublishedTable, user: User | AnonymousUser, number: str) -> QuerySet[Any]:
    """The rows of a customer's table (holdings, time line …) that are the customer's, under any of their numbers."""
    return table.rows().filter(party_id__in=numbers_of(user, number))


def standing_of(numbers: Iterable[str]) -> dict[str, str]:
    """Who stands for each of these numbers that was merged away; a number that is missing stands for itself."""
    merged = _in_force().filter(merged_id__in=set(numbers))
    return dict(merged.values_list("merged_id", "standing_id"))


def _in_force() -> QuerySet[Merge]:
    return Merge.objects.filter(state=Merge.State.ACTIVE)


def of_visible(table: PublishedTable, user: User | AnonymousUser) -> QuerySet[Any]:
    """The rows of a customer's table (holdings, time line …) whose customer ``user`` may see, under any number."""
    own = visible_to(user).values("party_id")
    merged = _in_force().filter(standing_id__in=own).values("merged_id")
    return table.rows().filter(Q(party_id__in=own) | Q(party_id__in=merged))
