"""Which customers a person may see. The one place that decides it; every selector begins here."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission, prefix_range
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.models import Coverage, Customer, StandIn
from tenure.desk.publication.slots import PublishedTable


def visible_to(user: User | AnonymousUser) -> QuerySet[Any]:
    """The customers ``user`` may see: below the branches of their posts, on whose coverage team they are, or
    whose work was handed over to them.

    Nobody without the right to view customers sees any.
    """
    reach = reach_of(user)
    customers = Customer.rows()
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
        rule |= Q(party_id__in=covered.union(standing_in))
    return customers.filter(rule)


def of_visible(table: PublishedTable, user: User | AnonymousUser) -> QuerySet[Any]:
    """The rows of a customer's table (holdings, time line …) whose customer ``user`` may see."""
    return table.rows().filter(party_id__in=visible_to(user).values("party_id"))
