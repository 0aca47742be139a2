"""Who may look after whom: the questions every service and page of this app asks about colleagues."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Unacceptable
from tenure.desk.org.models import Staff, User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import desk_user_of, employee, posts_of, reach_of
from tenure.desk.parties.models import Customer
from tenure.desk.team import settings
from tenure.desk.work.rules import may_be_handed_to


@dataclass(frozen=True, slots=True)
class Load:
    """How much one manager leads: customers, their monthly average assets, and what they can do a day."""

    staff_id: str
    name: str
    customers: int
    value: int
    daily: int | None
    most: int

    @property
    def room(self) -> int:
        """How many customers more they may lead."""
        return max(self.most - self.customers, 0)


def is_head(user: User, org_path: str) -> bool:
    """Whether ``user`` heads the branch: a post at it or above that hands work over and checks what others change."""
    reach = reach_of(user)
    return reach.may(Permission.HAND_OVER) and reach.may_at(Permission.CHECK_CUSTOMERS, org_path)


def colleague(staff_id: str, org_path: str, field: str = "staff_id") -> Any:
    """The published employee who can look after a customer at ``org_path``.

    Raises:
        Unacceptable: no such employee, one who has left or does not look after customers at the desk, or of another
            branch.
    """
    person, user = employee(staff_id), desk_user_of(staff_id)
    if person is None or person.left_on or user is None or not reach_of(user).staff_id:
        raise Unacceptable(
            _("%(number)s is nobody who looks after customers at the desk.") % {"number": staff_id[:40] or "—"},
            _("Choose a relationship manager who signs in here."),
            field=field,
        )
    if not may_be_handed_to(person.org_path, org_path):
        raise Unacceptable(
            _("%(name)s works at another branch than the customer's.") % {"name": person.name},
            _("Choose a colleague of the customer's branch."),
            field=field,
        )
    return person


def loads(staff_ids: Iterable[str]) -> dict[str, Load]:
    """What each of these leads now; two queries however many."""
    wanted, most = list(dict.fromkeys(staff_ids)), settings.in_use().customers
    led = {
        row["lead_staff_id"]: (row["n"], row["value"] or 0)
        for row in Customer.rows()
        .filter(lead_staff_id__in=wanted)
        .order_by()
        .values("lead_staff_id")
        .annotate(n=Count("party_id"), value=Sum("aum_month_average"))
    }
    people = {row.staff_id: row for row in Staff.rows().filter(staff_id__in=wanted)}
    return {
        one: Load(
            one,
            people[one].name if one in people else one,
            *led.get(one, (0, 0)),
            people[one].daily_capacity if one in people else None,
            most,
        )
        for one in wanted
    }


def colleagues_near(user: User) -> list[Any]:
    """Relationship managers at or below the branches of ``user``'s posts who sign in here, by name; 200 at most."""
    paths = [post.org_path for post in posts_of(user)]
    signing_in = (
        User.objects.filter(is_active=True, posts__role="relationship_manager")
        .exclude(staff_id="")
        .values_list("staff_id", flat=True)
    )
    rows = Staff.rows().filter(staff_id__in=set(signing_in), left_on=None).order_by("name", "staff_id")
    return [row for row in rows if any(row.org_path.startswith(path) for path in paths)][:200]


def who_may_take(people: Iterable[Any], org_path: str, without: str = "") -> list[Any]:
    """Of ``people`` those who may look after customers at ``org_path``: whom :func:`colleague` would not refuse for
    their branch."""
    return [one for one in people if one.staff_id != without and may_be_handed_to(one.org_path, org_path)]
